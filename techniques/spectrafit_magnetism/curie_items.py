"""The Curie-Weiss law in a declared window, without and with weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectrafit_magnetism.constants import CURIE_UNIT
from spectrafit_magnetism.curie_weiss import CurieWeissFit, curie_weiss_fit
from spectrafit_magnetism.curve import MeasuredCurve
from spectrafit_magnetism.findings import Findings
from spectrafit_magnetism.items import curve_item, sigma_fields
from spectrafit_magnetism.settings import MagnetismSettings

__all__ = ["add_curie"]


def add_curie(
    curve: MeasuredCurve, settings: MagnetismSettings, found: Findings
) -> CurieWeissFit | None:
    """Add Curie constant, Weiss temperature and effective moment where a window is set.

    Parameters
    ----------
    curve : MeasuredCurve
        As measured.
    settings : MagnetismSettings
        Window, and whether a temperature-independent part is free.
    found : Findings
        What is added to.

    Returns
    -------
    CurieWeissFit or None
        None without a window.

    Raises
    ------
    SpectrafitError
        When the window holds too few points.
    """
    if settings.curie_K is None:
        return None
    branch = curve.main
    chi = branch.chiT / branch.T
    sigma = None if branch.stat is None else branch.stat / branch.T
    fitted = curie_weiss_fit(branch.T, chi, settings.curie_K, sigma=sigma, tip=settings.curie_tip)
    best = fitted.weighted or fitted.unweighted
    plain = fitted.unweighted
    common: dict[str, Any] = {
        "step": "curie-weiss",
        "step_settings": {
            "window_K": list(settings.curie_K), "branch": branch.name, "tip": settings.curie_tip,
            "weights": "equal" if fitted.weighted is None else "1/sigma^2",
        },
        "conventions": {"window_K": list(settings.curie_K), "branch": branch.name},
    }  # fmt: skip
    rows = [("C", "cm3 K mol-1"), ("theta", "K")]
    rows += [("tip", "cm3 mol-1")] if settings.curie_tip else []
    for name, unit in rows:
        key = f"curie_weiss.{name}"
        value, own = best.value(key), best.sigma(key)
        parts = {"fit": own or 0.0, "weights": abs(value - plain.value(key))}
        if name == "C":
            parts["mass"] = abs(value) * (curve.scale or 0.0)
        if name == "tip":
            parts["chi_dia"] = curve.dia_error
        fields = _fields(
            parts, best.sigma_reason(key), curve.why_no_scale if name == "C" else "", own is None
        )
        found.items.append(
            curve_item(curve, f"curie.{name}", unit, value=value, **fields, **common)
        )
        if name == "C" and value > 0.0:
            moment = float(np.sqrt(value / CURIE_UNIT))
            scaled = {part: 0.5 * moment * size / value for part, size in parts.items()}
            fields = _fields(scaled, best.sigma_reason(key), curve.why_no_scale, own is None)
            found.items.append(
                curve_item(curve, "curie.moment", "1", value=moment, **fields, **common)
            )
    _compare(fitted, found)
    return fitted


def _fields(parts: dict[str, float], reason: str, scale: str, unknown: bool) -> dict[str, Any]:
    budget = {name: float(part) for name, part in parts.items() if part > 0.0}
    why = "; ".join(one for one in (reason if unknown else "", scale) if one)
    total = None if why else float(np.sqrt(sum(part**2 for part in budget.values())))
    return {"budget": budget, **sigma_fields(total, why)}


def _compare(fitted: CurieWeissFit, found: Findings) -> None:
    if fitted.weighted is None:
        return
    key = "curie_weiss.theta"
    pair = [one.value(key) for one in (fitted.unweighted, fitted.weighted)]
    sigmas = [one.sigma(key) for one in (fitted.unweighted, fitted.weighted)]
    spread = float(np.hypot(sigmas[0] or 0.0, sigmas[1] or 0.0))
    if abs(pair[1] - pair[0]) > 3.0 * spread:
        found.warn("MAG-119", unweighted=pair[0], weighted=pair[1])
