"""A table for a console."""

from __future__ import annotations

from spectrafit.reporting.tables import Table, cell_text, number_columns
from spectrafit.text import one_line

__all__ = ["plain_table"]


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
    right = number_columns(table)
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
