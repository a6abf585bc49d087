"""Points of an infrared spectrum that cannot be used: zero padding, saturation, no light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray

__all__ = [
    "CLIPPED",
    "OPAQUE",
    "PADDING",
    "SATURATED",
    "Masked",
    "absorbance_values",
    "is_clipped",
    "masked_ranges",
    "unusable",
]

SATURATED = 2.5
"""Absorbance above which stray light and the detector's zero decide, not the sample."""
PADDING = "zero padding"
CLIPPED = "saturated"
OPAQUE = "transmittance not above zero"
_FEWEST_CLIPPED = 3
_STEEP = 3.0  # steps of the last digit from a clipped value to its neighbour


@dataclass(frozen=True)
class Masked:
    """Neighbouring points that are left out.

    Parameters
    ----------
    low, high : float
        First and last wavenumber left out, cm-1.
    points : int
        How many.
    reason : str
        ``"zero padding"``, ``"saturated"`` or ``"transmittance not above zero"``.
    """

    low: float
    high: float
    points: int
    reason: str

    def __str__(self) -> str:
        noun = "point" if self.points == 1 else "points"
        return f"{self.points} {noun}, {self.low:.1f} to {self.high:.1f} cm-1: {self.reason}"


def unusable(y: FloatArray, kind: str, *, percent: bool = False) -> NDArray[np.str_]:
    """Return why each point cannot be used, empty where it can.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Absorbance or transmittance, along the axis.
    kind : str
        ``"absorbance"`` or ``"transmittance"``.
    percent : bool, optional
        Whether 100 stands for a transmittance of 1.

    Returns
    -------
    ndarray of str, shape (n,)
        `PADDING`: exact zeros from an end of the axis on. `CLIPPED`: absorbance above `SATURATED`,
        or cut off at one constant maximum. `OPAQUE`: a transmittance that is not above zero.
    """
    reasons = np.full(y.size, "", dtype=f"<U{len(OPAQUE)}")
    absorbance = absorbance_values(y, kind, percent=percent)
    seen = np.isfinite(absorbance)
    reasons[~seen] = OPAQUE
    reasons[seen & (absorbance > SATURATED)] = CLIPPED
    reasons[np.flatnonzero(seen)[is_clipped(absorbance[seen])]] = CLIPPED
    filled = np.flatnonzero(y != 0)
    first, last = (int(filled[0]), int(filled[-1])) if filled.size else (y.size, -1)
    reasons[:first] = PADDING
    reasons[last + 1 :] = PADDING
    return reasons


def absorbance_values(y: FloatArray, kind: str, *, percent: bool = False) -> FloatArray:
    """Return decadic absorbance, ``-log10 T``.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Absorbance or transmittance.
    kind : str
        ``"absorbance"`` or ``"transmittance"``.
    percent : bool, optional
        Whether 100 stands for a transmittance of 1.

    Returns
    -------
    ndarray, shape (n,)
        Not a number where a transmittance is not above zero.
    """
    if kind == "absorbance":
        return y
    fraction = y * (0.01 if percent else 1.0)
    return -np.log10(np.where(fraction > 0, fraction, np.nan))


def is_clipped(y: FloatArray) -> NDArray[np.bool_]:
    """Return which points are cut off at one constant maximum.

    A run of equal values at the maximum is cut off where the curve enters and leaves it steeply;
    the flat top of a band written with few digits differs from its neighbours by the last digit.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Absorbance.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    if not y.size:
        return np.zeros(0, dtype=bool)
    top = y == y.max()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], top.astype(int), [0]])))
    digits = np.diff(np.unique(y))
    quantum = float(digits.min()) if digits.size else 0.0
    clipped = np.zeros(y.size, dtype=bool)
    for first, end in edges.reshape(-1, 2):
        beside = [y[i] for i in (first - 1, end) if 0 <= i < y.size]
        steep = all(y[first] - one > _STEEP * quantum for one in beside)
        if end - first >= _FEWEST_CLIPPED and beside and steep:
            clipped[first:end] = True
    return clipped


def masked_ranges(x: FloatArray, reasons: NDArray[np.str_]) -> tuple[Masked, ...]:
    """Return the runs of neighbouring points that cannot be used for one reason.

    Parameters
    ----------
    x : ndarray, shape (n,)
        cm-1, rising.
    reasons : ndarray of str, shape (n,)
        From `unusable`.

    Returns
    -------
    tuple of Masked
    """
    edges = np.flatnonzero(reasons[1:] != reasons[:-1]) + 1
    runs = zip([0, *edges.tolist()], [*edges.tolist(), x.size], strict=True)
    return tuple(
        Masked(float(x[first]), float(x[end - 1]), end - first, str(reasons[first]))
        for first, end in runs
        if reasons[first]
    )
