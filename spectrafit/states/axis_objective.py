"""The objective of a fit's data by the map x_upper -> a n + b x_upper of one step's populations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spectrafit.errors import SettingsError, nearest
from spectrafit.spectrum import FloatArray
from spectrafit.states.axis_law import Axis, AxisLaw, branch_states
from spectrafit.states.feature import feature_grid
from spectrafit.states.joint import JointFit
from spectrafit.states.model import Parameter, Step
from spectrafit.states.numbers import Number, Numbers
from spectrafit.states.objective import Objective
from spectrafit.states.populations import branch_of

__all__ = ["AxisObjective", "axis_objective"]

_LEAST = 0.05
"""Highest share of the upper branch, and its change as a part of that: less is no step."""
_EMPTY = 1e-12
"""Population of a step's branches below which it has no share."""


@dataclass(frozen=True, eq=False)
class AxisObjective(Objective):
    """The objective of a story whose populations are those of a fit with one step's share mapped.

    Parameters
    ----------
    model, story, data, numbers, shifts
        As of an objective; the numbers of the map stand for those of the steps.
    mapped : AxisLaw
        The law of the populations.
    """

    mapped: AxisLaw | None = None

    @cached_property
    def law(self) -> AxisLaw:
        """The law of the populations."""
        assert self.mapped is not None
        return self.mapped


def axis_objective(fit: JointFit, step_name: str) -> tuple[AxisObjective, FloatArray]:
    """Return the objective of a fit's data by the map of one step, and where it changes nothing.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.
    step_name : str
        Name of the step.

    Returns
    -------
    objective : AxisObjective
        Its first free numbers are those of `Axis`; those of the steps have no part.
    theta : ndarray, shape (P,)

    Raises
    ------
    SettingsError
        For an unknown step, or one whose branches are never populated.
    """
    of = fit.objective
    steps = of.model.steps_of(of.story)
    axis = _axis(fit, _step(steps, step_name))
    numbers, theta = _numbers(fit, axis)
    law = AxisLaw(steps, of.model.names, of.law, fit.values(), axis)
    objective = AxisObjective(of.model, of.story, of.data, numbers, of.shifts, law)
    return objective, theta


def _step(steps: Sequence[Step], name: str) -> Step:
    found = next((step for step in steps if step.name == name), None)
    if found is None:
        names = [step.name for step in steps]
        raise SettingsError(f"no step {name!r}", do=nearest(name, names, noun="the steps"))
    return found


def _axis(fit: JointFit, step: Step) -> Axis:
    of = fit.objective
    steps, names = of.model.steps_of(of.story), of.model.names
    sides = [
        [names.index(state) for state in branch_states(steps, side)]
        for side in (step.lower, step.upper)
    ]
    shares = []
    for branch in dict.fromkeys(branch_of(datum.branch) for datum in of.data.data):
        own = [datum for datum in of.data.data if branch_of(datum.branch) is branch]
        T = np.unique(np.concatenate([feature_grid(datum) for datum in own]))
        lower, upper = (of.populations(fit.theta, T, branch.value).x[side].sum(axis=0)
                        for side in sides)  # fmt: skip
        there = lower + upper > _EMPTY
        shares.append(upper[there] / (lower + upper)[there])
    every = np.concatenate(shares)
    if not every.size or not every.max() > 0.0:
        raise SettingsError(
            "the upper branch is populated at no temperature of the data",
            where=f"step {step.name}",
        )
    return Axis(step, float(every.min()), float(every.max()), len(sides[1]) == 1)


def _numbers(fit: JointFit, axis: Axis) -> tuple[Numbers, FloatArray]:
    """Return the numbers with those of the map in place of those of the steps, and their values."""
    old = fit.objective.numbers
    count = len(axis.names)
    ends = [
        (min(_LEAST, 0.5 * axis.highest), 1.0),
        (0.0, max(1.0 - _LEAST, 0.5 + 0.5 * axis.start[-1])),
    ]
    own = [
        Number(name, "step", Parameter(value), *end, value)
        for name, value, end in zip(axis.names, axis.start, ends, strict=False)
    ]
    kept = [place for place, number in enumerate(old.every) if number.kind != "step"]
    free = [place for place in old.free if place in set(kept)]
    column = {old.free.index(place): count + row for row, place in enumerate(free)}
    every = (*own, *(old.every[place] for place in kept))
    owner = (*range(count), *(column.get(old.owner[place], -1) for place in kept))
    where = {place: count + row for row, place in enumerate(kept)}
    numbers = Numbers(every, (*range(count), *(where[place] for place in free)), owner)
    theta = np.array([*axis.start, *(fit.theta[old.free.index(place)] for place in free)])
    return numbers, theta
