"""Calculated vibrations in a table: frequency in cm-1, intensity in km/mol, and a label."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.encoding import Text
from spectrafit.errors import ReadError
from spectrafit.layout import is_comment
from spectrafit.table import header_mapping

__all__ = ["TABLE_LABELS", "Modes", "label_line", "table_modes"]

TABLE_LABELS = "frequency (cm-1),intensity (km/mol),label"
"""The line that names the columns, for messages."""

_INTENSITY = re.compile(r"km\s*/\s*mol|km\s*[·*]?\s*mol\s*(?:\^?\s*[-−]\s*1|⁻¹)", re.IGNORECASE)
_FREQUENCY = re.compile(r"\W*(?:frequenc(?:y|ies)|freqs?|wave ?numbers?)\b", re.IGNORECASE)
_RECIPROCAL = re.compile(r"cm\s*(?:\^|\*\*)?\s*[-−]\s*1|cm⁻¹|1\s*/\s*cm", re.IGNORECASE)
_LABEL = re.compile(r"\W*(?:labels?|assignments?|descriptions?|modes?|symmetr(?:y|ies))\b", re.I)
_MARK = re.compile(r"\s*(?:#|%|!|//)+\s*")
_WORDS = re.compile(r"(?:IR\s+)?[^\s(\[]+\s*[(\[][^)\]]*[)\]]|\S+", re.IGNORECASE)
_IMAGINARY = re.compile(r"([\d.,]+)\s*i", re.IGNORECASE)


@dataclass(frozen=True)
class Modes:
    """Calculated vibrations as a file lists them.

    Parameters
    ----------
    frequencies : tuple of float
        cm-1; imaginary ones are negative.
    intensities : tuple of float
        km/mol.
    labels : tuple of str
        One each, empty where there is none.
    header : dict of str to str
        What else the file says.
    remarks : tuple of str
        What was not plain.
    """

    frequencies: tuple[float, ...]
    intensities: tuple[float, ...]
    labels: tuple[str, ...]
    header: dict[str, str]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Layout:
    line: int
    separator: str
    frequency: int
    intensity: int
    label: int | None
    width: int


def _cells(line: str, separator: str) -> list[str]:
    if separator:
        found = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
        return [cell.strip() for cell in found]
    return line.split()


def label_line(lines: Sequence[str]) -> int | None:
    """Return the line, from 0, that names a frequency and an intensity in km/mol.

    Parameters
    ----------
    lines : sequence of str
        Of a text; those of its head are enough.

    Returns
    -------
    int or None
        None where no line does.
    """
    found = _layout(lines)
    return None if found is None else found.line


def _layout(lines: Sequence[str]) -> _Layout | None:
    for number, line in enumerate(lines):
        plain = _MARK.sub("", line, count=1) if is_comment(line) else line
        if not _INTENSITY.search(plain):
            continue
        separator = next((mark for mark in "\t;," if mark in plain), "")
        names = _cells(plain, separator) if separator else _WORDS.findall(plain)
        strengths = [k for k, name in enumerate(names) if _INTENSITY.search(name)]
        places = [k for k, name in enumerate(names) if _FREQUENCY.match(name)]
        if len(strengths) == 1 and len(places) == 1 and strengths != places:
            labels = [k for k, name in enumerate(names) if _LABEL.match(name)]
            # a numbered column "mode" gives way to one of words
            worded = [k for k in labels if not re.match(r"\W*modes?\b", names[k], re.I)]
            label = next(iter(worded or labels), None)
            return _Layout(number, separator, places[0], strengths[0], label, len(names))
    return None


def table_modes(text: Text, where: str) -> Modes:
    """Return the vibrations of a table whose label line names frequency and km/mol.

    Read are tab, semicolon, comma or blanks between the columns, and decimal commas where commas do
    not part them. Imaginary frequencies are written -123.4 or 123.4i. Frequencies of exactly 0
    (translations and rotations of a program's list) are left out.

    Parameters
    ----------
    text : Text
        Of the file.
    where : str
        File name.

    Returns
    -------
    Modes

    Raises
    ------
    ReadError
        With the line, where labels, units or numbers leave a doubt.
    """
    layout = _layout(text.lines)
    if layout is None:
        raise ReadError(
            "no line names a frequency and an intensity in km/mol",
            where=where,
            do=f"write above the rows: {TABLE_LABELS}",
        )
    named = text.lines[layout.line]
    plain = _MARK.sub("", named, count=1) if is_comment(named) else named
    names = _cells(plain, layout.separator) if layout.separator else _WORDS.findall(plain)
    if not _RECIPROCAL.search(names[layout.frequency]):
        raise ReadError(
            f"{names[layout.frequency]!r} does not say that frequencies are in cm-1",
            where=f"{where}:{layout.line + 1}",
            do=f"convert them to cm-1 if they are not, and write: {TABLE_LABELS}",
        )
    rows: list[tuple[float, float, str]] = []
    said = [_MARK.sub("", line, count=1) for line in text.lines[: layout.line]]
    for number, line in enumerate(text.lines[layout.line + 1 :], start=layout.line + 2):
        if not line.strip(" \t,;"):
            continue
        if is_comment(line):
            said.append(_MARK.sub("", line, count=1))
            continue
        rows.append(_row(line, layout, f"{where}:{number}"))
    kept = [row for row in rows if row[0] != 0.0]
    if not kept:
        raise ReadError("no row holds a vibration", where=where, do="leave the file out")
    zeros = len(rows) - len(kept)
    remarks = (f"{zeros} of {len(rows)} frequencies are 0 and left out",) if zeros else ()
    header = dict(header_mapping(said))
    labels = tuple(row[2] for row in kept)
    return Modes(
        tuple(row[0] for row in kept), tuple(row[1] for row in kept), labels, header, remarks
    )


def _row(line: str, layout: _Layout, place: str) -> tuple[float, float, str]:
    if layout.separator:
        cells = _cells(line, layout.separator)
    else:
        cells = line.split(maxsplit=layout.width - 1)
    if len(cells) > layout.width and any(cells[layout.width :]):
        what = f"{len(cells)} cells under {layout.width} labels"
        raise ReadError(
            f"ambiguous: {what}: commas may be decimal marks" if layout.separator == "," else what,
            where=place,
            do="put labels with a separator in quotes, and write decimal points",
        )
    decimal = layout.separator != ","
    frequency = _number(cells, layout.frequency, place, "frequency", decimal=decimal)
    intensity = _number(cells, layout.intensity, place, "intensity", decimal=decimal)
    if intensity < 0:
        raise ReadError(f"an intensity of {intensity:g} km/mol", where=place, do="mend the row")
    at = layout.label
    label = cells[at] if at is not None and at < len(cells) else ""
    return frequency, intensity, " ".join(label.split())


def _number(cells: Sequence[str], at: int, place: str, name: str, *, decimal: bool) -> float:
    cell = cells[at] if at < len(cells) else ""
    imaginary = _IMAGINARY.fullmatch(cell) if name == "frequency" else None
    words = f"-{imaginary[1]}" if imaginary else cell
    try:
        value = float(words.replace(",", ".").replace("−", "-") if decimal else words)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ReadError(
            f"the {name} is {cell!r}, no number" if cell else f"the {name} is missing",
            where=place,
            do="a list with gaps is not used: fill the row, or leave the mode out on purpose",
        )
    return value
