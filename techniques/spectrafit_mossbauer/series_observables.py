"""Observables of a series: populations and rates by temperature, the joint fit, the checklist."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from spectrafit.history import HistoryEntry, Source
from spectrafit.observable import Kind, Observable
from spectrafit_mossbauer.checklist import checklist
from spectrafit_mossbauer.series import LinkedSeries
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.state_series import SeriesSpectrum

__all__ = ["checklist_items", "linked_items", "state_items"]


def checklist_items(
    spectra: Sequence[SeriesSpectrum], settings: MossbauerSettings
) -> list[Observable]:
    """Return the reporting checklist of the series, an item each.

    Parameters
    ----------
    spectra : sequence of SeriesSpectrum
        As observed.
    settings : MossbauerSettings
        As chosen.

    Returns
    -------
    list of Observable
    """
    found = checklist([one.fitted for one in spectra], settings)
    source, history = _joint(spectra)
    return [
        Observable(
            f"mossbauer.checklist.{re.sub(r'[^A-Za-z0-9]+', '_', row.item).strip('_')}",
            "1", Kind.CATEGORY, value=row.text, source=source, history=history,
        )
        for row in found.rows
    ]  # fmt: skip


def _joint(spectra: Sequence[SeriesSpectrum]) -> tuple[Source, tuple[HistoryEntry, ...]]:
    """Return one source for what holds for a series, and the files that it is made of."""
    sources = tuple(one.fitted.axis.spectrum.source for one in spectra)
    source = Source(f"{len(sources)} spectra", simulated=any(one.simulated for one in sources))
    files = {"sha256": [one.sha256 for one in sources]}
    return source, (HistoryEntry("series", files),)


def state_items(one: SeriesSpectrum, settings: MossbauerSettings) -> list[Observable]:
    """Return the populations, their agreement and the bound of one spectrum.

    Parameters
    ----------
    one : SeriesSpectrum
        As observed.
    settings : MossbauerSettings
        With the declared states.

    Returns
    -------
    list of Observable
        Empty where no two states are declared.
    """
    if one.agreement is None:
        return []
    spectrum = one.fitted.axis.spectrum
    stated = {
        "state_1": settings.state_names[0], "state_2": settings.state_names[1],
        "IS_1": list(settings.IS_1 or ()), "IS_2": list(settings.IS_2 or ()),
        "QS_1": list(settings.QS_1 or ()), "QS_2": list(settings.QS_2 or ()),
        "states_T_K": settings.states_T_K, "T_ref_K": settings.T_ref_K,
        "theta_K": list(settings.theta_K or ()),
    }  # fmt: skip
    common: dict[str, Any] = {
        "conventions": stated, "conditions": {"T": one.T}, "source": spectrum.source,
        "history": spectrum.history,
    }  # fmt: skip
    shift, splitting = one.agreement.shift, one.agreement.splitting
    items = [
        Observable("mossbauer.x_IS", "1", Kind.INTERVAL, shift.value, low=shift.low,
                   high=shift.high, level=0.95, verdict=shift.verdict, **common),
        Observable("mossbauer.x_QS_min", "1", Kind.LOWER_LIMIT, splitting.value,
                   low=splitting.low, level=0.95, verdict=splitting.verdict, **common),
        Observable("mossbauer.agreement", "1", Kind.CATEGORY, one.agreement.verdict,
                   verdict=one.agreement.sentence, **common),
    ]  # fmt: skip
    if one.rate is not None and one.rate.k_ex_min is not None:
        items.append(
            Observable(
                "mossbauer.k_ex_min", "1/s", Kind.LOWER_LIMIT, low=one.rate.k_ex_min,
                level=one.rate.level, verdict=one.rate.sentence, **common,
            )
        )  # fmt: skip
    return items


def linked_items(linked: LinkedSeries, spectra: Sequence[SeriesSpectrum]) -> list[Observable]:
    """Return what the joint fit gives: Debye temperature and isomer shift at T_ref.

    Parameters
    ----------
    linked : LinkedSeries
        The joint fit.
    spectra : sequence of SeriesSpectrum
        What it is made of.

    Returns
    -------
    list of Observable
    """
    source, files = _joint(spectra)
    laws = {"laws": dict(linked.laws.kinds), "T_ref_K": linked.T_ref}
    history = (*files, HistoryEntry("joint fit", laws))
    items = []
    if linked.theta is not None:
        found = linked.theta.interval
        if found.lower is not None and found.upper is not None:
            items.append(
                Observable(
                    "mossbauer.theta_SOD", "K", Kind.INTERVAL, found.best, low=found.lower,
                    high=found.upper, level=found.level, source=source, history=history,
                )
            )  # fmt: skip
    if linked.laws.kinds.get("site1.IS", "free") != "free":
        value, sigma = linked.shift_at_reference()
        items.append(
            Observable(
                "mossbauer.IS_ref", "mm/s", value=value, sigma=sigma,
                sigma_reason="" if sigma is not None else "no error from the joint fit",
                conventions={"T_ref_K": linked.T_ref, "law": linked.laws.kinds["site1.IS"]},
                source=source, history=history,
            )
        )  # fmt: skip
    return items
