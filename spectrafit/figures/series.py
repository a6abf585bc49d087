"""Charts over the files of a measurement: each observable against the condition that varies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from spectrafit.conditions import conditions_text
from spectrafit.figures.spectra import spectra_chart
from spectrafit.observable import Kind, Observable
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.study.outcome import FileResult, Outcome
from spectrafit.units import printed_unit

__all__ = [
    "Trend",
    "TrendAxis",
    "compared_results",
    "overlays",
    "overview",
    "result_labels",
    "trend_axis",
    "trends",
    "varied_condition",
]

FEWEST_POINTS = 3
_MOST_PANELS = 5
_MOST_CURVES = 7  # of more spectra over each other the colours cannot be told apart
# of the range of a spectrum: where the fit covers less, it is drawn by itself as well
_SMALL_PART = 0.5
_TIMES = (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))
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


@dataclass(frozen=True)
class TrendAxis:
    """What the files of a measurement are drawn against.

    Parameters
    ----------
    label : str
        With unit.
    places : mapping of str to float
        By label of the file.
    condition : str
        Name of the condition; empty for a time or the order of the files.
    """

    label: str
    places: Mapping[str, float]
    condition: str = ""


def trends(outcome: Outcome) -> tuple[Trend, ...]:
    """Return a chart of each observable of each measurement against what varies over its files.

    That is T, else the condition with the most values, else the time since the first scan, else
    the place of the file in natural order. Curves are split by conditions that are words
    (heating, cooling) and by whether scans were merged. The declared truth of simulated data is
    drawn beside what was recovered.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of Trend
        None for a measurement with fewer than three fitted files.
    """
    found = []
    for measurement in dict.fromkeys(result.measurement for result in outcome.done):
        every = [result for result in outcome.results if result.measurement == measurement]
        axis = trend_axis(every)
        if axis is None:
            continue
        results = [result for result in every if result.label in axis.places]
        keys = dict.fromkeys(
            item.key
            for result in results
            if result.observables is not None
            for item in result.observables.items
            if item.kind is Kind.VALUE
        )
        for key in keys:
            chart = _trend(outcome, results, measurement, axis, key)
            found += [Trend(measurement, key, chart)] if chart is not None else []
    return tuple(found)


def overlays(outcome: Outcome) -> tuple[Trend, ...]:
    """Return charts of the spectra of each measurement over each other, whole and where they are fitted.

    Of many spectra some are drawn, spread evenly over what varies.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of Trend
        Without a key; none for a measurement with fewer than two spectra.
    """
    found: list[Trend] = []
    for measurement in dict.fromkeys(result.measurement for result in outcome.done):
        results = compared_results(
            [
                one
                for one in outcome.done
                if one.measurement == measurement
                and one.observables is not None
                and one.observables.spectrum is not None
            ]
        )
        if len(results) < 2:
            continue
        name = varied_condition(results) or "T"
        some = np.unique(np.linspace(0, len(results) - 1, _MOST_CURVES).round().astype(int))
        found += _overlay(measurement, name, [results[i] for i in some], len(results))
    return tuple(found)


def compared_results(results: Sequence[FileResult]) -> list[FileResult]:
    """Return the files of a measurement that are held beside each other, in the order of what varies.

    Parameters
    ----------
    results : sequence of FileResult
        Of one measurement.

    Returns
    -------
    list of FileResult
        The merged ones only, where there are several.
    """
    merged = [one for one in results if one.scans > 1]
    found = merged if len(merged) > 1 else list(results)
    name = varied_condition(found) or "T"
    return sorted(found, key=lambda one: _condition(one, name))


def _condition(result: FileResult, name: str) -> float:
    value = result.conditions.get(name)
    return float(value) if isinstance(value, int | float) else np.inf


def _overlay(
    measurement: str, name: str, results: Sequence[FileResult], total: int
) -> Iterator[Trend]:
    """Give the chart of some spectra, and that of their fitted part where it is small."""
    spectra = [one.observables.spectrum for one in results if one.observables is not None]
    whole = [one for one in spectra if one is not None]
    labels = result_labels(results, name)
    title = f"{measurement}: {len(whole)} of {total} spectra" if total > len(whole) else measurement
    chart = spectra_chart(whole, labels, title=title)
    source = results[0].observables
    charts = source.charts if source is not None else ()
    x_label = charts[0].x_label if charts else chart.x_label
    y_label = charts[0].panels[0].y_label if charts else chart.panels[0].y_label
    yield Trend(measurement, "", _named(chart, f"{measurement}-spectra", x_label, y_label))
    ends = _fitted_range(results)
    width = max(float(one.x[-1] - one.x[0]) for one in whole)
    if ends is not None and ends[1] - ends[0] < _SMALL_PART * abs(width):
        parts = [one.window(*ends) for one in whole]
        part = spectra_chart(parts, labels, title=f"{title}, fitted part")
        stem = f"{measurement}-spectra-fitted-part"
        yield Trend(measurement, "", _named(part, stem, x_label, y_label))


def result_labels(results: Sequence[FileResult], name: str) -> list[str]:
    """Return what tells the files of a measurement apart in a legend.

    Parameters
    ----------
    results : sequence of FileResult
        Of one measurement.
    name : str
        The condition that varies.

    Returns
    -------
    list of str
        The condition, or the label of the file; both where the condition is not enough.
    """
    labels = [
        conditions_text({name: one.conditions[name]}) if name in one.conditions else one.label
        for one in results
    ]
    if len(set(labels)) == len(labels):
        return labels
    return [
        text if text == one.label else f"{text} ({one.label})"
        for text, one in zip(labels, results, strict=True)
    ]


def _named(chart: Chart, name: str, x_label: str, y_label: str) -> Chart:
    panels = tuple(replace(panel, y_label=y_label) for panel in chart.panels)
    return replace(chart, name=name, x_label=x_label, panels=panels)


def _fitted_range(results: Sequence[FileResult]) -> tuple[float, float] | None:
    """Return the range of the first chart of all, which is that of the fit."""
    shown = [one.observables.charts for one in results if one.observables is not None]
    x = [trace.x for charts in shown for one in charts[:1] for trace in one.panels[0].traces[:1]]
    if not x:
        return None
    return min(float(each.min()) for each in x), max(float(each.max()) for each in x)


def trend_axis(results: Sequence[FileResult]) -> TrendAxis | None:
    """Return what the files of a measurement are drawn against.

    Parameters
    ----------
    results : sequence of FileResult
        All of one measurement, in natural order, refused ones too.

    Returns
    -------
    TrendAxis or None
        None where fewer than three were fitted.
    """
    fitted = [result for result in results if result.observables is not None]
    if len(fitted) < FEWEST_POINTS:
        return None
    name = varied_condition(fitted)
    if name:
        places = {
            one.label: float(x)
            for one in fitted
            if isinstance(x := one.conditions.get(name), int | float)
        }
        return TrendAxis(_LABELS.get(name, name), places, name)
    raw = [result for result in results if result.scans == 1]
    return _time_axis([one for one in fitted if one.scans == 1]) or TrendAxis(
        "file, in natural order",
        {one.label: float(i) for i, one in enumerate(raw, 1) if one.observables is not None},
    )


def _time_axis(fitted: Sequence[FileResult]) -> TrendAxis | None:
    times = {one.label: datetime.fromisoformat(one.started) for one in fitted if one.started}
    aware = {time.tzinfo is not None for time in times.values()}
    if len(set(times.values())) < FEWEST_POINTS or len(times) < len(fitted) or len(aware) > 1:
        return None
    first = min(times.values())
    seconds = {label: (time - first).total_seconds() for label, time in times.items()}
    longest = max(seconds.values())
    unit, size = next((unit, size) for unit, size in _TIMES if longest >= 2 * size or size == 1)
    label = f"time since the first scan / {unit}"
    return TrendAxis(label, {one: value / size for one, value in seconds.items()})


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


def overview(outcome: Outcome, found: Sequence[Trend], keys: Mapping[str, str]) -> Chart | None:
    """Return the figure of a study: the main observable of each measurement over what varies.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    found : sequence of Trend
        Its trends.
    keys : mapping of str to str
        The main observable of each measurement, by its name.

    Returns
    -------
    Chart or None
        A panel a measurement, for those that share the axis of the first; None without a trend.
    """
    main = [one for one in found if keys.get(one.measurement) == one.key]
    alike = [one for one in main if one.chart.x_label == main[0].chart.x_label][:_MOST_PANELS]
    if not alike:
        return None
    head = outcome.study.study
    return Chart(
        "overview",
        head.title or head.name,
        alike[0].chart.x_label,
        tuple(panel for one in alike for panel in one.chart.panels),
        caption="Error bars are one standard uncertainty (k = 1).",
        simulated=any(one.chart.simulated for one in alike),
    )


def _trend(
    outcome: Outcome, results: Sequence[FileResult], measurement: str, axis: TrendAxis, key: str
) -> Chart | None:
    points: dict[str, list[tuple[float, Observable]]] = {}
    some_merged = any(result.scans > 1 for result in results)
    for result in results:
        x, item = axis.places[result.label], _item(result, key)
        if item is not None:
            points.setdefault(_curve(result, some_merged), []).append((x, item))
    if sum(map(len, points.values())) < FEWEST_POINTS:
        return None
    traces = [_points(label, found) for label, found in points.items()]
    truth = _truth(outcome, results, axis, key)
    traces += [truth] if truth is not None else []
    printed = printed_unit(next(iter(points.values()))[0][1].unit)
    return Chart(
        f"{measurement}-{key.removeprefix(measurement + '.')}",
        f"{measurement}: {key}",
        axis.label,
        (Panel(f"{key} / {printed}" if printed else key, tuple(traces)),),
        simulated=any(result.source.simulated for result in results),
    )


def _curve(result: FileResult, some_merged: bool) -> str:
    words = [value for value in result.conditions.values() if isinstance(value, str)]
    if some_merged:
        words.append("merged scans" if result.scans > 1 else "single scans")
    return ", ".join(words) or "recovered"


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


def _truth(
    outcome: Outcome, results: Sequence[FileResult], axis: TrendAxis, key: str
) -> Trace | None:
    own = {result.label for result in results}
    rows = sorted(
        (axis.places[row.label], row.truth)
        for row in outcome.truth
        if row.observable.key == key and row.label in own
    )
    if not rows:
        return None
    x, y = np.array(rows).T
    # points, no line: what lies between two temperatures is not declared by these rows
    return Trace("declared truth", x, y, TraceKind.DATA)
