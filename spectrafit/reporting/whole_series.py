"""What the scans of a measurement say together: a table for a spreadsheet, and a section of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from spectrafit.conditions import conditions_text
from spectrafit.observable import Kind, Observable, observable_text
from spectrafit.reporting.document import Block, Paragraph, Picture, Section
from spectrafit.reporting.figures import FigureStem
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import number_text
from spectrafit.study.outcome import Outcome, SeriesResult

__all__ = ["series_lines", "series_section", "series_table"]

MOST_ROWS = 40
"""Rows of one quantity that the report shows in full; a curve of more points is for its figure."""

SHOWN_ROWS = 12
"""Rows that it shows of such a curve."""

INTRODUCTION = "What the scans of a measurement say together and none of them alone."


def series_table(outcome: Outcome) -> Table:
    """Return every observable of every series as a row, for the CSV file.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    Table
        A series that was refused is a row that says why.
    """
    names = ("measurement", "conditions", "key", "unit", "kind", "value")
    columns = (
        *(Column(name) for name in names),
        Column("standard_uncertainty"),
        Column("uncertainty_reason"),
        *(Column(name) for name in ("low", "high", "level", "verdict")),
    )
    rows: list[tuple[float | str | None, ...]] = []
    for one in outcome.series:
        if one.observables is None:
            rows.append((one.measurement, *[None] * (len(columns) - 2), f"refused: {one.why}"))
        rows += [
            (
                one.measurement,
                conditions_text(item.conditions),
                item.key,
                item.unit,
                item.kind.value,
                item.value,
                item.sigma,
                item.sigma_reason,
                item.low,
                item.high,
                item.level,
                item.verdict,
            )
            for item in _items(one)
        ]
    return Table("series", columns, tuple(rows))


def series_section(
    outcome: Outcome, stems: Sequence[FigureStem], files: Mapping[str, str]
) -> Section | None:
    """Return what each measurement says as a whole, with its figures.

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
        None where no technique of the study fits series.
    """
    if not outcome.series:
        return None
    parts = [
        Section(
            one.measurement,
            (
                *_blocks(one),
                *(
                    Picture(stem.chart, stem.stem, files.get(stem.stem, ""))
                    for stem in stems
                    if stem.series == one.measurement
                ),
            ),
        )
        for one in outcome.series
    ]
    return Section("Series", (Paragraph(INTRODUCTION, "note"),), tuple(parts))


def series_lines(one: SeriesResult) -> list[str]:
    """Return what is printed of a series: each verdict, and each number that holds for all of it.

    Parameters
    ----------
    one : SeriesResult
        Of one measurement.

    Returns
    -------
    list of str
        One line where it was refused.
    """
    if one.observables is None:
        return [f"not taken together: {one.measurement}: {one.why}"]
    whole = [item for item in _items(one) if not item.conditions]
    return [f"series {one.measurement}: {item.key} = {_value(item)}" for item in whole]


def _items(one: SeriesResult) -> tuple[Observable, ...]:
    return one.observables.items if one.observables is not None else ()


def _value(item: Observable) -> str:
    """Return value, interval, unit and verdict in one text."""
    text = observable_text(item)
    if item.unit not in ("", "1") and item.kind is not Kind.CATEGORY:
        text = f"{text} {item.unit}"
    return f"{text} ({item.verdict})" if item.verdict else text


def _blocks(one: SeriesResult) -> Iterator[Block]:
    if one.observables is None:
        yield Paragraph(f"Not taken together: {one.why}.")
        return
    for alert in one.alerts:
        yield Paragraph(str(alert))
    items = _shown(_items(one))
    if not items:
        return
    left_out = len(_items(one)) - len(items)
    if left_out:
        yield Paragraph(
            f"Of a quantity at more than {MOST_ROWS} conditions {SHOWN_ROWS} rows are shown, spread over"
            f" them; the other {left_out} are in series.csv and in the figures.",
            "note",
        )
    columns = (
        Column("conditions"),
        Column("quantity"),
        Column("value", measured=True),
        Column("unit"),
        Column("interval"),
        Column("verdict"),
    )
    rows = tuple(
        (
            conditions_text(item.conditions),
            item.key,
            observable_text(item),
            item.unit,
            _interval(item),
            item.verdict,
        )
        for item in items
    )
    yield Table(f"{one.measurement}-series", columns, rows)


def _shown(items: Sequence[Observable]) -> tuple[Observable, ...]:
    """Return the items in their order, of a curve of many points a few that are spread over it."""
    rows: dict[tuple[str, object], list[int]] = {}
    for index, item in enumerate(items):
        rows.setdefault((item.key, item.conditions.get("branch")), []).append(index)
    kept: set[int] = set()
    for own in rows.values():
        if len(own) <= MOST_ROWS:
            kept.update(own)
        else:
            steps = (len(own) - 1) / (SHOWN_ROWS - 1)
            kept.update(own[round(step * steps)] for step in range(SHOWN_ROWS))
    return tuple(item for index, item in enumerate(items) if index in kept)


def _interval(item: Observable) -> str:
    if item.level is None or (item.low is None and item.high is None):
        return ""
    low, high = ("" if end is None else number_text(end, 3) for end in (item.low, item.high))
    words = f"{low} to {high}" if low and high else f"above {low}" if low else f"below {high}"
    return f"{words} ({100 * item.level:.0f} %)"
