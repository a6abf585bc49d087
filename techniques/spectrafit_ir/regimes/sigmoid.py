"""Two-state curves through many pieces of many series at once, by variable projection.

``f = 1/(1 + exp[-(c - b/T)])`` with ``b = dH/R`` and ``c = b/T_half`` is the van 't Hoff
equilibrium; the end members are linear in the problem and are projected out (Golub and Pereyra,
*SIAM J. Numer. Anal.* 10, 413 (1973), with the simpler slopes of Kaufman, *BIT* 15, 49 (1975)).
Starts are the best nodes of a grid in (T_half, c); a Levenberg-Marquardt search ends them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray

__all__ = ["IntArray", "TEN_TO_NINETY", "SigmoidFits", "SigmoidRange", "sigmoid_fits"]

IntArray: TypeAlias = NDArray[np.intp]

TEN_TO_NINETY = 2.0 * float(np.log(9.0))
"""Distance in ``c - b/T`` between f = 0.1 and 0.9; (T90 - T10)/T_half is about this over c."""

_MOST_STEPS = 20
_SETTLED = 1e-2  # of chi2: far below the 2.7 and more that decide anything
_BLOCK = 200_000  # numbers held at once for each column


@dataclass(frozen=True)
class SigmoidRange:
    """What two-state curves are looked for.

    Parameters
    ----------
    mildest, steepest : float
        Smallest and largest c = dH/(R T_half).
    nodes : ndarray, shape (G, 2)
        Starts: c and b in K.
    ends : int
        Columns of each end member: 1 constant, 2 linear in T.
    """

    mildest: float
    steepest: float
    nodes: FloatArray
    ends: int = 1


@dataclass(frozen=True)
class SigmoidFits:
    """Best two-state curves.

    Parameters
    ----------
    chi2 : ndarray, shape (S, B)
        Of each piece of each series.
    shape : ndarray, shape (S, B, 2)
        c and b, K.
    """

    chi2: FloatArray
    shape: FloatArray


def _fraction(shape: FloatArray, T: FloatArray) -> FloatArray:
    logit = shape[:, :1] - shape[:, 1:] / T
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logit)))


def _columns(f: FloatArray, weight: FloatArray, place: FloatArray, ends: int) -> list[FloatArray]:
    if ends == 1:
        return [weight, weight * f]
    return [weight, weight * place, weight * f, weight * f * place]


def _orthogonal(columns: list[FloatArray]) -> tuple[list[FloatArray], FloatArray]:
    """Return an orthonormal basis of the columns, row by row, and the triangle that makes them."""
    count = len(columns)
    basis: list[FloatArray] = []
    triangle = np.zeros((columns[-1].shape[0], count, count))
    for place, column in enumerate(columns):
        rest = np.broadcast_to(column, columns[-1].shape)
        whole = np.sqrt(np.einsum("pn,pn->p", rest, rest))
        # a second pass removes what rounding left of the first, where there is much to remove
        for _ in range(1 if count == 2 else 2):
            for earlier, unit in enumerate(basis):
                share = np.einsum("pn,pn->p", unit, rest)
                triangle[:, earlier, place] += share
                rest = rest - share[:, None] * unit
        length = np.sqrt(np.einsum("pn,pn->p", rest, rest))
        kept = length > 1e-10 * whole
        triangle[:, place, place] = np.where(kept, length, np.inf)
        basis.append(np.where(kept[:, None], rest / np.where(kept, length, 1.0)[:, None], 0.0))
    return basis, triangle


def _amplitudes(shares: FloatArray, triangle: FloatArray) -> FloatArray:
    found = np.zeros_like(shares)
    for place in range(shares.shape[1] - 1, -1, -1):
        rest = shares[:, place].copy()
        for later in range(place + 1, shares.shape[1]):
            rest -= triangle[:, place, later] * found[:, later]
        found[:, place] = rest / triangle[:, place, place]
    return found


@dataclass(frozen=True)
class _State:
    chi2: FloatArray
    gradient: FloatArray
    curvature: FloatArray


def _state(
    shape: FloatArray,
    T: FloatArray,
    place: FloatArray,
    weight: FloatArray,
    y: FloatArray,
    ends: int,
) -> _State:
    """Return chi2 with its slopes and curvatures along c and ln b, the end members projected out."""
    f = _fraction(shape, T)
    basis, triangle = _orthogonal(_columns(f, weight, place, ends))
    shares = np.stack([np.einsum("pn,pn->p", unit, y) for unit in basis], axis=1)
    rest = y - sum(shares[:, k, None] * unit for k, unit in enumerate(basis))
    found = _amplitudes(shares, triangle)
    change = found[:, ends, None] * np.ones_like(place)
    if ends == 2:
        change = change + found[:, ends + 1, None] * place
    by_c = weight * change * f * (1.0 - f)
    tangents = [by_c, -by_c * shape[:, 1:] / T]
    for unit in basis:
        tangents = [one - np.einsum("pn,pn->p", unit, one)[:, None] * unit for one in tangents]
    gradient = np.stack([np.einsum("pn,pn->p", one, rest) for one in tangents], axis=1)
    pairs = ((0, 0), (1, 1), (0, 1))
    curvature = [np.einsum("pn,pn->p", tangents[i], tangents[j]) for i, j in pairs]
    return _State(np.einsum("pn,pn->p", rest, rest), gradient, np.stack(curvature, axis=1))


def _step(
    state: _State, shape: FloatArray, damping: FloatArray, limits: SigmoidRange
) -> FloatArray:
    free = ~((shape[:, 0] <= limits.mildest) & (state.gradient[:, 0] < 0.0))
    free &= ~((shape[:, 0] >= limits.steepest) & (state.gradient[:, 0] > 0.0))
    first = np.where(free, state.curvature[:, 0] * (1.0 + damping), 1.0) + 1e-300
    second = state.curvature[:, 1] * (1.0 + damping) + 1e-300
    cross = np.where(free, state.curvature[:, 2], 0.0)
    g_c, g_b = np.where(free, state.gradient[:, 0], 0.0), state.gradient[:, 1]
    size = first * second - cross * cross
    size = np.where(size > 1e-14 * first * second, size, np.inf)
    d_c = np.clip((second * g_c - cross * g_b) / size, -3.0, 3.0)
    d_b = np.clip((first * g_b - cross * g_c) / size, -0.7, 0.7)
    low, high = limits.nodes[:, 1].min() / 10.0, limits.nodes[:, 1].max() * 10.0
    moved_c = np.clip(shape[:, 0] + d_c, limits.mildest, limits.steepest)
    return np.stack([moved_c, np.clip(shape[:, 1] * np.exp(d_b), low, high)], axis=1)


def _searched(
    shape: FloatArray, T: FloatArray, place: FloatArray, weight: FloatArray, y: FloatArray,
    limits: SigmoidRange,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Return chi2 and shape of every problem at its minimum."""
    chi2, best = np.empty(shape.shape[0]), shape.copy()
    open_, damping = np.arange(shape.shape[0]), np.full(shape.shape[0], 1e-3)
    state = _state(shape, T, place, weight, y, limits.ends)
    chi2[:] = state.chi2
    for _ in range(_MOST_STEPS):
        moved = _step(state, best[open_], damping[open_], limits)
        w, rows = weight[open_], y[open_]
        trial = _state(moved, T, place, w, rows, limits.ends)
        better = trial.chi2 < state.chi2
        gain = state.chi2 - trial.chi2
        best[open_[better]] = moved[better]
        chi2[open_[better]] = trial.chi2[better]
        damping[open_] = np.where(better, damping[open_] * 0.2, damping[open_] * 8.0)
        state = _State(
            np.where(better, trial.chi2, state.chi2),
            np.where(better[:, None], trial.gradient, state.gradient),
            np.where(better[:, None], trial.curvature, state.curvature),
        )
        going = np.where(better, gain > _SETTLED, damping[open_] < 1e4)
        if not going.any():
            break
        open_ = open_[going]
        state = _State(state.chi2[going], state.gradient[going], state.curvature[going])
    return chi2, best


