"""Scans that do not belong among repeats: those that deviate, and copies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.spectrum import FloatArray, Spectrum

__all__ = ["deviating_scans", "running_median", "without_copies"]

FEWEST_TO_JUDGE = 3
OUTLIER_MAD = 5.0
OUTLIER_TIMES = 1.5
MAD_OF_NORMAL = 1.4826
LOCAL_POINTS = 15


def running_median(values: FloatArray, points: int) -> FloatArray:
    """Return the median over some neighbouring points about each.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Any.
    points : int
        How many; the ends are repeated beyond the ends.

    Returns
    -------
    ndarray, shape (n,)
    """
    from scipy.ndimage import median_filter

    return np.asarray(median_filter(values, points, mode="nearest"), dtype=np.float64)


def deviating_scans(y: FloatArray, sigma: FloatArray | None) -> dict[int, tuple[float, float]]:
    """Return which scans deviate from the median of all, how far, and how rarely that is chance.

    Parameters
    ----------
    y : ndarray, shape (N, n)
        A row a scan, on common points.
    sigma : ndarray, shape (N, n), or None
        Standard uncertainties; the scatter of the scans serves where they are not known.

    Returns
    -------
    dict of int to (float, float)
        Rows whose rms distance from the median, in sigma, is above that of the median scan by more
        than 5 times 1.4826 median absolute deviations and by half. None of fewer than three scans:
        of two nobody can say which deviates. The numbers are the distance against that of the
        median scan, and the probability that the farthest of so many lies so far from the others,
        by Student's distribution of its distance less their mean.
    """
    if len(y) < FEWEST_TO_JUDGE:
        return {}
    apart = y - np.median(y, axis=0)
    scale = sigma
    if scale is None:
        scale = running_median(MAD_OF_NORMAL * np.median(np.abs(apart), axis=0), LOCAL_POINTS)
        scale = np.where(scale > 0, scale, np.inf)
    distance = np.sqrt(np.mean((apart / scale) ** 2, axis=1))
    middle = float(np.median(distance))
    width = MAD_OF_NORMAL * float(np.median(np.abs(distance - middle)))
    limit = max(middle + OUTLIER_MAD * width, OUTLIER_TIMES * middle)
    return {
        int(i): (
            float(distance[i] / middle) if middle > 0 else float("inf"),
            _chance(distance, int(i)),
        )
        for i in np.flatnonzero(distance > limit)
    }


def _chance(distance: FloatArray, place: int) -> float:
    """Return the one-sided probability of one distance among the others, for any of them."""
    from scipy.special import stdtr

    others = np.delete(distance, place)
    spread = float(np.std(others, ddof=1)) * np.sqrt(1.0 + 1.0 / others.size)
    if spread == 0.0:
        return 0.0
    t = (float(distance[place]) - float(others.mean())) / spread
    return min(1.0, distance.size * float(stdtr(others.size - 1, -t)))


def without_copies(
    spectra: Sequence[Spectrum],
) -> tuple[tuple[int, ...], tuple[tuple[str, str], ...]]:
    """Return which spectra are repeats, and which are copies of another.

    Parameters
    ----------
    spectra : sequence of Spectrum
        As read.

    Returns
    -------
    kept : tuple of int
        Places of those that hold numbers of their own.
    copies : tuple of (str, str)
        Name of the first, and of the one that holds the same numbers.
    """
    kept: list[int] = []
    copies = []
    for place, one in enumerate(spectra):
        first = next((k for k in kept if _same_numbers(spectra[k], one)), None)
        if first is None:
            kept.append(place)
        else:
            copies.append((spectra[first].source.name, one.source.name))
    return tuple(kept), tuple(copies)


def _same_numbers(one: Spectrum, other: Spectrum) -> bool:
    return np.array_equal(one.x, other.x) and np.array_equal(one.y, other.y)
