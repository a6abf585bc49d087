"""Counts in text: one a line (ADT and the like), or several a line.

Layouts: one count a line; several a line; either with the number of the first channel in front.
Lines of words, ``key: value``, comments, and values such as live and real time may stand above.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.alert import Alert
from spectrafit.cell import is_number, one_sign
from spectrafit.encoding import Text
from spectrafit.errors import ReadError
from spectrafit.labels import header_entry
from spectrafit.layout import is_comment
from spectrafit.spectrum import FloatArray
from spectrafit.table import header_mapping
from spectrafit_mossbauer.readers.count_checks import (
    checked_counts,
    is_usual_count,
    no_sample,
    notice,
    require_channels,
)

__all__ = ["CountsText", "count_cells", "counts_text", "is_header"]

_BETWEEN = re.compile(r"[\s,;]+")
_WHOLE = re.compile(r"\+?\d+", re.ASCII)
_MARKS = re.compile(r"\s*[#%;!/<]+")
_MOST_HEADER_VALUES = 4
_STANDS_APART = 0.6  # of the level; a half-filled first channel has 0.5 of it
_FEWEST_SEEN = 60


@dataclass(frozen=True)
class _Row:
    line: int
    cells: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class CountsText:
    """What a text of counts holds.

    Parameters
    ----------
    counts : ndarray, shape (n,)
        In channel order, checked.
    header : mapping of str to str
        Word for word; bare values above the counts are under ``"values above the counts"``.
    notices : tuple of Alert
        Everything that was not plain.
    """

    counts: FloatArray
    header: Mapping[str, str]
    notices: tuple[Alert, ...]


def count_cells(line: str, *, decimals: bool = False) -> tuple[float, ...]:
    """Return the numbers of a line of counts, none where one of its cells is no count.

    Parameters
    ----------
    line : str
        One line.
    decimals : bool
        Whether ``20123.0`` is a count.

    Returns
    -------
    tuple of float
    """
    cells = _BETWEEN.split(one_sign(line).strip(" \t,;"))
    plain = all(map(_WHOLE.fullmatch, cells))
    if plain or (decimals and all(is_number(cell, ".") for cell in cells)):
        return tuple(float(cell.replace("D", "E").replace("d", "e")) for cell in cells)
    return ()


def is_header(line: str) -> bool:
    """Return whether a line is marked as a comment, as in `is_comment` or by ``<``.

    Parameters
    ----------
    line : str
        One line.

    Returns
    -------
    bool
    """
    return is_comment(line) or line.lstrip().startswith("<")


def _divided(
    text: Text, where: str, decimals: bool
) -> tuple[list[_Row], list[tuple[int, str]], list[str]]:
    """Return rows of counts, header lines with their numbers, and bare values above the counts."""
    rows: list[_Row] = []
    header: list[tuple[int, str]] = []
    values: list[str] = []
    for number, line in enumerate(text.lines, 1):
        if not line.strip():
            continue
        if is_header(line):
            header.append((number, _MARKS.sub("", line, count=1)))
        elif cells := count_cells(line, decimals=decimals):
            rows.append(_Row(number, cells))
        elif not rows and (header_entry(line) or not re.search(r"\d", line)):
            header.append((number, line))
        elif not rows and _are_values(line):
            values.append(line.strip())
        else:
            raise _no_count(line, number, bool(rows), where)
    return rows, header, values


def _are_values(line: str) -> bool:
    cells = _BETWEEN.split(line.strip(" \t,;"))
    return all(is_number(cell, ".") and not cell.startswith("-") for cell in cells)


def _no_count(line: str, number: int, below: bool, where: str) -> ReadError:
    cells = _BETWEEN.split(one_sign(line).strip(" \t,;"))
    if any(is_number(cell, ".") and cell.startswith("-") for cell in cells):
        what = f"a negative count: {line.strip()[:40]!r}"
    elif below and all(is_number(cell, ".") for cell in cells):
        what = f"a count that is no whole number: {line.strip()[:40]!r}"
    elif below:
        what = f"no count: {line.strip()[:40]!r}"
    else:
        what = f"an odd header line: {line.strip()[:40]!r}"
    do = "mend the line" if below else "mark header lines with #, or write them as key: value"
    return ReadError(what, where=f"{where}:{number}", do=do)


def _even(rows: Sequence[_Row], where: str) -> tuple[list[_Row], list[_Row]]:
    """Return values above the counts and rows of equal width; only the last may be short."""
    widths = [len(row.cells) for row in rows]
    usual = int(np.bincount(widths).argmax())
    start = next(j for j, width in enumerate(widths) if width == usual)
    if start > _MOST_HEADER_VALUES:
        start = 0
    last = len(rows) - 1
    for j, row in enumerate(rows[start:], start):
        if len(row.cells) != usual and not (j == last and len(row.cells) < usual):
            raise ReadError(
                f"{len(row.cells)} numbers where other lines have {usual}",
                where=f"{where}:{row.line}",
                do="mend the line, or mark header lines with #",
            )
    return list(rows[:start]), list(rows[start:])


def _numbered(rows: Sequence[_Row], where: str) -> bool:
    """Return whether each row begins with the number of its first channel, from 0 or 1."""
    width = len(rows[0].cells)
    if width < 2 or len(rows) < 2:
        return False
    step = width - 1
    first = np.array([row.cells[0] for row in rows])
    for start in (0, 1):
        expected = start + step * np.arange(len(rows))
        fits = first == expected
        if fits.all():
            return True
        if fits.mean() > 0.5:
            j = int(np.argmin(fits))
            raise ReadError(
                f"channel {first[j]:.0f} where channel {expected[j]} is expected",
                where=f"{where}:{rows[j].line}",
                do="a line is missing, doubled or damaged: copy the file again",
            )
    return False


def _check_one_spectrum(rows: Sequence[_Row], where: str) -> None:
    """Refuse columns that may be several spectra side by side."""
    width = len(rows[0].cells)
    if width == 2 or (width > 2 and is_usual_count(len(rows))):
        raise ReadError(
            f"{len(rows)} lines of {width} numbers: columns of several spectra, or one spectrum "
            f"of {len(rows) * width} channels?",
            where=f"{where}:{rows[0].line}",
            do="write one spectrum a file, or read the columns with --reader columns",
        )


def _header_values(counts: FloatArray, lines: NDArray[np.int64], stated: bool, where: str) -> int:
    """Return how many of the first values are no counts, by the number of channels left."""
    if stated or counts.size < _FEWEST_SEEN or is_usual_count(counts.size):
        return 0
    for extra in range(1, _MOST_HEADER_VALUES + 1):
        rest = counts.size - extra
        if rest & (rest - 1):
            continue
        level = float(np.median(counts[extra : extra + 50]))
        if (np.abs(counts[:extra] - level) > _STANDS_APART * level).all():
            return extra
        raise ReadError(
            f"{counts.size} values: {rest} channels below {extra} header value"
            f"{'' if extra == 1 else 's'}, or {counts.size} channels?",
            where=f"{where}:{int(lines[0])}",
            do=f"begin header lines with #, or add a line 'channels = {counts.size}' on top",
        )
    return 0


def counts_text(text: Text, where: str, *, decimals: bool = False) -> CountsText:
    """Return the counts in a text.

    Parameters
    ----------
    text : Text
        The lines.
    where : str
        File name, for messages.
    decimals : bool
        Whether counts are written like ``20123.0``.

    Returns
    -------
    CountsText

    Raises
    ------
    ReadError
        With file and line, where something is no count or could be read in two ways.
    """
    rows, marked, values = _divided(text, where, decimals)
    if not rows:
        raise ReadError("no counts", where=where, do="name the reader that knows the format")
    above, rows = _even(rows, where)
    numbered = _numbered(rows, where)
    if not numbered:
        _check_one_spectrum(rows, where)
    cells = [(row.line, cell) for row in rows for cell in row.cells[int(numbered) :]]
    lines = np.array([line for line, _ in cells], dtype=np.int64)
    counts = np.array([cell for _, cell in cells])
    header = dict(header_mapping(line for _, line in marked if line.strip()))
    stated = any("chan" in key.lower() for key in header)
    extra = _header_values(counts, lines, stated or numbered, where)
    values += [" ".join(f"{cell:.0f}" for cell in row.cells) for row in above]
    values += [f"{value:.0f}" for value in counts[:extra]]
    counts, lines = counts[extra:], lines[extra:]
    found = list(text.notices)
    inside = [number for number, _ in marked if lines.size and lines[0] < number < lines[-1]]
    if inside:
        text_ = f"{len(inside)} comment lines between the counts left out"
        found.append(notice(f"{where}:{inside[0]}", text_, "READ-002"))
    if values:
        header["values above the counts"] = "\n".join(values)
        found.append(notice(where, f"header values, not counts: {', '.join(values)[:80]}"))
    if len(rows[0].cells) > 1 or values:
        found.append(no_sample(where, "text with several counts a line or header values"))
    counts = checked_counts(counts, where, lines)
    if not text.ended and lines[-1] == len(text.lines):
        found.append(notice(where, "the file ends without a line end: if it was cut off, look"))
    found += require_channels(counts.size, header, where, int(lines[-1]))
    return CountsText(counts, header, tuple(found))
