"""Asymmetric doublet by area: two Lorentzians, each with its own width, of unequal areas."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.lines.elementary import PI, reciprocals
from spectrafit.lines.line import KnownAnswer, Line, LineParameter

__all__ = ["AsymmetricDoublet", "asymmetric_doublet"]

_TOP = 2.0 / PI


def asymmetric_doublet(
    x: Any, center: Any, splitting: Any, fwhm_low: Any, fwhm_high: Any, area: Any, ratio: Any
) -> tuple[Any, ...]:
    """Return two Lorentzians at ``center -+ splitting/2`` and their derivatives.

    Parameters
    ----------
    x : ndarray
        Points.
    center, splitting, fwhm_low, fwhm_high : float
        In units of x.
    area : float
        Of both lines, in units of x times y; negative for absorption in transmitted counts.
    ratio : float
        Area of the line at higher x over that at lower x.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dsplitting, d/dfwhm_low, d/dfwhm_high, d/darea, d/dratio.
    """
    left = 2.0 * (x - center + 0.5 * splitting) / fwhm_low
    right = 2.0 * (x - center - 0.5 * splitting) / fwhm_high
    low, high = reciprocals(1.0 + left * left, 1.0 + right * right)
    share = 1.0 / (1.0 + ratio)
    low_top = share * _TOP / fwhm_low
    high_top = ratio * share * _TOP / fwhm_high
    low_value = low_top * low
    high_value = high_top * high
    shape = low_value + high_value
    by_low = 4.0 * area / fwhm_low * low_value * low * left
    by_high = 4.0 * area / fwhm_high * high_value * high * right
    return (
        area * shape,
        by_low + by_high,
        0.5 * (by_high - by_low),
        0.5 * by_low * left - area * low_value / fwhm_low,
        0.5 * by_high * right - area * high_value / fwhm_high,
        shape,
        area * share * (share * _TOP / fwhm_high * high - low_value),
    )


def _area(center: Any, splitting: Any, fwhm_low: Any, fwhm_high: Any, area: Any, ratio: Any) -> Any:
    return area


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return (
        float(rng.uniform(-3, 3)),
        float(rng.uniform(0.2, 3)),
        float(rng.uniform(0.3, 3)),
        float(rng.uniform(0.3, 3)),
        float(rng.uniform(0.1, 5)),
        float(rng.uniform(0.3, 3)),
    )


AsymmetricDoublet = Line(
    name="asymmetric_doublet",
    meaning="doublet by area: two Lorentzians of two widths and two areas",
    function=asymmetric_doublet,
    parameters=(
        LineParameter("center", "x", 0.0, meaning="midway between the two lines"),
        LineParameter("splitting", "x", 1.0, 0.0, np.inf, "distance between the two lines"),
        LineParameter("fwhm_low", "x", 1.0, 0.0, np.inf, "full width of the line at lower x"),
        LineParameter("fwhm_high", "x", 1.0, 0.0, np.inf, "full width of the line at higher x"),
        LineParameter("area", "x y", 1.0, meaning="integral of both over all x", linear=True),
        LineParameter(
            "ratio", "1", 1.0, 0.0, np.inf, "area at higher x over that at lower x", fixed=True
        ),
    ),
    area=_area,
    known=(
        KnownAnswer(
            1.0, (1.0, 0.0, 2.0, 2.0, 3.0, 5.0), 3.0 / PI, "no splitting: one line, 2/(pi fwhm)"
        ),
        KnownAnswer(
            1.0, (1.0, 2.0, 2.0, 2.0, 3.0, 5.0), 1.5 / PI, "half of each maximum, split by a width"
        ),
        KnownAnswer(
            2.0,
            (1.0, 2.0, 2.0, 1.0, 3.0, 2.0),
            4.2 / PI,
            "areas 1 and 2: (2/pi) (1/(2 (1 + 4)) + 2/1)",
        ),
    ),
    draw=_draw,
    sources=("definition; areas by the arctangent integral",),
)
