"""Debye model of a site: isomer shifts carried to one temperature, and areas against temperature.

Shift and recoil-free fraction are those of `spectrafit.laws`. The Debye temperature that the shift
gives (theta_SOD, from the mean square velocity) and the one that the areas give (theta_f, from the
mean square displacement) are different moments of the phonon spectrum and are never made one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.fit.profile.along import Along, profile_along
from spectrafit.laws import recoil_free_fraction, second_order_doppler
from spectrafit.spectrum import FloatArray

__all__ = [
    "THETA_PLACES",
    "CarriedShift",
    "ThetaRange",
    "carried_shift",
    "shift_between",
    "theta_of_areas",
]

THETA_PLACES: FloatArray = np.geomspace(40.0, 2000.0, 25)
"""K, where a free Debye temperature is looked for first: from a soft molecular solid to diamond's."""


@dataclass(frozen=True)
class ThetaRange:
    """A declared Debye temperature with the range it may have.

    Parameters
    ----------
    low, high : float
        K.
    value : float, optional
        K; the middle if left out.

    Raises
    ------
    SettingsError
        When they do not rise from above 0.
    """

    low: float
    high: float
    value: float | None = None

    def __post_init__(self) -> None:
        middle = 0.5 * (self.low + self.high) if self.value is None else self.value
        if not 0.0 < self.low <= middle <= self.high < np.inf:
            raise SettingsError(
                f"a Debye temperature of {middle:g} K between {self.low:g} and {self.high:g} K",
                do="give low <= value <= high, all above 0 K",
            )
        object.__setattr__(self, "value", float(middle))

    @property
    def middle(self) -> float:
        """Declared value, K."""
        assert self.value is not None
        return self.value


@dataclass(frozen=True)
class CarriedShift:
    """An isomer shift at another temperature than that of its measurement.

    Parameters
    ----------
    value : float
        mm/s.
    low, high : float
        mm/s; with the ends of the range of the Debye temperature.
    sigma : float or None
        Standard error of the measurement, mm/s; None where there is none.
    """

    value: float
    low: float
    high: float
    sigma: float | None = None

    @property
    def theta_part(self) -> float:
        """Half of what the range of the Debye temperature opens, mm/s: a part of the budget."""
        return 0.5 * (self.high - self.low)


def shift_between(T: ArrayLike, T_ref: float, theta: ArrayLike) -> FloatArray:
    """Return SOD(T) - SOD(T_ref), the second-order Doppler shift from one temperature to another.

    Parameters
    ----------
    T : array_like
        K.
    T_ref : float
        K.
    theta : array_like
        Debye temperature, K.

    Returns
    -------
    ndarray
        mm/s; negative where T is above T_ref.

    Raises
    ------
    SettingsError
        For a temperature below 0 K or a Debye temperature that is not positive.
    """
    return np.asarray(
        second_order_doppler(T, theta).value - second_order_doppler(T_ref, theta).value
    )


def carried_shift(
    shift: float, T: float, T_ref: float, theta: ThetaRange, *, sigma: float | None = None
) -> CarriedShift:
    """Return an isomer shift carried from T to T_ref, ``IS - SOD(T) + SOD(T_ref)``.

    Parameters
    ----------
    shift : float
        At T, mm/s.
    T, T_ref : float
        K.
    theta : ThetaRange
        Debye temperature.
    sigma : float, optional
        Standard error of the shift, mm/s.

    Returns
    -------
    CarriedShift

    Raises
    ------
    SettingsError
        For a temperature below 0 K.
    """
    ends = shift - shift_between(T, T_ref, np.array([theta.low, theta.middle, theta.high]))
    # the shift between two temperatures grows steadily with theta: its ends are those of the range
    return CarriedShift(float(ends[1]), float(ends.min()), float(ends.max()), sigma)


def theta_of_areas(
    T: ArrayLike,
    area: ArrayLike,
    sigma: ArrayLike,
    *,
    places: ArrayLike = THETA_PLACES,
    level: float = 0.683,
) -> Along:
    """Return theta_f from the fall of the absorption area with temperature.

    ``ln area(T) = constant + ln f(T, theta)``: only the relative areas count, so the absorber must
    be thin and the geometry the same at all temperatures. The constant is solved for exactly.

    Parameters
    ----------
    T : array_like, shape (N,)
        K.
    area : array_like, shape (N,)
        In any unit, all above 0.
    sigma : array_like, shape (N,)
        Standard errors of the areas, independent of each other, in the same unit.
    places : array_like, optional
        Where theta is looked for first; the ends are its bounds, K.
    level : float, optional
        Confidence of both ends of the interval together.

    Returns
    -------
    Along
        Interval in K; an end that the data leave open is a reason (`theta_open`).

    Raises
    ------
    SettingsError
        For fewer than three temperatures, or an area or error that is not positive.
    """
    temperature, size, error = (np.asarray(one, dtype=float) for one in (T, area, sigma))
    if temperature.ndim != 1 or not temperature.shape == size.shape == error.shape:
        raise SettingsError("temperatures, areas and errors differ in number", where="theta_f")
    if np.unique(temperature).size < 3:
        raise SettingsError(
            f"{np.unique(temperature).size} temperatures do not tell a Debye temperature",
            where="theta_f",
            do="give three or more",
        )
    if not ((size > 0.0).all() and (error > 0.0).all() and np.isfinite(size + error).all()):
        raise SettingsError(
            "an area or its error is not positive", where="theta_f", do="leave that spectrum out"
        )
    logarithm, weight = np.log(size), (size / error) ** 2

    def chi2(numbers: FloatArray) -> FloatArray:
        fall = np.log(recoil_free_fraction(temperature, numbers[:, None]).value)
        rest = logarithm - fall
        mean = (rest * weight).sum(axis=1) / weight.sum()
        return np.asarray((weight * (rest - mean[:, None]) ** 2).sum(axis=1))

    return profile_along(chi2, places, name="theta_f", unit="K", level=level)
