"""The least-squares minimum of some pseudo-Voigts on a parabola, and its covariance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.lines.pseudo_voigt import pseudo_voigt_by_height
from spectrafit.spectrum import FloatArray

__all__ = ["Minimum", "minimum_of"]

BoolArray = NDArray[np.bool_]

# of chi2: a smaller gain ends the steps
_TOLERANCE, _MOST_CALLS = 1e-6, 60
_DAMPING = 1e-3
# of the distance between its bounds: nearer to one is on it
_ON = 1e-4
# smallest eigenvalue of the scaled normal matrix from which its inverse is one
_SINGULAR = 1e-10


@dataclass(frozen=True, eq=False)
class Minimum:
    """Where some bands fit best.

    Parameters
    ----------
    values : ndarray, shape (k, 4)
        Position, FWHM, height, mixing of each.
    errors : ndarray, shape (k, 4)
        By the noise; 0 for what is held, infinite for what the data do not tell.
    free, at_bound : ndarray of bool, shape (k, 4)
        What was fitted, and what of it ended at a bound and is held there.
    covariance : ndarray, shape (4 k, 4 k)
        Of `values`, by the noise.
    ground : ndarray, shape (3,)
        The parabola, in units of the window from -1 to 1.
    ends : tuple of float
        Ends of the window, cm-1.
    reduced_chi2 : float
        Of the fit.
    """

    values: FloatArray
    errors: FloatArray
    free: BoolArray
    at_bound: BoolArray
    covariance: FloatArray
    ground: FloatArray
    ends: tuple[float, float]
    reduced_chi2: float

    def covariance_of(self, band: int) -> FloatArray:
        """Return the covariance of the values of one band.

        Parameters
        ----------
        band : int
            Its place.

        Returns
        -------
        ndarray, shape (4, 4)
        """
        own = slice(4 * band, 4 * band + 4)
        return self.covariance[own, own]

    def curve(self, x: FloatArray) -> FloatArray:
        """Return bands and parabola.

        Parameters
        ----------
        x : ndarray, shape (n,)
            Wavenumber, cm-1.

        Returns
        -------
        ndarray, shape (n,)
        """
        bands, *_ = pseudo_voigt_by_height(x, *self.values.T[:, :, None])
        return np.asarray(bands.sum(axis=0) + _parabola(x, self.ends) @ self.ground)


def _parabola(x: FloatArray, ends: tuple[float, float]) -> FloatArray:
    u = (2.0 * x - ends[0] - ends[1]) / (ends[1] - ends[0])
    return np.stack([np.ones_like(u), u, u * u], axis=1)


def minimum_of(
    x: FloatArray,
    y: FloatArray,
    sigma: FloatArray,
    start: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
    mixing_free: BoolArray,
) -> Minimum:
    """Return where bands on a parabola fit best, the parabola solved for in every step.

    Parameters
    ----------
    x, y, sigma : ndarray, shape (n,)
        Wavenumber, cm-1; absorbance; its white-noise standard deviation.
    start : ndarray, shape (k, 4)
        Position, FWHM, height, mixing of each band.
    bounds : tuple of ndarray, shape (k, 4)
        Least and largest.
    mixing_free : ndarray of bool, shape (k,)
        Which mixings are fitted.

    Returns
    -------
    Minimum
    """
    free = np.ones(start.shape, dtype=bool)
    free[:, 3] = mixing_free
    low, high = bounds[0][free], bounds[1][free]
    ends = float(x[0]), float(x[-1])
    columns = _parabola(x, ends) / sigma[:, None]
    ground = np.linalg.qr(columns)[0]

    def off(values: FloatArray) -> FloatArray:
        return np.asarray(values - ground @ (ground.T @ values))

    def parts(q: FloatArray) -> tuple[FloatArray, FloatArray]:
        values = start.copy()
        values[free] = q
        curve, *slopes = pseudo_voigt_by_height(x, *values.T[:, :, None])
        slope = np.stack(slopes, axis=1)[free] / sigma
        return (curve.sum(axis=0) - y) / sigma, np.asarray(slope.T)

    def point(q: FloatArray) -> tuple[FloatArray, FloatArray]:
        left, slope = parts(q)
        return off(left), off(slope)

    q, left, jacobian = _projected_steps(point, start[free], low, high)
    values = start.copy()
    values[free] = q
    on = np.zeros_like(free)
    on[free] = np.minimum(q - low, high - q) <= _ON * (high - low)
    covariance = _covariance(jacobian, free, on)
    freedom = max(1, x.size - int((free & ~on).sum()) - 3)
    return Minimum(
        values=values,
        errors=np.sqrt(np.maximum(np.diag(covariance), 0.0)).reshape(-1, 4),
        free=free,
        at_bound=on,
        covariance=covariance,
        ground=np.asarray(-np.linalg.lstsq(columns, parts(q)[0], rcond=None)[0], dtype=float),
        ends=ends,
        reduced_chi2=float(left @ left) / freedom,
    )


def _projected_steps(
    point: Callable[[FloatArray], tuple[FloatArray, FloatArray]],
    q: FloatArray,
    low: FloatArray,
    high: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the minimum inside bounds, its residuals and their slopes.

    Levenberg-Marquardt steps cut off at the bounds; what is at a bound and pulls outward is held.
    """
    left, slope = point(q)
    chi2, damping = float(left @ left), _DAMPING
    for _ in range(_MOST_CALLS):
        pull = slope.T @ left
        free = ~(((q <= low) & (pull > 0.0)) | ((q >= high) & (pull < 0.0)))
        normal = slope[:, free].T @ slope[:, free]
        scale = np.diag(normal).copy()
        scale[scale <= 0.0] = 1.0
        step = np.zeros(q.size)
        step[free] = -np.linalg.solve(normal + np.diag(damping * scale), pull[free])
        tried = np.clip(q + step, low, high)
        other, other_slope = point(tried)
        now = float(other @ other)
        if now < chi2:
            small = chi2 - now <= _TOLERANCE * chi2
            q, left, slope, chi2 = tried, other, other_slope, now
            damping = max(damping / 5.0, 1e-9)
            if small:
                break
        else:
            damping *= 4.0
            if damping > 1e6:
                break
    return q, left, slope


def _covariance(jacobian: FloatArray, free: BoolArray, on: BoolArray) -> FloatArray:
    """Return the covariance of all values; infinite variances where the data do not tell."""
    inside = ~on[free]
    place = np.flatnonzero(free.ravel())[inside]
    used = jacobian[:, inside]
    length = np.sqrt((used**2).sum(axis=0))
    told = length > 0.0
    length = np.where(told, length, 1.0)
    size, axes = np.linalg.eigh((used / length).T @ (used / length))
    inverse = (axes / np.maximum(size, _SINGULAR)) @ axes.T
    # what a direction without curvature moves has no error
    lost = ~told | ((axes[:, size <= _SINGULAR] ** 2).sum(axis=1) > 1e-2)
    covariance = np.zeros((free.size, free.size))
    covariance[np.ix_(place, place)] = inverse / np.outer(length, length)
    covariance[place[lost], place[lost]] = np.inf
    return covariance
