"""The peak of p and its plateau as observables, of both branches together and of each alone."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from spectrafit.observable import Observable
from spectrafit_pyro.alerts import pyro_alert
from spectrafit_pyro.coefficient import Coefficient
from spectrafit_pyro.findings import Findings
from spectrafit_pyro.origin import NO_OFFSET_ERROR, Origin
from spectrafit_pyro.peak import AreaBetween, Peak, found_peak
from spectrafit_pyro.plateau import Plateau, plateau

__all__ = ["HOLDS_EVEN", "plateau_of", "shape_items"]

HOLDS_EVEN = "one branch: holds I0"
_P = "nC cm-2 K-1"
_PER_100K = 100.0
_BINS = 24.0  # the mean of a parabola over a bin is off by its second difference over this


def plateau_of(found: Coefficient, origin: Origin) -> Plateau:
    """Return the plateau of a coefficient over the window of the settings.

    Parameters
    ----------
    found : Coefficient
        Antisymmetrised, or of one branch.
    origin : Origin
        With the settings.

    Returns
    -------
    Plateau
    """
    return plateau(found, *origin.run.settings.plateau_K)


def shape_items(origin: Origin) -> Findings:
    """Return peak and plateau of p; what is not there is named.

    Parameters
    ----------
    origin : Origin
        Of the run.

    Returns
    -------
    Findings
    """
    run, found = origin.run, Findings()
    curves = [("", run.best)]
    if run.joint is not None:
        curves += [("heating.", run.joint.heating), ("cooling.", run.joint.cooling)]
    for prefix, curve in curves:
        of = f" of {prefix[:-1]}" if prefix else ""
        found.attempt(f"the peak{of}", run.name, partial(_peak, found, origin, curve, prefix))
        found.attempt(f"the plateau{of}", run.name, partial(_plateau, found, origin, curve, prefix))
    return found


def _key(origin: Origin, prefix: str, quantity: str) -> str:
    return "pyro." + prefix + origin.key(quantity).removeprefix("pyro.")


def _reason(origin: Origin, prefix: str) -> str:
    reason = origin.area_reason()
    return "; ".join(filter(None, (HOLDS_EVEN, reason))) if prefix else reason


def _peak(found: Findings, origin: Origin, curve: Coefficient, prefix: str) -> None:
    settings = origin.run.settings
    low, high = settings.peak_K
    peak = found_peak(
        curve, low=low, high=high, fixed=settings.fixed_area_K,
        shoulders=(settings.lower_shoulder_K, settings.upper_shoulder_K), share=settings.peak_share,
    )  # fmt: skip
    own = origin.after("peak", peak_K=[low, high], share=settings.peak_share)
    reason, window = _reason(origin, prefix), [low, high]
    in_p = origin.offset_in_p()
    bins = _bin_bias(curve, peak)
    budget = origin.scaled(peak.height, peak.height_sigma, in_p)
    if bins > 0.0:
        budget["bins"] = bins
    found.items.append(
        own.item(
            _key(origin, prefix, "peak_height"), _P, peak.height, budget, reason=reason, peak_K=window
        )
    )  # fmt: skip
    of_T = {"noise": peak.position_sigma}
    lag = origin.run.lag
    if lag is not None and not prefix and settings.align and settings.lag_s is None:
        of_T["lag"] = lag.sigma * abs(origin.run.sweep.nominal)
    found.items.append(
        own.item(
            f"pyro.{prefix}peak_T", "K", peak.position, of_T, verdict=_of_position(origin), peak_K=window
        )
    )  # fmt: skip
    if peak.fwhm is not None:
        found.items.append(
            own.item(
                f"pyro.{prefix}peak_fwhm", "K", peak.fwhm, {"noise": peak.fwhm_sigma or 0.0},
                reason=HOLDS_EVEN if prefix else "", peak_K=window,
            )
        )  # fmt: skip
    for quantity, area in (("peak_area", peak.area), ("peak_area_fixed", peak.fixed_area)):
        if area is not None:
            found.items.append(_area_item(own, quantity, area, area.total, prefix))
    if peak.area is not None:
        above = peak.area.above_line
        found.items.append(_area_item(own, "peak_area_above_line", peak.area, above, prefix))
    if peak.reasons and not prefix:
        found.alerts.append(
            pyro_alert("PYRO-110").alert(
                where=origin.run.name, what="a part of the peak", why="; ".join(peak.reasons)
            )
        )


def _area_item(
    origin: Origin, quantity: str, area: AreaBetween, value: float, prefix: str
) -> Observable:
    offset = origin.offset_in_p() * (area.high - area.low) * 1e-3
    name = "fixed_K" if quantity == "peak_area_fixed" else "limits_K"
    limits: dict[str, Any] = {name: [round(area.low, 3), round(area.high, 3)]}
    return origin.item(
        _key(origin, prefix, quantity), "uC cm-2", value, origin.scaled(value, area.sigma, offset),
        reason=_reason(origin, prefix), **limits,
    )  # fmt: skip


def _bin_bias(curve: Coefficient, peak: Peak) -> float:
    """Return by how much the mean over a bin falls short of a peak of its curvature."""
    top = int(np.argmin(np.abs(curve.temperature - peak.position)))
    if not 0 < top < curve.temperature.size - 1:
        return 0.0
    p = curve.p
    return float(abs(p[top - 1] - 2.0 * p[top] + p[top + 1]) / _BINS)


def _of_offset(origin: Origin) -> str:
    """Return why a number without the area's uncertainty has no total one."""
    run = origin.run
    untold = run.joint is None and not run.settings.offset_error_pA
    return NO_OFFSET_ERROR if untold else ""


