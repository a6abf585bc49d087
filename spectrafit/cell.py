"""One cell of a table: a number with point or comma, a gap, or words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

__all__ = [
    "NOT_PLAIN",
    "cell_value",
    "has_mark",
    "is_gap",
    "is_grouped",
    "is_number",
    "is_row",
    "is_spaced",
    "line_cells",
    "one_sign",
]

_EXPONENT = r"(?:[eEdD][+-]?\d+)?"
_NUMBER = {
    ".": re.compile(rf"[+-]?(?:\d+\.?\d*|\.\d+){_EXPONENT}", re.ASCII),
    ",": re.compile(rf"[+-]?(?:\d+,?\d*|,\d+){_EXPONENT}", re.ASCII),
}
_GROUPED = {
    ".": re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:,\d{{3}})+(?:\.\d*)?{_EXPONENT}", re.ASCII),
    ",": re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:\.\d{{3}})+(?:,\d*)?{_EXPONENT}", re.ASCII),
}
_SPACED = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:[ '’]\d{3})+(?:\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?:[ '’]\d{3})+(?:,\d*)?", re.ASCII),
}
_MARKED = re.compile(r"[+-]?[\d.,]+(?:[eEdD][+-]?\d+)?", re.ASCII)
_GAP = re.compile(
    r"|\*+|#+|[-+]?(?:nan|inf|infinity)|n/?a|#n/?a|null|none|-+|\?+|#div/0!|#value!|#num!"
    r"|[-+]?1\.#(?:qnan|snan|inf|ind)\d*|ovld|overflow|overload",
    re.IGNORECASE,
)
NOT_PLAIN = re.compile(r"[^0-9+\-.,;eEdD\s]")
_PLAIN_ROW = re.compile(r"[\s\d+\-.,;eEdD]+", re.ASCII)
_BREAKS = re.compile(r"[\s;,]+")
_SIGNS = str.maketrans(
    {"\u2212": "-", "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " ", "\ufeff": ""}
)


def one_sign(line: str) -> str:
    """Return a line with one form of the minus and of the blank.

    Parameters
    ----------
    line : str
        Any text.

    Returns
    -------
    str
    """
    return line if line.isascii() else line.translate(_SIGNS)


def is_number(cell: str, decimal: str = ".,") -> bool:
    """Return whether a cell reads as a number with one of some decimal marks.

    Parameters
    ----------
    cell : str
        Without blanks around it. Fortran's exponents (``1.0D+03``) are numbers.
    decimal : str
        Marks that are tried.

    Returns
    -------
    bool
    """
    return any(_NUMBER[mark].fullmatch(cell) for mark in decimal)


def is_grouped(cell: str, decimal: str) -> bool:
    """Return whether a cell is a number whose thousands carry the other mark (``7,112.5``).

    Parameters
    ----------
    cell : str
        Without blanks around it.
    decimal : str
        The decimal mark.

    Returns
    -------
    bool
    """
    return bool(_GROUPED[decimal].fullmatch(cell))


def is_spaced(cell: str) -> bool:
    """Return whether a cell is a number whose thousands are set apart by blanks or apostrophes.

    Parameters
    ----------
    cell : str
        Without blanks around it.

    Returns
    -------
    bool
    """
    return any(pattern.fullmatch(cell) for pattern in _SPACED.values())


def has_mark(cell: str) -> bool:
    """Return whether a cell is made of digits with points or commas, in whatever order.

    Parameters
    ----------
    cell : str
        Without blanks around it.

    Returns
    -------
    bool
    """
    return bool(_MARKED.fullmatch(cell)) and ("." in cell or "," in cell)


def is_gap(cell: str) -> bool:
    """Return whether a cell is one of the usual words for a missing number, or empty.

    Parameters
    ----------
    cell : str
        Without blanks around it.

    Returns
    -------
    bool
    """
    return bool(_GAP.fullmatch(cell))


def cell_value(cell: str, decimal: str) -> float | None:
    """Return the number of a cell.

    Parameters
    ----------
    cell : str
        Without blanks around it.
    decimal : str
        The decimal mark of its table.

    Returns
    -------
    float or None
        Not a number for a gap, None for words.
    """
    if _NUMBER[decimal].fullmatch(cell):
        digits = cell
    elif _GROUPED[decimal].fullmatch(cell):
        digits = cell.replace("," if decimal == "." else ".", "")
    elif _SPACED[decimal].fullmatch(cell):
        digits = re.sub("[ '’]", "", cell)
    else:
        return math.nan if is_gap(cell) else None
    return float(digits.replace(decimal, ".").replace("D", "E").replace("d", "e"))


def line_cells(line: str) -> tuple[str, ...]:
    """Return the cells of a line, whatever separates them.

    Parameters
    ----------
    line : str
        One line.

    Returns
    -------
    tuple of str
    """
    return tuple(cell.strip('"') for cell in _BREAKS.split(one_sign(line).strip(" \t;,")))


def is_row(line: str) -> bool:
    """Return whether a line is a row of numbers: one cell is, and half are numbers or gaps.

    A line ``key: value`` or ``key = value`` is none.

    Parameters
    ----------
    line : str
        One line.

    Returns
    -------
    bool
    """
    if _PLAIN_ROW.fullmatch(line):
        return bool(line.strip(" \t\v\f+-.,;eEdD"))
    if "=" in line or re.search(r"[^\W\d]\s*:(?:\s|$)", line):
        return False
    whole = next((mark for mark in ";\t" if mark in line), "")
    cells = [cell.strip(' "') for cell in one_sign(line).split(whole)] if whole else ()
    return _mostly_numbers(cells) or _mostly_numbers(line_cells(line))


def _mostly_numbers(cells: Sequence[str]) -> bool:
    numbers = sum(map(is_number, cells))
    return numbers > 0 and 2 * (numbers + sum(map(is_gap, cells))) >= len(cells)
