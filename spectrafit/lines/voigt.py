"""Voigt by area: a Gaussian convolved with a Lorentzian, each with its own width."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit.errors import FitError
from spectrafit.lines.elementary import LN2, PI, sqrt, wofz
from spectrafit.lines.line import KnownAnswer, Line, LineParameter

__all__ = ["Voigt", "voigt"]

_SIGMA = 1.0 / float(2.0 * np.sqrt(2.0 * LN2))
_FAR = 17.0
_TERMS = 12


def voigt(x: Any, center: Any, fwhm_gauss: Any, fwhm_lorentz: Any, area: Any) -> tuple[Any, ...]:
    """Return the convolution of a Gaussian and a Lorentzian of total area `area`, and its derivatives.

    Far from the centre (in Gaussian widths) an asymptotic series replaces the Faddeeva function,
    whose derivatives lose their digits there; a Gaussian width of 0 is then a Lorentzian exactly.

    Parameters
    ----------
    x : ndarray
        Points.
    center, fwhm_gauss, fwhm_lorentz : float
        In units of x.
    area : float
        Integral over all x, in units of x times y.

    Returns
    -------
    tuple of ndarray
        Value, then d/dcenter, d/dfwhm_gauss, d/dfwhm_lorentz, d/darea.
    """
    sigma = fwhm_gauss * _SIGMA
    u = x - center
    half = 0.5 * fwhm_lorentz
    above, slope, bend = _profile(u + 1j * half, sigma)
    if any(np.iscomplexobj(part) for part in (u, half, sigma)):
        # the real part as a holomorphic function: the mean of the values at u and at -u
        mirror, mirror_slope, mirror_bend = _profile(-u + 1j * half, sigma)
        shape = 0.5 * (above + mirror)
        by_u = 0.5 * (slope - mirror_slope)
        by_half = 0.5j * (slope + mirror_slope)
        by_sigma = 0.5 * sigma * (bend + mirror_bend)
    else:
        shape, by_u, by_half, by_sigma = above.real, slope.real, -slope.imag, sigma * bend.real
    return (
        area * shape,
        -area * by_u,
        area * by_sigma * _SIGMA,
        0.5 * area * by_half,
        shape,
    )


def _profile(s: Any, sigma: Any) -> tuple[Any, Any, Any]:
    """Return the complex profile of unit area at ``s = u + i gamma`` and two derivatives by s."""
    s, sigma = np.broadcast_arrays(s, sigma)
    far = np.abs(s) > _FAR * np.abs(sigma)
    value = np.empty(s.shape, dtype=complex)
    slope = np.empty_like(value)
    bend = np.empty_like(value)
    value[far], slope[far], bend[far] = _far_profile(s[far], sigma[far])
    near = ~far
    value[near], slope[near], bend[near] = _near_profile(s[near], sigma[near])
    return value, slope, bend


def _near_profile(s: Any, sigma: Any) -> tuple[Any, Any, Any]:
    scale = sigma * np.sqrt(2.0)
    z = s / scale
    w = wofz(z)
    w1 = 2.0j / np.sqrt(PI) - 2.0 * z * w
    w2 = -2.0 * (w + z * w1)
    top = 1.0 / (scale * np.sqrt(PI))
    return top * w, top * w1 / scale, top * w2 / (scale * scale)


def _far_profile(s: Any, sigma: Any) -> tuple[Any, Any, Any]:
    inverse = 1.0 / s
    ratio = (sigma * inverse) ** 2
    term = 1j / PI * inverse
    value = np.zeros_like(term)
    slope = np.zeros_like(term)
    bend = np.zeros_like(term)
    for k in range(_TERMS):
        order = 2 * k + 1
        value += term
        slope -= order * term * inverse
        bend += order * (order + 1) * term * inverse * inverse
        term = term * ratio * order
    return value, slope, bend


def _area(center: float, fwhm_gauss: float, fwhm_lorentz: float, area: float) -> float:
    return area


def _fwhm(center: float, fwhm_gauss: float, fwhm_lorentz: float, area: float) -> float:
    """Full width at half maximum by root finding, bracketed by the Olivero-Longbothum formula."""
    from scipy.optimize import brentq

    if min(fwhm_gauss, fwhm_lorentz) < 0 or max(fwhm_gauss, fwhm_lorentz) == 0:
        raise FitError(
            "a Voigt line needs widths that are not negative, one of them positive",
            do="bound both widths at 0",
        )
    guess = 0.5346 * fwhm_lorentz + np.sqrt(0.2166 * fwhm_lorentz**2 + fwhm_gauss**2)
    peak = float(voigt(np.zeros(1), 0.0, fwhm_gauss, fwhm_lorentz, 1.0)[0][0])

    def excess(half: float) -> float:
        value = voigt(np.array([half]), 0.0, fwhm_gauss, fwhm_lorentz, 1.0)[0][0]
        return float(value) / peak - 0.5

    return 2.0 * float(brentq(excess, 0.49 * guess, 0.51 * guess, xtol=1e-15 * guess, rtol=1e-14))


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return (
        float(rng.uniform(-3, 3)),
        float(rng.uniform(0.2, 2)),
        float(rng.uniform(0.2, 2)),
        float(rng.uniform(0.1, 5)),
    )


Voigt = Line(
    name="voigt",
    meaning="Voigt by area: Gaussian convolved with Lorentzian",
    function=voigt,
    parameters=(
        LineParameter("center", "x", 0.0, meaning="position of the maximum"),
        LineParameter("fwhm_gauss", "x", 1.0, 0.0, np.inf, "full width of the Gaussian part"),
        LineParameter("fwhm_lorentz", "x", 1.0, 0.0, np.inf, "full width of the Lorentzian part"),
        LineParameter("area", "x y", 1.0, meaning="integral over all x", linear=True),
    ),
    area=_area,
    fwhm=_fwhm,
    known=(
        KnownAnswer(1.0, (1.0, 0.0, 2.0, 3.0), 3.0 / PI, "no Gaussian width: Lorentzian"),
        KnownAnswer(
            1.0,
            (1.0, 2.0, 0.0, 3.0),
            3.0 * float(np.sqrt(LN2 / PI)),
            "no Lorentzian width: Gaussian",
        ),
        KnownAnswer(
            0.0,
            (0.0, 2.0 * float(sqrt(LN2)), 2.0, 1.0),
            0.427583576155807 / float(np.sqrt(PI)),
            "w(i) = e erfc(1) = 0.427583576155807, DLMF 7.2",
        ),
    ),
    draw=_draw,
    sources=(
        "Faddeeva function w(z): DLMF chapter 7; w' = 2i/sqrt(pi) - 2 z w; asymptotic series DLMF 7.12",
        "d/dsigma = sigma d2/dx2 (heat equation)",
        "Olivero, Longbothum, J. Quant. Spectrosc. Radiat. Transfer 17, 233 (1977): bracket of the width",
    ),
)
