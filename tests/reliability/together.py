"""Two runs that write into one folder at the same time."""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reliability.disturbed import die_before
from reliability.line_runs import Lines, ended, sums, warm


def both_whole(of: Lines, home: Path, count: int, first: int = 0) -> tuple[int, tuple[str, ...]]:
    """Return how often two runs of two studies were let into one folder, and what was wrong then.

    One study has another title: it is seen whose files are where. Each second time a third run has
    been killed before while it moved files to their places.
    """
    drawn, faults = random.Random(first), []
    other = of.study.with_name("other.toml")
    text = of.study.read_text(encoding="utf-8")
    other.write_text(text.replace("one line", "the other"), encoding="utf-8")
    studies = (of.study, other)
    whole = [_alone(replace(of, study=study), home / f"alone-{study.stem}") for study in studies]
    for number in range(first, count):
        out = home / "both"
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(home / f"alone-{of.study.stem}" / "journal", out / "journal")
        (out / "journal" / "last-run.json").unlink()
        if number % 2:
            given = (out / "report.md",)
            words = ["run", of.study, "--jobs", 1, "--out", out]
            died = ended(warm(of, words, home / "log", die_before, given))
            assert died.code == -signal.SIGKILL
        running = []
        for study in studies:
            log = home / f"{study.stem}.log"
            running.append(warm(of, ["run", study, "--jobs", 1, "--out", out], log))
            running[0].wait(drawn.uniform(0.0, 0.3))
        for said in map(ended, running):
            if said.code != 0:
                faults.append(f"pair {number}: {said.said[-200:]}")
        faults += [f"pair {number}: {one}" for one in _mixed(sums(out), whole)]
    return count - first, tuple(faults)


def _alone(of: Lines, out: Path) -> Mapping[str, str]:
    assert (
        ended(warm(of, ["run", of.study, "--jobs", 1, "--out", out], out.parent / "log")).code == 0
    )
    return sums(out)


def _mixed(found: Mapping[str, str], whole: list[Mapping[str, str]]) -> list[str]:
    """Return what is wrong in a folder that holds the results of one run, and history."""
    now = {name: one for name, one in found.items() if not name.startswith("history/")}
    faults = [] if now in whole else ["the folder holds no whole results"]
    kept: dict[str, dict[str, str]] = {}
    for name, one in found.items():
        if name.startswith("history/"):
            _, time, own = name.split("/", 2)
            if own != "study.toml":
                kept.setdefault(time, {})[own] = one
    if not any(one in whole and one != now for one in kept.values()):
        faults.append("the results of the other run are not in the history")
    return faults
