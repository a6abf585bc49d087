"""Charts of two observables against each other, over the samples of a measurement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.conventions import convention_text, conventions_text
from spectrafit.figures.series import compared_results, result_labels, varied_condition
from spectrafit.observable import Kind, Observable
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.registry import technique, technique_names
from spectrafit.study.outcome import FileResult, Outcome
from spectrafit.technique import DrawsMaps, ObservableMap

__all__ = ["MeasurementMap", "maps", "measurement_maps"]

FEWEST_POINTS = 2
_BRACES = re.compile(r"\\\{([^}]*)\\\}")


@dataclass(frozen=True, eq=False)
class MeasurementMap:
    """Two observables of one measurement against each other.

    Parameters
    ----------
    measurement : str
        Its name.
    keys : tuple of (str, str)
        As declared: of x and of y.
    chart : Chart
        What is drawn.
    """

    measurement: str
    keys: tuple[str, str]
    chart: Chart


@dataclass(frozen=True, eq=False)
class _Point:
    result: FileResult
    subject: tuple[str, ...]
    x: Observable
    y: Observable


def maps(outcome: Outcome) -> tuple[MeasurementMap, ...]:
    """Return the maps that the techniques of a study declare, a chart a measurement.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of MeasurementMap
        None for a measurement with fewer than two samples.
    """
    found: list[MeasurementMap] = []
    for measurement in dict.fromkeys(result.measurement for result in outcome.done):
        results = [one for one in outcome.done if one.measurement == measurement]
        for declared in _declared(results[0].technique):
            charts = measurement_maps(measurement, results, declared)
            found += [
                MeasurementMap(measurement, (declared.x, declared.y), chart) for chart in charts
            ]
    return tuple(found)


def _declared(name: str) -> tuple[ObservableMap, ...]:
    if name not in technique_names():
        return ()
    found = technique(name)
    return found.maps if isinstance(found, DrawsMaps) else ()


def measurement_maps(
    measurement: str, results: Sequence[FileResult], declared: ObservableMap
) -> tuple[Chart, ...]:
    """Return two observables of the files of a measurement against each other.

    Parameters
    ----------
    measurement : str
        Its name.
    results : sequence of FileResult
        Its files.
    declared : ObservableMap
        Which observables.

    Returns
    -------
    tuple of Chart
        One for each set of conventions that the axes name, as points that differ in them have no
        common axis. Each point is a curve with the label of its sample.
    """
    alike: dict[tuple[str, str], list[_Point]] = {}
    for point in _points(compared_results(results), declared):
        axes = (
            _convention(point.x, declared.x_convention),
            _convention(point.y, declared.y_convention),
        )
        alike.setdefault(axes, []).append(point)
    groups = [(axes, points) for axes, points in alike.items() if len(points) >= FEWEST_POINTS]
    return tuple(
        _chart(measurement, number, axes, points, declared)
        for number, (axes, points) in enumerate(groups, 1)
    )


def _points(results: Sequence[FileResult], declared: ObservableMap) -> Iterator[_Point]:
    """Give every pair of values of one file whose keys have the same subject."""
    for result in results:
        items = result.observables.items if result.observables is not None else ()
        x, y = (_by_subject(items, pattern) for pattern in (declared.x, declared.y))
        for subject in x:
            if subject in y:
                yield _Point(result, subject, x[subject], y[subject])


def _by_subject(items: Sequence[Observable], key: str) -> dict[tuple[str, ...], Observable]:
    pattern = re.compile(_BRACES.sub("([^.]+)", re.escape(key)))
    return {
        match.groups(): item
        for item in items
        if item.kind is Kind.VALUE and (match := pattern.fullmatch(item.key))
    }


def _convention(item: Observable, name: str) -> str:
    return convention_text(item.conventions[name]) if name in item.conventions else ""


def _chart(
    measurement: str,
    number: int,
    axes: tuple[str, str],
    points: Sequence[_Point],
    declared: ObservableMap,
) -> Chart:
    labels = (
        f"{label} ({convention})" if convention else label
        for label, convention in zip((declared.x_label, declared.y_label), axes, strict=True)
    )
    x_label, y_label = labels
    traces = tuple(
        Trace(
            label,
            np.array([point.x.value], dtype=np.float64),
            np.array([point.y.value], dtype=np.float64),
            TraceKind.DATA,
            sigma=None if point.y.sigma is None else np.array([point.y.sigma]),
            x_sigma=None if point.x.sigma is None else np.array([point.x.sigma]),
        )
        for label, point in zip(_labels(points), points, strict=True)
    )
    return Chart(
        f"{measurement}-{declared.name}" + (f"-{number}" if number > 1 else ""),
        f"{measurement}: {declared.title}",
        x_label,
        (Panel(y_label, traces),),
        _caption(points),
        any(point.result.source.simulated for point in points),
    )


def _labels(points: Sequence[_Point]) -> list[str]:
    results = [point.result for point in points]
    unique = list({id(one): one for one in results}.values())
    names = result_labels(unique, varied_condition(unique) or "T")
    by_result = {id(one): name for one, name in zip(unique, names, strict=True)}
    several = len({point.subject for point in points}) > 1
    return [
        ", ".join([by_result[id(point.result)], *(point.subject if several else ())])
        for point in points
    ]


def _caption(points: Sequence[_Point]) -> str:
    """Return how many samples, what errors, and the conventions of both observables."""
    parts = [f"{len(points)} spectra; error bars are one standard uncertainty (k = 1)."]
    for name in ("x", "y"):
        items = [getattr(point, name) for point in points]
        without = sum(item.sigma is None for item in items)
        said = dict.fromkeys(
            conventions_text(point.result.technique, item)
            for point, item in zip(points, items, strict=True)
        )
        own = "; or ".join(text for text in said if text)
        parts += [f"{items[0].key}: {own}."] if own else []
        parts += [f"{without} of {len(items)} have no uncertainty."] if without else []
    return " ".join(parts)
