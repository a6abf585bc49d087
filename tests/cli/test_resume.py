"""Stopped, repeated and fresh runs on the command line: nothing lost, nothing done twice."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from line_study import STUDY, line_text

from spectrafit.cli import main
from spectrafit.cli.console import same_line
from spectrafit.study import tasks


@pytest.fixture
def plain_study(study):
    """Return the study without figures, which are slow."""
    study.write_text(f'{STUDY}\n[report]\nfigures = "none"\n', encoding="utf-8")
    return study


@pytest.fixture
def undrawn(monkeypatch):
    """Draw nothing, which is slow, where a study cannot say so."""
    monkeypatch.setattr("spectrafit.reporting.write.write_figures", lambda *rest, **more: ())


@pytest.fixture
def fitted(monkeypatch):
    """Return the list of files that are fitted from now on."""
    names = []
    real = tasks._results_of
    monkeypatch.setattr(tasks, "_results_of", lambda task: names.append(task.file) or real(task))
    return names


def state(folder):
    """Return content and time of every file of a results folder but its journal."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and "journal" not in path.parts
    }


def test_a_run_with_nothing_changed_writes_nothing_and_says_so(cli, plain_study, fitted):
    first = cli("run", plain_study)
    results = plain_study.parent / "lines-results"
    before = state(results)
    fitted.clear()
    second = cli("run", plain_study)
    assert (second.code, second.err, fitted) == (first.code, "", [])
    written = json.loads((results / "results.json").read_text(encoding="utf-8"))["written"]
    assert f"nothing has changed since {written}; the results are as they were" in second.out
    assert second.last == first.last == "lines-results"
    # the same summary
    assert second.out.split("nothing has changed")[0] in first.out
    assert state(results) == before
    assert not (results / "history").exists()


def test_the_same_files_are_as_before_and_the_new_one_is_computed(cli, plain_study, fitted):
    assert "as before" not in cli("run", plain_study).out
    (plain_study.parent / "raw" / "t_100K.dat").write_text(line_text(), encoding="utf-8")
    fitted.clear()
    said = cli("run", plain_study)
    assert "3 of 4 files as before (journal), 1 computed" in said.out
    assert fitted == ["raw/t_100K.dat"]
    assert (plain_study.parent / "lines-results" / "history").is_dir()


def test_a_refused_file_is_tried_again_and_nothing_is_written_for_it(cli, plain_study, fitted):
    (plain_study.parent / "raw" / "b_9K.dat").write_text("torn", encoding="utf-8")
    assert cli("run", plain_study).code == 1
    fitted.clear()
    before = sorted(plain_study.parent.rglob("*"))
    said = cli("run", plain_study)
    assert sorted(plain_study.parent.rglob("*")) == before
    assert (said.code, fitted) == (1, ["raw/b_9K.dat"])
    assert "refused: raw/b_9K.dat" in said.out
    assert "nothing has changed since" in said.out


@pytest.mark.parametrize("harm", ["edit", "remove", "record", "elsewhere"])
def test_results_that_are_not_as_they_were_written_are_written_again(cli, plain_study, harm):
    cli("run", plain_study)
    results = plain_study.parent / "lines-results"
    report = results / "report.md"
    whole = report.read_bytes()
    if harm == "edit":
        report.write_text("my own words", encoding="utf-8")
    elif harm == "remove":
        report.unlink()
    elif harm == "elsewhere":  # a record that came with the folder names a file outside
        record = results / "journal" / "last-run.json"
        outside = plain_study.parent.parent / "outside.txt"
        outside.write_text("a", encoding="utf-8")
        changed = json.loads(record.read_text(encoding="utf-8"))
        changed["files"]["../../outside.txt"] = hashlib.sha256(b"a").hexdigest()
        record.write_text(json.dumps(changed), encoding="utf-8")
        assert (results / "../../outside.txt").is_file()
    else:
        (results / "journal" / "last-run.json").write_text('{"schema": 2}', encoding="utf-8")
    said = cli("run", plain_study)
    assert "3 of 3 files as before (journal), 0 computed" in said.out
    assert report.read_bytes() == whole
    (kept,) = (results / "history").iterdir()
    if harm == "edit":
        assert (kept / "report.md").read_text(encoding="utf-8") == "my own words"


def test_another_title_writes_the_report_and_fits_nothing(cli, plain_study, fitted):
    cli("run", plain_study)
    fitted.clear()
    text = plain_study.read_text(encoding="utf-8")
    plain_study.write_text(text.replace("one line", "a line"), encoding="utf-8")
    assert "3 of 3 files as before (journal), 0 computed" in cli("run", plain_study).out
    assert fitted == []
    found = (plain_study.parent / "lines-results" / "report.md").read_text(encoding="utf-8")
    assert "a line" in found


def test_fresh_computes_and_writes_everything_anew(cli, plain_study, fitted):
    cli("run", plain_study)
    said = cli("run", plain_study, "--fresh")
    assert len(fitted) == 6
    assert "as before" not in said.out
    assert (plain_study.parent / "lines-results" / "history").is_dir()


def stopped(monkeypatch, after):
    """Let the user stop after some files."""
    real = tasks._results_of
    done = []

    def stop(task):
        if len(done) == after:
            raise KeyboardInterrupt
        done.append(task)
        return real(task)

    monkeypatch.setattr(tasks, "_results_of", stop)


