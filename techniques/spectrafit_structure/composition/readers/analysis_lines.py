"""Lines of an elemental analysis: what is header, what labels, what a row, and what each cell is."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from spectrafit.cell import is_number
from spectrafit.labels import header_entry
from spectrafit.table import header_mapping
from spectrafit_structure.composition.element_symbols import ELEMENT_SYMBOLS

__all__ = ["AnalysisLine", "AnalysisText", "Labels", "analysis_text", "element_of", "labels_of"]

_ROLES = {
    "element": r"elements?|el|symbol|atom",
    "found": r"|found|measured|exp|experimental|obs|observed|mean|value|content|percent(?:age)?",
    "su": r"su|s\.?\s?u\.?|u|sigma|error|uncertainty|standard uncertainty|±",
    "calculated": r"calc|calcd|calculated|theory|theoretical|theor|expected|required",
}
_DRESS = re.compile(r"[%()\[\]{}]|\bwt\b|\bmass\b|\bin\b")
_ELEMENT = re.compile(
    r"%?\s*(?P<symbol>[A-Z][a-z]?)\s*(?P<unit>[(\[/]?\s*(?:wt\.?\s*)?%\s*[)\]]?)?"
)


@dataclass(frozen=True)
class AnalysisLine:
    """One line of the table.

    Parameters
    ----------
    number : int
        Line of the file, counted from 1.
    cells : tuple of str
        Without blanks around them.
    """

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class AnalysisText:
    """A file divided into header and table.

    Parameters
    ----------
    header : mapping of str to str
        Comments and lines ``key: value``.
    lines : tuple of AnalysisLine
        All others that are not empty.
    separator : str
        Tab, ``;``, ``,`` or a space for any run of blanks.
    """

    header: Mapping[str, str]
    lines: tuple[AnalysisLine, ...]
    separator: str


@dataclass(frozen=True)
class Labels:
    """Which column of the table is what.

    Parameters
    ----------
    rows : tuple of AnalysisLine
        Those below the labels.
    roles : mapping of str to int
        Places of ``element``, ``found``, ``su`` and ``calculated`` where an element has a line.
    elements : mapping of str to int
        Places of the elements where an element has a column; else empty.
    sure : bool
        Whether labels say so.
    left_out : tuple of str
        Labels of columns that mean nothing here.
    """

    rows: tuple[AnalysisLine, ...]
    roles: Mapping[str, int] = field(default_factory=dict)
    elements: Mapping[str, int] = field(default_factory=dict)
    sure: bool = True
    left_out: tuple[str, ...] = ()


def analysis_text(lines: Sequence[str]) -> AnalysisText:
    """Return the header and the table of some lines.

    Parameters
    ----------
    lines : sequence of str
        Of a file, from its first on.

    Returns
    -------
    AnalysisText
    """
    header: list[str] = []
    rows: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        if line.lstrip().startswith("#"):
            header.append(line.lstrip().lstrip("#").strip())
        elif header_entry(line) is not None:
            header.append(line.strip())
        elif line.strip():
            rows.append((number, line))
    first = rows[0][1] if rows else ""
    separator = next((each for each in "\t;," if each in first), " ")
    return AnalysisText(
        header_mapping(each for each in header if each),
        tuple(AnalysisLine(number, _cells(line, separator)) for number, line in rows),
        separator,
    )


def _cells(line: str, separator: str) -> tuple[str, ...]:
    if separator == " ":
        return tuple(re.sub(r"\s+%", "%", line).split())
    try:
        found = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        found = line.split(separator)
    return tuple(each.strip() for each in found)


def element_of(label: str) -> tuple[str, bool] | None:
    """Return the element that a label names, and whether it says that it is a percentage.

    Parameters
    ----------
    label : str
        Like ``C``, ``C %``, ``C [%]`` or ``%C``.

    Returns
    -------
    tuple of (str, bool), or None
    """
    match = _ELEMENT.fullmatch(label.strip())
    if match is None or match["symbol"] not in ELEMENT_SYMBOLS:
        return None
    return match["symbol"], "%" in label


def labels_of(text: AnalysisText) -> Labels | None:
    """Return which column is what, None where the text is no elemental analysis.

    Parameters
    ----------
    text : AnalysisText
        The lines.

    Returns
    -------
    Labels or None
    """
    if len(text.lines) < 2:
        return None
    first, rest = text.lines[0], text.lines[1:]
    return _by_line(first, rest) or _by_column(first, rest) or _bare(text.lines)


def _by_line(first: AnalysisLine, rest: tuple[AnalysisLine, ...]) -> Labels | None:
    roles: dict[str, int] = {}
    left: list[str] = []
    for place, label in enumerate(first.cells):
        plain = " ".join(_DRESS.sub(" ", label.lower()).split()).strip(" .")
        role = next((each for each, form in _ROLES.items() if re.fullmatch(form, plain)), "")
        if role and role not in roles:
            roles[role] = place
        else:
            left.append(label)
    if not {"element", "found"} <= roles.keys():
        return None
    return Labels(rest, roles, left_out=tuple(left))


def _by_column(first: AnalysisLine, rest: tuple[AnalysisLine, ...]) -> Labels | None:
    named = {place: element_of(label) for place, label in enumerate(first.cells)}
    known = {place: each for place, each in named.items() if each is not None}
    symbols = [symbol for symbol, _ in known.values()]
    percent = any(sure for _, sure in known.values())
    # one letter labels many things: C beside H or N is an analysis
    if len(set(symbols)) != len(symbols) or not (
        (percent and len(symbols) > 1) or ("C" in symbols and {"H", "N"} & set(symbols))
    ):
        return None
    left = tuple(first.cells[place] for place in named if place not in known)
    return Labels(
        rest, elements={symbol: place for place, (symbol, _) in known.items()}, left_out=left
    )


def _bare(lines: tuple[AnalysisLine, ...]) -> Labels | None:
    rows = [line.cells for line in lines]
    # a third column could be an error or a calculated value
    plain = all(
        len(cells) == 2
        and cells[0] in ELEMENT_SYMBOLS
        and is_number(cells[1].rstrip("%").partition("(")[0])
        for cells in rows
    )
    return Labels(lines, {"element": 0, "found": 1}, sure=False) if plain else None
