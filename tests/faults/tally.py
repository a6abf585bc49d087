"""What becomes of many damaged files, counted; by a reader's name, or by their content alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from faults.every_reader import Seeds, seeds_of, seeds_of_all
from faults.judged import LARGEST_BYTES, LONGEST_SECONDS, Judged, judged
from faults.mutations import mutations

from spectrafit import registry
from spectrafit.reader import Reader, read_with
from spectrafit.recording import Recording

BY_CONTENT = "(by content)"
"""Stands for all readers: the surest is taken, as where a user names none."""
SEED = 1


@dataclass(frozen=True)
class Tally:
    """Damaged files, counted.

    Parameters
    ----------
    files : int
        All of them.
    read : int
        How many gave recordings.
    lines : int
        How many refusals name a line beside the file.
    faults : tuple of str
        Stories of what must not be: other exceptions, warnings, refusals without remedy, unsound
        recordings.
    slow, large : tuple of str
        Stories of files over the limits of time and memory.
    seconds : float
        The longest, of the processor.
    rise : int
        The most memory, bytes.
    """

    files: int = 0
    read: int = 0
    lines: int = 0
    faults: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()
    large: tuple[str, ...] = ()
    seconds: float = 0.0
    rise: int = 0

    @property
    def refused(self) -> int:
        """How many were refused."""
        return self.files - self.read - len(self.faults)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.files + other.files,
            self.read + other.read,
            self.lines + other.lines,
            self.faults + other.faults,
            self.slow + other.slow,
            self.large + other.large,
            max(self.seconds, other.seconds),
            max(self.rise, other.rise),
        )


def tally_of(found: Iterable[Judged]) -> Tally:
    """Return what was found of some files, counted."""
    files = list(found)
    return Tally(
        len(files),
        sum(one.found > 0 and not one.fault for one in files),
        sum(one.line for one in files),
        tuple(f"{one.story}: {one.fault}" for one in files if one.fault),
        tuple(one.story for one in files if one.seconds > LONGEST_SECONDS),
        tuple(one.story for one in files if one.rise > LARGEST_BYTES),
        max((one.seconds for one in files), default=0.0),
        max((one.rise for one in files), default=0),
    )


class SurestReader:
    """All readers as one: the surest of a file reads it."""

    title = "the surest of all readers"
    extensions: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.name = BY_CONTENT

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 1: which reader it is shows as it reads."""
        return 1.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return what the surest reader reads, and go by its name."""
        found = read_with(path, registry.readers())
        self.name = next((one.reader for one in found if isinstance(one, Recording)), self.name)
        return found


def reader_and_seeds(name: str) -> tuple[Reader, Seeds]:
    """Return a registered reader and its seed files, or all readers as one and all seed files."""
    if name == BY_CONTENT:
        return SurestReader(), seeds_of_all()
    return registry.reader(name), seeds_of(name)


def damaged_files(
    name: str, start: int, stop: int, folder: Path, begun: Callable[[int], None] = lambda _: None
) -> Tally:
    """Return what a reader makes of the mutations `start` to `stop` of its seed files, counted.

    Parameters
    ----------
    name : str
        Of a registered reader, or `BY_CONTENT`.
    start, stop : int
        Numbers of mutations; they are always the same ones.
    folder : Path
        Where the files are written, one after the other.
    begun : callable
        Told each number before its file is read.
    """
    reader, seeds = reader_and_seeds(name)
    for file, content in seeds.items():
        # libraries that a reader needs are loaded before a clock runs
        whole = judged(reader, folder / file, content, file)
        assert not whole.fault, whole
        assert whole.found, whole

    def each() -> Iterable[Judged]:
        for number, file, story, content in mutations(seeds, stop, SEED, start):
            begun(number)
            yield judged(reader, folder / file, content, story)

    return tally_of(each())
