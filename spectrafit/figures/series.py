"""Charts over the files of a measurement: each observable against the condition that varies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.observable import Kind, Observable
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.study.outcome import FileResult, Outcome

__all__ = ["Trend", "trends", "varied_condition"]

FEWEST_POINTS = 3
_LABELS = {"T": "temperature / K"}


@dataclass(frozen=True, eq=False)
class Trend:
    """One observable of one measurement over the condition that varies.

    Parameters
    ----------
    measurement : str
        Its name.
    key : str
        Of the observable.
    chart : Chart
        What is drawn.
    """

    measurement: str
    key: str
    chart: Chart


def trends(outcome: Outcome) -> tuple[Trend, ...]:
    """Return a chart of each observable of each measurement over the condition that varies.

    Curves are split by conditions that are words (heating, cooling). The declared truth of
    simulated data is drawn beside what was recovered.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of Trend
        None for a measurement with fewer than three files that differ in one numeric condition.
    """
    found = []
    for measurement in dict.fromkeys(result.measurement for result in outcome.done):
        results = [result for result in outcome.done if result.measurement == measurement]
        name = varied_condition(results)
        if not name:
            continue
        keys = dict.fromkeys(
            item.key
            for result in results
            if result.observables is not None
            for item in result.observables.items
            if item.kind is Kind.VALUE
        )
        for key in keys:
            chart = _trend(outcome, results, measurement, name, key)
            found += [Trend(measurement, key, chart)] if chart is not None else []
    return tuple(found)


def varied_condition(results: Sequence[FileResult]) -> str:
    """Return the numeric condition that takes the most values, the temperature first.

    Parameters
    ----------
    results : sequence of FileResult
        Of one measurement.

    Returns
    -------
    str
        Empty where none takes three values.
    """
    values: dict[str, set[float]] = {}
    for result in results:
        for name, value in result.conditions.items():
            if isinstance(value, int | float):
                values.setdefault(name, set()).add(float(value))
    counts = {name: len(taken) for name, taken in values.items() if len(taken) >= FEWEST_POINTS}
    return max(counts, key=lambda name: (name == "T", counts[name]), default="")


def _trend(
    outcome: Outcome, results: Sequence[FileResult], measurement: str, name: str, key: str
) -> Chart | None:
    points: dict[str, list[tuple[float, Observable]]] = {}
    for result in results:
        x, item = result.conditions.get(name), _item(result, key)
        if isinstance(x, int | float) and item is not None:
            words = [value for value in result.conditions.values() if isinstance(value, str)]
            points.setdefault(", ".join(words) or "recovered", []).append((float(x), item))
    if sum(map(len, points.values())) < FEWEST_POINTS:
        return None
    traces = [_points(label, found) for label, found in points.items()]
    truth = _truth(outcome, results, name, key)
    traces += [truth] if truth is not None else []
    unit = next(iter(points.values()))[0][1].unit
    return Chart(
        f"{measurement}-{key.removeprefix(measurement + '.')}",
        f"{measurement}: {key}",
        _LABELS.get(name, name),
        (Panel(f"{key} / {unit}" if unit != "1" else key, tuple(traces)),),
        simulated=any(result.source.simulated for result in results),
    )


def _item(result: FileResult, key: str) -> Observable | None:
    items = result.observables.items if result.observables is not None else ()
    return next((one for one in items if one.key == key and one.kind is Kind.VALUE), None)


def _points(label: str, found: Sequence[tuple[float, Observable]]) -> Trace:
    x, y, sigma = (
        np.array(column, dtype=float)
        for column in zip(*((x, item.value, item.sigma) for x, item in found), strict=True)
    )
    order = np.argsort(x, kind="stable")
    return Trace(
        label,
        x[order],
        y[order],
        TraceKind.DATA,
        sigma=sigma[order] if np.isfinite(sigma).any() else None,
    )


def _truth(outcome: Outcome, results: Sequence[FileResult], name: str, key: str) -> Trace | None:
    places = {result.label: result.conditions.get(name) for result in results}
    rows = sorted(
        (float(x), row.truth)
        for row in outcome.truth
        if row.observable.key == key and isinstance(x := places.get(row.label), int | float)
    )
    if not rows:
        return None
    x, y = np.array(rows).T
    # points, no line: what lies between two temperatures is not declared by these rows
    return Trace("declared truth", x, y, TraceKind.DATA)
