"""The loop between heating and cooling, told only where lag and sampling cannot make it."""

from __future__ import annotations

from dataclasses import dataclass

from spectrafit.errors import SettingsError
from spectrafit_magnetism.transition import HalfTemperature, Steepest

__all__ = ["Hysteresis", "hysteresis", "lag_of"]


def lag_of(rate: float, settle: float, *, measured: float | None = None) -> float:
    """Return how far the sample may be behind the thermometer: the larger of two estimates.

    Parameters
    ----------
    rate : float
        Of the sweep, K/min; of either sign.
    settle : float
        Time the sample needs to follow, s.
    measured : float, optional
        A measured lag, K.

    Returns
    -------
    float
        K.

    Raises
    ------
    SettingsError
        For a settle time or lag that is negative.
    """
    if settle < 0.0 or (measured is not None and measured < 0.0):
        raise SettingsError("a negative lag or settle time", where="lag")
    return max(abs(rate) * settle / 60.0, measured or 0.0)


@dataclass(frozen=True)
class Hysteresis:
    """T1/2 on heating less T1/2 on cooling.

    Parameters
    ----------
    width : float
        K; negative where cooling comes out above heating.
    bracket : float
        Half of both sampling intervals in sum, K.
    lag : float
        How far the sample may be behind, K.
    resolved : bool
        Whether the width is above twice the lag and the bracket together.
    verdict : str
        ``"resolved"``, or ``"not resolved: ..."`` with the reason.
    """

    width: float
    bracket: float
    lag: float
    resolved: bool
    verdict: str


def hysteresis(
    heating: Steepest | HalfTemperature, cooling: Steepest | HalfTemperature, *, lag: float
) -> Hysteresis:
    """Return the width of the loop, and whether it is more than lag and sampling can make.

    Parameters
    ----------
    heating, cooling : Steepest or HalfTemperature
        T1/2 of both branches, by the same way.
    lag : float
        K, from `lag_of`; each branch is late by as much.

    Returns
    -------
    Hysteresis

    Raises
    ------
    SettingsError
        When the two ways differ, or a branch has no T1/2.
    """
    if type(heating) is not type(cooling):
        raise SettingsError("T1/2 of the branches by different ways", where="hysteresis")
    for name, one in (("heating", heating), ("cooling", cooling)):
        if isinstance(one, HalfTemperature) and one.T is None:
            raise SettingsError(f"no T1/2 on {name}: {one.reason}", where="hysteresis")
        if isinstance(one, Steepest) and one.at_end:
            raise SettingsError(f"no T1/2 on {name}: steepest at its end", where="hysteresis")
    assert heating.T is not None
    assert cooling.T is not None
    width = heating.T - cooling.T
    bracket = sum(0.5 * ((one.high or 0.0) - (one.low or 0.0)) for one in (heating, cooling))
    reasons = []
    if width <= bracket:
        reasons.append(f"{width:.2f} K is within the sampling of {bracket:.2f} K")
    elif width <= 2.0 * lag + bracket:
        # a lag alone makes a loop of twice itself, measured to the sampling
        beside = f" and the sampling of {bracket:.2f} K" if bracket else ""
        reasons.append(f"{width:.2f} K is within twice the lag of {lag:.2f} K{beside}")
    verdict = f"not resolved: {' and '.join(reasons)}" if reasons else "resolved"
    return Hysteresis(width, bracket, lag, not reasons, verdict)
