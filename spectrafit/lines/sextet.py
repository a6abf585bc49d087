"""Magnetic sextet by area: the six lines of a 3/2 to 1/2 transition, quadrupole to first order."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.lines.elementary import PI, reciprocals
from spectrafit.lines.line import KnownAnswer, Line, LineParameter

__all__ = ["Sextet", "sextet"]

_TOP = 2.0 / PI


def _pair(u: Any, half: Any, fwhm: Any) -> tuple[Any, Any, Any, Any]:
    """Return two Lorentzians of area 1 at -+half and d/dcenter, d/dhalf, d/dfwhm of their sum."""
    left = 2.0 * (u + half) / fwhm
    right = 2.0 * (u - half) / fwhm
    low, high = reciprocals(1.0 + left * left, 1.0 + right * right)
    top = _TOP / fwhm
    slope = 4.0 * top / fwhm
    by_low = slope * low * low * left
    by_high = slope * high * high * right
    value = top * (low + high)
    by_fwhm = 0.5 * (by_low * left + by_high * right) - value / fwhm
    return value, by_low + by_high, by_high - by_low, by_fwhm


def sextet(
    x: Any, center: Any, splitting: Any, shift: Any, fwhm_outer: Any, fwhm_middle: Any,
    fwhm_inner: Any, area: Any, spacing: Any, ratio: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """Return six Lorentzians and their derivatives.

    Lines 1 and 6 lie at ``center + shift/2 -+ splitting/2``, 2 and 5 at
    ``center - shift/2 -+ splitting (1/2 - spacing)``, 3 and 4 at
    ``center - shift/2 -+ splitting (1/2 - 2 spacing)``; areas are 3 : ratio : 1 : 1 : ratio : 3.

    Parameters
    ----------
    x : ndarray
        Points.
    center, splitting, shift, fwhm_outer, fwhm_middle, fwhm_inner : float
        In units of x.
    area : float
        Of all six lines, in units of x times y; negative for absorption in transmitted counts.
    spacing : float
        Splitting of the excited state over the distance of lines 1 and 6.
    ratio : float
        Area of line 2 over that of line 3.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dsplitting, d/dshift, d/dfwhm_outer, d/dfwhm_middle,
        d/dfwhm_inner, d/darea, d/dspacing, d/dratio.
    """
    away = x - center - 0.5 * shift
    near = x - center + 0.5 * shift
    middle_half = 0.5 - spacing
    inner_half = 0.5 - 2.0 * spacing
    one, one_center, one_half, one_fwhm = _pair(away, 0.5 * splitting, fwhm_outer)
    two, two_center, two_half, two_fwhm = _pair(near, middle_half * splitting, fwhm_middle)
    three, three_center, three_half, three_fwhm = _pair(near, inner_half * splitting, fwhm_inner)
    share = 0.5 / (4.0 + ratio)
    each = area * share
    twice = ratio * each
    triple = 3.0 * each
    by_near = twice * two_center + each * three_center
    by_away = triple * one_center
    two_half = twice * two_half
    three_half = each * three_half
    shape = share * (3.0 * one + ratio * two + three)
    return (
        area * shape,
        by_away + by_near,
        0.5 * triple * one_half + middle_half * two_half + inner_half * three_half,
        0.5 * (by_away - by_near),
        triple * one_fwhm,
        twice * two_fwhm,
        each * three_fwhm,
        shape,
        -splitting * (two_half + 2.0 * three_half),
        each * two - 2.0 * share * area * shape,
    )


def _area(
    center: Any, splitting: Any, shift: Any, fwhm_outer: Any, fwhm_middle: Any, fwhm_inner: Any,
    area: Any, spacing: Any, ratio: Any,
) -> Any:  # fmt: skip
    return area


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return (
        float(rng.uniform(-2, 2)),
        float(rng.uniform(3, 9)),
        float(rng.uniform(-0.4, 0.4)),
        float(rng.uniform(0.6, 2)),
        float(rng.uniform(0.6, 2)),
        float(rng.uniform(0.6, 2)),
        float(rng.uniform(0.1, 5)),
        float(rng.uniform(0.2, 0.22)),
        float(rng.uniform(0.3, 3.5)),
    )


Sextet = Line(
    name="sextet",
    meaning="magnetic sextet by area: six Lorentzians, quadrupole interaction to first order",
    function=sextet,
    parameters=(
        LineParameter(
            "center", "x", 0.0, meaning="midway between the means of lines 1, 6 and 2, 5"
        ),
        LineParameter("splitting", "x", 6.0, 0.0, np.inf, "distance of lines 1 and 6"),
        LineParameter("shift", "x", 0.0, meaning="how far lines 1 and 6 move up against the rest"),
        LineParameter("fwhm_outer", "x", 1.0, 0.0, np.inf, "full width of lines 1 and 6"),
        LineParameter("fwhm_middle", "x", 1.0, 0.0, np.inf, "full width of lines 2 and 5"),
        LineParameter("fwhm_inner", "x", 1.0, 0.0, np.inf, "full width of lines 3 and 4"),
        LineParameter("area", "x y", 1.0, meaning="integral of all six over all x", linear=True),
        LineParameter(
            "spacing",
            "1",
            0.210483,
            0.0,
            0.5,
            "splitting of the excited state over the distance of lines 1 and 6",
            fixed=True,
        ),
        LineParameter(
            "ratio",
            "1",
            2.0,
            0.0,
            4.0,
            "area of line 2 over that of line 3: 2 for a powder",
            fixed=True,
        ),
    ),
    area=_area,
    known=(
        KnownAnswer(
            1.0,
            (1.0, 0.0, 0.0, 2.0, 2.0, 2.0, 3.0, 0.21, 2.0),
            3.0 / PI,
            "no splitting: one line, 2/(pi fwhm)",
        ),
        KnownAnswer(
            4.0,
            (1.0, 6.0, 0.0, 2.0, 2.0, 2.0, 3.0, 0.25, 0.0),
            1.125 / PI * (1.0 + 1.0 / 37.0) + 0.75 / PI / 10.0,
            "no lines 2 and 5, lines 3 and 4 on the centre: shares 3/8, 3/8 and 1/4",
        ),
        KnownAnswer(
            1.5,
            (1.0, 6.0, -1.0, 2.0, 2.0, 2.0, 4.0, 0.25, 0.0),
            1.0 / PI + 1.5 / PI * (1.0 / 5.0 + 1.0 / 17.0),
            "shift -1: lines 3 and 4 at 1.5, line 6 at 3.5 and line 1 at -2.5",
        ),
    ),
    draw=_draw,
    sources=(
        "Gütlich, Bill, Trautwein, *Mössbauer Spectroscopy and Transition Metal Chemistry* (2011), "
        "chapter 4: positions to first order in the quadrupole interaction, areas 3 : x : 1",
        "spacing: alpha iron at room temperature, lines at 5.3123, 3.0760 and 0.8397 mm/s",
    ),
)
