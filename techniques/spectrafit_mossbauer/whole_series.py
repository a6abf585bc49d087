"""What the temperatures of a measurement show together: Debye temperatures, populations, rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit.panel import Chart
from spectrafit.recording import Recording
from spectrafit.technique import InputSpec, Observables, SeriesScan, inputs_of
from spectrafit_mossbauer.absorption.fitted import REJECTED, FittedSites, fit_spectra
from spectrafit_mossbauer.alerts import mossbauer_alert
from spectrafit_mossbauer.debye import ThetaRange
from spectrafit_mossbauer.preparation import prepared_spectrum
from spectrafit_mossbauer.series import LinkedSeries, fit_series
from spectrafit_mossbauer.series_charts import series_charts
from spectrafit_mossbauer.series_laws import SeriesLaws
from spectrafit_mossbauer.series_observables import checklist_items, linked_items, state_items
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.spectrum_fit import asked_sites, fitted_spectrum
from spectrafit_mossbauer.state_series import SeriesSpectrum, with_states

__all__ = ["SeriesSpectrum", "observed_series"]


def observed_series(scans: Sequence[SeriesScan], specs: Sequence[InputSpec]) -> Observables:
    """Return what a series says as a whole.

    Parameters
    ----------
    scans : sequence of SeriesScan
        Those that were observed; scans without a temperature are left out and named in an alert.
    specs : sequence of InputSpec
        Of the technique.

    Returns
    -------
    Observables
        Populations, agreement and bound at each temperature where two states are declared; Debye
        temperatures where laws are asked for; the figures of the series.
    """
    if len(scans) < 2:
        return Observables("mossbauer", ())
    alerts: list[Alert] = []
    known = []
    without_T: list[str] = []
    for scan in scans:
        given = inputs_of(scan.inputs, tuple(specs), where="mossbauer")
        T = _temperature(given["sample"])
        if T is None:
            without_T.append(scan.label)
        else:
            known.append((T, scan, given))
    fits = _fits([(scan, given) for _, scan, given in known])
    spectra = [
        with_states(SeriesSpectrum(T, fitted, scan.label), scan.settings, alerts)
        for (T, scan, _), fitted in zip(known, fits, strict=True)
    ]
    spectra.sort(key=lambda one: one.T)
    if without_T:
        alerts.append(_left_out(without_T))
    if len(spectra) < 2:
        return Observables("mossbauer", (), alerts=tuple(alerts))
    settings = scans[0].settings
    items = [item for one in spectra for item in state_items(one, settings)]
    linked = _linked(spectra, settings, alerts)
    if linked is not None:
        items += linked_items(linked, spectra)
    items += checklist_items(spectra, settings)
    charts: tuple[Chart, ...] = series_charts(spectra, settings, linked)
    return Observables("mossbauer", tuple(items), charts=charts, alerts=tuple(alerts))


def _fits(
    scans: Sequence[tuple[SeriesScan, Mapping[str, tuple[Recording, ...]]]],
) -> tuple[FittedSites, ...]:
    """Return the fit of each scan; scans of one velocity axis are fitted in one call."""
    settings = [scan.settings for scan, _ in scans]
    if any(scan.parameters for scan, _ in scans) or any(one != settings[0] for one in settings):
        return tuple(
            fitted_spectrum(
                given["sample"],
                given["calibration"],
                scan.settings,
                scan.parameters,
                given["reference"],
            )[1]
            for scan, given in scans
        )
    axes = [
        prepared_spectrum(
            given["sample"], given["calibration"], scan.settings, given["reference"]
        ).axis
        for scan, given in scans
    ]
    return fit_spectra(axes, asked_sites(settings[0])) if axes else ()


def _left_out(labels: Sequence[str]) -> Alert:
    """Return what says that spectra without a temperature have no part in the series."""
    return mossbauer_alert("MOS-120").alert(
        where="series", what="values of the series", why=f"no temperature of {', '.join(labels)}"
    )


def _temperature(samples: Sequence[Recording]) -> float | None:
    value = samples[0].conditions.get("T")
    return float(value) if isinstance(value, int | float) else None


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
    if _rejected(found):
        alerts.append(mossbauer_alert("MOS-121").alert(where="series", reduced=found.fit.redchi))
    return found


def _rejected(linked: LinkedSeries) -> bool:
    """Return whether the laws, or all spectra together, are beyond their counting statistics."""
    from scipy.special import chdtrc

    fit = linked.fit
    laws = fit.test.p_value
    if laws is not None and laws < REJECTED:
        return True
    return fit.noise == "known" and float(chdtrc(fit.nfree, fit.redchi * fit.nfree)) < REJECTED
