"""A doublet of Voigt lines: Lorentzians spread by a Gaussian distribution of the isomer shift."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.lines.elementary import PI
from spectrafit.lines.line import KnownAnswer, Line, LineParameter
from spectrafit.lines.voigt import voigt

__all__ = ["VoigtDoublet", "voigt_doublet"]


def voigt_doublet(
    x: Any, center: Any, splitting: Any, fwhm_gauss: Any, fwhm_lorentz: Any, area: Any, ratio: Any
) -> tuple[Any, ...]:
    """Return two Voigt lines of equal widths at ``center -+ splitting/2`` and their derivatives.

    Parameters
    ----------
    x : ndarray
        Points.
    center, splitting, fwhm_gauss, fwhm_lorentz : float
        In units of x.
    area : float
        Of both lines, in units of x times y.
    ratio : float
        Area of the line at higher x over that at lower x.

    Returns
    -------
    tuple of ndarray
        Value, then the derivatives in the order of the arguments.
    """
    low = voigt(x, center - 0.5 * splitting, fwhm_gauss, fwhm_lorentz, 1.0)
    high = voigt(x, center + 0.5 * splitting, fwhm_gauss, fwhm_lorentz, 1.0)
    share = 1.0 / (1.0 + ratio)
    first, second = area * share, area * ratio * share
    shape = share * low[0] + ratio * share * high[0]
    return (
        area * shape,
        first * low[1] + second * high[1],
        0.5 * (second * high[1] - first * low[1]),
        first * low[2] + second * high[2],
        first * low[3] + second * high[3],
        shape,
        first * share * (high[0] - low[0]),
    )


def _area(
    center: Any, splitting: Any, fwhm_gauss: Any, fwhm_lorentz: Any, area: Any, ratio: Any
) -> Any:
    return area


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    low = (-3.0, 0.2, 0.2, 0.2, 0.1, 0.3)
    high = (3.0, 3.0, 2.0, 2.0, 5.0, 3.0)
    return tuple(float(value) for value in rng.uniform(low, high))


VoigtDoublet = Line(
    name="voigt_doublet",
    meaning="doublet by area: two Voigt lines of equal widths",
    function=voigt_doublet,
    parameters=(
        LineParameter("center", "x", 0.0, meaning="midway between the two lines"),
        LineParameter("splitting", "x", 1.0, 0.0, np.inf, "distance between the two lines"),
        LineParameter("fwhm_gauss", "x", 0.3, 0.0, np.inf, "full width of the Gaussian part"),
        LineParameter("fwhm_lorentz", "x", 0.3, 0.0, np.inf, "full width of the Lorentzian part"),
        LineParameter("area", "x y", 1.0, meaning="integral of both over all x", linear=True),
        LineParameter(
            "ratio", "1", 1.0, 0.0, np.inf, "area at higher x over that at lower x", fixed=True
        ),
    ),
    area=_area,
    known=(
        KnownAnswer(1.0, (1.0, 2.0, 0.0, 2.0, 3.0, 5.0), 1.5 / PI, "Lorentzian, split by a width"),
    ),
    draw=_draw,
    sources=("core line `voigt`, twice",),
)
