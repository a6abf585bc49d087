"""Rows of delimited numbers become one array; what holds no number is a gap, and is told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from spectrafit.alert import Alert
from spectrafit.cell import NOT_PLAIN, cell_value
from spectrafit.errors import ReadError
from spectrafit.separators import CutRows, check_comma, check_thousands, cut_rows, decimal_mark
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["COLUMN_LIMIT", "Block", "number_block"]

COLUMN_LIMIT = 100_000
_CHUNK = 20_000


@dataclass(frozen=True, eq=False)
class Block:
    """A table of numbers out of rows of text.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        One row a line; not a number where a cell holds none.
    lines : ndarray of int, shape (n,)
        The line of the file that each row stands in, counted from 1.
    separator : str
        Tab, ``;``, ``,`` or a space for any run of blanks.
    decimal : str
        Point or comma.
    text : frozenset of int
        Columns, counted from 0, with words but without a single number; all gaps in `values`.
    empty : frozenset of int
        Columns without a single character, which doubled or trailing separators make.
    notices : tuple of Alert
        Gaps, columns of text, marks of thousands, a cut last row.
    """

    values: FloatArray
    lines: NDArray[np.int64]
    separator: str
    decimal: str
    text: frozenset[int]
    empty: frozenset[int]
    notices: tuple[Alert, ...]


def number_block(
    rows: Sequence[str],
    lines: Sequence[int],
    *,
    where: str,
    labels: str = "",
    ended: bool = True,
) -> Block:
    """Return the numbers in rows of text.

    The separator is a semicolon, a tab, a comma or blanks; the decimal mark a point or a comma.
    Where two readings of the same text would give different numbers, it is refused.

    Parameters
    ----------
    rows : sequence of str
        Lines of numbers only: no comments, no labels, no empty lines.
    lines : sequence of int
        The line of the file that each stands in, for messages.
    where : str
        File name, for messages.
    labels : str, optional
        The line of labels, which decides whether a comma separates.
    ended : bool
        Whether the last row has its line end.

    Returns
    -------
    Block

    Raises
    ------
    ReadError
        When there are no rows, rows differ in length (other than a short last one), or the text
        can be read in two ways.
    """
    if not rows:
        raise ReadError(
            "no rows of numbers", where=where, do="name the reader that knows the format"
        )
    table = cut_rows(rows, lines, where)
    table, notices = _even(table)
    decimal, grouped = decimal_mark(table)
    check_comma(table, labels)
    values, words = _values(table, decimal, grouped)
    if grouped:
        check_thousands(table, decimal)
        notices += (table.notice("READ-002", f"marks of thousands were left out, as in {grouped}"),)
    if not ended and len(table.rows) == len(rows):
        values, cut = _without_cut_number(values, table)
        notices += cut
    has_number: NDArray[np.bool_] = np.logical_or.reduce(np.isfinite(values), axis=0)
    text = frozenset(j for j in words if not has_number[j])
    bare = [j for j in np.flatnonzero(~has_number).tolist() if j not in text]
    empty = frozenset(j for j in bare if not any(table.cells(row)[j] for row in table.rows))
    return Block(
        read_only(values),
        np.array(table.lines[: len(table.rows)], dtype=np.int64),
        table.separator,
        decimal,
        text,
        empty,
        notices + _gap_notices(values, text, empty, table),
    )


def _even(table: CutRows) -> tuple[CutRows, tuple[Alert, ...]]:
    """Return rows of equal length; a short last one is a scan that was stopped."""
    rows = table.rows
    widths = np.fromiter(map(table.width, rows), np.int64, len(rows))
    usual = int(widths[0] if len(rows) == 2 else np.bincount(widths).argmax())
    if usual > COLUMN_LIMIT:
        raise ReadError(
            f"a row has {usual} cells, the limit is {COLUMN_LIMIT}",
            where=table.at(0),
            do="write one row a line",
        )
    odd = np.flatnonzero(widths != usual)
    if not odd.size:
        return table, ()
    first, last = int(odd[0]), len(rows) - 1
    if first == last and last > 0 and widths[last] < usual:
        text = f"the last row has {widths[last]} of {usual} cells and was left out: a stopped scan"
        return replace(table, rows=rows[:last]), (table.notice("READ-002", text, last),)
    noun = "cell" if widths[first] == 1 else "cells"
    what = f"the row has {widths[first]} {noun} where others have {usual}"
    if table.separator == "," and not table.quoted and "." not in table.text:
        raise table.ambiguous(f"{what}: commas may be decimal marks", first)
    raise ReadError(
        what,
        where=table.at(first),
        do="mend the row, or begin it with # to leave it out",
    )


def _values(table: CutRows, decimal: str, grouped: str) -> tuple[FloatArray, frozenset[int]]:
    """Return the numbers, and the columns that hold words."""
    rows = table.rows
    width = table.width(rows[0])
    values = np.empty((len(rows), width))
    words: set[int] = set()
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        text = "\n".join(chunk)
        part = None
        if not grouped:
            text = text.replace(",", ".") if decimal == "," else text
            if not NOT_PLAIN.search(text):
                part = _plain_values(text.replace("D", "E").replace("d", "e"), table.between)
        if part is None:
            part, found = _careful_values(chain.from_iterable(map(table.cells, chunk)), decimal)
            words.update(place % width for place in found)
        values[start : start + len(chunk)] = np.reshape(part, (len(chunk), width))
    values[~np.isfinite(values)] = np.nan
    return values, frozenset(words)


def _plain_values(text: str, between: str) -> list[float] | None:
    """Return the numbers of a text of digits, signs and marks only, None where one is no number."""
    cells = text.split() if between == " " else _line_cells(text, between)
    try:
        return list(map(float, cells))
    except ValueError:
        return None


def _line_cells(text: str, between: str) -> Iterator[str]:
    return chain.from_iterable(row.split(between) for row in text.split("\n"))


def _careful_values(cells: Iterable[str], decimal: str) -> tuple[list[float], list[int]]:
    """Return numbers and gaps, and where there are words."""
    values: list[float] = []
    words: list[int] = []
    for cell in cells:
        number = _float(cell) if decimal == "." else None
        if number is None or math.isnan(number):
            number = cell_value(cell, decimal)
        if number is None:
            words.append(len(values))
        values.append(math.nan if number is None else number)
    return values, words


def _float(cell: str) -> float | None:
    if "_" in cell or not cell.isascii():
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def _without_cut_number(values: FloatArray, table: CutRows) -> tuple[FloatArray, tuple[Alert, ...]]:
    """Return values without a last number that is shorter than all above it in a cut file."""
    last = len(table.rows) - 1
    cell = table.cells(table.rows[last])[-1]
    above = {_digits(table.cells(row)[-1]) for row in table.rows[-50:-1]}
    if last > 1 and len(above) == 1 and _digits(cell) < max(above):
        values[last, -1] = np.nan
        text = f"the file ends inside a number: {cell!r} was read as a gap"
        return values, (table.notice("READ-002", text, last),)
    text = "the file ends without a line end: if it was cut off, its last number is short"
    return values, (table.notice("READ-001", text, last),)


def _digits(cell: str) -> tuple[int, int]:
    """Return how many letters the exponent has, and the digits behind the decimal mark."""
    number, _, exponent = cell.upper().replace("D", "E").partition("E")
    return len(exponent), len(number.replace(",", ".").partition(".")[2])


def _gap_notices(
    values: FloatArray, text: frozenset[int], empty: frozenset[int], table: CutRows
) -> tuple[Alert, ...]:
    notices: tuple[Alert, ...] = ()
    for j in sorted(text):
        cell = next(cell for row in table.rows if (cell := table.cells(row)[j]))
        words = f"column {j} (counted from 0) holds text, like {cell[:40]!r}, and was left out"
        looks = any(letter.isdigit() for letter in cell)
        notices += (table.notice("READ-002" if looks else "READ-001", words),)
    gaps = np.isnan(values)
    gaps[:, [*text, *empty]] = False
    count = int(gaps.sum())
    if count:
        row, column = (int(index) for index in np.argwhere(gaps)[0])
        words = (
            f"{count} {'cell holds' if count == 1 else 'cells hold'} no number, in "
            f"{int(gaps.any(axis=1).sum())} of {len(values)} rows (first: "
            f"{table.cells(table.rows[row])[column][:40]!r} in column {column}, counted from 0)"
        )
        notices += (table.notice("READ-002", words, row),)
    return notices
