"""A watched study: what a poll finds, what waits, and when a round is due."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SpectrafitError
from spectrafit.reference import root
from spectrafit.study.load import load_study
from spectrafit.study.watch import Changes, changes_between, watch_study

LATER = count(1_000_000_000)
STUDY = """
[study]
name = "night"

[[measurement]]
name = "foil"
technique = "xanes"
role = "calibration"
files = ["raw/foil_*.dat"]

[[measurement]]
name = "scans"
technique = "xanes"
files = ["raw/scan_*.dat"]
uses = { calibration = "foil" }
"""

states = st.dictionaries(
    st.sampled_from([Path(name) for name in "abcdef"]),
    st.tuples(st.integers(0, 2), st.integers(0, 1)),
)


@given(used=states, before=states, now=states)
def test_a_poll_sorts_every_file(used, before, now):
    found = changes_between(used, before, now)
    assert found.resting | set(found.waiting) == set(now)
    assert found.resting.isdisjoint(found.waiting)
    assert set(found.new) | set(found.changed) == {
        path for path in found.resting if used.get(path) != now[path]
    }
    assert set(found.new).isdisjoint(used)
    assert set(found.gone) == set(used) - set(now) - set(before)
    assert set(found.growing) == set(found.waiting) & set(before)


def put(path: Path, text: str) -> None:
    """Write a file; it is newer than every one before, whatever the drive's clock resolves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    seconds = next(LATER)
    os.utime(path, (seconds, seconds))


@pytest.fixture
def study(tmp_path):
    put(tmp_path / "study.toml", STUDY)
    put(tmp_path / "raw" / "foil_1.dat", "foil")
    put(tmp_path / "raw" / "scan_1.dat", "one")
    return tmp_path / "study.toml"


class Watched:
    """What a watch did: a step of the test takes the place of each wait."""

    def __init__(self, study: Path, *steps, fails=None, besides=(), now: float = 2e9) -> None:
        self.rounds: list[Changes] = []
        self.told: list[str] = []
        self.waited: list[float] = []
        self._steps, self._fails, self._home = iter(steps), fails, study.parent
        with pytest.raises(KeyboardInterrupt):
            watch_study(
                load_study(study),
                self._run,
                waits=lambda files: self.told.append(f"waits {self.names(files)}"),
                failed=lambda error: self.told.append(str(error)),
                seconds=5.0,
                besides=besides,
                sleep=self._sleep,
                clock=lambda: now,
            )

    def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        step = next(self._steps, "end")
        if step == "end":
            raise KeyboardInterrupt
        if step is not None:
            step()

    def _run(self, loaded, changes: Changes) -> None:
        if self._fails is not None:
            self._fails()
        self.rounds.append(changes)

    def names(self, files) -> str:
        return " ".join(sorted(path.relative_to(self._home).as_posix() for path in files))

    def said(self, kind: str) -> list[str]:
        return [self.names(getattr(one, kind)) for one in self.rounds]


def scan(study: Path, number: int, text: str):
    return lambda: put(study.parent / "raw" / f"scan_{number}.dat", text)


EVERY = "raw/foil_1.dat raw/scan_1.dat study.toml"


def test_old_files_are_run_at_once_and_nothing_more_is_done_until_one_changes(study):
    found = Watched(study, None, None)
    assert found.said("new") == [EVERY]
    assert found.waited == [5.0, 5.0, 5.0]
    assert found.told == []


def test_files_of_this_minute_are_looked_at_twice_and_those_that_grow_are_left_out(study):
    path = study.parent / "raw" / "scan_1.dat"
    found = Watched(study, scan(study, 1, "one and more"), None, now=path.stat().st_mtime + 59.0)
    assert found.said("new") == ["raw/foil_1.dat study.toml", "raw/scan_1.dat"]
    assert found.said("waiting") == ["raw/scan_1.dat", ""]
    assert found.told == ["waits raw/scan_1.dat"]


def test_a_file_of_a_clock_that_is_ahead_is_looked_at_twice(study):
    path = study.parent / "raw" / "scan_1.dat"
    found = Watched(study, None, now=path.stat().st_mtime - 600.0)
    assert found.said("new") == [EVERY]
    assert len(found.waited) == 2


def test_a_file_in_two_pieces_is_taken_when_it_rests(study):
    pieces = (scan(study, 2, "a piece"), scan(study, 2, "a piece, and another"), None)
    found = Watched(study, *pieces, None)
    assert found.said("new") == [EVERY, "raw/scan_2.dat"]
    assert found.told == ["waits raw/scan_2.dat"]
    # the step that was made before the second round: with the size of both pieces
    assert found.rounds[1].resting >= {study.parent / "raw" / "scan_2.dat"}


