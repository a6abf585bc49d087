"""Symmetric doublet by height: two Lorentzians of one width and one height."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.lines.elementary import PI, reciprocals
from spectrafit.lines.line import KnownAnswer, Line, LineParameter

__all__ = ["Doublet", "doublet"]


def doublet(x: Any, center: Any, splitting: Any, fwhm: Any, height: Any) -> tuple[Any, ...]:
    """Return two Lorentzians at ``center -+ splitting/2`` and their derivatives.

    Parameters
    ----------
    x : ndarray
        Points.
    center, splitting, fwhm : float
        In units of x.
    height : float
        Of one line alone, in units of y; negative for absorption in transmitted counts.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dsplitting, d/dfwhm, d/dheight.
    """
    left = 2.0 * (x - center + 0.5 * splitting) / fwhm
    right = 2.0 * (x - center - 0.5 * splitting) / fwhm
    low, high = reciprocals(1.0 + left * left, 1.0 + right * right)
    scale = 4.0 * height / fwhm
    by_left = scale * low * low * left
    by_right = scale * high * high * right
    return (
        height * (low + high),
        by_left + by_right,
        0.5 * (by_right - by_left),
        0.5 * (by_left * left + by_right * right),
        low + high,
    )


def _area(center: float, splitting: float, fwhm: float, height: float) -> float:
    return PI * height * fwhm


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return (
        float(rng.uniform(-3, 3)),
        float(rng.uniform(0.2, 3)),
        float(rng.uniform(0.3, 3)),
        float(rng.uniform(0.1, 5)),
    )


Doublet = Line(
    name="doublet",
    meaning="symmetric doublet by height: two Lorentzians of one width and one height",
    function=doublet,
    parameters=(
        LineParameter("center", "x", 0.0, meaning="midway between the two lines"),
        LineParameter("splitting", "x", 1.0, 0.0, np.inf, "distance between the two lines"),
        LineParameter("fwhm", "x", 1.0, 0.0, np.inf, "full width at half maximum of each line"),
        LineParameter("height", "y", 1.0, meaning="value of one line at its maximum", linear=True),
    ),
    area=_area,
    known=(
        KnownAnswer(1.0, (1.0, 0.0, 2.0, 3.0), 6.0, "no splitting: twice one line's height"),
        KnownAnswer(1.0, (1.0, 2.0, 2.0, 3.0), 3.0, "half of each line midway, split by a width"),
        KnownAnswer(
            2.0, (1.0, 2.0, 2.0, 3.0), 3.6, "one line's maximum and 1/(1 + 4) of the other"
        ),
    ),
    draw=_draw,
    sources=("definition; area by the arctangent integral",),
)
