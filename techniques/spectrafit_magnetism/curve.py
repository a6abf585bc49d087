"""A measured curve of chi T: its branches, and the parts of the error of each point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spectrafit.alert import Alert
from spectrafit.history import HistoryEntry, Source
from spectrafit.spectrum import FloatArray, read_only
from spectrafit_magnetism.transition import Steepest

__all__ = ["COMMON_PARTS", "BranchCurve", "MeasuredCurve", "error_parts"]

COMMON_PARTS = ("mass", "chi_dia")
"""Parts of the error that one sample's points have in common: a factor, and a term linear in T."""


@dataclass(frozen=True, eq=False)
class BranchCurve:
    """One branch of a curve, in the order of time.

    Parameters
    ----------
    name : str
        ``heating`` or ``cooling``, with a number where there are several; ``points`` for a table
        in no order.
    T, chiT : ndarray, shape (n,)
        K and cm3 K/mol, corrected.
    raw : ndarray or None, shape (n,)
        Without corrections, cm3 K/mol; None where a table gives chi T.
    stat : ndarray or None, shape (n,)
        Statistical error, cm3 K/mol; None where there is none.
    centre : ndarray or None, shape (n,)
        chi T with the other centre less chi T, cm3 K/mol.
    rise : Steepest or None
        The smoothing spline's slope and where it is steepest; None for fewer than eight temperatures.
    rate : float or None
        Of the sweep, K/min; None where the file has no times.
    why_no_stat : str
        Empty where there is one.
    """

    name: str
    T: FloatArray
    chiT: FloatArray
    raw: FloatArray | None = None
    stat: FloatArray | None = None
    centre: FloatArray | None = None
    rise: Steepest | None = None
    rate: float | None = None
    why_no_stat: str = ""

    def __post_init__(self) -> None:
        for key in ("T", "chiT", "raw", "stat", "centre"):
            value = getattr(self, key)
            if value is not None:
                object.__setattr__(self, key, read_only(value))

    def slope_at(self, T: float) -> float:
        """Return d(chi T)/dT at a temperature.

        Parameters
        ----------
        T : float
            K.

        Returns
        -------
        float
            cm3/mol; 0 where it is not known.
        """
        if self.rise is None:
            return 0.0
        return float(np.interp(T, self.rise.grid, self.rise.derivative))

    def bend_at(self, T: float) -> float:
        """Return d2(chi T)/dT2 at a temperature, from slopes a kelvin to either side.

        Parameters
        ----------
        T : float
            K.

        Returns
        -------
        float
            cm3/(mol K); 0 where the slope is not known.
        """
        return 0.5 * (self.slope_at(T + 1.0) - self.slope_at(T - 1.0))

    @property
    def direction(self) -> str:
        """The name without its number."""
        return self.name.split("_")[0]


@dataclass(frozen=True, eq=False)
class MeasuredCurve:
    """chi T of one sample.

    Parameters
    ----------
    branches : tuple of BranchCurve
        In the order of time.
    scale : float or None
        Relative error common to all points; None where it is not told.
    why_no_scale : str
        Which setting was not given; empty where it was.
    dia_error : float
        Standard error of chi_dia, cm3/mol.
    dia_shift : float
        chi_dia, which was subtracted, cm3/mol; 0 where nothing was.
    correction_slope : float or None
        Mean of corrected less raw chi, cm3/mol; None for a table.
    field : float or None
        Oe; None for a table.
    conventions : mapping
        What the numbers depend on.
    history : tuple of HistoryEntry
        How they were made.
    source : Source
        File.
    where : str
        File name, for alerts.
    alerts : tuple of Alert
        What to know before quoting.
    """

    branches: tuple[BranchCurve, ...]
    scale: float | None
    why_no_scale: str
    dia_error: float
    dia_shift: float
    correction_slope: float | None
    field: float | None
    conventions: Mapping[str, Any]
    history: tuple[HistoryEntry, ...]
    source: Source
    where: str
    alerts: tuple[Alert, ...] = ()

    @property
    def main(self) -> BranchCurve:
        """The first heating branch, else the first of all: numbers of one branch are of this one."""
        heated = [one for one in self.branches if one.direction == "heating"]
        return (heated or list(self.branches))[0]

    def first(self, direction: str) -> BranchCurve | None:
        """Return the first branch that goes one way.

        Parameters
        ----------
        direction : str
            ``heating`` or ``cooling``.

        Returns
        -------
        BranchCurve or None
        """
        return next((one for one in self.branches if one.direction == direction), None)


def error_parts(
    curve: MeasuredCurve,
    T: float,
    chiT: float,
    *,
    stat: float | None,
    why_no_stat: str,
    centre: float = 0.0,
    slope: float = 0.0,
    lag: float | None = None,
    bend: float = 0.0,
    spread: float = 0.0,
) -> tuple[float | None, str, dict[str, float]]:
    """Return the error of a chi T with its parts.

    Parameters
    ----------
    curve : MeasuredCurve
        Whose.
    T, chiT : float
        K and cm3 K/mol.
    stat : float or None
        Statistical error, cm3 K/mol.
    why_no_stat : str
        Why there is none.
    centre : float, optional
        chi T with the other centre less chi T.
    slope : float, optional
        d(chi T)/dT, cm3/mol. A moment that belongs to another temperature is off by
        ``T d(chi)/dT`` a kelvin, which is the slope less chi.
    lag : float, optional
        How far the sample may be behind, K.
    bend : float, optional
        d2(chi T)/dT2, cm3/(mol K).
    spread : float, optional
        Standard deviation of the temperatures that were averaged, K: a mean of a bent curve is off
        by half of its bend times their variance.

    Returns
    -------
    sigma : float or None
        cm3 K/mol; None where a part that there is in any case is not known.
    reason : str
        Why there is none.
    budget : dict of str to float
        The parts that are known, by name, cm3 K/mol.
    """
    parts = {
        "stat": stat or 0.0,
        "mass": abs(chiT) * (curve.scale or 0.0),
        "chi_dia": curve.dia_error * T,
        "centre": 0.5 * abs(centre),
        "lag": abs(slope - chiT / T) * (lag or 0.0),
        "bins": 0.5 * abs(bend) * spread**2,
    }
    budget = {name: float(part) for name, part in parts.items() if part > 0.0}
    reasons = [why for why in (why_no_stat if not stat else "", curve.why_no_scale) if why]
    if reasons:
        return None, "; ".join(reasons), budget
    return float(np.sqrt(sum(part**2 for part in budget.values()))), "", budget
