"""The reader of tables with named columns: velocity and counts, or channel and counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert
from spectrafit.cell import cell_value, is_row
from spectrafit.encoding import file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.layout import is_comment
from spectrafit.recording import Column, Recording
from spectrafit.table import Table, text_table
from spectrafit_mossbauer.readers.count_checks import checked_counts, notice
from spectrafit_mossbauer.readers.counted_file import CountedFile

__all__ = ["LARGEST_VELOCITY", "VelocityReader", "velocity_reader", "velocity_rows"]

LARGEST_VELOCITY = 50.0
"""mm/s; no spectrum of 57Fe needs more: a sextet of 50 T spans 16 mm/s."""
# a unit that is known is taken off the name, so what still stands there is another
_IN_BRACKETS = re.compile(r"[(\[]([^)\]]+)[)\]]\s*$")
_SMALLEST_SPAN = 0.1  # mm/s, half of the natural width of a line: no spectrum is narrower
_VELOCITY = re.compile(r"v|vel\.?|.*\bvelocit(?:y|ies)\b.*|.*\bvelocidad\b.*|mm/s", re.IGNORECASE)
_COUNTS = re.compile(
    r"(?:.*[ _])?counts?|n|cts|cuentas|intensity|transmission|absorption|y", re.IGNORECASE
)
_SIGMA = re.compile(r"sigma|errors?|err|std|uncertainty|d(?:counts|y)", re.IGNORECASE)
_CHANNEL = re.compile(r"chan(?:nel)?s?", re.IGNORECASE)
_SAYS_VELOCITY = re.compile(r"\bvelocit|\bvelocidad|\bmm ?/ ?s\b|\bmm s\^?-1", re.IGNORECASE)
_SAYS_CHANNELS = re.compile(r"\bchan(?:nel)?s?\b", re.IGNORECASE)
_SAYS_COUNTS = re.compile(r"\bcounts?\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[;\t]|(?<![\d]),|,(?![\d])|\s+")
_LARGEST_UNNAMED = 25.0  # mm/s
_FEWEST_ROWS = 30
_FEWEST_COUNTS = 50.0
_ONE_WAY = 0.9


def _cells(line: str) -> tuple[float, ...]:
    """Return the numbers of a row, with a decimal point, else a decimal comma."""
    found: list[float] = []
    parts = [part for part in _BETWEEN.split(line.strip()) if part]
    if len(parts) == 1:
        parts = line.strip().split(",")
    for part in parts:
        value = cell_value(part.strip(' "'), "." if "," not in part else ",")
        found.append(float("nan") if value is None else value)
    return tuple(found)


def velocity_rows(lines: Sequence[str]) -> bool:
    """Return whether rows are two numbers: a velocity that runs from one end through 0, and counts.

    Parameters
    ----------
    lines : sequence of str
        Of a file's head, comments included.

    Returns
    -------
    bool
    """
    rows = [_cells(line) for line in lines if not is_comment(line) and is_row(line)]
    pairs = [row for row in rows if len(row) == 2]
    if len(pairs) < _FEWEST_ROWS or len(pairs) < len(rows) - 1:
        return False
    velocity, counts = np.array(pairs).T
    if not (np.isfinite(velocity).all() and np.abs(velocity).max() <= _LARGEST_UNNAMED):
        return False
    # a head may end before zero velocity; an angle of diffraction is positive and rises
    towards_zero = -np.sign(velocity[0]) * np.sign(np.diff(velocity))
    whole = (counts == np.round(counts)) & (counts >= 0)
    return bool(
        (towards_zero >= 0).mean() >= _ONE_WAY
        and (towards_zero > 0).any()
        and (velocity != np.round(velocity)).any()
        and whole.mean() >= _ONE_WAY
        and np.median(counts) >= _FEWEST_COUNTS
    )


def _labels(lines: Sequence[str]) -> str:
    """Return the line above the first row of two numbers or more, empty where there is none."""
    above = ""
    for line in lines:
        if not is_comment(line) and is_row(line):
            return above if len(_cells(line)) > 1 else ""
        if line.strip():
            above = line
    return ""


def _found(table: Table, pattern: re.Pattern[str]) -> list[Column]:
    return [column for column in table.columns if pattern.fullmatch(column.name.strip())]


def _columns(table: Table, where: str) -> tuple[Column, Column, str]:
    """Return axis and counts, and ``velocity`` or ``channel``."""
    velocity = _found(table, _VELOCITY) or [c for c in table.columns if c.unit == "mm/s"]
    channel, counts = _found(table, _CHANNEL), _found(table, _COUNTS)
    if len(table.columns) == 2 and not velocity and not channel and not _named(table):
        return table.columns[0], table.columns[1], "velocity"
    axis = velocity or channel
    if len(axis) == 1 and not counts and len(table.columns) == 2:
        counts = [column for column in table.columns if column is not axis[0]]
    if len(axis) != 1 or len(counts) != 1:
        raise ReadError(
            f"which column is the velocity, and which the counts? {', '.join(table.names)}",
            where=f"{where}:{int(table.lines[0])}",
            do="name them 'velocity (mm/s)' and 'counts' in the line above the numbers",
        )
    return axis[0], counts[0], "velocity" if velocity else "channel"


def _named(table: Table) -> bool:
    return table.labelled and not table.misfit


def _velocity(column: Column, table: Table, where: str) -> tuple[Column, tuple[Alert, ...]]:
    """Return the axis in mm/s, refusing one that cannot be."""
    values = column.values
    gaps = np.flatnonzero(~np.isfinite(values))
    if gaps.size:
        raise ReadError(
            f"no velocity in row {gaps[0]}",
            where=f"{where}:{int(table.lines[gaps[0]])}",
            do="mend the line, or begin it with # to leave it out",
        )
    largest = int(np.argmax(np.abs(values)))
    place = f"{where}:{int(table.lines[largest])}"
    ask = "write the velocity in mm/s; channels are read with --reader counts"
    said_unit = _IN_BRACKETS.search(column.name)
    unit = said_unit[1].strip() if said_unit else column.unit
    if unit not in ("1", "mm/s"):
        raise ReadError(f"the velocity is in {unit}", where=place, do=ask)
    if abs(values[largest]) > LARGEST_VELOCITY:
        raise ReadError(
            f"|velocity| reaches {abs(values[largest]):.4g}: in which unit? Above "
            f"{LARGEST_VELOCITY:g} it is not mm/s",
            where=place,
            do=ask,
        )
    if np.ptp(values) < _SMALLEST_SPAN:
        raise ReadError(
            f"the velocity spans {np.ptp(values):.2g}: in which unit? It is not mm/s",
            where=place,
            do=ask,
        )
    said: tuple[Alert, ...] = ()
    if column.unit == "1":
        said = (notice(where, "the file gives no unit of the velocity: taken as mm/s"),)
    return Column("velocity", values, "mm/s"), said


@dataclass(frozen=True)
class VelocityReader:
    """The reader of tables of velocity and counts, or of named columns channel and counts."""

    name: str = "velocity"
    title: str = "Mössbauer table: velocity (mm/s) and counts, or columns of these names"
    extensions: tuple[str, ...] = (".dat", ".txt", ".csv", ".exp")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.6 where labels say velocity, or two columns look like velocity and counts.

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
        lines = head_lines(head)
        labels = _labels(lines)
        named = _SAYS_VELOCITY.search(labels) or (
            _SAYS_CHANNELS.search(labels) and _SAYS_COUNTS.search(labels)
        )
        return 0.6 if named or velocity_rows(lines) else 0.0

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
        return (velocity_recording(CountedFile(path, file_content(path), self.name)),)


def velocity_recording(file: CountedFile) -> Recording:
    """Return the spectrum in a table of velocity and counts.

    Parameters
    ----------
    file : CountedFile
        Its bytes are read as text.

    Returns
    -------
    Recording

    Raises
    ------
    ReadError
        With file and line, where the columns are not plain or a number cannot be.
    """
    table = text_table(file.content, file.name)
    axis, measured, kind = _columns(table, file.name)
    counts = Column("counts", checked_counts(measured.values, file.name, table.lines))
    sigma = [column for column in _found(table, _SIGMA) if column is not measured]
    taken = ("counts", "velocity", "channel", axis.name, measured.name)
    others = [column for column in table.columns if column.name not in taken]
    said = table.notices
    if kind == "velocity":
        first, of_axis = _velocity(axis, table, file.name)
        said += of_axis
    else:
        first = Column(
            "channel", np.arange(len(counts.values), dtype=float), "1", "rows, counted from 0"
        )
        steps = np.diff(axis.values)
        broken = np.flatnonzero(steps != 1)
        if broken.size:
            raise ReadError(
                "the channels do not rise by one",
                where=f"{file.name}:{int(table.lines[broken[0] + 1])}",
                do="a line is missing, doubled or damaged: copy the file again",
            )
        if axis.values[0] != 0:
            said += (notice(file.name, f"the file counts channels from {axis.values[0]:g}"),)
    roles = {"x": first.name, "y": "counts"}
    if len(sigma) == 1 and sigma[0] in others:
        roles["sigma"] = sigma[0].name
    return file.recording((first, counts, *others), table.header, roles, notices=said)


velocity_reader = VelocityReader()
