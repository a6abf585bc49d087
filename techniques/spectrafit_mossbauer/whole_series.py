"""What the temperatures of a measurement show together: Debye temperatures, populations, rates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry, Source
from spectrafit.observable import Kind, Observable
from spectrafit.panel import Chart
from spectrafit.recording import Recording
from spectrafit.technique import InputSpec, Observables, SeriesScan, inputs_of
from spectrafit_mossbauer.absorption.fitted import FittedSites, fit_spectra
from spectrafit_mossbauer.alerts import mossbauer_alert
from spectrafit_mossbauer.checklist import checklist
from spectrafit_mossbauer.debye import ThetaRange
from spectrafit_mossbauer.population import (
    Range,
    ReferenceShift,
    population_from_shift,
    population_from_splitting,
)
from spectrafit_mossbauer.preparation import prepared_spectrum
from spectrafit_mossbauer.rate_bound import RateBound, rate_bound
from spectrafit_mossbauer.series import LinkedSeries, fit_series
from spectrafit_mossbauer.series_charts import series_charts
from spectrafit_mossbauer.series_laws import SeriesLaws
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.spectrum_fit import asked_sites, fitted_spectrum
from spectrafit_mossbauer.tension import Agreement, agreement
from spectrafit_mossbauer.two_states import HoppingState, TwoStates

__all__ = ["SeriesSpectrum", "observed_series"]


@dataclass(frozen=True, eq=False)
class SeriesSpectrum:
    """One spectrum of a series.

    Parameters
    ----------
    T : float
        K.
    fitted : FittedSites
        Its fit.
    label : str
        Of its file.
    agreement : Agreement or None
        Populations from shift and splitting, where two states are declared.
    rate : RateBound or None
        The bound on the exchange rate, where two states are declared.
    """

    T: float
    fitted: FittedSites
    label: str
    agreement: Agreement | None = None
    rate: RateBound | None = None


def observed_series(scans: Sequence[SeriesScan], specs: Sequence[InputSpec]) -> Observables:
    """Return what a series says as a whole.

    Parameters
    ----------
    scans : sequence of SeriesScan
        Those that were observed; scans without a temperature are left out.
    specs : sequence of InputSpec
        Of the technique.

    Returns
    -------
    Observables
        Populations, agreement and bound at each temperature where two states are declared; Debye
        temperatures where laws are asked for; the figures of the series.
    """
    alerts: list[Alert] = []
    known = []
    for scan in scans:
        given = inputs_of(scan.inputs, tuple(specs), where="mossbauer")
        T = _temperature(given["sample"])
        if T is not None:
            known.append((T, scan, given))
    fits = _fits([(scan, given) for _, scan, given in known])
    spectra = [
        _with_states(SeriesSpectrum(T, fitted, scan.label), scan.settings, alerts)
        for (T, scan, _), fitted in zip(known, fits, strict=True)
    ]
    spectra.sort(key=lambda one: one.T)
    if len(spectra) < 2:
        return Observables("mossbauer", ())
    settings = scans[0].settings
    items = [item for one in spectra for item in _state_items(one, settings)]
    linked = _linked(spectra, settings, alerts)
    if linked is not None:
        items += _series_items(linked, spectra)
    items += _checklist_items(spectra, settings)
    charts: tuple[Chart, ...] = series_charts(spectra, settings, linked)
    return Observables("mossbauer", tuple(items), charts=charts, alerts=tuple(alerts))


def _fits(
    scans: Sequence[tuple[SeriesScan, Mapping[str, tuple[Recording, ...]]]],
) -> tuple[FittedSites, ...]:
    """Return the fit of each scan; scans of one velocity axis are fitted in one call."""
    settings = [scan.settings for scan, _ in scans]
    if any(scan.parameters for scan, _ in scans) or any(one != settings[0] for one in settings):
        return tuple(
            fitted_spectrum(given["sample"], given["calibration"], scan.settings, scan.parameters)[
                1
            ]
            for scan, given in scans
        )
    axes = [
        prepared_spectrum(given["sample"], given["calibration"], scan.settings).axis
        for scan, given in scans
    ]
    return fit_spectra(axes, asked_sites(settings[0])) if axes else ()


def _checklist_items(
    spectra: Sequence[SeriesSpectrum], settings: MossbauerSettings
) -> list[Observable]:
    """Return the reporting checklist of the series, an item each."""
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


def _temperature(samples: Sequence[Recording]) -> float | None:
    value = samples[0].conditions.get("T")
    return float(value) if isinstance(value, int | float) else None


def _with_states(
    one: SeriesSpectrum, settings: MossbauerSettings, alerts: list[Alert]
) -> SeriesSpectrum:
    """Return the spectrum with populations and rate, where states and a doublet allow them."""
    fitted = one.fitted
    declared = (settings.IS_1, settings.IS_2, settings.QS_1, settings.QS_2)
    if None in declared or settings.states_from_K > one.T or fitted.sites[0].kind != "doublet":
        return one
    if len(fitted.sites) > 1 or fitted.axis.orientation is None:
        return one
    found = one
    try:
        joined = _agreement(one, settings)
        found = SeriesSpectrum(one.T, fitted, one.label, joined)
        if joined.code:
            alerts.append(
                mossbauer_alert("MOS-117").alert(where=one.label, sentence=joined.sentence)
            )
        if joined.joint is not None:
            bound = rate_bound(fitted.axis, _two_states(one, settings, joined))
            if bound.k_ex_min is None:
                alerts.append(mossbauer_alert("MOS-118").alert(where=one.label, why=bound.reason))
            found = SeriesSpectrum(one.T, fitted, one.label, joined, bound)
    except SpectrafitError as error:
        alerts.append(
            mossbauer_alert("MOS-120").alert(
                where=one.label, what="populations", why=f"{error.what}; {error.do}"
            )
        )
    return found


def _ranges(settings: MossbauerSettings) -> tuple[Range, Range, Range, Range]:
    given = (settings.IS_1, settings.IS_2, settings.QS_1, settings.QS_2)
    first, second, third, fourth = (Range(*one) for one in given if one is not None)
    return first, second, third, fourth


def _agreement(one: SeriesSpectrum, settings: MossbauerSettings) -> Agreement:
    shift_1, shift_2, splitting_1, splitting_2 = _ranges(settings)
    if settings.theta_K is None or settings.T_ref_K is None:
        raise SpectrafitError(
            "isomer shifts are not carried to one temperature",
            do="declare theta_K and T_ref_K",
        )
    theta = ThetaRange(*settings.theta_K)
    at = settings.states_T_K
    first = ReferenceShift(shift_1.low, shift_1.high, at)
    second = ReferenceShift(shift_2.low, shift_2.high, at)
    shift, splitting = one.fitted.value("site1.IS"), one.fitted.value("site1.QS")
    errors = one.fitted.sigma("site1.IS"), one.fitted.sigma("site1.QS")
    if errors[0] is None or errors[1] is None:
        raise SpectrafitError("isomer shift or splitting has no error", where=one.label)
    return agreement(
        population_from_shift(
            shift, errors[0], one.T, first, second, T_ref=settings.T_ref_K, theta=theta
        ),
        population_from_splitting(splitting, errors[1], splitting_1, splitting_2),
    )


def _two_states(one: SeriesSpectrum, settings: MossbauerSettings, joined: Agreement) -> TwoStates:
    """Return the middles of the declared states, carried to the spectrum's temperature."""
    shift_1, shift_2, splitting_1, splitting_2 = _ranges(settings)
    if settings.theta_K is None or joined.joint is None:
        raise SpectrafitError("populations that do not agree bound no rate", where=one.label)
    theta, at = ThetaRange(*settings.theta_K), settings.states_T_K
    carried = [
        ReferenceShift(each.low, each.high, at).carried(one.T, theta) for each in (shift_1, shift_2)
    ]
    middles = [0.5 * (each.low + each.high) for each in carried]
    splittings = [0.5 * (each.low + each.high) for each in (splitting_1, splitting_2)]
    low, high = joined.joint
    # only the distances between the states act on the widths: positions are those of the spectrum
    low, high = max(low, 0.02), min(max(high, 0.02), 0.98)
    names = settings.state_names
    return TwoStates(
        HoppingState(middles[0], splittings[0], names[0]),
        HoppingState(middles[1], splittings[1], names[1]),
        (min(low, high), high),
        differences=True,
    )


