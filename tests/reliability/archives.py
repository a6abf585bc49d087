"""Crafted archives: through the reader of their format, through every reader, and in a folder."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from faults.crafted_archives import MARK, crafted_archives, secret_file
from faults.crafted_workbooks import sound_parts, zipped
from faults.memory import begun_peak, risen_bytes
from reliability.promise import Promise, Section, share_text

from spectrafit import registry
from spectrafit.errors import SpectrafitError
from spectrafit.reader import checked_file, read
from spectrafit.recording import Recording

SECONDS = 1.0
BYTES = 200_000_000
COUNT = 200
SEED = 1
OUTSIDE = frozenset(("out", "round", "virtual", "outside", "data", "secret"))
"""Names of columns that only another file can fill."""


@dataclass(frozen=True)
class Met:
    """How a file was met by one reader.

    Parameters
    ----------
    story : str
        The file and the reader.
    outcome : str
        ``refused``, ``read`` or what went wrong.
    seconds : float
        Processor time.
    risen : int
        How far the memory rose, bytes.
    """

    story: str
    outcome: str
    seconds: float
    risen: int

    @property
    def gets_through(self) -> bool:
        """Whether the file did harm, or took more than is allowed."""
        return (
            self.outcome not in ("refused", "read") or self.seconds > SECONDS or self.risen > BYTES
        )


def warmed() -> None:
    """Load what the readers import on their first file, which is no time of a crafted one."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("sound.xlsx", "sound.csv"):
            path = Path(folder) / name
            path.write_bytes(zipped(sound_parts()) if name.endswith("x") else b"1 2\n2 3\n")
            with contextlib.suppress(SpectrafitError):
                read(path)


def met(path: Path, story: str, reader: str) -> Met:
    """Return how one file is met by a reader, or by the surest where its name is empty."""
    begun = begun_peak()
    start = time.process_time()
    try:
        found: Sequence[Recording] = registry.reader(reader).read(path) if reader else read(path)
        outcome = "read something from outside" if leaks(found) else "read"
    except SpectrafitError as refusal:
        outcome = "refused" if refusal.what and refusal.do else "refused without what to do"
    except BaseException as fault:  # whatever it is, it is what this looks for
        outcome = f"{type(fault).__name__}: {fault}"[:200]
    seconds = time.process_time() - start
    return Met(f"{story}, by {reader or 'the surest'}", outcome, seconds, risen_bytes(begun))


def leaks(found: Iterable[Recording]) -> bool:
    """Return whether recordings hold a number or a column that lies in another file."""
    return any(
        column.name in OUTSIDE or bool(np.isin(MARK, column.values))
        for one in found
        for column in one.columns
    )


def every_meeting(count: int, folder: Path, *, all_readers: bool) -> Iterator[Met]:
    """Give how crafted files are met; the files stay in a folder ``target``."""
    target, secret = folder / "target", secret_file(folder / "secret.h5")
    target.mkdir()
    warmed()
    names = [one.name for one in registry.readers()] if all_readers else []
    for one in crafted_archives(count, SEED, secret):
        path = target / one.name
        path.write_bytes(one.content)
        checked_file(path)
        for reader in dict.fromkeys([one.reader, "", *names]):
            yield met(path, one.story, reader)


def tree(folder: Path, *, without: Path) -> dict[str, bytes]:
    """Return all that lies below a folder, apart from one folder in it."""
    found = {}
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if Path(here) / name != without]
        for name in names:
            path = Path(here) / name
            found[str(path)] = (
                os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
            )
    return found


def said(*words: object) -> tuple[int, str]:
    """Return the exit code of a command run in this process, and what it wrote."""
    from spectrafit.cli import main

    stream = io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        try:
            main([str(word) for word in words])
        except SystemExit as stop:
            return int(stop.code or 0), stream.getvalue()
    raise AssertionError("the command line always exits")


def commands_over(target: Path, names: Sequence[str] = ("init", "run")) -> list[tuple[int, str]]:
    """Return code and words of commands that go through a folder."""
    places = {"init": target / "drafted.toml", "run": target / "results"}
    return [said(name, target, "--out", places[name], "--jobs", "1") for name in names]


def section() -> Section:
    """Run 200 crafted files through every reader, and the commands over their folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        before_files = tree(folder, without=folder / "target")
        meetings = list(every_meeting(COUNT, folder, all_readers=True))
        before = tree(folder, without=folder / "target")
        commands = commands_over(folder / "target")
        strayed = set(tree(folder, without=folder / "target").items()) ^ set(before.items())
    through = [one for one in meetings if one.gets_through]
    files = len({one.story.rpartition(", by ")[0] for one in through})
    slowest = max(one.seconds for one in meetings)
    largest = max(one.risen for one in meetings)
    written = len(set(before) - set(before_files)) - 1 + len(strayed)  # the secret is ours
    wrong = [text for code, text in commands if code not in (0, 1, 2)]
    read_whole = sum(one.outcome == "read" for one in meetings)
    return Section(
        (
            Promise(
                "archives",
                "of 200 crafted files none gets through, each is refused in under 1 s and 200 MB",
                f"{share_text(files, COUNT)} got through; longest {slowest:.2f} s of processor "
                f"time, largest rise of memory {largest / 1e6:.0f} MB",
                len(meetings),
                not through,
                "; ".join(f"{one.story}: {one.outcome}" for one in through[:3])
                or f"each by every reader; {read_whole:,} times a file whose harm lies in what is "
                "left aside was read without it, and says so",
            ),
            Promise(
                "archives",
                "no path leaves the target",
                f"{written} files outside after reading, `init` and `run` over the folder",
                COUNT,
                written == 0 and not wrong,
                "; ".join(wrong)[:200],
            ),
        )
    )
