"""The charge of each branch by time alone, and whether a cycle closes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.log import Area, checked_polarity
from spectrafit_pyro.sweeps import Sweep

__all__ = ["Closure", "charge_density", "closure"]

_MICRO = 1e6  # uC in C
_PICO = 1e12


@dataclass(frozen=True)
class Closure:
    """Whether the charge of heating comes back on cooling.

    Parameters
    ----------
    heating, cooling : float
        (1/A) integral of I dt of each branch, uC cm-2.
    misclosure : float
        Their sum, uC cm-2; zero for a current that follows the rate alone.
    mean_current : float
        The constant current that explains the misclosure, pA with the electrometer's sign.
    low, high : float
        Range of temperature, K.
    """

    heating: float
    cooling: float
    misclosure: float
    mean_current: float
    low: float
    high: float


def charge_density(
    sweep: Sweep, area: Area, low: float, high: float, *, polarity: int | None = None
) -> float:
    """Return (1/A) integral of I dt of one branch: dP without any rate, for comparison.

    Parameters
    ----------
    sweep : Sweep
        Heating or cooling.
    area : Area
        Of the electrode.
    low, high : float
        Range of temperature, K, within the sweep.
    polarity : int, optional
        +1 or -1; the electrometer's sign where it was not told.

    Returns
    -------
    float
        uC cm-2; of opposite sign on the two branches.

    Raises
    ------
    SettingsError
        When the sweep does not cover the range.
    """
    charge, _ = _charge(sweep, low, high)
    return (checked_polarity(polarity) or 1) * charge / area.value * _MICRO


def closure(
    heating: Sweep,
    cooling: Sweep,
    area: Area,
    low: float,
    high: float,
    *,
    polarity: int | None = None,
) -> Closure:
    """Return the misclosure of a cycle, and the constant current that would explain it.

    Parameters
    ----------
    heating, cooling : Sweep
        One of each.
    area : Area
        Of the electrode.
    low, high : float
        Range of temperature, K, within both.
    polarity : int, optional
        +1 or -1.

    Returns
    -------
    Closure

    Raises
    ------
    SettingsError
        When a sweep does not cover the range.
    """
    sign = checked_polarity(polarity) or 1
    (up, up_time), (down, down_time) = _charge(heating, low, high), _charge(cooling, low, high)
    scale = sign / area.value * _MICRO
    return Closure(
        up * scale,
        down * scale,
        (up + down) * scale,
        (up + down) / (up_time + down_time) * _PICO,
        low,
        high,
    )


def _charge(sweep: Sweep, low: float, high: float) -> tuple[float, float]:
    """Return charge (C) and time (s) between two temperatures."""
    bottom, top = sweep.span
    if not bottom <= low < high <= top:
        raise SettingsError(
            f"the {sweep.branch} branch covers {bottom:.1f}-{top:.1f} K, not {low:g}-{high:g} K",
            where=sweep.log.name,
            do="give a range within it",
        )
    T, t = sweep.log.temperature, sweep.log.time
    rows = slice(*_crossings(T, low, high))
    charge = float(np.trapezoid(sweep.log.current[rows], t[rows]))
    return charge, float(t[rows][-1] - t[rows][0])


def _crossings(T: FloatArray, low: float, high: float) -> tuple[int, int]:
    """Return the middle of the first and the last rows in a range, so that noise cancels."""
    inside = np.flatnonzero((low <= T) & (high >= T))
    outside = np.flatnonzero((low > T) | (high < T))
    before = outside[outside < inside[inside.size // 2]]
    after = outside[outside > inside[inside.size // 2]]
    first = (int(inside[0]) + int(before[-1]) + 1) // 2 if before.size else int(inside[0])
    last = (int(inside[-1]) + int(after[0])) // 2 if after.size else int(inside[-1])
    return first, last + 1
