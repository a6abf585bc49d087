"""Points of a window, and the straight line through its edges."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["Edges", "edge_line", "edge_points", "point_errors", "window_points"]

Edges = Literal["inside", "outside"]
# of the usual step: a wider one is a hole that a mask left
_HOLE = 3.0


def window_points(x: FloatArray, low: float, high: float) -> NDArray[np.intp]:
    """Return the indices of the points of a window, both ends included.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending.
    low, high : float
        Ends of the window, cm-1.

    Returns
    -------
    ndarray of int

    Raises
    ------
    SettingsError
        When the window is not inside the data or has a hole.
    """
    if not low < high:
        raise SettingsError(
            f"a window from {low:g} to {high:g} cm-1", do="give the lower end first"
        )
    step = float(np.median(np.diff(x))) if x.size > 1 else 0.0
    if x.size < 2 or low < x[0] - step or high > x[-1] + step:
        data = f"{x[0]:g} to {x[-1]:g} cm-1" if x.size else "no point"
        raise SettingsError(
            f"the window {low:g} to {high:g} cm-1 lies outside the data",
            do=f"the data run from {data}" if x.size else "there is no point",
        )
    inside = np.flatnonzero((x >= low) & (x <= high))
    if inside.size < 2:
        raise SettingsError(
            f"{inside.size} points from {low:g} to {high:g} cm-1", do="give a wider window"
        )
    gap = float(np.diff(x[inside]).max())
    if gap > _HOLE * step:
        at = float(x[inside][np.argmax(np.diff(x[inside]))])
        raise SettingsError(
            f"the window {low:g} to {high:g} cm-1 has a hole of {gap:g} cm-1 above {at:g} cm-1",
            do="points are masked there (saturated, padded): choose another window",
        )
    return inside


def edge_points(x: FloatArray, inside: NDArray[np.intp], n: int, edges: Edges) -> NDArray[np.intp]:
    """Return the indices of the points that the baseline goes through.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1.
    inside : ndarray of int
        From `window_points`.
    n : int
        Points at each end.
    edges : str
        ``"inside"``: the first and last of the window; ``"outside"``: the next beyond it.

    Returns
    -------
    ndarray of int, shape (2 n,)

    Raises
    ------
    SettingsError
        When there are not as many points.
    """
    if edges not in ("inside", "outside"):
        raise SettingsError(f"edges are {edges!r}", do='write "inside" or "outside"')
    first, last = int(inside[0]), int(inside[-1]) + 1
    if isinstance(n, bool) or n < 1 or (edges == "inside" and 2 * n > inside.size):
        raise SettingsError(
            f"{n} edge points at each end of a window of {inside.size} points",
            do="give 1 or more, at most half the window",
        )
    if edges == "inside":
        return _both(first, last - n, n)
    if first < n or last + n > x.size:
        raise SettingsError(
            f"the window has fewer than {n} points beyond an end",
            do='take the edges "inside", or a narrower window',
        )
    return _both(first - n, last, n)


def _both(left: int, right: int, n: int) -> NDArray[np.intp]:
    return np.concatenate([np.arange(left, left + n), np.arange(right, right + n)])


def edge_line(x: FloatArray, used: NDArray[np.intp], at: FloatArray) -> FloatArray:
    """Return the weights of the least-squares line through some points.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1.
    used : ndarray of int
        Points the line is fitted to.
    at : ndarray, shape (k,)
        Where it is wanted, cm-1.

    Returns
    -------
    ndarray, shape (k, n)
        The line there is ``weights @ y``.
    """
    middle = float(x[used].mean())
    design = np.stack([np.ones(used.size), x[used] - middle], axis=1)
    weights = np.zeros((np.size(at), x.size))
    weights[:, used] = np.stack([np.ones(np.size(at)), at - middle], axis=1) @ np.linalg.pinv(
        design
    )
    return weights


def point_errors(sigma: float | FloatArray, effective_share: float | FloatArray) -> FloatArray:
    """Return the standard deviation of white noise that weighs as much in sums over many points.

    Of noise whose neighbours resemble each other (smoothed, zero-filled) the part at low frequency
    survives a sum; its level is ``sigma/sqrt(share)``. For sums over few points it is too large.

    Parameters
    ----------
    sigma : float or ndarray, shape (N,)
        Standard deviation of a point, absorbance.
    effective_share : float or ndarray, shape (N,)
        Effective number of points over the number of points, above 0 to 1.

    Returns
    -------
    ndarray, shape () or (N,)

    Raises
    ------
    SettingsError
        When sigma is not positive, or the share not above 0 and at most 1.
    """
    level, share = np.asarray(sigma, dtype=float), np.asarray(effective_share, dtype=float)
    if not (np.isfinite(level) & (level > 0)).all():
        raise SettingsError("the noise is not above zero", do="give sigma in absorbance")
    if not ((share > 0) & (share <= 1)).all():
        raise SettingsError("the effective share of points is not above 0 and at most 1")
    return np.asarray(level / np.sqrt(share))
