"""Series of one band that moves and of two species, for the tests of how many there are."""

from __future__ import annotations

import numpy as np

from spectrafit.spectrum import FloatArray

NOISE = 5e-4
ROWS = 30
T: FloatArray = np.linspace(105.0, 295.0, ROWS)
NARROW: FloatArray = np.arange(1440.0, 1530.0)
WIDE: FloatArray = np.arange(1420.0, 1620.0)


def band(x: FloatArray, center: float, fwhm: float, height: float) -> FloatArray:
    """Return a Lorentzian."""
    return np.asarray(height / (1.0 + ((x - center) / (fwhm / 2.0)) ** 2))


def noisy(Y: FloatArray, seed: int) -> FloatArray:
    """Return rows with white noise."""
    return np.asarray(Y + np.random.default_rng(seed).normal(0.0, NOISE, Y.shape))


def one_species(shift: float = 0.0, broadening: float = 0.0) -> FloatArray:
    """Return rows of a band at 1485 that moves and broadens linearly over the series."""
    return np.array(
        [
            band(NARROW, 1485.0 + shift * f, 15.0 * (1.0 + broadening * f), 0.1)
            for f in np.linspace(0.0, 1.0, ROWS)
        ]
    )


def end_members(apart: float) -> tuple[FloatArray, FloatArray]:
    """Return the spectra of two species whose bands are so far apart."""
    return band(WIDE, 1485.0, 14.0, 0.3), band(WIDE, 1485.0 + apart, 14.0, 0.25)


def two_species(apart: float = 30.0, last: float = 0.9) -> FloatArray:
    """Return rows in which the second species grows from nothing to a share."""
    one, other = end_members(apart)
    f = np.linspace(0.0, last, ROWS)
    return np.outer(1.0 - f, one) + np.outer(f, other)


def crossing(apart: float) -> float:
    """Return where the end members cross between their bands."""
    one, other = end_members(apart)
    second = 1485.0 + apart
    inside = (WIDE > 1485.0) & (second > WIDE)
    return float(np.interp(0.0, (other - one)[inside], WIDE[inside]))
