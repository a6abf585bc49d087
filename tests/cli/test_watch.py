"""`spectrafit run --watch`: rounds as files arrive, whole files for who reads meanwhile, a clean end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from itertools import count

import pytest
from line_study import STUDY, line_text
from plugin_install import environment

from spectrafit.cli import watch
from spectrafit.reference import root
from spectrafit.study import tasks

LATER = count(1_000_000_000)


def put(path, text):
    """Write a file; it is newer than every one before, whatever the drive's clock resolves."""
    path.write_text(text, encoding="utf-8")
    seconds = next(LATER)
    os.utime(path, (seconds, seconds))


@pytest.fixture
def plain_study(study):
    """Return the study without figures, which are slow, its files long at rest."""
    put(study, f'{STUDY}\n[report]\nfigures = "none"\n')
    for path in (study.parent / "raw").iterdir():
        put(path, path.read_text(encoding="utf-8"))
    return study


@pytest.fixture
def fitted(monkeypatch):
    """Return the list of files that are fitted from now on."""
    names = []
    real = tasks._results_of
    monkeypatch.setattr(tasks, "_results_of", lambda task: names.append(task.file) or real(task))
    return names


@pytest.fixture
def steps(monkeypatch):
    """Return a function: a step of the test takes the place of each wait, Ctrl-C follows the last."""

    def take(*every):
        rest = iter(every)

        def sleep(seconds):
            step = next(rest, "end")
            if step == "end":
                raise KeyboardInterrupt
            if step is not None:
                step()

        monkeypatch.setattr(watch, "sleep", sleep)

    return take


