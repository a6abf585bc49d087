"""Counts in text: one a line (ADT and the like), or several a line.

Layouts: one count a line; several a line; either with the number of the first channel in front.
Lines of words, ``key: value``, comments, and values such as live and real time may stand above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.alert import Alert
from spectrafit.encoding import Text
from spectrafit.errors import ReadError
from spectrafit.spectrum import FloatArray
from spectrafit.table import header_mapping
from spectrafit_mossbauer.readers.count_checks import (
    checked_counts,
    is_usual_count,
    no_sample,
    notice,
    require_channels,
    states_channels,
)
from spectrafit_mossbauer.readers.count_lines import (
    MOST_HEADER_VALUES,
    CountRow,
    divided_lines,
    even_rows,
    is_numbered,
)

__all__ = ["CountsText", "counts_text"]

_STANDS_APART = 0.6  # of the level; a half-filled first channel has 0.5 of it
_FEWEST_SEEN = 60


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


def _check_numbers(rows: Sequence[CountRow], where: str) -> None:
    """Refuse rows whose channel numbers do not run on from 0 or 1."""
    step = len(rows[0].cells) - 1
    expected = rows[0].cells[0] if rows[0].cells[0] in (0, 1) else 0.0
    for row in rows:
        if row.cells[0] != expected:
            raise ReadError(
                f"channel {row.cells[0]:.0f} where channel {expected:.0f} is expected",
                where=f"{where}:{row.line}",
                do="a line is missing, doubled or damaged: copy the file again",
            )
        expected += step


def _check_one_spectrum(rows: Sequence[CountRow], where: str) -> None:
    """Refuse columns that may be several spectra side by side."""
    width = len(rows[0].cells)
    if width == 2 or (width > 2 and is_usual_count(len(rows))):
        raise ReadError(
            f"{len(rows)} lines of {width} numbers: columns of several spectra, or one spectrum "
            f"of {len(rows) * width} channels?",
            where=f"{where}:{rows[0].line}",
            do="write one spectrum a file, or read the columns with --reader columns",
        )


def _check_above(above: Sequence[CountRow], counts: FloatArray, where: str) -> None:
    """Refuse a line of several values above the counts that may be counts of a lost line end."""
    level = float(np.median(counts[:50]))
    for row in above:
        if (np.abs(np.array(row.cells) - level) <= _STANDS_APART * level).any():
            raise ReadError(
                f"{len(row.cells)} numbers where other lines have another number of them: "
                "header values or counts?",
                where=f"{where}:{row.line}",
                do="begin header lines with #, or mend the line",
            )


def _header_values(counts: FloatArray, lines: NDArray[np.int64], stated: bool, where: str) -> int:
    """Return how many of the first values are no counts, by the number of channels left."""
    if stated or counts.size < _FEWEST_SEEN or is_usual_count(counts.size):
        return 0
    for extra in range(1, MOST_HEADER_VALUES + 1):
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
    rows, marked, values = divided_lines(text, where, decimals)
    if not rows:
        raise ReadError("no counts", where=where, do="name the reader that knows the format")
    above, rows = even_rows(rows, where)
    numbered = is_numbered([row.cells for row in rows])
    (_check_numbers if numbered else _check_one_spectrum)(rows, where)
    cells = [(row.line, cell) for row in rows for cell in row.cells[int(numbered) :]]
    lines = np.array([line for line, _ in cells], dtype=np.int64)
    counts = np.array([cell for _, cell in cells])
    header = dict(header_mapping(line for _, line in marked if line.strip()))
    stated = numbered or states_channels(header)
    if not stated:
        _check_above(above, counts, where)
    extra = _header_values(counts, lines, stated, where)
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
        found.append(
            notice(
                where,
                "the file ends without a line end: if it was cut off, its last count is short",
            )
        )
    found += require_channels(counts.size, header, where, int(lines[-1]))
    return CountsText(counts, header, tuple(found))
