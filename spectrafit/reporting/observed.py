"""Tables over all files: a row a file, a row an observable, the truth, the inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.alert import Alert, Level
from spectrafit.conditions import CONDITION_UNITS, conditions_text
from spectrafit.observable import Kind, Observable, observable_text
from spectrafit.reporting.alerts import file_alerts
from spectrafit.reporting.fitted import fit_parameters
from spectrafit.reporting.tables import Cell, Column, Measured, Table
from spectrafit.study.outcome import FileResult, Outcome

__all__ = [
    "conditions_text",
    "fits_table",
    "flags_text",
    "items_of",
    "inputs_table",
    "key_families",
    "main_keys",
    "main_keys_by_family",
    "observables_table",
    "stated",
    "summary_tables",
    "truth_table",
]

MAIN_COLUMNS = 5


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


def summary_tables(outcome: Outcome) -> tuple[Table, ...]:
    """Return one table a measurement: a row a file, its conditions, main observables and flags.

    Files of a measurement that share no observable (different elements) have a table each. Files
    that only serve others (foils, references, backgrounds) share one table at the end.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    tuple of Table
    """
    roles = {one.name: one.role for one in outcome.study.measurement}
    serving = [one for one in outcome.results if roles.get(one.measurement, "sample") != "sample"]
    tables = [
        _summary(outcome, measurement, family, alone=len(families) == 1)
        for measurement, results in _by_measurement(outcome.results).items()
        if results[0] not in serving
        for families in (key_families(results),)
        for family in families
    ]
    if serving:
        tables.append(_serving(outcome, serving, roles))
    return tuple(tables)


def key_families(results: Sequence[FileResult]) -> tuple[tuple[FileResult, ...], ...]:
    """Return files in groups such that files of different groups share no observable.

    Parameters
    ----------
    results : sequence of FileResult
        Of one measurement.

    Returns
    -------
    tuple of tuple of FileResult
        In the order of their first files; files without observables are in the first group.
    """
    families: list[tuple[set[str], list[FileResult]]] = []
    without = []
    for one in results:
        keys = {item.key for item in items_of(one)}
        if not keys:
            without.append(one)
            continue
        related = [family for family in families if family[0] & keys]
        members = [each for _, others in related for each in others]
        joined = (keys.union(*(known for known, _ in related)), [*members, one])
        place = families.index(related[0]) if related else len(families)
        families = [family for family in families if not any(family is each for each in related)]
        families.insert(place, joined)
    groups = [group for _, group in families] or [[]]
    groups[0] += without
    order = {one.label: i for i, one in enumerate(results)}
    return tuple(tuple(sorted(group, key=lambda one: order[one.label])) for group in groups)


def main_keys(outcome: Outcome, results: Sequence[FileResult]) -> tuple[str, ...]:
    """Return the main observables of some files, at most five.

    Those that a state or the declared truth speaks of, then those that the technique names first;
    one without an uncertainty in every file comes last.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.
    results : sequence of FileResult
        Files of one measurement that share observables.

    Returns
    -------
    tuple of str
        In the order of the technique.
    """
    wanted = {key for state in outcome.study.state.values() for key in state.expect}
    wanted |= {row.observable.key for row in outcome.truth}
    keys = _keys(results)
    firm = {item.key for one in results for item in items_of(one) if not item.sigma_reason}
    first = sorted(keys, key=lambda key: (key not in firm, key not in wanted))[:MAIN_COLUMNS]
    return tuple(sorted(first, key=keys.index))


def main_keys_by_family(outcome: Outcome) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the main observables of each group of files of each measurement.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    mapping of str to tuple of tuple of str
        By name of the measurement.
    """
    return {
        measurement: tuple(main_keys(outcome, family) for family in key_families(results))
        for measurement, results in _by_measurement(outcome.results).items()
    }


