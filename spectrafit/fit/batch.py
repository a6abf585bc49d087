"""Many fits at once in NumPy: bounded Levenberg-Marquardt with exact Jacobians.

Steps, damping and the end are those of the compiled engine, so that the two agree; see
`fit/compiled/minimum.py`. Damping after Madsen, Nielsen, Tingleff, *Methods for non-linear least
squares problems* (2004), section 3.2; interior first steps keep far starts off the bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.stack import Layout
from spectrafit.lines.line import Component
from spectrafit.spectrum import FloatArray

__all__ = ["Minima", "Settings", "batch_inverses", "batch_minima", "values_and_rows"]

# spectra at a time: their derivatives stay in the cache
_BLOCK = 64
_SMALL_DAMPING = 1e-2
# of chi2: the last step, which is not looked at, starts no farther from the minimum
_CLOSE = 1e-6


@dataclass(frozen=True)
class Settings:
    """How a batch engine looks for a minimum.

    Parameters
    ----------
    limit : int
        Most evaluations of a spectrum.
    tolerance : float
        Fall of chi2, relative, below which a step is the last.
    damping : float
        First damping, of the scale of each parameter.
    share : float
        Of the distance to a bound that a careful step may go.
    careful : int
        How many first steps are careful.
    neighbours : bool
        Whether the products of neighbouring residuals are wanted.
    """

    limit: int = 200
    tolerance: float = 1e-9
    damping: float = 1e-2
    share: float = 0.3
    careful: int = 12
    neighbours: bool = False


@dataclass(frozen=True, eq=False)
class Minima:
    """Where a batch engine ended.

    Parameters
    ----------
    z : ndarray, shape (N, Q)
        Free parameters, in the form of the stack's layout.
    chi2 : ndarray, shape (N,)
        Sum of squared weighted residuals.
    normals : ndarray, shape (N, Q, Q)
        Jacobian's products.
    evaluations : ndarray of int, shape (N,)
        Calls of the model.
    ends : ndarray of int, shape (N,)
        1 a minimum, 0 the limit, -1 neither.
    neighbours : ndarray, shape (N,)
        Sum of the products of neighbouring residuals; 0 where not asked for.
    """

    z: FloatArray
    chi2: FloatArray
    normals: FloatArray
    evaluations: NDArray[np.int64]
    ends: NDArray[np.int64]
    neighbours: FloatArray

    @staticmethod
    def joined(parts: Sequence[Minima]) -> Minima:
        """Return the minima of parts, one after another.

        Parameters
        ----------
        parts : sequence of Minima
            At least one.

        Returns
        -------
        Minima
        """
        names = [one.name for one in fields(Minima)]
        return Minima(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def batch_minima(
    layout: Layout, x: FloatArray, y: FloatArray, w: FloatArray, offset: FloatArray,
    start: FloatArray, low: FloatArray, high: FloatArray, settings: Settings, threads: int = 1,
) -> Minima:  # fmt: skip
    """Return the minima of some spectra.

    Parameters
    ----------
    layout : Layout
        Lines, ties and columns.
    x : ndarray, shape (n,)
        Points.
    y : ndarray, shape (N, n)
        Values less what is fixed.
    w : ndarray, shape (n,) or (N, n)
        Weights.
    offset : ndarray, shape (N, M)
        Constants of the moving components' parameters.
    start : ndarray, shape (N, Q)
        Starts in z.
    low, high : ndarray, shape (Q,)
        Bounds.
    settings : Settings
        Limit, tolerance and damping.
    threads : int, optional
        Not used: numpy alone gains nothing from threads on blocks of this size.

    Returns
    -------
    Minima
    """
    parts = []
    with np.errstate(all="ignore"):
        for begin in range(0, max(1, len(start)), _BLOCK):
            part = slice(begin, begin + _BLOCK)
            weights = w if w.ndim == 1 else w[part]
            block = _Block(layout, x, y[part], weights, offset[part], start[part], low, high)
            parts.append(block.minima(settings))
    return Minima.joined(parts)


def values_and_rows(
    layout: Layout, x: FloatArray, z: FloatArray, offset: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the models of some spectra and their derivatives by the free parameters.

    Parameters
    ----------
    layout : Layout
        Lines, ties and columns.
    x : ndarray, shape (n,)
        Points.
    z : ndarray, shape (N, Q)
        Free parameters, in the layout's form.
    offset : ndarray, shape (N, M)
        Constants of the moving components' parameters.

    Returns
    -------
    values : ndarray, shape (N, n)
        Without what is fixed of the constant components.
    rows : ndarray, shape (N, Q, n)
    """
    count, size = z.shape
    p = z @ layout.matrix.T + offset
    values = z[:, layout.column_of] @ layout.columns
    rows = np.zeros((count, size, x.size))
    rows[:, layout.column_of] = layout.columns
    for component, begin in zip(layout.moving, layout.starts, strict=True):
        own = p[:, begin : begin + len(component.line.parameters)]
        value, slopes = _component(component, x, own)
        values += value
        for k, slope in enumerate(slopes):
            factors = layout.matrix[begin + k]
            for j in np.flatnonzero(factors):
                rows[:, j] += slope if factors[j] == 1.0 else factors[j] * slope
    return values, rows


