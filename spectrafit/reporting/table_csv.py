"""A table as a CSV file for a spreadsheet: every digit, and no cell that could run."""

from __future__ import annotations

import csv
import io
import math
from functools import lru_cache

from spectrafit.reporting.tables import Cell, Table, cell_text
from spectrafit.text import spreadsheet_text

__all__ = ["csv_text"]


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
    spread = table.spread
    writer.writerow([_harmless(column.name) for column in spread.columns])
    writer.writerows([_written(cell) for cell in row] for row in spread.rows)
    return stream.getvalue()


def _written(cell: Cell) -> str | float:
    """Return a cell as it is handed to the writer, which gives a number every digit."""
    if type(cell) is float:  # nearly all cells of a long curve
        return cell if math.isfinite(cell) else ""
    if cell is None:
        return ""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return repr(float(cell)) if math.isfinite(cell) else ""
        case str():
            return _harmless(cell)
        case _:
            return cell_text(cell)


@lru_cache(maxsize=1024)  # a label stands in every row of its curve
def _harmless(text: str) -> str:
    return spreadsheet_text(text)
