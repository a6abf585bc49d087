"""Tables over all files: a row an observable, a row a file, the truth, the inputs."""

from __future__ import annotations

from collections.abc import Sequence

from spectrafit.alert import Alert, Level
from spectrafit.conditions import CONDITION_UNITS
from spectrafit.observable import Kind, Observable, observable_text
from spectrafit.reporting.alerts import file_alerts
from spectrafit.reporting.fitted import fit_parameters
from spectrafit.reporting.main_keys import items_of, observable_keys, unit_of
from spectrafit.reporting.tables import Cell, Column, Measured, Table
from spectrafit.study.outcome import FileResult, Outcome

__all__ = [
    "condition_names",
    "fits_table",
    "flags_text",
    "inputs_table",
    "observables_table",
    "stated",
    "stated_value",
    "truth_table",
]


def flags_text(outcome: Outcome, result: FileResult) -> str:
    """Return the alerts of a file that ask for something: level and code, gravest first.

    Parameters
    ----------
    outcome : Outcome
        For its waivers.
    result : FileResult
        One file.

    Returns
    -------
    str
    """
    codes = [
        f"{alert.level.value} {alert.code}"
        for alert in _concerning(outcome, result)
        if alert.level is not Level.G and not outcome.waiver_reason(alert.code, result.measurement)
    ]
    return ", ".join(dict.fromkeys(codes))


def _concerning(outcome: Outcome, result: FileResult) -> list[Alert]:
    """Return the alerts of a file and, where it was fitted, of its measurement; gravest first."""
    fitted = result.observables is not None
    whole = outcome.measurement_alerts.get(result.measurement, ()) if fitted else ()
    every = (*whole, *file_alerts(result))
    return sorted(every, key=lambda alert: (alert.level.value, alert.code))


def observables_table(outcome: Outcome) -> Table:
    """Return every observable as a row with all it states, for the CSV file.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    Table
    """
    names = condition_names(outcome.results)
    columns = (
        *(Column(name) for name in ("measurement", "technique", "file", "label")),
        *(Column(_with_unit(name)) for name in names),
        *(Column(name) for name in ("key", "unit", "kind", "value")),
        Column("standard_uncertainty"),
        Column("uncertainty_reason"),
        *(Column(name) for name in ("low", "high", "level", "verdict", "flags")),
    )
    rows = tuple(
        (
            result.measurement,
            result.technique,
            result.file,
            result.label,
            *(item.conditions.get(name, result.conditions.get(name)) for name in names),
            item.key,
            item.unit,
            item.kind.value,
            item.value if item.value is not None else _shares(item),
            item.sigma,
            item.sigma_reason,
            item.low,
            item.high,
            item.level,
            item.verdict,
            flags_text(outcome, result),
        )
        for result in outcome.done
        for item in items_of(result)
    )
    return Table("observables", columns, rows)


def fits_table(outcome: Outcome) -> Table:
    """Return one wide row a file: status, conditions, every observable and parameter, flags, why.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    Table
    """
    names = condition_names(outcome.results)
    keys = observable_keys(outcome.results)
    fitted = [fit_parameters(result) for result in outcome.results]
    parameters = {row.name: row.unit for rows in fitted for row in rows}
    columns = (
        *(Column(name) for name in ("measurement", "technique", "file", "label", "status")),
        *(Column(_with_unit(name)) for name in names),
        *(Column(key, unit=unit_of(outcome.results, key), measured=True) for key in keys),
        *(Column(f"fit.{name}", unit=unit, measured=True) for name, unit in parameters.items()),
        Column("flags"),
        Column("why"),
    )
    rows = []
    for result, rows_of_fit in zip(outcome.results, fitted, strict=True):
        by_name = {row.name: row.measured for row in rows_of_fit}
        rows.append(
            (
                result.measurement,
                result.technique,
                result.file,
                result.label,
                result.status,
                *(result.conditions.get(name) for name in names),
                *(stated_value(result, key) for key in keys),
                *(by_name.get(name) for name in parameters),
                flags_text(outcome, result),
                result.why,
            )
        )
    return Table("fits", columns, tuple(rows))


def truth_table(outcome: Outcome) -> Table:
    """Return the printed, declared and recovered values of simulated data side by side.

    Parameters
    ----------
    outcome : Outcome
        With its rows of truth.

    Returns
    -------
    Table
        The pull is taken against the truth; against the paper stands a difference only.
    """
    rows = []
    for row in outcome.truth:
        found = row.observable
        value = found.value if isinstance(found.value, int | float) else None
        rows.append(
            (
                row.label,
                found.key,
                found.unit,
                row.paper,
                row.truth,
                stated(found),
                row.pull if row.pull is None else round(row.pull, 2),
                None if row.paper is None or value is None else _difference(value, row.paper),
            )
        )
    return Table(
        "truth",
        (
            Column("label", "file"),
            Column("key"),
            Column("unit"),
            Column("paper"),
            Column("truth"),
            Column("recovered", measured=True),
            Column("pull"),
            Column("recovered_minus_paper", "recovered − paper"),
        ),
        tuple(rows),
        note="Pull: (recovered − truth)/standard uncertainty. Against the paper only a difference "
        "is given.",
    )


def inputs_table(outcome: Outcome) -> Table:
    """Return every input file with its checksum.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    Table
    """
    once = {
        (result.file, result.source.sha256): (
            result.measurement,
            result.file,
            result.source.sha256 or "not read",
            result.source.simulated,
        )
        for result in outcome.results
    }
    columns = (Column("measurement"), Column("file"), Column("sha256"), Column("simulated"))
    return Table("inputs", columns, tuple(once.values()))


def stated(observable: Observable) -> Cell:
    """Return an observable as a cell: a value with its uncertainty, or words.

    Parameters
    ----------
    observable : Observable
        Of any kind.

    Returns
    -------
    Cell
    """
    if observable.kind is Kind.VALUE and isinstance(observable.value, int | float):
        return Measured(float(observable.value), observable.sigma, observable.sigma_reason)
    return observable_text(observable)


def stated_value(result: FileResult, key: str) -> Cell:
    """Return what a file states for a key as a cell; empty where it has none.

    Parameters
    ----------
    result : FileResult
        Of any status.
    key : str
        Of an observable.

    Returns
    -------
    Cell
    """
    return next((stated(item) for item in items_of(result) if item.key == key), None)


def condition_names(results: Sequence[FileResult]) -> list[str]:
    """Return the names of the conditions of some files, each once, in order.

    Parameters
    ----------
    results : sequence of FileResult
        Any.

    Returns
    -------
    list of str
    """
    return list(dict.fromkeys(name for result in results for name in result.conditions))


def _with_unit(name: str) -> str:
    return f"{name}_{CONDITION_UNITS[name]}" if name in CONDITION_UNITS else name


def _shares(item: Observable) -> str | None:
    return observable_text(item) if item.shares else None


def _difference(value: float, paper: float) -> float:
    return float(f"{value - paper:.3g}")
