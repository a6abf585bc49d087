"""The fit of a story whose search box, where it holds a number, is made wider first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spectrafit.states.joint import JointFit, fit_at, fit_story, least_from
from spectrafit.states.numbers import Number
from spectrafit.states.objective import Objective

__all__ = ["WidenedFit", "fit_widened"]

_ROUNDS = 3
"""Refits at most: a number may reach its bound only after another was let go."""


@dataclass(frozen=True, eq=False)
class WidenedFit:
    """The minimum of a story, and what became of the bounds that held it.

    Parameters
    ----------
    fit : JointFit
        The minimum.
    widened : tuple of str
        Numbers whose bound was moved.
    set_by_bound : tuple of str
        Those of them that lie on the wider bound as well.
    """

    fit: JointFit
    widened: tuple[str, ...]
    set_by_bound: tuple[str, ...]


def fit_widened(objective: Objective, *, starts: int = 8, seed: int = 0) -> WidenedFit:
    """Return the minimum of a story, the bounds of its steps made wider where they hold it.

    The bound of an enthalpy, entropy, temperature or interaction of a step keeps the search finite
    and has no meaning of its own, so that a minimum on it says little: it is moved to twice its
    distance from the other bound (half its value for a lower bound of a temperature), and the story
    fitted again. Bounds of shares, and of what a pure state shows, stay.

    Parameters
    ----------
    objective : Objective
        Of the story.
    starts : int, optional
        Of the first fit; half as many of another.
    seed : int, optional
        Of them.

    Returns
    -------
    WidenedFit
    """
    fit = fit_story(objective, starts=starts, seed=seed)
    widened: tuple[str, ...] = ()
    for _ in range(_ROUNDS):
        fresh = tuple(name for name in _held(fit) if name not in widened)
        if not fresh:
            break
        widened += fresh
        wider = _wider(fit, fresh)
        own = fit_story(wider, starts=max(1, starts // 2), seed=seed)
        chi2, theta = least_from(wider, fit.theta)
        if chi2 < own.chi2:
            second = own.second_chi2, own.second_theta
            own = replace(fit_at(wider, theta), second_chi2=second[0], second_theta=second[1])
        fit = own
    held = tuple(name for name in _held(fit) if name in widened)
    return WidenedFit(fit, widened, held)


def _held(fit: JointFit) -> tuple[str, ...]:
    """Return the numbers on a bound of no meaning."""
    boxed = {number.name for number in fit.objective.numbers.every if number.boxed}
    return tuple(name for name in fit.bounds_hit if name in boxed)


def _wider(fit: JointFit, names: tuple[str, ...]) -> Objective:
    """Return the objective with the bound on which each of some numbers lies moved away."""
    numbers = fit.objective.numbers
    place = dict(zip(fit.names, fit.theta, strict=True))
    every = tuple(
        _moved(number, place[number.name]) if number.name in names else number
        for number in numbers.every
    )
    return fit.objective.with_numbers(replace(numbers, every=every))


def _moved(number: Number, value: float) -> Number:
    low, high = number.low, number.high
    at_low = bool(np.isinf(high) or value - low < high - value)
    if not at_low:
        return replace(number, high=low + 2.0 * (high - low))
    if number.name.startswith("T."):
        return replace(number, low=0.5 * low)
    return replace(number, low=high - 2.0 * (high - low))
