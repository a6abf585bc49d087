"""Levenberg-Marquardt for a series with shared parameters.

One damping serves all spectra (Madsen, Nielsen, Tingleff, *Methods for non-linear least squares
problems* (2004), section 3.2); interior first steps keep far starts off the bounds, as in
`fit/batch.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import FitError
from spectrafit.fit.shared.normals import LEAST_SQUARE, arrow_normals
from spectrafit.fit.shared.work import SharedPlace, SharedWork
from spectrafit.spectrum import FloatArray

__all__ = ["SharedMinimum", "shared_minimum"]

_FIRST_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-4, 1e-10, 1e14
# damping below which a spectrum is like its parabola
_EASY = 1e-2
# damping beyond which a small promise says nothing
_HEAVY = 10.0
# of what was promised to a spectrum: where so much is lacking, its parabola is wrong
_LACKS = 0.75
# damping below which what a step promises is what is left to gain
_UNDAMPED = 1e-7
# promised fall of chi2, in units of the noise, that chi2 need not confirm: 1e-4 standard errors; and
# of a step that need not be made: 1e-7
_CLOSE, _THERE = 1e-8, 1e-14
# rise and promise of a step that make no difference: 1e-3 standard errors
_NEGLIGIBLE = 1e-6
# share of the step before beyond which steps close to the minimum are rounding
_SHRINKS = 0.25
# of chi2: what its sum over all points cannot tell from rounding
_ROUNDING = 1e-14
_SHARE, _CAREFUL = 0.3, 12


@dataclass(frozen=True, eq=False)
class SharedMinimum:
    """Where a series ended.

    Parameters
    ----------
    place : SharedPlace
        Parameters, chi2 and its slopes.
    end : int
        1 a minimum, 0 the limit of evaluations, -1 neither.
    evaluations : int
        Calls of the model for every spectrum.
    """

    place: SharedPlace
    end: int
    evaluations: int


def shared_minimum(work: SharedWork, local: FloatArray, w: FloatArray, limit: int) -> SharedMinimum:
    """Return the minimum that a start leads to.

    Parameters
    ----------
    work : SharedWork
        The series.
    local : ndarray, shape (N, U)
        Own parameters, inside the bounds.
    w : ndarray, shape (K,)
        Coefficients, between the walls.
    limit : int
        Most evaluations of all spectra.

    Returns
    -------
    SharedMinimum

    Raises
    ------
    FitError
        When the model is not finite at the start.
    """
    here = work.at(local, w)
    if not np.isfinite(here.chi2).all():
        raise FitError(
            "the model is not finite at the start values of a spectrum",
            do="give start values (a positive width, an origin inside the data)",
        )
    return _Descent(work, here, limit).minimum()


class _Descent:
    """The way to a minimum; where it is and how it is damped changes, step by step."""

    def __init__(self, work: SharedWork, here: SharedPlace, limit: int) -> None:
        self.work, self.limit, self.least = work, limit, work.least
        self.scale = np.zeros_like(here.gradients)
        # of every spectrum, and of the coefficients in the last place
        self.damping = np.full(len(here.chi2) + 1, _FIRST_DAMPING)
        self.refusals, self.evaluations = 0, 1
        self.move_to(here)

    def move_to(self, there: SharedPlace) -> None:
        self.here = there
        self.scale = np.maximum(np.einsum("nqq->nq", there.normals), 0.1 * self.scale)
        self.normals = arrow_normals(self.work.shared, there.normals, there.gradients)

    def minimum(self) -> SharedMinimum:
        end, before = 0, np.inf
        while True:
            step, bend = self.step()
            hoped = self.hoped(step, bend)
            promise, total = float(hoped.sum()), float(self.here.chi2.sum())
            noise = max(self.work.noise(total), total / max(1, self.work.freedom))
            close = 0.0 <= promise <= max(_CLOSE * noise, _ROUNDING * total, self.least)
            easy = self.damping <= _EASY
            if close and (self.damping > _HEAVY).any():
                self.damping = np.where(self.damping > _HEAVY, 0.1 * self.damping, self.damping)
                continue
            if close and (self.damping[easy] > _UNDAMPED).any():
                self.damping[easy] = np.minimum(self.damping[easy], _UNDAMPED)
                continue
            if close and (promise <= _THERE * noise or promise > _SHRINKS * before):
                end = 1
                break
            if self.evaluations >= self.limit:
                end = int(close)
                break
            there = self.work.at(*self.moved(step, bend))
            self.evaluations += 1
            before = promise if close else np.inf
            if close and np.isfinite(there.chi2).all():
                self.move_to(there)
            elif self.is_end(there, promise, noise):
                end = 1
                break
            elif not self.judged(there, hoped):
                end = -1
                break
        return SharedMinimum(self.here, end, self.evaluations)

    def moved(self, step: FloatArray, bend: FloatArray) -> tuple[FloatArray, FloatArray]:
        own, shared = self.work.shared.local, self.work.shared
        there = np.clip(self.here.local + step, shared.low[own], shared.high[own])
        return there, self.here.w + bend

    def is_end(self, there: SharedPlace, promise: float, noise: float) -> bool:
        """Return whether a step that hardly differs from its parabola leads up: a curved valley."""
        rise = float((there.chi2 - self.here.chi2).sum())
        small = max(rise, promise) <= _NEGLIGIBLE * noise
        return small and rise >= 0.0 and bool((self.damping <= _HEAVY).all())

    def judged(self, there: SharedPlace, hoped: FloatArray) -> bool:
        """Return whether there is hope, after going there if it is lower."""
        with np.errstate(all="ignore"):
            # spectrum by spectrum: the sum of all has fewer digits
            fall = self.here.chi2 - there.chi2
        promise, total = float(hoped.sum()), float(fall.sum())
        better = promise > 0.0 and total > 1e-4 * promise
        fair = max(promise, 0.0) / len(hoped)
        lacks = ~(hoped - fall <= _LACKS * np.maximum(np.abs(hoped), fair))
        if better:
            self.move_to(there)
            self.refusals = 0
            less = max(0.1, 1.0 - (2.0 * total / promise - 1.0) ** 3)
            kept = ~np.append(lacks, False)
            self.damping[kept] = np.maximum(less * self.damping[kept], _LEAST_DAMPING)
            self.damping[:-1][lacks] *= 2.0
        else:
            self.refusals += 1
            # those that were promised too much first; all where that is not enough
            some = np.append(lacks, False) if self.refusals <= 2 and lacks.any() else slice(None)
            self.damping[some] *= 2.0 ** min(self.refusals, 10) * 2
        self.damping = np.minimum(self.damping, 2.0 * _MOST_DAMPING)
        return bool(self.damping[-1] <= _MOST_DAMPING)

    def hoped(self, step: FloatArray, bend: FloatArray) -> FloatArray:
        """Return the fall of chi2 that the normal equations promise, of every spectrum."""
        z = self.work.shared.steps(step, bend)
        bent = (self.here.normals @ z[:, :, None])[:, :, 0]
        return np.asarray((z * (2.0 * self.here.gradients - bent)).sum(axis=1))

    def step(self) -> tuple[FloatArray, FloatArray]:
        """Return the damped step inside the bounds, own and shared."""
        shared, here = self.work.shared, self.here
        low, high = shared.low[shared.local], shared.high[shared.local]
        share = _SHARE if self.evaluations <= _CAREFUL else 1.0
        push = here.gradients[:, shared.local]
        own_scale = self.scale[:, shared.local]
        place = shared.shared[shared.owner]
        scale = (self.scale[:, place] * shared.basis**2).sum(axis=0)
        walls = shared.walls.shares(here.w, share)
        free = own_scale > LEAST_SQUARE
        free &= ~((here.local <= low) & (push <= 0.0)) & ~((here.local >= high) & (push >= 0.0))
        own_damping = self.damping[:-1, None] * own_scale
        for _ in range(1 + shared.local.size):
            step, bend = self.normals.step(walls, own_damping, self.damping[-1] * scale, free)
            out = free & (step < 0.0) & (here.local <= low)
            out |= free & (step > 0.0) & (here.local >= high)
            if not out.any():
                break
            # what the others push onto its bound is as good as held
            free &= ~out
        below = here.local + share * (low - here.local) if share < 1.0 else low
        above = here.local + share * (high - here.local) if share < 1.0 else high
        return np.clip(here.local + step, below, above) - here.local, bend