def _starts(T: FloatArray, place: FloatArray, weight: FloatArray, y: FloatArray,
            limits: SigmoidRange) -> IntArray:  # fmt: skip
    """Return for each piece (S,) and series (B,) the number of its best node."""
    nodes, (pieces, n) = limits.nodes, weight.shape
    f = _fraction(nodes, T)
    found = np.empty((pieces, y.shape[0]), dtype=np.intp)
    at_once = max(1, _BLOCK // (len(nodes) * max(n, y.shape[0])))
    for first in range(0, pieces, at_once):
        w = weight[first : first + at_once]
        wide = np.repeat(w, len(nodes), axis=0)
        shapes = np.tile(f, (w.shape[0], 1))
        basis, _ = _orthogonal(_columns(shapes, wide, place, limits.ends))
        # the first unit is the constant, the same for every node
        total = np.sum([((unit * wide) @ y.T) ** 2 for unit in basis[1:]], axis=0)
        found[first : first + at_once] = total.reshape(w.shape[0], len(nodes), y.shape[0]).argmax(
            axis=1
        )
    return found


def sigmoid_fits(
    T: FloatArray, weight: FloatArray, y: FloatArray, limits: SigmoidRange,
    wanted: NDArray[np.bool_] | None = None,
) -> SigmoidFits:  # fmt: skip
    """Return the best two-state curve through each piece of each series.

    Parameters
    ----------
    T : ndarray, shape (n,)
        K, rising.
    weight : ndarray, shape (S, n)
        Of each piece: 1/sigma in its rows, 0 outside.
    y : ndarray, shape (B, n)
        The series.
    limits : SigmoidRange
        What curves are looked for.
    wanted : ndarray of bool, shape (S, B), optional
        Which are asked for; the others are given chi2 inf. All when None.

    Returns
    -------
    SigmoidFits
    """
    shape_of_all = (weight.shape[0], y.shape[0])
    chi2, shape = np.full(shape_of_all, np.inf), np.full((*shape_of_all, 2), np.nan)
    asked = np.ones(shape_of_all, dtype=bool) if wanted is None else np.asarray(wanted, dtype=bool)
    use = np.flatnonzero(asked.any(axis=1))
    if not use.size:
        return SigmoidFits(chi2, shape)
    place = (T - T.mean()) / max(float(np.ptp(T)), 1e-9)
    node = np.zeros(shape_of_all, dtype=np.intp)
    node[use] = _starts(T, place, weight[use], y, limits)
    pieces, series = np.nonzero(asked)
    at_once = max(1, _BLOCK // T.size)
    for first in range(0, pieces.size, at_once):
        s, b = pieces[first : first + at_once], series[first : first + at_once]
        start = limits.nodes[node[s, b]]
        chi2[s, b], shape[s, b] = _searched(start, T, place, weight[s], weight[s] * y[b], limits)
    return SigmoidFits(chi2, shape)
