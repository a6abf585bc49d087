"""Line shapes as loops over points: the one text of each line, compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.extending import register_jitable

from spectrafit.fit.compiled.decorators import in_order, plain
from spectrafit.fit.compiled.elementary import INLINED
from spectrafit.fit.compiled.vector_width import widest_vectors
from spectrafit.lines import asymmetric_doublet, pearson7, pseudo_voigt, sextet
from spectrafit.lines.doublet import doublet
from spectrafit.lines.exponential import exponential
from spectrafit.lines.gaussian import gaussian
from spectrafit.lines.lorentzian import lorentzian
from spectrafit.lines.step import arctan_step, erf_step

__all__ = ["CODES", "evaluate"]

LineText = Callable[..., Any]

_inline = numba.njit(**INLINED)


def _two(text: LineText) -> Any:
    line = _inline(text)

    def kernel(x: Any, origin: Any, p: Any, o: Any, w: Any, f: Any, rows: Any) -> None:
        widest_vectors()
        a, b = p[o], p[o + 1]
        for i in range(x.size):
            value, by_a, by_b = line(x[i] - origin, a, b)
            f[i] += value
            rows[o, i] = by_a * w[i]
            rows[o + 1, i] = by_b * w[i]

    return in_order(kernel)


def _three(text: LineText) -> Any:
    line = _inline(text)

    def kernel(x: Any, p: Any, o: Any, w: Any, f: Any, rows: Any) -> None:
        widest_vectors()
        a, b, c = p[o], p[o + 1], p[o + 2]
        for i in range(x.size):
            value, by_a, by_b, by_c = line(x[i], a, b, c)
            f[i] += value
            rows[o, i] = by_a * w[i]
            rows[o + 1, i] = by_b * w[i]
            rows[o + 2, i] = by_c * w[i]

    return in_order(kernel)


def _four(text: LineText) -> Any:
    line = _inline(text)

    def kernel(x: Any, p: Any, o: Any, w: Any, f: Any, rows: Any) -> None:
        widest_vectors()
        a, b, c, d = p[o], p[o + 1], p[o + 2], p[o + 3]
        for i in range(x.size):
            value, by_a, by_b, by_c, by_d = line(x[i], a, b, c, d)
            f[i] += value
            rows[o, i] = by_a * w[i]
            rows[o + 1, i] = by_b * w[i]
            rows[o + 2, i] = by_c * w[i]
            rows[o + 3, i] = by_d * w[i]

    return in_order(kernel)


def _four_shape_held(text: LineText) -> Any:
    """Return the loop that leaves out the derivative by the last parameter, which is fixed."""
    line = _inline(text)

    def kernel(x: Any, p: Any, o: Any, w: Any, f: Any, rows: Any) -> None:
        widest_vectors()
        a, b, c, d = p[o], p[o + 1], p[o + 2], p[o + 3]
        for i in range(x.size):
            value, by_a, by_b, by_c, _ = line(x[i], a, b, c, d)
            f[i] += value
            rows[o, i] = by_a * w[i]
            rows[o + 1, i] = by_b * w[i]
            rows[o + 2, i] = by_c * w[i]

    return in_order(kernel)


def _six(text: LineText, held: bool) -> Any:
    """Return the loop; held leaves out the derivative by the last parameter."""
    line = _inline(text)

    def kernel(x: Any, p: Any, o: Any, w: Any, f: Any, rows: Any) -> None:
        widest_vectors()
        a, b, c, d, e, g = p[o], p[o + 1], p[o + 2], p[o + 3], p[o + 4], p[o + 5]
        for i in range(x.size):
            value, by_a, by_b, by_c, by_d, by_e, by_g = line(x[i], a, b, c, d, e, g)
            f[i] += value
            rows[o, i] = by_a * w[i]
            rows[o + 1, i] = by_b * w[i]
            rows[o + 2, i] = by_c * w[i]
            rows[o + 3, i] = by_d * w[i]
            rows[o + 4, i] = by_e * w[i]
            if not held:
                rows[o + 5, i] = by_g * w[i]

    return in_order(kernel)


def _nine(text: LineText, held: bool) -> Any:
    """Return the loop; held leaves out the derivative by the last parameter."""
    line = _inline(text)

    def kernel(x: Any, p: Any, o: Any, w: Any, f: Any, rows: Any) -> None:
        widest_vectors()
        a, b, c, d, e = p[o], p[o + 1], p[o + 2], p[o + 3], p[o + 4]
        g, h, q, r = p[o + 5], p[o + 6], p[o + 7], p[o + 8]
        for i in range(x.size):
            value, by_a, by_b, by_c, by_d, by_e, by_g, by_h, by_q, by_r = line(
                x[i], a, b, c, d, e, g, h, q, r
            )
            f[i] += value
            rows[o, i] = by_a * w[i]
            rows[o + 1, i] = by_b * w[i]
            rows[o + 2, i] = by_c * w[i]
            rows[o + 3, i] = by_d * w[i]
            rows[o + 4, i] = by_e * w[i]
            rows[o + 5, i] = by_g * w[i]
            rows[o + 6, i] = by_h * w[i]
            rows[o + 7, i] = by_q * w[i]
            if not held:
                rows[o + 8, i] = by_r * w[i]

    return in_order(kernel)


for _part in (
    pseudo_voigt._parts, pearson7._shape, pearson7.pearson7_held, sextet._pair,
):  # fmt: skip
    register_jitable(**INLINED)(_part)

_gaussian = _three(gaussian)
_lorentzian = _three(lorentzian)
_erf_step = _three(erf_step)
_arctan_step = _three(arctan_step)
_doublet = _four(doublet)
_pearson7 = _four(pearson7.pearson7)
_pearson7_held = _four_shape_held(pearson7.pearson7)
_by_height = _four(pseudo_voigt.pseudo_voigt_by_height)
_by_height_held = _four_shape_held(pseudo_voigt.pseudo_voigt_by_height)
_by_area = _four(pseudo_voigt.pseudo_voigt_by_area)
_by_area_held = _four_shape_held(pseudo_voigt.pseudo_voigt_by_area)
_exponential = _two(exponential)
_asymmetric = _six(asymmetric_doublet.asymmetric_doublet, False)
_asymmetric_held = _six(asymmetric_doublet.asymmetric_doublet, True)
_sextet = _nine(sextet.sextet, False)
_sextet_held = _nine(sextet.sextet, True)

# of a line whose last parameter is fixed, the code after its own leaves out that derivative
CODES = {
    gaussian: 0,
    lorentzian: 1,
    erf_step: 2,
    arctan_step: 3,
    doublet: 4,
    exponential: 5,
    pearson7.pearson7: 6,
    pseudo_voigt.pseudo_voigt_by_height: 8,
    pseudo_voigt.pseudo_voigt_by_area: 10,
    asymmetric_doublet.asymmetric_doublet: 12,
    sextet.sextet: 14,
}


@plain
def evaluate(
    x: Any, codes: Any, origins: Any, places: Any, p: Any, w: Any, f: Any, rows: Any
) -> None:  # fmt: skip
    """Set f to the sum of the lines and rows to the weighted derivatives by each parameter.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Points.
    codes : ndarray of int, shape (k,)
        Of each line, from `CODES`.
    origins : ndarray, shape (k,)
        Origin of each line, where it has one.
    places : ndarray of int, shape (k,)
        Where each line's parameters begin.
    p : ndarray, shape (P,)
        Parameters of all lines.
    w : ndarray, shape (n,)
        Weights of the points.
    f : ndarray, shape (n,)
        Overwritten; not weighted.
    rows : ndarray, shape (P or more, n)
        The first P are overwritten, those of a held shape parameter left as they are.
    """
    f[:] = 0.0
    for k in range(codes.size):
        code = codes[k]
        o = places[k]
        if code == 0:
            _gaussian(x, p, o, w, f, rows)
        elif code == 1:
            _lorentzian(x, p, o, w, f, rows)
        elif code == 2:
            _erf_step(x, p, o, w, f, rows)
        elif code == 3:
            _arctan_step(x, p, o, w, f, rows)
        elif code == 4:
            _doublet(x, p, o, w, f, rows)
        elif code == 5:
            _exponential(x, origins[k], p, o, w, f, rows)
        elif code == 6:
            _pearson7(x, p, o, w, f, rows)
        elif code == 7:
            _pearson7_held(x, p, o, w, f, rows)
        elif code == 8:
            _by_height(x, p, o, w, f, rows)
        elif code == 9:
            _by_height_held(x, p, o, w, f, rows)
        elif code == 10:
            _by_area(x, p, o, w, f, rows)
        elif code == 11:
            _by_area_held(x, p, o, w, f, rows)
        elif code == 12:
            _asymmetric(x, p, o, w, f, rows)
        elif code == 13:
            _asymmetric_held(x, p, o, w, f, rows)
        elif code == 14:
            _sextet(x, p, o, w, f, rows)
        elif code == 15:
            _sextet_held(x, p, o, w, f, rows)
