"""One transition shared by several observables, also of different techniques and temperatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import FitError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.regimes.brackets import WITHIN
from spectrafit_ir.regimes.piece_scores import Sides, sides_of, step_parameters
from spectrafit_ir.regimes.steps import Regimes, regimes_of

__all__ = ["DISAGREES", "JointStep", "joint_step", "shared_step"]

Observed = tuple[ArrayLike, ArrayLike, ArrayLike]
"""Temperatures (K), values and standard errors of one observable on one branch."""

DISAGREES: Final = 6.63
"""99 % quantile of chi2 with one degree of freedom."""


@dataclass(frozen=True)
class JointStep:
    """A step that several observables share.

    Parameters
    ----------
    low, high : float or None
        Bracket, K: the best shared place, with neighbouring ones whose chi2 is within 3.84. None
        with a reason.
    gap : tuple of float or None
        The best shared place alone, K.
    shared : tuple of str
        Observables that have a step of their own and share this one.
    disagreeing : tuple of str
        Those with a step of their own that lose more than 6.63 by the shared place. They are
        left out one by one, first the one without which the others lose least, and have no say in
        the place.
    silent : tuple of str
        Those without a step; they do not count.
    losses : mapping of str to float
        What each observable with a step loses in ``chi2 + k ln n`` by the shared place.
    regimes : mapping of str to Regimes
        Of every observable alone.
    reason : str
        Why there is no shared step; empty where there is one.
    """

    low: float | None
    high: float | None
    gap: tuple[float, float] | None
    shared: tuple[str, ...]
    disagreeing: tuple[str, ...]
    silent: tuple[str, ...]
    losses: Mapping[str, float]
    regimes: Mapping[str, Regimes]
    reason: str = ""


def joint_step(observed: Mapping[str, Observed], *, seed: int = 0) -> JointStep:
    """Return the step that several observables of one branch share.

    The likelihoods of all observables with a step are multiplied at every place on the common
    grid of temperatures. The scores hold the best laws at each place.

    Parameters
    ----------
    observed : mapping of str to tuple
        Temperatures (K), values and standard errors of each; the temperatures may differ.
    seed : int, optional
        Of the simulations for each observable alone.

    Returns
    -------
    JointStep

    Raises
    ------
    FitError
        Without an observable, or for one that allows no regimes; it is named.
    """
    return shared_step({name: _alone(name, one, seed) for name, one in observed.items()})


def shared_step(alone: Mapping[str, Regimes]) -> JointStep:
    """Return the step that observables share whose regimes are known: see `joint_step`.

    Parameters
    ----------
    alone : mapping of str to Regimes
        Of each observable on the same branch.

    Returns
    -------
    JointStep

    Raises
    ------
    FitError
        Without an observable.
    """
    if not alone:
        raise FitError("no observable to look for a shared step in", do="give at least one")
    stepped = {name: one for name, one in alone.items() if one.steps}
    silent = tuple(name for name in alone if name not in stepped)
    if not stepped:
        return JointStep(
            None, None, None, (), (), silent, {}, alone, "no observable has a step of its own"
        )
    grid = np.unique(np.concatenate([one.rows.T for one in stepped.values()]))
    tables = {name: _table(one, grid) for name, one in stepped.items()}
    kept = list(tables)
    while True:
        total = np.sum([tables[name] for name in kept], axis=0)
        if not np.isfinite(total).any():
            return JointStep(
                None, None, None, (), tuple(kept), silent, {}, alone,
                "the temperatures of the observables have no place in common",
            )  # fmt: skip
        first, last = np.unravel_index(int(total.argmin()), total.shape)
        losses = {name: float(one[first, last] - one.min()) for name, one in tables.items()}
        if max(losses[name] for name in kept) <= DISAGREES:
            break
        kept.remove(
            min(kept, key=lambda one: _lost([tables[name] for name in kept if name != one]))
        )
    low, high = _bracket(total, int(first), int(last))
    away = tuple(name for name in tables if name not in kept)
    return JointStep(
        float(grid[low]), float(grid[high]), (float(grid[first]), float(grid[last])),
        tuple(kept), away, silent, losses, alone,
    )  # fmt: skip


def _alone(name: str, one: Observed, seed: int) -> Regimes:
    try:
        return regimes_of(*one, seed=seed)
    except FitError as fault:
        raise FitError(f"{name}: {fault.what}", where=fault.where, do=fault.do) from fault


def _lost(tables: list[FloatArray]) -> float:
    """Return what observables lose together by the place that they would share."""
    return float(np.sum(tables, axis=0).min() - sum(one.min() for one in tables))


def _table(one: Regimes, grid: FloatArray) -> FloatArray:
    """Return the score of a transition from grid temperature i to j, shape (g, g); inf for none.

    No more rows may be inside than in the observable's own transition: else a wide shared one with
    steps anywhere inside would suit all.
    """
    rows = one.rows
    most = max(len(step.inside) for step in one.steps)
    sides: Sides = sides_of(rows, rows.values[None, :])
    n = rows.T.size
    # rows up to the lower end are on the colder law, those from the upper end on the warmer
    cold_rows = np.searchsorted(rows.T, grid, side="right")
    warm_from = np.searchsorted(rows.T, grid, side="left")
    cold, warm = np.full(n + 1, np.inf), np.full(n + 1, np.inf)
    cold[sides.cold.spans[:, 1]] = sides.cold.score[:, 0]
    warm[sides.warm.spans[:, 0]] = sides.warm.score[:, 0]
    inside = warm_from[None, :] - cold_rows[:, None]
    price = np.where(inside > 0, step_parameters(1) - 1 + inside, step_parameters(0))
    score = cold[cold_rows][:, None] + warm[warm_from][None, :] + price * np.log(n)
    rising = grid[:, None] < grid[None, :]
    return np.where(rising & (inside >= 0) & (inside <= most), score, np.inf)


def _bracket(total: FloatArray, first: int, last: int) -> tuple[int, int]:
    """Return the place with its neighbours of the same length within 3.84."""
    limit, length = total[first, last] + WITHIN, last - first
    low, high = first, last
    while low > 0 and total[low - 1, low - 1 + length] <= limit:
        low -= 1
    while high < total.shape[0] - 1 and total[high + 1 - length, high + 1] <= limit:
        high += 1
    return low, high
