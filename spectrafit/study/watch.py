"""A study that is run again whenever its files change: what is new, what waits, when a round is due."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import NoReturn

from spectrafit.errors import SpectrafitError
from spectrafit.study.glob_paths import glob_paths
from spectrafit.study.load import LoadedStudy, load_study
from spectrafit.study.rules import outside_reason
from spectrafit.study.schema import Study
from spectrafit.study.tasks import SAMPLE
from spectrafit.study.toml_text import text_of

__all__ = ["OLD_SECONDS", "Changes", "changes_between", "file_states", "watch_study"]

OLD_SECONDS = 60.0
"""Where no file has changed for this time, in s, the first round does not wait for a second poll.

The clock of a network drive may be off by some seconds, and a slow scan has seconds a point.
"""

State = tuple[int, int]
"""Size in bytes and time of the last change in ns."""


@dataclass(frozen=True)
class Changes:
    """What has happened to the files of a study since the last round.

    Parameters
    ----------
    new, changed, gone : tuple of Path
        Files that are the same in two polls one after the other, in the order of their names.
    waiting : tuple of Path
        Files of the last poll that were not the same, or not there, in the one before, or are empty.
    growing : tuple of Path
        Those of them that were there: somebody writes them.
    resting : frozenset of Path
        All that are the same in both: what a round may read.
    """

    new: tuple[Path, ...] = ()
    changed: tuple[Path, ...] = ()
    gone: tuple[Path, ...] = ()
    waiting: tuple[Path, ...] = ()
    growing: tuple[Path, ...] = ()
    resting: frozenset[Path] = frozenset()

    @property
    def settled(self) -> bool:
        """Whether there is anything to run for."""
        return bool(self.new or self.changed or self.gone)


def file_states(study: Study, file: Path, besides: Collection[Path] = ()) -> Mapping[Path, State]:
    """Return size and time of every file that a study's results depend on, as they are now.

    These are the study file, the files its globs match, the tables that conditions come from, and
    the declared truth. A glob that matches nothing is no fault: the first scan may be yet to come.

    Parameters
    ----------
    study : Study
        The study.
    file : Path
        Its file.
    besides : collection of Path, optional
        Files and folders that are not watched, as a run writes them itself.

    Returns
    -------
    mapping of Path to (int, int)
        Files that cannot be looked at are not in it.
    """
    own = {path.resolve() for path in besides}
    paths = dict.fromkeys((*_samples(study, file.parent), *_shared(study, file)))
    watched = [path for path in paths if own.isdisjoint(_place(path))]
    states = ((path, _state(path)) for path in (*watched, file))
    return {path: state for path, state in states if state is not None}


def changes_between(
    used: Mapping[Path, State | None], before: Mapping[Path, State], now: Mapping[Path, State]
) -> Changes:
    """Return what differs from the last round, as far as two polls agree on it.

    Parameters
    ----------
    used : mapping of Path to (int, int) or None
        State of each file in the last round; None for one that it left out or did not find, though
        an earlier round had it.
    before, now : mapping of Path to (int, int)
        The last poll but one, and the last.

    Returns
    -------
    Changes
    """
    # an empty file has yet to be written
    same = sorted(path for path, state in now.items() if before.get(path) == state and state[0])
    waiting = sorted(now.keys() - set(same))
    return Changes(
        new=tuple(path for path in same if path not in used),
        changed=tuple(path for path in same if path in used and used[path] != now[path]),
        gone=tuple(sorted(path for path in used if path not in now and path not in before)),
        waiting=tuple(waiting),
        growing=tuple(path for path in waiting if path in before),
        resting=frozenset(same),
    )


def watch_study(
    loaded: LoadedStudy,
    run: Callable[[LoadedStudy, Changes], None],
    *,
    waits: Callable[[tuple[Path, ...]], None],
    failed: Callable[[SpectrafitError | OSError], None],
    seconds: float,
    besides: Collection[Path] = (),
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
) -> NoReturn:
    """Run a study, and again whenever its files have changed, until it is interrupted.

    A file is taken when its size and time are the same in two polls and it is not empty. The first
    poll is followed by the second at once where all files are as old as `OLD_SECONDS`. Where the study file itself, or one that many scans depend on (a
    foil, a table, the truth), is still written, the whole round waits. A round that fails is tried
    at every poll: a study is mended, a drive comes back.

    Parameters
    ----------
    loaded : LoadedStudy
        The study of a file.
    run : callable
        ``run(loaded, changes)``: makes one round of ``changes.resting``, leaving out other files.
    waits : callable
        ``waits(files)``: says that files still grow, once for each until it rests.
    failed : callable
        ``failed(error)``: says what is wrong, once as long as it is the same.
    seconds : float
        Between two polls, in s.
    besides : collection of Path, optional
        Files and folders that `run` writes: they are not watched.
    sleep : callable, optional
        Waits for some seconds.
    clock : callable, optional
        Time in s as files have it.

    Raises
    ------
    KeyboardInterrupt
        When the user ends it. Nothing else does but a fault of the program, and standard output
        that nobody reads any more.
    ValueError
        When the study is in no file.
    """
    watch = _Watch(loaded, besides)
    if not watch.is_old(clock()):
        sleep(seconds)
    told: frozenset[Path] = frozenset()
    fault = ""
    while True:
        try:
            changes = watch.due()
            told -= changes.resting
            if late := tuple(path for path in changes.growing if path not in told):
                waits(late)
                told = told.union(late)
            if changes.settled:
                run(watch.loaded, changes)
                watch.used_now(changes)
                fault = ""
        except BrokenPipeError:
            raise
        except (SpectrafitError, OSError) as error:
            if str(error) != fault:
                failed(error)
            fault = str(error)
        sleep(seconds)


class _Watch:
    """What a watch remembers from one poll to the next."""

    def __init__(self, loaded: LoadedStudy, besides: Collection[Path]) -> None:
        if loaded.file is None:
            raise ValueError("a study that is in no file cannot be watched")
        self.loaded = loaded
        self._file, self._besides = loaded.file, besides
        self._used: dict[Path, State | None] = {}
        self._before = file_states(loaded.study, self._file, besides)
        # the text may be older than the file by now
        fresh = text_of(self._file)[0] == loaded.text
        self._read = self._before.get(self._file) if fresh else None

    def is_old(self, now: float) -> bool:
        """Return whether no file was changed in the time before `now`, in s, or after it."""
        return all(now - changed / 1e9 > OLD_SECONDS for _, changed in self._before.values())

    def due(self) -> Changes:
        """Poll; return what a round is due for, nothing settled where none is."""
        before = self._before
        now = self._before = file_states(self.loaded.study, self._file, self._besides)
        state = now.get(self._file)
        if state is None or state != before.get(self._file):
            # half written, or away: many editors put a new file in its place
            return _held({self._file} & before.keys() & now.keys())
        if state != self._read:
            self.loaded = load_study(self._file)
            self._read = state
            # what its globs find for the first time must be seen a second time, too
            found = file_states(self.loaded.study, self._file, self._besides)
            self._before = {path: now.get(path, one) for path, one in found.items()}
            return Changes()
        changes = changes_between(self._used, before, now)
        if held := set(changes.waiting) & set(_shared(self.loaded.study, self._file)):
            return _held(held & set(changes.growing))
        return changes

    def used_now(self, changes: Changes) -> None:
        """Remember what a round was made of."""
        left_out = {path: None for path in self._used if path not in changes.gone}
        taken = {path: state for path, state in self._before.items() if path in changes.resting}
        self._used = {**left_out, **taken}


def _held(growing: Iterable[Path]) -> Changes:
    files = tuple(sorted(growing))
    return Changes(waiting=files, growing=files)


def _samples(study: Study, folder: Path) -> Iterator[Path]:
    """Give the files of every measurement."""
    for m in study.measurement:
        yield from _matching(m.files, study, folder)


def _shared(study: Study, file: Path) -> Iterator[Path]:
    """Give the files that more depends on than a result of their own."""
    folder = file.parent
    used = {name for m in study.measurement for sources in m.uses.values() for name in sources}
    for m in study.measurement:
        if m.role != SAMPLE or m.name in used:
            yield from _matching(m.files, study, folder)
        tables = [one.table for one in m.conditions.values() if one.table]
        yield from (folder / table.replace("\\", "/") for table in tables)
    if study.study.truth:
        yield folder / study.study.truth.replace("\\", "/")


def _matching(patterns: Iterable[str], study: Study, folder: Path) -> Iterator[Path]:
    for pattern in patterns:
        if outside_reason(pattern) and not study.study.allow_outside:
            continue  # the run refuses it and says so
        found = glob_paths(pattern.replace("\\", "/"), folder, follow=study.study.allow_outside)
        yield from (folder / match for match in found.paths)


def _place(path: Path) -> tuple[Path, ...]:
    """Return where a file is, and every folder above it."""
    place = path.resolve()
    return (place, *place.parents)


def _state(path: Path) -> State | None:
    try:
        found = path.stat()
    except OSError:  # it has gone since it was listed
        return None
    return (found.st_size, found.st_mtime_ns) if S_ISREG(found.st_mode) else None