def _summary(
    outcome: Outcome, measurement: str, results: Sequence[FileResult], *, alone: bool
) -> Table:
    main = main_keys(outcome, results)
    names = _condition_names(results)
    head = _short_heads(main)
    columns = (
        Column("label", "file"),
        *(Column(name, name, CONDITION_UNITS.get(name, "")) for name in names),
        *(Column(key, head[key], _unit(results, key), measured=True) for key in main),
        Column("flags"),
    )
    rows = []
    for result in results:
        cells: list[Cell] = [result.label, *(result.conditions.get(name) for name in names)]
        cells += [_stated(result, key) for key in main]
        rows.append((*cells, _standing(outcome, result)))
    subject = "" if alone else _shared_head(main)
    title = f"{measurement} ({results[0].technique}{f', {subject}' if subject else ''})"
    name = f"summary-{measurement}{f'-{subject}' if subject else ''}"
    return Table(name, columns, tuple(rows), title=title)


def _shared_head(keys: Sequence[str]) -> str:
    """Return the leading parts that all keys share, like ``xanes.fe``."""
    columns = zip(*(key.split(".") for key in keys), strict=False)
    head = [parts[0] for parts in columns if len(set(parts)) == 1]
    return ".".join(head[:2])


def _serving(outcome: Outcome, results: Sequence[FileResult], roles: Mapping[str, str]) -> Table:
    columns = (Column("label", "file"), Column("measurement"), Column("role"), Column("flags"))
    return Table(
        "summary-serving",
        columns,
        tuple(
            (one.label, one.measurement, roles[one.measurement], _standing(outcome, one))
            for one in results
        ),
        title="Files that serve others",
    )


def _standing(outcome: Outcome, result: FileResult) -> str:
    if result.status == "done":
        return flags_text(outcome, result)
    return f"{result.status}: {result.why}"


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
    names = _condition_names(outcome.results)
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
    names = _condition_names(outcome.results)
    keys = _keys(outcome.results)
    fitted = [fit_parameters(result) for result in outcome.results]
    parameters = {row.name: row.unit for rows in fitted for row in rows}
    columns = (
        *(Column(name) for name in ("measurement", "technique", "file", "label", "status")),
        *(Column(_with_unit(name)) for name in names),
        *(Column(key, unit=_unit(outcome.results, key), measured=True) for key in keys),
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
                *(_stated(result, key) for key in keys),
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


def _stated(result: FileResult, key: str) -> Cell:
    return next((stated(item) for item in items_of(result) if item.key == key), None)


def items_of(result: FileResult) -> tuple[Observable, ...]:
    """Return the observables of a file, none where it was refused.

    Parameters
    ----------
    result : FileResult
        Of any status.

    Returns
    -------
    tuple of Observable
    """
    return () if result.observables is None else result.observables.items


def _by_measurement(results: Sequence[FileResult]) -> dict[str, list[FileResult]]:
    groups: dict[str, list[FileResult]] = {}
    for result in results:
        groups.setdefault(result.measurement, []).append(result)
    return groups


def _keys(results: Sequence[FileResult]) -> list[str]:
    return list(dict.fromkeys(item.key for result in results for item in items_of(result)))


def _unit(results: Sequence[FileResult], key: str) -> str:
    return next(item.unit for result in results for item in items_of(result) if item.key == key)


def _condition_names(results: Sequence[FileResult]) -> list[str]:
    return list(dict.fromkeys(name for result in results for name in result.conditions))


def _with_unit(name: str) -> str:
    return f"{name}_{CONDITION_UNITS[name]}" if name in CONDITION_UNITS else name


def _short_heads(keys: Sequence[str]) -> dict[str, str]:
    """Return the keys without the leading parts that all of them share."""
    parts = [key.split(".") for key in keys]
    shared = 0
    if len(parts) > 1:
        while all(len(part) > shared + 1 and part[shared] == parts[0][shared] for part in parts):
            shared += 1
    return {key: ".".join(part[shared:]) for key, part in zip(keys, parts, strict=True)}


def _shares(item: Observable) -> str | None:
    return observable_text(item) if item.shares else None


def _difference(value: float, paper: float) -> float:
    return float(f"{value - paper:.3g}")
