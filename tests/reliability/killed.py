"""Runs that are killed at any moment: what is left is whole, and the next run ends with the same."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from reliability.disturbed import die_at
from reliability.line_runs import (
    BEGUN,
    Begin,
    Lines,
    ended,
    foreign,
    kept_names,
    lines,
    sums,
    typed,
    warm,
)
from reliability.promise import Promise, Section, share_text
from reliability.together import both_whole
from reliability.torn import every_cut

SPECTRA, KILLS, CHAIN = 500, 200, 10
UNCHANGED = 2  # of a chain, in runs that have nothing to do
FITTING = 0.5  # of the others, while a spectrum is fitted
EARLY = 0.1  # of the others, before the first spectrum or file


@dataclass(frozen=True)
class Whole:
    """An undisturbed run: what it has written, and how many seconds a run takes that has nothing to do."""

    sums: Mapping[str, str]
    again: float


@dataclass(frozen=True)
class Kill:
    """What one kill has left.

    Parameters
    ----------
    stage : str
        What the run was doing.
    lost : int
        Spectra that had begun and are not kept.
    faults : tuple of str
        What is not as promised.
    """

    stage: str
    lost: int
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Chain:
    """Runs in one folder that were killed one after the other, and the last one, that was not."""

    kills: tuple[Kill, ...]
    same: bool
    said: str


def words(of: Lines, out: Path, jobs: int) -> list[object]:
    """Return the words of a run."""
    return ["run", of.study, "--jobs", jobs, "--out", out]


def undisturbed(of: Lines, out: Path) -> Whole:
    """Run a study twice without a disturbance."""
    log = out.with_suffix(".log")
    first = ended(warm(of, words(of, out, 1), log))
    start = time.monotonic()
    again = ended(warm(of, words(of, out, 1), log))
    assert (first.code, again.code) == (0, 0), first.said
    assert "nothing has changed since" in again.said
    return Whole(sums(out), time.monotonic() - start)


def chain(
    of: Lines,
    out: Path,
    whole: Whole,
    drawn: random.Random,
    *,
    kills: int = CHAIN,
    unchanged: int = UNCHANGED,
    begin: Begin = warm,
    jobs: int = 1,
) -> Chain:
    """Kill runs in one folder at random moments, each of which goes on where the last one was.

    Half of the moments are spread evenly over the spectra that are not kept yet, half over the files
    of the report; a tenth lies before the first of them. The last kills are of runs that have nothing
    to do.
    """
    found: list[Kill] = []
    while len(found) < kills - unchanged:
        kept = len(set(kept_names(out)))
        fitting = kept + 1 < of.count and drawn.random() < FITTING
        ends = (kept + 1, of.count) if fitting else (of.count, of.count + len(whole.sums))
        step, early = drawn.randrange(*ends), drawn.random() < EARLY
        seconds = drawn.uniform(0.0, whole.again if early else 0.02)
        one = _killed(of, out, whole, kept if early else step, seconds, begin, jobs)
        if one is not None:
            found.append(one)
        elif sums(out) == whole.sums:  # it was quicker than its moment: the folder is begun again
            shutil.rmtree(out)
    last = ended(begin(of, words(of, out, jobs), out.with_suffix(".log")))
    while len(found) < kills:
        one = _killed(of, out, whole, 0, drawn.uniform(0.0, whole.again), begin, jobs)
        if one is not None:
            changed = () if sums(out).items() >= whole.sums.items() else ("results have changed",)
            found.append(replace(one, stage="nothing to do", faults=(*one.faults, *changed)))
    again = ended(begin(of, words(of, out, jobs), out.with_suffix(".log")))
    now = {name: one for name, one in sums(out).items() if not name.startswith("history/")}
    same = (last.code, again.code) == (0, 0) and now == dict(whole.sums)
    return Chain(tuple(found), same, last.said + again.said)


def _killed(
    of: Lines, out: Path, whole: Whole, step: int, seconds: float, begin: Begin, jobs: int
) -> Kill | None:
    """Return what a kill has left; None where the run had ended before.

    A step is a spectrum that has begun, or a file of the report; so many seconds after it has come.
    """
    note, before = out.with_suffix(".begun"), set(kept_names(out))
    note.unlink(missing_ok=True)
    noted = replace(of, environment={**of.environment, BEGUN: str(note)})
    left = set(out.glob(".part-*"))
    running = begin(noted, words(of, out, jobs), out.with_suffix(".log"))
    while len(before) + _begun(note) + _aside(out, left) < step:
        if running.wait(0.01) is not None:
            return None
    if running.wait(seconds) is not None:
        return None
    running.kill()
    kept = kept_names(out)
    begun = set(note.read_text(encoding="utf-8").split()) if note.exists() else set()
    lost = len(begun - set(kept))
    faults = [f"not whole: {name}" for name in foreign(out, whole.sums)]
    if lost > jobs:
        faults.append(f"{lost} spectra lost by {jobs} processes")
    if (out / "results.json").exists() and not sums(out).keys() >= whole.sums.keys():
        faults.append("results.json is there and other files are not")
    if again := begun & before:
        faults.append(f"done twice: {', '.join(sorted(again))}")
    return Kill(_stage(of, out, set(kept), before), lost, tuple(faults))


def _begun(note: Path) -> int:
    return note.read_bytes().count(b"\n") if note.exists() else 0


def _aside(out: Path, left: set[Path]) -> int:
    """Return how many files were written aside, those apart that killed runs have left."""
    folders = set(out.glob(".part-*")) - left
    return sum(1 for folder in folders for _ in folder.rglob("*.*"))


def _stage(of: Lines, out: Path, kept: set[str], before: set[str]) -> str:
    if any(name.split("/")[0] != "history" for name in sums(out)):
        return "moving files to their places, or after"
    if any(out.glob(".part-*")) and len(kept) == of.count:
        return "writing the report"
    return "before its first spectrum" if kept == before else "fitting"


@dataclass(frozen=True)
class Deaths:
    """Runs that were killed at each call that changes the folder: how many, and what was wrong."""

    cases: int
    faults: tuple[str, ...]


@contextmanager
def retitled(of: Lines, home: Path) -> Iterator[tuple[Lines, Path, Mapping[str, str]]]:
    """Give the study with another title, a folder with results of the old one, and their sums."""
    old = home / "old"
    assert ended(warm(of, words(of, old, 1), home / "old.log")).code == 0
    text = of.study.read_text(encoding="utf-8")
    of.study.write_text(text.replace("one line", "another title"), encoding="utf-8")
    try:
        yield of, old, sums(old)
    finally:
        of.study.write_text(text, encoding="utf-8")


def deaths(of: Lines, home: Path, step: int = 1) -> Deaths:
    """Kill a run over earlier results just before, and just after, each call that changes the folder.

    Parameters
    ----------
    of : Lines
        A small study.
    home : Path
        For everything.
    step : int
        Each one so many calls after the last one.
    """
    faults: list[str] = []
    with retitled(of, home) as (other, old, earlier):
        new = home / "new"
        shutil.copytree(old, new)
        assert ended(warm(other, words(other, new, 1), home / "log")).code == 0
        later = {name: one for name, one in sums(new).items() if not name.startswith("history/")}
        number = cases = 0
        while True:
            out = home / "out"
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(old, out)
            running = warm(other, words(other, out, 1), home / "log", die_at, (out, number))
            if ended(running).code == 0:
                return Deaths(cases, tuple(faults))
            faults += [f"call {number}: {one}" for one in _left(out, earlier, later)]
            last = ended(warm(other, words(other, out, 1), home / "log"))
            now = {name: one for name, one in sums(out).items() if not name.startswith("history/")}
            if last.code != 0 or now != later:
                faults.append(f"call {number}: the next run does not end with the same")
            kept = {name.split("/", 2)[2] for name in sums(out) if name.startswith("history/")}
            if not kept >= earlier.keys():
                faults.append(f"call {number}: earlier results are not in the history")
            number, cases = number + step, cases + 1


def _left(out: Path, earlier: Mapping[str, str], later: Mapping[str, str]) -> list[str]:
    """Return what is not as promised in a folder where new results were to replace earlier ones."""
    found = sums(out)
    faults = []
    for name, digest in found.items():
        own = name.split("/", 2)[2] if name.startswith("history/") else name
        if own != "study.toml" and digest not in (earlier.get(own), later.get(own)):
            faults.append(f"not whole: {name}")
    if "results.json" in found:
        side = earlier if found["results.json"] == earlier["results.json"] else later
        if any(found.get(name) != digest for name, digest in side.items()):
            faults.append("results.json is there and the rest is not of it")
    return faults


def chains(
    of: Lines, home: Path, whole: Whole, count: int, *, begin: Begin = warm, jobs: int = 1
) -> list[Chain]:
    """Return chains of kills, each in a folder of its own."""
    found = []
    for number in range(count):
        out = home / f"chain{number}"
        drawn = random.Random(100 * jobs + number)
        found.append(chain(of, out, whole, drawn, begin=begin, jobs=jobs))
        shutil.rmtree(out)
    return found


def section() -> Section:
    """Kill runs in the full size."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        with lines(home / "many", SPECTRA) as of:
            whole = undisturbed(of, home / "whole")
            found = [
                one
                for begin, jobs, count in ((warm, 1, 12), (typed, 1, 4), (warm, 2, 4))
                for one in chains(of, home, whole, count, begin=begin, jobs=jobs)
            ]
        with lines(home / "few", 3) as of:
            died = deaths(of, home / "few")
            pairs, told = both_whole(of, home / "few", 20)
            cuts, wrong = every_cut(home / "few" / "old" / "journal")
    return Section((*_promises(found), _deaths(died), _pairs(pairs, told), _cuts(cuts, wrong)))


