"""Where the fit of an alpha-iron spectrum starts: the best of a grid of velocity scales."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.spectrum import FloatArray

__all__ = ["coarse_scale"]

_BINS = 160
# mm/s: a range below the first shows no second pair of lines, one above the last no separate lines
_RANGES = np.geomspace(3.4, 25.0, 180)
# mm/s: shifts of alpha-iron against the sources in use are below 0.3, that of a drive's electronics
# is as large
_SHIFTS = np.arange(-0.75, 0.76, 0.06)
_WIDTH = 0.35
# dips of a thin foil with its spins in all directions, relative to the inner pair
_DIPS = (3.0, 2.0, 1.0)


def coarse_scale(
    form: FloatArray, counts: FloatArray, positions: Sequence[float]
) -> tuple[float, float]:
    """Return the velocity range and the shift that explain most of the counts with six dips.

    Parameters
    ----------
    form : ndarray, shape (n,)
        The drive's velocity as a share of its largest, -1 to 1.
    counts : ndarray, shape (n,)
        Counts there.
    positions : sequence of float
        Distances of the three pairs from the centroid, in mm/s.

    Returns
    -------
    range : float
        Velocity where `form` is 1, less the shift, in mm/s.
    shift : float
        What is subtracted from every velocity, in mm/s.
    """
    edges = np.linspace(-1.0, 1.0, _BINS + 1)
    place = np.clip(np.digitize(form, edges) - 1, 0, _BINS - 1)
    number = np.bincount(place, minlength=_BINS).astype(float)
    filled = number > 0
    weight = number[filled] / number.sum()
    level = np.bincount(place, counts, _BINS)[filled] / number[filled]
    middle = 0.5 * (edges[1:] + edges[:-1])[filled]
    dips = weight @ level - level
    best = (-np.inf, 0.0, 0.0)
    for largest in _RANGES:
        velocity = largest * middle - _SHIFTS[:, None]
        shape = np.zeros(velocity.shape)
        for dip, position in zip(_DIPS, positions, strict=True):
            for line in (-position, position):
                shape += dip / (1.0 + (2.0 / _WIDTH * (velocity - line)) ** 2)
        shape -= (shape @ weight)[:, None]
        along = shape @ (weight * dips)
        explained = np.sign(along) * along**2 / (shape**2 @ weight)
        row = int(np.argmax(explained))
        if explained[row] > best[0]:
            best = (float(explained[row]), float(largest), float(_SHIFTS[row]))
    return best[1], best[2]
