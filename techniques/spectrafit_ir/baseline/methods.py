"""Baselines under a window: straight line, polynomial, rubberband, AsLS, arPLS, SNIP."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.spectrum import FloatArray

__all__ = ["DEFAULTS", "METHODS", "baseline_of", "baselines_of"]

METHODS = ("linear", "polynomial", "rubberband", "asls", "arpls", "snip")

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "linear": {"points": 4},
    "polynomial": {"degree": 2, "anchors": (), "points": 4},
    "rubberband": {},
    "asls": {"lam": 1e6, "p": 1e-3, "max_iter": 200, "tol": 1e-3},
    # weights of arPLS may go to and fro between two states 0.002 apart: that is rest enough
    "arpls": {"lam": 1e5, "max_iter": 200, "tol": 5e-3},
    "snip": {"max_half_window": 40},
}


def baseline_of(x: FloatArray, y: FloatArray, method: str, **options: Any) -> FloatArray:
    """Return the baseline under one spectrum.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending; the window, not more.
    y : ndarray, shape (n,)
        Absorbance.
    method : str
        One of `METHODS`.
    **options
        ``linear``: points (at each end, 4). ``polynomial``: degree (2), anchors (wavenumbers, cm-1),
        points (nearest to each anchor, 4). ``asls``: lam, p, max_iter, tol. ``arpls``: lam,
        max_iter, tol. ``snip``: max_half_window (points). lam counts in points of the grid: the
        same number is a stiffer baseline on a coarser grid.

    Returns
    -------
    ndarray, shape (n,)
        Absorbance.

    Raises
    ------
    SettingsError
        For an unknown method or option, or one that is impossible here.
    FitError
        When the iteration does not settle, or the spectrum is not finite.

    Notes
    -----
    AsLS: Eilers, Boelens, *Baseline correction with asymmetric least squares smoothing*, Leiden
    University Medical Centre report, 2005. arPLS: Baek et al., *Analyst* 140 (2015) 250. SNIP:
    Ryan et al., *Nucl. Instrum. Methods B* 34 (1988) 396. These and the rubberband are computed by
    pybaselines (Erb, doi 10.5281/zenodo.5608581).
    """
    found: FloatArray = baselines_of(x, np.asarray(y, dtype=float)[None, :], method, **options)[0]
    return found


def baselines_of(x: FloatArray, Y: FloatArray, method: str, **options: Any) -> FloatArray:
    """Return the baselines under the spectra of a series, all by the same settings.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending.
    Y : ndarray, shape (N, n)
        Absorbance, a row a spectrum.
    method : str
        One of `METHODS`.
    **options
        As of `baseline_of`.

    Returns
    -------
    ndarray, shape (N, n)
        Absorbance.

    Raises
    ------
    SettingsError, FitError
        As of `baseline_of`.
    """
    if method not in METHODS:
        raise SettingsError(
            f"no baseline {method!r}", do=nearest(method, METHODS, noun="the baselines")
        )
    unknown = set(options) - set(DEFAULTS[method])
    if unknown:
        raise SettingsError(
            f"the baseline {method} has no option {min(unknown)!r}",
            do=f"it has: {', '.join(DEFAULTS[method]) or 'none'}",
        )
    chosen = {**DEFAULTS[method], **options}
    x, Y = np.asarray(x, dtype=float), np.asarray(Y, dtype=float)
    if Y.ndim != 2 or x.shape != Y.shape[1:]:
        raise SettingsError(f"x has shape {x.shape} and the spectra {Y.shape}")
    if not np.isfinite(Y).all():
        row = int(np.flatnonzero(~np.isfinite(Y).all(axis=1))[0])
        raise FitError(
            f"spectrum {row} has a point that is not finite",
            do="leave masked points out, or choose a window without them",
        )
    if method in ("linear", "polynomial"):
        return Y @ _projection(x, **_anchored(x, method, chosen)).T
    return _iterated(x, Y, method, chosen)


def _anchored(x: FloatArray, method: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the points that the polynomial goes through and its degree."""
    points = _whole(chosen["points"], "points")
    if method == "linear":
        if 2 * points > x.size:
            raise SettingsError(
                f"{points} points at each end of a window of {x.size}",
                do="give fewer points, or a wider window",
            )
        return {"used": np.r_[0:points, x.size - points : x.size], "degree": 1}
    anchors: Sequence[float] = tuple(chosen["anchors"])
    degree = _whole(chosen["degree"], "degree")
    if len(anchors) <= degree:
        raise SettingsError(
            f"{len(anchors)} anchors for a polynomial of degree {degree}",
            do=f"name at least {degree + 1} wavenumbers without a band: anchors = [1210, 1410, 1590]",
        )
    return {"used": _beside(x, anchors, points), "degree": degree}


def _beside(x: FloatArray, anchors: ArrayLike, points: int) -> NDArray[np.intp]:
    """Return the points that are nearest to the anchors, each once."""
    places = np.asarray(anchors, dtype=float)
    outside = (places < x[0]) | (places > x[-1])
    if outside.any():
        raise SettingsError(
            f"the anchor {places[outside][0]:g} cm-1 lies outside the window",
            do=f"the window runs from {x[0]:g} to {x[-1]:g} cm-1",
        )
    nearest_first = np.argsort(np.abs(x[None, :] - places[:, None]), axis=1, kind="stable")
    return np.unique(nearest_first[:, :points])


def _projection(x: FloatArray, used: NDArray[np.intp], degree: int) -> FloatArray:
    """Return the matrix that makes the least-squares polynomial of a spectrum."""
    t = 2.0 * (x - x[0]) / (x[-1] - x[0]) - 1.0
    powers = np.polynomial.legendre.legvander(t, degree)
    matrix = np.zeros((x.size, x.size))
    matrix[:, used] = powers @ np.linalg.pinv(powers[used])
    return matrix


def _iterated(x: FloatArray, Y: FloatArray, method: str, chosen: Mapping[str, Any]) -> FloatArray:
    from pybaselines import Baseline
    from pybaselines.utils import ParameterWarning

    function = getattr(Baseline(x_data=x), method)
    found = np.empty(Y.shape)
    for i, y in enumerate(Y):
        if method == "rubberband":
            found[i] = _rubberband(function, x, y)
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error", ParameterWarning)
            try:
                found[i], told = function(y, **chosen)
            except ParameterWarning as told_why:
                raise FitError(
                    f"the baseline {method} of spectrum {i} is not to be had: {told_why}",
                    do="change lam, or take another baseline",
                ) from None
        last = float(told.get("tol_history", (0.0,))[-1])
        if last > chosen.get("tol", np.inf):
            raise FitError(
                f"the baseline {method} of spectrum {i} does not settle "
                f"(last change {last:.2g} after {chosen['max_iter']} rounds)",
                do="raise max_iter, or change lam",
            )
    return found


def _rubberband(function: Callable[[FloatArray], Any], x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the lower convex hull; of points on one line, where there is no hull, the line."""
    line = np.interp(x, x[[0, -1]], y[[0, -1]])
    if np.abs(y - line).max() <= 1e-12 * np.abs(y).max(initial=1e-300):
        return line
    return np.asarray(function(y)[0], dtype=float)


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or int(value) != value or value < 1:
        raise SettingsError(f"{name} is {value!r}", do="give a whole number from 1")
    return int(value)
