"""The comparisons of a study: their table for a spreadsheet, and their section of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spectrafit.observable import Kind, Observable, observable_text
from spectrafit.reporting.document import Block, Paragraph, Picture, Section
from spectrafit.reporting.figures import FigureStem
from spectrafit.reporting.tables import Cell, Column, Table
from spectrafit.rounding import number_text
from spectrafit.study.outcome import ComparisonResult, Outcome

__all__ = ["comparisons_section", "comparisons_table"]

MARGIN, SMALLEST, POWER, P_ZERO, P = "margin", "smallest_detectable", "power", "p_zero", "p"
INTRODUCTION = (
    "Margins were set before looking, in the study. Equal within margin: the whole interval lies "
    "inside the margin. Different: the interval excludes zero and reaches beyond the margin. "
    "Undecided: neither; the smallest detectable difference says what this measurement could have "
    "seen."
)


@dataclass(frozen=True)
class _Row:
    """One observable of a comparison with what it was held against."""

    comparison: ComparisonResult
    item: Observable

    @property
    def quantity(self) -> str:
        """The key without technique and subject, as it is read."""
        kind, *parts = self.item.key.split(".")[2:]
        if kind != "difference" or len(parts) < 2:
            return ".".join((kind, *parts))
        a, b, *rest = parts
        return f"{a} − {b}: {' '.join(rest) or 'population'}"

    def number(self, name: str) -> float | None:
        """Return a number of the conventions; None where it is not there."""
        value = self.item.conventions.get(name)
        return float(value) if isinstance(value, int | float) else None


def _rows(one: ComparisonResult) -> list[_Row]:
    items = one.observables.items if one.observables is not None else ()
    return [_Row(one, item) for item in items]


def comparisons_table(outcome: Outcome) -> Table:
    """Return every observable of every comparison as a row, for the CSV file.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    Table
        A comparison that was refused is a row that says why.
    """
    names = ("comparison", "measurement", "a", "b", "key", "unit", "kind", "value")
    numbers = ("low", "high", "level", MARGIN, SMALLEST, POWER, "p")
    columns = (
        *(Column(name) for name in names),
        Column("standard_uncertainty"),
        Column("uncertainty_reason"),
        *(Column(name) for name in numbers),
        Column("verdict"),
    )
    rows = [row for one in outcome.comparisons for row in _csv_rows(one, len(columns))]
    return Table("comparisons", columns, tuple(rows))


def _csv_rows(one: ComparisonResult, count: int) -> Iterator[tuple[Cell, ...]]:
    if one.observables is None:
        yield (one.name, one.measurement, *[None] * (count - 3), f"refused: {one.why}")
        return
    for row in _rows(one):
        item = row.item
        p = row.number(P_ZERO) if row.number(P) is None else row.number(P)
        yield (
            one.name,
            one.measurement,
            _words(item, "a") or ", ".join(one.a),
            _words(item, "b") or one.b,
            item.key,
            item.unit,
            item.kind.value,
            item.value,
            item.sigma,
            item.sigma_reason,
            item.low,
            item.high,
            item.level,
            *(row.number(name) for name in (MARGIN, SMALLEST, POWER)),
            p,
            item.verdict,
        )


def _words(item: Observable, name: str) -> str:
    value = item.conventions.get(name)
    return value if isinstance(value, str) else ""


def comparisons_section(
    outcome: Outcome, stems: Sequence[FigureStem], files: Mapping[str, str]
) -> Section | None:
    """Return the comparisons, each with its verdict, its quantities and its figures.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    stems : sequence of FigureStem
        Its charts.
    files : mapping of str to str
        Drawn figure by stem.

    Returns
    -------
    Section or None
        None where the study compares nothing.
    """
    if not outcome.comparisons:
        return None
    parts = [
        Section(
            one.name,
            (
                *_blocks(one),
                *(
                    Picture(stem.chart, stem.stem, files.get(stem.stem, ""))
                    for stem in stems
                    if stem.comparison == one.name
                ),
            ),
        )
        for one in outcome.comparisons
    ]
    return Section("Comparisons", (Paragraph(INTRODUCTION, "note"),), tuple(parts))


def _blocks(one: ComparisonResult) -> Iterator[Block]:
    if one.observables is None:
        yield Paragraph(f"Not compared: {one.why}.")
        return
    for alert in one.alerts:
        yield Paragraph(str(alert))
    rows = _rows(one)
    judged = [row for row in rows if row.item.kind is Kind.CATEGORY]
    held = [row for row in rows if row.number(SMALLEST) is not None]
    regions = [row for row in rows if row.number(P) is not None]
    rest = [row for row in rows if row not in (*judged, *held, *regions)]
    for row in judged:
        pair = f"{_words(row.item, 'a')} against {_words(row.item, 'b')}"
        head = pair if _words(row.item, "a") else row.quantity
        yield Paragraph(f"{head}: {row.item.value}; {row.item.verdict}.")
    for title, table in (
        ("a less b", _held_table(one, held)),
        ("chi2 over regions", _region_table(one, regions)),
        ("along the series", _rest_table(one, rest)),
    ):
        if table.rows:
            yield replace(table, title=title)


def _held_table(one: ComparisonResult, rows: Sequence[_Row]) -> Table:
    columns = (
        Column("quantity"),
        Column("value", measured=True),
        Column("unit"),
        Column("interval"),
        Column("margin"),
        Column("smallest", "smallest detectable"),
        Column("verdict"),
    )
    return Table(
        f"{one.name}-margins",
        columns,
        tuple(
            (
                row.quantity,
                _middle(row.item),
                row.item.unit,
                _interval(row.item),
                _short(row.number(MARGIN), 4),
                _short(row.number(SMALLEST), 2),
                row.item.verdict,
            )
            for row in rows
        ),
    )


def _middle(item: Observable) -> str:
    """Return the value; an interval has a column of its own."""
    if item.kind is Kind.INTERVAL and isinstance(item.value, int | float):
        return number_text(item.value, 3)
    return observable_text(item)


def _interval(item: Observable) -> str:
    if item.low is None or item.high is None or item.level is None:
        return ""
    low, high = (number_text(end, 3) for end in (item.low, item.high))
    return f"{low} to {high} ({100 * item.level:.0f} %)"


def _short(number: float | None, digits: int) -> str:
    return "" if number is None else number_text(number, digits)


def _region_table(one: ComparisonResult, rows: Sequence[_Row]) -> Table:
    names = ("quantity", "chi2", "points", "p")
    return Table(
        f"{one.name}-regions",
        tuple(Column(name) for name in names),
        tuple(
            (
                row.quantity,
                _short(float(row.item.value) if isinstance(row.item.value, float) else None, 4),
                str(row.item.conventions.get("points", "")),
                _short(row.number(P), 2),
            )
            for row in rows
        ),
    )


def _rest_table(one: ComparisonResult, rows: Sequence[_Row]) -> Table:
    columns = (
        Column("quantity"),
        Column("value", measured=True),
        Column("unit"),
        Column("verdict"),
    )
    return Table(
        f"{one.name}-series",
        columns,
        tuple(
            (row.quantity, observable_text(row.item), row.item.unit, row.item.verdict)
            for row in rows
        ),
    )