def results(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def statuses(folder):
    return {row["file"]: row["status"] for row in results(folder)["results"]}


def test_a_round_fits_only_what_has_changed_and_leaves_one_history(cli, plain_study, fitted, steps):
    cli("run", plain_study, "--out", "o")
    folder, raw = plain_study.parent / "o", plain_study.parent / "raw"
    before = (folder / "results.json").read_bytes()
    fitted.clear()
    steps(
        lambda: put(raw / "s_20K.dat", line_text(height=3.0, seed=7)),
        None,
        lambda: put(raw / "t_100K.dat", line_text(seed=8)),
        None,
        (raw / "s_8K.dat").unlink,
        None,
        None,
    )
    said = cli("run", plain_study, "--out", "o", "--watch")
    assert (said.code, said.err) == (0, "")
    assert fitted == ["raw/s_20K.dat", "raw/t_100K.dat"]
    assert "nothing has changed since" in said.out
    for line in (
        f"{plain_study} is watched, every 5 s; Ctrl-C ends it",
        "changed: raw/s_20K.dat",
        "new: raw/t_100K.dat",
        "gone: raw/s_8K.dat",
        "2 of 3 files as before (journal), 1 computed",
        "3 of 4 files as before (journal), 1 computed",
        "ended after 4 rounds; results: o",
    ):
        assert line in said.out
    # of the new file a row, the others were told before
    last = said.out.split("new: raw/t_100K.dat")[1].split("gone:")[0]
    assert "t_100K" in last
    assert "s_90K" not in last
    (kept,) = (folder / "history").iterdir()
    assert (kept / "results.json").read_bytes() == before
    assert sorted(statuses(folder)) == ["raw/s_20K.dat", "raw/s_90K.dat", "raw/t_100K.dat"]
    assert sorted(path.stem for path in (folder / "fits").iterdir()) == ["s_20K", "s_90K", "t_100K"]
    assert not list(folder.glob(".*"))


def test_a_watch_ends_with_the_results_of_a_run(cli, plain_study, steps):
    text = line_text(seed=8)
    new = plain_study.parent / "raw" / "t_100K.dat"
    steps(lambda: put(new, text[: len(text) // 2]), lambda: put(new, text), None, None)
    cli("run", plain_study, "--out", "watched", "--watch", "2.5")
    cli("run", plain_study, "--out", "plain")
    found, expected = results(plain_study.parent / "watched"), results(plain_study.parent / "plain")
    assert {**found, "written": ""} == {**expected, "written": ""}


def test_a_file_that_grows_is_left_out_with_its_reason(cli, plain_study, steps):
    raw = plain_study.parent / "raw"
    text = line_text(seed=8)
    torn = text[: len(text) // 2]

    def both():
        put(raw / "t_100K.dat", torn[: len(torn) // 2])
        put(raw / "u_101K.dat", text)

    steps(both, lambda: put(raw / "t_100K.dat", torn))
    said = cli("run", plain_study, "--out", "o", "--watch")
    assert "still written, left for a later round: raw/t_100K.dat" in said.out
    assert "left out: raw/t_100K.dat: it was new, or still being written" in said.out
    found = statuses(plain_study.parent / "o")
    assert (found["raw/t_100K.dat"], found["raw/u_101K.dat"]) == ("left out", "done")
    report = (plain_study.parent / "o" / "report.md").read_text(encoding="utf-8")
    assert "it was new, or still being written" in report


def test_an_error_is_told_once_and_the_code_is_that_of_the_last_round(cli, plain_study, steps):
    text = plain_study.read_text(encoding="utf-8")
    wrong = [lambda: put(plain_study, text.replace("technique", "tecnique")), *3 * [None]]
    steps(*wrong)
    said = cli("run", plain_study, "--out", "o", "--watch")
    assert said.code == 2
    assert said.err.count("this round failed, the watch goes on") == 1
    assert "did you mean technique?" in said.err
    assert (plain_study.parent / "o" / "results.json").is_file()
    put(plain_study, text)
    steps(*wrong, lambda: put(plain_study, text), *3 * [None])
    assert cli("run", plain_study, "--out", "o", "--watch").code == 0
    steps(lambda: put(plain_study.parent / "raw" / "b_9K.dat", "torn"), None, None)
    assert cli("run", plain_study, "--out", "o", "--watch").code == 1


def test_a_study_whose_first_file_is_yet_to_come_waits_for_it(cli, plain_study, steps):
    raw = plain_study.parent / "raw"
    for path in raw.iterdir():
        path.unlink()
    steps(None, lambda: put(raw / "t_100K.dat", line_text()), None, None)
    said = cli("run", plain_study, "--out", "o", "--watch")
    assert (said.code, said.err.count("matches no file")) == (0, 1)
    assert statuses(plain_study.parent / "o") == {"raw/t_100K.dat": "done"}


def test_an_edited_setting_computes_all_and_shows_all(cli, plain_study, fitted, steps):
    text = plain_study.read_text(encoding="utf-8")
    changed = text.replace(
        "[measurement.cond", "[measurement.settings]\ndegree = 2\n\n[measurement.cond"
    )
    steps(lambda: put(plain_study, changed), None, None, None)
    said = cli("run", plain_study, "--out", "o", "--watch")
    assert len(fitted) == 6
    last = said.out.split("changed: study.toml")[1]
    assert "0 of 3 files as before (journal), 3 computed" in last
    assert all(f"s_{T}K" in last for T in (8, 20, 90))


def test_fresh_is_the_first_round_only(cli, plain_study, fitted, steps):
    cli("run", plain_study, "--out", "o")
    fitted.clear()
    steps(lambda: put(plain_study.parent / "raw" / "t_100K.dat", line_text()), None, None)
    cli("run", plain_study, "--out", "o", "--watch", "--fresh")
    assert len(fitted) == 4


def stopped(*rest, **more):
    raise KeyboardInterrupt


def test_a_stop_in_the_middle_leaves_the_results_of_the_round_before(
    cli, plain_study, steps, monkeypatch
):
    folder, new = plain_study.parent / "o", plain_study.parent / "raw" / "t_100K.dat"

    def last():
        put(new, line_text())
        monkeypatch.setattr("spectrafit.reporting.write.written_tables", stopped)

    steps(last, None, None)
    said = cli("run", plain_study, "--out", "o", "--watch")
    assert said.code == 0
    assert "stopped while the report was written; o holds earlier results" in said.err
    assert "ended after 1 round; results: o" in said.out
    assert len(statuses(folder)) == 3
    assert not list(folder.glob(".*"))
    assert not (folder / "history").exists()


@pytest.mark.parametrize(
    "where", ["spectrafit.study.tasks._results_of", "spectrafit.cli.watch.sleep"]
)
def test_a_stop_before_the_end_of_the_first_round_is_a_stop(cli, plain_study, monkeypatch, where):
    monkeypatch.setattr(where, stopped)
    if where.endswith("sleep"):
        put(plain_study, plain_study.read_text(encoding="utf-8"))
        os.utime(plain_study)
    said = cli("run", plain_study, "--out", "o", "--watch")
    assert said.code == 130
    assert said.err.startswith("stopped")
    assert not (plain_study.parent / "o" / "results.json").exists()


def test_the_seconds_are_no_study(cli, plain_study):
    said = cli("run", "--watch", plain_study)
    assert said.code == 2
    assert "put --watch last" in said.err
    assert "'0' is no time of 0.1 s or more" in cli("run", plain_study, "--watch", "0").err


def test_who_reads_meanwhile_never_meets_half_a_file(cli, plain_study, steps):
    folder, new = plain_study.parent / "o", plain_study.parent / "raw" / "t_100K.dat"
    ended = threading.Event()
    seen: set[int] = set()
    faults: list[str] = []

    def read():
        while not ended.wait(0.001):
            try:
                text = (folder / "results.json").read_text(encoding="utf-8")
                page = (folder / "report.html").read_text(encoding="utf-8")
                table = (folder / "fits.csv").read_text(encoding="utf-8")
            except FileNotFoundError:  # before the first round
                if seen:
                    faults.append("no results")
                continue
            try:
                seen.add(len(json.loads(text)["results"]))
            except ValueError as error:
                faults.append(str(error))
            if not page.rstrip().endswith("</html>") or not table.endswith("\n"):
                faults.append("half a page or table")

    changes = [
        step
        for seed in range(2)
        for step in (lambda seed=seed: put(new, line_text(seed=seed)), None)
    ]
    steps(*changes, new.unlink, None, None)
    reader = threading.Thread(target=read)
    reader.start()
    try:
        cli("run", plain_study, "--out", "o", "--watch")
    finally:
        ended.set()
        reader.join()
    assert faults == []
    assert seen == {3, 4}


def test_one_of_three_files_of_the_shipped_study_is_fitted_again(
    cli, tmp_path, monkeypatch, fitted, steps
):
    monkeypatch.chdir(tmp_path)
    folder = shutil.copytree(root() / "feco", tmp_path / "feco")
    head = (
        (folder / "study.toml").read_text(encoding="utf-8").split('[[measurement]]\nname = "herfd')
    )
    study = folder / "study.toml"
    quick = "window_eV = [7107.0, 7118.0]\nmax_peaks = 1\nmethod_spread = false\n"
    text = head[0].replace("window_eV = [7107.0, 7118.0]\n", quick)
    put(study, f'{text}\n[report]\nfigures = "none"\n')
    for path in (folder / "truth.toml", *(folder / "raw").iterdir()):
        put(path, path.read_text(encoding="utf-8"))
    scan = folder / "raw" / "xanes_fe_135K.dat"
    steps(lambda: put(scan, scan.read_text(encoding="utf-8") + "\n"), None, None)
    said = cli("run", study, "--out", "o", "--watch")
    assert fitted == [f"raw/xanes_fe_{T}K.dat" for T in ("008", "135", "250", "135")]
    assert "2 of 3 files as before (journal), 1 computed" in said.out


@pytest.mark.skipif(os.name == "nt", reason="a process there is sent no SIGINT")
def test_ctrl_c_in_a_shell_ends_a_watch_with_its_code(epr, plain_study):
    line = [sys.executable, "-m", "spectrafit.cli", "run", str(plain_study), "--out", "o"]
    process = subprocess.Popen(
        [*line, "--jobs", "1", "--watch", "0.1"],
        cwd=plain_study.parent,
        env=environment(epr),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    last = plain_study.parent / "o" / "journal" / "last-run.json"
    limit = time.monotonic() + 60.0
    while not last.exists() and time.monotonic() < limit:
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    try:
        out, err = process.communicate(timeout=60.0)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, b"")
    assert out.endswith(b"ended after 1 round; results: o\n")
