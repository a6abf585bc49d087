"""Which separator and which decimal mark a text has; refused where two readings fit."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from spectrafit.alert import Alert, alert_spec
from spectrafit.cell import (
    NOT_PLAIN,
    has_mark,
    is_gap,
    is_grouped,
    is_number,
    is_spaced,
    one_sign,
)
from spectrafit.errors import ReadError

__all__ = ["CutRows", "check_comma", "check_thousands", "cut_rows", "decimal_mark"]

_BETWEEN = "\x1f"
_HARD_BLANK = re.compile(r"\d[\u00a0\u2007\u2009\u202f]\d")
_TOKEN = re.compile(r'"[^"]*"|[^ \t\v\f]+')
_TWO_COMMAS = re.compile(r",[^\s;\x1f]*,")
_QUOTED = re.compile(r'"[^"]*"')
_UNSIGNED = re.compile(r"\d+(?:[eEdD][+-]?\d+)?")
_AFTER_THOUSANDS = re.compile(r"\d{3}(?:\.\d*)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}")


@dataclass(frozen=True)
class CutRows:
    """Rows of text, with what is known of how to cut them.

    Parameters
    ----------
    rows : sequence of str
        One line each; where cells were quoted, they are unpacked.
    lines : sequence of int
        The line of the file that each stands in.
    where : str
        File name, for messages.
    separator : str
        Tab, ``;``, ``,`` or a space for any run of blanks, as in the file.
    quoted : bool
        Whether the file quotes cells; a comma inside quotes separates nothing.
    between : str
        What divides the cells of `rows`.
    """

    rows: Sequence[str]
    lines: Sequence[int]
    where: str
    separator: str = " "
    quoted: bool = False
    between: str = " "

    @property
    def text(self) -> str:
        """All rows."""
        return "\n".join(self.rows)

    def cells(self, row: str) -> list[str]:
        """Return the cells of a row, without blanks around them."""
        if self.between == " ":
            return row.split()
        return [cell.strip() for cell in row.split(self.between)]

    def width(self, row: str) -> int:
        """Return the number of cells of a row."""
        return len(row.split()) if self.between == " " else row.count(self.between) + 1

    def numbered_cells(self) -> Iterator[tuple[int, str]]:
        """Yield every cell with the number of its row, counted from 0."""
        for number, row in enumerate(self.rows):
            for cell in self.cells(row):
                yield number, cell

    def at(self, row: int) -> str:
        """Return file and line of a row."""
        return f"{self.where}:{self.lines[row]}"

    def notice(self, code: str, text: str, row: int | None = None) -> Alert:
        """Return a notice, at a row or of the whole file."""
        where = self.where if row is None else self.at(row)
        return alert_spec(code).alert(where=where, text=text)

    def ambiguous(self, what: str, row: int) -> ReadError:
        """Return the refusal of text that two tables could stand in."""
        return ReadError(
            f"ambiguous: {what}",
            where=self.at(row),
            do="write the file with points as decimal marks and tabs between the columns",
        )


def cut_rows(rows: Sequence[str], lines: Sequence[int], where: str) -> CutRows:
    """Return rows with their separator: a semicolon, a tab, a comma, or blanks.

    Parameters
    ----------
    rows : sequence of str
        Lines of numbers.
    lines : sequence of int
        The line of the file that each stands in, for messages.
    where : str
        File name, for messages.

    Returns
    -------
    CutRows

    Raises
    ------
    ReadError
        When the text can be cut in two ways, or its quotation marks do not fit.
    """
    return _cut(_with_one_sign(CutRows(rows, lines, where)))


def _with_one_sign(table: CutRows) -> CutRows:
    """Return rows with one minus and one blank, refusing what may be two numbers or one."""
    text = table.text
    if text.isascii():
        return table
    for number, row in enumerate(table.rows):
        if ";" not in row and _HARD_BLANK.search(row):
            raise table.ambiguous("a hard blank stands between digits", number)
    return replace(table, rows=one_sign(text).split("\n"))


def _cut(table: CutRows) -> CutRows:
    """Return rows with their separator; quoted cells are unpacked."""
    text = table.text
    quoted = '"' in text
    if quoted:
        for number, row in enumerate(table.rows):
            if row.count('"') % 2:
                raise ReadError(
                    "a quotation mark is not closed",
                    where=table.at(number),
                    do="close it, or take it out",
                )
        text = _QUOTED.sub("0", text)
    bare = replace(table, rows=text.split("\n"))
    if ";" in text:
        separator = ";"
    elif "\t" in text:
        separator = _tab_or_blanks(bare)
    else:
        separator = _comma_or_blanks(bare) if "," in text else " "
    if not quoted and (separator != " " or text.isascii()):
        return replace(table, separator=separator, between=separator)
    if separator == " ":
        cut: Iterable[list[str]] = map(_TOKEN.findall, table.rows)
    else:
        cut = csv.reader(map(str.strip, table.rows), delimiter=separator, strict=True)
    try:
        rows = [_BETWEEN.join(cell.strip('"') for cell in cells) for cells in cut]
    except csv.Error as error:
        raise ReadError(
            f"quotation marks that do not fit: {error}", where=table.where, do="take them out"
        ) from error
    return replace(table, rows=rows, separator=separator, quoted=quoted, between=_BETWEEN)


def _tab_or_blanks(table: CutRows) -> str:
    """Return a tab where rows have equally many and no cell holds two numbers."""
    rows = table.rows
    if len({row.count("\t") for row in rows[:-1] or rows}) > 1:
        return " "
    inner = [number for number, row in enumerate(rows) if re.search(r"\S +\S", row)]
    if not inner:
        return "\t"
    tokens = [row.split() for row in rows]
    even = len(set(map(len, tokens))) == 1
    if not even or not all(is_number(t) or is_gap(t) for t in chain.from_iterable(tokens)):
        return "\t"
    cells = [cell.strip() for number in inner for cell in rows[number].split("\t")]
    if all(is_spaced(cell) for cell in cells if " " in cell):
        raise table.ambiguous("a blank may divide columns or thousands", inner[0])
    return " "


def _comma_or_blanks(table: CutRows) -> str:
    """Return a blank where blanks divide numbers with commas, else a comma."""
    rows = table.rows
    if min(len(row.split()) for row in (rows[:-1] or rows)) < 2:
        return ","
    text = table.text
    if re.search(r",(?:\s|$)", text):
        return ","
    begins = re.search(r"(?:^|\s),\S*", text)
    if begins:
        if is_number(begins[0].strip(), ","):
            row = text.count("\n", 0, begins.end())
            raise table.ambiguous("a comma may separate columns or begin a number", row)
        return ","
    if not NOT_PLAIN.search(text):
        return " "
    return " " if all(is_gap(t) or is_number(t) or has_mark(t) for t in text.split()) else ","


def decimal_mark(table: CutRows) -> tuple[str, str]:
    """Return the decimal mark of a table.

    Parameters
    ----------
    table : CutRows
        Rows of equal length.

    Returns
    -------
    decimal : str
        Point or comma.
    grouped : str
        A number with a mark of thousands as an example; empty where there is none.

    Raises
    ------
    ReadError
        When a comma may be a decimal mark as well as a mark of thousands, or both stand.
    """
    text = table.text
    commas_divide = table.separator == "," and not table.quoted
    spaced = ""
    if "'" in text or "’" in text or (" " in text and table.between != " "):
        spaced = next((cell for _, cell in table.numbered_cells() if is_spaced(cell)), "")
    if commas_divide or "," not in text:
        return ".", spaced
    if "." not in text and not _TWO_COMMAS.search(text):
        commas = ((r, c) for r, c in table.numbered_cells() if "," in c and has_mark(c))
        first = next(commas, None)
        if first is None or not is_grouped(first[1], "."):
            return ("." if first is None else ","), spaced
        if any(not is_grouped(cell, ".") for _, cell in commas):
            return ",", spaced
        raise table.ambiguous(f"{first[1]} may have a decimal comma or thousands", first[0])
    return _mixed_decimal(table, spaced)


def _mixed_decimal(table: CutRows, spaced: str) -> tuple[str, str]:
    """Return the decimal mark where points stand beside commas, or several commas in a cell."""
    marked = [(row, cell) for row, cell in table.numbered_cells() if has_mark(cell)]
    commas = [(row, cell) for row, cell in marked if "," in cell]
    both = [cell for _, cell in commas if "." in cell]
    several = [cell for _, cell in commas if cell.count(",") > 1]
    if not commas:
        return ".", spaced
    if not both and not several:
        points = [(row, cell) for row, cell in marked if "." in cell]
        row = max(commas[0][0], points[0][0] if points else 0)
        example = points[0][1] if points else commas[-1][1]
        raise table.ambiguous(f"both {example} and {commas[0][1]} stand in the table", row)
    decimal = max(".,", key=both[0].rfind) if both else "."
    example = (both or several)[0]
    for row, cell in marked:
        if not is_number(cell, decimal) and not is_grouped(cell, decimal):
            raise table.ambiguous(f"both {example} and {cell} stand in the table", row)
    return decimal, example


def check_thousands(table: CutRows, decimal: str) -> None:
    """Refuse a column where some numbers have marks of thousands and longer ones have none.

    Parameters
    ----------
    table : CutRows
        Rows of equal length.
    decimal : str
        The decimal mark.

    Raises
    ------
    ReadError
        When the marks may be damage, or divide columns.
    """
    shortest: dict[int, tuple[int, int, str]] = {}
    longest: dict[int, int] = {}
    for number, row in enumerate(table.rows):
        for j, cell in enumerate(table.cells(row)):
            digits = sum(map(str.isdigit, cell.partition(decimal)[0]))
            if is_number(cell, decimal):
                longest[j] = max(digits, longest.get(j, 0))
            elif is_spaced(cell) or is_grouped(cell, decimal):
                shortest[j] = min((digits, number, cell), shortest.get(j, (digits, number, cell)))
    for j, (digits, number, cell) in shortest.items():
        if longest.get(j, 0) >= digits:
            raise table.ambiguous(f"{cell} has a mark of thousands, others have none", number)


def check_comma(table: CutRows, labels: str) -> None:
    """Refuse commas that may be decimal marks or thousands as well as separators.

    Parameters
    ----------
    table : CutRows
        Rows of equal length.
    labels : str
        The line above the rows; as many labels as columns, with commas, decide.

    Raises
    ------
    ReadError
        When both may be.
    """
    if table.separator != "," or table.quoted:
        return
    width = len(table.cells(table.rows[0]))
    named = [label.strip(' \t"') for label in labels.split(",")]
    if len(named) == width and all(label and not label[0].isdigit() for label in named):
        return
    whole = thousands = frozenset(range(1, width))
    for row in table.rows:
        cells = table.cells(row)
        whole = frozenset(j for j in whole if _UNSIGNED.fullmatch(cells[j]))
        thousands = frozenset(
            j
            for j in thousands
            if _AFTER_THOUSANDS.fullmatch(cells[j]) and _THOUSANDS.fullmatch(cells[j - 1])
        )
        if not whole and not thousands:
            return
    if thousands or "." not in table.text:
        raise table.ambiguous("a comma may separate columns or be part of a number", 0)
