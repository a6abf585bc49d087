"""Whether one more step is more than noise finds by itself: its gain in simulated series."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.regimes.candidates import Candidate
from spectrafit_ir.regimes.law_fit import LawFit, law_fit
from spectrafit_ir.regimes.piece_scores import Sides, sides_of, smooth_fits, step_parameters
from spectrafit_ir.regimes.side_laws import SideLaws
from spectrafit_ir.regimes.sigmoid import IntArray
from spectrafit_ir.regimes.smooth_law import LAWS, PieceFits, Rows, gradual_range, piece_fits
from spectrafit_ir.regimes.transition import is_transition

__all__ = ["SIMULATIONS", "GainTest", "gain_test", "two_step_candidate"]

SIMULATIONS = 199
"""A gain above 198 of 199 is above the 99 % quantile: 2 of 200 equally likely ranks are higher."""

_HIGHER = 1  # simulations that may reach the gain
_AT_ONCE = 40
_MANY_ROWS = 100
_TRIED = 60
_FEWEST_ROWS = 6  # two in each of three regimes


@dataclass(frozen=True)
class GainTest:
    """Gain by one more step, against series simulated without it.

    Parameters
    ----------
    gain : float
        BIC of the best model without the step less that of the best with it: for models of as many
        parameters the gain of chi2, else that less ln n for each further parameter.
    limit : float
        99 % quantile of the same in the simulations. With fewer than 199 of them a bound: below
        it where the step was refused early, above it where none was needed (see `gain_test`).
    simulations : int
        How many were run.
    accepted : bool
        Whether the gain is above the limit.
    """

    gain: float
    limit: float
    simulations: int
    accepted: bool


@dataclass(frozen=True)
class _Reach:
    """Lowest scores with a transition at one end of a piece that begins, or ends, at each cut.

    Parameters
    ----------
    score, chi2 : ndarray, shape (S, B)
        Of the best side, rows inside the transition and the transition itself.
    cut : ndarray of int, shape (S, B)
        Which cut the side ends at.
    """

    score: FloatArray
    chi2: FloatArray
    cut: IntArray


def _reach_of(side: PieceFits, n: int, *, warm: bool) -> _Reach:
    """Return for every cut the best side beyond a transition that begins or ends there."""
    cuts = side.score.shape[0]
    score = np.full(side.score.shape, np.inf)
    cut: IntArray = np.zeros(side.score.shape, dtype=np.intp)
    for inside in range(cuts):
        near, far = slice(0, cuts - inside), slice(inside, cuts)
        to, of = (near, far) if warm else (far, near)
        trial = side.score[of] + step_parameters(inside) * math.log(n)
        better = trial < score[to]
        score[to] = np.where(better, trial, score[to])
        cut[to] = np.where(better, np.arange(cuts)[of][:, None], cut[to])
    return _Reach(score, np.take_along_axis(side.best, cut, axis=0), cut)


def _middle_fits(
    rows: Rows, y: FloatArray, sides: Sides
) -> tuple[PieceFits, FloatArray, FloatArray]:
    """Return the fits of every middle piece, with score and chi2 of the best model around it."""
    n = rows.T.size
    cuts = sides.cold.spans[:, 1]
    first, last = np.nonzero(cuts[None, :] - cuts[:, None] >= 2)
    cold, warm = _reach_of(sides.cold, n, warm=False), _reach_of(sides.warm, n, warm=True)
    outside = cold.score[first] + warm.score[last]
    spans = np.stack([cuts[first], cuts[last]], axis=1)
    limits = gradual_range(rows.T)
    simple = piece_fits(rows, y, spans, limits, np.full(outside.shape, -np.inf))
    reached = (outside + simple.score).min(axis=0)
    middle = piece_fits(rows, y, spans, limits, reached - outside)
    return middle, outside + middle.score, cold.chi2[first] + warm.chi2[last] + middle.best


def two_step_candidate(beside: SideLaws) -> Candidate | None:
    """Return the best model of two steps.

    Parameters
    ----------
    beside : SideLaws
        The branch, with the laws of its parts.

    Returns
    -------
    Candidate or None
        None where none of the best has two transitions that are steps beside its laws.
    """
    rows, sides = beside.rows, beside.sides
    n, y = rows.T.size, rows.values[None, :]
    if n < _FEWEST_ROWS:
        return None
    middle, score, chi2 = _middle_fits(rows, y, sides)
    cold, warm = _reach_of(sides.cold, n, warm=False), _reach_of(sides.warm, n, warm=True)
    cuts = sides.cold.spans[:, 1]
    for piece in score[:, 0].argsort()[:_TRIED]:
        first, last = np.searchsorted(cuts, middle.spans[piece])
        begin, end = int(cold.cut[first, 0]), int(warm.cut[last, 0])
        laws = (
            beside.cold(begin, int(sides.cold.law[begin, 0])),
            _middle_law(rows, middle, int(piece)),
            beside.warm(end, int(sides.warm.law[end, 0])),
        )
        places = ((int(cuts[begin]), int(cuts[first])), (int(cuts[last]), int(cuts[end])))
        if all(is_transition(rows, (laws[k], laws[k + 1]), *places[k]) for k in (0, 1)):
            bic, own = float(score[piece, 0]), float(chi2[piece, 0])
            return Candidate(laws, places, own, round((bic - own) / math.log(n)), bic)
    return None


def _middle_law(rows: Rows, middle: PieceFits, piece: int) -> LawFit:
    law = int(middle.law[piece, 0])
    shape = tuple(map(float, middle.shape[piece, 0])) if LAWS[law] == "two_state" else ()
    first, last = map(int, middle.spans[piece])
    return law_fit(rows, first, last, LAWS[law], shape)


def _gains(rows: Rows, y: FloatArray, steps: int, further: int) -> FloatArray:
    """Return the gain in BIC from one number of steps to another, in every series."""
    sides, smooth = sides_of(rows, y), smooth_fits(rows, y)
    beyond = _reach_of(sides.warm, rows.T.size, warm=True)
    score = {
        0: smooth.best(abrupt=False),
        1: np.minimum((sides.cold.score + beyond.score).min(axis=0), smooth.best(abrupt=True)),
    }
    if further == 2:
        score[2] = _middle_fits(rows, y, sides)[1].min(axis=0)
    return np.asarray(score[steps] - score[further])


def gain_test(
    rows: Rows, null: FloatArray, parameters: int, steps: tuple[int, int], gain: float,
    seed: int = 0,
) -> GainTest:  # fmt: skip
    """Return whether further steps gain more than in 99 % of series without them.

    No simulation is run where none is needed: the best model without the step has a BIC of at most
    ``chi2(truth) + k ln n``, that with it has one of at least ``ln n`` times its fewest parameters,
    and chi2(truth) has the chi2 law.

    Parameters
    ----------
    rows : Rows
        Temperatures and errors.
    null : ndarray, shape (n,)
        Best model without the further step.
    parameters : int
        k, its number of parameters.
    steps : tuple of int
        Steps of that model, and of the one with further steps.
    gain : float
        Gain in the measured series: see `GainTest`.
    seed : int, optional
        Of the simulations.

    Returns
    -------
    GainTest
    """
    from scipy.special import chdtri

    n = rows.T.size
    # so far out that among 199 simulations the chance that two reach it is below 1e-4
    ceiling = float(chdtri(n, 5e-5)) + (parameters - 1 - 2 * steps[1]) * math.log(n)
    if gain > ceiling:
        return GainTest(gain, ceiling, 0, accepted=True)
    random = np.random.default_rng(seed)
    found = np.empty(0)
    while found.size < SIMULATIONS:
        # a small first block, as most that are refused are refused by it
        count = SIMULATIONS - found.size if found.size and n < _MANY_ROWS else _AT_ONCE
        count = min(count, SIMULATIONS - found.size)
        y = null + rows.sigma * random.standard_normal((count, n))
        found = np.sort(np.concatenate([found, _gains(rows, y, *steps)]))
        if (found >= gain).sum() > _HIGHER:
            break
    limit = float(found[-1 - _HIGHER])
    return GainTest(gain, limit, found.size, accepted=bool(gain > limit))
