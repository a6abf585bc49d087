"""The best positions, widths and mixings of bands from many places, areas and baseline solved for.

Variable projection (Golub and Pereyra, *SIAM J. Numer. Anal.* 10, 413 (1973), with the simpler slopes
of Kaufman, *BIT* 15, 49 (1975)): areas and baseline are linear in the problem, so that only shapes are
looked for. All bands of all starts are one call of the line, and bad starts are left early, which makes
the search of one spectrum cheap. What is found is a start for a fit; it has no errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.lines.line import Line
from spectrafit.spectrum import FloatArray

__all__ = ["FoundShapes", "ShapeBounds", "searched_shapes"]

IntArray = NDArray[np.intp]

# steps after which a spectrum keeps only its best starts, and how many of them
_SIFTED: dict[int, int] = {5: 5, 10: 3, 18: 2}
_MOST_STEPS = 60
# of chi2: a step that promises less is the last; a core fit goes on from there
_SETTLED = 1e-8
# of chi2: starts of one spectrum that are as close have met
_MET = 1e-6
# of the diagonal: keeps bands that lie on each other solvable
_RIDGE = 1e-12
_FIRST_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-2, 1e-12, 1e8


@dataclass(frozen=True, eq=False)
class ShapeBounds:
    """What is looked for, and where.

    Parameters
    ----------
    line : Line
        With one parameter ``area``; the others make its shape.
    low, high : ndarray, shape (B, K)
        Bounds of the shapes of the bands; what is held has both at its value.
    baseline : ndarray, shape (L, n)
        Its parts, which are solved for with the areas.
    """

    line: Line
    low: FloatArray
    high: FloatArray
    baseline: FloatArray


@dataclass(frozen=True, eq=False)
class FoundShapes:
    """The best shapes of each spectrum.

    Parameters
    ----------
    chi2 : ndarray, shape (M,)
        Sum of squared residuals.
    shapes : ndarray, shape (M, B, K)
        Parameters of the bands without their areas.
    start : ndarray of int, shape (M,)
        From which start.
    """

    chi2: FloatArray
    shapes: FloatArray
    start: IntArray


@dataclass(eq=False)
class _Search:
    """Where each start stands; a row a start, dropped when it ends."""

    row: IntArray
    start: IntArray
    y: FloatArray
    shapes: FloatArray
    chi2: FloatArray
    normal: FloatArray
    gradient: FloatArray
    damping: FloatArray

    def kept(self, some: NDArray[np.bool_]) -> _Search:
        return _Search(*(value[some] for value in vars(self).values()))


def searched_shapes(
    x: FloatArray, y: FloatArray, bounds: ShapeBounds, starts: FloatArray
) -> FoundShapes:
    """Return the shapes of bands with which areas and baseline describe each spectrum best.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Points.
    y : ndarray, shape (M, n)
        Finite spectra.
    bounds : ShapeBounds
        What is looked for.
    starts : ndarray, shape (S, B, K)
        Shapes to start every spectrum with, inside the bounds.

    Returns
    -------
    FoundShapes
    """
    rows, tries = len(y), len(starts)
    best = np.full(rows, np.inf)
    shapes, came = np.zeros((rows, *starts.shape[1:])), np.zeros(rows, dtype=np.intp)
    row, start = np.repeat(np.arange(rows), tries), np.tile(np.arange(tries), rows)
    begin = np.clip(starts, bounds.low, bounds.high)[start]
    now = _Search(
        row, start, y[row], begin, *_state(x, y[row], bounds, begin), np.full(row.size, _FIRST_DAMPING)
    )  # fmt: skip
    for count in range(_MOST_STEPS):
        open_ = _advanced(x, bounds, now)
        order = np.argsort(-now.chi2, kind="stable")
        lower = order[now.chi2[order] < best[now.row[order]]]
        # the last of equal rows counts: it is the lowest
        best[now.row[lower]], came[now.row[lower]] = now.chi2[lower], now.start[lower]
        shapes[now.row[lower]] = now.shapes[lower]
        now = now.kept(open_ & _worth_it(now, _SIFTED.get(count, tries)))
        if not now.row.size:
            break
    return FoundShapes(best, shapes, came)


def _worth_it(now: _Search, most: int) -> NDArray[np.bool_]:
    """Return which starts may still become the best: neither met by another nor far behind."""
    order = np.lexsort((now.chi2, now.row))
    row, chi2 = now.row[order], now.chi2[order]
    rank = np.arange(row.size) - np.searchsorted(row, row)
    met = np.zeros(row.size, dtype=bool)
    met[1:] = (row[1:] == row[:-1]) & (chi2[1:] <= chi2[:-1] * (1.0 + _MET))
    found = np.empty(row.size, dtype=bool)
    found[order] = ~met & (rank < most)
    return found


def _state(
    x: FloatArray, y: FloatArray, bounds: ShapeBounds, shapes: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return chi2, and normal matrix and gradient of the shapes with areas and baseline left free."""
    count, bands, size = shapes.shape
    names = [one.name for one in bounds.line.parameters]
    place = names.index("area")
    given = [shapes[:, :, k].reshape(-1, 1) for k in range(size)]
    value, *slopes = bounds.line.function(x, *given[:place], 1.0, *given[place:])
    del slopes[place]
    columns = np.concatenate(
        [
            value.reshape(count, bands, x.size),
            np.broadcast_to(bounds.baseline, (count, *bounds.baseline.shape)),
        ],
        axis=1,
    )
    turned = columns.transpose(0, 2, 1)
    gram = columns @ turned
    diagonal = np.einsum("sll->sl", gram)
    diagonal += _RIDGE * diagonal + 1e-300
    factors = np.linalg.solve(gram, columns @ y[:, :, None])
    rest = y - (turned @ factors)[:, :, 0]
    areas = factors[:, :bands]
    parts = [one.reshape(count, bands, x.size) * areas for one in slopes]
    by_shape = np.stack(parts, axis=2).reshape(count, bands * size, x.size)
    cross = columns @ by_shape.transpose(0, 2, 1)
    normal = by_shape @ by_shape.transpose(0, 2, 1) - cross.transpose(0, 2, 1) @ np.linalg.solve(
        gram, cross
    )
    gradient = (by_shape @ rest[:, :, None])[:, :, 0]
    return np.einsum("sn,sn->s", rest, rest), normal, gradient


