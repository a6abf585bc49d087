r"""A table as LaTeX for a paper: booktabs rules, values as ``5.10(12)``, notes below."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TypeGuard

from spectrafit.reporting.tables import Cell, Measured, Table, cell_text, number_columns
from spectrafit.rounding import number_text
from spectrafit.tex import tex_text

__all__ = ["latex_table"]

_ONE_PAGE = 40  # rows that a page holds
_LONG_CELL = 40  # letters that are broken into lines
_LONG_HEAD = 12  # letters of a head that is stacked at its dots
_BROKEN = r"p{0.28\linewidth}"
_END = r" \tabularnewline"


def latex_table(table: Table) -> str:
    r"""Return a table for a paper; it needs booktabs, and longtable above 40 rows.

    The title is the caption, and the notes stand below, so that every table says what ± means. A
    value without an uncertainty has a letter, which the notes explain. Every text is escaped; the
    result is ASCII and needs no input encoding.

    Parameters
    ----------
    table : Table
        What to write.

    Returns
    -------
    str
        For ``\input``; its label is ``tab:`` and the table's name. Ends with a line feed.
    """
    letters = _letters(table)
    body = [[_cell(cell, letters) for cell in row] for row in table.rows]
    kinds = [_kind(table, body, i) for i in range(len(table.columns))]
    head = _row([_head(one.head, kind) for one, kind in zip(table.columns, kinds, strict=True)])
    rows = [
        _row(
            [rf"\raggedright {text}" if kind == _BROKEN and text else text for text, kind in pairs]
        )
        for pairs in (zip(row, kinds, strict=True) for row in body)
    ]
    notes = [rf"\textsuperscript{{{letter}}}\,{tex_text(why)}." for why, letter in letters.items()]
    notes += [tex_text(table.notes)] if table.notes else []
    label = re.sub(r"[^A-Za-z0-9]+", "-", table.name).strip("-")
    caption = rf"\caption{{{tex_text(table.title or table.name)}}}\label{{tab:{label}}}"
    build = _long_table if len(rows) > _ONE_PAGE else _float
    return "\n".join(build(caption, kinds, head, rows, " ".join(notes))) + "\n"


def _float(
    caption: str, kinds: Sequence[str], head: str, rows: Sequence[str], note: str
) -> list[str]:
    below = [rf"\par\smallskip\parbox{{\linewidth}}{{\footnotesize {note}}}"] if note else []
    return [
        r"\begin{table}",
        r"\centering\small",
        caption,
        rf"\begin{{tabular}}{{@{{}}{''.join(kinds)}@{{}}}}",
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
    caption: str, kinds: Sequence[str], head: str, rows: Sequence[str], note: str
) -> list[str]:
    below = (
        rf"\multicolumn{{{len(kinds)}}}{{@{{}}p{{0.95\linewidth}}@{{}}}}{{\footnotesize {note}}}"
    )
    return [
        r"\begingroup\small",
        rf"\begin{{longtable}}{{@{{}}{''.join(kinds)}@{{}}}}",
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


def _head(text: str, kind: str) -> str:
    """Return a head, a long one stacked at its dots, its unit on a line of its own."""
    if kind == _BROKEN:
        return tex_text(text)
    title, slash, unit = text.rpartition(" / ")
    lines = [title if slash else text]
    if len(lines[0]) > _LONG_HEAD:
        lines = re.findall(r"[^.]+\.?|\.", lines[0])
    lines += [f"/ {unit}"] if slash else []
    if len(lines) == 1:
        return tex_text(lines[0])
    stack = r" \\ ".join(tex_text(line) for line in lines)
    return rf"\begin{{tabular}}[b]{{@{{}}{kind}@{{}}}}{stack}\end{{tabular}}"


def _kind(table: Table, body: Sequence[Sequence[str]], i: int) -> str:
    """Return how a column is set: broken into lines, flush right or left."""
    cells = [row[i] for row in table.rows]
    if any(isinstance(cell, str) and len(cell) > _LONG_CELL for cell in cells):
        return _BROKEN
    measured = table.columns[i].measured and all(
        cell is None or isinstance(cell, Measured) for cell in cells
    )
    return "r" if measured or number_columns(table)[i] else "l"


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
