"""Pearson VII by height: from Lorentzian (exponent 1) to Gaussian (exponent large)."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.errors import FitError
from spectrafit.lines.elementary import LN2, PI, exp, expm1, log1p, sqrt
from spectrafit.lines.line import KnownAnswer, Line, LineParameter

__all__ = ["Pearson7", "pearson7", "pearson7_held"]


def _shape(x: Any, center: Any, fwhm: Any, exponent: Any) -> tuple[Any, ...]:
    """Return the shape of height 1 and what its derivatives are made of."""
    t = 2.0 * (x - center) / fwhm
    # expm1 and log1p keep their digits where the exponent is large and k t^2 small
    k = expm1(LN2 / exponent)
    more = k * (t * t)
    logarithm = log1p(more)
    return exp(-exponent * logarithm), t, k, 1.0 + more, logarithm


def pearson7_held(x: Any, center: Any, fwhm: Any, height: Any, exponent: Any) -> tuple[Any, ...]:
    """Return a Pearson VII and its derivatives, the one by the exponent left out.

    Parameters
    ----------
    x : ndarray
        Points.
    center, fwhm : float
        In units of x.
    height : float
        In units of y.
    exponent : float
        m: 1 is a Lorentzian, infinity a Gaussian.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dfwhm, d/dheight.
    """
    shape, t, k, q, _ = _shape(x, center, fwhm, exponent)
    value = height * shape
    by_center = value * (t / q) * (4.0 * exponent * k / fwhm)
    return value, by_center, 0.5 * by_center * t, shape


def pearson7(x: Any, center: Any, fwhm: Any, height: Any, exponent: Any) -> tuple[Any, ...]:
    """Return ``height (1 + 4 (2^(1/m) - 1) ((x - center)/fwhm)^2)^(-m)`` and its derivatives.

    Parameters
    ----------
    x : ndarray
        Points.
    center, fwhm : float
        In units of x.
    height : float
        In units of y.
    exponent : float
        m: 1 is a Lorentzian, infinity a Gaussian.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dfwhm, d/dheight, d/dexponent.
    """
    value, by_center, by_fwhm, shape = pearson7_held(x, center, fwhm, height, exponent)
    _, t, k, q, logarithm = _shape(x, center, fwhm, exponent)
    by_exponent = value * (LN2 / exponent * (1.0 + k) * t * t / q - logarithm)
    return value, by_center, by_fwhm, shape, by_exponent


def _area(center: Any, fwhm: Any, height: Any, exponent: Any) -> Any:
    from scipy.special import poch

    least = float(np.min(exponent))
    if least <= 0.5:
        raise FitError(
            f"a Pearson VII of exponent {least:g} has no finite area",
            do="bound the exponent above 0.5",
        )
    # poch(m - 1/2, 1/2) = Gamma(m)/Gamma(m - 1/2), accurate where the difference of two lgamma is not
    gammas = poch(exponent - 0.5, 0.5)
    return height * fwhm * sqrt(PI / expm1(LN2 / exponent)) / (2.0 * gammas)


def _fwhm(center: float, fwhm: float, height: float, exponent: float) -> float:
    return fwhm


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return (
        float(rng.uniform(-3, 3)),
        float(rng.uniform(0.3, 3)),
        float(rng.uniform(0.1, 5)),
        float(np.exp(rng.uniform(np.log(0.8), np.log(50)))),
    )


Pearson7 = Line(
    name="pearson7",
    meaning="Pearson VII by height; exponent 1 is a Lorentzian, infinity a Gaussian",
    function=pearson7,
    parameters=(
        LineParameter("center", "x", 0.0, meaning="position of the maximum"),
        LineParameter("fwhm", "x", 1.0, 0.0, np.inf, "full width at half maximum"),
        LineParameter("height", "y", 1.0, meaning="value at the maximum", linear=True),
        LineParameter(
            "exponent",
            "1",
            1.91,
            0.5,
            1e6,
            "1.91 is nearest to a 50:50 pseudo-Voigt by height, 2.38 to one by area",
            fixed=True,
        ),
    ),
    area=_area,
    fwhm=_fwhm,
    known=(
        KnownAnswer(1.0, (1.0, 2.0, 3.0, 1.91), 3.0, "the maximum"),
        KnownAnswer(2.0, (1.0, 2.0, 3.0, 1.91), 1.5, "half the height at half the width"),
        KnownAnswer(4.0, (1.0, 2.0, 3.0, 1.0), 0.3, "exponent 1 is Lorentzian: 1/(1 + 9)"),
        KnownAnswer(
            3.0, (1.0, 2.0, 3.0, 2.0), 3.0 / (4.0 * np.sqrt(2.0) - 3.0) ** 2, "by hand for m = 2"
        ),
    ),
    draw=_draw,
    held=pearson7_held,
    sources=(
        "Hall, Veeraraghavan, Rubin, Winchell, J. Appl. Cryst. 10, 66 (1977): Pearson type VII",
        "area by the beta integral",
    ),
)
