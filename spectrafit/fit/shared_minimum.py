"""Levenberg-Marquardt for a series with shared parameters.

One damping serves all spectra (Madsen, Nielsen, Tingleff, *Methods for non-linear least squares
problems* (2004), section 3.2); interior first steps keep far starts off the bounds, as in
`fit/batch.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import FitError
from spectrafit.fit.shared_normals import arrow_normals
from spectrafit.fit.shared_work import SharedPlace, SharedWork
from spectrafit.spectrum import FloatArray

__all__ = ["SharedMinimum", "shared_minimum"]

_FIRST_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-4, 1e-10, 1e14
# damping below which what a step promises is what is left to gain
_UNDAMPED = 1e-7
# promised fall of chi2, in units of the noise, that chi2 need not confirm: 1e-4 standard errors; and
# of a step that need not be made: 1e-7
_CLOSE, _THERE = 1e-8, 1e-14
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
    """The way to a minimum; where it is changes, step by step."""

    def __init__(self, work: SharedWork, here: SharedPlace, limit: int) -> None:
        self.work, self.limit, self.least = work, limit, work.least
        self.scale = np.zeros_like(here.gradients)
        self.damping, self.growth, self.evaluations = _FIRST_DAMPING, 2.0, 1
        self.move_to(here)

    def move_to(self, there: SharedPlace) -> None:
        self.here = there
        self.scale = np.maximum(np.einsum("nqq->nq", there.normals), 0.1 * self.scale)
        self.normals = arrow_normals(self.work.shared, there.normals, there.gradients)

    def minimum(self) -> SharedMinimum:
        end, before = 0, np.inf
        while True:
            step, bend, hoped = self.step()
            total = float(self.here.chi2.sum())
            noise = max(self.work.noise(total), total / max(1, self.work.freedom))
            close = 0.0 <= hoped <= max(_CLOSE * noise, _ROUNDING * total, self.least)
            if close and self.damping > _UNDAMPED:
                self.damping *= 1e-2
                continue
            if close and (hoped <= _THERE * noise or hoped > _SHRINKS * before):
                end = 1
                break
            if self.evaluations >= self.limit:
                end = int(close)
                break
            there = self.work.at(*self.moved(step, bend))
            self.evaluations += 1
            before = hoped if close else np.inf
            if close and np.isfinite(there.chi2).all():
                self.move_to(there)
            elif not self.judged(there, hoped):
                end = -1
                break
        return SharedMinimum(self.here, end, self.evaluations)

    def moved(self, step: FloatArray, bend: FloatArray) -> tuple[FloatArray, FloatArray]:
        own, shared = self.work.shared.local, self.work.shared
        there = np.clip(self.here.local + step, shared.low[own], shared.high[own])
        return there, self.here.w + bend

    def judged(self, there: SharedPlace, hoped: float) -> bool:
        """Return whether there is hope, after going there if it is lower."""
        with np.errstate(all="ignore"):
            # spectrum by spectrum: the sum of all has fewer digits
            fall = float((self.here.chi2 - there.chi2).sum())
        if hoped > 0.0 and fall > 1e-4 * hoped:
            self.move_to(there)
            less = max(0.1, 1.0 - (2.0 * fall / hoped - 1.0) ** 3)
            self.damping, self.growth = max(less * self.damping, _LEAST_DAMPING), 2.0
        else:
            self.damping, self.growth = self.damping * self.growth, 2.0 * self.growth
        return self.damping <= _MOST_DAMPING

    def step(self) -> tuple[FloatArray, FloatArray, float]:
        """Return the damped step inside the bounds, own and shared, and the fall it promises."""
        shared, here = self.work.shared, self.here
        low, high = shared.low[shared.local], shared.high[shared.local]
        share = _SHARE if self.evaluations <= _CAREFUL else 1.0
        push = here.gradients[:, shared.local]
        own_scale = self.scale[:, shared.local]
        place = shared.shared[shared.owner]
        scale = (self.scale[:, place] * shared.basis**2).sum(axis=0)
        walls = shared.walls.shares(here.w, share)
        free = own_scale > 0.0
        free &= ~((here.local <= low) & (push <= 0.0)) & ~((here.local >= high) & (push >= 0.0))
        for _ in range(1 + shared.local.size):
            step, bend = self.normals.step(walls, self.damping, own_scale, scale, free)
            out = free & (step < 0.0) & (here.local <= low)
            out |= free & (step > 0.0) & (here.local >= high)
            if not out.any():
                break
            # what the others push onto its bound is as good as held
            free &= ~out
        below = here.local + share * (low - here.local) if share < 1.0 else low
        above = here.local + share * (high - here.local) if share < 1.0 else high
        step = np.clip(here.local + step, below, above) - here.local
        return step, bend, self.normals.fall(step, bend)
