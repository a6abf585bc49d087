"""Huge input: 2 GB or ten million rows, by every reader and by the commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import table
from faults.every_reader import missing_library, seeds_of
from faults.huge_files import BYTES, MANY_ROWS, ROWS, packed_projects, rows, sparse
from faults.memory import begun_peak, risen_bytes
from reliability.promise import Promise, Section, share_text

from spectrafit import reader, registry
from spectrafit.errors import ReadError
from spectrafit.size_limits import ROW_LIMIT, SIZE_LIMIT
from spectrafit.size_limits import ROWS as ROW_VARIABLE

LONGEST_SECONDS = 1.0
_LIMIT = re.compile(r"the limit is \d+|more than \d+")
FAILURE = "huge input"
STUDY = '[study]\nname = "huge"\n[[measurement]]\nname = "m"\ntechnique = "xanes"\nfiles = ["{}"]\n'


@dataclass(frozen=True)
class Met:
    """How a file was met: read (then `words` is empty) or refused.

    Parameters
    ----------
    who : str
        Reader or command.
    file : str
        Name of the file.
    words : str
        Of the refusal.
    seconds : float
        Of the processor.
    rise : int
        Bytes by which the resident memory grew at its highest; 0 where not looked at.
    """

    who: str
    file: str
    words: str
    seconds: float
    rise: int = 0

    @property
    def kept(self) -> bool:
        """Whether it was refused by a limit that is told, in time."""
        return bool(_LIMIT.search(self.words)) and self.seconds < LONGEST_SECONDS


def section() -> Section:
    """Return what 2 GB and ten million rows come to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large, many = sparse(folder / "huge.dat"), rows(folder / "many.dat")
        by_size = [met(one, large) for one in ("", *readers())]
        by_rows = [
            *(met(one, many) for one in ("", "columns")),
            *lines_met(folder, ROWS),
            *formats_met(folder, ROWS),
        ]
        commands = [*commands_met(large), *commands_met(many)]
        return Section(
            tuple(_promises(by_size, by_rows, commands, raised(folder, ROW_LIMIT + 1))),
            _details(by_rows, commands),
        )


def readers() -> Sequence[str]:
    """Return the names of the readers whose libraries are installed."""
    return [name for name in registry.reader_names() if not missing_library(name)]


def met(name: str, path: Path) -> Met:
    """Return how a reader, or all of them where it has no name, meet a file."""
    registry.readers()
    begun, start = begun_peak(), time.process_time()
    try:
        reader.read(path, reader=name)
        words = ""
    except ReadError as refusal:
        words = str(refusal)
    seconds, rise = time.process_time() - start, risen_bytes(begun)
    return Met(name or "(by content)", path.name, words, seconds, rise)


def lines_met(folder: Path, count: int) -> Iterator[Met]:
    """Yield how each reader of text meets a file of its own, with so many lines behind it."""
    for name in readers():
        if name not in MANY_ROWS:
            file, content = next(iter(seeds_of(name).items()))
            path = rows(folder / file, count, b"1 2\n", content)
            yield met(name, path)
            path.unlink()


def formats_met(folder: Path, count: int) -> Iterator[Met]:
    """Yield how each reader of another format meets a file of its own of so many rows."""
    for name, (file, written) in MANY_ROWS.items():
        if missing_library(name):
            continue
        path = folder / file
        path.write_bytes(written(count))
        yield met(name, path)
        path.unlink()
    for file, content in packed_projects(count):
        path = folder / file
        path.write_bytes(content)
        yield met("athena", path)
        path.unlink()


