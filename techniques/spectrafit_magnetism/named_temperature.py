"""chi T at a named temperature, by a local line through the points beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.susceptibility import Susceptibility

__all__ = ["NamedValue", "Rise", "rise", "value_at"]

_FEWEST = 3


@dataclass(frozen=True)
class NamedValue:
    """A value at a named temperature.

    Parameters
    ----------
    T : float
        K.
    value : float
        In the unit of the data.
    sigma : float or None
        Standard error from the scatter of the points about the line; None where there are too few.
    slope : float
        Of the line, per K.
    points : int
        How many were used.
    why_no_sigma : str
        Why there is no error; empty where there is one.
    """

    T: float
    value: float
    sigma: float | None
    slope: float
    points: int
    why_no_sigma: str = ""


def value_at(T: ArrayLike, y: ArrayLike, at: float, *, half_width: float = 5.0) -> NamedValue:
    """Return the value of a straight line through the points near a temperature.

    Parameters
    ----------
    T : array_like, shape (n,)
        K; in any order.
    y : array_like, shape (n,)
        chi T of one branch, or another quantity.
    at : float
        The named temperature, K.
    half_width : float, optional
        Points within this distance count, K.

    Returns
    -------
    NamedValue

    Raises
    ------
    SettingsError
        When fewer than two temperatures lie in the window, or all on one side and beyond 1 K of
        `at`: nothing is extrapolated.
    """
    temperature, values = np.asarray(T, float), np.asarray(y, float)
    if temperature.shape != values.shape:
        raise SettingsError("temperatures and values differ in number", where=f"{at:g} K")
    near = np.isfinite(values) & (np.abs(temperature - at) <= half_width)
    x, v = temperature[near] - at, values[near]
    if np.unique(x).size < 2:
        raise SettingsError(
            f"{np.unique(x).size} temperatures within {half_width:g} K of {at:g} K",
            do="name a temperature that was measured",
        )
    if x.min() > 1.0 or x.max() < -1.0:
        raise SettingsError(
            f"{at:g} K lies outside the measured {temperature.min():g} to {temperature.max():g} K",
            do="name a temperature that was measured",
        )
    centre = x.mean()
    spread = float(((x - centre) ** 2).sum())
    slope = float(((x - centre) @ v) / spread)
    value = float(v.mean() - slope * centre)
    if x.size < _FEWEST:
        return NamedValue(at, value, None, slope, int(x.size), "a line through two points")
    rest = v - value - slope * x
    variance = float(rest @ rest) / (x.size - 2)
    sigma = float(np.sqrt(variance * (1.0 / x.size + centre**2 / spread)))
    return NamedValue(at, value, sigma, slope, int(x.size))


@dataclass(frozen=True)
class Rise:
    """How far chi T rises between two temperatures, and how much of it the corrections make.

    Parameters
    ----------
    low, high : float
        K.
    value : float
        Of the corrected chi T, cm3 K/mol.
    sigma : float or None
        Standard error from the scatter, cm3 K/mol.
    raw : float
        Of the raw chi T.
    with_less_dia, with_more_dia : float
        Of the corrected chi T with chi_dia smaller and larger by 20 %.
    """

    low: float
    high: float
    value: float
    sigma: float | None
    raw: float
    with_less_dia: float
    with_more_dia: float

    @property
    def corrections(self) -> float:
        """The part of the rise that the corrections make, cm3 K/mol."""
        return self.value - self.raw


def rise(data: Susceptibility, low: float, high: float, *, half_width: float = 5.0) -> Rise:
    """Return the rise of chi T over a window: corrected, raw, and with chi_dia varied by 20 %.

    Parameters
    ----------
    data : Susceptibility
        Of one branch.
    low, high : float
        K, rising.
    half_width : float, optional
        For the local lines, K.

    Returns
    -------
    Rise

    Raises
    ------
    SettingsError
        When the window does not rise or an end was not measured.
    """
    if not low < high:
        raise SettingsError(f"a window from {low:g} to {high:g} K does not rise", where="rise")

    def between(values: FloatArray) -> tuple[float, float | None]:
        a, b = (value_at(data.T, values, T, half_width=half_width) for T in (low, high))
        sigma = None if a.sigma is None or b.sigma is None else float(np.hypot(a.sigma, b.sigma))
        return b.value - a.value, sigma

    value, sigma = between(data.chiT)
    shift = data.dia_shift(0.2)
    return Rise(
        low,
        high,
        value,
        sigma,
        between(data.chiT_raw)[0],
        between(data.chiT - shift)[0],
        between(data.chiT + shift)[0],
    )
