"""Populations of a fitted story with their intervals, and its numbers as claims ask for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.states.anchors import AnchorStudy
from spectrafit.states.assignment import PopulationRow
from spectrafit.states.claims import (
    PopulationChange,
    StoryNumbers,
    changes_asked,
    populations_asked,
)
from spectrafit.states.estimability import POPULATION_SIGMA, Estimability, estimable
from spectrafit.states.joint import JointFit
from spectrafit.states.profile import profile
from spectrafit.states.stories import StoryFit
from spectrafit.states.story_rows import story_rows
from spectrafit.study.schema import Study
from spectrafit.study.state_inputs import claims_of

__all__ = ["population_rows", "story_numbers"]

_SMALL = 3e-3  # standard uncertainty below which chi2 is a parabola as far as anyone cares
_Z95 = 1.96


def population_rows(
    fit: JointFit, T: Sequence[float], study: AnchorStudy | None = None, *, profiled: bool = False
) -> tuple[PopulationRow, ...]:
    """Return the populations of all states at temperatures.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.
    T : sequence of float
        K.
    study : AnchorStudy, optional
        What tells their anchors; they are left out without it.
    profiled : bool, optional
        Whether intervals are those of profiles where the covariance may not do.

    Returns
    -------
    tuple of PopulationRow
    """
    rows = []
    states = fit.objective.model.names
    where = np.asarray(T, float)
    x = fit.objective.populations(fit.theta, where).x
    slopes = fit.objective.population_slopes(fit.theta, where)
    for column, kelvin in enumerate(where.tolist()):
        for row, state in enumerate(states):
            told = estimable(fit, slopes[:, row, column], POPULATION_SIGMA)
            anchored = study.of((state,), kelvin).used if study is not None else ()
            found = _row(fit, state, kelvin, float(x[row, column]), told, anchored)
            if profiled and found.sigma is not None and found.sigma > _SMALL:
                found = _by_profile(fit, found)
            rows.append(found)
    return tuple(rows)


def _row(
    fit: JointFit,
    state: str,
    T: float,
    value: float,
    told: Estimability,
    anchored: tuple[str, ...],
) -> PopulationRow:
    story = fit.objective.story.name
    if told.sigma is None or told.verdict != "determined":
        return PopulationRow(
            story, state, T, value, verdict=told.verdict, anchored_by=anchored, reason=told.reason
        )
    low, high, low95, high95 = (
        min(1.0, max(0.0, value + times * told.sigma)) for times in (-1.0, 1.0, -_Z95, _Z95)
    )
    return PopulationRow(
        story, state, T, value, told.sigma, low, high, low95, high95, anchored_by=anchored
    )


def _by_profile(fit: JointFit, row: PopulationRow) -> PopulationRow:
    found = profile(fit, (row.state, row.T))
    reasons = [why for why in (found.open_low, found.open_high, found.note) if why]
    sigma = row.sigma if found.holds else None
    if sigma is None and not reasons:
        reasons = ["the interval is not symmetric: no single standard uncertainty"]
    return PopulationRow(
        row.story, row.state, row.T, found.value, sigma, found.low68, found.high68, found.low95,
        found.high95, row.verdict, row.anchored_by, "; ".join(dict.fromkeys(reasons)),
    )  # fmt: skip


def story_numbers(study: Study, one: StoryFit) -> StoryNumbers:
    """Return the populations, changes and parameters of a story that the claims of a study ask for.

    Parameters
    ----------
    study : Study
        With its claims and rules.
    one : StoryFit
        An accepted story.

    Returns
    -------
    StoryNumbers
    """
    asked = claims_of((*study.claim, *study.rule))
    fit = one.fit
    if fit is None:
        return StoryNumbers(one.story.name)
    T = tuple(dict.fromkeys(kelvin for _, kelvin in populations_asked(asked)))
    rows = population_rows(fit, T) if T else ()
    changes = tuple(_change(fit, *change) for change in changes_asked(asked))
    return StoryNumbers(one.story.name, rows, changes, story_rows((one,))[0].parameters)


def _change(fit: JointFit, state: str, from_T: float, T: float) -> PopulationChange:
    where = np.array([from_T, T])
    row = fit.objective.model.names.index(state)
    x = fit.objective.populations(fit.theta, where).x[row]
    slopes = fit.objective.population_slopes(fit.theta, where)[:, row]
    told = estimable(fit, slopes[:, 1] - slopes[:, 0], POPULATION_SIGMA)
    value = float(x[1] - x[0])
    if told.sigma is None or told.verdict != "determined":
        return PopulationChange(state, from_T, T, value, verdict=told.verdict, reason=told.reason)
    low, high = value - _Z95 * told.sigma, value + _Z95 * told.sigma
    return PopulationChange(state, from_T, T, value, told.sigma, low, high)
