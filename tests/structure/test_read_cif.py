from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spectrafit.errors import ReadError, SpectrafitError
from spectrafit_structure.readers.cif import read_cif
from spectrafit_structure.shells import first_shells, metal_atoms
from spectrafit_structure.uncertainty import Measured
from tests.structure_cif import OCTAHEDRON, bonds, head, sites, written

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")


def test_every_block_is_read_with_all_its_numbers(tmp_path: Path) -> None:
    first = head(
        "a", more="_refine_ls_abs_structure_Flack 0.02(3)\n_chemical_formula_sum 'Fe N4 O2'"
    )
    second = head("b", temperature="_cell_measurement_temperature 60")
    path = written(
        tmp_path,
        "data_global\n_publ_section_title 'text'\n",
        first,
        sites({"Fe1": ("Fe3+", 0.0, 0.0, 0.0), **OCTAHEDRON}, {"O2": "2"}),
        bonds([("Fe1", "O1", "1.904(5)"), ("Fe1", "O2", "2.1"), ("Fe1", "N1", "?")]),
        second,
    )
    one, two = read_cif(path)
    assert one.name == "sim.cif[a]"
    assert one.temperature.kelvin == Measured(100.0, 2.0)
    assert two.temperature.kelvin is not None
    assert two.temperature.kelvin.su is None
    assert one.cell is not None
    assert one.cell.lengths[1] == Measured(20.0, 0.002)
    assert one.cell.volume == Measured(2000.0, 0.8)
    assert one.formula_units == 2
    assert one.flack == Measured(0.02, 0.03)
    assert two.flack is None
    assert one.formula == "Fe N4 O2"
    assert sorted(one.operations) == ["-x,y+1/2,-z", "x,y,z"]
    assert [(b.second, b.length.value, b.length.su) for b in one.bonds] == [
        ("O1", 1.904, 0.005),
        ("O2", 2.1, None),
    ]
    iron, oxygen = one.atom("Fe1"), one.atom("O2")
    assert iron is not None
    assert iron.element == "Fe"
    assert oxygen is not None
    assert oxygen.disorder_group == "2"


def test_the_names_of_the_newer_dictionaries_are_read_too(tmp_path: Path) -> None:
    text = head(temperature="_diffrn.ambient_temperature 90(1)").replace("_cell_", "_cell.")
    crystal = read_cif(written(tmp_path, text))[0]
    assert crystal.temperature.kelvin == Measured(90.0, 1.0)
    assert crystal.formula_units == 2


@pytest.mark.parametrize(("cell", "kept"), [("101.5", True), ("102", True), ("103", False)])
def test_two_temperatures_that_disagree_are_asked_about(
    tmp_path: Path, cell: str, kept: bool
) -> None:
    both = f"_diffrn_ambient_temperature 100(2)\n_cell_measurement_temperature {cell}"
    found = read_cif(written(tmp_path, head(temperature=both)))[0].temperature
    assert (found.kelvin is not None) is kept
    assert kept or ("100 K" in found.reason and "103 K" in found.reason)


def test_no_temperature_is_a_reason(tmp_path: Path) -> None:
    found = read_cif(written(tmp_path, head(temperature="_diffrn_ambient_temperature ?")))[0]
    assert found.temperature.kelvin is None
    assert "no temperature" in found.temperature.reason


def test_a_word_for_a_number_that_is_not_vital_is_a_reason(tmp_path: Path) -> None:
    words = "_diffrn_ambient_temperature 'room'\n_refine_ls_abs_structure_Flack absent"
    found = read_cif(written(tmp_path, head(temperature=words)))[0]
    assert found.temperature.kelvin is None
    assert found.temperature.reason == "_diffrn_ambient_temperature is written as 'room'"
    assert found.flack is None
    assert "_refine_ls_abs_structure_Flack is written as 'absent'" in found.notices


def test_listed_operations_win_over_the_name_and_must_agree_with_it(tmp_path: Path) -> None:
    listed = "loop_\n_symmetry_equiv_pos_as_xyz\n'x, y, z'\n'-x, y+1/2, -z'\n"
    assert read_cif(written(tmp_path, head(), listed))[0].operations == ("x, y, z", "-x, y+1/2, -z")
    old = head().replace("P 1 21 1", "P2(1)")
    assert not read_cif(written(tmp_path, old, listed))[0].notices
    with pytest.raises(ReadError, match="not those of the space group"):
        read_cif(written(tmp_path, head(group="P 21/c"), listed))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("10.000(2)", "10,0(2)", r"sim\.cif\[sim\] _cell_length_a"),
        ("_cell_angle_beta 90", "_cell_angle_beta ?", "the cell is not complete"),
        ("100(2)", "-173(2)", "in kelvin"),
        ("_cell_volume 2000.0(8)", "_cell_volume 200.0(8)", "has 2000 Å3, not 200 Å3"),
        ("_cell_angle_beta 90", "_cell_angle_beta 190", "enclose no volume"),
        ("_group_name_H-M_alt 'P 1 21 1'", "_group_name_H-M_alt 'P 1 21 1", "this is no CIF"),
        ("units_Z 2", "units_Z 0", "no count of formula units"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = head()
    assert old in text
    with pytest.raises(ReadError, match=message):
        read_cif(written(tmp_path, text.replace(old, new)))


def test_a_file_without_a_structure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no data block holds a cell"):
        read_cif(written(tmp_path, "data_global\n_publ_section_title 'x'\n"))


def test_labels_must_be_unique_and_name_an_element(tmp_path: Path) -> None:
    loop = sites({"Fe1": ("Fe", 0.0, 0.0, 0.0)})
    with pytest.raises(ReadError, match="two atoms have the label 'Fe1'"):
        read_cif(written(tmp_path, head(), loop + "Fe1 Fe 0.1 0.1 0.1 .\n"))
    with pytest.raises(ReadError, match="names no element"):
        read_cif(written(tmp_path, head(), loop + "Q1 ? 0.1 0.1 0.1 .\n"))
    crystal = read_cif(written(tmp_path, head(), loop + "Co1 ? 0.1 0.1 0.1 .\nD1 D 0 0 0 .\n"))[0]
    assert [atom.element for atom in crystal.atoms] == ["Fe", "Co", "H"]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_damaged_file_gives_a_structure_or_a_reason(tmp_path: Path, data: st.DataObject) -> None:
    loop = sites({"Fe1": ("Fe", 0.0, 0.0, 0.0), **OCTAHEDRON}, {"O2": "1"})
    text = head() + loop + bonds([("Fe1", "O1", "1.904(5)"), ("Fe1", "N1", "2.1(1)")], "2_555")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        cut = data.draw(st.integers(0, 6))
        new = data.draw(st.text("0159.(?)-'\"_# \nxyFeO,;", max_size=4))
        text = text[:at] + new + text[at + cut :]
    outcome = "read"
    try:
        for crystal in read_cif(written(tmp_path, text)):
            for metal in metal_atoms(crystal):
                first_shells(crystal, metal)
    except SpectrafitError as error:
        outcome = error.what
    assert outcome
