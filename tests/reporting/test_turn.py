"""One run at a time puts files in their places, and what killed ones have left is removed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from spectrafit.errors import SpectrafitError
from spectrafit.reporting import turn as module
from spectrafit.reporting.earlier import keep_earlier, put_back
from spectrafit.reporting.last_run import JOURNAL
from spectrafit.reporting.leftovers import ASIDE, remove_leftovers
from spectrafit.reporting.turn import turn

HOLDING = """
import sys, time
from pathlib import Path
from spectrafit.reporting.turn import turn
with turn(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_another_one_waits_for_its_turn_and_nothing_is_left(tmp_path: Path) -> None:
    order = []

    def second() -> None:
        with turn(tmp_path):
            order.append("second")

    waiting = threading.Thread(target=second)
    with turn(tmp_path):
        waiting.start()
        time.sleep(0.1)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]
    assert not list(tmp_path.iterdir())


def test_who_waits_too_long_is_told_and_a_killed_run_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with monkeypatch.context() as patch:
            patch.setattr(module, "_WAIT_SECONDS", 0.1)
            with (
                pytest.raises(SpectrafitError, match="another run has been writing"),
                turn(tmp_path),
            ):
                pass
        process.kill()
    with turn(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_a_drive_without_locks_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(module, "_lock", refuse)
    with turn(tmp_path):
        (tmp_path / "report.md").write_text("a report", encoding="utf-8")
    assert (tmp_path / "report.md").exists()


def test_what_was_left_aside_an_hour_ago_goes_and_no_more(tmp_path: Path) -> None:
    old, new = tmp_path / f"{ASIDE}old", tmp_path / f"{ASIDE}new"
    for folder in (old, new):
        (folder / "fits").mkdir(parents=True)
        (folder / "fits" / "one.json").write_text("{}", encoding="utf-8")
    (tmp_path / JOURNAL).mkdir()
    parts = [tmp_path / JOURNAL / name for name in (".last-run.json.1.part", "j.part", "j.jsonl")]
    for part in parts:
        part.write_text("x", encoding="utf-8")
    before = time.time() - 4000
    for path in (old, *old.rglob("*"), *parts):
        os.utime(path, (before, before))
    remove_leftovers(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {new.name, JOURNAL}
    assert [path.name for path in (tmp_path / JOURNAL).iterdir()] == ["j.jsonl"]


def test_earlier_results_are_put_back(tmp_path: Path) -> None:
    files = [tmp_path / "results.json", tmp_path / "fits"]
    files[0].write_text('{"study": {"text": "a study"}}', encoding="utf-8")
    files[1].mkdir()
    (files[1] / "one.json").write_text("{}", encoding="utf-8")
    folder = keep_earlier(*files)
    assert folder is not None
    files[1].mkdir()
    (files[1] / "half.json").write_text("{}", encoding="utf-8")
    put_back(folder, files)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "fits",
        "fits/one.json",
        "results.json",
    ]
