"""Where the spectra of an OMNIC SRS series lie, checked before a library takes their numbers.

Layout: three or four equal marks, from which the places of header and spectra are counted, as
spectrochempy-omnic documents it in ``reader/read_omnic.py``. That library does not look whether the
spectra lie where the header says: titles tell that here, for each stands before its numbers.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass, replace

from spectrafit.errors import ReadError
from spectrafit.size_limits import require_rows
from spectrafit_ir.readers.omnic_layout import (
    DAMAGED,
    MOST_POINTS,
    OmnicHead,
    head_at,
    require_room,
    text_at,
)

__all__ = ["TITLE", "SeriesLayout", "series_for_library", "series_layout"]

_COMMON = bytes.fromhex("02000000180000000000")
# in the order in which the library tries them; the third mark is the beginning of all
_KINDS = (
    ("rapid scan", _COMMON + bytes.fromhex("484300504347"), 3),
    ("high-speed real time", _COMMON + bytes.fromhex("484300c8af47"), 4),
    ("GC or TGA", _COMMON, 3),
)
_RAPID, _HIGH_SPEED = _KINDS[0][0], _KINDS[1][0]
_HEADER_BEFORE_MARK, _SPECTRA_AFTER_MARK = 152, 60
_NAME, _TIMES, _SPECTRA, _HISTORY = 938, 1002, 1026, 1200
_GAP = 16
TITLE = 84
"""Bytes of a title, behind which the numbers of a spectrum begin."""
_STATE, _PRISTINE, _REPROCESSED = 292, 39, 15
_HISTORY_MARKS = {
    _RAPID: b"\xff" * 16,
    _HIGH_SPEED: bytes.fromhex("00000000100000000000000000") + b"\0\xff\xff",
}
_LONGEST_HISTORY = 100_000
_SPLIT = "split the series into SPA files in OMNIC, named by their temperatures"


@dataclass(frozen=True)
class SeriesLayout:
    """Where the spectra of a series lie.

    Parameters
    ----------
    kind : str
        ``"rapid scan"``, ``"high-speed real time"`` or ``"GC or TGA"``.
    head : OmnicHead
        Of all spectra; its ``data`` is the byte where the first title begins.
    name : str
        Of the series.
    titles : tuple of str
        One a spectrum.
    first_time, last_time : float
        In minutes.
    """

    kind: str
    head: OmnicHead
    name: str
    titles: tuple[str, ...]
    first_time: float
    last_time: float

    @property
    def stride(self) -> int:
        """Bytes from one title to the next."""
        return _stride(self.head.points)

    @property
    def end(self) -> int:
        """Byte behind the last spectrum."""
        return self.head.data + len(self.titles) * self.stride - _GAP


def _stride(points: int) -> int:
    return TITLE + 4 * points + _GAP


def series_layout(content: bytes, where: str) -> SeriesLayout:
    """Return the layout of a series, all of whose spectra lie whole in the file.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        File name, for messages.

    Returns
    -------
    SeriesLayout

    Raises
    ------
    ReadError
        When the library knows no such series, a piece is cut off, or numbers of points and
        spectra do not lead from title to title.
    """
    kind, marks = _marks(content, where)
    place, data = marks[0] - _HEADER_BEFORE_MARK, marks[-1] + _SPECTRA_AFTER_MARK
    require_room(content, place, _HISTORY, "the header", where)
    if place < 0 or place + _SPECTRA + 4 > data:
        raise ReadError("header and spectra overlap", where=f"{where}, byte {data}", do=DAMAGED)
    head = head_at(content, place)
    _, last_time, first_time = struct.unpack_from("<3f", content, place + _TIMES)
    (count,) = struct.unpack_from("<I", content, place + _SPECTRA)
    if not 2 <= head.points <= MOST_POINTS or count < 2:
        # one spectrum alone has no second title that tells whether the number of points is right
        text = f"{count} spectra of {head.points} points are no series"
        raise ReadError(text, where=f"{where}, byte {place}", do=DAMAGED)
    require_room(content, data, count * _stride(head.points) - _GAP, "the last spectrum", where)
    require_rows(head.points, where=where, noun="points")
    if not all(map(math.isfinite, (head.first, head.last, first_time, last_time))):
        text = "axis or times are no numbers"
        raise ReadError(text, where=f"{where}, byte {place}", do=DAMAGED)
    if not first_time < last_time:
        text = f"times from {first_time:g} to {last_time:g} min do not rise"
        raise ReadError(text, where=f"{where}, byte {place}", do=DAMAGED)
    if head.background_scans == 0 and head.first > head.last:
        # the library takes it for an interferogram and turns the axis round
        text = "no background was measured: these are no spectra of absorbance"
        raise ReadError(text, where=where, do=_SPLIT)
    titles = _titles(content, data, _stride(head.points), count, where)
    history = _history(content, kind, head, data, where)
    name = text_at(content, place + _NAME, _TIMES - _NAME)
    whole = replace(head, data=data, history=history)
    return SeriesLayout(kind, whole, name, titles, first_time, last_time)


def _marks(content: bytes, where: str) -> tuple[str, list[int]]:
    """Return the kind of a series and the places of its marks."""
    end = f"{where}, byte {len(content)}"
    for kind, mark, count in _KINDS:
        marks = [found.start() for found in re.finditer(re.escape(mark), content)]
        if marks and len(marks) != count:
            text = f"{len(marks)} marks of a series of {kind}, which has {count}"
            raise ReadError(text, where=end, do=DAMAGED)
        if marks:
            return kind, marks
    names = ", ".join(kind for kind, _, _ in _KINDS)
    text = f"an SRS series that spectrochempy-omnic does not know (it knows: {names}), or cut off"
    raise ReadError(text, where=end, do=_SPLIT)


def _titles(content: bytes, data: int, stride: int, count: int, where: str) -> tuple[str, ...]:
    """Return the title of every spectrum; where one is no text, a count of the header is wrong."""
    titles: list[str] = []
    padded, form = _is_padded(content, data), _form(_title(content, data))
    for number in range(count):
        place = data + number * stride
        title = _title(content, place)
        # a title some letters late is text too: the first, whose place no count moves, tells
        alike = _is_padded(content, place) if padded else _form(title) == form
        if not (title and alike):
            text = f"spectrum {number + 1}: no title is where the header puts it"
            raise ReadError(text, where=f"{where}, byte {place}", do=DAMAGED)
        titles.append(title)
    behind = data + count * stride
    following = _title(content, behind)
    if following and _form(following) == _form(titles[-1]):
        text = f"the header counts {count} spectra, {following!r} comes behind them"
        raise ReadError(text, where=f"{where}, byte {behind}", do=DAMAGED)
    return tuple(titles)


def _title(content: bytes, place: int) -> str:
    """Return the text of a title, empty where there is none or anything else."""
    title = content[place : place + TITLE].split(b"\0", 1)[0].decode("latin-1")
    return title if title.isprintable() else ""


def _is_padded(content: bytes, place: int) -> bool:
    """Return whether zero bytes alone follow a title to the end of its room."""
    _, end, behind = content[place : place + TITLE].partition(b"\0")
    return bool(end) and not behind.strip(b"\0")


def _form(title: str) -> str:
    return re.sub(r"[0-9.,]+", "0", title)


def _history(content: bytes, kind: str, head: OmnicHead, data: int, where: str) -> str:
    """Return what was done by the file, from the place of this kind of series."""
    if kind == _RAPID:
        state = content[_STATE]
        if state not in (_PRISTINE, _REPROCESSED):
            text = f"state {state} of a rapid scan, which is neither as measured nor processed"
            raise ReadError(text, where=f"{where}, byte {_STATE}", do=_SPLIT)
        if state == _PRISTINE:
            begin = head.place + _HISTORY
            return text_at(content, begin, max(0, data - begin))
    mark = _HISTORY_MARKS.get(kind)
    at = content.find(mark) if mark else -1
    return text_at(content, at + 16, _LONGEST_HISTORY) if at >= 0 else ""


def series_for_library(content: bytes, layout: SeriesLayout) -> bytes:
    """Return the bytes with an end for every text that the library searches the end of.

    Parameters
    ----------
    content : bytes
        The whole file.
    layout : SeriesLayout
        From `series_layout`.

    Returns
    -------
    bytes
        The histories begin with their end (they are taken here), unless spectra lie there; two
        zero bytes stand behind the end of the file.
    """
    changed = bytearray(content + b"\0\0")
    mark = _HISTORY_MARKS.get(layout.kind)
    found = content.find(mark) if mark else -1
    for at in (layout.head.place + _HISTORY, found + 16 if found >= 0 else -1):
        free = at >= 0 and not layout.head.data - 2 < at < layout.end
        # nor may it break a mark
        if free and content.count(_COMMON, max(0, at - 15), at + 17) == 0:
            changed[at : at + 2] = b"\0\0"
    return bytes(changed)
