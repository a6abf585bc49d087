"""Position of the largest value and centroid of a window: descriptions, not positions of bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.edges import (
    Edges,
    edge_line,
    edge_points,
    point_errors,
    window_points,
)

__all__ = ["WindowDescriptors", "window_descriptors"]

# of its error: an area below has no centroid
_LEAST_AREA = 3.0


@dataclass(frozen=True, eq=False)
class WindowDescriptors:
    """Where a window's absorbance lies, without a model.

    Parameters
    ----------
    argmax_raw, argmax : ndarray, shape (N,)
        Point of the largest raw value, and of the largest above the edge line, cm-1. Of overlapping
        bands it jumps or slides where no band moves.
    step : float
        Distance of neighbouring points, cm-1: the argmax is not known better than half of it.
    centroid, centroid_sigma : ndarray, shape (N,)
        First moment above the edge line over its area, and its noise error, cm-1; not a number
        with a reason.
    reasons : tuple of str, length N
        Why there is no centroid, empty where there is one.
    """

    argmax_raw: FloatArray
    argmax: FloatArray
    step: float
    centroid: FloatArray
    centroid_sigma: FloatArray
    reasons: tuple[str, ...]


def window_descriptors(
    x: FloatArray,
    Y: FloatArray,
    sigma: float | FloatArray,
    low: float,
    high: float,
    n: int = 4,
    edges: Edges = "inside",
    effective_share: float | FloatArray = 1.0,
) -> WindowDescriptors:
    """Return the largest points and the centroids of a window above the line through its edges.

    Area and first moment are sums with weights, so the error of their quotient is that of a sum
    with weights to first order.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending.
    Y : ndarray, shape (N, n)
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
        Effective over actual number of points.

    Returns
    -------
    WindowDescriptors

    Raises
    ------
    SettingsError
        When the window does not fit the data.
    """
    spectra = np.atleast_2d(np.asarray(Y, dtype=float))
    inside = window_points(x, low, high)
    line = edge_line(x, edge_points(x, inside, n, edges), x[inside])
    within, middle = x[inside], float(x[inside].mean())
    raw, corrected = spectra[:, inside], spectra[:, inside] - spectra @ line.T
    width = np.zeros(within.size)
    width[:-1] += 0.5 * np.diff(within)
    width[1:] += 0.5 * np.diff(within)
    # weights of area and first moment on the raw points
    both = np.zeros((2, x.size))
    both[:, inside] = np.stack([width, width * (within - middle)])
    both -= both[:, inside] @ line
    area, moment = both @ spectra.T
    level = np.broadcast_to(point_errors(sigma, effective_share), area.shape)
    known = area > _LEAST_AREA * level * np.linalg.norm(both[0])
    offset = np.divide(moment, area, out=np.full_like(area, np.nan), where=known)
    square = both @ both.T
    variance = square[1, 1] - 2.0 * offset * square[0, 1] + offset**2 * square[0, 0]
    return WindowDescriptors(
        argmax_raw=within[np.argmax(raw, axis=1)],
        argmax=within[np.argmax(corrected, axis=1)],
        step=float(np.median(np.diff(within))),
        centroid=middle + offset,
        centroid_sigma=level * np.sqrt(variance) / np.where(known, area, np.nan),
        reasons=tuple("" if ok else "the area is within three errors of zero" for ok in known),
    )
