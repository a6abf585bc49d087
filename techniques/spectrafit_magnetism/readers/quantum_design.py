"""The reader of Quantum Design ``.dat`` files: MPMS3, MPMS-XL and PPMS.

A file has a ``[Header]`` and a ``[Data]`` part. The information lines of the header are written as
``INFO,value,KEY`` by the newer programs and as ``INFO, KEY, VALUE`` or ``INFO, KEY: VALUE`` by the
older ones; which of the two a file uses is told from keys that are known, never from one line.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.cell import cell_value
from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.errors import ReadError, UnitError
from spectrafit.history import file_source
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray
from spectrafit.table import says_simulated
from spectrafit.units import unit
from spectrafit_magnetism.readers.moment_columns import TEMPERATURE, proposed_columns
from spectrafit_magnetism.readers.quantum_design_header import HEADER_MARK, header_entries

__all__ = ["QuantumDesignReader", "quantum_design_reader"]

_COMMENT = "comment"
_NOTES = "comments of rows"
_TIMES = ("Time Stamp (sec)", "Time")
_DATA = re.compile(r"\s*\[data\][\s,]*", re.IGNORECASE)


@dataclass(frozen=True)
class QuantumDesignReader:
    """The reader of the ``.dat`` files of Quantum Design magnetometers."""

    name: str = "quantum-design"
    title: str = "Quantum Design magnetometer: MPMS3, MPMS-XL or PPMS (.dat)"
    extensions: tuple[str, ...] = (".dat",)

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.95 where the first line is ``[Header]`` and the second part is as expected.

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
        lines = [line for line in head_lines(head) if line.strip()]
        if not lines or not HEADER_MARK.fullmatch(lines[0].lstrip("\ufeff")):
            return 0.0
        known = ("BYAPP", "INFO", "FILEOPENTIME", "STARTUPAXIS")
        return 0.95 if any(line.startswith(known) for line in lines) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the one recording of a file: every column that holds a number.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording
            Columns bear the file's own labels. Proposed: x the temperature (the field, where only
            that was swept), y the moment and sigma its error.

        Raises
        ------
        ReadError
            When there is no ``[Data]`` part, no row, a cell that is no number, or a temperature below
            0 K.
        """
        content = file_content(path)
        text = decoded(content, path.name)
        start = next((i for i, line in enumerate(text.lines) if _DATA.fullmatch(line)), None)
        if start is None:
            raise ReadError(
                "no [Data] line: this is no data file of a magnetometer, or it is cut off",
                where=path.name,
                do="copy the file again from the instrument",
            )
        header = header_entries(text.lines[:start])
        table = _data_rows(text.lines, start + 1, path.name, text.ended)
        columns, notes = _columns(table, path.name)
        if not columns:
            raise ReadError(
                "no column holds a number",
                where=path.name,
                do="copy the file again from the instrument",
            )
        if notes:
            header = {**header, _NOTES: notes}
        roles, notices = proposed_columns(columns, path.name)
        simulated = says_simulated(header)
        found = (*text.notices, *table.notices, *notices, *_of_time(columns, path.name))
        if simulated:
            found += (alert_spec("RUN-003").alert(where=path.name),)
        source = file_source(path, content, simulated=simulated)
        recording = Recording(path.name, columns, header, roles, {}, source, found, self.name)
        return (recording,)


@dataclass(frozen=True)
class _Rows:
    """Labels, cells and line numbers of the data part."""

    labels: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    notices: tuple[Alert, ...]


