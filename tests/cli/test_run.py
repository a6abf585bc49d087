"""`spectrafit run`: a study becomes a report, and nothing that was there is lost."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import replace

import pytest
from line_study import STUDY, line_text, write_study
from reporting.outcomes import synthetic_outcome

from spectrafit.cli.run import summary_lines
from spectrafit.study import tasks


@pytest.fixture
def plain_study(study):
    """Return the study without figures, which are slow."""
    study.write_text(f"{STUDY}\n[report]\nfigures = 'none'\n", encoding="utf-8")
    return study


def test_a_study_becomes_a_report(cli, study):
    said = cli("run", study)
    assert said.code == 0
    assert said.last == "lines-results"
    assert "simulated data: nothing here is a measurement" in said.out
    results = study.parent / "lines-results"
    for name in ("report.html", "report.md", "results.json", "observables.csv", "fits.csv"):
        assert (results / name).stat().st_size > 0
    assert (results / "figures" / "s_8K-line.svg").is_file()
    assert (results / "fits" / "s_90K.json").is_file()
    found = json.loads((results / "results.json").read_text(encoding="utf-8"))
    assert found["study"]["file"] == "../study.toml"
    assert said.err == ""


def test_a_refused_file_is_told_and_the_code_is_1(cli, plain_study):
    (plain_study.parent / "raw" / "b_9K.dat").write_text("torn", encoding="utf-8")
    said = cli("run", plain_study, "--out", "out")
    assert said.code == 1
    assert "refused: raw/b_9K.dat: " in said.out
    assert said.last == "out"


def test_every_file_refused_is_2(cli, tmp_path, epr):
    study = write_study(tmp_path, {"a_8K.dat": "torn", "b_9K.dat": ""})
    said = cli("run", study, "--out", tmp_path / "out")
    assert said.code == 2
    assert (tmp_path / "out" / "results.json").is_file()


def test_an_alert_of_level_a_is_1_until_it_is_waived(cli, plain_study, monkeypatch):
    from spectrafit.alert import Alert, Level

    grave = Alert("EPR-009", Level.A, "no sign", "measure again")
    real = tasks._result_of

    def alarmed(task, recording):
        from dataclasses import replace

        return replace(real(task, recording), alerts=(grave,))

    monkeypatch.setattr(tasks, "_result_of", alarmed)
    assert cli("run", plain_study).code == 1
    text = plain_study.read_text(encoding="utf-8")
    waiver = '[[waive]]\ncode = "EPR-009"\nreason = "known"\n'
    plain_study.write_text(f"{text}\n{waiver}", encoding="utf-8")
    assert cli("run", plain_study).code == 0


def test_earlier_results_move_to_history(cli, plain_study):
    results = plain_study.parent / "lines-results"
    cli("run", plain_study)
    before = (results / "results.json").read_bytes()
    first_study = plain_study.read_text(encoding="utf-8")
    plain_study.write_text(f"{first_study}\n# changed\n", encoding="utf-8")
    cli("run", plain_study)
    (kept,) = (results / "history").iterdir()
    assert (kept / "results.json").read_bytes() == before
    assert (kept / "study.toml").read_text(encoding="utf-8") == first_study
    assert (results / "results.json").read_bytes() != before


def test_a_report_beside_the_study_leaves_the_study_alone(cli, plain_study):
    text = plain_study.read_text(encoding="utf-8")
    mine = plain_study.parent / "report.md"
    mine.write_text("my own notes", encoding="utf-8")
    assert cli("run", plain_study, "--out", ".").code == 0
    assert plain_study.read_text(encoding="utf-8") == text
    (kept,) = (plain_study.parent / "history").glob("*/report.md")
    assert kept.read_text(encoding="utf-8") == "my own notes"


@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_an_output_that_is_a_file_is_told_before_anything_is_fitted(cli, study, monkeypatch, out):
    (study.parent / "taken").write_text("mine", encoding="utf-8")
    monkeypatch.setattr(tasks, "_results_of", lambda task: pytest.fail("fitted"))
    said = cli("run", study, "--out", out)
    assert said.code == 2
    assert "taken: this is no folder; name another folder with --out" in said.err
    assert (study.parent / "taken").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_fitted(cli, study, monkeypatch):
    def full(**options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    monkeypatch.setattr(tasks, "_results_of", lambda task: pytest.fail("fitted"))
    said = cli("run", study)
    assert said.code == 2
    assert "nothing can be written there: No space left on device" in said.err


def test_a_read_only_study_folder_is_respected(cli, plain_study, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    folders = [plain_study.parent, plain_study.parent / "raw"]
    before = sorted(path.name for path in folders[0].rglob("*"))
    for folder in folders:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        said = cli("run", plain_study)
    finally:
        for folder in folders:
            folder.chmod(stat.S_IRWXU)
    assert said.code == 0
    assert sorted(path.name for path in folders[0].rglob("*")) == before
    assert (elsewhere / "lines-results" / "results.json").is_file()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere.toml", "nowhere.toml: No such file"),
        ("raw/s_8K.dat", "a study ends with .toml"),
    ],
)
def test_what_is_no_study_is_told(cli, study, name, words):
    said = cli("run", name)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_every_mistake_of_a_study_is_listed(cli, study):
    text = STUDY.replace('technique = "epr"', 'technique = "eprr"').replace('"K"', '"eV"')
    study.write_text(text, encoding="utf-8")
    said = cli("run", study)
    assert said.code == 2
    assert "2 mistakes in the study" in said.err
    assert "did you mean epr?" in said.err


def test_a_folder_of_many_files_is_fitted_in_one_go(cli, tmp_path, epr, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = line_text()
    study = write_study(
        tmp_path,
        {f"s{n}_{n}K.dat": text for n in range(1, 41)},
        f"{STUDY}\n[report]\nfigures = 'none'\n",
    )
    said = cli("run", study)
    assert said.code == 0
    rows = (tmp_path / "lines-results" / "fits.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 41
    assert rows[2].startswith("field,epr,raw/s2_2K.dat,s2_2K,done,2.0,")


def test_a_study_run_by_root_or_not_names_no_machine_path_in_its_report(cli, plain_study):
    cli("run", plain_study)
    for path in (plain_study.parent / "lines-results").rglob("*"):
        if path.is_file():
            assert os.fsencode(str(plain_study.parent)) not in path.read_bytes()


def test_a_long_table_is_printed_by_its_ends():
    outcome = synthetic_outcome()
    first = outcome.results[0]
    results = tuple(replace(first, label=f"scan_{i}", file=f"scan_{i}.dat") for i in range(1, 61))
    text = "\n".join(summary_lines(replace(outcome, results=results, truth=())))
    assert "40 rows in between are not printed" in text
    assert "scan_10 " in text
    assert "scan_51 " in text
    assert "scan_30 " not in text


def test_without_openpyxl_one_line_says_what_to_install(cli, plain_study, monkeypatch):
    workbook = plain_study.parent / "lines-results" / "fits.xlsx"
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "openpyxl", None)
        said = cli("run", plain_study)
    assert 'fits.xlsx needs openpyxl: pip install "spectrafit-suite[formats]"' in said.out
    assert not workbook.exists()
    pytest.importorskip("openpyxl", reason="the extra `formats` is not installed")
    said = cli("run", plain_study)
    assert "fits.xlsx needs" not in said.out
    assert workbook.is_file()


def test_a_data_file_is_answered_with_the_line_to_type(cli, study):
    said = cli("run", "raw/s_8K.dat")
    assert said.code == 2
    assert "type: spectrafit fit TECHNIQUE" in said.err
