"""Transition temperatures of each branch by both ways, the loop between them, and the share left over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.observable import Kind
from spectrafit_magnetism.curve import BranchCurve, MeasuredCurve
from spectrafit_magnetism.findings import Findings
from spectrafit_magnetism.hysteresis import hysteresis, lag_of
from spectrafit_magnetism.items import curve_item
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.transition import (
    HalfTemperature,
    Steepest,
    half_temperature,
    high_spin_fraction,
)

__all__ = ["Transitions", "add_transition", "lag_of_branch"]

_STEEP = 3.0
"""Steepest slope over the mean one from which a rise is taken for a transition."""
_FLAT = 0.1
"""Slope over the steepest below which chi T counts as flat: it must be so on both sides."""
_LOW_K = 30.0
"""K; below it spin states relax by tunnelling alone (A. Hauser, Coord. Chem. Rev. 111, 275 (1991)), so a
crossover in equilibrium is not to be expected, and what splits a ground state by some 10 cm-1 is."""
_UNIFORM = np.sqrt(12.0)
_ONE_SIDED = 1.645
WAYS = {"steepest": "maximum of d(chi T)/dT", "half": "high-spin fraction of one half"}


@dataclass(frozen=True)
class Transitions:
    """What was found of the transition, for the figures.

    Parameters
    ----------
    steepest : mapping of str to Steepest
        By branch.
    half : mapping of str to HalfTemperature
        By branch.
    present : bool
        Whether there is a transition.
    """

    steepest: Mapping[str, Steepest] = field(default_factory=dict)
    half: Mapping[str, HalfTemperature] = field(default_factory=dict)
    present: bool = False


def lag_of_branch(branch: BranchCurve, settings: MagnetismSettings) -> float | None:
    """Return how far the sample may be behind on a branch.

    Parameters
    ----------
    branch : BranchCurve
        With its rate.
    settings : MagnetismSettings
        Settle time, or a measured lag.

    Returns
    -------
    float or None
        K; None where neither is told, or a settle time without a rate.
    """
    if settings.settle_s is not None and branch.rate is not None:
        return lag_of(branch.rate, settings.settle_s, measured=settings.lag_K)
    return settings.lag_K


def add_transition(
    curve: MeasuredCurve, settings: MagnetismSettings, found: Findings
) -> Transitions:
    """Add T1/2 of each branch and the loop between heating and cooling.

    Parameters
    ----------
    curve : MeasuredCurve
        As measured.
    settings : MagnetismSettings
        Whether a transition is looked for, end windows, lag.
    found : Findings
        What is added to.

    Returns
    -------
    Transitions
    """
    # a pair of spins has a rise of its own, which is no transition
    if settings.transition == "no" or (settings.transition == "auto" and settings.S1):
        return Transitions()
    rises: dict[str, Steepest] = {}
    halves: dict[str, HalfTemperature] = {}
    for direction in ("heating", "cooling", "points"):
        branch = curve.first(direction)
        if branch is None:
            continue
        if branch.rise is None:
            if settings.transition == "yes":
                why = "fewer than eight temperatures"
                found.warn("MAG-117", what=f"T1/2 on {branch.name}", why=why)
            continue
        rises[branch.name] = branch.rise
        found.attempt(
            f"T1/2 by the half fraction on {branch.name}",
            found.where,
            partial(_half, branch, settings, halves),
        )
    if not rises:
        return Transitions()
    if settings.transition == "auto" and not all(
        _is_steep(curve, name, one) for name, one in rises.items()
    ):
        found.warn("MAG-123")
        return Transitions(rises, {}, present=False)
    good = {name: one for name, one in rises.items() if not one.at_end}
    if good:
        lowest = min(one.T for one in good.values())
        if lowest < _LOW_K and settings.transition == "auto":
            found.warn("MAG-126", T=lowest)
        _add_mean(curve, good, settings, found)
        _add_loop(curve, good, halves, settings, found)
    for name, one in rises.items():
        if one.at_end:
            found.warn(
                "MAG-117",
                what=f"T1/2 on {name}",
                why="the steepest rise lies at an end of the branch",
            )
            continue
        _add_branch(curve, name, one, halves.get(name), settings, found)
    if not good:
        return Transitions(rises, halves, present=False)
    _add_windows_hint(curve, good, settings, found)
    return Transitions(rises, halves, present=True)


def _half(
    branch: BranchCurve, settings: MagnetismSettings, halves: dict[str, HalfTemperature]
) -> None:
    low, high = settings.low_spin_K, settings.high_spin_K
    if low is not None and high is not None:
        fraction = high_spin_fraction(branch.T, branch.chiT, low, high)
        halves[branch.name] = half_temperature(fraction)


def _is_steep(curve: MeasuredCurve, name: str, one: Steepest) -> bool:
    branch = next(each for each in curve.branches if each.name == name)
    mean = float(np.ptp(branch.chiT) / np.ptp(branch.T))
    flat = [
        float(one.derivative[side].min()) < _FLAT * one.slope
        for side in (one.grid < one.T, one.grid > one.T)
        if side.any()
    ]
    return not one.at_end and one.slope > _STEEP * mean and all(flat)


def _bracket(one: Steepest | HalfTemperature) -> float:
    """Return the standard uncertainty of a place that is only known between two readings."""
    return ((one.high or 0.0) - (one.low or 0.0)) / float(_UNIFORM)


def _budget(bracket: float, lag: float | None) -> dict[str, float]:
    parts = {"sampling": bracket, "lag": (lag or 0.0) / float(np.sqrt(3.0))}
    return {name: part for name, part in parts.items() if part > 0.0}


def _sigma(budget: Mapping[str, float], lag: float | None) -> dict[str, Any]:
    if lag is None:
        return {
            "sigma": None,
            "sigma_reason": "the lag of the sample is not told (settle_s, lag_K)",
        }
    return {"sigma": float(np.sqrt(sum(part**2 for part in budget.values())))}


def _add_branch(
    curve: MeasuredCurve,
    name: str,
    one: Steepest,
    half: HalfTemperature | None,
    settings: MagnetismSettings,
    found: Findings,
) -> None:
    branch = next(each for each in curve.branches if each.name == name)
    lag = lag_of_branch(branch, settings)
    budget = _budget(_bracket(one), lag)
    common: dict[str, Any] = {
        "step": "transition",
        "step_settings": {"branch": name, "rate_K_min": branch.rate},
    }
    found.items.append(
        curve_item(
            curve, f"{name}.T_half", "K", value=one.T, low=one.low, high=one.high, budget=budget,
            conventions={"way": WAYS["steepest"], "branch": name}, **_sigma(budget, lag), **common,
        )
    )  # fmt: skip
    if half is None:
        return
    ends = {"low_spin_K": settings.low_spin_K, "high_spin_K": settings.high_spin_K}
    if half.T is None:
        found.warn("MAG-117", what=f"T1/2 by the half fraction on {name}", why=half.reason)
        return
    own = _budget(_bracket(half), lag)
    found.items.append(
        curve_item(
            curve, f"{name}.T_half_fraction", "K", value=half.T, low=half.low, high=half.high,
            budget=own, conventions={"way": WAYS["half"], "branch": name, **ends},
            **_sigma(own, lag), **common,
        )
    )  # fmt: skip
    gap = half.T - one.T
    both = {"sampling": float(np.hypot(_bracket(one), _bracket(half)))}
    found.items.append(
        curve_item(
            curve, f"{name}.T_half_gap", "K", value=gap, sigma=both["sampling"], budget=both,
            conventions={"way": "half fraction less steepest rise", "branch": name, **ends},
            **common,
        )
    )  # fmt: skip
    if abs(gap) > 2.0 * both["sampling"]:
        found.warn("MAG-112", gap=gap, branch=name)


def _add_mean(
    curve: MeasuredCurve,
    good: Mapping[str, Steepest],
    settings: MagnetismSettings,
    found: Findings,
) -> None:
    """Add the mean of the branches: a lag of both cancels in it, a loop is its budget."""
    temperatures = [one.T for one in good.values()]
    size = len(temperatures)
    bracket = float(np.sqrt(sum(_bracket(one) ** 2 for one in good.values()))) / size
    branch = next(each for each in curve.branches if each.name in good)
    lag = 0.0 if size == 2 else lag_of_branch(branch, settings)
    budget = _budget(bracket, lag)
    if size == 2 and temperatures[0] != temperatures[1]:
        budget["branches"] = 0.5 * abs(temperatures[0] - temperatures[1])
    found.items.append(
        curve_item(
            curve, "T_half", "K", value=float(np.mean(temperatures)), budget=budget,
            conventions={"way": WAYS["steepest"], "branch": " and ".join(good)},
            step="transition", step_settings={"branch": list(good)}, **_sigma(budget, lag),
        )
    )  # fmt: skip


def _add_windows_hint(
    curve: MeasuredCurve,
    good: Mapping[str, Steepest],
    settings: MagnetismSettings,
    found: Findings,
) -> None:
    if settings.low_spin_K is not None and settings.high_spin_K is not None:
        return
    T = curve.main.T
    middle = float(np.mean([one.T for one in good.values()]))
    cold, hot = float(T.min()), float(T.max())
    found.warn(
        "MAG-124", a=cold, b=cold + 0.5 * (middle - cold), c=middle + 0.5 * (hot - middle), d=hot
    )


def _add_loop(
    curve: MeasuredCurve,
    good: Mapping[str, Steepest],
    halves: Mapping[str, HalfTemperature],
    settings: MagnetismSettings,
    found: Findings,
) -> None:
    heating, cooling = (curve.first(name) for name in ("heating", "cooling"))
    if heating is None or cooling is None:
        missing = "heating" if heating is None else "cooling"
        if curve.main.direction != "points":
            found.warn("MAG-110", branch=missing)
        return
    lags = [lag_of_branch(one, settings) for one in (heating, cooling)]
    known = [one for one in lags if one is not None]
    lag = max(known) if len(known) == 2 else None
    ways: tuple[tuple[str, str, Any, Any], ...] = (
        ("hysteresis", "steepest", good.get(heating.name), good.get(cooling.name)),
        ("hysteresis_fraction", "half", halves.get(heating.name), halves.get(cooling.name)),
    )
    for key, way, up, down in ways:
        if up is not None and down is not None:
            try:
                _add_width(
                    curve, key, way, up, down, lag, found, rates=(heating.rate, cooling.rate)
                )
            except SpectrafitError as error:
                found.warn("MAG-117", what=key, why=error.what)


def _add_width(
    curve: MeasuredCurve,
    key: str,
    way: str,
    up: Steepest | HalfTemperature,
    down: Steepest | HalfTemperature,
    lag: float | None,
    found: Findings,
    *,
    rates: tuple[float | None, float | None],
) -> None:
    loop = hysteresis(up, down, lag=lag or 0.0)
    bracket = float(np.hypot(_bracket(up), _bracket(down)))
    common: dict[str, Any] = {
        "step": "hysteresis",
        "step_settings": {"rates_K_min": rates, "lag_K": lag},
        "conventions": {
            "way": WAYS[way], "lag_K": "not told" if lag is None else lag, "width_K": loop.width,
        },
    }  # fmt: skip
    if lag is not None and loop.resolved:
        # the lag makes a loop wider by 0 to twice itself
        budget = _budget(bracket, None) | ({"lag": 2.0 * lag / np.sqrt(3.0)} if lag else {})
        sigma = float(np.sqrt(sum(part**2 for part in budget.values())))
        found.items.append(
            curve_item(
                curve, key, "K", value=loop.width, sigma=sigma, budget=budget,
                verdict=loop.verdict, **common,
            )
        )  # fmt: skip
        return
    verdict = loop.verdict
    if lag is None:
        verdict = "not testable: the lag of the sample is not told"
    if way == "steepest":
        if lag is None:
            found.warn("MAG-108", width=loop.width)
        else:
            found.warn("MAG-109", why=loop.verdict.removeprefix("not resolved: "))
    found.items.append(
        curve_item(
            curve, key, "K", kind=Kind.UPPER_LIMIT, high=max(loop.width, 0.0) + _ONE_SIDED * bracket,
            level=0.95, verdict=verdict, **common,
        )
    )  # fmt: skip
