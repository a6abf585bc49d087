"""Bands in groups that are fitted together: which belong together, and over which points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from spectrafit.lines.pseudo_voigt import pseudo_voigt_by_height
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.cluster_fit import BandStart

__all__ = ["band_curve", "clusters_of", "fit_window", "touches", "without_bands"]

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
        left -= band_curve(x, one)
    return left


def band_curve(x: FloatArray, one: BandStart) -> FloatArray:
    """Return a band on x.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1.
    one : BandStart
        The band.

    Returns
    -------
    ndarray, shape (n,)
    """
    values = (one.position, one.fwhm, one.height, one.mixing)
    return np.asarray(pseudo_voigt_by_height(x, *values)[0])


def touches(one: BandStart, other: BandStart, reach: float) -> bool:
    """Return whether two bands, `reach` FWHM to each side, overlap.

    Parameters
    ----------
    one, other : BandStart
        The bands.
    reach : float
        In FWHM.

    Returns
    -------
    bool
    """
    return abs(one.position - other.position) < reach * (one.fwhm + other.fwhm)


def fit_window(x: FloatArray, starts: Sequence[BandStart]) -> tuple[int, int]:
    """Return the points that a local fit of some bands covers.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1.
    starts : sequence of BandStart
        One or more.

    Returns
    -------
    first, past_last : int
    """
    low = min(start.position - _WINDOW * start.fwhm for start in starts)
    high = max(start.position + _WINDOW * start.fwhm for start in starts)
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
        if groups and any(touches(one, other, _WINDOW) for other in groups[-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [part for group in groups for part in _cut(group)]


def _cut(group: list[BandStart]) -> list[list[BandStart]]:
    if len(group) <= _LONGEST:
        return [group]
    gaps = [
        (right.position - left.position) / (right.fwhm + left.fwhm)
        for left, right in pairwise(group)
    ]
    at = int(np.argmax(gaps)) + 1
    return [*_cut(group[:at]), *_cut(group[at:])]
