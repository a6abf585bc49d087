"""Lines of a nucleus that hops between two states, with exact derivatives.

One nuclear line lies at v1 in state 1 and at v2 in state 2. With the populations p1 + p2 = 1, the
exchange rate ``k_ex = k12 + k21`` (``k12 = k_ex p2``, ``k21 = k_ex p1``) and K = k_ex/kappa its
shape, of area 1, is

    I(v) = (1/pi) Re{ [p1 D + p2 A + K] / [A D + K (p1 A + p2 D)] }
    A = i(v - v1) + w1/2,  D = i(v - v2) + w2/2

the two-site line of H. M. McConnell, J. Chem. Phys. 28, 430 (1958), for a nuclear level as in
H. H. Wickman, M. P. Klein and D. A. Shirley, Phys. Rev. 152, 345 (1966). Written so, neither limit
loses digits, and every derivative is a product:

    dI/dA = -p1 (D + K)^2/N^2,   dI/dD = -p2 (A + K)^2/N^2,
    dI/dK = -p1 p2 (A - D)^2/N^2,   dI/dp2 = (A - D)(A + K)(D + K)/N^2,   N = A D + K (p1 A + p2 D).

A doublet is half the sum over its two lines. That holds where the field gradients of both states
have the same axes and eta = 0: nothing then mixes the two lines. Where their Vzz have opposite
signs, write the splitting of state 2 negative: the low line of state 1 then goes to the high line
of state 2. Where the axes turn, each line jumps into both others: `turning_axes.TurningDoublet`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from spectrafit.lines.line import KnownAnswer, Line, LineParameter
from spectrafit_mossbauer.constants import KAPPA

__all__ = [
    "LOG_K_RANGE",
    "HoppingDoublet",
    "HoppingLine",
    "hopping_doublet",
    "hopping_line",
]

LOG_K_RANGE = (0.0, 16.0)
"""log10 of k_ex in 1/s that the lines accept: from far below to far above what 57Fe can see."""

_LN10 = math.log(10.0)


def _shape(v1: Any, v2: Any, p2: Any, jumps: Any, w1: Any, w2: Any, x: Any) -> tuple[Any, ...]:
    """Return a line of area 1, then its derivatives by v1, v2, p2, log10 k_ex, w1 and w2."""
    p1 = 1.0 - p2
    a = 0.5 * w1 + 1j * (x - v1)
    d = 0.5 * w2 + 1j * (x - v2)
    inverse = 1.0 / (a * d + jumps * (p1 * a + p2 * d))
    left, right = (a + jumps) * inverse, (d + jumps) * inverse
    by_a, by_d = -p1 * right * right, -p2 * left * left
    apart = (a - d) * inverse
    scale = 1.0 / math.pi
    return (
        scale * np.real((p1 * d + p2 * a + jumps) * inverse),
        scale * np.imag(by_a),
        scale * np.imag(by_d),
        scale * np.real((a - d) * left * right),
        -scale * _LN10 * np.real(jumps * p1 * p2 * apart * apart),
        0.5 * scale * np.real(by_a),
        0.5 * scale * np.real(by_d),
    )


def _jumps(log_k: Any) -> Any:
    return np.power(10.0, np.clip(log_k, *LOG_K_RANGE)) / KAPPA


def hopping_line(
    x: Any, v1: Any, v2: Any, p2: Any, log_k: Any, fwhm1: Any, fwhm2: Any, area: Any
) -> tuple[Any, ...]:
    """Return one nuclear line that hops between two positions, and its derivatives.

    Parameters
    ----------
    x : ndarray
        Velocities, mm/s.
    v1, v2 : float
        Position in state 1 and in state 2, mm/s.
    p2 : float
        Population of state 2.
    log_k : float
        log10 of k_ex = k12 + k21 in 1/s.
    fwhm1, fwhm2 : float
        Full width at half maximum in each state without hopping, mm/s.
    area : float
        In units of x times y; negative for absorption in transmitted counts.

    Returns
    -------
    tuple of ndarray
        Value, then the derivative by every parameter in the order of the arguments.
    """
    shape, *slopes = _shape(v1, v2, p2, _jumps(log_k), fwhm1, fwhm2, x)
    return (area * shape, *(area * slope for slope in slopes), shape)


def hopping_doublet(
    x: Any,
    center1: Any,
    splitting1: Any,
    center2: Any,
    splitting2: Any,
    p2: Any,
    log_k: Any,
    fwhm: Any,
    area: Any,
) -> tuple[Any, ...]:
    """Return a doublet that hops between two states, and its derivatives.

    Parameters
    ----------
    x : ndarray
        Velocities, mm/s.
    center1, splitting1, center2, splitting2 : float
        Isomer shift and quadrupole splitting of each state, mm/s. A negative splitting of one
        state says that its Vzz has the sign opposite to the other's.
    p2 : float
        Population of state 2.
    log_k : float
        log10 of k_ex = k12 + k21 in 1/s.
    fwhm : float
        Full width at half maximum of every line without hopping, mm/s.
    area : float
        Of both lines, in units of x times y; negative for absorption in transmitted counts.

    Returns
    -------
    tuple of ndarray
        Value, then the derivative by every parameter in the order of the arguments.
    """
    jumps, half = _jumps(log_k), 0.5 * area
    low, high = (
        _shape(
            center1 + 0.5 * sign * splitting1, center2 + 0.5 * sign * splitting2,
            p2, jumps, fwhm, fwhm, x,
        )
        for sign in (-1.0, 1.0)
    )  # fmt: skip
    shape = 0.5 * (low[0] + high[0])
    return (
        area * shape,
        half * (low[1] + high[1]),
        0.5 * half * (high[1] - low[1]),
        half * (low[2] + high[2]),
        0.5 * half * (high[2] - low[2]),
        half * (low[3] + high[3]),
        half * (low[4] + high[4]),
        half * (low[5] + low[6] + high[5] + high[6]),
        shape,
    )


def _line_area(v1: Any, v2: Any, p2: Any, log_k: Any, fwhm1: Any, fwhm2: Any, area: Any) -> Any:
    return area


def _doublet_area(*p: Any) -> Any:
    return p[-1]


def _draw_line(rng: np.random.Generator) -> tuple[float, ...]:
    return (
        float(rng.uniform(-2, 0)), float(rng.uniform(0.2, 2)), float(rng.uniform(0.1, 0.9)),
        float(rng.uniform(6.5, 9.5)), float(rng.uniform(0.3, 1.5)), float(rng.uniform(0.3, 1.5)),
        float(rng.uniform(0.1, 5)),
    )  # fmt: skip


def _draw_doublet(rng: np.random.Generator) -> tuple[float, ...]:
    return (
        float(rng.uniform(-1, 1)), float(rng.uniform(0.3, 2)), float(rng.uniform(-1, 1)),
        float(rng.uniform(-2, 3)), float(rng.uniform(0.1, 0.9)), float(rng.uniform(6.5, 9.5)),
        float(rng.uniform(0.3, 1.5)), float(rng.uniform(0.1, 5)),
    )  # fmt: skip


_P2 = LineParameter("p2", "1", 0.5, 0.0, 1.0, "population of state 2")
_LOG_K = LineParameter("log_k", "1", 9.0, *LOG_K_RANGE, "log10 of k_ex = k12 + k21 in 1/s")
_AREA = LineParameter("area", "x y", 1.0, meaning="area over all x", linear=True)
_SOURCES = (
    "H. M. McConnell, J. Chem. Phys. 28, 430 (1958)",
    "H. H. Wickman, M. P. Klein and D. A. Shirley, Phys. Rev. 152, 345 (1966)",
)


def _width(name: str, which: str) -> LineParameter:
    meaning = f"full width at half maximum {which}without hopping"
    return LineParameter(name, "x", 0.25, 0.0, np.inf, meaning)


HoppingLine = Line(
    name="hopping_line",
    meaning="one nuclear line that hops between two positions",
    function=hopping_line,
    parameters=(
        LineParameter("v1", "x", 0.0, meaning="position in state 1"),
        LineParameter("v2", "x", 1.0, meaning="position in state 2"),
        _P2,
        _LOG_K,
        _width("fwhm1", "in state 1 "),
        _width("fwhm2", "in state 2 "),
        _AREA,
    ),
    area=_line_area,
    known=(
        KnownAnswer(
            0.0, (0.0, 1.0, 0.0, 9.0, 0.5, 0.3, math.pi), 4.0, "state 1 only: 2/(pi w) of area 1"
        ),
        KnownAnswer(
            0.75, (0.0, 1.0, 0.75, 16.0, 0.5, 0.5, math.pi), 4.0, "fast: one line at the mean"
        ),
    ),
    draw=_draw_line,
    sources=_SOURCES,
    constants=(("kappa", KAPPA),),
)

HoppingDoublet = Line(
    name="hopping_doublet",
    meaning="doublet that hops between two states of common axes and eta = 0",
    function=hopping_doublet,
    parameters=(
        LineParameter("center1", "x", 0.5, meaning="isomer shift of state 1"),
        LineParameter("splitting1", "x", 1.0, meaning="quadrupole splitting of state 1"),
        LineParameter("center2", "x", 1.1, meaning="isomer shift of state 2"),
        LineParameter(
            "splitting2", "x", 2.5, meaning="of state 2; negative where Vzz has another sign"
        ),
        _P2,
        _LOG_K,
        _width("fwhm", ""),
        _AREA,
    ),
    area=_doublet_area,
    known=(
        KnownAnswer(
            0.0,
            (0.5, 1.0, 0.5, 1.0, 0.4, 9.0, 1.0, math.pi),
            1.2,
            "equal states: half an area in each Lorentzian, 1 + 1/(1 + 4) of its maximum",
        ),
    ),
    draw=_draw_doublet,
    sources=_SOURCES,
    constants=(("kappa", KAPPA),),
)
