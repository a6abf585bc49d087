"""The table of each measurement: a row a file, its conditions, main observables and flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.conditions import CONDITION_UNITS
from spectrafit.reporting.main_keys import (
    key_families,
    main_keys,
    results_by_measurement,
    unit_of,
)
from spectrafit.reporting.observed import condition_names, flags_text, stated_value
from spectrafit.reporting.tables import Cell, Column, Table
from spectrafit.study.outcome import FileResult, Outcome

__all__ = ["summary_tables"]


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
        for measurement, results in results_by_measurement(outcome.results).items()
        if results[0] not in serving
        for families in (key_families(results),)
        for family in families
    ]
    if serving:
        tables.append(_serving(outcome, serving, roles))
    return tuple(tables)


def _summary(
    outcome: Outcome, measurement: str, results: Sequence[FileResult], *, alone: bool
) -> Table:
    main = main_keys(outcome, results)
    names = condition_names(results)
    head = _short_heads(main)
    columns = (
        Column("label", "file"),
        *(Column(name, name, CONDITION_UNITS.get(name, "")) for name in names),
        *(Column(key, head[key], unit_of(results, key), measured=True) for key in main),
        Column("flags"),
    )
    rows = []
    for result in results:
        cells: list[Cell] = [result.label, *(result.conditions.get(name) for name in names)]
        cells += [stated_value(result, key) for key in main]
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


def _short_heads(keys: Sequence[str]) -> dict[str, str]:
    """Return the keys without the leading parts that all of them share."""
    parts = [key.split(".") for key in keys]
    shared = 0
    if len(parts) > 1:
        while all(len(part) > shared + 1 and part[shared] == parts[0][shared] for part in parts):
            shared += 1
    return {key: ".".join(part[shared:]) for key, part in zip(keys, parts, strict=True)}
