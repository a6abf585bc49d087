"""A measured difference of two spectra against the difference of two calculated ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.spectrum import FloatArray
from spectrafit_ir.calculated.chance import Verdict, compared_with_chance
from spectrafit_ir.calculated.match import overlay
from spectrafit_ir.calculated.score import checked_factors, score_of, seen_points
from spectrafit_ir.calculated.stick_groups import MARGIN, Sticks
from spectrafit_ir.calculated.sticks import Vibrations, broadened

__all__ = ["DifferenceMatch", "difference_match"]

_SAME = 60.0  # cm-1: modes of two states, one to one, that may be one that moved


@dataclass(frozen=True, eq=False)
class DifferenceMatch:
    """A measured difference spectrum beside that of two calculated states.

    Parameters
    ----------
    lower, upper : str
        Names of the states: the calculated difference is upper minus lower.
    score, factor, at_bound, chance, share, verdict, curve, height
        As of `match.Match`; the height is that of both states, mole for mole.
    """

    lower: str
    upper: str
    score: float
    factor: float
    at_bound: bool
    chance: float
    share: float
    verdict: Verdict
    curve: FloatArray
    height: float


def difference_match(
    x: ArrayLike,
    y: ArrayLike,
    first: Vibrations,
    second: Vibrations,
    *,
    factors: tuple[float, float] = (0.93, 1.03),
    factor: float | None = None,
    fwhm: float = 12.0,
    draws: int = 200,
    seed: int = 0,
) -> DifferenceMatch:
    """Return how similar the difference of two states is to a measured one, and what chance gives.

    Which state is taken from which is told by the larger score; the draws have the same choice.
    Modes of the two states that lie within 60 cm-1 of each other, one to one, are moved together
    in the draws: what the states have in common goes on cancelling, and a mode that
    moved goes on as a pair of opposite signs, so that the draws are
    differences of the same kind.

    Parameters
    ----------
    x : array_like, shape (n,)
        Wavenumbers of the window, cm-1, ascending.
    y : array_like, shape (n,)
        Measured difference; not a number where masked.
    first, second : Vibrations
        Two states.
    factors, factor, fwhm, draws, seed
        As in `match.match`.

    Returns
    -------
    DifferenceMatch

    Raises
    ------
    SettingsError
        As `match.match`.
    """
    where = f"{second.name} - {first.name}"
    allowed = checked_factors(factors)
    grid, measured = seen_points(x, y, where=where)
    score = score_of(grid, measured, fwhm=fwhm)
    lower, upper = first, second
    sticks = _difference(first, second, score.window, allowed)
    both = score.at(sticks, allowed if factor is None else np.array([factor]))
    if both.max() < (-both).max():
        lower, upper = second, first
        sticks = replace(sticks, heights=-sticks.heights)
    found = compared_with_chance(
        score, sticks, allowed, factor=factor, draws=draws, seed=seed, either_sign=True
    )
    whole = np.asarray(x, dtype=float)
    come, gone = (
        broadened(one.near(*_reach(score.window, allowed)), whole, fwhm=fwhm, factor=found.factor)
        for one in (upper, lower)
    )
    curve, height = overlay(whole, np.asarray(y, dtype=float), come - gone)
    return DifferenceMatch(lower.name, upper.name, **vars(found), curve=curve, height=height)


def _reach(window: tuple[float, float], factors: FloatArray) -> tuple[float, float, float]:
    return window[0] / float(factors[-1]), window[1] / float(factors[0]), MARGIN


def _difference(
    first: Vibrations, second: Vibrations, window: tuple[float, float], factors: FloatArray
) -> Sticks:
    """Return the modes of the second state, and those of the first with negative heights."""
    gone, come = (Sticks.of(state, window, factors) for state in (first, second))
    return Sticks(
        np.concatenate([come.wavenumbers, gone.wavenumbers]),
        np.concatenate([come.heights, -gone.heights]),
        _common_groups(come.wavenumbers, gone.wavenumbers),
    )


def _common_groups(first: FloatArray, second: FloatArray) -> NDArray[np.int64]:
    """Return a number for each mode of both states; modes that are near each other share theirs."""
    from scipy.optimize import linear_sum_assignment

    far = np.abs(first[:, None] - second[None, :])
    cost = np.where(far <= _SAME, far**2, (min(far.shape) + 1.0) * _SAME**2)
    rows, columns = linear_sum_assignment(cost)
    of_second = np.full(second.size, -1)
    near = far[rows, columns] <= _SAME
    of_second[columns[near]] = rows[near]
    alone = of_second < 0
    of_second[alone] = first.size + np.arange(int(alone.sum()))
    return np.concatenate([np.arange(first.size), of_second]).astype(np.int64)
