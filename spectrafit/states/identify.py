"""Whether data determine a quantity at all, and what trades against what where they hardly do."""

from __future__ import annotations

import numpy as np

from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.anchors import Anchors, anchors
from spectrafit.states.assignment import WeakDirection
from spectrafit.states.estimability import POPULATION_SIGMA, Estimability, estimable
from spectrafit.states.information import information_of
from spectrafit.states.joint import JointFit

__all__ = [
    "POPULATION_SIGMA",
    "Anchors",
    "Estimability",
    "anchors",
    "estimable",
    "weak_directions",
]

_NAMED = 4
"""Numbers that a weak direction names."""
_PART = 0.3
"""Of the largest part of a direction: smaller ones are not named."""
_FREE = 0.1
"""Of a number: how far it is moved in words where nothing holds it."""


def weak_directions(fit: JointFit, count: int = 3) -> tuple[WeakDirection, ...]:
    """Return the combinations of numbers that the residuals see least, in words.

    Parameters
    ----------
    fit : JointFit
        Of a story.
    count : int, optional
        How many.

    Returns
    -------
    tuple of WeakDirection
        The weakest first; their shares depend on the scaling and are no measure of quality.
    """
    told = information_of(fit.jacobian, np.isin(fit.names, fit.bounds_hit))
    largest = told.singular.max(initial=0.0)
    found = []
    for place in range(told.singular.size - 1, max(-1, told.singular.size - 1 - count), -1):
        seen = bool(told.seen[place])
        share = float(told.singular[place] / largest) if seen else 0.0
        singular = float(told.singular[place]) if seen else None
        text = _in_words(fit, told.directions[place], told.scale, singular)
        found.append(WeakDirection(fit.objective.story.name, text, share))
    return tuple(found)


def _in_words(
    fit: JointFit, direction: FloatArray, scale: FloatArray, singular: float | None
) -> str:
    size = np.abs(direction)
    named = [place for place in np.argsort(-size, kind="stable")[:_NAMED].tolist()
             if size[place] >= _PART * size.max()]  # fmt: skip
    moved = direction * scale
    if singular is None:
        step = _FREE / max(_relative(moved[place], fit.theta[place]) for place in named)
    else:
        step = 1.0 / singular
    moved = moved * step * (1.0 if moved[named[0]] > 0 else -1.0)
    changes = ", ".join(
        f"{fit.names[place]} {_change(moved[place], float(fit.theta[place]))}" for place in named
    )
    subjects = list(dict.fromkeys(_subject(fit, place) for place in named))
    if len(subjects) == 1 and len(named) > 1:
        head = f"the numbers behind {subjects[0]} trade against each other"
    elif len(subjects) == 1:
        head = f"{subjects[0]}, {'not seen' if singular is None else 'hardly seen'} by the data"
    else:
        head = f"{', '.join(subjects[:-1])} and {subjects[-1]} trade against each other"
    rise = "does not rise" if singular is None else "rises by no more than 1"
    return f"{head}: chi2 {rise} for {changes}, all other numbers refitted"


def _relative(by: float, value: float) -> float:
    return abs(by / value) if value else abs(by)


def _change(by: float, value: float) -> str:
    word = "up" if by > 0 else "down"
    if _relative(by, value) > 1.0 or value == 0.0:
        return f"{word} by {number_text(abs(by), 2)} from {number_text(value, 2)}"
    return f"{word} {number_text(100 * _relative(by, value), 2)} %"


def _subject(fit: JointFit, place: int) -> str:
    """Return what a free number belongs to, as a chemist would say it."""
    model = fit.objective.model
    number = fit.objective.numbers.every[fit.objective.numbers.free[place]]
    if number.kind == "step":
        step = next(s for s in model.steps_of(fit.objective.story) if number.name in s.parameters)
        lower, upper = (
            model.label(side) if side in model.names else f"step {side}"
            for side in (step.lower, step.upper)
        )
        return f"the share of {upper} over {lower}"
    if number.kind == "member":
        key, _, state = number.name.rpartition(".")
        return f"the pure-state {key} of {model.label(state)}"
    return f"the shared error {number.name}" if number.kind == "systematic" else number.name
