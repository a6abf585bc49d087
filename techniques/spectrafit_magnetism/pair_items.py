"""A coupled pair of spins fitted to a curve: which model, g and J, a bound of the gap, or rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.observable import Kind
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.constants import BOLTZMANN_CM
from spectrafit_magnetism.curve import BranchCurve, MeasuredCurve
from spectrafit_magnetism.dimer_comparison import DimerComparison, compared_dimers
from spectrafit_magnetism.dimer_fit import DimerFit
from spectrafit_magnetism.exchange import Exchange
from spectrafit_magnetism.findings import Findings
from spectrafit_magnetism.items import curve_item, sigma_fields
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.transition_items import lag_of_branch

__all__ = ["HAMILTONIAN", "PairFit", "add_pair"]

HAMILTONIAN = "H = -2J S1.S2"


@dataclass(frozen=True, eq=False)
class PairFit:
    """A pair fitted to all branches of a curve.

    Parameters
    ----------
    T, chiT : ndarray, shape (n,)
        What was fitted, K and cm3 K/mol.
    sigma : ndarray or None, shape (n,)
        Its errors.
    comparison : DimerComparison
        Without and with a mean field.
    chosen : DimerFit
        The one whose numbers are given.
    """

    T: FloatArray
    chiT: FloatArray
    sigma: FloatArray | None
    comparison: DimerComparison
    chosen: DimerFit


def add_pair(curve: MeasuredCurve, settings: MagnetismSettings, found: Findings) -> PairFit | None:
    """Add g, J and gap of a pair where its spins are set; all but the verdict only if not rejected.

    Parameters
    ----------
    curve : MeasuredCurve
        As measured.
    settings : MagnetismSettings
        Spins, window, what is free.
    found : Findings
        What is added to.

    Returns
    -------
    PairFit or None
        For the figure.

    Raises
    ------
    SpectrafitError
        When one of the spins is missing, or too few points are in the window.
    """
    if not (settings.S1 or settings.S2):
        return None
    if not (settings.S1 and settings.S2):
        raise SettingsError("a pair needs two spins", do="give S1 and S2, both above 0")
    T, chiT, sigma = _points(curve, settings)
    comparison = compared_dimers(
        T, chiT, settings.S1, settings.S2, sigma=sigma, free=settings.pair_free,
        impurity=settings.impurity_spin,
    )  # fmt: skip
    plain, rich = comparison.without, comparison.with_theta
    chosen = rich if comparison.preferred == "with theta" else plain
    if chosen.rejected and not (plain.rejected and rich.rejected):
        chosen = plain if rich.rejected else rich
    made = PairFit(T, chiT, sigma, comparison, chosen)
    _add_verdicts(curve, settings, made, found)
    if not chosen.rejected:
        found.warn("MAG-125")
        _add_numbers(curve, settings, made, found)
    return made


def _points(
    curve: MeasuredCurve, settings: MagnetismSettings
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Return the points of all branches in the window, by temperature."""
    T = np.concatenate([one.T for one in curve.branches])
    chiT = np.concatenate([one.chiT for one in curve.branches])
    known = [_errors(one, settings) for one in curve.branches if one.stat is not None]
    # scatter of a table's curve is a guess of its errors, not a known one
    trusted = len(known) == len(curve.branches) and curve.field is not None
    sigma = np.concatenate(known) if trusted else None
    keep = np.ones(T.size, dtype=bool)
    if settings.pair_K is not None:
        keep = (settings.pair_K[0] <= T) & (settings.pair_K[1] >= T)
    order = np.argsort(T[keep], kind="stable")
    if not keep.any():
        raise SettingsError("no point in pair_K", do="widen the window")
    return T[keep][order], chiT[keep][order], None if sigma is None else sigma[keep][order]


def _errors(branch: BranchCurve, settings: MagnetismSettings) -> FloatArray:
    """Return the errors of single points with what a lag of the sample makes, cm3 K/mol."""
    assert branch.stat is not None
    lag = lag_of_branch(branch, settings) or 0.0
    slope = np.array([branch.slope_at(float(T)) for T in branch.T])
    return np.hypot(branch.stat, lag * np.abs(slope - branch.chiT / branch.T))


def _conventions(settings: MagnetismSettings, made: PairFit) -> dict[str, Any]:
    return {
        "hamiltonian": HAMILTONIAN,
        "spins": [settings.S1, settings.S2],
        "model": "with theta" if made.chosen is made.comparison.with_theta else "without theta",
        "pair_K": [float(made.T[0]), float(made.T[-1])],
    }


def _step(settings: MagnetismSettings, made: PairFit) -> dict[str, Any]:
    return {
        "points": int(made.T.size),
        "free": ["g", "J", *settings.pair_free],
        "impurity_spin": settings.impurity_spin,
        "weights": "1/sigma^2" if made.sigma is not None else "equal",
    }


