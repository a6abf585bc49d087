"""Lorentzian by height."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.lines.elementary import PI, reciprocal
from spectrafit.lines.line import KnownAnswer, Line, LineParameter

__all__ = ["Lorentzian", "lorentzian"]


def lorentzian(x: Any, center: Any, fwhm: Any, height: Any) -> tuple[Any, ...]:
    """Return ``height / (1 + 4 ((x - center)/fwhm)^2)`` and its derivatives.

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
    t = 2.0 * (x - center) / fwhm
    shape = reciprocal(1.0 + t * t)
    by_center = height * shape * shape * 4.0 * t / fwhm
    return height * shape, by_center, 0.5 * by_center * t, shape


def _area(center: float, fwhm: float, height: float) -> float:
    return 0.5 * PI * height * fwhm


def _fwhm(center: float, fwhm: float, height: float) -> float:
    return fwhm


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return float(rng.uniform(-3, 3)), float(rng.uniform(0.3, 3)), float(rng.uniform(0.1, 5))


Lorentzian = Line(
    name="lorentzian",
    meaning="Lorentzian by height",
    function=lorentzian,
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
        KnownAnswer(4.0, (1.0, 2.0, 3.0), 0.3, "1/(1 + 9)"),
    ),
    draw=_draw,
    sources=("definition; area by the arctangent integral",),
)
