"""The reader of infrared text in columns: .dpt of OPUS, .csv, .txt, LabSpec with ``#Key=`` lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert
from spectrafit.cell import is_gap
from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.reader import HEAD_BYTES
from spectrafit.recording import Recording
from spectrafit.size_limits import require_lines
from spectrafit.table import Table, text_table
from spectrafit_ir.readers.notices import notice
from spectrafit_ir.readers.spectral_file import SpectralFile
from spectrafit_ir.readers.spectrum_columns import spectra_of_columns
from spectrafit_ir.readers.wavenumber_axis import (
    axis_of_label,
    has_laser_spacing,
    may_be_nanometres,
    stated_axis,
    unlabelled_pairs,
)

__all__ = ["SpectrumTextReader", "spectrum_reader", "without_row_comments"]

_ROW_COMMENT = re.compile(
    r"(?P<row>[\s\d+\-.,;eEdD]*\d[.,]?)\s*(?P<comment>#.*|;\s*[^\W\d].*)", re.ASCII
)
_MAY_HAVE_COMMENTS = re.compile(rb"#|;[ \t\0]*[A-Za-z]")  # the zero bytes are those of UTF-16
_DPT = ".dpt"  # data point table of OPUS: wavenumbers by its manual
_RISING_FROM = (350.0, 1_900.0)  # below are temperatures and nm, above photon energies in eV
_LEAST_RISING_STEP = 0.4
_FALLING_FROM = 2_600.0


def without_row_comments(content: bytes, where: str) -> tuple[bytes, tuple[Alert, ...]]:
    """Return a text without comments behind its rows of numbers, ``# words`` or ``; words``.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        File name, for messages.

    Returns
    -------
    content : bytes
        The same where there is none; else UTF-8, with as many lines.
    notices : tuple of Alert
        How many were left out.
    """
    if not _MAY_HAVE_COMMENTS.search(content):
        return content, ()
    text = decoded(content, where)
    lines, first, count = list(text.lines), 0, 0
    for number, line in enumerate(text.lines):
        match = _ROW_COMMENT.fullmatch(line)
        if match and not is_gap(match["comment"].lstrip(";").strip()):
            lines[number] = match["row"]
            first, count = first or number + 1, count + 1
    if not count:
        return content, ()
    words = f"comments behind {count} row{'' if count == 1 else 's'} left out"
    joined = "\n".join(lines) + ("\n" if text.ended else "")
    return joined.encode(), (*text.notices, notice(f"{where}:{first}", words))


def _table(content: bytes, where: str) -> tuple[Table, tuple[Alert, ...]]:
    plain, said = without_row_comments(content, where)
    return text_table(plain, where), said


def _confidence(table: Table, path: Path, *, whole: bool) -> float:
    """Return how sure it is that the head of a file is that of an infrared spectrum."""
    if any(axis_of_label(f"{one.name} ({one.unit})") == "wavenumber" for one in table.columns):
        return 0.6
    try:
        if stated_axis(table.header, path.name):
            return 0.6
    except ReadError:
        return 0.0
    if path.suffix.lower() == _DPT and len(table.columns) == 2:
        return 0.6
    pair = unlabelled_pairs(table)
    if not pair:
        return 0.0
    x = pair[0].values
    if has_laser_spacing(x):
        return 0.5
    if x[0] > x[-1]:
        return 0.5 if x[0] > _FALLING_FROM else 0.0
    step = float(np.median(np.diff(x)))
    if not _RISING_FROM[0] <= x[0] <= _RISING_FROM[1] or step < _LEAST_RISING_STEP:
        return 0.0
    return 0.0 if whole and may_be_nanometres(x) else 0.4


@dataclass(frozen=True)
class SpectrumTextReader:
    """The reader of text with wavenumbers and one or more ordinates in columns."""

    name: str = "spectrum"
    title: str = "infrared text: wavenumber (cm-1) and absorbance or transmittance in columns"
    extensions: tuple[str, ...] = (".dpt", ".csv", ".txt", ".tab", ".dat")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.6 where the axis is named or the file is .dpt, less for bare pairs, else 0.

        Bare pairs count where x is even between 10 and 16,000 and y between -10 and 10, and x has the
        spacing of a laser's fringes (0.5), falls from above 2600 (0.5), or rises from 350 to 1900
        on in steps of 0.4 and more (0.4).

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
        lines = [line for line in head_lines(head) if line.strip()]
        if not lines or lines[0].lstrip().startswith(("##", "{", "<")):
            return 0.0
        try:
            table, _ = _table(("\n".join(lines) + "\n").encode(), path.name)
        except ReadError:
            return 0.0
        return _confidence(table, path, whole=len(head) < HEAD_BYTES)

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the spectra of a file.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording

        Raises
        ------
        ReadError
            With file and line, where the axis is no wavenumber or a number cannot be.
        """
        content = file_content(path)
        require_lines(content, where=path.name)
        table, said = _table(content, path.name)
        file = SpectralFile(path, content, self.name, said)
        return spectra_of_columns(table, file, sure=path.suffix.lower() == _DPT)


spectrum_reader = SpectrumTextReader()
