"""The recordings of an OMNIC SRS series in time: its numbers are read twice and compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import ReadError
from spectrafit.recording import Recording
from spectrafit_ir.readers.notices import notice
from spectrafit_ir.readers.omnic_layout import DAMAGED
from spectrafit_ir.readers.omnic_series_layout import TITLE, SeriesLayout
from spectrafit_ir.readers.spectral_file import Block, SpectralFile

__all__ = ["said_of", "series_recordings"]


def said_of(words: str) -> dict[str, str]:
    """Return resolution and technique as far as titles and histories state them.

    Parameters
    ----------
    words : str
        Like ``"Smart ATR, Resolution: 4.000"``.

    Returns
    -------
    dict
        ``resolution`` with its unit, ``technique``.
    """
    said = {}
    resolution = re.search(r"resolution:?\s*([0-9]+(?:\.[0-9]+)?)", words, re.IGNORECASE)
    if resolution:
        said["resolution"] = f"{resolution[1]} cm-1"
    if re.search(r"\bATR\b", words):
        said["technique"] = "ATR"
    return said


def series_recordings(
    path: Path, content: bytes, layout: SeriesLayout, taken: Any, reader: str
) -> Iterator[Recording]:
    """Yield a recording for every spectrum, with its time in the header.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        Its bytes.
    layout : SeriesLayout
        From `series_layout`.
    taken : OMNICReader
        What the library reads.
    reader : str
        Name of the reader.

    Yields
    ------
    Recording

    Raises
    ------
    ReadError
        When the library's numbers or times are not those of the bytes, or a gate refuses them.
    """
    head, count = layout.head, len(layout.titles)
    data, x, times = (np.asarray(one, dtype=float) for one in (taken.data, taken.x, taken.y))
    own = np.ndarray(
        (count, head.points), "<f4", content, head.data + TITLE, (layout.stride, 4)
    ).astype(float)
    if not np.array_equal(own, data, equal_nan=True):
        text = "two ways of reading give different numbers"
        raise ReadError(text, where=f"{path.name}, byte {head.data}", do=DAMAGED)
    even = np.linspace(layout.first_time, layout.last_time, count)
    # the library rounds times to three digits
    if times.shape != even.shape or np.abs(times - even).max() > 6e-4:
        raise ReadError("two ways of reading give different times", where=path.name, do=DAMAGED)
    unit = {"minute": "min"}.get(str(taken.y_units), str(taken.y_units))
    kind = "intensity" if head.kind == "unknown" else head.kind
    history = {"history": head.history} if head.history else {}
    for number, (title, time, y) in enumerate(zip(layout.titles, times, data, strict=True), 1):
        header = {
            "title": title,
            "series": layout.name,
            "series kind": layout.kind,
            "time": f"{time:g} {unit}",
            "scans": str(head.scans),
            "background scans": str(head.background_scans),
            **history,
            **said_of(f"{title} {layout.name} {head.history}"),
        }
        block = Block(
            kind,
            x,
            y,
            head.kind,
            head.percent,
            count=head.points,
            first=head.first,
            last=head.last,
        )
        yield SpectralFile(path, content, reader).recording(
            [block],
            header,
            scan=str(number),
            notices=_notices(path.name) if number == 1 else (),
        )


def _notices(name: str) -> tuple[Alert, ...]:
    times = (
        f"the series holds times, no temperatures: give a table with a column file ({name}#1, "
        f"{name}#2, ...) and T"
    )
    order = (
        "some series hold their numbers from low to high wavenumbers although the header says the "
        "opposite, which no byte shows: compare one spectrum with OMNIC"
    )
    return notice(name, times, "READ-002"), notice(name, order, "READ-002")
