"""Many fits at once in NumPy: minima and the inverses of their normal matrices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.batch_search import BatchSearch
from spectrafit.fit.bins import Bins
from spectrafit.fit.minima import Minima, Settings
from spectrafit.fit.stack import Layout
from spectrafit.spectrum import FloatArray

__all__ = ["batch_inverses", "batch_minima"]


def batch_minima(
    layout: Layout, x: FloatArray, y: FloatArray, w: FloatArray, offset: FloatArray,
    start: FloatArray, low: FloatArray, high: FloatArray, settings: Settings, threads: int = 1,
) -> Minima:  # fmt: skip
    """Return the minima of some spectra.

    Parameters
    ----------
    layout : Layout
        Lines, ties and columns.
    x : ndarray, shape (n,)
        Points.
    y : ndarray, shape (N, n)
        Values less what is fixed.
    w : ndarray, shape (n,) or (N, n)
        Weights.
    offset : ndarray, shape (N, M)
        Constants of the moving components' parameters.
    start : ndarray, shape (N, Q)
        Starts in z.
    low, high : ndarray, shape (Q,)
        Bounds.
    settings : Settings
        Limit, tolerance and damping.
    threads : int, optional
        Not used: numpy alone gains nothing from threads on blocks of this size.

    Returns
    -------
    Minima
    """
    weights = np.broadcast_to(w, y.shape)
    here = np.array(start)
    damping = np.full(len(y), settings.damping)
    before, in_vain = np.zeros(len(y), dtype=np.int64), np.zeros(len(y), dtype=np.int64)
    with np.errstate(all="ignore"):
        if settings.bins is not None:
            some = np.flatnonzero(
                settings.bins.narrowest(layout, start, offset) >= settings.bins.least_width
            )
            part = y[some], weights[some], offset[some], start[some]
            here[some], damping[some], before[some], in_vain[some] = _after_bins(
                layout, settings.bins, *part, low, high, settings
            )
        found = _search(
            layout, x, y, weights, offset, here, low, high, settings, damping, before
        ).minima()
    found.evaluations[:] += in_vain
    return found


def _after_bins(
    layout: Layout, bins: Bins, y: FloatArray, w: FloatArray, offset: FloatArray,
    start: FloatArray, low: FloatArray, high: FloatArray, settings: Settings,
) -> tuple[FloatArray, FloatArray, NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """Return where the search on bins ends, the start where that is no good; damping; evaluations.

    These are told apart: those on the way, and those in vain.
    """
    values, weights = bins.spectra(y, w)
    damping, none = np.full(len(y), settings.damping), np.zeros(len(y), dtype=np.int64)
    found = _search(
        replace(layout, columns=bins.columns), bins.x, values, weights, offset, start, low, high,
        settings.on_bins, damping, none,
    ).minima()  # fmt: skip
    lost = found.ends == -1
    lost |= bins.narrowest(layout, found.z, offset) < bins.least_width
    damping[lost] = settings.damping
    here = np.where(lost[:, None], start, found.z)
    return here, damping, np.where(lost, 0, found.evaluations), np.where(lost, found.evaluations, 0)


def _search(
    layout: Layout, x: FloatArray, y: FloatArray, w: FloatArray, offset: FloatArray,
    start: FloatArray, low: FloatArray, high: FloatArray, settings: Settings, damping: FloatArray,
    before: NDArray[np.int64],
) -> BatchSearch:  # fmt: skip
    """Return the search; one weight a spectrum saves a pass over all derivatives."""
    if y.size and (w == w[:, :1]).all():
        w = w[:, :1]
    return BatchSearch(
        layout, x, y, w, offset, np.array(start), low, high, settings, damping, before
    )


def batch_inverses(normals: FloatArray, held: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Return the inverse normal matrices and how correlation inflates each variance.

    Parameters
    ----------
    normals : ndarray, shape (N, Q, Q)
        Normal matrices.
    held : ndarray of bool, shape (N, Q)
        Parameters that are left out.

    Returns
    -------
    inverse : ndarray, shape (N, Q, Q)
        Zero where there is none, and for what is held.
    inflation : ndarray, shape (N, Q)
        Infinite where there is no inverse, 0 for what is held.
    """
    size = normals.shape[1]
    diagonal = np.arange(size)
    square = normals[:, diagonal, diagonal]
    blind = ~(held | (square > 0.0)).all(axis=1)
    out = np.zeros_like(normals)
    inflation = np.where(held, 0.0, np.inf)
    good = np.flatnonzero(~blind & np.isfinite(square).all(axis=1))
    if not good.size:
        return out, inflation
    root = np.sqrt(np.where(held, 1.0, square))[good]
    open_pairs = ~held[good][:, :, None] & ~held[good][:, None, :]
    matrix = np.where(open_pairs, normals[good] / (root[:, :, None] * root[:, None, :]), 0.0)
    matrix[:, diagonal, diagonal] = 1.0
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        inverse = np.array([_inverse(one) for one in matrix])
    found = inverse[:, diagonal, diagonal]
    usable = np.isfinite(inverse).all(axis=(1, 2)) & (found >= 1.0 - 1e-6).all(axis=1)
    inverse = np.where(open_pairs, inverse / (root[:, :, None] * root[:, None, :]), 0.0)
    out[good[usable]] = inverse[usable]
    inflation[good[usable]] = np.where(held[good], 0.0, found)[usable]
    return out, inflation


def _inverse(matrix: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.inv(matrix), dtype=float)
    except np.linalg.LinAlgError:
        return np.full_like(matrix, np.nan)
