"""A common grid of temperature, and the means of a sweep in its bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.coefficient import current_noise
from spectrafit_pyro.sweeps import Sweep

__all__ = ["Binned", "binned", "common_grid"]

# ten thousand kelvin in steps of a thousandth: more is no temperature
_MOST_BINS = 10_000_000


@dataclass(frozen=True, eq=False)
class Binned:
    """Means of a sweep in the bins of a grid.

    Parameters
    ----------
    temperature : ndarray, shape (n,)
        Middles of the bins, K.
    current : ndarray, shape (n,)
        Mean current, A.
    rate : ndarray, shape (n,)
        Mean rate, K/s.
    current_sigma : ndarray, shape (n,)
        Standard error of the mean current, A.
    rate_sigma : ndarray, shape (n,)
        Standard error of the mean rate, K/s; windows of one bin overlap, so it does not shrink
        with their number.
    window_span : float
        Temperature that a window of the rate spans, K.
    """

    temperature: FloatArray
    current: FloatArray
    rate: FloatArray
    current_sigma: FloatArray
    rate_sigma: FloatArray
    window_span: float


def common_grid(sweeps: Sequence[Sweep], *, step: float = 1.0) -> FloatArray:
    """Return the middles of the bins that every sweep covers whole: multiples of the step.

    Parameters
    ----------
    sweeps : sequence of Sweep
        At least one.
    step : float, optional
        Width of a bin, K.

    Returns
    -------
    ndarray
        K, rising by the step.

    Raises
    ------
    SettingsError
        When the sweeps have no range of temperature in common.
    """
    if not 0.0 < step < np.inf:
        raise SettingsError(f"a bin of {step:g} K", do="give one above 0 K")
    low = max(sweep.span[0] for sweep in sweeps)
    high = min(sweep.span[1] for sweep in sweeps)
    first, last = int(np.ceil(low / step + 0.5)), int(np.floor(high / step - 0.5))
    if last - first < 2:
        spans = " and ".join("{:.1f}-{:.1f} K".format(*sweep.span) for sweep in sweeps)
        raise SettingsError(
            f"the branches have no range of temperature in common ({spans})",
            do="give branches over the same range, or a finer step",
        )
    if last - first > _MOST_BINS:
        raise SettingsError(
            f"{last - first:.3g} bins of {step:g} K: no run spans {high - low:.3g} K",
            do="check the unit of the temperature, or give a wider step",
        )
    return np.arange(first, last + 1, dtype=np.float64) * step


def binned(sweep: Sweep, grid: FloatArray) -> Binned:
    """Return the means of a sweep in bins about the points of a grid.

    Parameters
    ----------
    sweep : Sweep
        Heating or cooling.
    grid : ndarray, shape (n,)
        Middles of equally wide bins, K.

    Returns
    -------
    Binned

    Raises
    ------
    SettingsError
        When a bin holds no point: the sweep has a gap or is sampled too coarsely.
    """
    step = float(grid[1] - grid[0])
    place = np.floor((sweep.log.temperature - grid[0]) / step + 0.5).astype(np.int64)
    inside = (place >= 0) & (place < grid.size)
    place = place[inside]
    count = np.bincount(place, minlength=grid.size)
    if (count == 0).any():
        raise SettingsError(
            f"no point of the {sweep.branch} branch within {0.5 * step:g} K of "
            f"{grid[np.argmin(count)]:g} K",
            where=sweep.log.name,
            do="take a wider step, or a range without the gap",
        )

    def mean(values: FloatArray) -> FloatArray:
        return np.bincount(place, weights=values[inside], minlength=grid.size) / count

    # the points of a bin are not centred in it: beside a steep peak that is an error above noise
    centre = mean(sweep.log.temperature)

    def at_middle(values: FloatArray) -> FloatArray:
        means = mean(values)
        return means + np.gradient(means, centre) * (grid - centre)

    return Binned(
        grid,
        at_middle(sweep.log.current),
        at_middle(sweep.rate),
        current_noise(sweep.log.current) / np.sqrt(count),
        mean(sweep.rate_sigma),
        max(sweep.window_span, step),
    )
