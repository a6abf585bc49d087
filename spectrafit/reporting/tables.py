"""A table as a value, and its one renderer for CSV, Markdown and HTML."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.rounding import UNCERTAINTY_NOTE, number_text, value_text
from spectrafit.text import one_line, printable

__all__ = [
    "Cell",
    "Column",
    "Measured",
    "Table",
    "cell_text",
    "csv_text",
    "html_table",
    "markdown_table",
    "plain_table",
]

_WIDEST = 72  # letters to which a column of a Markdown table is filled up
_SHORT = 18  # letters of a cell that is not broken into lines
_LONG = 40  # letters of a cell that a narrow screen may not squeeze


@dataclass(frozen=True)
class Measured:
    """A cell that is a value with its uncertainty, or with the reason why there is none.

    Parameters
    ----------
    value : float
        The number.
    sigma : float or None
        One standard uncertainty.
    reason : str
        Why there is no sigma.
    """

    value: float
    sigma: float | None
    reason: str = ""


Cell = None | bool | int | float | str | Measured


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    name : str
        In the CSV file; ASCII, without blanks.
    title : str
        As printed; the name when empty.
    unit : str
        Unit of every cell, for the printed head; empty where rows differ.
    measured : bool
        Whether its cells are `Measured`: three columns in the CSV file.
    """

    name: str
    title: str = ""
    unit: str = ""
    measured: bool = False

    @property
    def head(self) -> str:
        """The printed head, with unit."""
        title = self.title or self.name
        return f"{title} / {self.unit}" if self.unit and self.unit != "1" else title


@dataclass(frozen=True)
class Table:
    """A table of typed cells.

    Parameters
    ----------
    name : str
        Stem of its file.
    columns : tuple of Column
        Heads.
    rows : tuple of tuple of Cell
        As long as the heads.
    title : str
        One line.
    note : str
        Printed below; what ± means is added by itself where a column is measured.

    Raises
    ------
    ValueError
        When a row is not as long as the heads.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"{self.name}: {len(row)} cells under {len(self.columns)} heads: {row!r}"
                )

    @property
    def notes(self) -> str:
        """What is printed below."""
        measured = any(column.measured for column in self.columns)
        return " ".join(part for part in (self.note, UNCERTAINTY_NOTE if measured else "") if part)


def cell_text(cell: Cell) -> str:
    """Return a cell as it is read.

    Parameters
    ----------
    cell : Cell
        Of any type.

    Returns
    -------
    str
    """
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int():
            return str(cell)
        case float():
            return number_text(cell)
        case Measured(value, sigma, reason):
            return value_text(value, sigma, reason)
        case str():
            return cell


def csv_text(table: Table) -> str:
    """Return a table as CSV with full precision; no cell can run in a spreadsheet.

    A measured column becomes ``name``, ``name_standard_uncertainty`` and
    ``name_uncertainty_reason``. A text that a spreadsheet would take for a formula (it begins
    with ``=``, ``+``, ``-`` or ``@``) gets an apostrophe in front; numbers keep their sign.

    Parameters
    ----------
    table : Table
        What to write.

    Returns
    -------
    str
        Comma-separated with line feeds.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    heads: list[str] = []
    for column in table.columns:
        heads.append(_spreadsheet_text(column.name))
        if column.measured:
            heads.append(_spreadsheet_text(f"{column.name}_standard_uncertainty"))
            heads.append(_spreadsheet_text(f"{column.name}_uncertainty_reason"))
    writer.writerow(heads)
    for row in table.rows:
        cells: list[str] = []
        for column, cell in zip(table.columns, row, strict=True):
            if not column.measured:
                cells.append(_csv_cell(cell))
            elif isinstance(cell, Measured):
                cells += [_csv_cell(cell.value), _csv_cell(cell.sigma), _csv_cell(cell.reason)]
            else:
                cells += [_csv_cell(cell), "", ""]
        writer.writerow(cells)
    return stream.getvalue()


def _csv_cell(cell: Cell) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return repr(float(cell)) if math.isfinite(cell) else ""
        case str():
            return _spreadsheet_text(cell)
        case _:
            return cell_text(cell)


def _spreadsheet_text(text: str) -> str:
    text = printable(text)
    return f"'{text}" if re.match(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]", text) else text


def markdown_table(table: Table) -> str:
    """Return a table with pipes, its columns aligned so that it reads as plain text too.

    Parameters
    ----------
    table : Table
        What to write.

    Returns
    -------
    str
        With its notes below.
    """
    from spectrafit.reporting.markdown import escaped

    grid = [[escaped(column.head) for column in table.columns]]
    grid += [[escaped(cell_text(cell)) for cell in row] for row in table.rows]
    right = _right(table)
    widths = [max(3, *(len(row[i]) for row in grid)) for i in range(len(table.columns))]
    rule = [
        "-" * (width - 1) + ":" if flag else "-" * min(width, _WIDEST)
        for width, flag in zip(widths, right, strict=True)
    ]
    lines = [
        "| "
        + " | ".join(
            cell.rjust(width) if flag else cell.ljust(min(width, _WIDEST))
            for cell, width, flag in zip(row, widths, right, strict=True)
        )
        + " |"
        for row in (grid[0], rule, *grid[1:])
    ]
    text = "\n".join(lines)
    return f"{text}\n\n{escaped(table.notes)}" if table.notes else text


def plain_table(table: Table) -> str:
    """Return a table for a console, columns set with blanks; no sign beyond Latin-1 of our own.

    Parameters
    ----------
    table : Table
        What to print.

    Returns
    -------
    str
        Title, heads, rows and notes.
    """
    grid = [[one_line(column.head) for column in table.columns]]
    grid += [[one_line(cell_text(cell)) for cell in row] for row in table.rows]
    right = _right(table)
    widths = [max(len(row[i]) for row in grid) for i in range(len(table.columns))]
    lines = [one_line(table.title)] if table.title else []
    lines += [
        "  ".join(
            cell.rjust(width) if flag else cell.ljust(width)
            for cell, width, flag in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in grid
    ]
    lines += [table.notes] if table.notes else []
    return "\n".join(lines).replace("\N{MINUS SIGN}", "-")


def html_table(table: Table) -> str:
    """Return a table as HTML, every text escaped.

    Parameters
    ----------
    table : Table
        What to write.

    Returns
    -------
    str
    """
    from html import escape

    numbers = _right(table)

    def line(tag: str, texts: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{_html_class(text, number)}>{escape(one_line(text))}</{tag}>"
            for text, number in zip(texts, numbers, strict=True)
        )

    head = line("th", [column.head for column in table.columns])
    body = "\n".join(f"<tr>{line('td', [cell_text(c) for c in row])}</tr>" for row in table.rows)
    caption = f"<caption>{escape(one_line(table.title))}</caption>" if table.title else ""
    notes = f'<p class="note">{escape(one_line(table.notes))}</p>' if table.notes else ""
    return (
        f'<div class="table"><table>{caption}<thead><tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>{notes}"
    )


def _html_class(text: str, number: bool) -> str:
    if number:
        return ' class="number"'
    if len(text) > _LONG:
        return ' class="long"'
    return ' class="short"' if 0 < len(text) <= _SHORT else ""


def _right(table: Table) -> list[bool]:
    """Return which columns hold numbers and are set flush right."""
    columns = [[row[i] for row in table.rows] for i in range(len(table.columns))]
    return [
        any(_is_number(cell) for cell in column)
        and all(cell is None or _is_number(cell) for cell in column)
        for column in columns
    ]


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)
