"""p and the rate-independent current from a heating and a cooling branch of any two rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.laws import Branch
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.coefficient import Coefficient, coefficient
from spectrafit_pyro.grid import Binned, binned, common_grid
from spectrafit_pyro.log import Area
from spectrafit_pyro.sweeps import Sweep

__all__ = [
    "Antisymmetric",
    "EvenCurrent",
    "antisymmetric",
    "binned_coefficient",
    "even_current",
]

_NANO = 1e9
_PICO = 1e12


@dataclass(frozen=True, eq=False)
class Antisymmetric:
    """What two branches say together, on one grid.

    Parameters
    ----------
    coefficient : Coefficient
        Antisymmetrised p; a current that does not follow the rate is not in it.
    heating, cooling : Coefficient
        Of each branch alone, on the same grid.
    heating_means, cooling_means : Binned
        Currents and rates that they come from.
    even_current : ndarray, shape (n,)
        I0, the part of the current that is the same on both branches, pA with the electrometer's
        sign: offset, leakage, stimulated discharge.
    even_sigma : ndarray, shape (n,)
        Its standard error from noise, pA.
    """

    coefficient: Coefficient
    heating: Coefficient
    cooling: Coefficient
    heating_means: Binned
    cooling_means: Binned
    even_current: FloatArray
    even_sigma: FloatArray

    @property
    def temperature(self) -> FloatArray:
        """The grid, K."""
        return self.coefficient.temperature


@dataclass(frozen=True)
class EvenCurrent:
    """The rate-independent current over a window.

    Parameters
    ----------
    mean : float
        pA.
    mean_sigma : float
        Standard error of the mean from noise, pA.
    largest : float
        The value of largest magnitude, pA.
    largest_at : float
        Where it is, K.
    as_p : float
        What the mean would add to p of the heating branch, nC cm-2 K-1.
    """

    mean: float
    mean_sigma: float
    largest: float
    largest_at: float
    as_p: float


def antisymmetric(
    heating: Sweep,
    cooling: Sweep,
    area: Area,
    *,
    polarity: int | None = None,
    step: float = 1.0,
) -> Antisymmetric:
    """Return ``p = (Ih - Ic)/[A (rh - rc)]`` and ``I0 = (rh Ic - rc Ih)/(rh - rc)`` on a grid.

    Both follow from ``I = p A r + I0(T)`` on either branch; the rates need not be equal. Align the
    branches first (`lag.aligned`): a lag left in broadens and lowers a peak.

    Parameters
    ----------
    heating, cooling : Sweep
        One of each.
    area : Area
        Of the electrode.
    polarity : int, optional
        +1 or -1; without it only the magnitude of p is reported.
    step : float, optional
        Width of a bin, K.

    Returns
    -------
    Antisymmetric

    Raises
    ------
    SettingsError
        For two sweeps of one branch, no common range, or a bin without a point.
    """
    if heating.branch is not Branch.HEATING or cooling.branch is not Branch.COOLING:
        raise SettingsError(
            f"a {heating.branch} and a {cooling.branch} branch",
            do="give a heating and a cooling branch; with one branch the offset is not testable",
        )
    grid = common_grid((heating, cooling), step=step)
    up, down = binned(heating, grid), binned(cooling, grid)
    gap = up.rate - down.rate
    joint = coefficient(
        grid,
        up.current - down.current,
        gap,
        area,
        polarity=polarity,
        current_sigma=np.hypot(up.current_sigma, down.current_sigma),
        rate_noise=((up.rate_sigma, up.window_span), (down.rate_sigma, down.window_span)),
    )
    even = (up.rate * down.current - down.rate * up.current) / gap
    parts = (
        up.rate * down.current_sigma,
        down.rate * up.current_sigma,
        (down.current - even) * up.rate_sigma,
        (up.current - even) * down.rate_sigma,
    )
    sigma = np.sqrt(sum((part / gap) ** 2 for part in parts))
    return Antisymmetric(
        joint,
        binned_coefficient(up, area, polarity),
        binned_coefficient(down, area, polarity),
        up,
        down,
        even * _PICO,
        sigma * _PICO,
    )


def even_current(found: Antisymmetric, low: float, high: float) -> EvenCurrent:
    """Return mean and largest of the rate-independent current over a window.

    Parameters
    ----------
    found : Antisymmetric
        Of two branches.
    low, high : float
        Window, K.

    Returns
    -------
    EvenCurrent

    Raises
    ------
    SettingsError
        When no point of the grid lies in the window.
    """
    rows = np.flatnonzero((found.temperature >= low) & (found.temperature <= high))
    if not rows.size:
        raise SettingsError(
            f"no point between {low:g} and {high:g} K", where="I0", do="give a window in the range"
        )
    current, sigma = found.even_current[rows], found.even_sigma[rows]
    top = int(np.argmax(np.abs(current)))
    mean = float(current.mean())
    rate = float(found.heating_means.rate[rows].mean())
    as_p = mean / _PICO * _NANO / (found.coefficient.area.value * rate)
    return EvenCurrent(
        mean,
        float(np.sqrt((sigma**2).sum()) / rows.size),
        float(current[top]),
        float(found.temperature[rows[top]]),
        (found.coefficient.polarity or 1) * as_p,
    )


def binned_coefficient(means: Binned, area: Area, polarity: int | None) -> Coefficient:
    """Return p of one branch on a grid; a current that does not follow the rate is in it.

    Parameters
    ----------
    means : Binned
        Of the branch.
    area : Area
        Of the electrode.
    polarity : int or None
        +1, -1, or None where it was not told.

    Returns
    -------
    Coefficient
    """
    return coefficient(
        means.temperature,
        means.current,
        means.rate,
        area,
        polarity=polarity,
        current_sigma=means.current_sigma,
        rate_noise=((means.rate_sigma, means.window_span),),
    )
