"""Products of rows of derivatives with each other, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.fit.compiled.decorators import allocating, any_order
from spectrafit.fit.compiled.vector_width import widest_vectors

__all__ = ["aligned_zeros", "last_products", "products"]

# points whose rows lie in the nearest cache together
_NEAR = 256
# numbers in a line of the cache: a vector that lies across two is read at half the pace
_LINE = 8


@allocating
def aligned_zeros(count: int, n: int) -> Any:
    """Return rows of zeros that begin with a line of the cache, as every row of padded points does."""
    flat = np.zeros(count * n + _LINE)
    first = (-(flat.ctypes.data // flat.itemsize)) % _LINE
    return flat[first : first + count * n].reshape(count, n)


@any_order
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


@any_order
def products(rows: Any, used: Any, size: int, out: Any) -> None:
    """Set the lower triangle of out to the products of rows with rows."""
    for a in range(size + 2):
        for b in range(a + 1):
            out[a, b] = 0.0
    n = rows.shape[1]
    for first in range(0, n, _NEAR):
        _add_products(rows, used, size, first, min(n, first + _NEAR), out)


@any_order
def last_products(rows: Any, used: Any, size: int, out: Any) -> None:
    """Set the last row of out to the products of the last row with each."""
    widest_vectors()
    last = rows[used[size - 1]]
    for a in range(0, size, 3):
        a0, a1, a2 = rows[used[a]], rows[used[a + 1]], rows[used[a + 2]]
        s0 = s1 = s2 = 0.0
        for i in range(last.size):
            s0 += last[i] * a0[i]
            s1 += last[i] * a1[i]
            s2 += last[i] * a2[i]
        out[size - 1, a] = s0
        out[size - 1, a + 1] = s1
        out[size - 1, a + 2] = s2
