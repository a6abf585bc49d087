"""The absorbance at one wavenumber against temperature, as such; it is not a population by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.edges import Edges, edge_line, edge_points, point_errors, window_points

__all__ = ["Trace", "trace_above_line", "trace_of"]


@dataclass(frozen=True, eq=False)
class Trace:
    """Absorbance of every spectrum at one point of the axis.

    Parameters
    ----------
    wavenumber : float
        Of the point that is read, cm-1: the nearest one, nothing is interpolated.
    asked : float
        Wavenumber that was asked for, cm-1.
    value, sigma : ndarray, shape (N,)
        Absorbance and its noise error.
    ground : str
        What was taken off: ``"nothing (raw)"``, ``"line from ... to ... cm-1"`` or as given.
    """

    wavenumber: float
    asked: float
    value: FloatArray
    sigma: FloatArray
    ground: str


def trace_of(
    x: FloatArray,
    Y: FloatArray,
    sigma: float | FloatArray,
    at: float,
    *,
    baseline: FloatArray | None = None,
    ground: str = "",
) -> Trace:
    """Return the absorbance at one wavenumber, raw or above baselines already computed.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending.
    Y : ndarray, shape (N, n)
        Absorbance.
    sigma : float or ndarray, shape (N,)
        White-noise standard deviation, absorbance. The noise of a given baseline is not in the
        error: its choice is part of the baseline spread.
    at : float
        Wavenumber, cm-1.
    baseline : ndarray, shape (N, n), optional
        Absorbance; nothing is taken off where it is left out.
    ground : str, optional
        Name of the baseline, for the report.

    Returns
    -------
    Trace

    Raises
    ------
    SettingsError
        When the wavenumber lies outside the data, or the point is masked.
    """
    place = _nearest(x, at)
    value = np.atleast_2d(Y)[:, place]
    if baseline is not None:
        value = value - np.atleast_2d(baseline)[:, place]
    said = ground or ("nothing (raw)" if baseline is None else "a given baseline")
    return _trace(x, place, at, value, point_errors(sigma, 1.0), said)


def trace_above_line(
    x: FloatArray,
    Y: FloatArray,
    sigma: float | FloatArray,
    at: float,
    low: float,
    high: float,
    n: int = 4,
    edges: Edges = "inside",
    effective_share: float | FloatArray = 1.0,
) -> Trace:
    """Return the absorbance at one wavenumber above the line through a window's edges.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending.
    Y : ndarray, shape (N, n)
        Absorbance.
    sigma : float or ndarray, shape (N,)
        White-noise standard deviation, absorbance.
    at : float
        Wavenumber, cm-1.
    low, high : float
        Ends of the window, cm-1.
    n : int, optional
        Edge points at each end.
    edges : str, optional
        ``"inside"`` or ``"outside"``.
    effective_share : float or ndarray, optional
        Effective over actual number of points; for the line only, the point itself has its own
        noise.

    Returns
    -------
    Trace

    Raises
    ------
    SettingsError
        When the window does not fit the data, the wavenumber is outside it, or a point is masked.
    """
    inside = window_points(x, low, high)
    place = _nearest(x[inside], at) + int(inside[0])
    used = edge_points(x, inside, n, edges)
    line = edge_line(x, used, x[[place]])[0]
    value = np.atleast_2d(Y)[:, place] - np.atleast_2d(Y)[:, used] @ line[used]
    level, wide = point_errors(sigma, 1.0), point_errors(sigma, effective_share)
    # a point that the line goes through counts once, with what is left of it
    own = (1.0 - line[place]) ** 2
    errors = np.sqrt(level**2 * own + wide**2 * (line @ line - line[place] ** 2))
    said = f"line from {x[used[0]]:g} to {x[used[-1]]:g} cm-1, {n} points at each end ({edges})"
    return _trace(x, place, at, value, errors, said)


def _trace(
    x: FloatArray, place: int, at: float, value: FloatArray, errors: FloatArray, ground: str
) -> Trace:
    if not np.isfinite(value).all():
        raise SettingsError(
            f"the point at {x[place]:g} cm-1 is not finite in every spectrum",
            do="it is masked (saturated, padded): choose another wavenumber",
        )
    sigma = np.array(np.broadcast_to(errors, value.shape))
    return Trace(float(x[place]), float(at), np.array(value), sigma, ground)


def _nearest(x: FloatArray, at: float) -> int:
    if not x[0] <= at <= x[-1]:
        raise SettingsError(
            f"{at:g} cm-1 lies outside the data or the window",
            do=f"give a wavenumber from {x[0]:g} to {x[-1]:g} cm-1",
        )
    return int(np.argmin(np.abs(x - at)))
