"""The reader of ``.moe`` files: text, one count a line, also written with a decimal point.

Layout as read by SYNCmoss 0.6 (`spectrum_io.py`, European Synchrotron Radiation Facility): lines
that begin with ``#`` or ``<`` are left out, every other line is a count.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.layout import is_comment
from spectrafit.recording import Recording
from spectrafit_mossbauer.readers.count_checks import no_sample
from spectrafit_mossbauer.readers.count_lines import count_cells
from spectrafit_mossbauer.readers.counted_file import CountedFile
from spectrafit_mossbauer.readers.spectrum_text import counts_text

__all__ = ["MoeReader", "moe_reader"]

_MOSTLY = 0.9


@dataclass(frozen=True)
class MoeReader:
    """The reader of ``.moe`` files."""

    name: str = "moe"
    title: str = "Mössbauer counts, one a line (.moe)"
    extensions: tuple[str, ...] = (".moe",)

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.7 for a file called ``.moe`` whose lines are one number each, else 0.

        Parameters
        ----------
        path : Path
            Its ending is looked at: the content has no mark of its own.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        if path.suffix.lower() != ".moe":
            return 0.0
        lines = [line for line in head_lines(head) if line.strip() and not is_comment(line)]
        counts = sum(len(count_cells(line, decimals=True)) == 1 for line in lines)
        return 0.7 if lines and counts >= _MOSTLY * len(lines) else 0.0

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
        found = counts_text(decoded(content, path.name), path.name, decimals=True)
        file = CountedFile(path, content, self.name, (no_sample(path.name, ".moe files"),))
        return (file.by_channel(found.counts, found.header, notices=found.notices),)


moe_reader = MoeReader()
