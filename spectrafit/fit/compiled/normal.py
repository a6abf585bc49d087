"""Normal matrix, gradient and chi2 of one spectrum, compiled."""

from __future__ import annotations

from typing import Any

from spectrafit.fit.compiled.decorators import any_order, plain
from spectrafit.fit.compiled.lines import evaluate
from spectrafit.fit.compiled.products import last_products, products

__all__ = ["gradient_at", "normal_at", "set_parameters"]


@any_order
def _residual(y: Any, w: Any, f: Any, r: Any) -> None:
    """Set r to the weighted y - f."""
    for i in range(w.size):
        r[i] = (y[i] - f[i]) * w[i]


@any_order
def _sum_of_squares(r: Any) -> float:
    total = 0.0
    for i in range(r.size):
        total += r[i] * r[i]
    return total


@any_order
def _subtract(r: Any, factor: float, row: Any) -> None:
    for i in range(r.size):
        r[i] -= factor * row[i]


@plain
def set_parameters(q: Any, ties: Any, p: Any) -> None:
    """Set the parameters of the lines to those at q.

    Parameters
    ----------
    q : ndarray, shape (Q,)
        Free parameters.
    ties : tuple of ndarray
        See `spectrafit.fit.compiled.minimum.minima`; the second is of this spectrum.
    p : ndarray, shape (P,)
        Overwritten.
    """
    owners, offset, matrix, _, _ = ties
    for k in range(p.size):
        if owners[k] >= 0:
            p[k] = q[owners[k]] + offset[k]
        else:
            p[k] = offset[k]
            if owners[k] == -2:
                for j in range(q.size):
                    p[k] += matrix[k, j] * q[j]


@plain
def _set_rows(points: Any, q: Any, lines: Any, ties: Any, p: Any) -> None:
    """Set the derivatives of the lines and the residual at q."""
    x, y, w, f, rows = points
    codes, origins, places = lines
    columns = ties[4]
    set_parameters(q, ties, p)
    evaluate(x, codes, origins, places, p, w, f, rows)
    first = p.size
    r = rows[first + columns.size]
    _residual(y, w, f, r)
    for k in range(columns.size):
        _subtract(r, q[columns[k]], rows[first + k])


@plain
def _set_gradient(found: Any, combine: Any, gradient: Any) -> None:
    size = gradient.size
    if combine.shape[0] == 0:
        for a in range(size):
            gradient[a] = found[size, a]
        return
    count = combine.shape[0]
    for a in range(size):
        gradient[a] = 0.0
        for k in range(count):
            gradient[a] += combine[k, a] * found[count, k]


@plain
def _set_normal(found: Any, combine: Any, normal: Any) -> None:
    size = normal.shape[0]
    if combine.shape[0] == 0:
        for a in range(size):
            for b in range(a + 1):
                normal[a, b] = found[a, b]
        return
    count = combine.shape[0]
    for a in range(count):
        for b in range(a):
            found[b, a] = found[a, b]
    for a in range(size):
        for b in range(a + 1):
            s = 0.0
            for k in range(count):
                if combine[k, a] != 0.0:
                    for m in range(count):
                        s += combine[k, a] * found[k, m] * combine[m, b]
            normal[a, b] = s


@plain
def normal_at(
    points: Any, q: Any, lines: Any, ties: Any, used: Any, work: Any, most: float
) -> float:
    """Set the lower triangle of the normal matrix and the gradient at q; return chi2.

    Parameters
    ----------
    points : tuple of ndarray
        (x, y, w, f, rows); of `rows` the first are the derivatives of the lines, then the weighted
        columns of what is constant, the residual, and a row of zeros.
    q : ndarray, shape (Q,)
        Free parameters.
    lines, ties, used : tuple of ndarray, tuple of ndarray, ndarray
        See `spectrafit.fit.compiled.minimum.minima`; the second of `ties` is of this spectrum.
    work : tuple of ndarray
        (p, products, normal, gradient), overwritten.
    most : float
        Where chi2 is above it, it is all that is wanted: the others are left as they are.

    Returns
    -------
    float
    """
    p, found, normal, gradient = work
    _set_rows(points, q, lines, ties, p)
    count = used.size - 3
    chi2 = float(_sum_of_squares(points[4][used[count]]))
    if chi2 > most:
        return chi2
    products(points[4], used, count + 1, found)
    _set_gradient(found, ties[3], gradient)
    _set_normal(found, ties[3], normal)
    return float(found[count, count])


@plain
def gradient_at(points: Any, q: Any, lines: Any, ties: Any, used: Any, work: Any) -> float:
    """Set the gradient at q alone, for a third of the time; return chi2.

    Parameters
    ----------
    points, q, lines, ties, used, work
        Those of `normal_at`.

    Returns
    -------
    float
    """
    p, found, _, gradient = work
    _set_rows(points, q, lines, ties, p)
    count = used.size - 3
    last_products(points[4], used, count + 1, found)
    _set_gradient(found, ties[3], gradient)
    return float(found[count, count])
