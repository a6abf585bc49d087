"""The scatter of points from one to the next, to judge stated errors by."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError

__all__ = ["error_over_scatter", "point_scatter"]

_FEWEST = 8
_NORMAL = 1.482602218505602
"""Standard deviation of a normal distribution over the median of its absolute values."""


def point_scatter(T: ArrayLike, y: ArrayLike, sigma: ArrayLike | None = None) -> float:
    """Return the scatter of points about the curves between their neighbours.

    Standardised differences from what the neighbours predict, after T. Gasser, L. Sroka, C.
    Jennen-Steinmetz, Biometrika 73, 625 (1986); here from the cubic through two neighbours on each
    side, which a bend does not move, and by their median, which a step does not move.

    Parameters
    ----------
    T, y : array_like, shape (n,)
        K, and values in any unit, of one branch.
    sigma : array_like, optional
        Stated errors; the scatter is then in units of them.

    Returns
    -------
    float
        Standard deviation in the unit of y, or of sigma. A curve that bends within five points
        adds to it.

    Raises
    ------
    SettingsError
        For fewer than eight different temperatures.
    """
    x, order = np.unique(np.asarray(T, float), return_index=True)
    if x.size < _FEWEST:
        raise SettingsError(
            f"{x.size} temperatures do not tell a scatter", where="scatter", do=f"give {_FEWEST}"
        )
    values = np.asarray(y, float)[order]
    errors = np.ones_like(values) if sigma is None else np.asarray(sigma, float)[order]
    size = x.size - 4
    places = [x[k : k + size] for k in (0, 1, 3, 4)]
    middle = x[2 : 2 + size]
    rest, variance = values[2:-2].copy(), errors[2:-2] ** 2
    for j, k in enumerate((0, 1, 3, 4)):
        weight = np.ones(size)
        for m, other in enumerate(places):
            if m != j:
                weight *= (middle - other) / (places[j] - other)
        rest -= weight * values[k : k + size]
        variance += (weight * errors[k : k + size]) ** 2
    return float(_NORMAL * np.median(np.abs(rest) / np.sqrt(variance)))


def error_over_scatter(T: ArrayLike, y: ArrayLike, sigma: ArrayLike) -> float:
    """Return how much larger the stated errors are than the scatter of the points.

    Parameters
    ----------
    T, y, sigma : array_like, shape (n,)
        K, values and stated errors, of one branch.

    Returns
    -------
    float
        1 where they agree. Where it is large, the file's column is no standard error of the moment
        and must not weigh a fit.

    Raises
    ------
    SettingsError
        As `point_scatter`, or where the points do not scatter at all.
    """
    found = point_scatter(T, y, sigma)
    if found == 0.0:
        raise SettingsError("the points do not scatter", where="scatter", do="are they a model?")
    return 1.0 / found
