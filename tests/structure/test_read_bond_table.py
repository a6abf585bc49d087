from __future__ import annotations

from pathlib import Path

import pytest

from spectrafit.errors import ReadError
from spectrafit_structure.readers.bond_table import bond_table_reader, read_bond_table
from spectrafit_structure.shells import first_shells, mean_lengths, metal_atoms
from spectrafit_structure.uncertainty import Measured
from spectrafit_structure.unchanged import change_of_means

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")

TABLE = """# lengths as printed
T,atom_1,atom_2,length
100,Fe1,O1,1.987(4)
100,Fe1,O2,1.991(5)
60(1),Fe1,O1,1.904(5)
60,Fe1,N1,2.026
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "bonds.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_typed_table_becomes_structures_by_temperature(tmp_path: Path, separator: str) -> None:
    cold, hot = read_bond_table(written(tmp_path, TABLE.replace(",", separator)))
    assert cold.temperature.kelvin == Measured(60.0, 1.0)
    assert hot.temperature.kelvin == Measured(100.0)
    before, after = (first_shells(each, metal_atoms(each)[0])[0] for each in (cold, hot))
    assert before.bonds()["Fe1-N1"].su is None
    assert mean_lengths(after)["Fe-O"].count == 2
    change = change_of_means([before.bonds()["Fe1-O1"]], list(after.bonds().values()))
    assert change.mean.value == pytest.approx(0.0846, abs=5e-5)


@pytest.mark.parametrize(
    "header",
    [
        "T / K,Atom 1,Atom 2,Length / Å",
        "T (K),atom1,atom2,length (A)",
        "Temperature,ATOM_1,ATOM_2,Length",
    ],
)
def test_labels_with_units_are_the_same_table(tmp_path: Path, header: str) -> None:
    path = written(tmp_path, TABLE.replace("T,atom_1,atom_2,length", header))
    assert bond_table_reader.sniff(path, path.read_bytes()) > 0.9
    assert [each.bonds for each in read_bond_table(path)] == [
        each.bonds for each in read_bond_table(written(tmp_path, TABLE))
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",length\n", ",length / pm\n", "the column 'length' is missing.*length in Å"),
        ("T,atom_1", "T,atom_1,Atom 1", "two columns are called 'atom_1'"),
        ("length\n", "distance\n", r"bonds\.csv:2: the column 'length' is missing"),
        ("1.987(4)", "1,987(4)", r"bonds\.csv:3: ambiguous: 5 cells for 4 columns"),
        ("1.987(4)", "-1.987(4)", r"bonds\.csv:3: '-1.987\(4\)' is no length above 0"),
        ("1.987(4)", "?", "is no length"),
        ("1.987(4)", "1.987+-4", "is no number"),
        ("100,Fe1,O2", "-173,Fe1,O2", r"bonds\.csv:4: '-173' is no T above 0"),
        ("100,Fe1,O2", "100,O1,Fe1", "stands twice at 100 K"),
        ("Fe1,N1", "Fe1,", "no label"),
        ("Fe1,N1", "Fe1,?1", "names no element"),
    ],
)
def test_mistakes_are_named_with_their_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in TABLE
    with pytest.raises(ReadError, match=message):
        read_bond_table(written(tmp_path, TABLE.replace(old, new)))


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no rows"):
        read_bond_table(written(tmp_path, "T,atom_1,atom_2,length\n"))
    with pytest.raises(ReadError, match="no table"):
        read_bond_table(written(tmp_path, "# nothing\n"))
