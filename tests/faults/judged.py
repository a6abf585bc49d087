"""What becomes of one damaged file: read, refused, or something that must not be."""

from __future__ import annotations

import re
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from faults.memory import begun_peak, risen_bytes

from spectrafit.errors import ReadError, SpectrafitError
from spectrafit.reader import HEAD_BYTES, Reader
from spectrafit.testing.recording_rules import require_rows_told, require_sound

LONGEST_SECONDS = 1.0
LARGEST_BYTES = 200_000_000
HANGS_AFTER = 60.0
"""Seconds of the clock after which a reader is stopped; a busy machine may be fifty times slower."""


class Hung(BaseException):
    """A reader did not come back; no `except Exception` of its own may catch it."""


@dataclass(frozen=True)
class Judged:
    """What a reader made of a damaged file.

    Parameters
    ----------
    story : str
        The file, the number of the mutation and what was done.
    found : int
        Recordings that were read; 0 when it was refused.
    line : bool
        Whether the refusal names a line beside the file.
    fault : str
        What must not be; empty when the file is read soundly or refused well.
    seconds : float
        Of the processor.
    rise : int
        Bytes by which the resident memory grew at its highest.
    """

    story: str
    found: int
    line: bool
    fault: str
    seconds: float
    rise: int

    @property
    def broken(self) -> str:
        """What is wrong with it, over the limits of time and memory too; empty for nothing."""
        parts = [self.fault] if self.fault else []
        if self.seconds > LONGEST_SECONDS:
            parts.append(f"{self.seconds:.2f} s")
        if self.rise > LARGEST_BYTES:
            parts.append(f"{self.rise / 1e6:.0f} MB")
        return f"{self.story}: {', '.join(parts)}" if parts else ""


def judged(reader: Reader, path: Path, content: bytes, story: str) -> Judged:
    """Return what a reader makes of some bytes under a path.

    Parameters
    ----------
    reader : Reader
        Asked for its confidence and to read.
    path : Path
        Written anew.
    content : bytes
        Of the file.
    story : str
        How it came about.
    """
    # a new file each time: to write over one waits for the disk on some file systems
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        begun, start = begun_peak(), time.process_time()
        try:
            with _stopped_when_hung():
                found, line, fault = _outcome(reader, path, content)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever a damaged file makes a library do
            found, line, fault = 0, False, f"{type(error).__name__}: {error}"
        seconds, rise = time.process_time() - start, risen_bytes(begun)
    if said and not fault:
        fault = f"warns: {said[0].category.__name__}: {said[0].message}"
    return Judged(story, found, line, fault, seconds, rise)


def _outcome(reader: Reader, path: Path, content: bytes) -> tuple[int, bool, str]:
    """Return how many recordings there are, whether a refusal names a line, and what is wrong."""
    confidence = reader.sniff(path, content[:HEAD_BYTES])
    if not 0.0 <= confidence <= 1.0:
        return 0, False, f"confidence {confidence}"
    try:
        recordings = tuple(reader.read(path))
    except ReadError as refusal:
        line = re.search(r":\d+$", refusal.where) is not None
        return 0, line, _fault_of(refusal, path.name)
    for recording in recordings:
        require_sound(recording, reader, path.name, content)
        # a recording that gives no spectrum is refused where it is made one
        with suppress(SpectrafitError):
            require_rows_told(recording)
    return len(recordings), False, "" if recordings else "no recording and no refusal"


def _fault_of(refusal: ReadError, name: str) -> str:
    """Return in what a refusal falls short: code, words, place and remedy."""
    if not refusal.code:
        return "a refusal without a code"
    if not refusal.what.strip() or not refusal.do.strip():
        return f"a refusal without words or remedy: {refusal}"
    place = refusal.where.rpartition("/")[2]
    return "" if place.startswith(name) else f"a refusal at {refusal.where!r}"


@contextmanager
def _stopped_when_hung() -> Iterator[None]:
    """Raise `Hung` in a reader that takes too long, where the system has alarms."""
    if sys.platform == "win32":  # no alarm: the watch over a whole run remains
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Hung(f"stopped after {HANGS_AFTER:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