@pytest.mark.parametrize("words", [[], ["--fresh"]])
def test_what_was_fitted_before_the_user_stops_is_kept(cli, plain_study, monkeypatch, words):
    with monkeypatch.context() as patch:
        stopped(patch, 2)
        said = cli("run", plain_study, "--out", "my out", *words)
    assert said.code == 130
    assert "stopped after 2 of 3 files; what was fitted is kept in my out" in said.err
    line = f'type the same line to go on: spectrafit run {plain_study} --out "my out"\n'
    assert said.err.endswith(line)
    assert not (plain_study.parent / "my out" / "results.json").exists()
    again = cli("run", plain_study, "--out", "my out")
    assert (again.code, "2 of 3 files as before (journal), 1 computed" in again.out) == (0, True)


def test_a_stop_before_anything_is_fitted_says_that(cli, plain_study, monkeypatch):
    stopped(monkeypatch, 0)
    said = cli("run", plain_study)
    assert said.code == 130
    assert "stopped; lines-results is as it was; type the same line to go on" in said.err


def test_fits_go_on_too_and_leave_what_is_written(cli, study, monkeypatch, fitted, undrawn):
    files = sorted(f"raw/{path.name}" for path in (study.parent / "raw").iterdir())
    words = ["fit", "epr", *files, "--out", "o", "--set", "degree=2"]
    with monkeypatch.context() as patch:
        stopped(patch, 1)
        said = cli(*words)
    assert said.code == 130
    assert "what was fitted is kept in o" in said.err
    assert f"go on: spectrafit fit epr {' '.join(files)} --set degree=2 --out o" in said.err
    first = cli(*words)
    assert "1 of 3 files as before (journal), 2 computed" in first.out
    before = state(study.parent / "o")
    fitted.clear()
    second = cli(*words)
    assert "nothing has changed since" in second.out
    assert (second.code, second.last, fitted) == (0, "o", [])
    assert state(study.parent / "o") == before
    # a fit without a folder keeps nothing
    cli("fit", "epr", files[0])
    assert fitted == ["raw/s_20K.dat"]
    # and JSON stays JSON
    assert json.loads(cli(*words, "--json").out)["schema"] == 1


def test_other_settings_of_a_fit_keep_the_earlier_study_and_results(cli, study, undrawn):
    words = ["fit", "epr", "raw/s_8K.dat", "--out", "o"]
    cli(*words)
    folder = study.parent / "o"
    first = {name: (folder / name).read_bytes() for name in ("study.toml", "results.json")}
    cli(*words, "--set", "degree=2")
    kept = {
        path.name: path.read_bytes()
        for path in (folder / "history").rglob("*")
        if path.name in first
    }
    assert kept == first


def test_damage_of_the_journal_is_said_and_mended(cli, plain_study):
    cli("run", plain_study)
    folder = plain_study.parent / "lines-results" / "journal"
    (file,) = folder.glob("*.jsonl")
    file.write_bytes(file.read_bytes()[:-30])
    said = cli("run", plain_study)
    assert said.code == 0
    assert said.err.startswith("journal: ")
    assert "damaged; it is ignored" in said.err
    assert cli("run", plain_study).err == ""


def test_a_results_folder_that_was_moved_is_written_for_its_new_place(cli, plain_study):
    cli("run", plain_study)
    moved = plain_study.parent / "deeper" / "results"
    moved.parent.mkdir()
    shutil.move(plain_study.parent / "lines-results", moved)
    said = cli("run", plain_study, "--out", moved)
    assert "3 of 3 files as before (journal), 0 computed" in said.out
    found = json.loads((moved / "results.json").read_text(encoding="utf-8"))
    assert found["study"]["file"] == "../../study.toml"


def test_a_place_that_cannot_be_written_is_answered_with_the_line_to_type(cli, plain_study):
    (plain_study.parent / "lines-results").write_text("mine", encoding="utf-8")
    said = cli("run", plain_study)
    assert said.code == 2
    assert f"type: spectrafit run {plain_study} --out FOLDER" in said.err


def test_a_file_in_place_of_the_journal_is_told_before_anything_is_fitted(cli, plain_study, fitted):
    (plain_study.parent / "out").mkdir()
    (plain_study.parent / "out" / "journal").write_text("mine", encoding="utf-8")
    said = cli("run", plain_study, "--out", "out")
    assert (said.code, fitted) == (2, [])
    assert "the journal cannot be read: this is no folder" in said.err


def test_a_folder_of_raw_files_is_run_twice(cli, study, fitted, undrawn):
    study.unlink()
    for name in ("s_20K.dat", "s_90K.dat"):
        (study.parent / "raw" / name).unlink()
    first = cli("run", "raw", "--out", "o")
    assert (first.code, len(fitted)) == (0, 1)
    second = cli("run", "raw", "--out", "o")
    assert "nothing has changed since" in second.out
    assert (second.code, len(fitted)) == (0, 1)


def test_a_line_too_long_to_read_is_not_repeated(cli, study, monkeypatch):
    files = [study.parent / "raw" / f"{'long' * 9}_{n}K.dat" for n in range(9)]
    for file in files:
        file.write_text(line_text(), encoding="utf-8")
    stopped(monkeypatch, 1)
    said = cli("fit", "epr", *files, "--out", "o")
    assert said.err.endswith("type the same line to go on\n")


def test_outside_a_command_there_is_no_line():
    assert same_line() == ""
    assert callable(main)
