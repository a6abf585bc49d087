"""Work in processes that are watched: one that hangs or dies is told by its number, and replaced."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from faults.tally import Tally

Work = Callable[[str, int, int, Path, Callable[[int], None]], Tally]
"""Name, first number, end, a folder to write in, and what is told each number that begins."""
SPARE_BYTES = 4_000_000_000
"""Address space beyond which a process gets no more: a machine must outlive a bad reader."""

NOT_BEGUN = -1
TO_LOAD = 600.0
"""Seconds that a process may take longer before its first number."""
TO_END = 10.0


@dataclass(frozen=True)
class Part:
    """Numbers from `start` on and before `stop` of a name."""

    name: str
    start: int
    stop: int


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    number: Synchronized[int]
    part: Part | None = None
    seen: int = NOT_BEGUN
    since: float = field(default_factory=time.monotonic)


def watched(
    work: Work, parts: Sequence[Part], *, workers: int, patience: float
) -> Mapping[str, Tally]:
    """Return what is counted for each name.

    Parameters
    ----------
    work : callable
        A function of a module, as other processes must find it.
    parts : sequence of Part
        What is to be done.
    workers : int
        Number of processes.
    patience : float
        Seconds of the clock without a new number after which a process is ended.
    """
    waiting = list(reversed(parts))
    tallies: dict[str, Tally] = {}
    staff = [_hired(work) for _ in range(min(workers, len(parts)))]
    try:
        while waiting or any(one.part for one in staff):
            for place, one in enumerate(staff):
                if one.part is None and waiting:
                    _begin(one, waiting.pop())
                elif one.part is not None and (why := _lost(one, patience)):
                    name, at = one.part.name, max(one.seen, one.part.start)
                    _dismiss(one)
                    staff[place] = _hired(work)
                    waiting += _others(one.part, at)
                    story = f"{name}, mutation {at}: the process {why}"
                    tallies[name] = tallies.get(name, Tally()) + Tally(1, faults=(story,))
            for pipe in wait([one.pipe for one in staff if one.part], timeout=0.2):
                one = next(each for each in staff if each.pipe is pipe)
                try:
                    found: Tally = one.pipe.recv()
                except (EOFError, ConnectionError):
                    one.process.join(TO_END)  # the pipe ends before the process does
                    continue
                assert one.part is not None
                tallies[one.part.name] = tallies.get(one.part.name, Tally()) + found
                one.part = None
    finally:
        for one in staff:
            _dismiss(one)
    return tallies


def _others(part: Part, at: int) -> list[Part]:
    """Return what is left of a part without the number at which a process was lost."""
    cut = (Part(part.name, at + 1, part.stop), Part(part.name, part.start, at))
    return [one for one in cut if one.start < one.stop]


def _hired(work: Work) -> _Worker:
    context = multiprocessing.get_context("spawn")
    number = context.Value("q", NOT_BEGUN)
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(work, theirs, number), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours, number)


def _begin(one: _Worker, part: Part) -> None:
    one.part, one.seen, one.since = part, NOT_BEGUN, time.monotonic()
    one.number.value = NOT_BEGUN
    one.pipe.send(part)


def _lost(one: _Worker, patience: float) -> str:
    """Return why a process does not come back, empty while it may."""
    now = one.number.value
    if now != one.seen:
        one.seen, one.since = now, time.monotonic()
    if not one.process.is_alive():
        return f"died with {one.process.exitcode}"
    allowed = patience + (TO_LOAD if one.seen == NOT_BEGUN else 0.0)
    return f"hung for {allowed:.0f} s" if time.monotonic() - one.since > allowed else ""


def _dismiss(one: _Worker) -> None:
    one.process.kill()
    one.process.join()
    one.pipe.close()


def _serve(work: Work, pipe: Connection, number: Synchronized[int]) -> None:
    """Do parts until the process is ended; what is written to the screen is a fault of its part."""
    _bound_address_space()

    def begun(value: int) -> None:
        number.value = value

    with tempfile.TemporaryDirectory() as name:
        said = Path(name) / "said"
        with said.open("ab", buffering=0) as screen:
            os.dup2(screen.fileno(), 1)
            os.dup2(screen.fileno(), 2)
            while True:
                part: Part = pipe.recv()
                try:
                    found = work(part.name, part.start, part.stop, Path(name), begun)
                except Exception as error:  # told, as the whole run must not end with it
                    found = Tally(1, faults=(f"{part}: {type(error).__name__}: {error}",))
                words = said.read_bytes()
                screen.truncate(0)
                if words:
                    text = words[:200].decode("utf-8", "replace")
                    found += Tally(faults=(f"{part}: written to the screen: {text}",))
                pipe.send(found)


def _bound_address_space() -> None:
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + SPARE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
