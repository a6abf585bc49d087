"""Rows of an elemental analysis become percentages by element."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from spectrafit.errors import ReadError
from spectrafit_structure.composition.readers.analysis_lines import (
    AnalysisLine,
    AnalysisText,
    Labels,
    element_of,
)
from spectrafit_structure.uncertainty import Measured, written_number

__all__ = ["Cells", "found_cells", "is_summary"]

_SUMMARY = re.compile(r"(?:mean|average|avg|sd|std|rsd|standard deviation|sum|total)\W*", re.I)
_CALCULATED = re.compile(r"(?:calc|calcd|calculated|theory|theoretical|expected|required)\W*", re.I)
_EMPTY = {"", "-", "–", "?", ".", "n/a", "nan"}


@dataclass(frozen=True)
class Cells:
    """What the rows say of one element.

    Parameters
    ----------
    found : list of Measured
        Percent, by determination.
    calculated : list of float
        Percent that the file says are the formula's.
    """

    found: list[Measured] = field(default_factory=list)
    calculated: list[float] = field(default_factory=list)


def is_summary(row: AnalysisLine) -> bool:
    """Return whether a row is a mean or a scatter of the others, which would count twice."""
    return any(_SUMMARY.fullmatch(cell) for cell in row.cells)


def found_cells(text: AnalysisText, labels: Labels, *, where: str) -> dict[str, Cells]:
    """Return the percentages of each element.

    Parameters
    ----------
    text : AnalysisText
        The file.
    labels : Labels
        Which column is what.
    where : str
        File name, for messages.

    Returns
    -------
    dict of str to Cells
        In the order of the file; summary rows are left out.

    Raises
    ------
    ReadError
        With file and line, where a row is too short or a cell is no percentage.
    """
    decimal_comma = text.separator != ","
    found: dict[str, Cells] = {}
    for row in labels.rows:
        if is_summary(row):
            continue
        place = f"{where}:{row.number}"
        if labels.elements:
            _add_row(found, row, labels, place, decimal_comma)
        else:
            _add_element(found, row, labels, place, decimal_comma)
    return {element: cells for element, cells in found.items() if cells.found}


def _add_row(
    found: dict[str, Cells], row: AnalysisLine, labels: Labels, where: str, comma: bool
) -> None:
    # a trailing separator is no cell too many
    if len(row.cells) <= max(labels.elements.values()):
        raise ReadError(
            f"{len(row.cells)} cells, too few for the columns",
            where=where,
            do="mend the row, or begin it with # to leave it out",
        )
    calculated = any(_CALCULATED.fullmatch(cell) for cell in row.cells)
    for element, place in labels.elements.items():
        value = _percent(row.cells[place], where, comma)
        cells = found.setdefault(element, Cells())
        if value is not None and calculated:
            cells.calculated.append(value.value)
        elif value is not None:
            cells.found.append(value)


def _add_element(
    found: dict[str, Cells], row: AnalysisLine, labels: Labels, where: str, comma: bool
) -> None:
    width = max(labels.roles.values()) + 1 + len(labels.left_out)
    cells = row.cells + ("",) * (max(labels.roles.values()) + 1 - len(row.cells))
    named = element_of(cells[labels.roles["element"]])
    if named is None:
        raise ReadError(
            f"{cells[labels.roles['element']]!r} is no element",
            where=where,
            do="write symbols like Fe, Co, N; begin other lines with #",
        )
    if len(row.cells) > width and any(row.cells[width:]):
        raise ReadError(
            f"ambiguous: {len(row.cells)} cells for {width} columns: commas may be decimal marks",
            where=where,
            do="separate the columns by semicolons",
        )
    value = _percent(cells[labels.roles["found"]], where, comma)
    each = found.setdefault(named[0], Cells())
    if value is not None:
        each.found.append(_with_su(value, cells, labels, where, comma))
    if "calculated" in labels.roles:
        told = _percent(cells[labels.roles["calculated"]], where, comma)
        each.calculated.extend([] if told is None else [told.value])


def _with_su(
    value: Measured, cells: tuple[str, ...], labels: Labels, where: str, comma: bool
) -> Measured:
    if "su" not in labels.roles:
        return value
    su = _percent(cells[labels.roles["su"]], where, comma)
    return value if su is None or su.value == 0 else Measured(value.value, su.value)


def _percent(cell: str, where: str, comma: bool) -> Measured | None:
    plain = cell.strip().rstrip("%").strip()
    if plain.lower() in _EMPTY:
        return None
    try:
        found = written_number(plain.replace(",", ".") if comma else plain, where=where)
    except ReadError:
        found = None
    if found is None or not (math.isfinite(found.value) and 0.0 <= found.value <= 100.0):
        raise ReadError(
            f"{cell!r} is no percentage",
            where=where,
            do="write a number from 0 to 100, like 36.41; leave a limit like <0.3 out",
        )
    return found
