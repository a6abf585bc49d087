"""The populations of the states against temperature, as a chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.reporting.state_populations import anchor_names
from spectrafit.reporting.state_words import (
    accepted_stories,
    drawn_stories,
    hottest,
    joined,
    label_of,
)
from spectrafit.states.assignment import Assignment, CurvePoint

__all__ = ["POPULATIONS", "population_chart"]

POPULATIONS = "states-populations"
"""Name of the chart."""

_SAME = 0.01  # of a population: stories that differ by less are drawn as one


def population_chart(found: Assignment, simulated: bool) -> Chart | None:
    """Return the chart of the populations.

    Parameters
    ----------
    found : Assignment
        What the states come to.
    simulated : bool
        Whether the figure says that its data are.

    Returns
    -------
    Chart or None
        All states in one panel where the accepted stories say the same, else a panel a state with a
        curve a story; None without curves.
    """
    points = {
        name: sorted((one for one in found.curves if one.story == name), key=lambda one: one.T)
        for name in drawn_stories(found)
    }
    drawn = {name: rows for name, rows in points.items() if rows}
    if not drawn:
        return None
    accepted = accepted_stories(found)
    title = "Populations of the states by each accepted story"
    bands = "Bands are 95 %, by the covariance of the fit."
    if accepted and found.best in drawn and _alike(list(drawn.values())):
        title = "Populations of the states"
        bands = f"By story “{found.best}”. {bands}"
        if len(drawn) > 1:
            bands += f" The other accepted stories differ by less than {_SAME:g}."
        panels = [Panel("population", tuple(_by_state(found, drawn[found.best])))]
    else:
        rejected = "" if accepted else ", rejected"
        title = title if accepted else "Populations of the states; no story is accepted"
        panels = [
            Panel(
                f"population of {label_of(found, state)}",
                tuple(
                    _share(f"story {name}{rejected}", rows, place) for name, rows in drawn.items()
                ),
            )
            for place, (state, _) in enumerate(found.states)
        ]
    caption = f"{bands} {_anchors(found)}".rstrip()
    return Chart(POPULATIONS, title, "T / K", tuple(panels), caption, simulated)


def _alike(stories: Sequence[Sequence[CurvePoint]]) -> bool:
    """Return whether all stories give one population at every temperature."""
    first, *others = ([one.x for one in rows] for rows in stories)
    return all(
        len(first) == len(other) and np.allclose(first, other, rtol=0.0, atol=_SAME)
        for other in others
    )


def _by_state(found: Assignment, rows: Sequence[CurvePoint]) -> Iterator[Trace]:
    for place, (state, _) in enumerate(found.states):
        yield _share(label_of(found, state), rows, place)


def _share(label: str, rows: Sequence[CurvePoint], place: int) -> Trace:
    return Trace(
        label,
        np.array([one.T for one in rows]),
        np.array([one.x[place] for one in rows]),
        TraceKind.CURVE,
        low95=np.array([one.low[place] for one in rows]),
        high95=np.array([one.high[place] for one in rows]),
    )


def _anchors(found: Assignment) -> str:
    """Return the names of what fixes the population of each state at the highest temperature."""
    named: dict[tuple[str, ...], list[str]] = {}
    rows = hottest(found)
    for row in rows:
        if row.anchored_by:
            named.setdefault(anchor_names(row), []).append(label_of(found, row.state))
    told = "; ".join(f"{joined(labels)} by {joined(anchors)}" for anchors, labels in named.items())
    return f"Fixed at {rows[0].T:g} K: {told}." if told else ""
