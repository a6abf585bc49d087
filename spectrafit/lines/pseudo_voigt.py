"""Pseudo-Voigt: a Lorentzian and a Gaussian of one width, mixed by height or by area.

The two conventions differ: half by area is 0.404 by height. The name of the line says which.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.lines.elementary import LN2, PI, exp, reciprocal, sqrt
from spectrafit.lines.line import KnownAnswer, Line, LineParameter

__all__ = [
    "PseudoVoigtByArea",
    "PseudoVoigtByHeight",
    "pseudo_voigt_by_area",
    "pseudo_voigt_by_height",
]

_LORENTZ_TOP = 2.0 / PI
_GAUSS_TOP = 2.0 * float(np.sqrt(LN2 / PI))


def _parts(x: Any, center: Any, fwhm: Any) -> tuple[Any, Any, Any]:
    t = 2.0 * (x - center) / fwhm
    return t, reciprocal(1.0 + t * t), exp(-LN2 * t * t)


def pseudo_voigt_by_height(
    x: Any, center: Any, fwhm: Any, height: Any, fraction: Any
) -> tuple[Any, ...]:
    """Return ``height (fraction L + (1 - fraction) G)``, both of height 1, and its derivatives.

    Parameters
    ----------
    x : ndarray
        Points.
    center, fwhm : float
        In units of x.
    height : float
        In units of y.
    fraction : float
        Lorentzian share of the height.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dfwhm, d/dheight, d/dfraction.
    """
    t, lorentz, gauss = _parts(x, center, fwhm)
    shape = fraction * lorentz + (1.0 - fraction) * gauss
    slope = fraction * lorentz * lorentz + (1.0 - fraction) * LN2 * gauss
    by_center = height * slope * 4.0 * t / fwhm
    return height * shape, by_center, 0.5 * by_center * t, shape, height * (lorentz - gauss)


def pseudo_voigt_by_area(
    x: Any, center: Any, fwhm: Any, area: Any, fraction: Any
) -> tuple[Any, ...]:
    """Return ``area (fraction L + (1 - fraction) G)``, both of area 1, and its derivatives.

    Parameters
    ----------
    x : ndarray
        Points.
    center, fwhm : float
        In units of x.
    area : float
        Integral over all x, in units of x times y.
    fraction : float
        Lorentzian share of the area.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dfwhm, d/darea, d/dfraction.
    """
    t, lorentz, gauss = _parts(x, center, fwhm)
    lorentz_part = _LORENTZ_TOP * lorentz / fwhm
    gauss_part = _GAUSS_TOP * gauss / fwhm
    shape = fraction * lorentz_part + (1.0 - fraction) * gauss_part
    slope = fraction * lorentz_part * lorentz + (1.0 - fraction) * LN2 * gauss_part
    by_center = area * slope * 4.0 * t / fwhm
    by_fwhm = 0.5 * by_center * t - area * shape / fwhm
    return area * shape, by_center, by_fwhm, shape, area * (lorentz_part - gauss_part)


def _area_by_height(center: Any, fwhm: Any, height: Any, fraction: Any) -> Any:
    return height * fwhm * (fraction * PI / 2.0 + (1.0 - fraction) * sqrt(PI / LN2) / 2.0)


def _area_by_area(center: Any, fwhm: Any, area: Any, fraction: Any) -> Any:
    return area


def _fwhm(center: float, fwhm: float, amplitude: float, fraction: float) -> float:
    return fwhm


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return (
        float(rng.uniform(-3, 3)),
        float(rng.uniform(0.3, 3)),
        float(rng.uniform(0.1, 5)),
        float(rng.uniform(0.05, 0.95)),
    )


_CENTER = LineParameter("center", "x", 0.0, meaning="position of the maximum")
_FWHM = LineParameter("fwhm", "x", 1.0, 0.0, np.inf, "full width at half maximum of both parts")

PseudoVoigtByHeight = Line(
    name="pseudo_voigt_by_height",
    meaning="pseudo-Voigt, Lorentzian and Gaussian of one width mixed by height",
    function=pseudo_voigt_by_height,
    parameters=(
        _CENTER,
        _FWHM,
        LineParameter("height", "y", 1.0, meaning="value at the maximum", linear=True),
        LineParameter("fraction", "1", 0.5, 0.0, 1.0, "Lorentzian share of the height", fixed=True),
    ),
    area=_area_by_height,
    fwhm=_fwhm,
    known=(
        KnownAnswer(1.0, (1.0, 2.0, 3.0, 0.5), 3.0, "the maximum"),
        KnownAnswer(2.0, (1.0, 2.0, 3.0, 0.3), 1.5, "half the height at half the width"),
        KnownAnswer(3.0, (1.0, 2.0, 3.0, 0.5), 1.5 * (1 / 5 + 1 / 16), "1/(1 + 4) and 2^-4"),
    ),
    draw=_draw,
    sources=("definition; areas of its two parts",),
)

PseudoVoigtByArea = Line(
    name="pseudo_voigt_by_area",
    meaning="pseudo-Voigt, Lorentzian and Gaussian of one width mixed by area",
    function=pseudo_voigt_by_area,
    parameters=(
        _CENTER,
        _FWHM,
        LineParameter("area", "x y", 1.0, meaning="integral over all x", linear=True),
        LineParameter("fraction", "1", 0.5, 0.0, 1.0, "Lorentzian share of the area", fixed=True),
    ),
    area=_area_by_area,
    fwhm=_fwhm,
    known=(
        KnownAnswer(1.0, (1.0, 2.0, 3.0, 1.0), 3.0 / PI, "Lorentzian of unit area: 2/(pi fwhm)"),
        KnownAnswer(
            1.0, (1.0, 2.0, 3.0, 0.0), 3.0 * float(np.sqrt(LN2 / PI)), "Gaussian of unit area"
        ),
    ),
    draw=_draw,
    sources=("definition, as lmfit's PseudoVoigtModel with sigma = fwhm/2",),
)
