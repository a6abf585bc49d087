"""`spectrafit export`: scans of results, of a study or raw files, written for other programs."""

from __future__ import annotations

import csv
import json
import shutil

import pytest
from line_study import STUDY, installed, line_text, write_study

from spectrafit.reader import read
from spectrafit.reference import root

RAW = root() / "feco" / "raw"
SCAN, FOIL = RAW / "xanes_fe_008K.dat", RAW / "foil_fe_before.dat"
QUICK = """
[study]
name = "iron"
[[measurement]]
name = "foil"
technique = "xanes"
role = "calibration"
files = ["raw/foil_fe_before.dat"]
[[measurement]]
name = "iron"
technique = "xanes"
files = ["raw/xanes_fe_008K.dat", "raw/xanes_fe_250K.dat"]
uses = { calibration = "foil" }
[measurement.conditions]
T = { pattern = "_{}K", unit = "K" }
[measurement.settings]
foil_eV = 7111.2
window_eV = [7107.0, 7118.0]
peaks = 1
method_spread = false
[report]
figures = "none"
"""
# The cheap technique, with an export of its own.
EXPORTS = {
    "    def example(self)": '''\
    export_formats = (ExportFormat("txt", "names and conditions", ".txt"),)

    def export(self, scans, kind, path):
        """Write the name and temperature of each scan but the refused ones."""
        told, lines = {}, []
        for one in scans:
            (sample,) = inputs_of(one.inputs, self.inputs, where=self.name)["sample"]
            if sample.conditions["T"] > 50:
                told[one.name] = SpectrafitError("too hot", where=one.name)
                continue
            lines.append(f"{one.name} {sample.conditions['T']:g} {one.settings.degree}\\n")
            told[one.name] = (WEAK.alert(ratio="2"),)
        if lines:
            path.write_text("".join(lines), encoding="utf-8")
        return told

    def example(self)''',
    "    ParameterRow,\n": "    ExportFormat,\n    ParameterRow,\n",
}


