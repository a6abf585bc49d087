"""The work of the states that may be done elsewhere: one story, or one check of an accepted one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spectrafit.errors import SpectrafitError
from spectrafit.states.affine import axis_check
from spectrafit.states.anchors import Anchors, anchor_study
from spectrafit.states.assignment import AxisCheck, LeftOut, PopulationRow, PredictionRow
from spectrafit.states.datum import JoinedData
from spectrafit.states.joint import JointFit
from spectrafit.states.leave_out import leave_out
from spectrafit.states.model import StateModel, Story
from spectrafit.states.stories import StoryFit, told_stories
from spectrafit.study.state_populations import population_rows

__all__ = ["StateTask", "story_task", "state_task"]

StoryTask = tuple[StateModel, Story, JoinedData, int, int, int]
StateTask = tuple[Any, ...]
"""What is asked (``populations``, ``left out`` or ``axis``), the fit, and what it needs."""


def story_task(task: StoryTask) -> StoryFit:
    """Return what came of one story.

    Parameters
    ----------
    task : tuple
        Model, story, data, starts, replicas and seed.

    Returns
    -------
    StoryFit
    """
    model, story, data, starts, replicas, seed = task
    alone = replace(model, stories=(story,))
    return told_stories(alone, data, starts=starts, replicas=replicas, seed=seed)[0]


def state_task(
    task: StateTask,
) -> (
    tuple[tuple[PopulationRow, ...], Anchors]
    | tuple[LeftOut | None, tuple[PredictionRow, ...]]
    | AxisCheck
    | None
):
    """Return what one check of an accepted story gives.

    Parameters
    ----------
    task : tuple
        ``("populations", fit, temperatures, whether by profiles)``,
        ``("left out", fit, techniques, temperatures)`` or ``("axis", fit, step, left out)``.

    Returns
    -------
    object
        Rows of populations and anchors; what a technique does; or the check of an axis, None where
        it cannot be made.
    """
    kind, fit, *rest = task
    assert isinstance(fit, JointFit)
    if kind == "populations":
        T, profiled = rest
        study = anchor_study(fit)
        return population_rows(fit, T, study, profiled=profiled), study.of((), max(T))
    if kind == "left out":
        (name,), T = rest
        try:
            return leave_out(fit, name, T)
        except SpectrafitError as error:
            text = f"It cannot be left out: {error}."
            story = fit.objective.story.name
            return LeftOut(name, story, None, 0, "cannot tell", text), ()
    step, left = rest
    try:
        return axis_check(fit, step, left)
    except SpectrafitError:
        if not left:
            raise
        return None  # nothing else is left that could tell
