"""All faulty files, those of every format; and the invalid XDI files that others keep."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from faults import (
    faulty_beamline,
    faulty_files,
    faulty_infrared,
    faulty_magnetism,
    faulty_mossbauer,
    faulty_structure,
)
from faults.faulty_file import Came, FaultyFile, came_of

from spectrafit import registry
from spectrafit.errors import ReadError

FILES: tuple[FaultyFile, ...] = (
    *faulty_files.FILES,
    *faulty_beamline.FILES,
    *faulty_infrared.FILES,
    *faulty_mossbauer.FILES,
    *faulty_magnetism.FILES,
    *faulty_structure.FILES,
)


@dataclass(frozen=True)
class Tried:
    """A faulty file and what came of it."""

    file: FaultyFile
    came: Came


def tried() -> tuple[Tried, ...]:
    """Return what comes of every file."""
    with TemporaryDirectory() as folder:
        return tuple(Tried(file, came_of(file, Path(folder))) for file in FILES)


def invalid_xdi_faults(folder: Path) -> dict[str, str]:
    """Return by name in what an invalid XDI file is not treated as its keeper asks.

    Parameters
    ----------
    folder : Path
        With the files and ``expected.tsv``: file, outcome, reason.

    Returns
    -------
    dict of str to str
        Empty text where it is treated so. A file that is to be read must give the numbers of the
        valid one.
    """
    reader = registry.reader("xdi")
    (valid,) = reader.read(folder / "bad_00.xdi")
    numbers = [column.values.tolist() for column in valid.columns]
    faults = {}
    with (folder / "expected.tsv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            path, outcome = folder / row["file"], row["outcome"]
            fault = ""
            try:
                (found,) = reader.read(path)
            except ReadError as refusal:
                if not outcome.startswith("refused"):
                    fault = f"refused: {refusal}"
            else:
                same = [column.values.tolist() for column in found.columns] == numbers
                if outcome.startswith("refused"):
                    fault = "read, not refused"
                elif not same:
                    fault = "other numbers"
                elif "warning" in outcome and not found.notices:
                    fault = "read without a notice"
            faults[row["file"]] = fault
    return faults
