"""The steps of many fits at once: bounded Levenberg-Marquardt with exact Jacobians in NumPy.

Steps, damping and the end are those of the compiled engine, so that the two agree; see
`fit/compiled/minimum.py`. Damping after Madsen, Nielsen, Tingleff, *Methods for non-linear least
squares problems* (2004), section 3.2; interior first steps keep far starts off the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.minima import Minima, Settings
from spectrafit.fit.stack import Layout
from spectrafit.fit.stack_values import values_and_rows
from spectrafit.spectrum import FloatArray

__all__ = ["BatchSearch"]

# derivatives at a time: they stay in the processor's cache
_BLOCK = 160_000
_SMALL_DAMPING = 1e-2
# of chi2: the last step, which is not looked at, starts no farther from the minimum
_CLOSE = 1e-5


@dataclass(frozen=True, eq=False)
class BatchSearch:
    """All spectra of a call; a block of them is worked on, and filled up as some end.

    Parameters
    ----------
    layout : Layout
        Lines, ties and columns.
    x : ndarray, shape (n,)
        Points.
    y : ndarray, shape (N, n)
        Values less what is fixed.
    w : ndarray, shape (N, n) or (N, 1)
        Weights; one where all points of a spectrum have the same.
    offset : ndarray, shape (N, M)
        Constants of the moving components' parameters.
    start : ndarray, shape (N, Q)
        Starts in z.
    low, high : ndarray, shape (Q,)
        Bounds.
    settings : Settings
        Tolerance, share of the way to a bound, and whether neighbours are wanted.
    damping : ndarray, shape (N,)
        First damping; overwritten by the last.
    before : ndarray of int, shape (N,)
        Evaluations made already: they count for the limit and for the careful steps.
    """

    layout: Layout
    x: FloatArray
    y: FloatArray
    w: FloatArray
    offset: FloatArray
    start: FloatArray
    low: FloatArray
    high: FloatArray
    settings: Settings
    damping: FloatArray
    before: NDArray[np.int64]

    def minima(self) -> Minima:
        """Return where the spectra end, with all evaluations made."""
        count, size = self.start.shape
        integers = np.zeros(count, dtype=np.int64)
        done = Minima(
            self.start.copy(), np.full(count, np.inf), np.zeros((count, size, size)),
            integers.copy(), integers, np.zeros(count),
        )  # fmt: skip
        room = max(8, _BLOCK // max(1, size * self.x.size))
        waiting = min(room, count)
        state = self._fresh(0, waiting)
        while len(state.index):
            ended = self._advanced(state)
            if (ended != _GOES_ON).any():
                _write(done, state, ended)
                some = ended != _GOES_ON
                self.damping[state.index[some]] = state.damping[some]
                state = state.rows(np.flatnonzero(ended == _GOES_ON))
            if waiting < count and len(state.index) <= 0.8 * room:
                upto = min(count, waiting + room - len(state.index))
                state = state.joined(self._fresh(waiting, upto))
                waiting = upto
        done.evaluations[:] += self.before
        return self._told(done) if self.settings.neighbours else done

    def _fresh(self, begin: int, end: int) -> _State:
        count, size = end - begin, self.start.shape[1]
        return _State(
            np.arange(begin, end), self.start[begin:end].copy(), np.full(count, np.inf),
            np.zeros((count, size, size)), np.zeros((count, size)), np.zeros((count, size)),
            self.damping[begin:end].copy(), np.full(count, 2.0), np.zeros(count),
            np.zeros(count, dtype=np.int64),
        )  # fmt: skip

    def _told(self, done: Minima) -> Minima:
        """Return the minima with the products of neighbouring residuals."""
        chi2, normals, neighbours = done.chi2, done.normals, done.neighbours
        room = max(8, _BLOCK // max(1, self.start.shape[1] * self.x.size))
        for begin in range(0, len(chi2), room):
            some = np.arange(begin, min(begin + room, len(chi2)))
            chi2[some], residuals, rows = self._at(some, done.z[some])
            neighbours[some] = np.einsum("bn,bn->b", residuals[:, :-1], residuals[:, 1:])
            normals[some], _ = self._products(some, residuals, rows)
        return done

    @property
    def _even(self) -> bool:
        """Whether each spectrum has one weight for all its points."""
        return bool(self.w.shape[1] == 1 < self.x.size)

    def _at(
        self, index: NDArray[np.intp], z: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return chi2, weighted residuals, and derivatives: weighted unless the weights are even."""
        value, rows = values_and_rows(self.layout, self.x, z, self.offset[index])
        w = self.w[index]
        residuals = (self.y[index] - value) * w
        if not self._even:
            rows *= w[:, None, :]
        return np.einsum("bn,bn->b", residuals, residuals), residuals, rows

    def _products(
        self, index: NDArray[np.intp], residuals: FloatArray, rows: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the normal matrices and the gradients."""
        normal = rows @ rows.transpose(0, 2, 1)
        gradient = (rows @ residuals[:, :, None])[:, :, 0]
        if self._even:
            normal *= self.w[index][:, :, None] ** 2
            gradient *= self.w[index]
        return normal, gradient

    def _advanced(self, state: _State) -> NDArray[np.int64]:
        """Move the state by one step; return how each spectrum ended."""
        new = state.evaluations == 0
        there, expected, ended = self._steps(state)
        limit = self.settings.tolerance * state.chi2
        finish = ended == _STEPS_THERE
        state.z[finish] = there[finish]
        state.chi2[finish] -= expected[finish]
        ended[finish] = 1
        made = state.evaluations + self.before[state.index]
        ended[(ended == _GOES_ON) & ~new & (made >= self.settings.limit)] = 0
        go = np.flatnonzero(ended == _GOES_ON)
        if not go.size:
            return ended
        other, residuals, rows = self._at(state.index[go], there[go])
        state.evaluations[go] += 1
        fall = state.chi2[go] - other
        hoped = expected[go]
        better = (fall >= 0.0) & (hoped > 0.0) & (fall > 1e-4 * hoped)
        better |= new[go] & np.isfinite(other)
        small = (np.abs(fall) <= limit[go]) & (np.abs(hoped) <= limit[go]) & ~new[go]
        self._accept(state, go, better, there, other, residuals, rows)
        state.judge(go, better, new[go], fall, hoped)
        lost = ~better & ((state.damping[go] > 1e14) | new[go])
        ended[go] = np.where(small, 1, np.where(lost, -1, _GOES_ON))
        return ended

    def _steps(self, state: _State) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
        """Return where the next steps lead, the fall they promise, and who is at the end."""
        new = state.evaluations == 0
        free = state.scale > 0.0
        free &= ~((state.z <= self.low) & (state.gradient <= 0.0))
        free &= ~((state.z >= self.high) & (state.gradient >= 0.0))
        careful = state.evaluations + self.before[state.index] <= self.settings.careful
        share = np.where(careful, self.settings.share, 1.0)[:, None]
        there, step, lost = _stepped(state, free, self.low, self.high, share)
        bent = (state.normal @ step[:, :, None])[:, :, 0]
        expected = (step * (2.0 * state.gradient - bent)).sum(axis=1)
        limit = self.settings.tolerance * state.chi2
        # how fast the way shrank tells what is left of it after this step
        shrinks = np.where(state.before > 0.0, expected / state.before, np.inf)
        left = np.where(shrinks < np.inf, expected * np.minimum(1.0, shrinks), np.inf)
        near = (expected <= limit) | ((left <= limit) & (expected <= _CLOSE * state.chi2))
        rest = (state.damping <= _SMALL_DAMPING) & (expected >= 0.0) & near & ~new
        nothing = ~free.any(axis=1) & ~new
        ended = np.where(rest, _STEPS_THERE, _GOES_ON)
        ended = np.where(nothing, 1, np.where(lost & ~new, -1, ended))
        return there, expected, ended

    def _accept(
        self, state: _State, go: NDArray[np.intp], better: NDArray[np.bool_], there: FloatArray,
        chi2: FloatArray, residuals: FloatArray, rows: FloatArray,
    ) -> None:  # fmt: skip
        if not better.all():
            # a copy of the derivatives, which the common case is spared
            go, chi2, residuals, rows = go[better], chi2[better], residuals[better], rows[better]
        if go.size:
            products = self._products(state.index[go], residuals, rows)
            state.accept(go, there, chi2, *products)


# how a spectrum ended besides 1, 0 and -1 of `Minima`
_GOES_ON, _STEPS_THERE = 2, 3


@dataclass(eq=False)
class _State:
    """Where each spectrum of a block stands; changed in place while the block is worked on."""

    index: NDArray[np.intp]
    z: FloatArray
    chi2: FloatArray
    normal: FloatArray
    gradient: FloatArray
    scale: FloatArray
    damping: FloatArray
    growth: FloatArray
    before: FloatArray
    evaluations: NDArray[np.int64]

    def rows(self, some: NDArray[np.intp]) -> _State:
        return _State(*(getattr(self, one.name)[some] for one in fields(_State)))

    def joined(self, other: _State) -> _State:
        names = [one.name for one in fields(_State)]
        return _State(
            *(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names)
        )

    def accept(
        self, some: NDArray[np.intp], there: FloatArray, chi2: FloatArray, normal: FloatArray,
        gradient: FloatArray,
    ) -> None:  # fmt: skip
        diagonal = np.arange(self.z.shape[1])
        self.z[some] = there[some]
        self.chi2[some] = chi2
        self.normal[some] = normal
        self.gradient[some] = gradient
        self.scale[some] = np.maximum(normal[:, diagonal, diagonal], 0.1 * self.scale[some])

    def judge(
        self, some: NDArray[np.intp], better: NDArray[np.bool_], new: NDArray[np.bool_],
        fall: FloatArray, hoped: FloatArray,
    ) -> None:  # fmt: skip
        """Change the damping after what a step brought; nothing for one that was only looked at."""
        damping, growth = self.damping[some], self.growth[some]
        self.before[some] = np.where(better & (damping <= _SMALL_DAMPING) & ~new, hoped, 0.0)
        ratio = 2.0 * fall / np.where(hoped > 0.0, hoped, 1.0) - 1.0
        less = damping * np.maximum(0.1, 1.0 - ratio**3)
        more = np.maximum(damping, 1e-10) * growth
        self.damping[some] = np.where(new, damping, np.where(better, less, more))
        self.growth[some] = np.where(new | better, 2.0, 2.0 * growth)


def _stepped(
    state: _State, free: NDArray[np.bool_], low: FloatArray, high: FloatArray, share: FloatArray
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Return where damped steps lead inside the bounds, the steps, and which have none."""
    diagonal = np.arange(state.z.shape[1])
    matrix = state.normal * (free[:, :, None] & free[:, None, :])
    root = np.sqrt(np.where(free, state.scale, 1.0))
    matrix /= root[:, :, None] * root[:, None, :]
    matrix[:, diagonal, diagonal] += np.where(free, state.damping[:, None], 1.0)
    right = np.where(free, state.gradient, 0.0) / root
    try:
        step = np.linalg.solve(matrix, right[:, :, None])[:, :, 0] / root
        lost = np.zeros(len(step), dtype=bool)
    except np.linalg.LinAlgError:
        step, lost = _each_solved(matrix, right)
        step = step / root
    lost |= ~np.isfinite(step).all(axis=1)
    step = np.where(lost[:, None], 0.0, step)
    below = np.where(share < 1.0, state.z + share * (low - state.z), low)
    above = np.where(share < 1.0, state.z + share * (high - state.z), high)
    there = np.clip(state.z + step, below, above)
    return there, there - state.z, lost


def _each_solved(matrix: FloatArray, right: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the solutions one by one, and which there are none of."""
    step = np.zeros_like(right)
    lost = np.zeros(len(right), dtype=bool)
    for i in range(len(right)):
        try:
            step[i] = np.linalg.solve(matrix[i], right[i])
        except np.linalg.LinAlgError:
            lost[i] = True
    return step, lost


def _write(done: Minima, state: _State, ended: NDArray[np.int64]) -> None:
    some = np.flatnonzero(ended != _GOES_ON)
    to = state.index[some]
    done.z[to] = state.z[some]
    done.chi2[to] = state.chi2[some]
    done.normals[to] = state.normal[some]
    done.evaluations[to] = state.evaluations[some]
    done.ends[to] = ended[some]
