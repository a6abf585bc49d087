"""The reader of Excel workbooks with infrared spectra: each sheet is a table of columns."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spectrafit.encoding import SIZE_LIMIT, file_content
from spectrafit.errors import ReadError
from spectrafit.recording import Recording
from spectrafit.table import text_table
from spectrafit_ir.readers.spectral_file import SpectralFile, missing_library
from spectrafit_ir.readers.spectrum_columns import spectra_of_columns

__all__ = ["ExcelReader", "excel_reader"]

_ZIP = b"PK\x03\x04"
_ENDINGS = (".xlsx", ".xlsm")
_LARGEST_RATIO = 200.0  # of unpacked to packed; sheets of numbers have 3 to 20


def _checked_archive(content: bytes, where: str) -> None:
    """Refuse a workbook that unpacks to more than it should."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ReadError(
            f"the workbook is damaged or cut off at byte {len(content)}: {error}",
            where=where,
            do="save it again from Excel",
        ) from error
    if unpacked > min(SIZE_LIMIT, _LARGEST_RATIO * len(content)):
        raise ReadError(
            f"the workbook unpacks from {len(content)} to {unpacked} bytes",
            where=where,
            do="save the sheet as text",
        )


def _cell_text(value: object) -> str:
    """Return a cell as text that a table of columns can be read from."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return " ".join(str(value).split()).replace('"', "")
    return repr(float(value))


def _sheets(content: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each sheet that holds cells, and its cells as tab-separated text."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise missing_library("openpyxl", where) from error
    try:
        # values as last computed by Excel, never formulas
        book: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = [
                [_cell_text(value) for value in row] for row in sheet.iter_rows(values_only=True)
            ]
            used = max((j + 1 for row in rows for j, cell in enumerate(row) if cell), default=0)
            lines = ["\t".join(row[:used]) for row in rows if any(row)]
            if lines and used > 1:
                yield str(sheet.title), ("\n".join(lines) + "\n").encode()
        book.close()
    # openpyxl raises whatever its parsers do on a damaged part
    except Exception as error:
        raise ReadError(
            f"the workbook cannot be read: {type(error).__name__}: {error}",
            where=where,
            do="save it again from Excel, or save the sheet as text",
        ) from error


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
        _checked_archive(content, path.name)
        sheets = list(_sheets(content, path.name))
        if not sheets:
            raise ReadError("no sheet holds columns", where=path.name, do="leave the file out")
        found: list[Recording] = []
        for title, text in sheets:
            table = text_table(text, f"{path.name}, sheet {title}")
            file = SpectralFile(path, content, self.name)
            found += spectra_of_columns(table, file, scan=title if len(sheets) > 1 else "")
        return tuple(found)


excel_reader = ExcelReader()
