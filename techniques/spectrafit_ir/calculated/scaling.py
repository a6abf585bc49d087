"""The factor between calculated harmonic and measured wavenumbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError

__all__ = ["ScaleFactor", "fitted_factor"]


@dataclass(frozen=True)
class ScaleFactor:
    """A factor on calculated wavenumbers, the same for all states that one method calculated.

    Parameters
    ----------
    value : float
        The factor.
    sigma : float or None
        Standard uncertainty; None with `sigma_reason`.
    sigma_reason : str
        Why there is none.
    rms : float or None
        Root mean square of measured minus scaled wavenumbers, cm-1; None where it was not fitted.
    bands : int
        Assigned bands that it comes from; 0 where it was given.
    """

    value: float
    sigma: float | None
    sigma_reason: str = ""
    rms: float | None = None
    bands: int = 0


def fitted_factor(calculated: ArrayLike, measured: ArrayLike) -> ScaleFactor:
    """Return the factor of least squares on assigned bands.

    ``factor = sum nu_c nu_e / sum nu_c^2`` (A. P. Scott and L. Radom, J. Phys. Chem. 100, 16502
    (1996)), its standard uncertainty from the scatter, ``rms' / sqrt(sum nu_c^2)`` with the scatter
    taken over k - 1.

    Parameters
    ----------
    calculated, measured : array_like, shape (k,)
        Wavenumbers of the same modes, cm-1.

    Returns
    -------
    ScaleFactor

    Raises
    ------
    SettingsError
        When nothing is assigned, or a wavenumber is not above zero.
    """
    c, e = np.asarray(calculated, dtype=float), np.asarray(measured, dtype=float)
    if c.shape != e.shape or not c.size or not ((c > 0).all() and (e > 0).all()):
        raise SettingsError(
            "a scale factor needs one calculated and one measured wavenumber for each assigned band",
            where="scale factor",
        )
    square = float(c @ c)
    value = float(c @ e) / square
    rest = e - value * c
    rms = float(np.sqrt(np.mean(rest**2)))
    if c.size < 2:
        return ScaleFactor(value, None, "one assigned band: no scatter", rms, 1)
    sigma = math.sqrt(float(rest @ rest) / (c.size - 1) / square)
    return ScaleFactor(value, sigma, "", rms, int(c.size))
