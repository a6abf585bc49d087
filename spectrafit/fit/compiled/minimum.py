"""Bounded Levenberg-Marquardt of one spectrum after another, compiled."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from spectrafit.fit.compiled.lines import evaluate
from spectrafit.fit.compiled.vector_width import widest_vectors

__all__ = ["minima"]

# sums over points may be taken in any order
_SUMS = {"contract", "arcp", "nsz", "reassoc"}
# points whose rows lie in the nearest cache together
_NEAR = 256
# numbers in a line of the cache: a vector that lies across two is read at half the pace
_LINE = 8


@numba.njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def _residual(y: Any, w: Any, f: Any, r: Any) -> None:
    """Set r to the weighted y - f."""
    for i in range(w.size):
        r[i] = (y[i] - f[i]) * w[i]


@numba.njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def _add_products(rows: Any, used: Any, size: int, first: int, last: int, out: Any) -> None:
    """Add to out what points contribute to the products, three by three to reuse what is loaded."""
    widest_vectors()
    for a in range(0, size, 3):
        a0 = rows[used[a]][first:last]
        a1 = rows[used[a + 1]][first:last]
        a2 = rows[used[a + 2]][first:last]
        for b in range(0, a, 3):
            b0 = rows[used[b]][first:last]
            b1 = rows[used[b + 1]][first:last]
            b2 = rows[used[b + 2]][first:last]
            s00 = s01 = s02 = s10 = s11 = s12 = s20 = s21 = s22 = 0.0
            for i in range(a0.size):
                u0, u1, u2 = a0[i], a1[i], a2[i]
                v0, v1, v2 = b0[i], b1[i], b2[i]
                s00 += u0 * v0
                s01 += u0 * v1
                s02 += u0 * v2
                s10 += u1 * v0
                s11 += u1 * v1
                s12 += u1 * v2
                s20 += u2 * v0
                s21 += u2 * v1
                s22 += u2 * v2
            out[a, b] += s00
            out[a, b + 1] += s01
            out[a, b + 2] += s02
            out[a + 1, b] += s10
            out[a + 1, b + 1] += s11
            out[a + 1, b + 2] += s12
            out[a + 2, b] += s20
            out[a + 2, b + 1] += s21
            out[a + 2, b + 2] += s22
        s00 = s10 = s11 = s20 = s21 = s22 = 0.0
        for i in range(a0.size):
            u0, u1, u2 = a0[i], a1[i], a2[i]
            s00 += u0 * u0
            s10 += u1 * u0
            s11 += u1 * u1
            s20 += u2 * u0
            s21 += u2 * u1
            s22 += u2 * u2
        out[a, a] += s00
        out[a + 1, a] += s10
        out[a + 1, a + 1] += s11
        out[a + 2, a] += s20
        out[a + 2, a + 1] += s21
        out[a + 2, a + 2] += s22


@numba.njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def _products(rows: Any, used: Any, size: int, out: Any) -> None:
    """Set the lower triangle of out to the products of rows with rows."""
    out[:] = 0.0
    n = rows.shape[1]
    for first in range(0, n, _NEAR):
        _add_products(rows, used, size, first, min(n, first + _NEAR), out)


@numba.njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def _is_factorised(a: Any, n: int) -> bool:
    """Replace the lower triangle of a by its Cholesky factor; False where it has none."""
    for j in range(n):
        s = a[j, j]
        for k in range(j):
            s -= a[j, k] * a[j, k]
        if not s > 1e-14 * a[j, j]:
            return False
        d = math.sqrt(s)
        a[j, j] = d
        for i in range(j + 1, n):
            t = a[i, j]
            for k in range(j):
                t -= a[i, k] * a[j, k]
            a[i, j] = t / d
    return True


@numba.njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def _solve(a: Any, n: int, b: Any) -> None:
    """Replace b by the solution of the factorised equations."""
    for i in range(n):
        t = b[i]
        for k in range(i):
            t -= a[i, k] * b[k]
        b[i] = t / a[i, i]
    for i in range(n - 1, -1, -1):
        t = b[i]
        for k in range(i + 1, n):
            t -= a[k, i] * b[k]
        b[i] = t / a[i, i]


@numba.njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def _invert_factor(a: Any, n: int) -> None:
    """Replace a lower triangle by its inverse."""
    for j in range(n):
        a[j, j] = 1.0 / a[j, j]
        for i in range(j + 1, n):
            t = a[i, j] * a[j, j]
            for k in range(j + 1, i):
                t += a[i, k] * a[k, j]
            a[i, j] = -t / a[i, i]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _normal(
    x: Any,
    y: Any,
    w: Any,
    q: Any,
    lines: Any,
    ties: Any,
    used: Any,
    work: Any,
) -> float:
    """Set the lower triangle of the normal matrix and the gradient at q; return chi2.

    `work` is (p, f, rows, products, normal, gradient); of `rows` the first are the derivatives of
    the lines, then the weighted columns of what is constant, the residual, and a row of zeros.
    """
    codes, origins, places = lines
    owners, offset, matrix, combine, columns = ties
    p, f, rows, products, normal, gradient = work
    size = q.size
    for k in range(p.size):
        if owners[k] >= 0:
            p[k] = q[owners[k]] + offset[k]
        else:
            p[k] = offset[k]
            if owners[k] == -2:
                for j in range(size):
                    p[k] += matrix[k, j] * q[j]
    evaluate(x, codes, origins, places, p, w, f, rows)
    first = p.size
    last = first + columns.size
    r = rows[last]
    _residual(y, w, f, r)
    for k in range(columns.size):
        _subtract(r, q[columns[k]], rows[first + k])
    count = used.size - 3
    _products(rows, used, count + 1, products)
    if combine.shape[0] == 0:
        for a in range(size):
            gradient[a] = products[size, a]
            for b in range(a + 1):
                normal[a, b] = products[a, b]
    else:
        for a in range(count):
            for b in range(a):
                products[b, a] = products[a, b]
        for a in range(size):
            gradient[a] = 0.0
            for k in range(count):
                gradient[a] += combine[k, a] * products[count, k]
            for b in range(a + 1):
                s = 0.0
                for k in range(count):
                    if combine[k, a] != 0.0:
                        for m in range(count):
                            s += combine[k, a] * products[k, m] * combine[m, b]
                normal[a, b] = s
    return float(products[count, count])


@numba.njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
def _subtract(r: Any, factor: float, row: Any) -> None:
    for i in range(r.size):
        r[i] -= factor * row[i]


@numba.njit(cache=True, nogil=True, error_model="numpy")
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
        if _is_factorised(matrix, n):
            ok = True
            break
        damping = max(damping * 10.0, 1e-12)
    if not ok:
        return -1.0
    _solve(matrix, n, step)
    there[:] = q
    for a in range(n):
        i = free[a]
        v = q[i] + step[a]
        below = q[i] + share * (low[i] - q[i]) if share < 1.0 else low[i]
        above = q[i] + share * (high[i] - q[i]) if share < 1.0 else high[i]
        v = min(max(v, below), above)
        there[i] = v
        step[a] = v - q[i]
    return damping


@numba.njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")
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


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _minimum(
    x: Any, y: Any, w: Any, q: Any, low: Any, high: Any, lines: Any, ties: Any, used: Any,
    settings: Any, work: Any, best: Any,
) -> Any:  # fmt: skip
    """Move q to the minimum; return chi2, evaluations and how it ended (1 minimum, 0 limit, -1)."""
    limit, tolerance, damping, share, careful = settings
    normal, gradient, scale, matrix, step, there, free = best
    size = q.size
    chi2 = _normal(x, y, w, q, lines, ties, used, work)
    normal[:] = work[4]
    gradient[:] = work[5]
    count = 1
    if not chi2 < math.inf:
        return chi2, count, -1
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
        if n == 0:
            return chi2, count, 1
        damping = _step(
            q, low, high, normal, gradient, scale, damping, free, n,
            share if count <= careful else 1.0, matrix, step, there,
        )  # fmt: skip
        if damping < 0.0:
            return chi2, count, -1
        expected = _expected(normal, gradient, free, n, step)
        # how fast the way shrank tells what is left of it after this step
        left = expected * min(1.0, expected / before) if before > 0.0 else math.inf
        near = expected <= tolerance * chi2 or (
            left <= tolerance * chi2 and expected <= 1e-5 * chi2
        )
        if damping <= 1e-2 and expected >= 0.0 and near:
            # the step is the rest of the way: to look there would cost as much as all of it
            q[:] = there
            return chi2 - expected, count, 1
        other = _normal(x, y, w, there, lines, ties, used, work)
        count += 1
        fall = chi2 - other
        if fall >= 0.0 and expected > 0.0 and fall > 1e-4 * expected:
            q[:] = there
            ended = fall <= tolerance * chi2 and expected <= tolerance * chi2
            before = expected if damping <= 1e-2 else 0.0
            chi2 = other
            normal[:] = work[4]
            gradient[:] = work[5]
            for i in range(size):
                scale[i] = max(normal[i, i], 0.1 * scale[i])
            t = 2.0 * fall / expected - 1.0
            damping *= max(0.1, 1.0 - t * t * t)
            growth = 2.0
            if ended:
                return chi2, count, 1
        else:
            if abs(fall) <= tolerance * chi2 and abs(expected) <= tolerance * chi2:
                return chi2, count, 1
            before = 0.0
            damping = max(damping, 1e-10) * growth
            growth *= 2.0
            if damping > 1e14:
                return chi2, count, -1
    return chi2, count, 0


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _zeros(count: int, n: int) -> Any:
    """Return rows of zeros that begin with a line of the cache, as every row of padded points does."""
    flat = np.zeros(count * n + _LINE)
    first = (-(flat.ctypes.data // flat.itemsize)) % _LINE
    return flat[first : first + count * n].reshape(count, n)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def minima(
    x: Any, y: Any, w: Any, offsets: Any, columns: Any, q: Any, low: Any, high: Any, lines: Any,
    ties: Any, used: Any, settings: Any, look: bool, chi2: Any, normals: Any,
    evaluations: Any, ends: Any, neighbours: Any,
) -> None:  # fmt: skip
    """Move the parameters of every spectrum to its minimum.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Points, padded.
    y, w : ndarray, shape (N, n)
        Values less what is fixed, and weights, 0 for the padding.
    offsets : ndarray, shape (N, P)
        Fixed parameters of the lines and constants of ties.
    columns : ndarray, shape (C, n)
        What the value is proportional to whatever the parameters are (powers of x).
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
    n = x.size
    size = q.shape[1]
    p = np.empty(offsets.shape[1])
    rows = _zeros(p.size + columns.shape[0] + 2, n)
    points = _zeros(4, n)
    at, f, value, weight = points[0], points[1], points[2], points[3]
    at[:] = x
    products = np.zeros((used.size + 2, used.size + 2))
    work = (p, f, rows, products, np.zeros((size, size)), np.zeros(size))
    best = (
        np.zeros((size, size)), np.zeros(size), np.zeros(size), np.zeros((size, size)),
        np.zeros(size), np.zeros(size), np.zeros(size, np.int64),
    )  # fmt: skip
    owners, matrix, combine, columns_of = ties
    for s in range(y.shape[0]):
        value[:] = y[s]
        weight[:] = w[s]
        for k in range(columns.shape[0]):
            for i in range(n):
                rows[p.size + k, i] = columns[k, i] * weight[i]
        own = (owners, offsets[s], matrix, combine, columns_of)
        chi2[s], evaluations[s], ends[s] = _minimum(
            at, value, weight, q[s], low, high, lines, own, used, settings, work, best
        )
        lower = best[0]
        neighbours[s] = 0.0
        if look:
            chi2[s] = _normal(at, value, weight, q[s], lines, own, used, work)
            lower = work[4]
            residual = rows[used[used.size - 3]]
            for i in range(n - 1):
                neighbours[s] += residual[i] * residual[i + 1]
        for a in range(size):
            for b in range(a + 1):
                normals[s, a, b] = lower[a, b]
                normals[s, b, a] = lower[a, b]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def inverses(normals: Any, held: Any, out: Any, inflation: Any) -> None:
    """Set out to the inverse normal matrices, held parameters left out.

    Parameters
    ----------
    normals : ndarray, shape (N, Q, Q)
        Normal matrices.
    held : ndarray of bool, shape (N, Q)
        Parameters to leave out; their rows become 0.
    out : ndarray, shape (N, Q, Q)
        Overwritten.
    inflation : ndarray, shape (N, Q)
        Overwritten by the factors by which correlation inflates a variance; infinite where a
        matrix has no inverse.
    """
    size = normals.shape[1]
    factor = np.empty((size, size))
    root = np.empty(size)
    free = np.empty(size, np.int64)
    for s in range(normals.shape[0]):
        out[s] = 0.0
        inflation[s] = 0.0
        n = 0
        for i in range(size):
            if not held[s, i]:
                free[n] = i
                n += 1
        usable = True
        for a in range(n):
            square = normals[s, free[a], free[a]]
            usable = usable and square > 0.0
            root[a] = 1.0 / math.sqrt(square) if square > 0.0 else 0.0
        if usable:
            for a in range(n):
                for b in range(a + 1):
                    factor[a, b] = normals[s, free[a], free[b]] * (root[a] * root[b])
            usable = _is_factorised(factor, n)
        if not usable:
            for a in range(n):
                inflation[s, free[a]] = math.inf
            continue
        _invert_factor(factor, n)
        for a in range(n):
            for b in range(a + 1):
                t = 0.0
                for k in range(a, n):
                    t += factor[k, a] * factor[k, b]
                if a == b:
                    inflation[s, free[a]] = t
                t *= root[a] * root[b]
                out[s, free[a], free[b]] = t
                out[s, free[b], free[a]] = t
