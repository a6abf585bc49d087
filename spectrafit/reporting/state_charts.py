"""What the states of a study come to, as charts: populations, predictions, bounds of a rate."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.reporting.state_population_chart import population_chart
from spectrafit.reporting.state_rate import rate_chart
from spectrafit.reporting.state_sentences import units_by_key
from spectrafit.reporting.state_words import drawn_stories, joined
from spectrafit.states.assignment import Assignment, PredictionRow
from spectrafit.study.outcome import Outcome
from spectrafit.units import printed_unit

__all__ = ["single_predictions", "state_charts"]

_FEWEST = 3  # temperatures of a curve; fewer are a row of a table
_FEWEST_PULLS = 8
_PEAK = 4.0  # times the usual size of a key: beside such a peak the rest is not seen
_BESIDE = 1.25  # times it: what is larger belongs to the peak


def state_charts(outcome: Outcome) -> tuple[Chart, ...]:
    """Return the charts of the states: populations, each predicted key, the bounds of the rate.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of Chart
        Of the keys the one of the most points first; all say that they are simulated where any
        input is. Empty where no states were assigned.
    """
    found = outcome.assignment
    if found is None:
        return ()
    charts = [
        population_chart(found, outcome.simulated),
        *_predictions(found, units_by_key(outcome), outcome.simulated),
        rate_chart(found, outcome.simulated),
    ]
    return tuple(chart for chart in charts if chart is not None)


def single_predictions(found: Assignment) -> tuple[PredictionRow, ...]:
    """Return the measured predictions of keys that have too few temperatures for a chart.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    tuple of PredictionRow
        Those with their technique left out, where there are any of the key.
    """
    return tuple(row for rows in _by_key(found).values() if not _is_curve(rows) for row in rows)


def _by_key(found: Assignment) -> dict[str, list[PredictionRow]]:
    """Return the rows of accepted stories by key, left out where a key has such rows.

    The technique whose key has the most points comes first, with all its keys.
    """
    stories = drawn_stories(found)
    keys: dict[str, list[PredictionRow]] = {}
    for story in stories:
        for row in found.predictions:
            if row.story == story:
                keys.setdefault(row.key, []).append(row)
    most: dict[str, int] = {}
    for rows in keys.values():
        most[rows[0].technique] = max(most.get(rows[0].technique, 0), len(rows))
    order = sorted(
        keys.items(),
        key=lambda one: (-most[one[1][0].technique], one[1][0].technique, -len(one[1])),
    )
    return {key: [row for row in rows if row.left_out] or rows for key, rows in order}


def _is_curve(rows: Sequence[PredictionRow]) -> bool:
    return len({row.T for row in rows}) >= _FEWEST


def _predictions(found: Assignment, units: dict[str, str], simulated: bool) -> Iterator[Chart]:
    for key, rows in _by_key(found).items():
        if not _is_curve(rows):
            continue
        techniques = joined(dict.fromkeys(row.technique for row in rows))
        left_out = rows[0].left_out
        stories = list(dict.fromkeys(row.story for row in rows))
        word = "predicted" if left_out else "fitted"
        word = f"{word} by story" if len(stories) > 1 else word
        unit = printed_unit(units[key]) if key in units else ""
        label = f"{key} / {unit}" if unit else key
        panels = [Panel(label, tuple(_curves(rows, word)))]
        if (beyond := _beyond_peak(rows)) is not None:
            flat = tuple(row for row in rows if beyond <= row.T)
            panels.append(Panel(f"{label}, from {beyond:.3g} K", tuple(_curves(flat, word)), 0.7))
        pulls = tuple(_pulls(rows, word))
        if pulls:
            panels.append(Panel("pull", pulls, height=0.5, zero_line=True))
        known = {(one.technique, one.verdict) for one in found.left_out if one.story == found.best}
        verdict = [word for name, word in known if name == rows[0].technique and left_out]
        yield Chart(
            f"states-{key}",
            f"{key}: measured, and predicted without {techniques}"
            if left_out
            else f"{key}: measured, and fitted with all others",
            "T / K",
            tuple(panels),
            caption=(f"By story “{stories[0]}”. " if len(stories) == 1 else "")
            + "Error bars are one standard uncertainty (k = 1); bands are 95 %."
            + (" Pull: (measured − predicted)/both errors." if pulls else "")
            + (f" Verdict: {verdict[0]}." if verdict else ""),
            simulated=simulated,
        )


def _beyond_peak(rows: Sequence[PredictionRow]) -> float | None:
    """Return the temperature from which a key is small that has a high peak before, K.

    Beside such a peak nothing is seen of the rest, which is then drawn once more by itself.
    """
    points = sorted((row.T, abs(row.measured)) for row in rows if row.measured is not None)
    if len(points) < _FEWEST_PULLS:
        return None
    T, size = np.array(points).T
    usual = float(np.median(size))
    if size.max() < _PEAK * usual:
        return None
    large = int(np.flatnonzero(size > _BESIDE * usual)[-1])
    return float(T[large + 1]) if 3 * (len(points) - large - 1) >= len(points) else None


def _curves(rows: Sequence[PredictionRow], word: str) -> Iterator[Trace]:
    for branch in dict.fromkeys(row.branch for row in rows):
        points = sorted(
            {
                (row.T, row.measured, math.nan if row.sigma is None else row.sigma)
                for row in rows
                if row.branch == branch and row.measured is not None
            }
        )
        if points:
            T, values, sigma = np.array(points, dtype=float).T
            name = _named("measured", branch)
            yield Trace(name, T, values, sigma=sigma if np.isfinite(sigma).any() else None)
    for (story, branch), own in _by_curve(rows).items():
        yield Trace(
            _named(f"{word} {story}" if word.endswith("story") else word, branch),
            np.array([row.T for row in own]),
            np.array([row.predicted for row in own]),
            TraceKind.TOTAL,
            low95=np.array([row.low for row in own]),
            high95=np.array([row.high for row in own]),
        )


def _pulls(rows: Sequence[PredictionRow], word: str) -> Iterator[Trace]:
    """Yield the pulls of each story, where there are enough for a line."""
    for (story, branch), own in _by_curve(rows).items():
        pulls = [(row.T, row.pull) for row in own if row.pull is not None]
        if len(pulls) >= _FEWEST_PULLS:
            T, values = np.array(pulls, dtype=float).T
            yield Trace(
                _named(f"{word} {story}" if word.endswith("story") else word, branch),
                T,
                values,
                TraceKind.TOTAL,
            )


def _by_curve(rows: Sequence[PredictionRow]) -> dict[tuple[str, str], list[PredictionRow]]:
    curves: dict[tuple[str, str], list[PredictionRow]] = {}
    for row in sorted(rows, key=lambda row: row.T):
        curves.setdefault((row.story, row.branch), []).append(row)
    return curves


def _named(word: str, branch: str) -> str:
    return f"{word}, {branch}" if branch not in ("", "both") else word