def commands_met(path: Path) -> Iterator[Met]:
    """Yield how commands meet a file: seconds beyond those for a file of two bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = folder / "small" / path.name
        small.parent.mkdir()
        small.write_bytes(b"1\n")
        raw = folder / "large" / path.name
        raw.parent.mkdir()
        raw.hardlink_to(path)
        for each in (small, raw):
            text = STUDY.format(each.name)
            (each.parent / "study.toml").write_text(text, encoding="utf-8")
        for command in ("read", "fit", "plot", "run"):
            _, usual = _said(command, small)
            words, seconds = _said(command, raw)
            yield Met(f"spectrafit {command}", path.name, words, max(0.0, seconds - usual))


def _said(command: str, path: Path) -> tuple[str, float]:
    """Return the line of a command about a limit, and the seconds of the processor it took."""
    words: Mapping[str, Sequence[object]] = {
        "read": ("read", path),
        "fit": ("fit", "xanes", path),
        "plot": ("plot", path, "--out", path.parent / "chart.svg"),
        "run": ("run", path.parent / "study.toml", "--out", path.parent / "out"),
    }
    started = _children()
    done = subprocess.run(
        [sys.executable, "-m", "spectrafit.cli", *map(str, words[command])],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    told = [line for line in lines if path.name in line and "limit" in line]
    return (told or [""])[0], _children() - started


def _children() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system


@contextmanager
def raised_limit(variable: str, value: int) -> Iterator[None]:
    """Hold a variable of the environment."""
    before = os.environ.get(variable)
    os.environ[variable] = str(value)
    try:
        yield
    finally:
        del os.environ[variable]
        if before is not None:
            os.environ[variable] = before


def raised(folder: Path, count: int) -> tuple[Met, int]:
    """Return how a text of rows is refused, and how many rows are read once the limit is raised."""
    path = rows(folder / "more.dat", count)
    refused = met("columns", path)
    with raised_limit(ROW_VARIABLE, count):
        (recording,) = reader.read(path, reader="columns")
    return refused, len(recording)


def _promises(
    by_size: Sequence[Met],
    by_rows: Sequence[Met],
    commands: Sequence[Met],
    more: tuple[Met, int],
) -> Iterator[Promise]:
    limits = f"{SIZE_LIMIT / 1e6:.0f} MB, {ROW_LIMIT:,} rows"
    for found, what in ((by_size, "2 GB"), (by_rows, f"{ROWS:,} rows")):
        yield _promise(found, f"every reader refuses {what} by a declared limit ({limits})")
    yield _promise(
        commands, f"`read`, `fit`, `plot` and `run` refuse 2 GB and {ROWS:,} rows; beyond start-up"
    )
    refused, count = more
    yield Promise(
        FAILURE,
        f"a limit that is raised with `{ROW_VARIABLE}` holds no more",
        f"{count:,} rows read, which were refused before",
        2,
        bool(refused.words) and count == ROW_LIMIT + 1,
    )


def _promise(found: Sequence[Met], what: str) -> Promise:
    broken = [f"{one.who}, {one.file}: {one.words or 'read'}" for one in found if not one.kept]
    longest = max(one.seconds for one in found)
    rise = max(one.rise for one in found)
    memory = f", the most memory {rise / 1e6:.0f} MB" if rise else ""
    return Promise(
        FAILURE,
        f"{what}, in under {LONGEST_SECONDS:g} s of the processor",
        f"{share_text(len(found) - len(broken), len(found))}, the longest {longest:.2f} s{memory}",
        len(found),
        not broken,
        "; ".join(broken[:3]),
    )


def _details(*groups: Sequence[Met]) -> str:
    head = ("who", "file", "s", "MB", "refusal")
    cells = [
        (
            one.who,
            one.file,
            f"{one.seconds:.2f}",
            f"{one.rise / 1e6:.0f}" if one.rise else "",
            re.sub(r"\S*/", "", one.words.partition(": ")[2].partition(";")[0]),
        )
        for group in groups
        for one in group
    ]
    words = (
        f"`huge.dat` has {BYTES / 1e9:g} GB, the others {ROWS:,} rows in the way of their format; every reader refuses "
        "`huge.dat` by its size, before it reads. Seconds are of "
        "the processor; those of commands are beyond what the same command takes for a file of "
        "two bytes."
    )
    return f"### Huge input\n\n{words}\n\n{table(head, cells)}"
