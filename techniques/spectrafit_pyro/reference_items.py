"""The share of a reference crystal, the primary part of p, and p beside known materials."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import numpy as np

from spectrafit.observable import Kind, Observable
from spectrafit_pyro.alerts import pyro_alert
from spectrafit_pyro.coefficient import Coefficient
from spectrafit_pyro.findings import Findings
from spectrafit_pyro.materials import KnownMaterial, compared
from spectrafit_pyro.origin import Origin
from spectrafit_pyro.primary import EinsteinSecondary, primary
from spectrafit_pyro.reference import (
    NOT_TESTABLE,
    TRANSFER,
    ReferenceShare,
    common_values,
    reference_share,
)
from spectrafit_pyro.run import Run

__all__ = ["comparison_items", "reference_items"]

_LEVEL = 0.95
_FOREIGN = re.compile(r"[^A-Za-z0-9_+-]+")


def reference_items(origin: Origin, reference: Run | None) -> Findings:
    """Return the share of a reference crystal and the primary part; or that of a model.

    Parameters
    ----------
    origin : Origin
        Of the run.
    reference : Run or None
        Of the reference crystal.

    Returns
    -------
    Findings
    """
    found, run = Findings(), origin.run
    settings = run.settings
    if reference is not None:
        found.attempt(
            "the share of the reference", run.name, partial(_share, found, origin, reference)
        )
        part: Coefficient | EinsteinSecondary = reference.best
        name = ", ".join(recording.source.name for recording in reference.recordings)
        found.attempt("the primary part", run.name, partial(_primary, found, origin, part, name))
    elif settings.secondary_300 is not None:
        part = EinsteinSecondary(settings.secondary_300, settings.theta_E_K)
        name = f"{settings.secondary_300:g} nC cm-2 K-1 at 300 K, Einstein {settings.theta_E_K:g} K"
        found.alerts.append(
            pyro_alert("PYRO-116").alert(
                where=run.name, psec=settings.secondary_300, theta=settings.theta_E_K
            )
        )
        found.attempt("the primary part", run.name, partial(_primary, found, origin, part, name))
    return found


def _share(found: Findings, origin: Origin, reference: Run) -> None:
    run = origin.run
    low, high = run.settings.plateau_K
    least = run.settings.least_signal
    whole = reference_share(run.best, reference.best, least_signal=least)
    share = reference_share(run.best.between(low, high), reference.best, least_signal=least)
    words = [
        f"{NOT_TESTABLE} on the plateau" if share.upper is None else _at_most(share),
        *(word for word in whole.reason.split("; ") if word != TRANSFER),
    ]
    if reference.joint is None:
        words.append("the reference has one branch only, so its offset is not testable")
    found.alerts.append(pyro_alert("PYRO-114").alert(where=run.name, text="; ".join(words)))
    own = origin.after("reference share", plateau_K=[low, high], least_signal=least)
    if share.upper is None:
        found.items.append(
            Observable(
                "pyro.ref_ratio", "1", Kind.CATEGORY, "not testable", verdict=NOT_TESTABLE,
                conventions={**origin.conventions, "plateau_K": [low, high]},
                conditions=origin.conditions, source=origin.source, history=own.history,
            )
        )  # fmt: skip
        return
    found.items.append(
        Observable(
            "pyro.ref_ratio", "1", Kind.UPPER_LIMIT, high=share.upper, level=_LEVEL,
            verdict=_at_most(share),
            conventions={**origin.conventions, "plateau_K": [low, high]},
            conditions=origin.conditions, source=origin.source, history=own.history,
        )
    )  # fmt: skip


def _at_most(share: ReferenceShare) -> str:
    return (
        f"share of the reference <= {100.0 * (share.upper or 0.0):.2g} % (95 %) on the plateau, largest "
        f"at {share.upper_at:g} K"
    )


def _primary(
    found: Findings, origin: Origin, secondary: Coefficient | EinsteinSecondary, name: str
) -> None:
    run = origin.run
    low, high = run.settings.plateau_K
    best = run.best.between(low, high)
    lowest, highest = run.settings.reference_scale_range
    scale = run.settings.reference_scale
    split = primary(best, secondary, scale=scale, scale_range=(lowest, highest))
    own = origin.after("primary part", scale=scale, scale_range=[lowest, highest])
    said: dict[str, Any] = {"plateau_K": [low, high], "secondary": name}
    found.items.append(
        Observable(
            "pyro.plateau_primary", "nC cm-2 K-1", Kind.INTERVAL, float(split.p.mean()),
            low=float(split.low.mean()), high=float(split.high.mean()),
            verdict=f"the ends are those of a scale of {lowest:g} to {highest:g}: systematic",
            conventions={**origin.conventions, **said}, conditions=origin.conditions,
            source=origin.source, history=own.history,
        )
    )  # fmt: skip
    if isinstance(secondary, EinsteinSecondary):
        mean, noise = float(secondary.p(best.temperature).mean()), 0.0
        reason = "a model, not a measurement"
    else:
        _, _, other, _, sigma = common_values(best, secondary)
        mean, noise = float(other.mean()), float(np.sqrt((sigma**2).sum()) / sigma.size)
        reason = (
            ""
            if secondary.area.sigma is not None
            else "the reference's area has no standard uncertainty"
        )
    budget = {"noise": noise} if noise else {}
    if not isinstance(secondary, EinsteinSecondary) and secondary.area.relative:
        budget["area"] = abs(mean) * secondary.area.relative
    found.items.append(
        own.item("pyro.plateau_secondary", "nC cm-2 K-1", mean, budget, reason=reason, **said)
    )


def comparison_items(origin: Origin) -> Findings:
    """Return ``|p|`` beside known materials.

    Parameters
    ----------
    origin : Origin
        Of the run.

    Returns
    -------
    Findings
    """
    found = Findings()
    for material in origin.run.settings.known:
        found.items.append(_compared(origin, material))
    return found


def _compared(origin: Origin, material: KnownMaterial) -> Observable:
    best = origin.run.best
    row = int(np.argmin(np.abs(best.temperature - material.T)))
    p, T = float(best.p[row]), float(best.temperature[row])
    budget = origin.scaled(p, float(best.sigma[row]), origin.offset_in_p())
    beside = compared(p, float(np.hypot.reduce([0.0, *budget.values()])), T, material)
    reason = origin.area_reason()
    text = f"{beside.text}; {reason}" if reason else beside.text
    own = origin.after("comparison", material=material.name, source=material.source)
    return Observable(
        f"pyro.{_FOREIGN.sub('_', material.name).strip('_')}.compared", "1", Kind.CATEGORY,
        beside.verdict, verdict=text, conventions=origin.conventions,
        conditions={**origin.conditions, "T": T}, source=origin.source, history=own.history,
    )  # fmt: skip
