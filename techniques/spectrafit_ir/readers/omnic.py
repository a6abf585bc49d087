"""The reader of Thermo OMNIC files: SPA (one spectrum), SPG (a group), SRS (a series in time).

The numbers are taken by spectrochempy-omnic (CeCILL-B), after the table of keys (of a series: its
marks and titles) was checked here; number of points, ends and kind are compared with the headers.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spectrafit.encoding import file_content
from spectrafit.errors import ReadError
from spectrafit.recording import Recording
from spectrafit.written_temperature import temperature_of_name
from spectrafit_ir.readers.gates import require_wavenumber
from spectrafit_ir.readers.notices import notice
from spectrafit_ir.readers.omnic_layout import (
    DAMAGED,
    EXTE,
    SPECTRAL,
    OmnicHead,
    for_library,
    omnic_heads,
)
from spectrafit_ir.readers.omnic_series import said_of, series_recordings
from spectrafit_ir.readers.omnic_series_layout import series_for_library, series_layout
from spectrafit_ir.readers.spectral_file import Block, SpectralFile, missing_library

__all__ = ["OmnicReader", "omnic_reader"]


@dataclass(frozen=True)
class OmnicReader:
    """The reader of Thermo OMNIC files."""

    name: str = "omnic"
    title: str = "Thermo OMNIC: SPA, SPG groups, SRS series in time"
    extensions: tuple[str, ...] = (".spa", ".spg", ".srs")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 1 for the words that OMNIC files begin with, else 0.

        Parameters
        ----------
        path : Path
            Not looked at.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        return 1.0 if head.startswith((SPECTRAL, EXTE)) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return a recording for every spectrum of a file.

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
            When the file is refused.
        """
        content = file_content(path)
        # bytes that are no number any more: the gates refuse what comes of them
        with np.errstate(all="ignore"):
            return self._recordings(path, content)

    def _recordings(self, path: Path, content: bytes) -> tuple[Recording, ...]:
        if content.startswith(EXTE):
            series = series_layout(content, path.name)
            require_wavenumber(series.head.x_unit, path.name)
            taken = _taken(series_for_library(content, series), ".srs", path.name)
            return tuple(series_recordings(path, content, series, taken, self.name))
        if not content.startswith(SPECTRAL):
            raise ReadError(
                "this is no OMNIC file: it does not begin with 'Spectral Data File'",
                where=path.name,
                do="name the reader that knows the format",
            )
        group = path.suffix.lower() == ".spg"
        heads = omnic_heads(content, path.name, group=group)
        for head in heads:
            require_wavenumber(head.x_unit, path.name)
        taken = _taken(for_library(content, heads), ".spg" if group else ".spa", path.name)
        return tuple(_recordings(path, content, heads, taken, self.name))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's own messages off the screen: what they say is told by the gates."""
    logger = logging.getLogger("spectrochempy-omnic")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def _taken(content: bytes, suffix: str, where: str) -> Any:
    """Return what the library reads, or its fault as an error of this file."""
    try:
        from spectrochempy_omnic import OMNICReader
    except ImportError as error:
        raise missing_library("spectrochempy-omnic", where) from error
    try:
        with _quiet():
            return OMNICReader(content, suffix=suffix)
    except Exception as error:
        text = f"spectrochempy-omnic cannot read it ({type(error).__name__}: {error})"
        raise ReadError(text, where=where, do=DAMAGED) from error


def _recordings(
    path: Path, content: bytes, heads: tuple[OmnicHead, ...], taken: Any, reader: str
) -> Iterator[Recording]:
    data = np.asarray(taken.data, dtype=float)
    x = np.asarray(taken.x, dtype=float)
    if data.ndim != 2 or len(data) != len(heads):
        text = f"{len(heads)} headers, {data.shape} numbers"
        raise ReadError(text, where=path.name, do=DAMAGED)
    dates, titles = taken.y_labels
    for number, (head, y) in enumerate(zip(heads, data, strict=True), start=1):
        own = np.frombuffer(content, "<f4", head.points, head.data).astype(float)
        if not np.array_equal(own, y):
            text = f"spectrum {number}: two ways of reading give different numbers"
            raise ReadError(text, where=f"{path.name}, byte {head.data}", do=DAMAGED)
        title = "".join(letter for letter in str(titles[number - 1]) if letter.isprintable())
        named, reason = temperature_of_name(title) if len(heads) > 1 else (frozenset[float](), "")
        notices = []
        if len(heads) > 1 and len(named) != 1:
            text = f"the title {title!r} gives no temperature: {reason or 'none is there'}"
            notices.append(notice(f"{path.name}#{number}", text, "READ-002"))
        name = "intensity" if head.kind == "unknown" else head.kind
        yield SpectralFile(path, content, reader).recording(
            [
                Block(
                    name,
                    x,
                    y,
                    head.kind,
                    head.percent,
                    count=head.points,
                    first=head.first,
                    last=head.last,
                )
            ],
            _header(head, taken, title, dates[number - 1]),
            scan=str(number) if len(heads) > 1 else "",
            conditions={"T": next(iter(named))} if len(named) == 1 else None,
            notices=notices,
        )


def _header(head: OmnicHead, taken: Any, title: str, date: Any) -> Mapping[str, str]:
    """Return title, scans, times and what all readers give."""
    header = {
        "title": title,
        "scans": str(head.scans),
        "background scans": str(head.background_scans),
        "acquisition time": date.isoformat(),
    }
    # not the library's history: it holds that of every file read before
    words = f"{title} {taken.description} {head.history}"
    if head.history:
        header["history"] = head.history
    return header | said_of(words)


omnic_reader = OmnicReader()
