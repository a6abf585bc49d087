"""The plateau of p(T) over a declared window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit_pyro.coefficient import Coefficient

__all__ = ["Plateau", "plateau"]

_FEWEST = 4


@dataclass(frozen=True)
class Plateau:
    """How flat p is over a window.

    Parameters
    ----------
    low, high : float
        Window, K.
    mean : float
        nC cm-2 K-1, every point alike.
    mean_sigma : float
        Standard error from noise, nC cm-2 K-1; the area of the electrode comes on top.
    minimum, maximum : float
        nC cm-2 K-1, of the points.
    minimum_at, maximum_at : float
        K.
    slope : float
        Of the straight line of least squares, nC cm-2 K-2.
    slope_sigma : float
        Standard error, nC cm-2 K-2: from noise, widened where the points scatter about the line
        by more than noise.
    flatness : float or None
        Maximum over minimum; None where p changes sign.
    chi2_reduced : float or None
        Of the line under noise: far above 1, the plateau is curved. None without noise.
    """

    low: float
    high: float
    mean: float
    mean_sigma: float
    minimum: float
    maximum: float
    minimum_at: float
    maximum_at: float
    slope: float
    slope_sigma: float
    flatness: float | None
    chi2_reduced: float | None


def plateau(found: Coefficient, low: float, high: float) -> Plateau:
    """Return mean, extremes and slope of p over a window.

    Parameters
    ----------
    found : Coefficient
        Of a branch, or antisymmetrised.
    low, high : float
        Window, K.

    Returns
    -------
    Plateau

    Raises
    ------
    SettingsError
        When fewer than four points lie in the window.
    """
    rows = np.flatnonzero((found.temperature >= low) & (found.temperature <= high))
    if rows.size < _FEWEST:
        raise SettingsError(
            f"{rows.size} points between {low:g} and {high:g} K",
            where="plateau",
            do=f"give a window with {_FEWEST} points or more",
        )
    T, p = found.temperature[rows], found.p[rows]
    noise = found.covariance[np.ix_(rows, rows)]
    centred = T - T.mean()
    by_slope = centred / (centred @ centred)
    slope = float(by_slope @ p)
    rest = p - p.mean() - slope * centred
    sigma = found.sigma[rows]
    chi2 = float(((rest / sigma) ** 2).sum() / (rows.size - 2)) if (sigma > 0).all() else None
    scatter = float(rest @ rest) / (rows.size - 2) / float(centred @ centred)
    least, largest = int(np.argmin(p)), int(np.argmax(p))
    return Plateau(
        float(T[0]),
        float(T[-1]),
        float(p.mean()),
        float(np.sqrt(noise.sum())) / rows.size,
        float(p[least]),
        float(p[largest]),
        float(T[least]),
        float(T[largest]),
        slope,
        float(np.sqrt(max(by_slope @ noise @ by_slope, scatter))),
        float(p[largest] / p[least]) if p[least] * p[largest] > 0.0 else None,
        chi2,
    )