def _add_verdicts(
    curve: MeasuredCurve, settings: MagnetismSettings, made: PairFit, found: Findings
) -> None:
    comparison, chosen = made.comparison, made.chosen
    common: dict[str, Any] = {
        "step": "pair", "step_settings": _step(settings, made),
        "conventions": _conventions(settings, made), "kind": Kind.CATEGORY,
    }  # fmt: skip
    found.items.append(
        curve_item(
            curve, "pair.verdict", "1", value="rejected" if chosen.rejected else "accepted",
            verdict=chosen.rejected, **common,
        )
    )  # fmt: skip
    weight = float(np.clip(comparison.weight, 0.0, 1.0))
    found.items.append(
        curve_item(
            curve, "pair.model", "1", value=comparison.preferred,
            shares={"with theta": weight, "without theta": 1.0 - weight},
            verdict=f"probability of this gain without a mean field {comparison.p:.2g}", **common,
        )
    )  # fmt: skip
    found.items.append(
        curve_item(
            curve, "pair.rms", "cm3 K mol-1", value=chosen.rms,
            sigma=None, sigma_reason="a measure of the misfit",
            **{name: value for name, value in common.items() if name != "kind"},
        )
    )  # fmt: skip
    if chosen.rejected:
        spins = f"{settings.S1:g} and {settings.S2:g}"
        found.warn("MAG-114", why=chosen.rejected, spins=spins)
    elif comparison.preferred == "undecided":
        why = f"the Akaike weight of a mean field is {weight:.2f}: neither model is excluded"
        found.warn("MAG-116", why=why)


def _add_numbers(
    curve: MeasuredCurve, settings: MagnetismSettings, made: PairFit, found: Findings
) -> None:
    fit, result = made.chosen, made.chosen.result
    common: dict[str, Any] = {
        "step": "pair", "step_settings": _step(settings, made),
        "conventions": _conventions(settings, made),
    }  # fmt: skip
    other = _other(made)
    bound = fit.gap_bound
    if bound is not None:
        found.warn("MAG-115", what=str(bound))
        if bound.low is not None:
            found.items.append(
                curve_item(
                    curve, "pair.gap", "K", kind=Kind.LOWER_LIMIT, low=bound.low,
                    level=bound.level, verdict=str(bound), **common,
                )
            )  # fmt: skip
    else:
        J, J_sigma = result.value("dimer.J"), result.sigma("dimer.J")
        per_J = abs(Exchange(np.sign(J) or 1.0).gap(fit.S1, fit.S2))
        model = 0.0 if other is None else abs(other.result.value("dimer.J") - J)
        reason = result.sigma_reason("dimer.J")
        for key, unit, value, factor in (
            ("pair.J", "K", J, 1.0),
            ("pair.J_cm", "cm-1", J * BOLTZMANN_CM, BOLTZMANN_CM),
            ("pair.gap", "K", fit.gap, per_J),
        ):
            fields = _error(J_sigma, reason, factor=factor, model=model)
            found.items.append(curve_item(curve, key, unit, value=value, **fields, **common))
    g = result.value("dimer.g")
    model = 0.0 if other is None else abs(other.result.value("dimer.g") - g)
    fields = _error(
        result.sigma("dimer.g"), result.sigma_reason("dimer.g"), factor=1.0, model=model,
        mass=0.5 * g * (curve.scale or 0.0), why_no_scale=curve.why_no_scale,
    )  # fmt: skip
    found.items.append(curve_item(curve, "pair.g", "1", value=g, **fields, **common))
    for name, unit in (("theta", "K"), ("rho", "1"), ("tip", "cm3 mol-1")):
        key = f"dimer.{name}"
        if result.free[result.names.index(key)]:
            fields = _error(result.sigma(key), result.sigma_reason(key), factor=1.0, model=0.0)
            value = result.value(key)
            found.items.append(
                curve_item(curve, f"pair.{name}", unit, value=value, **fields, **common)
            )


def _other(made: PairFit) -> DimerFit | None:
    """Return the other model where the data decide for neither."""
    if made.comparison.preferred != "undecided":
        return None
    both = (made.comparison.without, made.comparison.with_theta)
    return next((one for one in both if one is not made.chosen and not one.rejected), None)


def _error(
    sigma: float | None,
    reason: str,
    *,
    factor: float,
    model: float,
    mass: float = 0.0,
    why_no_scale: str = "",
) -> Mapping[str, Any]:
    parts = {"fit": (sigma or 0.0) * factor, "model": model * factor, "mass": mass}
    budget = {name: float(part) for name, part in parts.items() if part > 0.0}
    why = "; ".join(one for one in (reason if sigma is None else "", why_no_scale) if one)
    total = None if why else float(np.sqrt(sum(part**2 for part in budget.values())))
    return {"budget": budget, **sigma_fields(total, why)}
