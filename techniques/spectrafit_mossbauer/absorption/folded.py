"""Both branches on one velocity axis for the eye: whole channels are added up, nothing is interpolated.

No fit takes folded data: interpolation correlates neighbours and pulls chi2 below one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.unfolded import Unfolded

__all__ = ["Folded", "folded", "summed"]


@dataclass(frozen=True, eq=False)
class Folded:
    """Sums of channels whose velocities lie in one step of the axis.

    Parameters
    ----------
    velocity : ndarray, shape (m,)
        Mean of the channels in each step, in mm/s.
    counts : ndarray, shape (m,)
        Sum of their counts.
    channels : ndarray, shape (m,)
        How many they are; two where each branch gives one.
    place : ndarray of int, shape (n,)
        Step of every point of the unfolded spectrum.
    """

    velocity: FloatArray
    counts: FloatArray
    channels: FloatArray
    place: FloatArray

    @property
    def per_channel(self) -> FloatArray:
        """Counts per channel."""
        return self.counts / self.channels

    @property
    def sigma(self) -> FloatArray:
        """Standard error of the counts per channel."""
        return np.asarray(np.sqrt(np.maximum(self.counts, 1.0)) / self.channels)


def folded(axis: Unfolded, step: float | None = None) -> Folded:
    """Return the spectrum for display.

    Parameters
    ----------
    axis : Unfolded
        Both branches.
    step : float, optional
        Of the common axis, in mm/s; that from channel to channel when left out.

    Returns
    -------
    Folded
        Steps without a channel are left out.

    Raises
    ------
    SettingsError
        When the step is not positive.
    """
    velocity = axis.velocity
    if step is None:
        branch = velocity[axis.branch == axis.branch[0]]
        step = float(np.median(np.diff(branch)))
    if not 0.0 < step < np.inf:
        raise SettingsError(f"a step of {step:g} mm/s", do="give a positive step")
    bins = np.floor((velocity - velocity[0]) / step).astype(int)
    filled, place = np.unique(bins, return_inverse=True)
    number = np.bincount(place, minlength=filled.size).astype(float)
    mean = np.asarray(np.bincount(place, velocity, filled.size) / number, dtype=float)
    total = np.asarray(np.bincount(place, axis.counts, filled.size), dtype=float)
    return Folded(mean, total, number, place.astype(float))


def summed(values: FloatArray, onto: Folded) -> FloatArray:
    """Return a curve on the unfolded points, the fit's, folded the same way.

    Parameters
    ----------
    values : ndarray, shape (n,)
        At every point of the unfolded spectrum.
    onto : Folded
        The folded spectrum.

    Returns
    -------
    ndarray, shape (m,)
        Sums, to compare with `Folded.counts`.
    """
    sums = np.bincount(onto.place.astype(int), values, onto.velocity.size)
    return np.asarray(sums, dtype=float)
