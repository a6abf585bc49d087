"""Killed runs: a few of the kills of the page "Reliability"."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("processes are split off and killed as Linux does it", allow_module_level=True)

from reliability.killed import chains, deaths, undisturbed, words
from reliability.line_runs import kept_names, lines, typed, waited_for
from reliability.together import both_whole
from reliability.torn import every_cut

pytestmark = pytest.mark.xdist_group("killed")


def test_runs_killed_at_random_moments_end_with_the_same(tmp_path: Path) -> None:
    with lines(tmp_path / "lines", 6) as of:
        found = chains(of, tmp_path, undisturbed(of, tmp_path / "whole"), 2)
    kills = [kill for one in found for kill in one.kills]
    assert len(kills) == 20
    assert [kill.faults for kill in kills] == [()] * 20
    assert all(one.same for one in found)
    assert {"fitting", "writing the report", "nothing to do"} <= {kill.stage for kill in kills}


def test_what_changes_the_folder_can_be_the_last_call(tmp_path: Path) -> None:
    with lines(tmp_path / "lines", 2) as of:
        died = deaths(of, tmp_path, 83)
        assert (died.cases > 1, died.faults) == (True, ())
        assert both_whole(of, tmp_path, 2, first=1) == (1, ())
        cases, wrong = every_cut(tmp_path / "old" / "journal", 197)
    assert cases > 30
    assert wrong == 0


def _children(number: int) -> set[int]:
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
        if parent == number:
            found.add(int(path.parent.name))
    return found


def test_processes_end_with_the_run_that_was_killed(tmp_path: Path) -> None:
    with lines(tmp_path / "lines", 60) as of:
        running = typed(of, words(of, tmp_path / "out", 2), tmp_path / "log")
        assert waited_for(lambda: len(kept_names(tmp_path / "out")) > 2, 60.0)
        workers = _children(running.process.pid)
        assert len(workers) >= 2
        running.kill()
        assert waited_for(lambda: not any(Path(f"/proc/{one}").exists() for one in workers))
    assert os.getpid() not in workers
