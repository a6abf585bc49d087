"""Where the table stands in a text: its rows, the lines above it, and all other lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.cell import is_gap, is_number, is_row, line_cells
from spectrafit.delimited import Block, number_block
from spectrafit.encoding import Text
from spectrafit.errors import ReadError
from spectrafit.labels import HeaderLine

__all__ = ["Layout", "is_comment", "text_layout"]

_COMMENT = re.compile(r"\s*(?://|[#%;!])[#%!;/]*")
_SCAN = re.compile(r"\s*#S\s+\d+")
_MOST_LOOSE_ROWS = 4


@dataclass(frozen=True, eq=False)
class Layout:
    """A text divided into the rows of its table and everything else.

    Parameters
    ----------
    block : Block
        The numbers.
    above : tuple of HeaderLine
        Lines above the first row.
    others : tuple of HeaderLine
        All lines that are no rows and not empty, those above included.
    notices : tuple of Alert
        Encoding, numbers, and lines that stand where they should not.
    """

    block: Block
    above: tuple[HeaderLine, ...]
    others: tuple[HeaderLine, ...]
    notices: tuple[Alert, ...]


def is_comment(line: str) -> bool:
    """Return whether a line begins with a comment mark: ``#``, ``%``, ``!``, ``;`` or ``//``.

    Parameters
    ----------
    line : str
        One line.

    Returns
    -------
    bool
        False for a row whose first cell is empty, before a semicolon that separates.
    """
    return _mark_end(line) > 0


def _mark_end(line: str) -> int:
    mark = _COMMENT.match(line)
    if mark is None:
        return 0
    if mark[0].endswith(";") and ";" in line[mark.end() :] and is_row(line):
        return 0
    return mark.end()


def text_layout(text: Text, where: str) -> Layout:
    """Return the table of a text and the lines around it.

    Parameters
    ----------
    text : Text
        The lines.
    where : str
        File name, for messages.

    Returns
    -------
    Layout

    Raises
    ------
    ReadError
        When there is no table, more than one, or one that cannot be read without doubt.
    """
    rows, others = _divided(text.lines, where)
    first, last = rows[0], rows[-1]
    above = tuple(line for line in others if line.line < first)
    inside = [line for line in others if first < line.line < last]
    nearest = next((line.text for line in reversed(above) if not line.is_rule), "")
    _check_one_scan(inside, nearest, text.lines, where)
    block = number_block(
        [text.lines[line - 1] for line in rows],
        rows,
        where=where,
        labels=nearest,
        ended=text.ended or last < len(text.lines),
    )
    notices = text.notices + block.notices + _notices(inside, others, rows, where)
    return Layout(block, above, tuple(others), notices)


def _divided(lines: Sequence[str], where: str) -> tuple[list[int], list[HeaderLine]]:
    """Return the line numbers of the table's rows, and all other lines that hold something."""
    runs: list[list[int]] = [[]]
    others: list[HeaderLine] = []
    for number, line in enumerate(lines, 1):
        end = _mark_end(line)
        if end:
            others.append(HeaderLine(line[end:], number, True))
        elif is_row(line):
            runs[-1].append(number)
        elif line.strip():
            others.append(HeaderLine(line, number, False))
            if runs[-1]:
                runs.append([])
    rows = max(runs, key=len)
    if not rows:
        raise ReadError(
            "no rows of numbers", where=where, do="name the reader that knows the format"
        )
    others += [
        HeaderLine(lines[line - 1], line, False) for line in _loose_rows(runs, rows, lines, where)
    ]
    if len(rows) > 1 and _names_its_columns(lines[rows[0] - 1], lines[rows[1] - 1]):
        others.append(HeaderLine(lines[rows[0] - 1], rows[0], False))
        rows = rows[1:]
    return rows, sorted(others, key=lambda line: line.line)


def _loose_rows(
    runs: Sequence[Sequence[int]], rows: Sequence[int], lines: Sequence[str], where: str
) -> list[int]:
    """Return rows of numbers apart from the table, refusing what may be a second table."""
    width = len(line_cells(lines[rows[-1] - 1]))
    loose: list[int] = []
    for run in runs:
        if not run or run is rows:
            continue
        alike = len(line_cells(lines[run[0] - 1])) == width
        if len(run) > 1 and (alike or len(run) > _MOST_LOOSE_ROWS):
            start, again = sorted((run[0], rows[0]))
            raise ReadError(
                f"rows of numbers begin in line {start} and again in line {again}",
                where=f"{where}:{again}",
                do="split the file, or name the reader that knows the format",
            )
        loose += run
    return loose


def _names_its_columns(first: str, second: str) -> bool:
    """Return whether the first row has words where the second has numbers."""
    above, below = line_cells(first), line_cells(second)
    return len(above) == len(below) and any(
        is_number(low) and not is_number(high) and not is_gap(high) and high[0].isalpha()
        for high, low in zip(above, below, strict=True)
    )


def _check_one_scan(
    inside: Sequence[HeaderLine], nearest: str, lines: Sequence[str], where: str
) -> None:
    """Refuse a file in which a second scan begins between the rows."""
    for line in inside:
        if _SCAN.match(lines[line.line - 1]) or (nearest and line.text == nearest):
            raise ReadError(
                f"a second scan begins: {lines[line.line - 1].strip()[:60]!r}",
                where=f"{where}:{line.line}",
                do="split the file, or name the reader that knows the format",
            )


def _notices(
    inside: Sequence[HeaderLine],
    others: Sequence[HeaderLine],
    rows: Sequence[int],
    where: str,
) -> tuple[Alert, ...]:
    found: list[tuple[str, str, int]] = []
    if inside:
        words = f"{_lines(len(inside), 'comment line')} between the rows left out"
        found.append(("READ-001", words, inside[0].line))
    known = {line.line for line in others}
    jumps = np.flatnonzero(np.diff(rows) > 1).tolist()
    gaps = [rows[j] for j in jumps if any(n not in known for n in range(rows[j] + 1, rows[j + 1]))]
    if gaps and len(gaps) < len(rows) - 1:
        words = f"empty lines divide the rows into {len(gaps) + 1} blocks: read as one table"
        found.append(("READ-002", words, gaps[0] + 1))
    loose = [
        line.line
        for line in others
        if not line.marked and is_row(line.text) and not line.text.lstrip()[:1].isalpha()
    ]
    if loose:
        words = f"{_lines(len(loose), 'line')} of numbers apart from the table: not read as data"
        found.append(("READ-002", words, loose[0]))
    below = [line.line for line in others if not line.marked and line.line > rows[-1]]
    if below:
        words = f"{_lines(len(below), 'line')} of words below the rows left out"
        found.append(("READ-001", words, below[0]))
    return tuple(
        alert_spec(code).alert(where=f"{where}:{line}", text=text) for code, text, line in found
    )


def _lines(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
