"""The first quarter of an hour: CIFs in a folder, a typed table, and no editor."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from spectrafit import registry
from spectrafit.cli.main import main
from spectrafit.reader import read
from spectrafit.reference import root
from spectrafit_structure.simulate import StructureSimulation, simulated_cif
from spectrafit_structure.technique import structure
from tests.structure_cif import head, sites

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")

Cli = Callable[..., tuple[int, str, str]]
TABLE = """T,atom_1,atom_2,length
60(2),Fe1,O1,1.904(5)
60(2),Fe1,O2,1.904(5)
100(2),Fe1,O1,1.987(4)
100(2),Fe1,O2,1.991(5)
"""


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def folder_of(place: Path) -> Path:
    for T in (60, 100, 200):
        text = simulated_cif(StructureSimulation(T_K=float(T)), T)
        (place / f"feco_{T:03d}.cif").write_text(text, encoding="ascii")
    return place


def test_a_file_says_what_it_is(tmp_path: Path, cli: Cli) -> None:
    code, out, _ = cli("read", folder_of(tmp_path) / "feco_060.cif")
    assert code == 0
    assert "condition T = 60" in out
    assert "structure: suits: a structure with 1 × Co, 1 × Fe, 22 listed bonds" in out
    assert out.count(": suits") == 1


def test_a_file_is_evaluated_without_settings(tmp_path: Path, cli: Cli) -> None:
    code, out, err = cli("fit", "structure", folder_of(tmp_path) / "feco_060.cif", "--jobs", "1")
    assert code == 0, out + err
    assert "Fe-O / A" in out
    assert "simulated data" in out


def test_a_folder_becomes_a_study_that_gives_changes(tmp_path: Path, cli: Cli) -> None:
    folder = folder_of(tmp_path)
    code, out, _ = cli("init", folder)
    assert code == 0
    assert "missing: axis" in out
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(text.replace("# missing: axis", "axis"), encoding="utf-8")
    windows = """
[[measurement.settings.windows]]
state = "Fe LS"
bond = "Fe-O"
low = 1.88
high = 1.92
source = "typed for this test"

# [[measurement.except]]"""
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace("\n# [[measurement.except]]", windows, 1)
    assert "typed for this test" in text
    tomllib.loads(text)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    code, out, err = cli("run", folder / "study.toml", "--out", tmp_path / "o", "--jobs", "1")
    assert code == 0, out + err
    table = (tmp_path / "o" / "series.csv").read_text(encoding="utf-8")
    assert table.count("structure.Co-N.unchanged") == 2
    assert "structure.VZ.expansion" in table
    methods = (tmp_path / "o" / "methods.md").read_text(encoding="utf-8")
    assert "typed for this test" in methods
    assert "60 K" in methods
    assert [p for p in (tmp_path / "o").rglob("*bonds*.svg")]


def test_a_typed_table_has_a_structure_for_each_temperature(tmp_path: Path, cli: Cli) -> None:
    file = tmp_path / "bonds.csv"
    file.write_text(TABLE, encoding="utf-8")
    code, out, err = cli("fit", "structure", file, "--jobs", "1", "--out", tmp_path / "o")
    assert code == 0, out + err
    table = (tmp_path / "o" / "series.csv").read_text(encoding="utf-8")
    assert "structure.Fe-O.change" in table


def test_a_range_without_a_source_is_refused_in_words(tmp_path: Path, cli: Cli) -> None:
    file = folder_of(tmp_path) / "feco_060.cif"
    bare = 'windows=[{state="LS",bond="Fe-O",low=1.8,high=1.9,source=""}]'
    code, out, err = cli("fit", "structure", file, "--jobs", "1", "--set", bare)
    assert code == 2
    assert "source" in out + err
    assert "Traceback" not in out + err


def test_a_structure_without_metal_is_refused_in_words(tmp_path: Path, cli: Cli) -> None:
    file = tmp_path / "organic.cif"
    file.write_text(head() + sites({"C1": ("C", 0.0, 0.0, 0.0)}), encoding="ascii")
    code, out, err = cli("fit", "structure", file, "--jobs", "1")
    assert code == 2
    assert "no metal atom" in out + err


def test_a_file_that_is_no_cif_is_refused_in_words(tmp_path: Path, cli: Cli) -> None:
    file = tmp_path / "a.cif"
    file.write_text("data_a\n_cell_length_a 'open\n", encoding="ascii")
    code, out, err = cli("read", file)
    assert code == 2
    assert "this is no CIF" in out + err


def test_files_of_other_techniques_do_not_suit_and_cifs_suit_no_other(tmp_path: Path) -> None:
    raw = sorted((root() / "feco").glob("*/*.*"))
    others = [path for path in raw if path.suffix in (".dat", ".jdx", ".txt", ".exp", ".mcs")]
    assert len(others) > 5
    for path in others[::7]:
        for recording in read(path):
            assert not structure.suits(recording).suits, path.name
    (one,) = read(folder_of(tmp_path) / "feco_060.cif")
    for name in registry.technique_names():
        assert registry.technique(name).suits(one).suits is (name == "structure"), name
