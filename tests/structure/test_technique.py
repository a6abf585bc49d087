"""What the technique `structure` gives of one structure, and what it says about it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spectrafit.errors import ReadError, SettingsError
from spectrafit.fit.problem import ParameterChange
from spectrafit.observable import Kind
from spectrafit.recording import Recording
from spectrafit.technique import Observables
from spectrafit_structure import optional_gemmi
from spectrafit_structure.alerts import STRUCTURE_ALERTS
from spectrafit_structure.crystal_recording import CrystalRecording
from spectrafit_structure.readers.bond_table import bond_table_reader
from spectrafit_structure.readers.cif import cif_reader
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.simulate import StructureSimulation, bond_lengths, simulated_cif
from spectrafit_structure.spin_state import LengthWindow
from spectrafit_structure.technique import structure
from tests.structure_cif import OCTAHEDRON, bonds, head, sites

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")

AXIS = StructureSettings(axis="Fe1->Co1")
IRON = {"Fe1": ("Fe", 0.0, 0.0, 0.0), **OCTAHEDRON}
LISTED = bonds([("Fe1", label, "2.000(5)" if "O" in label else "2.100(5)") for label in OCTAHEDRON])


def simulated(seed: int = 1, **settings: Any) -> CrystalRecording:
    text = simulated_cif(StructureSimulation(**settings), seed)
    return cif_reader.recordings(text.encode("ascii"), Path("a.cif"))[0]


def of_text(*parts: str) -> CrystalRecording:
    return cif_reader.recordings("\n".join(parts).encode(), Path("a.cif"))[0]


def observed(recording: Recording, settings: StructureSettings | None = None) -> Observables:
    return structure.observe({"sample": recording}, settings)


def codes(found: Observables) -> set[str]:
    return {alert.code for alert in found.alerts}


def said(found: Observables, code: str) -> str:
    return next(alert.text for alert in found.alerts if alert.code == code)


# what is found -----------------------------------------------------------------------------------


def test_every_kind_of_bond_every_shell_and_the_cell_are_given() -> None:
    found = observed(simulated(), AXIS)
    means = {f"structure.{kind}" for kind in ("Fe-O", "Fe-N", "Co-O", "Co-N", "C-O", "C-C", "C-CH")}
    shells = {
        f"structure.{m}.{key}" for m in ("Fe", "Co") for key in ("Delta", "Sigma", "elongation")
    }
    crystal = {"VZ", "polar_axis", "cos_u", "alignment", "distance", "electron_P", "flack"}
    singles = {key for key in found.keys if key.endswith(".length")}
    assert set(found.keys) - singles == means | shells | {f"structure.{key}" for key in crystal}
    assert len(singles) == 22
    assert all(item.conditions["T"] == 100.0 for item in found.items)
    assert all(item.source.simulated for item in found.items)
    assert codes(found) == set()
    assert [chart.simulated for chart in found.charts] == [True]


def test_mean_lengths_are_recovered_with_honest_errors() -> None:
    truth = bond_lengths(StructureSimulation(T_K=130.0))
    expected = {
        "Fe-O": sum(truth.Fe_O) / 2, "Fe-N": sum(truth.Fe_N) / 4, "Co-O": sum(truth.Co_O) / 2,
        "Co-N": sum(truth.Co_N) / 4, "C-O": truth.C_O, "C-C": truth.C_C, "C-CH": truth.C_CH,
    }  # fmt: skip
    pulls: dict[str, list[float]] = {kind: [] for kind in expected}
    for seed in range(40):
        found = observed(simulated(seed, T_K=130.0))
        for kind, value in expected.items():
            item = found[f"structure.{kind}"]
            assert isinstance(item.value, float)
            assert item.sigma is not None
            pulls[kind].append((item.value - value) / item.sigma)
    for kind, own in pulls.items():
        assert abs(sum(own) / len(own)) < 0.6, kind
        assert max(abs(one) for one in own) < 4.5, kind


def test_the_error_of_a_mean_is_the_sum_of_its_budget() -> None:
    for item in observed(simulated(), AXIS).items:
        if item.sigma is not None:
            assert item.sigma == pytest.approx(math.hypot(*item.budget.values()))
    # four Fe-N bonds differ by chemistry: more than their s.u. tell
    assert observed(simulated())["structure.Fe-N"].budget["scatter"] > 0.003


def test_the_polarisation_of_one_electron() -> None:
    found = observed(simulated(), AXIS)
    d, cos_u, VZ = (found[f"structure.{key}"].value for key in ("distance", "cos_u", "VZ"))
    # 1 e Å is 4.803 D, and D = 0.00299793 P V/Z with P in µC cm-2 and V/Z in Å3
    assert isinstance(d, float)
    assert isinstance(cos_u, float)
    assert isinstance(VZ, float)
    expected = 4.80320 * d * cos_u / (0.00299793 * VZ)
    assert found["structure.electron_P"].value == pytest.approx(expected, rel=1e-4)
    assert found["structure.cos_u"].conventions["uvw"] == [0.0, 1.0, 0.0]
    reverse = observed(simulated(), StructureSettings(axis="Co1->Fe1"))
    assert reverse["structure.cos_u"].conventions["uvw"] == [0.0, -1.0, 0.0]


def test_the_states_of_cited_ranges() -> None:
    windows = (
        LengthWindow("Fe LS", "Fe-O", 1.88, 1.92, "typed"),
        LengthWindow("Fe HS", "Fe-O", 1.97, 2.02, "typed"),
    )
    cold = observed(simulated(T_K=40.0), replace(AXIS, windows=windows))["structure.Fe.spin_state"]
    assert cold.kind is Kind.CATEGORY
    assert cold.value == "likeliest Fe LS"
    assert cold.shares["Fe LS"] > 0.99
    assert any("typed" in one for one in cold.conventions["windows"])
    middle = observed(simulated(2, T_K=90.0), replace(AXIS, windows=windows))
    assert middle["structure.Fe.spin_state"].value == "none of the given states"
    assert "none of the given states" in said(middle, "STR-111")
    assert "structure.Fe.spin_state" not in observed(simulated(T_K=40.0)).keys
    bare = of_text(head(), sites(IRON))
    assert "STR-111" in codes(observed(bare, StructureSettings(windows=windows)))
    other = (LengthWindow("Fe LS", "Fe-S", 2.2, 2.3, "typed"),)
    assert "spin state of Fe" in said(
        observed(simulated(), replace(AXIS, windows=other)), "STR-112"
    )


def test_several_sites_of_one_element_have_their_own_keys() -> None:
    second = {f"{label}b": (e, x, y + 5.0, z) for label, (e, x, y, z) in OCTAHEDRON.items()}
    found = observed(of_text(head(), sites({**IRON, "Fe2": ("Fe", 0.0, 5.0, 0.0), **second})))
    assert {"structure.Fe1-O", "structure.Fe2-O", "structure.Fe1.Delta"} <= set(found.keys)
    assert "Fe1, Fe2" in said(found, "STR-110")
    one = observed(
        of_text(head(), sites({**IRON, "Fe2": ("Fe", 0.0, 5.0, 0.0), **second})),
        StructureSettings(metals=("Fe2",)),
    )
    assert "structure.Fe-O" in one.keys


# what is told ------------------------------------------------------------------------------------


def test_a_group_that_is_not_polar_is_refused_where_polarity_is_asked() -> None:
    centred = of_text(head(group="P -1"), sites(IRON), LISTED)
    plain = observed(centred)
    assert codes(plain) == {"STR-114"}
    assert plain["structure.polar_axis"].value == "not polar"
    asked = observed(centred, AXIS)
    assert "pyroelectricity forbidden, check the group" in said(asked, "STR-100")
    assert "structure.cos_u" not in asked.keys


@pytest.mark.parametrize(
    ("flack", "why"),
    [
        ("", "no Flack parameter is given"),
        ("_refine_ls_abs_structure_Flack 0.45(5)", "0.45 is not near 0"),
        ("_refine_ls_abs_structure_Flack 0.02(15)", "too large"),
        ("_refine_ls_abs_structure_Flack 0.02", "no s.u."),
    ],
)
def test_without_an_absolute_structure_there_is_no_polarity(flack: str, why: str) -> None:
    text = simulated_cif(StructureSimulation(flack_su=0.0), 1)
    text = text.replace("loop_\n_space", f"{flack}\nloop_\n_space", 1)
    assert why in said(observed(of_text(text), AXIS), "STR-101")


def test_the_sense_of_u_that_nobody_chose_is_told() -> None:
    assert "from Fe1 to Co1" in said(observed(simulated()), "STR-108")


def test_molecules_against_each_other_are_told() -> None:
    # one more metal pair that points the other way, in the same asymmetric unit
    iron, cobalt = ("Fe", 1.0, 1.0, 1.0), ("Co", 1.0, 6.0, 1.0)
    far = ("Co", 6.0, 1.0, 5.0), ("Fe", 6.0, 4.5, 5.0)
    atoms = {"Fe1": iron, "Co1": cobalt, "Co2": far[0], "Fe2": far[1], "O1": ("O", 1.0, 3.0, 1.0)}
    atoms |= {"O2": ("O", 6.0, 3.0, 5.0), "O3": ("O", 1.0, 4.5, 1.0)}
    pair = StructureSettings(axis="Fe1->Co1, Fe2->Co2")
    found = observed(of_text(head(), sites(atoms)), pair)
    # sizes 5.0 and 3.5 Å: (5 - 3.5) / 8.5
    assert found["structure.alignment"].value == pytest.approx(1.5 / 8.5, rel=1e-3)
    assert "18%" in said(found, "STR-113")
    # (5 - 3.5) / 2 e Å over V/Z of 1000 Å3
    assert found["structure.electron_P"].value == pytest.approx(0.75 / 1000 * 1602.177, rel=1e-3)


def test_lengths_without_su_and_shells_that_are_not_six_are_told() -> None:
    found = observed(of_text(head(), sites(IRON)))
    assert "no covariance" in said(found, "STR-104")
    assert found["structure.Fe-O"].sigma is None
    assert found["structure.Fe-O"].sigma_reason
    five = observed(of_text(head(), sites({k: v for k, v in IRON.items() if k != "N4"})))
    assert "5 atoms within 2.6 Å" in said(five, "STR-105")
    assert "structure.Fe.Delta" not in five.keys


def test_one_bond_without_su_is_named() -> None:
    rows = LISTED.replace("Fe1 O1 2.000(5)", "Fe1 O1 2.0")
    assert "Fe1-O1 has no s.u." in said(observed(of_text(head(), sites(IRON), rows)), "STR-104")


def test_contradicting_coordinates_are_told() -> None:
    rows = LISTED.replace("Fe1 O1 2.000(5)", "Fe1 O1 1.900(5)")
    found = observed(of_text(head(), sites(IRON), rows))
    assert "Fe1 to O1" in said(found, "STR-109")
    assert "Sigma of Fe" in said(found, "STR-112")


def test_disorder_takes_the_larger_part_unless_told() -> None:
    both = {**IRON, "O2B": ("O", -2.2, 0.0, 0.0)}
    text = sites(both, {"O2": "1", "O2B": "2"}).replace("\n", "\n", 1)
    text = text.replace(
        "_atom_site_disorder_group", "_atom_site_disorder_group\n_atom_site_occupancy"
    )
    rows = [f"{line} {0.3 if line.startswith('O2 ') else 0.7 if 'O2B' in line else 1}"
            if line[:1].isalpha() and line != "loop_" else line for line in text.splitlines()]  # fmt: skip
    recording = of_text(head(), "\n".join(rows))
    found = observed(recording)
    assert "group 2; there are 1 too" in said(found, "STR-106")
    assert found["structure.Fe-O"].value == pytest.approx(2.1)
    other = observed(recording, StructureSettings(disorder="1"))
    assert other["structure.Fe-O"].value == pytest.approx(2.0)
    with pytest.raises(SettingsError, match="no disorder group '3'"):
        observed(recording, StructureSettings(disorder="3"))


def test_temperatures_that_contradict_or_lack_are_told_until_the_user_says_one() -> None:
    both = "_diffrn_ambient_temperature 100(2)\n_cell_measurement_temperature 120"
    odd = of_text(head(temperature=both), sites(IRON), LISTED)
    found = observed(odd)
    assert "which one holds" in said(found, "STR-102")
    assert "T" not in found.items[0].conditions
    told = observed(replace(odd, conditions={"T": 100.0}))
    assert "STR-102" not in codes(told)
    assert told.items[0].conditions["T"] == 100.0
    none = observed(of_text(head(temperature=""), sites(IRON), LISTED))
    assert "no temperature" in said(none, "STR-103")


def test_a_cell_without_symmetry_or_Z_gives_what_it_can() -> None:
    text = head(group="Q 9").replace("_cell_formula_units_Z 2", "")
    found = observed(of_text(text, sites(IRON), LISTED))
    alerts = [alert.text for alert in found.alerts if alert.code == "STR-112"]
    assert any("V/Z" in each for each in alerts)
    assert any("the polar axis" in each for each in alerts)


# what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"metals": ("Mn",)}, "no metal 'Mn'"),
        ({"axis": "Fe1 to Co1"}, "names no two atoms"),
        ({"farthest_A": 0.0}, "farthest_A is 0"),
        ({"farthest_A": 1.0}, "no metal has a neighbour"),
        ({"limit_A": float("nan")}, "limit_A is nan"),
        ({"ligands": ("Xx",)}, "no ligand element"),
        ({"expected_A": {"Co-O": 0.15}}, "without a source"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        observed(simulated(), StructureSettings(**settings))


def test_an_axis_of_unknown_atoms_is_named() -> None:
    found = observed(simulated(), StructureSettings(axis="Fe1->Co9"))
    assert "there is no atom 'Co9'; atoms of Co are Co1" in said(found, "STR-112")


def test_a_range_without_a_source_is_refused() -> None:
    with pytest.raises(SettingsError, match="without a source"):
        LengthWindow("Fe LS", "Fe-O", 1.88, 1.92, " ")


def test_a_structure_without_metal_is_refused_and_does_not_suit() -> None:
    organic = of_text(head(), sites({"C1": ("C", 0.0, 0.0, 0.0), "O1": ("O", 1.2, 0.0, 0.0)}))
    answer = structure.suits(organic)
    assert not answer.suits
    assert "no metal" in answer.why
    with pytest.raises(SettingsError, match="no metal atom"):
        observed(organic)


def test_nothing_is_fitted() -> None:
    with pytest.raises(SettingsError, match="no parameter"):
        structure.observe({"sample": simulated()}, None, {"a.b": ParameterChange(start=1.0)})


def test_suitability_asks_for_the_direction_of_u() -> None:
    answer = structure.suits(simulated())
    assert answer.suits
    assert answer.settings == {"axis": "Fe1->Co1"}
    assert "axis" in answer.missing
    centred = ("x,y,z", "-x,-y,-z")
    flat = replace(simulated(), crystal=replace(simulated().crystal, operations=centred))
    assert "axis" not in structure.suits(flat).missing
    table = "T,atom_1,atom_2,length\n60,Fe1,O1,1.904(5)\n"
    path = Path("b.csv")
    assert bond_table_reader.sniff(path, table.encode()) > 0.9


def test_without_gemmi_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(optional_gemmi, "import_module", missing)
    with pytest.raises(ReadError) as caught:
        simulated()
    assert "pip install 'spectrafit-suite[formats]'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_code_is_raised_by_a_line_and_by_a_test() -> None:
    import spectrafit_structure

    package = Path(spectrafit_structure.__file__).parent
    code = "".join(
        file.read_text(encoding="utf-8")
        for file in package.glob("*.py")
        if file.name != "alerts.py"
    )
    tests = "".join(
        file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py")
    )
    names = [spec.code for spec in STRUCTURE_ALERTS]
    assert [name for name in names if f'"{name}"' not in code] == []
    assert [name for name in names if f'"{name}"' not in tests] == []
