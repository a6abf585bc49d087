"""A block of spectra fitted together: minima, other starts where a fit looks wrong, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import FitError
from spectrafit.fit.at_bound import at_bound
from spectrafit.fit.batch import batch_inverses, batch_minima
from spectrafit.fit.fit_stack import FitStack, flag_bit
from spectrafit.fit.minima import Minima, Settings
from spectrafit.fit.problem import Noise, Problem
from spectrafit.fit.result import Flag
from spectrafit.fit.stack import Layout, by_row
from spectrafit.fit.stack_values import values_and_rows
from spectrafit.spectrum import FloatArray

__all__ = ["Block"]

BoolArray = NDArray[np.bool_]

# a misfit that is worth another start: reduced chi2 where the noise is known, else correlation of
# neighbouring residuals in standard deviations
_MISFIT = 1.5
_CORRELATED = 4.0
# relative difference of chi2 within which two minima are one
_SAME = 1e-7
# beyond this inflation by correlation a variance is rounding
_INFLATION = 1e11
# other starts: share of the range, or of the logarithm where a range spans a factor
_SPREAD = 0.2
_LOG_SPREAD = 0.5
_FACTOR = 3.0
_STATE = 4_711


@dataclass(frozen=True, eq=False)
class Block:
    """Spectra of one problem, few enough for memory.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    layout : Layout
        Of the problem.
    y : ndarray, shape (N, n)
        Values.
    w : ndarray, shape (n,) or (N, n)
        Weights.
    free : ndarray, shape (N, Q)
        Starts, inside the bounds.
    offset : ndarray, shape (N, P)
        Constants b of ``p = A q + b``.
    noise : str
        ``"known"`` or ``"estimated"``.
    engine : str
        ``"scipy"``, ``"batch"`` or ``"compiled"``.
    settings : Settings
        How a minimum is looked for.
    restarts : int
        Most other starts.
    threads : int
        Of the compiled engine.
    """

    problem: Problem
    layout: Layout
    y: FloatArray
    w: FloatArray
    free: FloatArray
    offset: FloatArray
    noise: Noise
    engine: str
    settings: Settings
    restarts: int
    threads: int

    def fitted(self) -> FitStack:
        """Return the fits; what was fitted is left to the caller to add."""
        # numbers whose squares no double holds end in flags, not in warnings
        with np.errstate(all="ignore"):
            return self._singly() if self.engine == "scipy" else self._together()

    def _together(self) -> FitStack:
        found = self._minima(self.free)
        tried = np.zeros(len(self.free), dtype=np.int64)
        again = np.zeros(len(self.free), dtype=np.int64)
        held = self._held(found)
        plain = replace(self, settings=replace(self.settings, bins=None))
        rng = np.random.default_rng(_STATE)
        # what bins may have hidden is seen from the same starts on all points
        draws: list[FloatArray | None] = []
        if self.restarts and self.settings.bins is not None:
            draws.append(None)
        draws += [np.asarray(rng.standard_normal(self.free.shape[1])) for _ in range(self.restarts)]
        for draw in draws:
            some = np.flatnonzero(self._doubtful(found, held) & (again < 2))
            if not some.size:
                break
            part = plain.rows(some)
            other = part._minima(part.free if draw is None else part.moved(draw))
            tried[some] += 1
            same = np.abs(other.chi2 - found.chi2[some]) <= _SAME * found.chi2[some]
            if draw is not None:
                again[some] += same & (other.ends == 1)
            _adopt(found, other, some, same)
            held[some] = part._held(found.rows(some))
        return self._judged(found, held, tried)

    def rows(self, some: NDArray[np.intp]) -> Block:
        """Return some of the spectra.

        Parameters
        ----------
        some : ndarray of int
            Which.

        Returns
        -------
        Block
        """
        w = self.w if self.w.ndim == 1 else self.w[some]
        return replace(self, y=self.y[some], w=w, free=self.free[some], offset=self.offset[some])

    def moved(self, draw: FloatArray) -> FloatArray:
        """Return other starts: those given, moved by a draw of unit normals.

        Parameters
        ----------
        draw : ndarray, shape (Q,)
            The same for every spectrum, so that a fit does not depend on its neighbours.

        Returns
        -------
        ndarray, shape (N, Q)
        """
        logarithms, shifts = _spreads(self.problem)
        moved = self.free * np.exp(logarithms * draw) + shifts * draw
        return np.clip(moved, self.problem.free_min, self.problem.free_max)

    @property
    def layout_x(self) -> FloatArray:
        """Points."""
        return self.problem.data[0].x

    def models(self, found: FitStack) -> FloatArray:
        """Return the fitted models.

        Parameters
        ----------
        found : FitStack
            Fits of this block.

        Returns
        -------
        ndarray, shape (N, n)
        """
        z = by_row(self.layout.from_q, found.free_values)
        with np.errstate(all="ignore"):
            moving = values_and_rows(self.layout, self.layout_x, z, self._moving_offset)[0]
        return moving + self._constant

    @property
    def _moving_offset(self) -> FloatArray:
        return self.offset[:, self.layout.places]

    @property
    def _constant(self) -> FloatArray:
        """What is fixed of the constant components; one zero where nothing is."""
        fixed = self.offset[:, self.layout.constant_places]
        return by_row(self.layout.constants.T, fixed) if fixed.any() else np.zeros((1, 1))

    def _minima(self, free: FloatArray) -> Minima:
        minima = batch_minima
        if self.engine == "compiled":
            from spectrafit.fit.compiled.engine import compiled_minima

            minima = compiled_minima
        low, high = self.problem.free_min, self.problem.free_max
        constant = self._constant
        return minima(
            self.layout, self.layout_x, self.y - constant if constant.any() else self.y, self.w, self._moving_offset,
            by_row(self.layout.from_q, free), low, high, self.settings, self.threads,
        )  # fmt: skip

    def _doubtful(self, found: Minima, held: BoolArray) -> BoolArray:
        """Return which fits are worth another start."""
        if self.noise == "known":
            misfit = found.chi2 > _MISFIT * self._freedom
        else:
            with np.errstate(all="ignore"):
                share = found.neighbours / found.chi2
            misfit = share * np.sqrt(self.y.shape[1]) > _CORRELATED
        if self._freedom < 1:
            misfit = np.zeros(len(found.chi2), dtype=bool)
        return np.asarray((found.ends == -1) | held.any(axis=1) | misfit)

    @property
    def _freedom(self) -> int:
        return int(self.y.shape[1] - self.free.shape[1])

    def _level(self, chi2: FloatArray) -> FloatArray:
        """Return the standard deviation of a weighted residual."""
        if self.noise == "known":
            return np.ones(len(chi2))
        return np.asarray(np.sqrt(chi2 / max(1, self._freedom)))

    def _held(self, found: Minima) -> BoolArray:
        """Return which parameters are on a bound, or nearer to it than their own error."""
        square = np.einsum("nqq->nq", found.normals)
        with np.errstate(all="ignore"):
            sigma = np.where(square > 0.0, self._level(found.chi2)[:, None] / np.sqrt(square), 0.0)
        return at_bound(found.z, sigma, self.problem.free_min, self.problem.free_max, self.free)

    def _judged(self, found: Minima, held: BoolArray, tried: NDArray[np.int64]) -> FitStack:
        inverses = batch_inverses
        if self.engine == "compiled":
            from spectrafit.fit.compiled.engine import compiled_inverses

            inverses = compiled_inverses
        covariance, inflation = inverses(found.normals, held)
        singular = inflation > _INFLATION
        ended = found.ends == 1
        free = by_row(self.layout.to_q, found.z)
        blind = np.zeros(held.shape, dtype=bool)
        if singular.any():
            blind = (singular @ (self.layout.to_q != 0).T) & ~held
        barren = self.noise == "estimated" and self._freedom < 1
        without = held | blind | ~ended[:, None] | barren
        if self.noise == "estimated":
            covariance = covariance * (self._level(found.chi2) ** 2)[:, None, None]
        mixed = np.flatnonzero((self.layout.to_q != np.eye(len(self.layout.to_q))).any(axis=0))
        if mixed.size:
            mixing = self.layout.to_q[np.ix_(mixed, mixed)]
            covariance[:, mixed] = mixing @ covariance[:, mixed]
            covariance[:, :, mixed] = covariance[:, :, mixed] @ mixing.T
        if without.any():
            covariance = np.where(without[:, :, None] | without[:, None, :], 0.0, covariance)
        values = by_row(self.problem.tie_matrix, free) + self.offset
        flags = np.zeros(len(free), dtype=np.int64)
        for flag, rows in self._marks(found, held, blind, values).items():
            flags |= np.where(rows, flag_bit(flag), 0)
        if barren:
            flags |= flag_bit(Flag.NO_FREEDOM)
        return FitStack(
            self.problem, values, covariance, without, found.chi2, flags, found.evaluations,
            tried, self.noise, self.engine, None, None,
        )  # fmt: skip

    def _marks(
        self, found: Minima, held: BoolArray, blind: BoolArray, values: FloatArray
    ) -> Mapping[Flag, BoolArray]:
        names = self.problem.names
        tied = np.array([name in self.problem.tied for name in names])
        slack = 1e-9 * np.maximum(1.0, np.abs(values))
        low, high = self.problem.min_values - slack, self.problem.max_values + slack
        outside = ((values < low) | (values > high)) & tied
        return {
            Flag.CONVERGED: found.ends == 1,
            Flag.CALL_LIMIT: found.ends == 0,
            Flag.NOT_AT_MINIMUM: found.ends == -1,
            Flag.AT_BOUND: held.any(axis=1),
            Flag.SINGULAR: blind.any(axis=1),
            Flag.OUTSIDE_BOUNDS: outside.any(axis=1),
            Flag.NOT_FINITE: ~np.isfinite(found.chi2),
        }

    def _singly(self) -> FitStack:
        """Return the fits one by one, each by the single fit."""
        from spectrafit.fit.single import fit

        count, size = self.free.shape
        given = None if self.noise == "estimated" else 1.0 / self.w
        covariance = np.zeros((count, size, size))
        without = np.zeros((count, size), dtype=bool)
        blank = FitStack(
            self.problem, by_row(self.problem.tie_matrix, self.free) + self.offset, covariance, without,
            np.zeros(count), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64), self.noise, "scipy", self.y, given,
        )  # fmt: skip
        index = [self.problem.names.index(name) for name in self.problem.free_names]
        values = blank.values.copy()
        chi2 = blank.chi2.copy()
        refusals: list[FitError] = []
        for row in range(count):
            problem = _started(blank.problem_of(row), self.free[row])
            try:
                result = fit(problem, max_evaluations=self.settings.limit)
            except FitError as error:
                refusals.append(error)
                if len(refusals) == count:
                    raise refusals[0] from None
                chi2[row], without[row] = np.nan, True
                blank.flags[row] = flag_bit(Flag.NOT_FINITE)
                continue
            values[row] = result.values
            chi2[row] = result.chi2
            covariance[row] = result.covariance[np.ix_(index, index)]
            without[row] = [bool(result.reasons[i]) for i in index]
            blank.flags[row] = sum(flag_bit(flag) for flag in result.flags)
            blank.evaluations[row] = result.evaluations
        return replace(blank, values=values, chi2=chi2, y=None, y_sigma=None)


def _started(problem: Problem, free: FloatArray) -> Problem:
    """Return a problem that starts elsewhere; itself where that is where it starts."""
    if (free == problem.free_start).all():
        return problem
    start = dict(zip(problem.free_names, map(float, free), strict=True))
    changes = {
        name: replace(change, start=None) if name in start else change
        for name, change in problem.parameters.items()
    }
    every = {**problem.start, **start}
    return Problem(problem.data, problem.model, start=every, parameters=changes)


@lru_cache(maxsize=8)
def _spreads(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """Return how far other starts lie: of the logarithm, and of the value, of each free parameter."""
    x = problem.data[0].x
    linear = {
        name
        for c in problem.model[0].components
        for name, row in zip(c.parameter_names, c.line.parameters, strict=True)
        if row.linear
    }
    size = len(problem.free_names)
    logarithms, shifts = np.zeros(size), np.zeros(size)
    for j, name in enumerate(problem.free_names):
        low, high = problem.free_min[j], problem.free_max[j]
        if low >= 0.0 and high > _FACTOR * low:
            logarithms[j] = _LOG_SPREAD
        elif np.isfinite(low) and np.isfinite(high):
            shifts[j] = _SPREAD * (high - low)
        elif name in linear:
            continue
        elif problem.units[problem.names.index(name)] == problem.data[0].x_unit:
            shifts[j] = 0.5 * _SPREAD * (x[-1] - x[0])
        else:
            logarithms[j] = _LOG_SPREAD
    return logarithms, shifts


def _adopt(found: Minima, other: Minima, some: NDArray[np.intp], same: BoolArray) -> None:
    """Take what is better from another start."""
    before = found.chi2[some]
    lower = (other.chi2 < before) & ~same
    reached = same & (found.ends[some] != 1)
    better = (other.ends == 1) & (lower | reached | ~np.isfinite(before))
    found.adopt(other, some, better)
    found.evaluations[some] += other.evaluations
