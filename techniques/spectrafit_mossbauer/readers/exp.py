"""The reader of ``.exp`` files: two columns, velocity and counts.

Layout as read by SYNCmoss 0.6 (`spectrum_io.py`, European Synchrotron Radiation Facility): lines
that begin with ``#`` or ``<`` are left out, every other line is a velocity and a count.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spectrafit.encoding import file_content, head_lines
from spectrafit.recording import Recording
from spectrafit_mossbauer.readers.count_checks import no_sample
from spectrafit_mossbauer.readers.counted_file import CountedFile
from spectrafit_mossbauer.readers.velocity_table import velocity_recording, velocity_rows

__all__ = ["ExpReader", "exp_reader"]


@dataclass(frozen=True)
class ExpReader:
    """The reader of ``.exp`` files."""

    name: str = "exp"
    title: str = "Mössbauer velocity and counts in two columns (.exp)"
    extensions: tuple[str, ...] = (".exp",)

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.65 for a file called ``.exp`` with rows of velocity and counts, else 0.

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
        lines = [line for line in head_lines(head) if not line.lstrip().startswith("<")]
        return 0.65 if path.suffix.lower() == ".exp" and velocity_rows(lines) else 0.0

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
            With file and line, where the columns are not plain or a number cannot be.
        """
        content = file_content(path)
        file = CountedFile(path, content, self.name, (no_sample(path.name, ".exp files"),))
        return (velocity_recording(file),)


exp_reader = ExpReader()
