"""A comparison of two results as tables."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from spectrafit.observable import Observable
from spectrafit.reporting.comparison import ResultsComparison
from spectrafit.reporting.observed import stated
from spectrafit.reporting.tables import Cell, Column, Measured, Table
from spectrafit.reporting.value_changes import ValueChange

__all__ = [
    "comparison_tables",
    "keys_table",
    "values_table",
    "verdict",
]

STATISTICS = (
    "In sigma: for the same data fitted again, the difference in units of the larger standard "
    "uncertainty; the two values are not independent, so it says whether the change matters, not "
    "whether it is significant. For files that differ, which are taken as independent, the "
    "difference over the root of the sum of the squared uncertainties; what both share (a foil, a "
    "reference) is in it twice."
)


def comparison_tables(comparison: ResultsComparison, most: int | None = None) -> tuple[Table, ...]:
    """Return the tables of a comparison that have rows; of the values those that differ.

    Parameters
    ----------
    comparison : ResultsComparison
        What was compared.
    most : int, optional
        Most values to list, the largest differences first; all when None.

    Returns
    -------
    tuple of Table
    """
    settings = Table(
        "settings",
        (Column("measurement"), Column("setting"), Column("before"), Column("after")),
        tuple(
            (
                one.measurement or "(study)",
                one.setting,
                one.before or "not given",
                one.after or "not given",
            )
            for one in comparison.settings
        ),
        title="Settings",
    )
    files = Table(
        "files",
        (
            Column("measurement"),
            Column("file"),
            Column("change"),
            Column("before"),
            Column("after"),
        ),
        tuple(
            (one.measurement, one.file, one.change, _short(one.before), _short(one.after))
            for one in comparison.files
        ),
        title="Files",
        note="Checksums are the first twelve digits of sha256.",
    )
    versions = Table(
        "versions",
        (Column("name"), Column("before"), Column("after")),
        tuple((one.name, one.before or "none", one.after or "none") for one in comparison.versions),
        title="Versions",
    )
    flags = Table(
        "flags",
        (Column("measurement"), Column("file"), Column("alert"), Column("change")),
        tuple(
            (one.measurement, one.file, f"{one.level} {one.code}", one.change)
            for one in comparison.flags
        ),
        title="Alerts newly raised and gone",
    )
    values = values_table(comparison.differing, most)
    tables = [settings, files, versions, values, flags]
    if most is not None and len(comparison.differing) > most:
        tables.insert(3, keys_table(comparison.values))
    return tuple(table for table in tables if table.rows)


def keys_table(values: Sequence[ValueChange]) -> Table:
    """Return what became of each observable, over all files.

    Parameters
    ----------
    values : sequence of ValueChange
        Every value.

    Returns
    -------
    Table
        A row a key of which any value differs.
    """
    columns = (
        *(Column(name) for name in ("measurement", "key", "unit", "values", "differ")),
        Column("median_difference", "median difference"),
        Column("largest_in_sigma", "largest in sigma"),
    )
    groups: dict[tuple[str, str], list[ValueChange]] = {}
    for one in values:
        groups.setdefault((one.measurement, one.key), []).append(one)
    rows: list[tuple[Cell, ...]] = []
    for (measurement, key), own in groups.items():
        differences = [one.difference for one in own if one.difference is not None]
        largest = max((abs(one.in_sigma) for one in own if one.in_sigma is not None), default=None)
        differ = sum(one.differs for one in own)
        if differ:
            middle = median(differences) if differences else None
            rows.append(
                (measurement, key, _unit(own[0]), len(own), differ, middle, _short_number(largest))
            )
    return Table("keys", columns, tuple(rows), title="Observables that differ, over all files")


def values_table(values: Sequence[ValueChange], most: int | None = None) -> Table:
    """Return the values of both sides with their difference.

    Parameters
    ----------
    values : sequence of ValueChange
        In the order of the rows.
    most : int, optional
        Most rows; all when None.

    Returns
    -------
    Table
    """
    columns = (
        *(Column(name) for name in ("measurement", "file", "key", "unit")),
        Column("before", measured=True),
        Column("after", measured=True),
        Column("difference"),
        Column("in_sigma", "in sigma"),
        Column("basis"),
    )
    shown = values if most is None else values[:most]
    rows = tuple(
        (
            one.measurement,
            one.file,
            one.key,
            _unit(one),
            _stated(one.before),
            _stated(one.after),
            one.difference,
            _short_number(one.in_sigma),
            one.basis or one.reason,
        )
        for one in shown
    )
    left = len(values) - len(shown)
    rest = f"{left} smaller differences are not shown. " if left else ""
    return Table("values", columns, rows, title="Values that differ", note=rest + STATISTICS)


def verdict(comparison: ResultsComparison) -> str:
    """Return whether two results agree, in a sentence.

    Parameters
    ----------
    comparison : ResultsComparison
        What was compared.

    Returns
    -------
    str
    """
    within = f"within {comparison.tolerance:g} standard uncertainties (without one, 1e-9 relative)"
    total = len(comparison.values)
    if comparison.agree:
        return f"verdict: the results agree; {total} values, all {within}"
    parts = [f"{len(comparison.differing)} of {total} values differ, the others agree {within}"]
    for words, count in (
        ("results only on one side or of another status", _unlike(comparison)),
        ("alerts raised or gone", len(comparison.flags)),
    ):
        parts += [f"{count} {words}"] if count else []
    return f"verdict: the results differ; {'; '.join(parts)}"


def _stated(observable: Observable | None) -> Cell:
    """Return a value; why it has no uncertainty stands in the last column."""
    cell = None if observable is None else stated(observable)
    return cell.value if isinstance(cell, Measured) and cell.sigma is None else cell


def _short_number(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")


def _unit(change: ValueChange) -> Cell:
    side = change.after or change.before
    return None if side is None else side.unit


def _short(text: str) -> str:
    """Return a checksum as it is read; other words as they are."""
    return text[:12] if len(text) == 64 and set(text) <= set("0123456789abcdef") else text


def _unlike(comparison: ResultsComparison) -> int:
    return sum(one.change in ("added", "removed", "status") for one in comparison.files)