def _promises(found: Sequence[Chain]) -> tuple[Promise, ...]:
    kills = [kill for one in found for kill in one.kills]
    faults = [fault for kill in kills for fault in kill.faults]
    most = max(kill.lost for kill in kills)
    stages = Counter(kill.stage for kill in kills)
    where = ", ".join(f"{count} {stage}" for stage, count in stages.most_common())
    same = sum(one.same for one in found)
    failure = "killed at any moment"
    return (
        Promise(
            failure,
            f"kill -9 at {KILLS} random moments of a run of {SPECTRA} spectra: no partial file ever",
            f"{share_text(sum(bool(kill.faults) for kill in kills), len(kills))} left anything else",
            len(kills),
            not faults,
            "; ".join(faults[:3]) or f"killed while: {where}",
        ),
        Promise(
            failure,
            "the run that goes on ends with the files of an undisturbed one, by sha256",
            f"{share_text(same, len(found))} folders, each after {CHAIN} kills, are the same",
            len(found),
            same == len(found),
            "the time of writing in results.json apart",
        ),
        Promise(
            failure,
            "at most one spectrum a process is done again",
            f"at most {most}, of runs in 1 and in 2 processes",
            len(kills),
            not any("lost" in fault or "twice" in fault for fault in faults),
            "on the workers of a dask scheduler, which go on meanwhile, it may be more",
        ),
    )


def _deaths(died: Deaths) -> Promise:
    return Promise(
        "killed at any moment",
        "killed at each call that changes the folder, over earlier results: old or new, whole",
        share_text(len(died.faults), died.cases) + " left anything else",
        died.cases,
        not died.faults,
        "; ".join(died.faults[:3]),
    )


def _pairs(cases: int, faults: Sequence[str]) -> Promise:
    return Promise(
        "two runs in one folder",
        "both end, the folder holds the whole results of one, the history those of the other",
        share_text(len(faults), cases) + " ended otherwise",
        cases,
        not faults,
        "; ".join(faults[:3]) or "also after a kill -9 of one that was moving files",
    )


def _cuts(cases: int, wrong: int) -> Promise:
    return Promise(
        "torn journal",
        "a journal cut at any byte gives every whole line before, and no other value",
        share_text(wrong, cases) + " gave anything else",
        cases,
        wrong == 0,
    )