def test_an_empty_file_has_yet_to_be_written(study):
    found = Watched(study, scan(study, 2, ""), None, None, scan(study, 2, "full"), None, None)
    assert found.said("new") == [EVERY, "raw/scan_2.dat"]
    assert found.told == ["waits raw/scan_2.dat"]


def test_a_round_for_one_file_leaves_out_another_that_grows(study):
    def both():
        scan(study, 1, "one of more")()
        scan(study, 2, "two")()

    found = Watched(study, both, scan(study, 1, "one of more and more"), None, None)
    assert found.said("new") == [EVERY, "raw/scan_2.dat", ""]
    assert found.said("changed") == ["", "", "raw/scan_1.dat"]
    assert found.names(found.rounds[1].resting) == "raw/foil_1.dat raw/scan_2.dat study.toml"
    assert found.told == ["waits raw/scan_1.dat"]


def test_a_foil_that_grows_holds_the_round_of_the_scans_that_need_it(study):
    def both():
        put(study.parent / "raw" / "foil_1.dat", "more of the foil")
        scan(study, 2, "two")()

    def foil():
        put(study.parent / "raw" / "foil_1.dat", "all of the foil")

    found = Watched(study, both, foil, None, None)
    assert found.said("new") == [EVERY, "raw/scan_2.dat"]
    assert found.said("changed") == ["", "raw/foil_1.dat"]
    assert found.told == ["waits raw/foil_1.dat"]


def test_a_file_that_is_gone_is_a_change_and_one_that_is_away_for_a_moment_is_read_again(study):
    path = study.parent / "raw" / "scan_1.dat"
    scan(study, 2, "two")()
    found = Watched(study, path.unlink, None, None)
    assert found.said("gone") == ["", "raw/scan_1.dat"]
    # missing in the poll of a round that is made for another file
    scan(study, 1, "one")()
    stat = path.stat()

    def back():
        path.write_text("one", encoding="utf-8")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    found = Watched(study, scan(study, 2, "other"), path.unlink, back, None)
    assert found.said("changed") == ["", "raw/scan_2.dat", "raw/scan_1.dat"]
    assert found.said("gone") == ["", "", ""]


def test_an_edited_study_is_loaded_and_what_it_finds_first_is_looked_at_twice(study):
    put(study.parent / "raw" / "late_1.dat", "late")
    text = STUDY.replace('"raw/scan_*.dat"', '"raw/late_*.dat"')
    found = Watched(study, lambda: put(study, text), None, None, None, None)
    assert found.said("new") == [EVERY, "raw/late_1.dat"]
    assert found.said("changed") == ["", "study.toml"]
    assert found.said("gone") == ["", "raw/scan_1.dat"]


def test_a_mistake_is_told_once_and_the_mended_study_is_run(study):
    steps = [lambda: put(study, STUDY.replace("role", "roll")), *4 * [None]]
    mended = [scan(study, 2, "two"), lambda: put(study, STUDY), *3 * [None]]
    found = Watched(study, *steps, *mended)
    assert [one.split("\n")[0] for one in found.told if "waits" not in one] == [
        f"{study}: 1 mistake in the study"
    ]
    assert found.said("new") == [EVERY, "raw/scan_2.dat"]


def test_a_round_that_fails_is_told_once_and_tried_until_it_can_be_made(study):
    tries = count()

    def full():
        if next(tries) < 3:
            raise SpectrafitError("no space")

    def away():
        if next(tries) < 3:
            raise OSError("no drive")

    for fails, words in ((full, "no space"), (away, "no drive")):
        tries = count()
        found = Watched(study, *5 * [None], fails=fails)
        assert found.told == [words]
        assert found.said("new") == [EVERY]
        assert next(tries) == 4


def test_a_reader_of_the_output_that_has_gone_ends_it(study):
    def gone():
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        Watched(study, None, fails=gone)


def test_what_a_run_writes_is_not_watched_even_beside_the_study(study):
    put(study, STUDY.replace('"raw/scan_*.dat"', '"raw/scan_*.dat", "*.csv"'))
    put(study.parent / "fits.csv", "1")
    put(study.parent / "mine.csv", "1")
    own = study.parent / "fits.csv"
    found = Watched(study, lambda: put(own, "22"), None, None, besides=[own])
    assert found.said("new") == [f"mine.csv {EVERY}"]


def test_a_study_in_no_file_is_refused(study):
    from dataclasses import replace

    loaded = replace(load_study(study), file=None)
    with pytest.raises(ValueError, match="in no file"):
        watch_study(loaded, lambda *_: None, waits=print, failed=print, seconds=1.0)


def test_the_truth_of_the_shipped_study_is_watched(tmp_path):
    from shutil import copytree

    study = copytree(root() / "feco", tmp_path / "feco") / "study.toml"
    truth = study.parent / "truth.toml"
    found = Watched(study, lambda: put(truth, truth.read_text(encoding="utf-8")), None, None)
    assert found.said("changed") == ["", "truth.toml"]