def _state_items(one: SeriesSpectrum, settings: MossbauerSettings) -> list[Observable]:
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


def _linked(
    spectra: Sequence[SeriesSpectrum], settings: MossbauerSettings, alerts: list[Alert]
) -> LinkedSeries | None:
    """Return the joint fit that the settings ask for; None where they ask for none or it fails."""
    asked = {"IS": settings.series_IS, "QS": settings.series_QS, "width": settings.series_width}
    kinds = {f"site1.{name}": kind for name, kind in asked.items() if kind != "free"}
    if not kinds:
        return None
    theta = {"site1": ThetaRange(*settings.theta_K)} if settings.theta_K else {}
    laws = SeriesLaws(kinds, theta if settings.series_IS == "debye" else {}, settings.T_ref_K)
    chosen = [one for one in spectra if settings.states_from_K <= one.T]
    try:
        found = fit_series(
            [one.fitted.axis for one in chosen], [one.T for one in chosen],
            chosen[0].fitted.sites if chosen else None, laws=laws,
        )  # fmt: skip
    except SpectrafitError as error:
        alerts.append(
            mossbauer_alert("MOS-120").alert(
                where="series", what="the joint fit", why=f"{error.what}; {error.do}"
            )
        )
        return None
    if found.theta_open:
        alerts.append(mossbauer_alert("MOS-119").alert(where="series", why=found.theta_open))
    return found


def _series_items(linked: LinkedSeries, spectra: Sequence[SeriesSpectrum]) -> list[Observable]:
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
