"""A table as Markdown."""

from __future__ import annotations

from spectrafit.reporting.markdown_line import escaped
from spectrafit.reporting.tables import Table, cell_text, number_columns

__all__ = ["markdown_table"]

_WIDEST = 72  # letters to which a column is filled up


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
    grid = [[escaped(column.head) for column in table.columns]]
    grid += [[escaped(cell_text(cell)) for cell in row] for row in table.rows]
    right = number_columns(table)
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
