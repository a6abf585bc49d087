"""A table as one of pandas, with the columns of its CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spectrafit.notebook import data_frame
from spectrafit.reporting.tables import Table

if TYPE_CHECKING:
    import pandas

__all__ = ["table_frame"]


def table_frame(table: Table) -> pandas.DataFrame:
    """Return a table with the columns and the digits of its CSV file.

    Parameters
    ----------
    table : Table
        What to convert.

    Returns
    -------
    pandas.DataFrame
        Numbers that are not there are not a number; units are in ``frame.attrs``.
    """
    spread = table.spread
    cells = list(zip(*spread.rows, strict=True)) or [()] * len(spread.columns)
    columns = {
        column.name: list(values) for column, values in zip(spread.columns, cells, strict=True)
    }
    units = {column.name: column.unit for column in spread.columns if column.unit}
    frame = data_frame(columns, units, title=table.title, note=table.notes)
    return frame.infer_objects()
