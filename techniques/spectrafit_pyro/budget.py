"""What each source of error adds to a change of polarisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit_pyro.log import Area
from spectrafit_pyro.polarisation import NO_AREA_ERROR

__all__ = ["Budget", "error_budget", "tilted"]

_MICRO = 1e6
_PICO = 1e12


@dataclass(frozen=True)
class Budget:
    """Standard errors of a change of polarisation by source, uC cm-2.

    Parameters
    ----------
    area : float or None
        Shared by p, dP and every dipole moment as one factor; None where it was not told.
    rate : float
        Calibration of the rate, shared by all points.
    offset : float
        A constant current that stays in p.
    white : float
        Noise of current and rate.
    reason : str
        Why the area has none; empty where it has.
    """

    area: float | None
    rate: float
    offset: float
    white: float
    reason: str = ""

    @property
    def total(self) -> float:
        """Square root of the sum of squares of the parts that are known, uC cm-2."""
        return float(
            np.sqrt((self.area or 0.0) ** 2 + self.rate**2 + self.offset**2 + self.white**2)
        )


def error_budget(
    dP: float,
    area: Area,
    *,
    span: float,
    rate: float,
    rate_relative: float = 0.0,
    offset_sigma: float = 0.0,
    white: float = 0.0,
) -> Budget:
    """Return ``(P sA/A)^2 + (P sr/r)^2 + (s_off dT/(r A))^2 + white^2`` by its parts.

    Parameters
    ----------
    dP : float
        Change of polarisation, uC cm-2.
    area : Area
        Of the electrode.
    span : float
        Range of temperature of the integral, K.
    rate : float
        Nominal rate, K/s.
    rate_relative : float, optional
        Relative standard error of the rate.
    offset_sigma : float, optional
        Standard error of the offset of the current, pA.
    white : float, optional
        Standard error of the integral from noise, uC cm-2.

    Returns
    -------
    Budget

    Raises
    ------
    SettingsError
        For a rate of zero.
    """
    if not rate:
        raise SettingsError("a rate of zero", where="error budget", do="give the nominal rate")
    relative = area.relative
    return Budget(
        None if relative is None else abs(dP) * relative,
        abs(dP) * rate_relative,
        abs(offset_sigma / _PICO * span / (rate * area.value)) * _MICRO,
        white,
        NO_AREA_ERROR if relative is None else "",
    )


def tilted(value: float, angle: float) -> float:
    """Return what an electrode measures whose normal is tilted from the polar axis, P cos(angle).

    Parameters
    ----------
    value : float
        Along the polar axis, any unit.
    angle : float
        Between normal and axis, degrees.

    Returns
    -------
    float
        In the same unit.
    """
    return float(value * np.cos(np.radians(angle)))