@pytest.fixture
def iron(tmp_path, monkeypatch):
    """Return a quick study of two iron scans, in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    for name in ("foil_fe_before", "xanes_fe_008K", "xanes_fe_250K"):
        shutil.copy(RAW / f"{name}.dat", tmp_path / "raw")
    (tmp_path / "study.toml").write_text(QUICK, encoding="utf-8")
    return tmp_path


def test_without_a_kind_they_are_listed(cli, iron):
    said = cli("export", "study.toml")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()] == [
        "csv", "athena", "nxxas", "nxfit",
    ]  # fmt: skip


def test_a_study_becomes_a_table_with_its_conventions(cli, iron):
    said = cli("export", "study.toml", "--to", "csv", "--out", "iron.csv")
    assert (said.code, said.last, said.err) == (0, "iron.csv", "")
    text = (iron / "iron.csv").read_text(encoding="utf-8").splitlines()
    assert text[0].startswith("# xanes_fe_008K: simulated data; Fe K edge")
    assert "Fe foil 7111.2 eV" in text[1]
    heads = next(csv.reader(text[2:]))
    assert {"xanes_fe_008K normalised", "xanes_fe_250K sigma of normalised"} < set(heads)


def test_results_give_the_fit_that_is_in_them(cli, iron):
    h5py = pytest.importorskip("h5py")
    assert cli("run", "study.toml", "--jobs", "1").code == 0
    said = cli("export", "iron-results", "--to", "nxfit", "--out", "fits.h5")
    assert said.code == 0, said.err
    results = json.loads((iron / "iron-results" / "results.json").read_text(encoding="utf-8"))
    rows = [row for row in results["results"] if row["observables"]]
    assert len(rows) == 2
    with h5py.File(iron / "fits.h5") as content:
        for row, entry in zip(rows, content.values(), strict=True):
            assert row["file"].endswith(f"{entry.name.strip('/')}.dat")
            assert entry["fit/figure_of_merit_chi2"][()] == row["chi2"]
            own = entry["fit/peak_0/function/fit_parameters/center"]
            told = row["parameters"]["peak1.center"]
            assert (own[()], own.attrs["standard_uncertainty"]) == (told["value"], told["sigma"])


def test_nexus_reads_back_with_temperature(cli, iron):
    pytest.importorskip("h5py")
    said = cli("export", "study.toml", "--measurement", "iron", "--to", "nxxas", "--out", "i.h5")
    assert said.code == 0, said.err
    assert [one.conditions["T"] for one in read(iron / "i.h5")] == [8.0, 250.0]


def test_raw_files_are_written_and_what_is_wrong_with_them_is_said(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "torn.dat").write_text("hi", encoding="utf-8")
    said = cli("export", SCAN, "torn.dat", "--to", "csv", "--out", "one.csv")
    assert said.code == 1
    assert "refused: torn.dat: no reader knows this file" in said.err
    assert "XAS-100" in said.err  # no foil
    assert said.out.startswith("1 scan written")
    options = ["--calibration", FOIL, "--set", "foil_eV=7111.2"]
    said = cli("export", SCAN, *options, "--to", "csv", "--out", "foil.csv")
    assert (said.code, said.err) == (0, "")
    assert "Fe foil 7111.2 eV" in (tmp_path / "foil.csv").read_text(encoding="utf-8")


WRONG = {
    "study.toml --to cvs --out a.csv": "did you mean csv?",
    "study.toml --to csv": "--out is missing; type: spectrafit export study.toml --to csv --out",
    "study.toml --to csv --out a.txt": "a.txt does not end with .csv; type:",
    "study.toml --to csv --out there.csv": "there is such a file already; name a new one",
    "study.toml --measurement irn --to csv --out a.csv": "did you mean iron?",
    "study.toml --set peaks=2 --to csv --out a.csv": "--set beside a study",
    "study.toml raw/xanes_fe_008K.dat --to csv --out a.csv": "further files beside a study",
    "nowhere.dat --to csv --out a.csv": "there is no such file",
    "there.csv --to csv --out a.csv": "there.csv",
    "raw/xanes_fe_008K.dat --measurement iron --to csv --out a.csv": "leave --measurement out",
    "raw --to csv --out a.csv": "name a study, a results folder or its results.json",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_line_says_what_where_and_what_to_do(cli, iron, line):
    (iron / "there.csv").write_text("x", encoding="utf-8")
    said = cli("export", *line.split())
    assert said.code == 2
    assert WRONG[line] in said.err
    assert not (iron / "a.csv").exists()


def test_two_techniques_do_not_share_a_file(cli, iron):
    text = QUICK.replace(
        "[report]",
        """[[measurement]]
name = "sharp"
technique = "herfd"
files = ["raw/xanes_fe_250K.dat"]
[report]""",
    )
    (iron / "study.toml").write_text(text, encoding="utf-8")
    said = cli("export", "study.toml", "--to", "csv", "--out", "a.csv")
    assert said.code == 2
    assert "add --measurement NAME; the sample measurements are: iron, sharp" in said.err


def test_another_technique_exports_in_its_own_way(cli, tmp_path, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with installed(tmp_path_factory.mktemp("plugin"), EXPORTS):
        write_study(tmp_path, {f"s_{T}K.dat": line_text(seed=T) for T in (8, 90)}, STUDY)
        said = cli("export", "study.toml", "--to", "txt", "--out", "all.txt")
    assert said.code == 1
    assert (tmp_path / "all.txt").read_text(encoding="utf-8") == "s_8K 8 1\n"
    assert "refused: s_90K: s_90K: too hot" in said.err
    assert "EPR-001" in said.err


def test_a_technique_without_exports_says_so(cli, study):
    said = cli("export", "study.toml", "--to", "csv", "--out", "a.csv")
    assert said.code == 2
    assert "epr writes no files for other programs" in said.err
