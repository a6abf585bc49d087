r"""A table as LaTeX for a paper: booktabs rules, values as ``5.10(12)``, notes below."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeGuard

from spectrafit.reporting.tables import Cell, Measured, Table, cell_text, number_columns
from spectrafit.rounding import number_text
from spectrafit.tex import tex_text

__all__ = ["latex_table"]

_ONE_PAGE = 40  # rows that a page holds
_LONG_CELL = 30  # letters that are broken into lines
_LONG_HEAD = 8  # letters of a head that is stacked at its dots and blanks
_BROKEN = "p"
_BROKEN_LETTERS = 18  # of a column that is broken into lines, at least
_END = r" \tabularnewline"
_LINE = 345.0  # pt, of a plain article
# each with the width of a figure and of the gap between columns in pt
_SIZES = (
    (r"\small", 4.8, 12.0),
    (r"\footnotesize", 4.4, 12.0),
    (r"\scriptsize\setlength{\tabcolsep}{3pt}", 4.1, 6.0),
)


def latex_table(table: Table) -> str:
    r"""Return a table for a paper; it needs booktabs, and longtable above 40 rows.

    The title is the caption, and the notes stand below, so that every table says what ± means. A
    value without an uncertainty has a letter, which the notes explain; a column without a single
    cell is left out. Every text is escaped; the result is ASCII and needs no input encoding.

    Parameters
    ----------
    table : Table
        What to write.

    Returns
    -------
    str
        For ``\input``; its label is ``tab:`` and the table's name. Ends with a line feed.
    """
    table = _without_empty_columns(table)
    letters = _letters(table)
    heads = [_head_lines(column.head) for column in table.columns]
    size, kinds, spec = _layout(table, heads, _kinds(table))
    head = _row([_head(lines, kind) for lines, kind in zip(heads, kinds, strict=True)])
    rows = [
        _row([_broken(_cell(cell, letters), kind) for cell, kind in zip(row, kinds, strict=True)])
        for row in table.rows
    ]
    notes = [rf"\textsuperscript{{{letter}}}\,{tex_text(why)}." for why, letter in letters.items()]
    notes += [tex_text(table.notes)] if table.notes else []
    label = re.sub(r"[^A-Za-z0-9]+", "-", table.name).strip("-")
    caption = rf"\caption{{{tex_text(table.title or table.name)}}}\label{{tab:{label}}}"
    build = _long_table if len(rows) > _ONE_PAGE else _float
    return "\n".join(build(caption, size, spec, head, rows, " ".join(notes))) + "\n"


def _float(
    caption: str, size: str, spec: str, head: str, rows: Sequence[str], note: str
) -> list[str]:
    below = [rf"\par\smallskip\parbox{{\linewidth}}{{\footnotesize {note}}}"] if note else []
    return [
        r"\begin{table}",
        r"\centering",
        caption + r"\par\smallskip",
        size,
        rf"\begin{{tabular}}{{{spec}}}",
        r"\toprule",
        head,
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
        *below,
        r"\end{table}",
    ]


def _long_table(
    caption: str, size: str, spec: str, head: str, rows: Sequence[str], note: str
) -> list[str]:
    columns = 1 + head.count(" & ")
    below = rf"\multicolumn{{{columns}}}{{@{{}}p{{0.95\linewidth}}@{{}}}}{{\footnotesize {note}}}"
    return [
        rf"\begingroup{size}",
        rf"\begin{{longtable}}{{{spec}}}",
        caption + _END,
        r"\toprule",
        head,
        r"\midrule",
        r"\endfirsthead",
        r"\toprule",
        head,
        r"\midrule",
        r"\endhead",
        r"\bottomrule",
        r"\endfoot",
        r"\bottomrule",
        *([below + _END] if note else []),
        r"\endlastfoot",
        *rows,
        r"\end{longtable}",
        r"\endgroup",
    ]


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + _END


def _broken(text: str, kind: str) -> str:
    return rf"\raggedright {text}" if kind == _BROKEN and text else text


def _without_empty_columns(table: Table) -> Table:
    kept = [
        i
        for i in range(len(table.columns))
        if not table.rows or any(row[i] not in (None, "") for row in table.rows)
    ]
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
    )


def _layout(
    table: Table, heads: Sequence[Sequence[str]], kinds: Sequence[str]
) -> tuple[str, tuple[str, ...], str]:
    """Return the largest letters in which a table fits a line, its columns, and their LaTeX.

    Where none does, the widest column of words is broken into lines.
    """
    widths = [
        max((*map(len, heads[i]), *(_letters_of(cell_text(row[i])) for row in table.rows)))
        for i in range(len(kinds))
    ]
    chosen = list(kinds)
    while True:
        letters = sum(width for width, kind in zip(widths, chosen, strict=True) if kind != _BROKEN)
        count = chosen.count(_BROKEN)
        rooms = [
            (size, (_LINE - gap * (len(chosen) - 1) - width * letters) / max(count, 1), width)
            for size, width, gap in _SIZES
        ]
        fitting = next(
            (one for one in rooms if one[1] >= (one[2] * _BROKEN_LETTERS if count else 0)), None
        )
        wide = [i for i, kind in enumerate(chosen) if kind == "l" and widths[i] > _BROKEN_LETTERS]
        if fitting is not None or not wide:
            break
        chosen[max(wide, key=lambda i: widths[i])] = _BROKEN
    size, room, width = fitting or rooms[-1]
    share = max(room, width * _BROKEN_LETTERS / 2) / _LINE
    broken = rf"p{{{share:.2f}\linewidth}}"
    columns = "".join(broken if kind == _BROKEN else kind for kind in chosen)
    return size, tuple(chosen), f"@{{}}{columns}@{{}}"


def _letters_of(text: str) -> int:
    """Return the letters that a cell takes; a reason stands in the notes."""
    return len(text.partition(" (no uncertainty")[0])


def _head_lines(text: str) -> tuple[str, ...]:
    """Return a head, a long one stacked at its dots and blanks, its unit on a line of its own."""
    title, slash, unit = text.rpartition(" / ")
    title = title if slash else text
    parts = [title] if len(title) <= _LONG_HEAD else re.findall(r"[^. ]+\.?(?: \W)?|\.", title)
    return (*(parts or [title]), *((f"/ {unit}",) if slash else ()))


def _head(lines: Sequence[str], kind: str) -> str:
    words = kind == _BROKEN and not any(line.endswith(".") for line in lines)
    if words or len(lines) == 1:
        return tex_text(" ".join(lines))
    stack = r" \\ ".join(tex_text(line) for line in lines)
    side = "r" if kind == "r" else "l"
    return rf"\begin{{tabular}}[b]{{@{{}}{side}@{{}}}}{stack}\end{{tabular}}"


def _kinds(table: Table) -> tuple[str, ...]:
    """Return how each column is set: broken into lines, flush right or left."""
    numbers = number_columns(table)
    kinds = []
    for i, column in enumerate(table.columns):
        cells = [row[i] for row in table.rows]
        measured = all(cell is None or isinstance(cell, Measured) for cell in cells)
        if any(isinstance(cell, str) and len(cell) > _LONG_CELL for cell in cells):
            kinds.append(_BROKEN)
        else:
            kinds.append("r" if numbers[i] or (column.measured and measured) else "l")
    return tuple(kinds)


def _letters(table: Table) -> dict[str, str]:
    """Return a letter for each reason why a value has no uncertainty."""
    reasons = dict.fromkeys(_reason(cell) for row in table.rows for cell in row if _is_bare(cell))
    return {why: _letter(i) for i, why in enumerate(reasons)}


def _is_bare(cell: Cell) -> TypeGuard[Measured]:
    if not isinstance(cell, Measured):
        return False
    known = cell.sigma is not None and math.isfinite(cell.sigma) and cell.sigma > 0
    return not known or not math.isfinite(cell.value)


def _reason(cell: Measured) -> str:
    return f"No uncertainty: {cell.reason or 'not given'}"


def _letter(i: int) -> str:
    more, last = divmod(i, 26)
    return (_letter(more - 1) if more else "") + "abcdefghijklmnopqrstuvwxyz"[last]


def _cell(cell: Cell, letters: dict[str, str]) -> str:
    if _is_bare(cell):
        letter = letters[_reason(cell)]
        return rf"{tex_text(number_text(cell.value))}\textsuperscript{{{letter}}}"
    return tex_text(cell_text(cell))
