"""`spectrafit init FOLDER` and `spectrafit run FOLDER`: from raw files to a study, and to a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from docs_pages import ROOT, blocks
from line_study import line_text
from raw_folder import foil_text, scan_text, write_folder

from spectrafit.cli import init as cli_init
from spectrafit.cli.folder import FolderStudy, folder_study
from spectrafit.errors import SpectrafitError
from spectrafit.study.load import load_study
from spectrafit.study.run import run_study


@pytest.fixture
def scans(epr, tmp_path, monkeypatch) -> Path:
    """Return a folder of three lines below the current one."""
    monkeypatch.chdir(tmp_path)
    texts = {f"s_{T}K.dat": line_text(seed=seed) for seed, T in enumerate((8, 20, 90))}
    return write_folder(Path("scans"), texts)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_init_writes_a_study_and_says_what_is_in_it(cli, scans):
    said = cli("init", scans)
    assert said.code == 0
    assert said.last == "scans/study.toml"
    assert "3 files below scans" in said.out
    assert "epr  3 files  T 8 to 90 K, in the file names" in said.out
    assert "next: spectrafit run scans/study.toml" in said.out
    (measurement,) = load_study(scans / "study.toml").study.measurement
    assert measurement.files == ("*.dat",)
    assert measurement.conditions["T"].pattern == "_{}K"
    assert all(result.status == "done" for result in run_study(load_study(said.last)).results)


def test_init_never_overwrites(cli, scans):
    (scans / "study.toml").write_text("mine", encoding="utf-8")
    said = cli("init", scans)
    assert said.code == 2
    assert "type: spectrafit run scans/study.toml" in said.err
    assert "spectrafit init scans --out OTHER.toml" in said.err
    assert (scans / "study.toml").read_text(encoding="utf-8") == "mine"
    said = cli("init", scans, "--out", "other.toml")
    assert (said.code, said.last) == (0, "other.toml")
    assert cli("init", scans, "--out", "other.toml").code == 2


def test_a_study_elsewhere_leads_back_to_the_files(cli, scans):
    Path("here").mkdir()
    said = cli("init", scans, "--out", "here")
    assert said.last == str(Path("here") / "study.toml")
    loaded = load_study(Path("here") / "study.toml")
    assert loaded.study.study.allow_outside
    assert loaded.study.measurement[0].files == ("../scans/*.dat",)
    outcome = run_study(loaded)
    assert [result.status for result in outcome.results] == ["done"] * 3
    assert [result.conditions["T"] for result in outcome.results] == [8.0, 20.0, 90.0]


def test_of_a_folder_that_cannot_be_written_the_study_goes_beside(cli, scans, monkeypatch):
    before = names(scans)

    def refuse(folder: Path, line: object = ()) -> Path:
        raise SpectrafitError("nothing can be written there", where=str(folder))

    monkeypatch.setattr(cli_init, "writable_folder", refuse)
    said = cli("init", scans)
    assert (said.code, said.last) == (0, "scans-study.toml")
    assert "the study goes to scans-study.toml" in said.err
    assert names(scans) == before


def test_a_lost_scan_is_named_and_the_code_is_1(cli, scans):
    (scans / "s_30K.dat").write_text("# a header\n", encoding="utf-8")
    (scans / "empty.dat").write_text("", encoding="utf-8")
    (scans / "notes.md").write_text("words\n", encoding="utf-8")
    said = cli("init", scans)
    assert said.code == 1
    for words in ("empty.dat: the file is empty", "s_30K.dat", "notes.md: no reader knows"):
        assert f"left out: {words}" in said.out
    (measurement,) = load_study(scans / "study.toml").study.measurement
    assert measurement.files == ("s_*K.dat",) or measurement.files == ("*.dat",)


def test_a_note_among_the_scans_is_no_loss(cli, scans):
    (scans / "notes.md").write_text("words\n", encoding="utf-8")
    assert cli("init", scans).code == 0


@pytest.mark.parametrize(
    ("command", "words", "answer"),
    [
        ("init", "nothing", "there is no such folder"),
        ("init", "scans/s_8K.dat", "type: spectrafit fit TECHNIQUE scans/s_8K.dat"),
        ("init", "none", "there are no files"),
        ("init", "junk", "notes.md: no reader knows this file"),
        ("run", "none", "there are no files"),
        ("run", "junk", "notes.md: no reader knows this file"),
    ],
)
def test_what_is_no_folder_of_files_is_answered(cli, scans, command, words, answer):
    Path("none").mkdir()
    write_folder(Path("junk"), {"notes.md": "words\n"})
    said = cli(command, words)
    assert said.code == 2
    assert answer in said.err
    assert not said.out
    assert not list(Path().glob("*/study.toml"))


def test_what_is_missing_is_asked_for(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_folder(Path("raw"), {"a.dat": scan_text(), "b.dat": scan_text(seed=2)})
    write_folder(Path("raw"), {"foil.dat": foil_text()})
    said = cli("init", "raw")
    assert "missing: foil_eV of xanes-Fe\n" in said.out
    assert "missing: T of xanes-Fe\n" in said.out
    assert "xanes-Fe-calibration  1 file   calibration" in said.out


def test_run_of_a_folder_drafts_and_runs_and_leaves_the_folder_alone(cli, scans):
    (scans / "s_30K.dat").write_text("# cut off\n", encoding="utf-8")
    (scans / "s_90K.dat").unlink()
    before = names(scans)
    said = cli("run", scans)
    assert (said.code, said.last) == (1, "scans-results")
    assert "its study, to change: scans-results/study.toml" in said.out
    assert "left out: ../scans/s_30K.dat: no rows of numbers" in said.out
    assert names(scans) == before
    assert {"study.toml", "report.html", "results.json"} <= names(Path("scans-results"))
    study = Path("scans-results") / "study.toml"
    text, written = study.read_text(encoding="utf-8"), study.stat().st_mtime_ns
    again = cli("run", scans)
    assert (again.code, again.last) == (1, "scans-results")
    assert "the files are the same, the earlier draft is run" in again.out
    assert (study.read_text(encoding="utf-8"), study.stat().st_mtime_ns) == (text, written)


def chosen(capsys, folder: Path, out: Path | None = None) -> tuple[FolderStudy, str]:
    """Return the study that a run of a folder takes, and what is printed."""
    capsys.readouterr()
    found = folder_study(folder, out, 1)
    return found, capsys.readouterr().out


RESULTS = Path("scans-results")
STUDY = RESULTS / "study.toml"


def test_the_same_files_make_no_new_study(scans, capsys):
    first, _ = chosen(capsys, scans)
    assert first == FolderStudy(STUDY, RESULTS, 0)
    written = STUDY.stat().st_mtime_ns
    assert chosen(capsys, scans)[0] == first
    assert STUDY.stat().st_mtime_ns == written


def test_a_new_file_makes_a_new_draft_and_the_earlier_one_is_kept(scans, capsys):
    chosen(capsys, scans)
    first = STUDY.read_text(encoding="utf-8")
    (scans / "s_120K.dat").write_text(line_text(seed=9), encoding="utf-8")
    _, said = chosen(capsys, scans)
    assert "4 files below scans" in said
    assert "the files have changed; the earlier study is in" in said
    (kept,) = RESULTS.glob("history/*/study.toml")
    assert kept.read_text(encoding="utf-8") == first
    assert STUDY.read_text(encoding="utf-8") != first


def test_a_changed_study_is_the_users_and_stays(scans, capsys):
    chosen(capsys, scans)
    text = STUDY.read_text(encoding="utf-8")
    text = text.replace("[measurement.settings]", "[measurement.settings]\ndegree = 2")
    STUDY.write_text(text, encoding="utf-8")
    _, said = chosen(capsys, scans)
    assert said == "your study is run: scans-results/study.toml\n"
    (scans / "s_120K.dat").write_text(line_text(seed=9), encoding="utf-8")
    _, said = chosen(capsys, scans)
    assert "files below scans have changed since it was drafted" in said
    assert "spectrafit init scans --out NEW.toml" in said
    assert STUDY.read_text(encoding="utf-8") == text


def test_a_scan_that_is_mended_is_taken_again(scans, capsys):
    (scans / "s_20K.dat").write_text("# cut off\n", encoding="utf-8")
    assert chosen(capsys, scans)[0].code == 1
    found, said = chosen(capsys, scans)
    assert found.code == 1
    assert "scans left out: 1" in said
    (scans / "s_20K.dat").write_text(line_text(seed=1), encoding="utf-8")
    found, said = chosen(capsys, scans)
    assert found.code == 0
    assert "epr  3 files" in said


def test_a_folder_with_a_study_runs_that(scans, capsys):
    (scans / "study.toml").write_text("", encoding="utf-8")
    found, said = chosen(capsys, scans)
    assert found == FolderStudy(scans / "study.toml", None, 0)
    assert said == "scans holds a study, which is run: scans/study.toml\n"


def test_a_study_of_ones_own_in_the_results_is_run(scans, capsys):
    chosen(capsys, scans, Path("out"))
    study = Path("out") / "study.toml"
    study.write_text("mine", encoding="utf-8")
    (scans / "more.dat").write_text("words", encoding="utf-8")
    found, said = chosen(capsys, scans, Path("out"))
    assert found == FolderStudy(study, Path("out"), 0)
    assert "the study in the results is run: out/study.toml" in said
    assert study.read_text(encoding="utf-8") == "mine"


def test_results_below_the_folder_are_passed_over(scans, capsys, monkeypatch):
    monkeypatch.chdir(scans)
    found, _ = chosen(capsys, Path())
    (RESULTS / "fits.dat").write_text(line_text(), encoding="utf-8")
    assert chosen(capsys, Path())[0] == found


def test_a_folder_where_a_command_is_meant_is_answered_with_the_line(cli, scans):
    said = cli("scans")
    assert said.code == 2
    assert "type: spectrafit run scans" in said.err


def test_init_prints_what_the_documentation_shows(
    cli: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shown,) = (
        (words, output)
        for block in blocks("console")
        for words, output in block.commands
        if words[:2] == ["spectrafit", "init"] and output and "reference_spectra" in words[2]
    )
    monkeypatch.chdir(tmp_path)
    Path("reference_spectra").symlink_to(ROOT / "reference_spectra")
    words, output = shown
    said = cli(*words[1:])
    assert said.out.strip() == output.strip()  # type: ignore[attr-defined]
