"""Bands in groups that are fitted together: which belong together, and over which points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.cluster_fit import BandStart

__all__ = ["clusters_of", "fit_window", "without_bands"]

# FWHM to each side that a local fit covers; bands are fitted together where these overlap
_WINDOW = 2.0
# bands in one fit with errors
_LONGEST = 6


def without_bands(x: FloatArray, y: FloatArray, bands: Sequence[BandStart]) -> FloatArray:
    """Return a spectrum less some bands.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Wavenumber, cm-1; absorbance.
    bands : sequence of BandStart
        What is taken off.

    Returns
    -------
    ndarray, shape (n,)
    """
    left = y.copy()
    for one in bands:
        left -= one.curve(x)
    return left


def fit_window(
    x: FloatArray, starts: Sequence[BandStart], reach: float = _WINDOW
) -> tuple[int, int]:
    """Return the points that a local fit of some bands covers.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1.
    starts : sequence of BandStart
        One or more.
    reach : float, optional
        FWHM to each side.

    Returns
    -------
    first, past_last : int
    """
    low = min(start.position - reach * start.fwhm for start in starts)
    high = max(start.position + reach * start.fwhm for start in starts)
    first, last = np.searchsorted(x, low), np.searchsorted(x, high, side="right")
    # five parameters and a line need points to be told from noise
    short = max(0, 6 * len(starts) + 6 - int(last - first))
    return max(0, int(first) - short), min(x.size, int(last) + short)


def clusters_of(found: Sequence[BandStart]) -> list[list[BandStart]]:
    """Return the bands in groups whose fit windows overlap, by position.

    A long chain is cut at its widest gaps; across a cut the neighbours' curves are held.

    Parameters
    ----------
    found : sequence of BandStart
        Any order.

    Returns
    -------
    list of list of BandStart
    """
    ordered = sorted(found, key=lambda band: band.position)
    groups: list[list[BandStart]] = []
    for one in ordered:
        if groups and any(_touch(one, other) for other in groups[-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [part for group in groups for part in _cut(group)]


def _touch(one: BandStart, other: BandStart) -> bool:
    return abs(one.position - other.position) < _WINDOW * (one.fwhm + other.fwhm)


def _cut(group: list[BandStart]) -> list[list[BandStart]]:
    if len(group) <= _LONGEST:
        return [group]
    gaps = [
        (right.position - left.position) / (right.fwhm + left.fwhm)
        for left, right in pairwise(group)
    ]
    at = int(np.argmax(gaps)) + 1
    return [*_cut(group[:at]), *_cut(group[at:])]
