"""The directory and parameters of an OPUS file, checked before a library takes its blocks.

Layout of the file: header, directory of blocks, parameter blocks of ``key, type, size, value``
(the layout that brukeropus documents in ``brukeropus/file/parse.py``). A block that ends behind the
end of the file, or a parameter that leads nowhere, refuses the file with its byte offset.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from spectrafit.errors import ReadError

__all__ = ["MAGIC", "OpusEntry", "opus_directory", "opus_parameters"]

MAGIC = b"\n\n\xfe\xfe"
_HEADER = struct.Struct("<4sd3i")
_ENTRY = struct.Struct("<3i")
_MOST_BLOCKS = 4096
_DAMAGED = "the file is damaged or cut off: copy it again from the instrument"

Type = tuple[int, int, int, int, int, int]
Parameter = int | float | str


@dataclass(frozen=True)
class OpusEntry:
    """One entry of the directory.

    Parameters
    ----------
    type : tuple of int
        Six numbers: complex part, sample or reference, kind of parameters, kind of data,
        derivative, further kind.
    start, size : int
        Bytes.
    """

    type: Type
    start: int
    size: int

    @property
    def is_series(self) -> bool:
        """Whether it holds a series of spectra."""
        return self.type[2] == 0 and self.type[3] not in (0, 13) and self.type[5] == 2

    @property
    def is_data(self) -> bool:
        """Whether it holds one spectrum or interferogram, compact or not."""
        return self.type[2] == 0 and self.type[3] not in (0, 13) and self.type[5] in (0, 4)

    @property
    def is_other_data(self) -> bool:
        """Whether it belongs to a spectrum and is of a kind whose layout is not known."""
        kind = self.type[5] not in (0, 2, 4, 5)
        return self.type[2] == 0 and self.type[3] not in (0, 13) and kind

    @property
    def is_parameters(self) -> bool:
        """Whether it holds parameters."""
        return self.type[2] > 0

    @property
    def is_status(self) -> bool:
        """Whether its parameters are axis, scale and extremes of a data block."""
        return self.type[2] == 1


def _type(code: int) -> Type:
    return (
        code & 3,
        code >> 2 & 3,
        code >> 4 & 63,
        code >> 10 & 127,
        code >> 17 & 3,
        code >> 19 & 7,
    )


def opus_directory(content: bytes, where: str) -> tuple[OpusEntry, ...]:
    """Return the blocks of an OPUS file, every one whole.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        File name, for messages.

    Returns
    -------
    tuple of OpusEntry
        In the file's order.

    Raises
    ------
    ReadError
        When it is no OPUS file, or is cut off: with the byte where it ends.
    """
    if not content.startswith(MAGIC):
        raise ReadError(
            "this is no OPUS file: its first four bytes are others",
            where=where,
            do="name the reader that knows the format",
        )
    end = len(content)
    if end < _HEADER.size:
        raise ReadError(
            f"the header ends at byte {end}, not {_HEADER.size}", where=where, do=_DAMAGED
        )
    _, _, start, most, count = _HEADER.unpack_from(content)
    if not (_HEADER.size <= start and 0 < count <= most <= _MOST_BLOCKS):
        text = f"the header names {count} of {most} blocks from byte {start} on"
        raise ReadError(text, where=f"{where}, byte 12", do=_DAMAGED)
    if start + _ENTRY.size * count > end:
        text = f"the directory ends at byte {start + _ENTRY.size * count}, the file at byte {end}"
        raise ReadError(text, where=where, do=_DAMAGED)
    entries = tuple(_entries(content, start, count, where))
    if most > count and start + _ENTRY.size * (count + 1) <= end:
        further = _ENTRY.unpack_from(content, start + _ENTRY.size * count)
        if further[2] > 0:
            text = f"the directory goes on behind its {count} blocks"
            raise ReadError(text, where=where, do=_DAMAGED)
    starts = sorted((entry.start, entry.size) for entry in entries)
    for (first, size), (second, _) in pairwise(starts):
        if first + size > second:
            text = f"the block at byte {first} reaches into that at byte {second}"
            raise ReadError(text, where=where, do=_DAMAGED)
    return entries


def _entries(content: bytes, start: int, count: int, where: str) -> Iterator[OpusEntry]:
    for number in range(count):
        code, words, first = _ENTRY.unpack_from(content, start + _ENTRY.size * number)
        size = 4 * words
        if first <= 0 or size < 0:
            text = f"block {number + 1} has {size} bytes from byte {first} on"
            raise ReadError(text, where=where, do=_DAMAGED)
        if first + size > len(content):
            text = f"block {number + 1} ends at byte {first + size}, the file at {len(content)}"
            raise ReadError(text, where=f"{where}, byte {len(content)}", do=_DAMAGED)
        yield OpusEntry(_type(code & 0xFFFFFFFF), first, size)


def opus_parameters(content: bytes, entry: OpusEntry, where: str) -> dict[str, Parameter]:
    """Return the parameters of a block by their names of three letters.

    Parameters
    ----------
    content : bytes
        The whole file.
    entry : OpusEntry
        A block of parameters.
    where : str
        File name, for messages.

    Returns
    -------
    dict of str to int, float or str
        In the file's order.

    Raises
    ------
    ReadError
        When a parameter reaches behind its block, or there is no end mark.
    """
    found: dict[str, Parameter] = {}
    at, end = entry.start, entry.start + entry.size
    while at + 4 <= end:
        name = content[at : at + 3]
        if name == b"END":
            return found
        kind, words = struct.unpack_from("<2h", content, at + 4) if at + 8 <= end else (-1, -1)
        size = 2 * words
        fits = words >= 0 and at + 8 + size <= end and size >= {0: 4, 1: 8}.get(kind, 0)
        if not (name.isalnum() and name.isascii() and 0 <= kind <= 4 and fits):
            text = f"no parameter can be read ({name!r}, type {kind}, {size} bytes)"
            raise ReadError(text, where=f"{where}, byte {at}", do=_DAMAGED)
        found[name.decode("ascii")] = _value(content[at + 8 : at + 8 + size], kind)
        at += 8 + size
    text = f"the parameters from byte {entry.start} on have no end"
    raise ReadError(text, where=f"{where}, byte {at}", do=_DAMAGED)


def _value(content: bytes, kind: int) -> Parameter:
    if kind == 0:
        return int(struct.unpack_from("<i", content)[0])
    if kind == 1:
        return float(struct.unpack_from("<d", content)[0])
    return content.split(b"\0", 1)[0].decode("latin-1")
