"""The current that does not follow the rate, the lag of the branches and the charge of a cycle."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from spectrafit.observable import Observable
from spectrafit_pyro.alerts import pyro_alert
from spectrafit_pyro.antisymmetric import even_current
from spectrafit_pyro.closure import charge_density, closure
from spectrafit_pyro.coefficient import current_noise, offset_that_explains, one_branch_verdict
from spectrafit_pyro.findings import Findings
from spectrafit_pyro.lag import LAG_OR_HYSTERESIS, Lag, aligned, zero_rate
from spectrafit_pyro.origin import Origin
from spectrafit_pyro.peak_items import HOLDS_EVEN, plateau_of
from spectrafit_pyro.sweeps import Sweep

__all__ = ["current_items", "rate_items"]

_MUCH = 0.05  # of the plateau
_SEEN = 3.0  # standard errors
_PARTS = 10  # of the plateau, whose first and last are compared
_MICRO = 1e6
_PICO = 1e12


def current_items(origin: Origin) -> Findings:
    """Return the even current, lag and closure of a pair, or what one branch leaves open.

    Parameters
    ----------
    origin : Origin
        Of the run.

    Returns
    -------
    Findings
    """
    found, name = Findings(), origin.run.name
    if origin.run.joint is None:
        found.attempt("the offset", name, partial(_one_branch, found, origin))
        found.attempt("the charge", name, partial(_charges, found, origin))
        return found
    found.attempt("the even current", name, partial(_even, found, origin))
    _lag(found, origin)
    found.attempt("the charge", name, partial(_charges, found, origin))
    found.attempt("the closure", name, partial(_closure, found, origin))
    return found


def _one_branch(found: Findings, origin: Origin) -> None:
    run = origin.run
    flat = plateau_of(run.best, origin)
    area, rate = run.electrode.area, run.sweep.nominal
    verdict = one_branch_verdict(flat.mean, area, rate)
    found.alerts.append(
        pyro_alert("PYRO-106").alert(where=run.name, verdict=verdict, branch=run.branch)
    )
    found.items.append(
        origin.after("plateau", plateau_K=[flat.low, flat.high]).item(
            "pyro.offset_for_plateau", "pA", offset_that_explains(flat.mean, area, rate),
            {"noise": flat.mean_sigma * area.value * abs(rate) * 1e-9 * _PICO},
            verdict="offset not testable", plateau_K=[flat.low, flat.high],
        )
    )  # fmt: skip


def _even(found: Findings, origin: Origin) -> None:
    run = origin.run
    assert run.joint is not None
    low, high = run.settings.plateau_K
    even = even_current(run.joint, low, high)
    own = origin.after("even current", plateau_K=[low, high])
    rows = int(np.argmin(np.abs(run.joint.temperature - even.largest_at)))
    found.items += [
        own.item("pyro.I0", "pA", even.mean, {"noise": even.mean_sigma}, plateau_K=[low, high]),
        own.item(
            "pyro.I0_max", "pA", even.largest, {"noise": float(run.joint.even_sigma[rows])},
            plateau_K=[low, high], at_K=even.largest_at,
        ),
        own.item(
            "pyro.I0_as_p", "nC cm-2 K-1", even.as_p,
            origin.scaled(even.as_p, abs(even.as_p / even.mean) * even.mean_sigma if even.mean else 0.0),
            reason=origin.area_reason(one_branch=False), plateau_K=[low, high],
        ),
    ]  # fmt: skip
    flat = plateau_of(run.best, origin).mean
    share = abs(even.as_p / flat) if flat else np.inf
    if share > _MUCH and abs(even.mean) > _SEEN * even.mean_sigma:
        found.alerts.append(
            pyro_alert("PYRO-107").alert(
                where=run.name,
                mean=even.mean,
                largest=even.largest,
                at=even.largest_at,
                share=share,
            )
        )
    inside = (run.joint.temperature >= low) & (run.joint.temperature <= high)
    if inside.sum() < _PARTS:
        return
    ends = np.array_split(run.joint.even_current[inside], _PARTS)
    first, last = float(ends[0].mean()), float(ends[-1].mean())
    noise = float(run.joint.even_sigma[inside].mean() / np.sqrt(ends[0].size))
    as_p = even.as_p * (last - first) / even.mean if even.mean else 0.0
    if abs(last - first) > _SEEN * np.sqrt(2.0) * noise and abs(as_p) > _MUCH * abs(flat):
        found.alerts.append(pyro_alert("PYRO-117").alert(where=run.name, low=first, high=last))


def _lag(found: Findings, origin: Origin) -> None:
    run = origin.run
    window = list(run.settings.peak_K)
    own = origin.after("lag", peak_K=window)
    if run.lag is not None:
        found.items += [
            own.item(
                "pyro.lag", "s", run.lag.time, {"noise": run.lag.sigma}, verdict=LAG_OR_HYSTERESIS,
                peak_K=window,
            ),
            own.item(
                "pyro.peak_separation", "K", run.lag.separation, {"noise": run.lag.separation_sigma},
                verdict=LAG_OR_HYSTERESIS, peak_K=window,
            ),
        ]  # fmt: skip
    found.items += rate_items(own, run.lags)


def rate_items(origin: Origin, lags: tuple[Lag, ...]) -> list[Observable]:
    """Return hysteresis and lag from pairs of several rates; nothing where the rates are alike.

    Parameters
    ----------
    origin : Origin
        With the run.
    lags : tuple of Lag
        One a pair.

    Returns
    -------
    list of Observable
    """
    told = zero_rate(lags)
    if told.hysteresis is None or told.time is None:
        return []
    gaps = sorted(60.0 * (lag.heating_rate - lag.cooling_rate) for lag in lags)
    own = origin.after("zero rate", rate_differences_K_min=[round(gap, 3) for gap in gaps])
    window = list(origin.run.settings.peak_K)
    return [
        own.item("pyro.hysteresis", "K", told.hysteresis, {"noise": told.hysteresis_sigma or 0.0}, peak_K=window),
        own.item("pyro.lag_of_rates", "s", told.time, {"noise": told.time_sigma or 0.0}, peak_K=window),
    ]  # fmt: skip


def _charge_noise(sweep: Sweep, low: float, high: float) -> float:
    """Return the standard error of the charge of a sweep by the noise of its readings, C."""
    T, t = sweep.log.temperature, sweep.log.time
    inside = (low <= T) & (high >= T)
    steps = np.diff(t[inside])
    return current_noise(sweep.log.current) * float(np.sqrt((steps**2).sum()))


def _range(origin: Origin) -> tuple[float, float]:
    T = origin.run.best.temperature
    low = origin.run.settings.T0_K
    return max(low, float(T[0])), float(T[-1])


def _charges(found: Findings, origin: Origin) -> None:
    run = origin.run
    low, high = _range(origin)
    own = origin.after("charge by time", T0_K=low, to_K=high)
    polarity, area = run.electrode.polarity, run.electrode.area
    for sweep in run.pair or (aligned(run.sweep, run.lag_s),):
        value = charge_density(sweep, area, low, high, polarity=polarity)
        noise = _charge_noise(sweep, low, high) / area.value * _MICRO
        quantity = origin.key("charge").removeprefix("pyro.")
        found.items.append(
            own.item(
                f"pyro.{sweep.branch.value}.{quantity}", "uC cm-2",
                value if polarity is not None else abs(value), origin.scaled(value, noise),
                reason="; ".join(filter(None, (HOLDS_EVEN, origin.area_reason(one_branch=False)))),
                T0_K=low, to_K=high,
            )
        )  # fmt: skip


def _closure(found: Findings, origin: Origin) -> None:
    run = origin.run
    assert run.pair is not None
    low, high = _range(origin)
    own = origin.after("charge by time", T0_K=low, to_K=high)
    area = run.electrode.area
    closed = closure(*run.pair, area, low, high, polarity=run.electrode.polarity)
    noise = math.hypot(*(_charge_noise(sweep, low, high) for sweep in run.pair))
    seconds = abs(high - low) * sum(1.0 / abs(sweep.nominal) for sweep in run.pair)
    found.items += [
        own.item(
            "pyro.misclosure", "uC cm-2", closed.misclosure,
            origin.scaled(closed.misclosure, noise / area.value * _MICRO),
            reason=origin.area_reason(one_branch=False), T0_K=low, to_K=high,
        ),
        own.item(
            "pyro.misclosure_current", "pA", closed.mean_current, {"noise": noise / seconds * _PICO},
            T0_K=low, to_K=high,
        ),
    ]  # fmt: skip
