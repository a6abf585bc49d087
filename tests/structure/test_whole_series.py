"""Structures through temperature: changes and their limits, slopes, mixtures, figures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.observable import Kind, Observable
from spectrafit.technique import Observables, SeriesScan
from spectrafit_structure.crystal_recording import CrystalRecording
from spectrafit_structure.readers.bond_table import bond_table_reader
from spectrafit_structure.readers.cif import cif_reader
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.simulate import StructureSimulation, bond_lengths, simulated_cif
from spectrafit_structure.spin_state import LengthWindow
from spectrafit_structure.technique import structure
from tests.structure_cif import OCTAHEDRON, bonds, head, sites

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")

TEMPERATURES = (60.0, 80.0, 90.0, 100.0, 130.0, 200.0, 300.0)
PRINTED = """# printed lengths of the complex
T,atom_1,atom_2,length
60,Fe1,O1,1.904(5)
60,Fe1,N1,2.026(5)
60,Fe1,N2,2.060(5)
60,Co1,O3,1.893(4)
60,Co1,O4,1.891(5)
60,Co1,N3,1.987(5)
60,Co1,N4,2.026(5)
100,Fe1,O1,1.9886(31)
100,Fe1,N1,2.109(5)
100,Fe1,N2,2.145(5)
100,Co1,O3,1.893(4)
100,Co1,O4,1.891(5)
100,Co1,N3,1.979(5)
100,Co1,N4,2.024(5)
"""


def simulated(T: float, seed: int = 0, **settings: Any) -> CrystalRecording:
    text = simulated_cif(StructureSimulation(T_K=T, **settings), seed or int(T))
    return cif_reader.recordings(text.encode("ascii"), Path(f"a_{T:03.0f}K.cif"))[0]


def series_of(
    recordings: list[CrystalRecording], settings: StructureSettings | None = None
) -> Observables:
    chosen = settings or StructureSettings()
    scans = [
        SeriesScan(
            one.name, {"sample": one}, chosen, {}, structure.observe({"sample": one}, chosen)
        )
        for one in recordings
    ]
    return structure.observe_series(scans)


def at(found: Observables, key: str, T: float) -> Observable:
    return next(i for i in found.items if i.key == f"structure.{key}" and i.conditions["T"] == T)


def whole(settings: StructureSettings | None = None, **simulation: Any) -> Observables:
    return series_of([simulated(T, **simulation) for T in TEMPERATURES], settings)


def printed(tmp_path: Path) -> list[CrystalRecording]:
    file = tmp_path / "printed.csv"
    file.write_text(PRINTED, encoding="utf-8")
    return list(bond_table_reader.read(file))


# changes -----------------------------------------------------------------------------------------


def test_the_printed_lengths_give_the_known_changes(tmp_path: Path) -> None:
    settings = StructureSettings(expected_A={"Co-O": 0.15}, expected_source="typed for this test")
    found = series_of(printed(tmp_path), settings)
    iron = at(found, "Fe-O.change", 100.0)
    assert iron.value == pytest.approx(0.0846, abs=1e-4)
    assert iron.sigma == pytest.approx(0.0059, abs=1e-4)
    assert "z = 14.4" in iron.verdict or "z = 14.3" in iron.verdict
    cobalt = at(found, "Co-O.unchanged", 100.0)
    assert cobalt.kind is Kind.UPPER_LIMIT
    assert cobalt.level == 0.95
    assert cobalt.high == pytest.approx(0.0073, abs=5e-5)
    assert "unchanged: |dL| < 0.0073 Å (95 %)" in cobalt.verdict
    assert "a change of 0.15 Å is excluded (typed for this test)" in cobalt.verdict
    small = StructureSettings(expected_A={"Co-O": 0.005}, expected_source="typed for this test")
    within = at(series_of(printed(tmp_path), small), "Co-O.unchanged", 100.0)
    assert "a change of 0.005 Å is not excluded" in within.verdict
    assert at(found, "Co-O.change", 100.0).value == pytest.approx(0.0, abs=1e-9)
    (last,) = [e for e in at(found, "Co-N.change", 100.0).history if e.step == "compared"]
    z = [value / math.hypot(0.005, 0.005) for value in last.settings["bonds"].values()]
    assert z == pytest.approx([-1.13, -0.28], abs=0.01)


def test_changes_of_a_series_scatter_about_the_truth_by_their_errors() -> None:
    def mean(T: float) -> float:
        return sum(bond_lengths(StructureSimulation(T_K=T)).Fe_O) / 2

    truth = mean(200.0) - mean(60.0)
    pulls = []
    for seed in range(1, 31):
        found = series_of([simulated(60.0, seed), simulated(200.0, 1000 + seed)])
        item = at(found, "Fe-O.change", 200.0)
        assert isinstance(item.value, float)
        assert item.sigma is not None
        pulls.append((item.value - truth) / item.sigma)
    assert abs(np.mean(pulls)) < 4.0 / math.sqrt(len(pulls))
    # errors are never scaled down, so that pulls are a little narrower than 1
    assert 0.6 < np.std(pulls) < 1.2


def test_the_limit_covers_a_true_change_and_nothing_is_found_where_nothing_changes() -> None:
    moved = ((1.983, 2.025), (1.993, 2.035), (1.993, 2.035))
    missed = claimed = unchanged = 0
    for seed in range(1, 31):
        cold, warm = simulated(60.0, seed, CoN_A=moved), simulated(200.0, 1000 + seed, CoN_A=moved)
        found = series_of([cold, warm])
        item = at(found, "Co-N.unchanged", 200.0)
        assert item.high is not None
        # 0.0095 Å is the true change, as 95 % of state 1 are lost
        missed += item.high < 0.0095
        claimed += at(found, "Fe-O.unchanged", 200.0).verdict.startswith("unchanged")
        unchanged += at(found, "Co-O.unchanged", 200.0).verdict.startswith("unchanged")
    # 1 in 20 is missed; 6 of 30 or more have a probability of 0.003
    assert missed <= 5
    assert claimed == 0
    # two bonds of 0.005 Å: X is near 0.011 Å
    assert unchanged >= 22


def test_a_narrow_limit_cannot_be_met() -> None:
    found = series_of([simulated(60.0), simulated(200.0)], StructureSettings(limit_A=0.001))
    assert at(found, "Co-N.unchanged", 200.0).verdict.startswith(("cannot tell", "changed"))
    assert at(found, "Co-N.unchanged", 200.0).conventions["limit_A"] == 0.001


def test_the_reference_is_chosen_by_temperature_or_name() -> None:
    rows = [simulated(T) for T in (60.0, 100.0, 200.0)]
    found = series_of(rows, StructureSettings(reference_T_K=200.0))
    assert {i.conditions["T"] for i in found.items if i.key.endswith("O.change")} == {60.0, 100.0}
    assert at(found, "Fe-O.change", 60.0).conventions["reference_T_K"] == 200.0
    by_name = series_of(rows, StructureSettings(reference="100K"))
    assert at(by_name, "Fe-O.change", 60.0).conventions["reference_T_K"] == 100.0
    with pytest.raises(SettingsError, match="no structure at 150 K"):
        series_of(rows, StructureSettings(reference_T_K=150.0))
    with pytest.raises(SettingsError, match="3 structures have"):
        series_of(rows, StructureSettings(reference="K.cif"))


def test_renamed_labels_are_mapped_and_listed() -> None:
    later = simulated(100.0)
    text = simulated_cif(StructureSimulation(T_K=100.0), 100).replace("N1 ", "N1A ")
    renamed = cif_reader.recordings(text.encode(), Path("b.cif"))[0]
    found = series_of([simulated(60.0), renamed])
    (alert,) = [one for one in found.alerts if one.code == "STR-107"]
    assert "Fe1-N1A" in alert.text
    plain = series_of([simulated(60.0), later])
    assert at(found, "Fe-N.change", 100.0).value == pytest.approx(
        at(plain, "Fe-N.change", 100.0).value, abs=1e-9
    )


def test_different_compounds_are_not_compared() -> None:
    atoms = {"Fe1": ("Fe", 0.0, 0.0, 0.0), **OCTAHEDRON}
    sulfur = {k: ("S" if v[0] == "O" else v[0], *v[1:]) for k, v in atoms.items()}
    sulfur = {k.replace("O", "S"): v for k, v in sulfur.items()}
    rows = [
        cif_reader.recordings(
            (head(temperature=f"_diffrn_ambient_temperature {T}") + sites(each)).encode(),
            Path(name),
        )[0]
        for T, each, name in ((60, atoms, "o.cif"), (100, sulfur, "s.cif"))
    ]
    found = series_of(rows)
    assert "different atoms" in next(a.text for a in found.alerts if a.code == "STR-115")
    assert not [item for item in found.items if item.key.endswith(".change")]


def test_without_su_a_change_has_no_limit() -> None:
    atoms = {"Fe1": ("Fe", 0.0, 0.0, 0.0), **OCTAHEDRON}
    rows = [
        cif_reader.recordings(
            (head(temperature=f"_diffrn_ambient_temperature {T}") + sites(atoms)).encode(),
            Path(f"{T}.cif"),
        )[0]
        for T in (60, 100)
    ]
    found = series_of(rows)
    change = at(found, "Fe-O.change", 100.0)
    assert change.sigma is None
    assert "covariance" in change.sigma_reason
    assert not [item for item in found.items if item.key.endswith(".unchanged")]


def test_one_structure_and_structures_without_temperature_say_nothing() -> None:
    assert series_of([simulated(60.0)]).items == ()
    bare = cif_reader.recordings(
        (head(temperature="") + sites({"Fe1": ("Fe", 0.0, 0.0, 0.0), **OCTAHEDRON})).encode(),
        Path("a.cif"),
    )[0]
    assert series_of([bare, simulated(60.0)]).items == ()


# slopes ------------------------------------------------------------------------------------------


def test_slopes_above_the_transition() -> None:
    found = whole(StructureSettings(slope_K=(120.0, 310.0)))
    iron = found["structure.Fe-O.per_100K"]
    assert iron.conventions["slope_K"] == [130.0, 300.0]
    assert "T" not in iron.conditions

    def mean(T: float) -> float:
        return sum(bond_lengths(StructureSimulation(T_K=T)).Fe_O) / 2

    expected = np.polyfit([130.0, 200.0, 300.0], [mean(T) for T in (130.0, 200.0, 300.0)], 1)[0]
    assert isinstance(iron.value, float)
    assert iron.sigma is not None
    assert abs(iron.value - 100.0 * expected) < 3.0 * iron.sigma
    assert iron.verdict.endswith("a slope")
    assert "no slope seen" in found["structure.Co-N.per_100K"].verdict
    volume = found["structure.VZ.expansion"]
    assert volume.value == pytest.approx(1.5e-4, rel=0.05)
    assert volume.unit == "K-1"


def test_a_step_is_no_straight_line() -> None:
    assert "no straight line" in whole()["structure.Fe-O.per_100K"].verdict


def test_a_range_with_too_few_structures_is_told() -> None:
    found = whole(StructureSettings(slope_K=(150.0, 310.0)))
    assert any("2 structures lie between 150 and 310 K" in alert.text for alert in found.alerts)
    assert "structure.Fe-O.per_100K" not in found.keys


# mixtures ----------------------------------------------------------------------------------------


def test_a_mixture_adds_displacement_along_the_bond() -> None:
    settings = StructureSettings(mixture_ends_A={"Fe-O": (1.8989, 2.0029)})
    found = whole(settings, bond_su_A=0.002)
    half = at(found, "Fe-O.mixture_rms", 90.0)
    assert half.kind is Kind.INTERVAL
    # equal shares: dL/2
    assert half.value == pytest.approx(0.052, abs=1e-3)
    assert half.low is not None
    assert half.high is not None
    assert half.low <= 0.052 <= half.high + 1e-9
    cold = at(found, "Fe-O.mixture_rms", 60.0)
    assert cold.high is not None
    assert cold.high < 0.035
    # 300 K holds a third state, which lies outside of these two
    assert not [
        i for i in found.items if i.key.endswith("mixture_rms") and i.conditions["T"] == 300.0
    ]
    assert any("outside the pure states" in alert.text for alert in found.alerts)
    with pytest.raises(SettingsError, match="one length"):
        whole(StructureSettings(mixture_ends_A={"Fe-O": (2.0, 2.0)}))


# figures -----------------------------------------------------------------------------------------


def test_figures_have_units_bars_and_cited_ranges() -> None:
    windows = (LengthWindow("Fe LS", "Fe-O", 1.88, 1.92, "typed for this test"),)
    found = whole(StructureSettings(windows=windows))
    assert [chart.name for chart in found.charts] == ["bonds", "bridge", "volume"]
    assert all(chart.simulated and chart.x_label == "temperature / K" for chart in found.charts)
    shells, bridge, volume = found.charts
    assert [panel.y_label for panel in shells.panels] == [
        f"{kind} / Å" for kind in ("Fe-O", "Fe-N", "Co-O", "Co-N")
    ]
    assert [panel.y_label for panel in bridge.panels] == ["C-O / Å", "C-C / Å", "C-CH / Å"]
    assert volume.panels[0].y_label == "V/Z / Å³"
    first = shells.panels[0].traces
    assert [trace.label for trace in first] == ["range of Fe LS", "single bonds", "mean"]
    assert first[1].x.size == 2 * len(TEMPERATURES)
    assert first[2].sigma is not None
    assert "typed for this test" in shells.caption
    without = whole().charts[0]
    assert "Ranges of states" not in without.caption
    assert [trace.label for trace in without.panels[0].traces] == ["single bonds", "mean"]


def test_points_without_su_are_drawn_without_bars() -> None:
    atoms = sites({"Fe1": ("Fe", 0.0, 0.0, 0.0), **OCTAHEDRON})
    rows = bonds([("Fe1", label, "2.05(1)") for label in OCTAHEDRON])
    texts = (
        head(temperature="_diffrn_ambient_temperature 60") + atoms,
        head(temperature="_diffrn_ambient_temperature 100") + atoms + rows,
    )
    found = series_of(
        [cif_reader.recordings(text.encode(), Path(f"{n}.cif"))[0] for n, text in enumerate(texts)]
    )
    panel = found.charts[0].panels[0]
    bars = {trace.label: trace.sigma is not None for trace in panel.traces}
    assert bars["single bonds"]
    assert not bars["single bonds (no s.u.)"]