def _component(
    component: Component, x: FloatArray, p: FloatArray
) -> tuple[FloatArray, tuple[FloatArray, ...]]:
    """Return value and derivatives; row by row where a function of the user's wants single numbers."""
    function = component.line.function
    if component.line.name != "function":
        value, *slopes = function(x, *p.T[:, :, None])
        return value, tuple(slopes)
    each = [function(x, *row) for row in p]
    stacked = [
        np.array([np.broadcast_to(one[k], x.shape) for one in each]) for k in range(len(each[0]))
    ]
    return stacked[0], tuple(stacked[1:])


@dataclass(frozen=True, eq=False)
class _Block:
    layout: Layout
    x: FloatArray
    y: FloatArray
    w: FloatArray
    offset: FloatArray
    start: FloatArray
    low: FloatArray
    high: FloatArray

    def rows(self, some: NDArray[np.intp]) -> _Block:
        w = self.w if self.w.ndim == 1 else self.w[some]
        return replace(self, y=self.y[some], w=w, offset=self.offset[some])

    def at(self, z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return chi2, residuals and weighted derivatives."""
        value, rows = values_and_rows(self.layout, self.x, z, self.offset)
        residuals = (self.y - value) * self.w
        rows *= self.w if self.w.ndim == 1 else self.w[:, None, :]
        return np.einsum("bn,bn->b", residuals, residuals), residuals, rows

    def minima(self, settings: Settings) -> Minima:
        z = self.start.copy()
        count, size = z.shape
        diagonal = np.arange(size)
        chi2, residuals, rows = self.at(z)
        normal = rows @ rows.transpose(0, 2, 1)
        gradient = (rows @ residuals[:, :, None])[:, :, 0]
        state = _State(
            np.arange(count), z, chi2, normal, gradient, normal[:, diagonal, diagonal].copy(),
            np.full(count, settings.damping), np.full(count, 2.0), np.zeros(count),
            np.ones(count, dtype=np.int64),
        )  # fmt: skip
        done = Minima(
            z.copy(), chi2.copy(), normal.copy(), np.ones(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64), np.zeros(count),
        )  # fmt: skip
        block = self
        lost = ~np.isfinite(chi2)
        ended = np.where(lost, -1, 2)
        for evaluation in range(1, settings.limit + 1):
            if (ended != 2).any():
                _write(done, state, ended)
                some = np.flatnonzero(ended == 2)
                if not some.size:
                    return self._told(done) if settings.neighbours else done
                state, block = state.rows(some), block.rows(some)
            careful = settings.share if evaluation <= settings.careful else 1.0
            if evaluation == settings.limit:
                break
            ended = block._advanced(state, settings.tolerance, careful)
        _write(done, state, np.zeros(len(state.z), dtype=np.int64))
        return self._told(done) if settings.neighbours else done

    def _told(self, done: Minima) -> Minima:
        """Return the minima with the products of neighbouring residuals."""
        chi2, residuals, rows = self.at(done.z)
        products = np.einsum("bn,bn->b", residuals[:, :-1], residuals[:, 1:])
        normals = rows @ rows.transpose(0, 2, 1)
        return replace(done, chi2=chi2, normals=normals, neighbours=products)

    def _advanced(self, state: _State, tolerance: float, share: float) -> NDArray[np.int64]:
        """Move the state by one step; return how each spectrum ended, 2 where it goes on."""
        free = state.scale > 0.0
        free &= ~((state.z <= self.low) & (state.gradient <= 0.0))
        free &= ~((state.z >= self.high) & (state.gradient >= 0.0))
        there, step, lost = _stepped(state, free, self.low, self.high, share)
        bent = (state.normal @ step[:, :, None])[:, :, 0]
        expected = (step * (2.0 * state.gradient - bent)).sum(axis=1)
        limit = tolerance * state.chi2
        # how fast the way shrank tells what is left of it after this step
        shrinks = np.where(state.before > 0.0, expected / state.before, np.inf)
        left = np.where(shrinks < np.inf, expected * np.minimum(1.0, shrinks), np.inf)
        near = (expected <= limit) | ((left <= limit) & (expected <= _CLOSE * state.chi2))
        rest = (state.damping <= _SMALL_DAMPING) & (expected >= 0.0) & near
        nothing = ~free.any(axis=1)
        ended = np.where(lost, -1, np.where(rest | nothing, 1, 2))
        finish = rest & ~nothing & ~lost
        state.z[finish] = there[finish]
        state.chi2[finish] -= expected[finish]
        go = np.flatnonzero(ended == 2)
        if not go.size:
            return ended
        block = self.rows(go) if go.size < len(ended) else self
        other, residuals, rows = block.at(there[go])
        fall = state.chi2[go] - other
        hoped = expected[go]
        better = (fall >= 0.0) & (hoped > 0.0) & (fall > 1e-4 * hoped)
        small = (np.abs(fall) <= limit[go]) & (np.abs(hoped) <= limit[go])
        state.accept(go[better], there, other[better], residuals[better], rows[better])
        ratio = 2.0 * fall / np.where(hoped > 0.0, hoped, 1.0) - 1.0
        state.before[go] = np.where(better & (state.damping[go] <= _SMALL_DAMPING), hoped, 0.0)
        state.damping[go] = np.where(
            better,
            state.damping[go] * np.maximum(0.1, 1.0 - ratio**3),
            np.maximum(state.damping[go], 1e-10) * state.growth[go],
        )
        state.evaluations[go] += 1
        state.growth[go] = np.where(better, 2.0, 2.0 * state.growth[go])
        stopped = np.where(small, 1, np.where(~better & (state.damping[go] > 1e14), -1, 2))
        ended[go] = stopped
        return ended


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

    def accept(
        self, some: NDArray[np.intp], there: FloatArray, chi2: FloatArray, residuals: FloatArray,
        rows: FloatArray,
    ) -> None:  # fmt: skip
        diagonal = np.arange(self.z.shape[1])
        self.z[some] = there[some]
        self.chi2[some] = chi2
        self.normal[some] = rows @ rows.transpose(0, 2, 1)
        self.gradient[some] = (rows @ residuals[:, :, None])[:, :, 0]
        found = self.normal[some][:, diagonal, diagonal]
        self.scale[some] = np.maximum(found, 0.1 * self.scale[some])


def _stepped(
    state: _State, free: NDArray[np.bool_], low: FloatArray, high: FloatArray, share: float
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
    below, above = low, high
    if share < 1.0:
        below = np.where(np.isfinite(low), state.z + share * (low - state.z), low)
        above = np.where(np.isfinite(high), state.z + share * (high - state.z), high)
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
    some = np.flatnonzero(ended != 2)
    to = state.index[some]
    done.z[to] = state.z[some]
    done.chi2[to] = state.chi2[some]
    done.normals[to] = state.normal[some]
    done.evaluations[to] = state.evaluations[some]
    done.ends[to] = ended[some]


def batch_inverses(normals: FloatArray, held: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Return the inverse normal matrices and how correlation inflates each variance.

    Parameters
    ----------
    normals : ndarray, shape (N, Q, Q)
        Normal matrices.
    held : ndarray of bool, shape (N, Q)
        Parameters that are left out.

    Returns
    -------
    inverse : ndarray, shape (N, Q, Q)
        Zero where there is none, and for what is held.
    inflation : ndarray, shape (N, Q)
        Infinite where there is no inverse, 0 for what is held.
    """
    size = normals.shape[1]
    diagonal = np.arange(size)
    square = normals[:, diagonal, diagonal]
    blind = ~(held | (square > 0.0)).all(axis=1)
    out = np.zeros_like(normals)
    inflation = np.where(held, 0.0, np.inf)
    good = np.flatnonzero(~blind & np.isfinite(square).all(axis=1))
    if not good.size:
        return out, inflation
    root = np.sqrt(np.where(held, 1.0, square))[good]
    open_pairs = ~held[good][:, :, None] & ~held[good][:, None, :]
    matrix = np.where(open_pairs, normals[good] / (root[:, :, None] * root[:, None, :]), 0.0)
    matrix[:, diagonal, diagonal] = 1.0
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        inverse = np.array([_inverse(one) for one in matrix])
    found = inverse[:, diagonal, diagonal]
    usable = np.isfinite(inverse).all(axis=(1, 2)) & (found >= 1.0 - 1e-6).all(axis=1)
    inverse = np.where(open_pairs, inverse / (root[:, :, None] * root[:, None, :]), 0.0)
    out[good[usable]] = inverse[usable]
    inflation[good[usable]] = np.where(held[good], 0.0, found)[usable]
    return out, inflation


def _inverse(matrix: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.inv(matrix), dtype=float)
    except np.linalg.LinAlgError:
        return np.full_like(matrix, np.nan)
