"""What share of a change above noise its causes explain."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.species.moved_curves import Moved

__all__ = ["best_explained", "explained_share", "windowed"]

_WHERE = "shift test"
_SEEN = 3.09  # normal quantile of 1 in 1000: a change that noise makes once in 1000 rows is none


def explained_share(
    change: FloatArray, causes: FloatArray, sigma: float
) -> tuple[float, float, FloatArray] | None:
    """Return what share of a change above noise its causes explain.

    Noise is in both sums of squares: ``share = 1 - (RSS - (n - k) s^2)/(TSS - n s^2)``, within 0
    and 1. Its standard error is that of the left-over, ``sqrt(2 n s^4 + 4 s^2 left)``, to the sum.

    Parameters
    ----------
    change : ndarray, shape (n,)
        What is to be explained.
    causes : ndarray, shape (k, n)
        Curves whose sum may explain it.
    sigma : float
        White-noise standard deviation of the change.

    Returns
    -------
    share, share_sigma : float
        Of one.
    weights : ndarray, shape (k,)
        Of the causes.
        None in place of all where the change is not above noise.
    """
    points = change.size
    total = float(change @ change) - points * sigma**2
    if total <= _SEEN * math.sqrt(2.0 * points) * sigma**2:
        return None
    # curves of very different size: scaled, so that none is taken for zero
    size = np.linalg.norm(causes, axis=1)
    size[size == 0] = 1.0
    weights, *_ = np.linalg.lstsq((causes / size[:, None]).T, change, rcond=1e-10)
    weights = weights / size
    left = change - weights @ causes
    above = max(float(left @ left) - (points - causes.shape[0]) * sigma**2, 0.0)
    error = math.sqrt(2.0 * points * sigma**4 + 4.0 * sigma**2 * above) / total
    return min(max(1.0 - above / total, 0.0), 1.0), error, weights


def windowed(
    x: FloatArray, curves: Sequence[FloatArray], windows: Sequence[tuple[float, float]]
) -> FloatArray:
    """Return each curve in each window alone, so that every band may move by its own amount.

    Parameters
    ----------
    x : ndarray, shape (n,)
        cm-1.
    curves : sequence of ndarray, shape (n,)
        Derivatives.
    windows : sequence of tuple of float
        Lower and upper end in cm-1; none for one window over all.

    Returns
    -------
    ndarray, shape (len(curves) * max(1, len(windows)), n)
        Curve by curve, window by window.

    Raises
    ------
    SettingsError
        For a window without points.
    """
    if not windows:
        return np.array(curves)
    inside = [(x >= low) & (x <= high) for low, high in windows]
    for (low, high), one in zip(windows, inside, strict=True):
        if not one.any():
            raise SettingsError(
                f"no point between {low:g} and {high:g} cm-1",
                where=_WHERE,
                do=f"the data run from {x[0]:g} to {x[-1]:g} cm-1",
            )
    return np.array([curve * one for curve in curves for one in inside])


def best_explained(
    x: FloatArray,
    change: FloatArray,
    curves: Sequence[Moved],
    sigma: float,
    windows: Sequence[tuple[float, float]] = (),
    extra: FloatArray | None = None,
) -> tuple[str, float, float, FloatArray] | None:
    """Return what a shift with the better of the two broadenings explains of a change.

    Parameters
    ----------
    x : ndarray, shape (n,)
        cm-1.
    change : ndarray, shape (n,)
        What is to be explained.
    curves : sequence of Moved
        Of the reference, or of each spectrum that may move.
    sigma : float
        White-noise standard deviation of the change.
    windows : sequence of tuple of float, optional
        cm-1; in each of them bands move by their own amount.
    extra : ndarray, shape (e, n), optional
        Curves that may explain it too, over the whole range.

    Returns
    -------
    kind : str
        ``gaussian`` or ``lorentzian``.
    share, share_sigma : float
        As of `explained_share`.
    weights : ndarray
        Of the shifts and of the broadenings, spectrum by spectrum and window by window, and of the
        extra curves.
        None in place of all where the change is not above noise.
    """
    best: tuple[str, float, float, FloatArray] | None = None
    first = [one.first for one in curves]
    for kind, broader in (
        ("gaussian", [one.second for one in curves]),
        ("lorentzian", [one.lorentzian for one in curves]),
    ):
        causes = windowed(x, [*first, *broader], windows)
        if extra is not None:
            causes = np.vstack([causes, extra])
        found = explained_share(change, causes, sigma)
        if found is not None and (best is None or found[0] > best[1]):
            best = (kind, *found)
    return best
