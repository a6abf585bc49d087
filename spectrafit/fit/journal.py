"""A journal: what has been computed, kept in a folder as it is found, for the next run.

The folder holds text files of JSON lines, one file a run; a line is a key, the checksum of its value,
and the value. Lines are only ever added, each by a single write: a run that is killed leaves every line
before it whole, two runs at once do not disturb each other, and there is no database to lock on a
network drive. A line that is damaged or foreign is as good as none.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from spectrafit.errors import SpectrafitError
from spectrafit.strict_json import Json

__all__ = ["Journal"]

_HEAD = b'{"spectrafit journal": 1}\n'
_LINE = re.compile(
    rb'\{"key": "([0-9a-f]{64})", "sha256": "([0-9a-f]{64})", "value": (.+)\}\n', re.DOTALL
)
_START = re.compile(rb'\{"key": "([0-9a-f]{64})", "sha256": "[0-9a-f]{64}", "value": ')

_SYNC_SECONDS = 1.0  # work of at most this long is lost when the machine itself stops
_MOST_FILES = 32  # more of them are made one
_SPARE_BYTES = 200_000_000  # what may lie there that the last run did not use


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line is."""

    file: Path
    start: int
    length: int


class Journal:
    """Values by key, in a folder: what one run puts there the next one gets.

    Parameters
    ----------
    folder : Path
        Made when the first value is put.
    fresh : bool, optional
        Whether to begin anew: nothing of earlier runs is given out.

    Raises
    ------
    SpectrafitError
        When the folder, or a file in it, cannot be read.
    """

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        self.folder = folder
        self._faults: list[str] = []
        self._places: dict[bytes, _Place] = {}
        self._sizes: dict[Path, int] = {}
        self._used: set[bytes] = set()
        self._damaged = False
        self._stream: BinaryIO | None = None
        self._synced = 0.0
        with self._told("read"):
            if folder.exists() and not folder.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "this is no folder")
            for file in sorted(folder.glob("*.jsonl")):
                self._index(file, fresh)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return bytes.fromhex(key) in self._places

    @property
    def faults(self) -> tuple[str, ...]:
        """What was found damaged or foreign and is ignored, a sentence each."""
        return tuple(self._faults)

    def get(self, key: str) -> Json:
        """Return the value of a key.

        Parameters
        ----------
        key : str
            Hexadecimal sha256.

        Returns
        -------
        None, bool, int, float, str, list or dict
            None where there is none, or where it is damaged.
        """
        raw = bytes.fromhex(key)
        place = self._places.get(raw)
        if place is None:
            return None
        try:
            value = _value(_line(place), key)
        except (OSError, ValueError, RecursionError) as error:
            self.reject(key, f"damaged ({error})")
            return None
        self._used.add(raw)
        return value

    def reject(self, key: str, why: str) -> None:
        """Forget the value of a key, which is not what it should be.

        Parameters
        ----------
        key : str
            Hexadecimal sha256.
        why : str
            For `faults`.
        """
        raw = bytes.fromhex(key)
        self._used.discard(raw)
        self._damaged = True
        if place := self._places.pop(raw, None):
            self._faults.append(f"{place.file.name}: an entry is ignored: {why}")

    def put(self, key: str, value: Json) -> None:
        """Keep a value; it is in the file when this returns.

        Parameters
        ----------
        key : str
            Hexadecimal sha256 of all that the value depends on.
        value : bool, int, float, str, list or dict
            Strict JSON types; None is no value.

        Raises
        ------
        SpectrafitError
            When the disk is full or the folder cannot be written.
        ValueError
            When the value holds a number that is not finite.
        """
        body = json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")
        digest = hashlib.sha256(body).hexdigest()
        line = f'{{"key": "{key}", "sha256": "{digest}", "value": '.encode("ascii") + body + b"}\n"
        with self._told("written"):
            stream = self._stream or self._begin()
            start = stream.tell()
            if stream.write(line) != len(line):
                self.close()  # the next line must not follow half a one
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if time.monotonic() - self._synced > _SYNC_SECONDS:
                os.fsync(stream.fileno())
                self._synced = time.monotonic()
        file, raw = Path(stream.name), bytes.fromhex(key)
        self._places[raw] = _Place(file, start, len(line))
        self._sizes[file] = start + len(line)
        self._used.add(raw)

    def close(self) -> None:
        """Bring to disk what has been put; the next `put` begins another file."""
        if self._stream is not None:
            stream, self._stream = self._stream, None
            with contextlib.suppress(OSError), stream:
                os.fsync(stream.fileno())

    def tidy(self) -> None:
        """Close; where much lies there that this run did not use, or damage, write it anew.

        Values of other settings stay until they are too many: who returns to earlier settings
        finds them computed.
        """
        self.close()
        used = [self._places[key] for key in self._used]
        spare = sum(self._sizes.values()) - sum(place.length for place in used)
        if spare > _SPARE_BYTES:
            self._write_anew(used)
        elif self._damaged or len(self._sizes) > _MOST_FILES:
            self._write_anew(self._places.values())

    def _write_anew(self, places: Iterable[_Place]) -> None:
        file = self._new_file()
        aside = file.with_suffix(".part")
        old, size = self._sizes, len(_HEAD)
        kept: dict[bytes, _Place] = {}
        try:
            with aside.open("xb") as stream:
                stream.write(_HEAD)
                for place in places:
                    line = _line(place)
                    stream.write(line)
                    kept[_key_of(line)] = _Place(file, size, len(line))
                    size += len(line)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(aside, file)
        except OSError:  # no room to tidy up: what is there serves as it is
            with contextlib.suppress(OSError):
                aside.unlink()
            return
        self._places, self._sizes, self._damaged = kept, {file: size}, False
        for each, before in old.items():
            # one that has grown since belongs to another run
            with contextlib.suppress(OSError):
                if each.stat().st_size == before:
                    each.unlink()

    def _index(self, file: Path, fresh: bool) -> None:
        with file.open("rb") as stream:
            if (head := stream.readline()) != _HEAD:
                self._faults.append(f"{file.name}: no journal of this version; it is ignored")
                return
            start = len(head)
            for number, line in enumerate(stream, 2):
                key = _key_of(line)
                if not key:
                    self._damaged = True
                    self._faults.append(f"{file.name}, line {number}: damaged; it is ignored")
                elif not fresh:
                    self._places[key] = _Place(file, start, len(line))
                start += len(line)
        self._sizes[file] = start

    def _begin(self) -> BinaryIO:
        file = self._new_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        # unbuffered: each line is one write, which the system keeps even if this process is killed
        self._stream = file.open("xb", buffering=0)
        self._stream.write(_HEAD)
        return self._stream

    def _new_file(self) -> Path:
        """Return a name that sorts by time and that no other run takes."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S-%fZ")
        return self.folder / f"{stamp}-{secrets.token_hex(4)}.jsonl"

    @contextlib.contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SpectrafitError(
                f"the journal cannot be {what}: {error.strerror or error}",
                where=str(self.folder),
                do="free space, move what is in its place, or choose another folder with --out",
                code="RUN-010",
            ) from error


def _line(place: _Place) -> bytes:
    with place.file.open("rb") as stream:
        stream.seek(place.start)
        return stream.read(place.length)


def _key_of(line: bytes) -> bytes:
    """Return the key of a line; empty where it is no whole entry."""
    match = _START.match(line)
    return bytes.fromhex(match[1].decode("ascii")) if match and line.endswith(b"}\n") else b""


def _value(line: bytes, key: str) -> Json:
    def refuse(name: str) -> Json:
        raise ValueError(f"{name} is not JSON")

    match = _LINE.fullmatch(line)
    if not match or match[1] != key.encode("ascii"):
        raise ValueError("another entry")
    if hashlib.sha256(match[3]).hexdigest().encode("ascii") != match[2]:
        raise ValueError("its checksum does not agree")
    value: Json = json.loads(match[3], parse_constant=refuse)
    return value
