"""Rising steps: arctangent and error function."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.lines.elementary import PI, SQRT_PI, arctan, erf, exp
from spectrafit.lines.line import KnownAnswer, Line, LineParameter

__all__ = ["ArctanStep", "ErfStep", "arctan_step", "erf_step"]


def arctan_step(x: Any, center: Any, width: Any, height: Any) -> tuple[Any, ...]:
    """Return ``height (1/2 + arctan((x - center)/width)/pi)`` and its derivatives.

    Parameters
    ----------
    x : ndarray
        Points.
    center, width : float
        In units of x; width is the half width at half maximum of the step's derivative.
    height : float
        In units of y.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dwidth, d/dheight.
    """
    t = (x - center) / width
    shape = 0.5 + arctan(t) / PI
    by_center = -height / (PI * width * (1.0 + t * t))
    return height * shape, by_center, by_center * t, shape


def erf_step(x: Any, center: Any, width: Any, height: Any) -> tuple[Any, ...]:
    """Return ``height/2 (1 + erf((x - center)/width))`` and its derivatives.

    Parameters
    ----------
    x : ndarray
        Points.
    center, width : float
        In units of x; the step's derivative is a Gaussian of standard deviation width/sqrt(2).
    height : float
        In units of y.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dwidth, d/dheight.
    """
    t = (x - center) / width
    shape = 0.5 * (1.0 + erf(t))
    by_center = -height / (SQRT_PI * width) * exp(-(t * t))
    return height * shape, by_center, by_center * t, shape


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return float(rng.uniform(-3, 3)), float(rng.uniform(0.3, 3)), float(rng.uniform(0.1, 5))


_CENTER = LineParameter("center", "x", 0.0, meaning="where half the height is reached")
_HEIGHT = LineParameter("height", "y", 1.0, meaning="value far above the step", linear=True)

ArctanStep = Line(
    name="arctan_step",
    meaning="arctangent step, height (1/2 + arctan((x - center)/width)/pi)",
    function=arctan_step,
    parameters=(
        _CENTER,
        LineParameter(
            "width", "x", 1.0, 0.0, np.inf, "half width at half maximum of the derivative"
        ),
        _HEIGHT,
    ),
    known=(
        KnownAnswer(1.0, (1.0, 2.0, 3.0), 1.5, "half the height at the centre"),
        KnownAnswer(3.0, (1.0, 2.0, 3.0), 2.25, "arctan 1 = pi/4"),
    ),
    draw=_draw,
    sources=("integral of a Lorentzian of FWHM 2 width",),
)

ErfStep = Line(
    name="erf_step",
    meaning="error-function step, height/2 (1 + erf((x - center)/width))",
    function=erf_step,
    parameters=(
        _CENTER,
        LineParameter("width", "x", 1.0, 0.0, np.inf, "sqrt(2) standard deviations"),
        _HEIGHT,
    ),
    known=(
        KnownAnswer(1.0, (1.0, 2.0, 3.0), 1.5, "half the height at the centre"),
        KnownAnswer(3.0, (1.0, 2.0, 3.0), 1.5 * 1.8427007929497149, "erf 1, DLMF 7.23"),
    ),
    draw=_draw,
    sources=("integral of a Gaussian of standard deviation width/sqrt(2)",),
)
