"""What a notebook shows of a study and of what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from spectrafit.alert import Level
from spectrafit.conditions import conditions_text
from spectrafit.notebook import html_lines, html_table, unit_text
from spectrafit.observable import Kind, Observable, observable_text
from spectrafit.rounding import UNCERTAINTY_NOTE

if TYPE_CHECKING:
    from spectrafit.study.outcome import FileResult, Outcome
    from spectrafit.study.schema import Study

__all__ = ["outcome_html", "study_html"]

MOST_KEYS = 4


def study_html(study: Study) -> str:
    """Return a study as a small table, a row a measurement.

    Parameters
    ----------
    study : Study
        As loaded.

    Returns
    -------
    str
        HTML, every text escaped.
    """
    rows = [
        (
            one.name,
            one.technique,
            one.role,
            one.sample,
            ", ".join(one.files),
            ", ".join(f"{role}: {' '.join(names)}" for role, names in one.uses.items()),
        )
        for one in study.measurement
    ]
    states = f"states: {', '.join(study.state)}" if study.state else ""
    heads = ("measurement", "technique", "role", "sample", "files", "uses")
    return html_lines(study.study.title or study.study.name, [states]) + html_table(heads, rows)


def outcome_html(outcome: Outcome) -> str:
    """Return an outcome as small tables, one a measurement, with its first values.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    str
        HTML, every text escaped.
    """
    head = outcome.study.study
    states = Counter(result.status for result in outcome.results)
    levels: Counter[Level] = Counter(
        alert.level for alert in outcome.all_alerts if alert.level is not Level.G
    )
    alerts = ", ".join(
        f"{levels[level]} {level.value} ({level.words})" for level in Level if levels[level]
    )
    lines = (
        ", ".join(f"{count} {status}" for status, count in states.items()),
        f"alerts: {alerts}" if alerts else "",
        "to_frame() gives every value of every file",
    )
    parts = [html_lines(head.title or head.name, lines, simulated=outcome.simulated)]
    others: list[FileResult] = []
    for name in dict.fromkeys(result.measurement for result in outcome.results):
        results = [result for result in outcome.results if result.measurement == name]
        if any(_values(result) for result in results):
            parts.append(html_lines(f"{name} ({results[0].technique})") + _table(results))
        else:
            others += results
    if others:
        rows = [(one.label, one.measurement, _status(one)) for one in others]
        heads = ("file", "measurement", "status")
        parts.append(html_lines("other files") + html_table(heads, rows))
    return "".join(parts)


def _table(results: Sequence[FileResult]) -> str:
    items = {id(result): _values(result) for result in results}
    units = {item.key: item.unit for found in items.values() for item in found.values()}
    keys = list(units)[:MOST_KEYS]
    rows = [
        (
            result.label,
            conditions_text(result.conditions),
            _status(result),
            *(
                observable_text(found[key]) if key in (found := items[id(result)]) else ""
                for key in keys
            ),
        )
        for result in results
    ]
    heads = [f"{key} / {unit_text(units[key])}" if unit_text(units[key]) else key for key in keys]
    return html_table(("file", "conditions", "status", *heads), rows, note=UNCERTAINTY_NOTE)


def _status(result: FileResult) -> str:
    return f"{result.status}: {result.why}" if result.why else result.status


def _values(result: FileResult) -> dict[str, Observable]:
    """Return the values with an uncertainty, which come first; of others the full table tells."""
    items = result.observables.items if result.observables is not None else ()
    return {item.key: item for item in items if item.kind is Kind.VALUE and item.sigma is not None}
