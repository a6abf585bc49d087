"""Tables as a workbook for a spreadsheet: numbers are numbers, and no cell can run."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from spectrafit.errors import SpectrafitError
from spectrafit.files import write_whole
from spectrafit.reporting.tables import Cell, Table, cell_text
from spectrafit.rounding import UNCERTAINTY_NOTE
from spectrafit.text import printable

__all__ = ["MISSING_OPENPYXL", "can_write_xlsx", "write_xlsx"]

MISSING_OPENPYXL = 'needs openpyxl: pip install "spectrafit-suite[formats]"'

_LONGEST = 32_767  # letters that a cell of a workbook holds
_NAME = 31  # letters of the name of a sheet
_WIDEST = 48
_NARROWEST = 9
_LOOKED_AT = 200  # rows that are looked at for the width of a column
# the earliest time of a zip file, so that equal tables are equal bytes
_DAY = (1980, 1, 1, 0, 0, 0)
_STAMP = "1980-01-01T00:00:00Z"


def can_write_xlsx() -> bool:
    """Return whether the library that writes workbooks is installed.

    Returns
    -------
    bool
    """
    return find_spec("openpyxl") is not None


def write_xlsx(tables: Sequence[Table], path: Path, about: Mapping[str, str] | None = None) -> Path:
    """Write tables as one workbook: a sheet a table, and the sheet ``about``.

    A measured column becomes value, standard uncertainty and reason, as in a CSV file. A text that
    a spreadsheet would take for a formula stays a text. Equal tables give equal bytes.

    Parameters
    ----------
    tables : sequence of Table
        At least one.
    path : Path
        The file.
    about : mapping of str to str, optional
        What else the sheet ``about`` says: study, version and the like.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SpectrafitError
        Where openpyxl is not installed, or the file cannot be written.
    """
    if not can_write_xlsx():
        raise SpectrafitError(f"{path.name} {MISSING_OPENPYXL}")
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    names: list[str] = []
    for table in tables:
        names.append(_sheet_name(table.name, names))
        _fill(book.create_sheet(names[-1]), table.spread)
    sheet = book.create_sheet(_sheet_name("about", names))
    rows: list[tuple[Cell, ...]] = [(name, text) for name, text in (about or {}).items()]
    rows.append(("uncertainties", UNCERTAINTY_NOTE))
    for name, table in zip(names, tables, strict=True):
        rows += [(f"sheet {name}", part) for part in (table.title, table.note) if part]
        rows += [(f"unit of {one.name}", one.unit) for one in table.columns if one.unit]
    _fill_rows(sheet, rows)
    _set_widths(sheet, [("", ""), *rows])
    stream = io.BytesIO()
    book.save(stream)
    return write_whole(path, _timeless(stream.getvalue()))


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Font

    heads = tuple(column.name for column in table.columns)
    _fill_rows(sheet, [heads, *table.rows])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    _set_widths(sheet, [heads, *table.rows])


def _fill_rows(sheet: Any, rows: Sequence[tuple[Cell, ...]]) -> None:
    for i, row in enumerate(rows, start=1):
        for j, content in enumerate(row, start=1):
            if content is None or (isinstance(content, float) and not math.isfinite(content)):
                continue
            if isinstance(content, bool | int | float):
                sheet.cell(i, j, content)
                continue
            text = printable(cell_text(content))
            if not text:
                continue
            if len(text) > _LONGEST:
                text = f"{text[: _LONGEST - 1]}…"
            cell = sheet.cell(i, j, text)
            cell.data_type = "s"  # never a formula, an error value or a date
            cell.quotePrefix = text.lstrip()[:1] in tuple("=+-@")


def _set_widths(sheet: Any, rows: Sequence[tuple[Cell, ...]]) -> None:
    from openpyxl.utils import get_column_letter

    for j in range(max(map(len, rows))):
        longest = max(len(cell_text(row[j])) for row in rows[:_LOOKED_AT] if j < len(row))
        width = min(max(longest + 2, _NARROWEST), _WIDEST)
        sheet.column_dimensions[get_column_letter(j + 1)].width = width


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    stem = re.sub(r"[\[\]:*?/\\]", "_", printable(name)).strip(" '")[:_NAME] or "table"
    found, number = stem, 1
    while found.lower() in {one.lower() for one in taken}:
        number += 1
        found = f"{stem[: _NAME - len(str(number)) - 1]}-{number}"
    return found


def _timeless(content: bytes) -> bytes:
    """Return a workbook without the times at which it was made."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as made,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/core.xml":
                part = re.sub(
                    rb"(<dcterms:\w+[^>]*>)[^<]*(</)", rb"\g<1>%s\g<2>" % _STAMP.encode(), part
                )
            written.writestr(zipfile.ZipInfo(name, _DAY), part, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
