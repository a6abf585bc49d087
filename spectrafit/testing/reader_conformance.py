"""What every reader must do, as a pytest class to subclass."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from spectrafit.alert import CORE_ALERTS, AlertSpec
from spectrafit.errors import ReadError
from spectrafit.reader import HEAD_BYTES, Reader
from spectrafit.testing.judgement import (
    digest,
    missing_members,
    require,
    survives_pickling,
    writable_arrays,
)
from spectrafit.testing.recording_rules import require_rows_told, require_sound

__all__ = ["FOREIGN_FILES", "ReaderConformance"]

_NOISE = np.random.default_rng(20260517).integers(0, 256, 3000, dtype=np.uint8).tobytes()

FOREIGN_FILES: Mapping[str, bytes] = {
    "picture.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00" + _NOISE[:900],
    "archive.gz": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + _NOISE[:900],
    "program.bin": b"\x7fELF\x02\x01\x01" + bytes(9) + _NOISE[:900],
    "paper.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Length 900 >>\nstream\n"
    + _NOISE[:900],
    "page.html": b"<!DOCTYPE html>\n<html><head><title>A page</title></head><body></body></html>\n",
    "letter.txt": b"Dear colleague,\n\nthe sample arrived well.\nWe shall measure it soon.\n\nYours\n",
    "noise.dat": _NOISE,
    "zeros.dat": bytes(2000),
}
"""Files that no reader of spectra should want."""


class ReaderConformance:
    """Subclass it, set `reader` and `samples`, and every rule for readers is tested.

    Attributes
    ----------
    reader : Reader
        What is tested.
    samples : mapping of str to bytes
        Files of its format: content by file name, at least one.
    foreign : mapping of str to bytes
        Files that are not of its format; `FOREIGN_FILES` unless told.
    alerts : sequence of AlertSpec
        Where its notices are declared; the core's unless told.
    mutations : int
        How many damaged copies of the samples are read.
    """

    reader: ClassVar[Reader]
    samples: ClassVar[Mapping[str, bytes]]
    foreign: ClassVar[Mapping[str, bytes]] = FOREIGN_FILES
    alerts: ClassVar[Sequence[AlertSpec]] = CORE_ALERTS
    mutations: ClassVar[int] = 200

    def test_protocol_is_complete(self) -> None:
        """The reader is an instance with every member of the protocol."""
        require(not isinstance(self.reader, type), "give an instance, not a class")
        missing = missing_members(self.reader, Reader)
        require(not missing, f"it lacks {', '.join(missing)}")
        require(isinstance(self.reader, Reader), "it does not satisfy the protocol")

    def test_name_title_and_extensions(self) -> None:
        """Name and title are one line each, extensions start with a dot."""
        name, title = self.reader.name, self.reader.title
        require(name.strip() == name and name and " " not in name, f"the name is {name!r}")
        require(title.strip() and "\n" not in title, "the title must be one line")
        bad = [each for each in self.reader.extensions if not each.startswith(".")]
        require(not bad, f"extension {bad[0] if bad else ''!r} has no dot")

    def test_there_are_samples(self) -> None:
        """There is a file to test with."""
        require(len(self.samples) > 0, "give at least one sample")

    def test_own_files_are_recognised(self) -> None:
        """Every sample is recognised by its first bytes, equally every time."""
        for name, content in self.samples.items():
            first, second = (self._confidence(name, content) for _ in "ab")
            require(first > 0, f"{name} is not recognised")
            require(first == second, f"{name} is recognised by {first}, then by {second}")

    def test_foreign_files_are_not_recognised(self) -> None:
        """What is of another kind, or empty, gets the confidence 0."""
        for name, content in {**self.foreign, "empty.dat": b""}.items():
            found = self._confidence(name, content)
            require(found == 0, f"{name} is recognised by {found}")

    def test_own_files_are_read(self) -> None:
        """Every sample holds a recording that is sound, named and traced to its bytes."""
        for name, content in self.samples.items():
            recordings = self._read(name, content)
            require(recordings, f"{name} holds no recording")
            for recording in recordings:
                self._require_sound(recording, name, content)

    def test_no_row_is_lost_unnoticed(self) -> None:
        """Points of the spectrum, left out and averaged ones make up the rows of the file."""
        for name, content in self.samples.items():
            for recording in self._read(name, content):
                require_rows_told(recording)

    def test_reading_twice_gives_the_same(self) -> None:
        """Reading a file again gives the same to the last digit."""
        for name, content in self.samples.items():
            first, second = (digest(self._read(name, content)) for _ in "ab")
            require(first == second, f"{name} reads differently the second time")

    def test_recordings_travel(self) -> None:
        """Recordings are read-only, plain JSON, and the same in another process."""
        for name, content in self.samples.items():
            recordings = self._read(name, content)
            twins = survives_pickling(recordings, f"what is read from {name}")
            require(digest(twins) == digest(recordings), f"{name} differs after pickling")
            for each in (recordings, twins):
                open_arrays = tuple(writable_arrays(each, name))
                require(not open_arrays, f"can be written to: {', '.join(open_arrays)}")

    def test_missing_files_are_refused(self) -> None:
        """A file that is not there is refused with a `ReadError`."""
        with _folder() as folder:
            self._require_refusal(folder / "not there.dat", "a missing file")

    def test_empty_files_are_refused(self) -> None:
        """An empty file, and one of spaces, is refused with a `ReadError`."""
        for name in self.samples:
            for content in (b"", b"\n", b" \r\n\t\n"):
                with _written(name, content) as path:
                    self._require_refusal(path, f"{name} with the content {content!r}")

    def test_binary_files_are_refused(self) -> None:
        """Bytes that mean nothing are refused with a `ReadError`."""
        for name in self.samples:
            for other in ("noise.dat", "zeros.dat", "picture.png"):
                with _written(name, FOREIGN_FILES[other]) as path:
                    self._require_refusal(path, f"{name} with the bytes of {other}")

    def test_truncated_files_are_read_or_refused(self) -> None:
        """A file that was cut off gives sound recordings or a `ReadError`, nothing else."""
        with _folder() as folder:
            for name, content in self.samples.items():
                for share in (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99):
                    kept = content[: int(len(content) * share)]
                    self._require_sound_or_refused(folder / name, kept, f"{share:.0%} of {name}")

    def test_damaged_files_are_read_or_refused(self) -> None:
        """Damaged copies give sound recordings or a `ReadError`, nothing else."""
        names = sorted(self.samples)
        with _folder() as folder:
            for seed in range(self.mutations):
                name = names[seed % len(names)]
                damaged = _damaged(self.samples[name], np.random.default_rng(seed))
                what = f"{name} damaged with the seed {seed}"
                self._require_sound_or_refused(folder / name, damaged, what)

    def _confidence(self, name: str, content: bytes) -> float:
        try:
            found = self.reader.sniff(Path(name), content[:HEAD_BYTES])
        except Exception as error:
            raise AssertionError(f"sniff() raises {type(error).__name__} for {name}") from error
        require(
            isinstance(found, int | float) and 0 <= found <= 1,
            f"sniff() gives {found!r} for {name}, not a number from 0 to 1",
        )
        return float(found)

    def _read(self, name: str, content: bytes) -> tuple[Any, ...]:
        with _written(name, content) as path:
            return tuple(self.reader.read(path))

    def _require_sound(self, recording: Any, name: str, content: bytes) -> None:
        require_sound(recording, self.reader, name, content, self.alerts)

    def _require_refusal(self, path: Path, what: str) -> None:
        try:
            found = tuple(self.reader.read(path))
        except ReadError as refusal:
            require(str(refusal).strip(), f"{what} is refused without a word")
        except Exception as error:
            raise AssertionError(
                f"{what} raises {type(error).__name__}, not a ReadError: {error}"
            ) from error
        else:
            raise AssertionError(f"{what} is read as {len(found)} recordings")

    def _require_sound_or_refused(self, path: Path, content: bytes, what: str) -> None:
        self._confidence(path.name, content)
        path.write_bytes(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                recordings = tuple(self.reader.read(path))
        except ReadError as refusal:
            require(str(refusal).strip(), f"{what} is refused without a word")
            return
        except Exception as error:
            raise AssertionError(
                f"{what} raises {type(error).__name__}, not a ReadError: {error}"
            ) from error
        for recording in recordings:
            self._require_sound(recording, path.name, content)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def _written(name: str, content: bytes) -> Iterator[Path]:
    with _folder() as folder:
        path = folder / name
        path.write_bytes(content)
        yield path


def _damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """Return a copy with one to three faults: flipped, lost, doubled, moved or foreign bytes."""
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 4))):
        start = int(rng.integers(0, len(data) + 1))
        length = int(rng.integers(1, 40))
        part = bytes(data[start : start + length])
        match int(rng.integers(0, 9)):
            case 0:
                data[start : start + length] = b""
            case 1:
                data[start:start] = part
            case 2:
                data[start : start + length] = part[::-1]
            case 3:
                data[start : start + length] = rng.integers(0, 256, length, np.uint8).tobytes()
            case 4:
                data[start:start] = bytes(length)
            case 5:
                data[start : start + length] = part.translate(
                    bytes.maketrans(b"0123456789", b"x1,3e5-7 9")
                )
            case 6:
                words = (b"NaN", b"1e999", b"-inf", b"1d5", b"\xff\xfe", b'"', b"\n#", b"1_0")
                data[start:start] = words[int(rng.integers(0, len(words)))]
            case 7:
                data = bytearray(data.replace(b"\n", b"\r\n" if length % 2 else b"\r"))
            case _:
                data = data[:start]
    return bytes(data)
