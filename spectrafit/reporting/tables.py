"""A table as a value: heads, typed cells, and what is said below it.

Each format has its own module: `table_csv`, `table_html`, `table_latex`, `table_markdown`,
`table_plain`, `table_xlsx`. Numbers are rounded by `spectrafit.rounding` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from spectrafit.rounding import UNCERTAINTY_NOTE, number_text, value_text

__all__ = ["Cell", "Column", "Measured", "Table", "cell_text", "number_columns"]


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

    @property
    def spread(self) -> Table:
        """The same for a spreadsheet: no cell is `Measured`.

        A measured column becomes three: ``name``, ``name_standard_uncertainty`` and
        ``name_uncertainty_reason``.
        """
        if not any(column.measured for column in self.columns):
            return self
        columns: list[Column] = []
        for column in self.columns:
            columns.append(replace(column, measured=False))
            if column.measured:
                name = column.name
                columns.append(Column(f"{name}_standard_uncertainty", unit=column.unit))
                columns.append(Column(f"{name}_uncertainty_reason"))
        rows: list[tuple[Cell, ...]] = []
        for row in self.rows:
            cells: list[Cell] = []
            for column, cell in zip(self.columns, row, strict=True):
                if not column.measured:
                    cells.append(cell)
                elif isinstance(cell, Measured):
                    cells += [cell.value, cell.sigma, cell.reason]
                else:
                    cells += [cell, None, None]
            rows.append(tuple(cells))
        return replace(self, columns=tuple(columns), rows=tuple(rows))


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


def number_columns(table: Table) -> tuple[bool, ...]:
    """Return which columns hold numbers only, and are set flush right.

    Parameters
    ----------
    table : Table
        With or without rows.

    Returns
    -------
    tuple of bool
        One a column; a column without any number is none.
    """
    columns = [[row[i] for row in table.rows] for i in range(len(table.columns))]
    return tuple(
        any(_is_number(cell) for cell in column)
        and all(cell is None or _is_number(cell) for cell in column)
        for column in columns
    )


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)
