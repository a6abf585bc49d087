"""Gaussian by height."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.lines.elementary import LN2, PI, exp, sqrt
from spectrafit.lines.line import KnownAnswer, Line, LineParameter

__all__ = ["Gaussian", "gaussian"]


def gaussian(x: Any, center: Any, fwhm: Any, height: Any) -> tuple[Any, ...]:
    """Return ``height exp(-4 ln2 ((x - center)/fwhm)^2)`` and its derivatives.

    Parameters
    ----------
    x : ndarray
        Points.
    center, fwhm : float
        In units of x.
    height : float
        In units of y.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dfwhm, d/dheight.
    """
    t = (x - center) / fwhm
    shape = exp(-4.0 * LN2 * t * t)
    by_center = height * shape * 8.0 * LN2 * t / fwhm
    return height * shape, by_center, by_center * t, shape


def _area(center: Any, fwhm: Any, height: Any) -> Any:
    return height * fwhm * sqrt(PI / (4.0 * LN2))


def _fwhm(center: float, fwhm: float, height: float) -> float:
    return fwhm


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return float(rng.uniform(-3, 3)), float(rng.uniform(0.3, 3)), float(rng.uniform(0.1, 5))


Gaussian = Line(
    name="gaussian",
    meaning="Gaussian by height",
    function=gaussian,
    parameters=(
        LineParameter("center", "x", 0.0, meaning="position of the maximum"),
        LineParameter("fwhm", "x", 1.0, 0.0, np.inf, "full width at half maximum"),
        LineParameter("height", "y", 1.0, meaning="value at the maximum", linear=True),
    ),
    area=_area,
    fwhm=_fwhm,
    known=(
        KnownAnswer(1.0, (1.0, 2.0, 3.0), 3.0, "the maximum"),
        KnownAnswer(2.0, (1.0, 2.0, 3.0), 1.5, "half the width from the centre: half the height"),
        KnownAnswer(3.0, (1.0, 2.0, 3.0), 3.0 / 16.0, "exp(-4 ln2) = 1/16"),
    ),
    draw=_draw,
    sources=("definition; area by the Gaussian integral",),
)
