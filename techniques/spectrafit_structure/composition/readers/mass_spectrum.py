"""The reader of mass spectra: text whose labels say m/z, a profile or a list of peaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.encoding import file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.history import file_source
from spectrafit.recording import Column, Recording
from spectrafit.table import Table, axis_notices, text_table

__all__ = ["MassSpectrumReader", "mass_spectrum_reader", "mz_column"]

_MZ = re.compile(r"m\s*/\s*z(?:\W.*)?|mz|mass[ -]to[ -]charge.*", re.IGNORECASE)


def mz_column(names: tuple[str, ...]) -> str:
    """Return the column of a table whose label says m/z, empty where none or several do.

    Parameters
    ----------
    names : tuple of str
        Labels.

    Returns
    -------
    str
    """
    found = [name for name in names if _MZ.fullmatch(name.strip())]
    return found[0] if len(found) == 1 else ""


def _intensity(table: Table, axis: str) -> Column | None:
    """Return the intensities: the labelled ones, else the one column beside the axis."""
    rest = [column for column in table.columns if column.name != axis]
    named = [
        one for one in rest if re.match(r"(?:rel\w*\W*)?(?:int|abund|counts?)", one.name, re.I)
    ]
    if len(rest) == 1:
        return rest[0]
    return named[0] if named else None


@dataclass(frozen=True)
class MassSpectrumReader:
    """The reader of text with a column of m/z and one of intensities."""

    name: str = "mass-spectrum"
    title: str = "mass spectrum: text with columns labelled m/z and intensity"
    extensions: tuple[str, ...] = (".txt", ".csv", ".tsv", ".dat")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.75 where a label says m/z and another column holds intensities, else 0.

        Parameters
        ----------
        path : Path
            Its name, for messages only.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        lines = [line for line in head_lines(head) if line.strip()]
        if not lines or not any("m" in line.lower() for line in lines):
            return 0.0
        try:
            table = text_table(("\n".join(lines) + "\n").encode(), path.name)
        except ReadError:
            return 0.0
        axis = mz_column(table.names)
        return 0.75 if axis and _intensity(table, axis) is not None else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the spectrum in a file.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording
            One, with x the m/z and y the intensities.

        Raises
        ------
        ReadError
            Where no label says m/z, or a value cannot be one.
        """
        return (self.recording(file_content(path), path),)

    def recording(self, content: bytes, path: Path) -> Recording:
        """Return the spectrum in the bytes of a file.

        Parameters
        ----------
        content : bytes
            The whole file.
        path : Path
            Names it; need not be there.

        Returns
        -------
        Recording

        Raises
        ------
        ReadError
            As `read`.
        """
        table = text_table(content, path.name)
        axis = mz_column(table.names)
        intensity = _intensity(table, axis) if axis else None
        if intensity is None:
            raise ReadError(
                "no labels say which columns are m/z and intensity",
                where=path.name,
                do="write a first line: m/z,intensity",
            )
        x = next(column for column in table.columns if column.name == axis)
        impossible = np.flatnonzero(x.values <= 0)
        if impossible.size:
            row = int(impossible[0])
            raise ReadError(
                f"an m/z of {x.values[row]:g} is not above 0",
                where=f"{path.name}:{table.lines[row]}",
                do="mend the row, or begin it with # to leave it out",
            )
        return Recording(
            path.name,
            table.columns,
            table.header,
            {"x": axis, "y": intensity.name},
            source=file_source(path, content, simulated=table.simulated),
            notices=table.notices + axis_notices(x, path.name),
            reader=self.name,
        )


mass_spectrum_reader = MassSpectrumReader()