def _advanced(x: FloatArray, bounds: ShapeBounds, now: _Search) -> NDArray[np.bool_]:
    """Take a step from every start where it lowers chi2, and return which go on."""
    step, hoped = _step(bounds, now)
    moved = np.clip(now.shapes + step.reshape(now.shapes.shape), bounds.low, bounds.high)
    chi2, normal, gradient = _state(x, now.y, bounds, moved)
    better = chi2 < now.chi2
    ratio = (now.chi2 - chi2) / np.where(hoped > 0.0, hoped, 1.0)
    less = now.damping * np.maximum(0.1, 1.0 - (2.0 * ratio - 1.0) ** 3)
    now.damping = np.where(better, np.maximum(less, _LEAST_DAMPING), 5.0 * now.damping)
    settled = (hoped <= _SETTLED * now.chi2) | (now.damping > _MOST_DAMPING)
    now.shapes[better], now.chi2[better] = moved[better], chi2[better]
    now.normal[better], now.gradient[better] = normal[better], gradient[better]
    return ~settled


def _step(bounds: ShapeBounds, now: _Search) -> tuple[FloatArray, FloatArray]:
    """Return damped steps inside the bounds, and by how much they should lower chi2.

    What would leave the bounds is put on them, and the others are solved for once more with it there.
    """
    at = now.shapes.reshape(len(now.row), -1)
    low, high = bounds.low.ravel() - at, bounds.high.ravel() - at
    held = (low >= 0.0) & (now.gradient <= 0.0) | (high <= 0.0) & (now.gradient >= 0.0)
    step = np.zeros_like(at)
    scale = np.einsum("sqq->sq", now.normal)
    scale = np.sqrt(np.where(scale > 0.0, scale, 1.0))
    matrix = now.normal / (scale[:, :, None] * scale[:, None, :])
    places = np.arange(at.shape[1])
    for _ in range(3):
        right = (now.gradient - (now.normal @ step[:, :, None])[:, :, 0]) / scale
        open_ = ~held
        own = matrix * (open_[:, :, None] & open_[:, None, :])
        own[:, places, places] = np.where(open_, 1.0 + now.damping[:, None], 1.0)
        solved = np.linalg.solve(own, np.where(open_, right, 0.0)[:, :, None])[:, :, 0] / scale
        trial = np.where(open_, solved, step)
        out = open_ & ((trial < low) | (trial > high))
        if not out.any():
            break
        held = held | out
        step = np.where(out, np.clip(trial, low, high), np.where(held, step, 0.0))
    step = np.clip(trial, low, high)
    bent = (now.normal @ step[:, :, None])[:, :, 0]
    return step, (step * (2.0 * now.gradient - bent)).sum(axis=1)