def _data_rows(lines: Sequence[str], start: int, where: str, ended: bool) -> _Rows:
    numbered = [(i + 1, lines[i]) for i in range(start, len(lines)) if lines[i].strip(" ,\t")]
    if len(numbered) < 2:
        raise ReadError(
            "no row of data below [Data]",
            where=where,
            do="the measurement was not begun: leave out",
        )
    labels = [label.strip() for label in _cells(numbered[0][1], where, numbered[0][0])]
    while labels and not labels[-1]:
        labels.pop()
    rows, kept, notices = [], [], []
    for line, text in numbered[1:]:
        cells = [cell.strip() for cell in _cells(text, where, line)]
        short, extra = len(cells) < len(labels), any(cells[len(labels) :])
        cut = line == numbered[-1][0] and (short or (not ended and cells[-1] and not extra))
        if cut:
            words = f"line {line}, the last, is cut off: left out"
            notices.append(alert_spec("READ-002").alert(where=where, text=words))
            continue
        if short or extra:
            raise ReadError(
                f"{len(cells)} cells where there are {len(labels)} labels",
                where=f"{where}:{line}",
                do="mend the line, or copy the file again from the instrument",
            )
        rows.append(tuple(cells[: len(labels)]))
        kept.append(line)
    if not rows:
        raise ReadError("no whole row of data", where=where, do="copy the file again")
    return _Rows(_distinct(labels), tuple(rows), tuple(kept), tuple(notices))


def _cells(text: str, where: str, line: int) -> list[str]:
    try:
        return next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration) as error:
        raise ReadError(
            f"a row that cannot be divided: {error}", where=f"{where}:{line}", do="mend the line"
        ) from error


def _distinct(labels: Sequence[str]) -> tuple[str, ...]:
    """Return the labels, those that come again with a number."""
    made: list[str] = []
    for place, label in enumerate(labels):
        name = label or f"column {place + 1}"
        count = 2
        while name in made:
            name, count = f"{label} ({count})", count + 1
        made.append(name)
    return tuple(made)


def _columns(table: _Rows, where: str) -> tuple[tuple[Column, ...], str]:
    """Return the columns that hold a number, and the comments with the lines they stand in."""
    made, notes = [], []
    for j, label in enumerate(table.labels):
        cells = [row[j] for row in table.cells]
        if label.lower() == _COMMENT:
            notes = [
                f"line {n}: {cell}" for n, cell in zip(table.lines, cells, strict=True) if cell
            ]
            continue
        values = _values(cells, label, table.lines, where)
        if values is not None:
            if label == TEMPERATURE:
                _require_kelvin(values, table.lines, where)
            made.append(Column(label, values, _unit_of(label)))
    return tuple(made), "\n".join(notes)


def _values(
    cells: Sequence[str], label: str, lines: Sequence[int], where: str
) -> FloatArray | None:
    """Return the numbers of a column, None for one of words or of nothing."""
    found = [cell_value(cell, ".") for cell in cells]
    if not any(value is not None and math.isfinite(value) for value in found):
        return None
    for value, cell, line in zip(found, cells, lines, strict=True):
        if value is None or math.isinf(value):
            raise ReadError(
                f"{cell[:40]!r} in the column {label!r} is no number",
                where=f"{where}:{line}",
                do="mend the line, or copy the file again from the instrument",
            )
    return np.array([value for value in found if value is not None])


def _of_time(columns: Sequence[Column], where: str) -> tuple[Alert, ...]:
    """Return that rows are not in the order of time, as after a file was sorted, joined or doubled."""
    column = next((one for one in columns if one.name in _TIMES), None)
    if column is None:
        return ()
    steps = np.diff(column.values[np.isfinite(column.values)])
    back, still = int((steps < 0).sum()), int((steps == 0).sum())
    counts = [f"runs back at {back}" if back else "", f"stands still at {still}" if still else ""]
    words = " and ".join(filter(None, counts))
    if not words:
        return ()
    text = (
        f"{column.name} {words} of {steps.size} steps: branches are told by the order of the rows"
    )
    return (alert_spec("READ-002").alert(where=where, text=text),)


def _require_kelvin(values: FloatArray, lines: Sequence[int], where: str) -> None:
    below = np.flatnonzero(values < 0.0)
    if below.size:
        row = int(below[0])
        raise ReadError(
            f"a temperature of {values[row]:g} K",
            where=f"{where}:{lines[row]}",
            do="temperatures must be in K: are they in degrees Celsius?",
        )


def _unit_of(label: str) -> str:
    """Return the unit in the brackets of a label, 1 where there is none or it is no unit here."""
    match = re.search(r"\(([^()]*)\)$", label)
    try:
        return unit(match[1]).name if match and match[1] else "1"
    except UnitError:
        return "1"


quantum_design_reader = QuantumDesignReader()
