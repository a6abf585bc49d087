"""The reader of two-dimensional tables: first row wavenumbers, first column temperatures.

LabSpec writes series so, with ``#Key=`` lines above and an empty first cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert
from spectrafit.cell import cell_value, is_number
from spectrafit.delimited import number_block
from spectrafit.encoding import Text, decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.labels import label_unit, safe_unit
from spectrafit.layout import is_comment
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit.table import header_mapping
from spectrafit.units import converted, unit
from spectrafit_ir.readers.notices import notice
from spectrafit_ir.readers.spectral_file import Block, SpectralFile
from spectrafit_ir.readers.spectrum_columns import kind_without_label, stated_kind
from spectrafit_ir.readers.wavenumber_axis import stated_axis

__all__ = ["ConditionTableReader", "condition_table_reader"]

_FEWEST = 20  # wavenumbers in the first row: fewer may be a row of any table
_MARK = re.compile(r"\s*[#%!]+")
_TEMPERATURE = re.compile(r"T|temp(?:erature)?", re.IGNORECASE)


def _cells(line: str) -> tuple[list[str], str]:
    """Return the cells of a row of many numbers, and what separates them."""
    separator = next((mark for mark in "\t;" if mark in line), "")
    if not separator:
        separator = " " if len(line.split()) >= _FEWEST else ","
    cells = line.split() if separator == " " else line.rstrip("\r\n").split(separator)
    return [cell.strip(' "') for cell in cells], separator


def _axis_values(line: str) -> tuple[float, ...]:
    """Return the numbers of a row of wavenumbers behind its label; none where it is none."""
    cells, _ = _cells(line)
    first = 0
    while first < len(cells) and not is_number(cells[first]):
        first += 1
    rest = cells[first:]
    if len(rest) < _FEWEST or not all(map(is_number, rest)):
        return ()
    values = [cell_value(cell, "," if "," in cell else ".") for cell in rest]
    return tuple(value for value in values if value is not None)


def _runs_one_way(values: Sequence[float]) -> bool:
    steps = np.diff(np.array(values))
    return bool(
        steps.size and ((steps > 0).all() or (steps < 0).all()) and 10 <= min(values) <= max(values)
        and max(values) <= 16_000
    )  # fmt: skip


def _is_axis_row(line: str) -> bool:
    """Return whether a line is a row of wavenumbers, perhaps behind a label or one number."""
    values = _axis_values(line)
    return bool(values) and (_runs_one_way(values) or _runs_one_way(values[1:]))


@dataclass(frozen=True, eq=False)
class _Series:
    """A table with its first column, and what stands in the first cell."""

    x: FloatArray
    conditions: FloatArray
    y: FloatArray
    corner: str
    header: Mapping[str, str]
    notices: tuple[Alert, ...]


def _rows(text: Text, where: str) -> tuple[list[int], list[str]]:
    """Return the numbers of the lines of the table, and the header lines without their marks."""
    numbers, header = [], []
    for number, line in enumerate(text.lines, 1):
        if is_comment(line) and not line.lstrip().startswith(";"):
            header.append(_MARK.sub("", line, count=1))
        elif line.strip():
            numbers.append(number)
    if len(numbers) < 2:
        raise ReadError("no table of spectra", where=where, do="leave the file out")
    return numbers, header


def _with_corner(line: str, width: int, where: str) -> tuple[str, str]:
    """Return what stands in the first cell of the row of wavenumbers, and the row with 0 there."""
    cells, separator = _cells(line)
    if separator == " " and not is_number(cells[0]):
        # a label of several words such as "T (K)"
        first = next(i for i, cell in enumerate(cells) if is_number(cell))
        cells = [" ".join(cells[:first]), *cells[first:]]
    if len(cells) == width - 1:
        cells = ["", *cells]
    if len(cells) != width or (width > 2 and not cells[1].strip()):
        raise ReadError(
            f"the row of wavenumbers has {len(cells)} cells, the rows below {width}",
            where=where,
            do="write one condition in front of each spectrum; a map over two has no reader",
        )
    return cells[0], separator.join(["0", *cells[1:]])


def _series(content: bytes, where: str) -> _Series:
    text = decoded(content, where)
    numbers, header = _rows(text, where)
    rows = [text.lines[number - 1] for number in numbers]
    body = number_block(rows[1:], numbers[1:], where=where, ended=text.ended)
    place = f"{where}:{numbers[0]}"
    corner, axis = _with_corner(rows[0], body.values.shape[1], place)
    # together with the rows, whose marks decide how its numbers are read
    x = number_block([axis, *rows[1:]], numbers, where=where, ended=text.ended).values[0, 1:]
    conditions, y = body.values[:, 0], body.values[:, 1:]
    if not np.isfinite(conditions).all():
        row = int(np.flatnonzero(~np.isfinite(conditions))[0])
        raise ReadError("no condition", where=f"{where}:{numbers[row + 1]}", do="mend the row")
    said = text.notices + body.notices
    return _Series(x, conditions, y, corner, header_mapping(header), said)


def _temperature_unit(corner: str) -> str:
    """Return the unit of temperature that the first cell states, empty where it states none."""
    name, own, _ = ("", safe_unit(corner), "") if safe_unit(corner) else label_unit(corner)
    if own == "1":
        name, _, written = corner.replace("(", "/").rstrip(") ").partition("/")
        own = {"C": "degC"}.get(written.strip(), written.strip())
        own = safe_unit(own)
    if not own or own == "1" or unit(own).quantity != "temperature":
        return ""
    return own if not name.strip() or _TEMPERATURE.fullmatch(name.strip()) else ""


@dataclass(frozen=True)
class ConditionTableReader:
    """The reader of spectra in rows below one row of wavenumbers."""

    name: str = "conditions"
    title: str = "infrared series: first row wavenumbers, first column temperatures; LabSpec text"
    extensions: tuple[str, ...] = (".txt", ".csv", ".tsv", ".dat")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.65 where the first row is a row of 20 wavenumbers or more, else 0.

        Parameters
        ----------
        path : Path
            Not looked at.
        head : bytes
            The first bytes; the row may be longer.

        Returns
        -------
        float
        """
        for line in head_lines(head):
            if line.strip() and not is_comment(line):
                return 0.65 if _is_axis_row(line) else 0.0
        return 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the spectra of a file, one a row.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording
            Named ``file#1`` and so on, with T where the first cell states its unit, ``T (K)``.

        Raises
        ------
        ReadError
            With file and line, where the rows do not fit.
        """
        content = file_content(path)
        series = _series(content, path.name)
        stated_axis(series.header, path.name)
        file = SpectralFile(path, content, self.name)
        kind, percent = stated_kind(series.header)
        said = series.notices
        if kind == "unknown" and np.isfinite(series.y).all():
            kind = kind_without_label(series.y)
            if kind != "unknown":
                said += (notice(path.name, f"y has no label: taken as {kind}", "READ-002"),)
        own = _temperature_unit(series.corner)
        if not own:
            text = (
                f"the first cell is {series.corner!r}: write 'T (K)' or 'T (degC)' there; "
                "T is not set"
            )
            said += (notice(path.name, text, "READ-003"),)
        found = []
        for number, (value, y) in enumerate(zip(series.conditions, series.y, strict=True), 1):
            T = float(converted(float(value), own, "K")) if own else 0.0
            block = Block(kind if kind != "unknown" else "y", series.x, y, kind, percent)
            header = {**series.header, series.corner or "condition": f"{value:g}"}
            one = file.recording(
                [block],
                header,
                scan=str(number),
                conditions={"T": T},
                notices=said if number == 1 else (),
            )
            # the rows of a file do not share the temperature in its name
            found.append(one if own else replace(one, conditions={"condition": float(value)}))
        return tuple(found)


condition_table_reader = ConditionTableReader()
