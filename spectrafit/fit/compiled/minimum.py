"""Bounded Levenberg-Marquardt of one spectrum after another, compiled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from spectrafit.fit.compiled.bins import bin_spectrum
from spectrafit.fit.compiled.cholesky import inverses, is_factorised, solve
from spectrafit.fit.compiled.decorators import allocating, plain
from spectrafit.fit.compiled.normal import gradient_at, normal_at, set_parameters
from spectrafit.fit.compiled.products import aligned_zeros

__all__ = ["inverses", "minima"]


@plain
def _copy(source: Any, to: Any) -> None:
    """Set a vector, or as much of it; a slice on the left would be copied on the way."""
    for i in range(source.size):
        to[i] = source[i]


@plain
def _copy_lower(source: Any, to: Any) -> None:
    for i in range(to.shape[0]):
        for j in range(i + 1):
            to[i, j] = source[i, j]


@plain
def _step(
    q: Any, low: Any, high: Any, normal: Any, gradient: Any, scale: Any, damping: float, free: Any,
    n: int, share: float, matrix: Any, step: Any, there: Any,
) -> float:  # fmt: skip
    """Set where a damped step leads inside the bounds; return the damping it took, -1 for none."""
    ok = False
    for _ in range(30):
        for a in range(n):
            i = free[a]
            for b in range(a + 1):
                matrix[a, b] = normal[i, free[b]]
            matrix[a, a] += damping * scale[i]
            step[a] = gradient[i]
        if is_factorised(matrix, n):
            ok = True
            break
        damping = max(damping * 10.0, 1e-12)
    if not ok:
        return -1.0
    solve(matrix, n, step)
    _copy(q, there)
    for a in range(n):
        i = free[a]
        v = q[i] + step[a]
        below = q[i] + share * (low[i] - q[i]) if share < 1.0 else low[i]
        above = q[i] + share * (high[i] - q[i]) if share < 1.0 else high[i]
        v = min(max(v, below), above)
        there[i] = v
        step[a] = v - q[i]
    return damping


@plain
def _expected(normal: Any, gradient: Any, free: Any, n: int, step: Any) -> float:
    """Return the fall of chi2 that the local parabola gives a step."""
    total = 0.0
    for a in range(n):
        i = free[a]
        t = 0.0
        for b in range(a):
            t += normal[i, free[b]] * step[b]
        total += step[a] * (2.0 * (gradient[i] - t) - normal[i, i] * step[a])
    return total


@plain
def _minimum(
    points: Any, q: Any, low: Any, high: Any, lines: Any, ties: Any, used: Any, settings: Any,
    work: Any, best: Any, near: bool,
) -> Any:  # fmt: skip
    """Move q to the minimum; return chi2, evaluations, how it ended, and the last damping.

    It ended at a minimum (1), at the limit of evaluations (0), or neither (-1). Where q is `near`
    the minimum, `best` holds a normal matrix that is good enough for the first step.
    """
    limit, tolerance, damping, share, careful = settings
    normal, gradient, scale, matrix, step, there, free = best
    size = q.size
    if near:
        chi2 = gradient_at(points, q, lines, ties, used, work)
    else:
        chi2 = normal_at(points, q, lines, ties, used, work, math.inf)
        _copy_lower(work[2], normal)
    _copy(work[3], gradient)
    count = 1
    if not chi2 < math.inf:
        return chi2, count, -1, damping
    for i in range(size):
        scale[i] = normal[i, i]
    growth = 2.0
    before = 0.0
    while count < limit:
        n = 0
        for i in range(size):
            if scale[i] <= 0.0:
                continue
            if (q[i] <= low[i] and gradient[i] <= 0.0) or (q[i] >= high[i] and gradient[i] >= 0.0):
                continue
            free[n] = i
            n += 1
        if n == 0 and not near:
            return chi2, count, 1, damping
        damping = _step(
            q, low, high, normal, gradient, scale, damping, free, n,
            share if count <= careful else 1.0, matrix, step, there,
        )  # fmt: skip
        if damping < 0.0:
            return chi2, count, -1, damping
        expected = _expected(normal, gradient, free, n, step)
        # how fast the way shrank tells what is left of it after this step
        left = expected * min(1.0, expected / before) if before > 0.0 else math.inf
        little = expected <= tolerance * chi2 or (
            left <= tolerance * chi2 and expected <= 1e-5 * chi2
        )
        if damping <= 1e-2 and expected >= 0.0 and little and not near:
            # the step is the rest of the way: to look there would cost as much as all of it
            _copy(there, q)
            return chi2 - expected, count, 1, damping
        other = normal_at(points, there, lines, ties, used, work, (1.0 + tolerance) * chi2)
        count += 1
        fall = chi2 - other
        if fall >= 0.0 and (near or (expected > 0.0 and fall > 1e-4 * expected)):
            _copy(there, q)
            ended = fall <= tolerance * chi2 and expected <= tolerance * chi2
            before = expected if damping <= 1e-2 else 0.0
            chi2 = other
            _copy_lower(work[2], normal)
            _copy(work[3], gradient)
            for i in range(size):
                scale[i] = max(normal[i, i], 0.1 * scale[i])
            t = 2.0 * fall / expected - 1.0 if expected > 0.0 else 0.0
            damping *= max(0.1, 1.0 - t * t * t)
            growth = 2.0
            near = False
            if ended:
                return chi2, count, 1, damping
        elif near:
            # the matrix was of somewhere else: the step says nothing
            chi2 = normal_at(points, q, lines, ties, used, work, math.inf)
            count += 1
            _copy_lower(work[2], normal)
            _copy(work[3], gradient)
            for i in range(size):
                scale[i] = normal[i, i]
            near = False
        else:
            if abs(fall) <= tolerance * chi2 and abs(expected) <= tolerance * chi2:
                return chi2, count, 1, damping
            before = 0.0
            damping = max(damping, 1e-10) * growth
            growth *= 2.0
            if damping > 1e14:
                return chi2, count, -1, damping
    return chi2, count, 0, damping


@plain
def _are_broad(q: Any, ties: Any, p: Any, widths: Any, least: float) -> bool:
    """Return whether no line is narrower than the least width."""
    set_parameters(q, ties, p)
    for k in widths:  # noqa: SIM110 - no generators in compiled code
        if not p[k] >= least:
            return False
    return True


@plain
def _weigh(columns: Any, weight: Any, rows: Any, first: int) -> None:
    """Set the rows from the first on to the weighted columns."""
    for k in range(columns.shape[0]):
        column, row = columns[k], rows[first + k]
        for i in range(weight.size):
            row[i] = column[i] * weight[i]


@allocating
def _room(x: Any, rows: int) -> Any:
    """Return points with room for a spectrum: x, y, w, f, rows."""
    four = aligned_zeros(4, x.size)
    four[0][:] = x
    return four[0], four[1], four[2], four[3], aligned_zeros(rows, x.size)


@allocating
def minima(
    x: Any, y: Any, w: Any, offsets: Any, columns: Any, bins: Any, on_bins: Any, q: Any, low: Any,
    high: Any, lines: Any, ties: Any, used: Any, settings: Any, look: bool, chi2: Any, normals: Any,
    evaluations: Any, ends: Any, neighbours: Any,
) -> None:  # fmt: skip
    """Move the parameters of every spectrum to its minimum.

    Parameters
    ----------
    x : ndarray, shape (m,)
        Points, padded; the weight of the padding is 0.
    y : ndarray, shape (N, n)
        Values less what is fixed.
    w : ndarray, shape (N, n) or (1, n)
        Weights.
    offsets : ndarray, shape (N, P)
        Fixed parameters of the lines and constants of ties.
    columns : ndarray, shape (C, m)
        What the value is proportional to whatever the parameters are (powers of x).
    bins : tuple
        How many bins; their x, padded, and columns, alike; most evaluations and tolerance there;
        places of the widths among the parameters of the lines, and the least that is safe.
    on_bins : ndarray of bool, shape (N,)
        Which spectra are looked at on the bins first.
    q : ndarray, shape (N, Q)
        Starts; overwritten.
    low, high : ndarray, shape (Q,)
        Bounds.
    lines : tuple of ndarray
        Codes, origins, places (see `evaluate`).
    ties : tuple of ndarray
        Owner of each line parameter (-1 fixed, -2 tied), matrix (P, Q), matrix of rows to free
        parameters (0 rows where each row is one), free parameter of each column.
    used : ndarray of int, shape (R + 3,)
        Rows in use, the residual, two rows of zeros.
    settings : tuple
        Most evaluations, tolerance, first damping, share of the way to a bound, careful steps.
    look : bool
        Whether the products of neighbouring residuals are wanted.
    chi2, normals, evaluations, ends, neighbours : ndarray, shape (N,), (N, Q, Q), (N,), (N,), (N,)
        Overwritten.
    """
    size = q.shape[1]
    limit, tolerance, damping, share, careful = settings
    count_bins, bin_x, bin_columns, bin_limit, bin_tolerance, widths, least = bins
    p = np.empty(offsets.shape[1])
    height = p.size + columns.shape[0] + 2
    points, binned = _room(x, height), _room(bin_x, height)
    value, weight, f, rows = points[1], points[2], points[3], points[4]
    products = np.zeros((used.size + 2, used.size + 2))
    work = (p, products, np.zeros((size, size)), np.zeros(size))
    best = (
        np.zeros((size, size)), np.zeros(size), np.zeros(size), np.zeros((size, size)),
        np.zeros(size), np.zeros(size), np.zeros(size, np.int64),
    )  # fmt: skip
    start = np.empty(size)
    owners, matrix, combine, columns_of = ties
    residual = rows[used[used.size - 3]]
    for s in range(y.shape[0]):
        _copy(y[s], value)
        _copy(w[min(s, w.shape[0] - 1)], weight)
        _weigh(columns, weight, rows, p.size)
        own = (owners, offsets[s], matrix, combine, columns_of)
        ways = settings
        near = False
        spent = 0
        if on_bins[s]:
            _copy(q[s], start)
            bin_spectrum(value, weight, f, residual, count_bins, binned[1], binned[2])
            _weigh(bin_columns, binned[2], binned[4], p.size)
            _, count, end, last = _minimum(
                binned, q[s], low, high, lines, own, used,
                (bin_limit, bin_tolerance, damping, share, careful), work, best, False,
            )  # fmt: skip
            if end >= 0 and _are_broad(q[s], own, p, widths, least):
                ways = (limit - count, tolerance, last, share, careful - count)
                near = end == 1
            else:
                _copy(start, q[s])
            spent = count
        chi2[s], count, ends[s], _ = _minimum(
            points, q[s], low, high, lines, own, used, ways, work, best, near
        )
        evaluations[s] = spent + count
        lower = best[0]
        neighbours[s] = 0.0
        if look:
            chi2[s] = normal_at(points, q[s], lines, own, used, work, math.inf)
            lower = work[2]
            for i in range(y.shape[1] - 1):
                neighbours[s] += residual[i] * residual[i + 1]
        for a in range(size):
            for b in range(a + 1):
                normals[s, a, b] = lower[a, b]
                normals[s, b, a] = lower[a, b]
