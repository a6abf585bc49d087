"""The reader of counts as text: ADT files and the like."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.recording import Recording
from spectrafit_mossbauer.readers.count_checks import counts_like
from spectrafit_mossbauer.readers.count_lines import (
    count_cells,
    is_header,
    is_numbered,
)
from spectrafit_mossbauer.readers.counted_file import CountedFile
from spectrafit_mossbauer.readers.spectrum_text import counts_text

__all__ = ["CountsReader", "counts_reader"]

_MOSTLY = 0.95
_MOST_HEADER_LINES = 4
_FEWEST_SEEN = 60
_AT_LEAST_WIDE = 4


@dataclass(frozen=True)
class CountsReader:
    """The reader of counts as text."""

    name: str = "counts"
    title: str = "Mössbauer counts as text, one or several a line: ADT, .dat, .txt"
    extensions: tuple[str, ...] = (".adt", ".dat", ".txt", ".cnt", ".asc")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.55 where the head shows whole numbers in a row that scatter like counts.

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
        lines = [line for line in head_lines(head) if line.strip() and not is_header(line)]
        rows = [cells for line in lines if (cells := count_cells(line))]
        if not rows or len(rows) < _MOSTLY * len(lines) - _MOST_HEADER_LINES:
            return 0.0
        widths = [len(cells) for cells in rows]
        width = int(np.bincount(widths).argmax())
        rows = [cells for cells in rows if len(cells) == width]
        numbered = is_numbered(rows) and rows[0][0] in (0, 1)
        if 1 < width < _AT_LEAST_WIDE and not numbered:
            return 0.0
        values = [cell for cells in rows for cell in cells[int(numbered) :]]
        return 0.55 if len(values) >= _FEWEST_SEEN and counts_like(values) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the one spectrum of a file.

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
        found = counts_text(decoded(content, path.name), path.name)
        file = CountedFile(path, content, self.name)
        return (file.by_channel(found.counts, found.header, notices=found.notices),)


counts_reader = CountsReader()
