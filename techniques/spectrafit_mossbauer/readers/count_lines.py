"""Lines of counts: what is a count, what is a header, and rows of equal width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.cell import is_number, one_sign
from spectrafit.encoding import Text
from spectrafit.errors import ReadError
from spectrafit.labels import header_entry
from spectrafit.layout import is_comment

__all__ = [
    "MOST_HEADER_VALUES",
    "CountRow",
    "count_cells",
    "divided_lines",
    "even_rows",
    "is_header",
    "is_numbered",
]

MOST_HEADER_VALUES = 4
_BETWEEN = re.compile(r"[\s,;]+")
_WHOLE = re.compile(r"\+?\d+", re.ASCII)
_MARKS = re.compile(r"\s*[#%;!/<]+")


@dataclass(frozen=True)
class CountRow:
    """One line of counts.

    Parameters
    ----------
    line : int
        Line of the file, counted from 1.
    cells : tuple of float
        Its numbers.
    """

    line: int
    cells: tuple[float, ...]


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


def divided_lines(
    text: Text, where: str, decimals: bool
) -> tuple[list[CountRow], list[tuple[int, str]], list[str]]:
    """Return rows of counts, header lines with their numbers, and bare values above the counts.

    Parameters
    ----------
    text : Text
        The lines.
    where : str
        File name, for messages.
    decimals : bool
        Whether ``20123.0`` is a count.

    Returns
    -------
    rows : list of CountRow
    header : list of (int, str)
        Line and text, without its comment mark.
    values : list of str
        Lines of numbers that are no counts.

    Raises
    ------
    ReadError
        With file and line, where a line is neither.
    """
    rows: list[CountRow] = []
    header: list[tuple[int, str]] = []
    values: list[str] = []
    for number, line in enumerate(text.lines, 1):
        if not line.strip():
            continue
        if is_header(line):
            header.append((number, _MARKS.sub("", line, count=1)))
        elif cells := count_cells(line, decimals=decimals):
            rows.append(CountRow(number, cells))
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


def even_rows(rows: Sequence[CountRow], where: str) -> tuple[list[CountRow], list[CountRow]]:
    """Return values above the counts and rows of equal width; only the last may be short.

    Parameters
    ----------
    rows : sequence of CountRow
        At least one.
    where : str
        File name, for messages.

    Returns
    -------
    above, even : list of CountRow

    Raises
    ------
    ReadError
        With file and line, where another row has more or fewer numbers.
    """
    widths = [len(row.cells) for row in rows]
    usual = int(np.bincount(widths).argmax())
    start = next(j for j, width in enumerate(widths) if width == usual)
    if start > MOST_HEADER_VALUES:
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


def is_numbered(rows: Sequence[tuple[float, ...]]) -> bool:
    """Return whether most rows begin with the number of their first channel.

    Parameters
    ----------
    rows : sequence of tuple of float
        Equally long, but for the last.

    Returns
    -------
    bool
        True where the first cells mostly rise by one less than the cells of a row.
    """
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    steps = np.diff([row[0] for row in rows])
    return bool((steps == len(rows[0]) - 1).mean() > 0.5)
