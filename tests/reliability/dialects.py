"""Decimal comma, locale, encoding: one table in every dialect, read by every reader of tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from benchmarks.table import table
from reliability.promise import Promise, Section, share_text

from spectrafit import registry
from spectrafit.errors import ReadError
from spectrafit.recording import Recording

FAILURE = "decimal comma, locale, encoding"
DECIMALS = {"point": ".", "comma": ","}
SEPARATORS = {"tab": "\t", "semicolon": ";", "blanks": "  ", "comma": ","}
LINE_ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252")
"""UTF-16 with its mark; the text has a letter that is no ASCII."""
NUMBERS = {"plain": "{:.2f}", "three decimals": "{:.3f}", "exponents": "{:.4e}"}
IDENTICAL, AMBIGUOUS, REFUSED, OTHER = (
    "identical",
    "ambiguous",
    "refused otherwise",
    "other numbers",
)


@dataclass(frozen=True)
class TextTable:
    """A table that one reader reads: its labels and columns.

    Parameters
    ----------
    reader : str
        Name in the registry.
    labels : tuple of str
        Of the columns.
    columns : tuple of ndarray
        Numbers of two decimals, or words.
    """

    reader: str
    labels: tuple[str, ...]
    columns: tuple[Sequence[float] | Sequence[str], ...]


@dataclass(frozen=True)
class Cell:
    """One dialect of one table, and what came of it."""

    reader: str
    decimal: str
    separator: str
    line_end: str
    encoding: str
    numbers: str
    outcome: str
    words: str = ""


def tables() -> tuple[TextTable, ...]:
    """Return a table for each reader of text with columns of numbers; all numbers are made up."""
    n = np.arange(40)
    counts = [float(20_000 + 137 * ((7 * i) % 11)) for i in n]
    x = np.round(1800.25 - 9.5 * n, 2).tolist()
    y = np.round(0.1 + 0.5 / (1 + ((n - 20) / 4) ** 2), 2).tolist()
    series = tuple([float(10 * (i + 1)), *(v + i for v in y)] for i in range(3))
    row_of_x = tuple(f"{value}" for value in x)
    return (
        TextTable("columns", ("energy (eV)", "mu"), ((7112.25 + 0.5 * n).tolist(), y)),
        TextTable("spectrum", ("wavenumber (cm-1)", "absorbance"), (x, y)),
        TextTable("conditions", ("T (K)", *row_of_x), tuple(zip(*series, strict=True))),
        TextTable(
            "pyro-log",
            ("Time (s)", "Temperature (K)", "Current (A)"),
            (
                (10.25 * n).tolist(),
                (100.5 + n).tolist(),
                (0.01 + 0.001 * (n % 9)).round(2).tolist(),
            ),
        ),
        TextTable("chi-table", ("T (K)", "chiT (cm3 K/mol)"), ((10.25 + 5 * n).tolist(), y)),
        TextTable("velocity", ("velocity (mm/s)", "counts"), ((-4.25 + 0.25 * n).tolist(), counts)),
        TextTable("exp", ("velocity (mm/s)", "counts"), ((-4.25 + 0.25 * n).tolist(), counts)),
        TextTable("mass-spectrum", ("m/z", "intensity"), ((1100.25 + 0.5 * n).tolist(), y)),
        TextTable(
            "vibrations",
            ("frequency (cm-1)", "intensity (km/mol)"),
            ((1402.25 + 7.5 * n).tolist(), (20.25 + n).tolist()),
        ),
        TextTable(
            "elemental-analysis", ("element", "found"), (("C", "H", "N"), (36.41, 5.94, 8.92))
        ),
        TextTable(
            "bond-table",
            ("T", "atom_1", "atom_2", "length"),
            ((100.25, 100.25), ("Fe1", "Fe1"), ("O1", "N1"), (1.91, 2.12)),
        ),
    )


def written(
    one: TextTable, decimal: str, separator: str, line_end: str, encoding: str, numbers: str
) -> bytes:
    """Return a table in a dialect."""

    def cell(value: float | str) -> str:
        if isinstance(value, str):
            return value
        return numbers.format(value).replace(".", decimal)

    labels = tuple(
        label.replace(".", decimal) if label[0].isdigit() else label for label in one.labels
    )
    rows = [separator.join(labels)]
    rows += [separator.join(map(cell, row)) for row in zip(*one.columns, strict=True)]
    text = line_end.join(["# Küche", *rows, ""])
    marked = f"\ufeff{text}" if encoding.startswith("utf-16") else text
    return marked.encode(encoding)


def _numbers(found: Sequence[Recording]) -> list[list[list[float]]]:
    """Return columns of each recording, and the temperature where it is one of the numbers."""
    return [
        [
            *(column.values.tolist() for column in one.columns),
            [float(one.conditions.get("T", np.nan))],
        ]
        for one in found
    ]


def cells(kinds: Sequence[str] = tuple(NUMBERS)) -> Iterator[Cell]:
    """Yield every dialect of every table with what came of it.

    Parameters
    ----------
    kinds : sequence of str
        Of `NUMBERS`.

    Yields
    ------
    Cell
        Compared with the numbers read of points, tabs, LF and UTF-8.
    """
    with TemporaryDirectory() as folder:
        for one in tables():
            reader = registry.reader(one.reader)
            path = Path(folder) / ("table.exp" if one.reader == "exp" else "table.csv")
            for kind in kinds:
                path.write_bytes(written(one, ".", "\t", "\n", "utf-8", NUMBERS[kind]))
                wanted = _numbers(reader.read(path))
                _require_table(one, wanted, kind)
                for place in _places():
                    decimal, separator, line_end, encoding = place
                    path.write_bytes(
                        written(
                            one,
                            DECIMALS[decimal],
                            SEPARATORS[separator],
                            LINE_ENDS[line_end],
                            encoding,
                            NUMBERS[kind],
                        )
                    )
                    try:
                        same = _same(_numbers(reader.read(path)), wanted)
                        outcome, words = (IDENTICAL if same else OTHER), ""
                    except ReadError as refusal:
                        words = str(refusal)
                        outcome = AMBIGUOUS if "ambiguous" in words else REFUSED
                    yield Cell(one.reader, *place, kind, outcome, words)


def _places() -> Iterator[tuple[str, str, str, str]]:
    for decimal in DECIMALS:
        for separator in SEPARATORS:
            for line_end in LINE_ENDS:
                for encoding in ENCODINGS:
                    yield decimal, separator, line_end, encoding


def _same(found: list[list[list[float]]], wanted: list[list[list[float]]]) -> bool:
    return len(found) == len(wanted) and all(
        len(a) == len(b)
        and all(np.array_equal(p, q, equal_nan=True) for p, q in zip(a, b, strict=True))
        for a, b in zip(found, wanted, strict=True)
    )


def _require_table(one: TextTable, read: list[list[list[float]]], kind: str) -> None:
    """Fail where the plainest dialect itself does not give the numbers that were written."""
    inside = {value for recording in read for column in recording for value in column}
    for column in one.columns:
        for value in column:
            if not isinstance(value, str) and float(NUMBERS[kind].format(value)) not in inside:
                raise AssertionError(f"{one.reader}: {value} was written and not read")


def outcomes(found: Sequence[Cell]) -> str:
    """Return a table: a row for each reader, a column for each decimal mark and separator."""
    head = ("reader", *(f"{d} / {s}" for d in DECIMALS for s in SEPARATORS))
    rows = []
    for reader in dict.fromkeys(cell.reader for cell in found):
        row = [reader]
        for decimal in DECIMALS:
            for separator in SEPARATORS:
                own = Counter(
                    cell.outcome
                    for cell in found
                    if (cell.reader, cell.decimal, cell.separator) == (reader, decimal, separator)
                )
                counted = [f"{outcome} {count}" for outcome, count in own.items()]
                row.append(next(iter(own)) if len(own) == 1 else ", ".join(counted))
        rows.append(tuple(row))
    return table(head, rows)


def section() -> Section:
    """Return the promise about dialects, and the table of all of them."""
    found = tuple(cells())
    counted = Counter(cell.outcome for cell in found)
    wrong = counted[OTHER] + counted[REFUSED]
    readers = len({cell.reader for cell in found})
    promise = Promise(
        FAILURE,
        "one table in {point, comma} x {tab, ;, blanks, comma} x {LF, CRLF, CR} x {UTF-8, with mark, "
        "UTF-16 LE and BE, cp1252}: identical arrays, or an 'ambiguous' error",
        f"{counted[IDENTICAL]:,} identical, {counted[AMBIGUOUS]:,} ambiguous, {share_text(wrong, len(found))} "
        "otherwise",
        len(found),
        not wrong,
        f"{readers} readers of tables, numbers of two and three decimals and with exponents",
    )
    about = (
        "### Dialects of text\n\nDecimal mark / separator; each cell holds for 3 line ends, 5 encodings and "
        "3 ways of writing numbers.\n\n"
    )
    return Section((promise,), about + outcomes(found))
