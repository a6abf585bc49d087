"""chi T at named temperatures, and its rise between two: raw beside corrected, with their budgets."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.curve import BranchCurve, MeasuredCurve, error_parts
from spectrafit_magnetism.findings import Findings
from spectrafit_magnetism.items import curve_item, sigma_fields, temperature_part
from spectrafit_magnetism.named_temperature import NamedValue, value_at
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.transition_items import lag_of_branch

__all__ = ["add_named_values", "value_on_branch"]

_HALF_WIDTH = 5.0
_WIDEST = 10.0
_USUAL_K = (100.0, 200.0, 300.0)
CHI_T = "cm3 K mol-1"


def value_on_branch(
    curve: MeasuredCurve,
    branch: BranchCurve,
    T: float,
    settings: MagnetismSettings,
    *,
    raw: bool = False,
) -> dict[str, Any]:
    """Return chi T at a temperature of one branch as fields of an observable.

    Parameters
    ----------
    curve : MeasuredCurve
        Whose scale and diamagnetism.
    branch : BranchCurve
        Whose points.
    T : float
        K.
    settings : MagnetismSettings
        With the lag.
    raw : bool, optional
        Whether chi T without corrections is meant.

    Returns
    -------
    dict
        ``value``, ``sigma`` or ``sigma_reason``, ``budget``. The statistical part is the scatter
        about a local line, or the errors of the points through that line where they are larger; the
        difference to the other branch at this temperature is a part of its own.

    Raises
    ------
    SettingsError
        When the temperature was not measured.
    """
    found = value_at(branch.T, _points(branch, raw=raw), T, half_width=_half_width(branch.T, T))
    centre = 0.0
    if branch.centre is not None:
        centre = value_at(branch.T, branch.centre, T, half_width=_half_width(branch.T, T)).value
    other = _other_branch(curve, branch, T, raw=raw)
    sigma, reason, budget = error_parts(
        replace(curve, dia_error=0.0) if raw else curve, T, found.value,
        stat=_stat(found, branch, T), why_no_stat=_why(found, branch), centre=centre,
        slope=branch.slope_at(T),
        # the difference of two branches holds the lag already
        lag=lag_of_branch(branch, settings) if other is None else None,
    )  # fmt: skip
    if other is not None and other != found.value:
        budget["branches"] = 0.5 * abs(other - found.value)
        sigma = None if sigma is None else float(np.hypot(sigma, budget["branches"]))
    return {"value": found.value, "budget": budget, **sigma_fields(sigma, reason)}


def _half_width(T: FloatArray, at: float) -> float:
    """Return the half width of the local line, K: wider where readings are 5 K apart."""
    near = np.unique(T[np.abs(T - at) <= _HALF_WIDTH]).size >= 2
    return _HALF_WIDTH if near else _WIDEST


def _points(branch: BranchCurve, *, raw: bool) -> FloatArray:
    return branch.raw if raw and branch.raw is not None else branch.chiT


def _stat(found: NamedValue, branch: BranchCurve, T: float) -> float | None:
    """Return the scatter about the line or the errors of its points, whichever is larger."""
    if branch.stat is None:
        return found.sigma
    near = np.abs(branch.T - T) <= _half_width(branch.T, T)
    x = branch.T[near] - T
    centre = x.mean()
    share = 1.0 / x.size - centre * (x - centre) / float(((x - centre) ** 2).sum())
    return max(found.sigma or 0.0, float(np.sqrt(((share * branch.stat[near]) ** 2).sum())))


def _why(found: NamedValue, branch: BranchCurve) -> str:
    return branch.why_no_stat or found.why_no_sigma


def _other_branch(
    curve: MeasuredCurve, branch: BranchCurve, T: float, *, raw: bool
) -> float | None:
    for other in curve.branches:
        if other is not branch:
            try:
                return value_at(
                    other.T, _points(other, raw=raw), T, half_width=_half_width(other.T, T)
                ).value
            except SettingsError:
                continue  # this branch does not reach the temperature
    return None


def add_named_values(curve: MeasuredCurve, settings: MagnetismSettings, found: Findings) -> None:
    """Add chi T at named temperatures, its rises, and what the corrections add.

    Parameters
    ----------
    curve : MeasuredCurve
        As measured.
    settings : MagnetismSettings
        Which temperatures.
    found : Findings
        What is added to.
    """
    for T in settings.named_K or _usual(curve.main.T):
        found.attempt(f"chi T at {T:g} K", found.where, partial(_at, curve, T, settings, found))
    for low, high in settings.rise_K:
        found.attempt(
            f"rise from {low:g} to {high:g} K",
            found.where,
            partial(_rise, curve, low, high, found),
        )
    if curve.correction_slope is not None:
        found.items.append(
            curve_item(
                curve, "correction_slope", "cm3 mol-1", step="correction slope",
                value=curve.correction_slope,
                **sigma_fields(
                    curve.dia_error or None, "no diamagnetism was subtracted, so none has an error"
                ),
                budget={"chi_dia": curve.dia_error} if curve.dia_error else {},
            )
        )  # fmt: skip


def _usual(T: FloatArray) -> tuple[float, ...]:
    """Return the temperatures at which chi T is given where none is named: those with readings beside.

    A run that holds none of them, as one from 2 to 15 K, is told at its ends in whole kelvin.
    """
    usual = tuple(
        at
        for at in _USUAL_K
        if T.min() - 1.0 <= at <= T.max() + 1.0
        and np.unique(T[np.abs(T - at) <= _WIDEST]).size >= 2
    )
    return usual or tuple(sorted({float(np.ceil(T.min())), float(np.floor(T.max()))}))


def _at(curve: MeasuredCurve, T: float, settings: MagnetismSettings, found: Findings) -> None:
    branch = curve.main
    width = _half_width(branch.T, T)
    about = {"branch": branch.name, "T_K": T, "half_width_K": width}
    conventions = {"branch": branch.name, "half_width_K": width}
    rows = [("chiT", False, _dia_range(curve, T))]
    rows += [("chiT_raw", True, {"corrections": "none"})] if branch.raw is not None else []
    for name, raw, more in rows:
        found.items.append(
            curve_item(
                curve, f"{temperature_part(T)}.{name}", CHI_T, step="named temperature",
                step_settings=about, conventions={**conventions, **more},
                conditions={"T": float(T)},
                **value_on_branch(curve, branch, T, settings, raw=raw),
            )
        )  # fmt: skip


def _dia_range(curve: MeasuredCurve, T: float, low: float = 0.0) -> dict[str, Any]:
    """Return how chi T, or its rise, moves where chi_dia is 20 % smaller and larger in size."""
    if not curve.dia_shift:
        return {}
    shift = 0.2 * abs(curve.dia_shift) * (T - low)
    return {"dia_20_percent_less": -shift, "dia_20_percent_more": shift}


def _rise(curve: MeasuredCurve, low: float, high: float, found: Findings) -> None:
    if not low < high:
        raise SettingsError(f"a window from {low:g} to {high:g} K does not rise", do="swap them")
    branch = curve.main
    name = f"{temperature_part(low)[:-1]}-{temperature_part(high)}"
    width = max(_half_width(branch.T, T) for T in (low, high))
    about = {"branch": branch.name, "low_K": low, "high_K": high, "half_width_K": width}
    shared = {"branch": branch.name, "half_width_K": width}
    rows = [("rise", False, _dia_range(curve, high, low))]
    rows += [("rise_raw", True, {"corrections": "none"})] if branch.raw is not None else []
    for key, raw, more in rows:
        points = _points(branch, raw=raw)
        ends = [
            value_at(branch.T, points, T, half_width=_half_width(branch.T, T)) for T in (low, high)
        ]
        value = ends[1].value - ends[0].value
        stats = [one for end in ends if (one := _stat(end, branch, end.T)) is not None]
        stat = float(np.hypot(stats[0], stats[1])) if len(stats) == 2 else None
        # mass is a factor on the rise, and chi_dia adds a term that is linear in T
        sigma, why, budget = error_parts(
            replace(curve, dia_error=0.0) if raw else curve, high - low, value, stat=stat,
            why_no_stat=next((_why(end, branch) for end in ends if _why(end, branch)), ""),
        )  # fmt: skip
        found.items.append(
            curve_item(
                curve, f"{name}.{key}", CHI_T, step="rise", step_settings=about,
                conventions={**shared, **more}, value=value, budget=budget,
                **sigma_fields(sigma, why),
            )
        )  # fmt: skip
