"""The key table of OMNIC SPA and SPG files, checked before a library takes their numbers.

Layout: 16-byte lines from byte 304 on, each a key and the place of what it names, as
spectrochempy-omnic documents it in ``reader/read_omnic.py``. That library does not look where a file
ends: a header near the end makes it wait for ever, a lost line gives the numbers of another place.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spectrafit.errors import ReadError
from spectrafit.size_limits import require_rows

__all__ = [
    "DAMAGED",
    "EXTE",
    "MOST_POINTS",
    "SPECTRAL",
    "OmnicHead",
    "for_library",
    "head_at",
    "omnic_heads",
    "require_room",
    "text_at",
]

SPECTRAL = b"Spectral Data File"
EXTE = b"Spectral Exte File"
_FIRST_LINE = 304
_LINE = 16
_HEADER, _INTENSITIES, _HISTORY, _TITLE = 2, 3, 27, 107
HISTORY_OFFSET = 208
_HEADER_SIZE = HISTORY_OFFSET + 4
_MOST_LINES = 100_000
MOST_POINTS = 10_000_000
DAMAGED = "the file is damaged or cut off: copy it again from the instrument"
X_UNITS = {1: "cm-1", 2: "data points", 3: "nm", 4: "um", 32: "Raman shift"}
Y_KINDS_BY_KEY = {
    11: ("reflectance", True),
    15: ("single beam", False),
    16: ("transmittance", True),
    17: ("absorbance", False),
    21: ("reflectance", False),
    22: ("interferogram", False),
}


@dataclass(frozen=True)
class OmnicHead:
    """The header of one spectrum.

    Parameters
    ----------
    points : int
        Number of points.
    x_unit : str
        As this reader names it.
    kind : str
        One of the y kinds.
    percent : bool
        Whether 100 stands for 1.
    first, last : float
        Ends of the axis.
    scans, background_scans : int
        Numbers of scans.
    place : int
        Byte where it begins.
    data : int
        Byte where its intensities begin.
    history : str
        What was done, by the file; empty where it does not say.
    """

    points: int
    x_unit: str
    kind: str
    percent: bool
    first: float
    last: float
    scans: int
    background_scans: int
    place: int
    data: int = 0
    history: str = ""


def require_room(content: bytes, start: int, size: int, what: str, where: str) -> None:
    """Refuse a file that ends inside a piece of it.

    Parameters
    ----------
    content : bytes
        The whole file.
    start, size : int
        The piece.
    what : str
        Its name.
    where : str
        File name, for messages.

    Raises
    ------
    ReadError
        With the byte where the file ends.
    """
    if start + size > len(content):
        text = f"{what} ends at byte {start + size}, the file at byte {len(content)}"
        raise ReadError(text, where=f"{where}, byte {len(content)}", do=DAMAGED)


def omnic_heads(content: bytes, where: str, *, group: bool) -> tuple[OmnicHead, ...]:
    """Return the header of every spectrum, all of which lie whole in the file.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        File name, for messages.
    group : bool
        Whether it is a group of spectra (SPG): its lines are counted at byte 294.

    Returns
    -------
    tuple of OmnicHead

    Raises
    ------
    ReadError
        When a piece is cut off, or numbers of points, intensities and headers disagree.
    """
    lines = _lines(content, where, group)
    headers = [place for key, place, _ in lines if key == _HEADER]
    data = [(place, size) for key, place, size in lines if key == _INTENSITIES]
    texts = [(place, size) for key, place, size in lines if key == _HISTORY]
    titles = [place for key, place, _ in lines if key == _TITLE]
    if not headers or len(headers) != len(data) or (group and len(titles) != len(headers)):
        text = f"{len(headers)} headers, {len(data)} sets of intensities, {len(titles)} titles"
        raise ReadError(text, where=where, do=DAMAGED)
    if not group and len(headers) != 1:
        raise ReadError(f"{len(headers)} spectra in a file of one", where=where, do=DAMAGED)
    for place in titles:
        require_room(content, place, 260, "a title", where)
    heads: list[OmnicHead] = []
    for place, (start, size) in zip(headers, data, strict=True):
        require_room(content, place, _HEADER_SIZE, "a header", where)
        head = head_at(content, place)
        require_room(content, start, size, "the intensities", where)
        if size != 4 * head.points or not 0 < head.points <= MOST_POINTS:
            text = f"{size} bytes of intensities for {head.points} points"
            raise ReadError(text, where=f"{where}, byte {start}", do=DAMAGED)
        require_rows(head.points, where=where, noun="points")
        if not (math.isfinite(head.first) and math.isfinite(head.last)):
            raise ReadError("the axis is no number", where=f"{where}, byte {place}", do=DAMAGED)
        history = text_at(content, *texts[len(heads)]) if len(texts) == len(headers) else ""
        heads.append(replace(head, data=start, history=history))
    return tuple(heads)


def _lines(content: bytes, where: str, group: bool) -> list[tuple[int, int, int]]:
    """Return key, place and size of every line of the table."""
    require_room(content, 0, _FIRST_LINE, "the file header", where)
    count = struct.unpack_from("<H", content, 294)[0] if group else _MOST_LINES
    found = []
    for number in range(count):
        at = _FIRST_LINE + _LINE * number
        require_room(content, at, _LINE, "the key table", where)
        key, place, size = content[at], *struct.unpack_from("<II", content, at + 2)
        if not group and key in (0, 1):
            break
        if key in (_HEADER, _INTENSITIES, 4, 27, 102, 103, _TITLE):
            require_room(content, place, 0, f"what key {key} names", where)
        if key in (4, 27, 102, 103, 130, 146):
            require_room(content, place, size, f"what key {key} names", where)
        found.append((key, place, size))
    return found


def text_at(content: bytes, place: int, size: int) -> str:
    """Return the printable letters of a text up to its zero byte.

    Parameters
    ----------
    content : bytes
        The whole file.
    place, size : int
        Where it lies at most.

    Returns
    -------
    str
    """
    letters = content[place : place + size].split(b"\0", 1)[0].decode("latin-1")
    return "".join(letter for letter in letters if letter.isprintable() or letter == "\n")


def for_library(content: bytes, heads: Sequence[OmnicHead]) -> bytes:
    """Return the bytes with an end for every text that the library searches the end of.

    Parameters
    ----------
    content : bytes
        The whole file.
    heads : sequence of OmnicHead
        From `omnic_heads`.

    Returns
    -------
    bytes
        The text behind each header begins with its end (the history is taken here), unless
        intensities lie there; two zero bytes stand behind the end of the file.
    """
    changed = bytearray(content + b"\0\0")
    for head in heads:
        at = head.place + HISTORY_OFFSET
        if all(
            not start - 2 < at < start + 4 * one.points for one in heads for start in (one.data,)
        ):
            changed[at : at + 2] = b"\0\0"
    return bytes(changed)


def head_at(content: bytes, place: int) -> OmnicHead:
    """Return a header at its place, by the offsets of the library's documentation.

    Parameters
    ----------
    content : bytes
        The whole file, which holds the header.
    place : int
        Byte where it begins.

    Returns
    -------
    OmnicHead
        Without place of intensities and history.
    """
    (points,) = struct.unpack_from("<I", content, place + 4)
    first, last = struct.unpack_from("<ff", content, place + 16)
    (scans,) = struct.unpack_from("<I", content, place + 36)
    (background,) = struct.unpack_from("<I", content, place + 52)
    kind, percent = Y_KINDS_BY_KEY.get(content[place + 12], ("unknown", False))
    unit = X_UNITS.get(content[place + 8], f"unit {content[place + 8]}")
    return OmnicHead(points, unit, kind, percent, first, last, scans, background, place)
