"""The area of a window above a straight line through its edges, with its exact noise error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.edges import Edges, edge_line, edge_points, point_errors, window_points

__all__ = ["WindowArea", "window_area", "window_weights"]


@dataclass(frozen=True, eq=False)
class WindowArea:
    """Areas of a window, of one spectrum or of a series.

    Parameters
    ----------
    low, high : float
        First and last point of the window, cm-1.
    points : int
        Of the window.
    value, sigma : ndarray, shape () or (N,)
        Area and its noise error, absorbance cm-1.
    weights : ndarray, shape (n,)
        The area is ``weights @ y``.
    """

    low: float
    high: float
    points: int
    value: FloatArray
    sigma: FloatArray
    weights: FloatArray


def window_weights(
    x: FloatArray, low: float, high: float, n: int = 4, edges: Edges = "inside"
) -> FloatArray:
    """Return the weights of the area above the edge line, ``area = weights @ y``.

    The trapezoid over the window's points less that of the least-squares line through n points at
    each end.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending.
    low, high : float
        Ends of the window, cm-1.
    n : int, optional
        Points at each end.
    edges : str, optional
        ``"inside"`` or ``"outside"``.

    Returns
    -------
    ndarray, shape (n,)
        cm-1.

    Raises
    ------
    SettingsError
        When the window or its edges do not fit the data.
    """
    x = np.asarray(x, dtype=float)
    inside = window_points(x, low, high)
    used = edge_points(x, inside, n, edges)
    weights = np.zeros(x.size)
    half = 0.5 * np.diff(x[inside])
    weights[inside[:-1]] += half
    weights[inside[1:]] += half
    line = edge_line(x, used, x[inside])
    return weights - weights[inside] @ line


def window_area(
    x: FloatArray,
    Y: FloatArray,
    sigma: float | FloatArray,
    low: float,
    high: float,
    n: int = 4,
    edges: Edges = "inside",
    effective_share: float | FloatArray = 1.0,
) -> WindowArea:
    """Return the areas of a window above the line through its edges.

    ``sigma_A = sigma_y sqrt(sum w^2)``, exact for white noise.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending.
    Y : ndarray, shape (n,) or (N, n)
        Absorbance.
    sigma : float or ndarray, shape (N,)
        White-noise standard deviation, absorbance.
    low, high : float
        Ends of the window, cm-1.
    n : int, optional
        Edge points at each end.
    edges : str, optional
        ``"inside"`` or ``"outside"``.
    effective_share : float or ndarray, optional
        Effective over actual number of points, see `point_errors`.

    Returns
    -------
    WindowArea

    Raises
    ------
    SettingsError
        When the window does not fit the data, or a point of it is not finite.
    """
    weights = window_weights(x, low, high, n, edges)
    used = np.flatnonzero(weights)
    spectra = np.asarray(Y, dtype=float)
    if not np.isfinite(spectra[..., used]).all():
        raise SettingsError(
            f"a point from {low:g} to {high:g} cm-1 is not finite",
            do="it is masked (saturated, padded): choose another window",
        )
    value = np.asarray(spectra[..., used] @ weights[used])
    errors = point_errors(sigma, effective_share) * math.sqrt(float(weights @ weights))
    inside = window_points(x, low, high)
    return WindowArea(
        low=float(x[inside[0]]),
        high=float(x[inside[-1]]),
        points=int(inside.size),
        value=value,
        sigma=np.array(np.broadcast_to(errors, value.shape)),
        weights=weights,
    )
