"""Spectra against a condition: components, shares of end members, isosbestic points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray
from spectrafit_xas.comparison.difference import ComparedSpectrum, noisy_curve
from spectrafit_xas.comparison.linear_combination import NoisyCurve
from spectrafit_xas.comparison.rank import Rank, changing_components
from spectrafit_xas.smoothing import local_cubic

__all__ = ["SeriesComponents", "isosbestic_points", "series_components"]

SAME_P = 0.01
CLEAR = 5.0
REACH_EV = 3.0
KERNEL_EV = 0.6  # the mean of a series has little noise, and a HERFD line is 0.9 eV wide


@dataclass(frozen=True, eq=False)
class SeriesComponents:
    """How many things change along a series.

    Parameters
    ----------
    rank : Rank
        Of the spectra as they are; what is not known of edge steps and axes counts as noise.
    beyond : Rank
        Of what neither a change of the edge step nor a shift of the axis makes.
    isosbestic_eV : tuple of float
        Energies that every spectrum crosses within its error.
    """

    rank: Rank
    beyond: Rank
    isosbestic_eV: tuple[float, ...]


def series_components(spectra: Sequence[ComparedSpectrum], grid: FloatArray) -> SeriesComponents:
    """Return the components of a series, with and without what scale and shift can make.

    Parameters
    ----------
    spectra : sequence of ComparedSpectrum
        Two at least, in the order of the condition.
    grid : ndarray, shape (n,)
        Energies in eV.

    Returns
    -------
    SeriesComponents

    Raises
    ------
    SpectrafitError
        For fewer than two spectra.
    """
    if len(spectra) < 2:
        raise SpectrafitError("a series needs two spectra at least")
    curves = [noisy_curve(one, grid) for one in spectra]
    y = np.array([one.y for one in curves])
    covariances = np.array([one.covariance for one in curves])
    mean = y.mean(axis=0)
    slope = local_cubic(grid, grid, KERNEL_EV).derivative(1, mean)
    # a shift of tenths of an eV has a second term too, or it would count as a component
    bend = local_cubic(grid, grid, KERNEL_EV).derivative(2, mean)
    return SeriesComponents(
        changing_components(y, covariances),
        changing_components(y, covariances, np.array([mean, slope, bend])),
        isosbestic_points(curves, grid),
    )


def isosbestic_points(curves: Sequence[NoisyCurve], grid: FloatArray) -> tuple[float, ...]:
    """Return the energies that all spectra of a series cross within their errors.

    Parameters
    ----------
    curves : sequence of NoisyCurve
        At least three; two cross somewhere in any case.
    grid : ndarray, shape (n,)
        Energies in eV.

    Returns
    -------
    tuple of float
        Crossings of the two that differ most, with five errors of difference on either side within
        3 eV, where all the others agree (p > 0.01).
    """
    from scipy.special import chdtrc

    if len(curves) < 3:
        return ()
    y = np.array([one.y for one in curves])
    sigma = np.array([np.sqrt(np.diag(one.covariance)) for one in curves])
    apart = ((y[:, None] - y[None, :]) ** 2).sum(axis=2)
    first, last = np.unravel_index(int(np.argmax(apart)), apart.shape)
    between = y[last] - y[first]
    clear = between / np.hypot(sigma[last], sigma[first])
    found = []
    for i in np.flatnonzero(between[:-1] * between[1:] < 0):
        below = clear[(grid > grid[i] - REACH_EV) & (grid <= grid[i])]
        above = clear[(grid >= grid[i + 1]) & (grid < grid[i + 1] + REACH_EV)]
        turns = (below.max() > CLEAR and above.min() < -CLEAR) or (
            below.min() < -CLEAR and above.max() > CLEAR
        )
        if not turns:
            continue
        share = between[i] / (between[i] - between[i + 1])
        at = (1.0 - share) * y[:, i] + share * y[:, i + 1]
        errors = (1.0 - share) * sigma[:, i] + share * sigma[:, i + 1]
        weight = errors**-2.0
        mean = float(weight @ at / weight.sum())
        if chdtrc(len(curves) - 1, float(weight @ (at - mean) ** 2)) > SAME_P:
            found.append(float((1.0 - share) * grid[i] + share * grid[i + 1]))
    return tuple(found)
