"""First heights of the bands of a whole spectrum: one linear fit with a smooth ground."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.cluster_fit import BandStart
from spectrafit_ir.bands.places import BandPlace

__all__ = ["first_bands", "smooth_ground"]

# knots of the ground's cubic spline, in widths of the widest band
_KNOTS = 2.0


def first_bands(
    x: FloatArray, y: FloatArray, sigma: FloatArray, places: Sequence[BandPlace], widest: float
) -> list[BandStart]:
    """Return the bands with heights of their sign by linear least squares, on a smooth ground.

    The ground is a cubic spline with a knot every two widths of the widest band. A place whose
    height would have the other sign is no band: what lies beside it was.

    Parameters
    ----------
    x, y, sigma : ndarray, shape (n,)
        Wavenumber, cm-1; absorbance; white-noise standard deviation of each point.
    places : sequence of BandPlace
        Where bands may be.
    widest : float
        Largest FWHM of a band, cm-1.

    Returns
    -------
    list of BandStart
        By position.
    """
    from scipy.optimize import nnls

    if not places:
        return []
    starts = [
        BandStart(float(x[one.index]), one.fwhm, float(one.sign))
        for one in sorted(places, key=lambda one: one.index)
    ]
    ground = np.linalg.qr(smooth_ground(x, widest) / sigma[:, None])[0]
    shapes = np.stack([one.curve(x) for one in starts], axis=1) / sigma[:, None]
    target = y / sigma
    shapes -= ground @ (ground.T @ shapes)
    target = target - ground @ (ground.T @ target)
    triangle: FloatArray = np.asarray(np.linalg.qr(np.column_stack([shapes, target]), mode="r"))
    heights, _ = nnls(triangle[:, :-1], triangle[:, -1])
    return [
        BandStart(one.position, one.fwhm, float(height) * one.height)
        for one, height in zip(starts, heights, strict=True)
        if height > 0.0
    ]


def smooth_ground(x: FloatArray, widest: float) -> FloatArray:
    """Return the cubic splines that a smooth ground is made of.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1.
    widest : float
        Largest FWHM of a band, cm-1: a knot every two of these.

    Returns
    -------
    ndarray, shape (n, k)
    """
    from scipy.interpolate import BSpline

    parts = max(1, round(float(x[-1] - x[0]) / (_KNOTS * widest)))
    inner = np.linspace(x[0], x[-1], parts + 1)
    knots = np.concatenate([[x[0]] * 3, inner, [x[-1]] * 3])
    return np.asarray(BSpline.design_matrix(x, knots, 3).toarray())
