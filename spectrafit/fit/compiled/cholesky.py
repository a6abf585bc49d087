"""Cholesky factors of small matrices, compiled; the diagonal of a factor holds its reciprocals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from spectrafit.fit.compiled.decorators import allocating, in_order

__all__ = ["inverses", "is_factorised", "solve"]


@in_order
def is_factorised(a: Any, n: int) -> bool:
    """Replace the lower triangle of a by its Cholesky factor; False where it has none."""
    for j in range(n):
        s = a[j, j]
        for k in range(j):
            s -= a[j, k] * a[j, k]
        if not s > 1e-14 * a[j, j]:
            return False
        d = 1.0 / math.sqrt(s)
        a[j, j] = d
        for i in range(j + 1, n):
            t = a[i, j]
            for k in range(j):
                t -= a[i, k] * a[j, k]
            a[i, j] = t * d
    return True


@in_order
def solve(a: Any, n: int, b: Any) -> None:
    """Replace b by the solution of the factorised equations."""
    for i in range(n):
        t = b[i]
        for k in range(i):
            t -= a[i, k] * b[k]
        b[i] = t * a[i, i]
    for i in range(n - 1, -1, -1):
        t = b[i] * a[i, i]
        b[i] = t
        for k in range(i):
            b[k] -= a[i, k] * t


@in_order
def _invert_factor(a: Any, n: int, row: Any) -> None:
    """Replace a factor by its inverse, row by row."""
    for i in range(n):
        for k in range(i):
            row[k] = -a[i, k] * a[i, i]
            a[i, k] = 0.0
        for k in range(i):
            for j in range(k + 1):
                a[i, j] += row[k] * a[k, j]


@in_order
def _square(a: Any, n: int, out: Any) -> None:
    """Set the lower triangle of out to that of the product of a lower triangle's transpose with it."""
    for i in range(n):
        for j in range(i + 1):
            out[i, j] = 0.0
        for k in range(i + 1):
            for j in range(k + 1):
                out[k, j] += a[i, k] * a[i, j]


@allocating
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
    factor, square = np.empty((size, size)), np.empty((size, size))
    root, row = np.empty(size), np.empty(size)
    free = np.empty(size, np.int64)
    for s in range(normals.shape[0]):
        for i in range(size):
            inflation[s, i] = 0.0
            for j in range(size):
                out[s, i, j] = 0.0
        n = 0
        for i in range(size):
            if not held[s, i]:
                free[n] = i
                n += 1
        usable = True
        for a in range(n):
            own = normals[s, free[a], free[a]]
            usable = usable and own > 0.0
            root[a] = 1.0 / math.sqrt(own) if own > 0.0 else 0.0
        if usable:
            for a in range(n):
                for b in range(a + 1):
                    factor[a, b] = normals[s, free[a], free[b]] * (root[a] * root[b])
            usable = is_factorised(factor, n)
        if not usable:
            for a in range(n):
                inflation[s, free[a]] = math.inf
            continue
        _invert_factor(factor, n, row)
        _square(factor, n, square)
        for a in range(n):
            inflation[s, free[a]] = square[a, a]
            for b in range(a + 1):
                t = square[a, b] * (root[a] * root[b])
                out[s, free[a], free[b]] = t
                out[s, free[b], free[a]] = t