def _of_position(origin: Origin) -> str:
    run = origin.run
    if run.joint is None:
        return "one branch only: a thermal lag shifts it" if not run.lag_s else ""
    return ""


def _plateau(found: Findings, origin: Origin, curve: Coefficient, prefix: str) -> None:
    flat = plateau_of(curve, origin)
    settings = origin.run.settings
    window = [flat.low, flat.high]
    own = origin.after("plateau", plateau_K=window)
    reason, in_p = _reason(origin, prefix), origin.offset_in_p()
    at = dict(zip(curve.temperature.tolist(), curve.sigma.tolist(), strict=True))
    verdict = "" if origin.run.joint is not None else "offset not testable"
    every = (
        ("plateau_mean", flat.mean, flat.mean_sigma),
        ("plateau_min", flat.minimum, at[flat.minimum_at]),
        ("plateau_max", flat.maximum, at[flat.maximum_at]),
    )
    for quantity, value, noise in every[:1] if prefix else every:
        found.items.append(
            own.item(
                _key(origin, prefix, quantity), _P, value, origin.scaled(value, noise, in_p),
                reason=reason, verdict=verdict, plateau_K=window,
            )
        )  # fmt: skip
    if prefix:
        return
    slope = flat.slope * _PER_100K
    found.items.append(
        own.item(
            _key(origin, prefix, "plateau_per_100K"), _P, slope,
            origin.scaled(slope, flat.slope_sigma * _PER_100K), reason=reason, plateau_K=window,
        )
    )  # fmt: skip
    if flat.flatness is not None:
        ratio = flat.flatness
        noise = ratio * float(
            np.hypot(at[flat.maximum_at] / flat.maximum, at[flat.minimum_at] / flat.minimum)
        )
        of_offset = in_p * abs(1.0 - ratio) / abs(flat.minimum)
        budget = {"noise": noise} | ({"offset": of_offset} if of_offset else {})
        found.items.append(
            own.item(
                "pyro.plateau_flatness", "1", ratio, budget, reason=_of_offset(origin), plateau_K=window
            )
        )  # fmt: skip
    reach = settings.grid_K
    low, high = settings.plateau_K
    if flat.low > low + 1.5 * reach or flat.high < high - 1.5 * reach:
        found.alerts.append(
            pyro_alert("PYRO-111").alert(where=origin.run.name, low=flat.low, high=flat.high)
        )
