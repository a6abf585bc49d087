"""The reader of Excel workbooks with infrared spectra: each sheet is a table of columns."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spectrafit.alert import Alert
from spectrafit.encoding import file_content
from spectrafit.errors import ReadError
from spectrafit.recording import Recording
from spectrafit.size_limits import require_rows
from spectrafit.table import text_table
from spectrafit.text import one_line
from spectrafit_ir.readers.notices import notice
from spectrafit_ir.readers.spectral_file import SpectralFile, missing_library
from spectrafit_ir.readers.spectrum_columns import spectra_of_columns
from spectrafit_ir.readers.workbook_archive import checked_archive

__all__ = ["ExcelReader", "excel_reader"]

_ZIP = b"PK\x03\x04"
_ENDINGS = (".xlsx", ".xlsm")
_MOST_CELLS = 2_000_000  # of all sheets, with the empty ones between those that are written
_MOST_ROWS = 400_000
_MOST_LETTERS = 64_000_000
_AS_TEXT = "save it again from Excel, or save the sheet as text"


def _cell_text(value: object) -> str:
    """Return a cell as text that a table of columns can be read from."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return " ".join(str(value).split()).replace('"', "")
    return repr(float(value))


class _Room:
    """What the sheets of a workbook may still hold; a few marks can stand for millions of cells."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.cells, self.letters, self.rows = _MOST_CELLS, _MOST_LETTERS, _MOST_ROWS

    def taken(self, row: Sequence[object]) -> list[str]:
        """Return the cells of a row as text, or raise ReadError where they are too many."""
        self.cells -= len(row)
        self.rows -= 1
        if self.cells < 0 or self.rows < 0:
            what = f"more than {_MOST_CELLS} cells or {_MOST_ROWS} rows"
            raise ReadError(what, where=self.where, do=_AS_TEXT)
        if not row:
            return []
        texts = [_cell_text(value) for value in row]
        self.letters -= sum(map(len, texts))
        if self.letters < 0:
            raise ReadError(f"more than {_MOST_LETTERS} letters", where=self.where, do=_AS_TEXT)
        return texts


def _sheets(content: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each sheet that holds cells, and its cells as tab-separated text."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise missing_library("openpyxl", where) from error
    try:
        # values as last computed by Excel, never formulas
        book: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        room = _Room(where)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a sheet says of its size may be wrong
            rows = [room.taken(row) for row in sheet.iter_rows(values_only=True)]
            require_rows(len(rows), where=where, noun="rows")
            used = max((j + 1 for row in rows for j, cell in enumerate(row) if cell), default=0)
            lines = ["\t".join(row[:used]) for row in rows if any(row)]
            if lines and used > 1:
                yield str(sheet.title), ("\n".join(lines) + "\n").encode()
        book.close()
    except ReadError:
        raise
    # openpyxl raises whatever its parsers do on a damaged part
    except Exception as error:
        raise ReadError(
            f"the workbook cannot be read: {type(error).__name__}: {error}",
            where=where,
            do=_AS_TEXT,
        ) from error


def _notices(said: Sequence[warnings.WarningMessage], where: str) -> tuple[Alert, ...]:
    """Return what openpyxl warned of, each text once."""
    texts = dict.fromkeys(one_line(str(each.message), 200) for each in said)
    return tuple(notice(where, f"openpyxl says: {text}") for text in texts)


@dataclass(frozen=True)
class ExcelReader:
    """The reader of workbooks whose sheets hold wavenumbers and ordinates in columns."""

    name: str = "excel"
    title: str = "infrared columns in Excel: wavenumber (cm-1) and named ordinates, a sheet a table"
    extensions: tuple[str, ...] = _ENDINGS

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.5 for a workbook by its first bytes and its ending, else 0.

        Parameters
        ----------
        path : Path
            Its ending.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        return 0.5 if head.startswith(_ZIP) and path.suffix.lower() in _ENDINGS else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the spectra of all sheets; which column is fitted is asked for where several are.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording
            Named ``file#sheet`` where several sheets hold tables.

        Raises
        ------
        ReadError
            When the workbook is damaged, holds no table, or an axis is no wavenumber.
        """
        content = file_content(path)
        checked_archive(content, path.name)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            sheets = list(_sheets(content, path.name))
        if not sheets:
            raise ReadError("no sheet holds columns", where=path.name, do="leave the file out")
        found: list[Recording] = []
        for title, text in sheets:
            table = text_table(text, f"{path.name}, sheet {title}")
            file = SpectralFile(path, content, self.name, _notices(said, path.name))
            found += spectra_of_columns(table, file, scan=title if len(sheets) > 1 else "")
        return tuple(found)


excel_reader = ExcelReader()
