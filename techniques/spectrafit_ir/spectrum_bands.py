"""The bands of one spectrum: named ones measured, or those that stand above the noise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.history import HistoryEntry
from spectrafit.observable import Observable
from spectrafit.panel import Chart
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit.technique import FittedProblem, Observables
from spectrafit_ir.alerts import infrared_alert
from spectrafit_ir.band_items import band_items
from spectrafit_ir.bands.groups import BandGroup, band_groups, bands_of, require_bands
from spectrafit_ir.bands.peaks import Peak, PeakList, bands_table_text, find_peaks
from spectrafit_ir.charts.fits_chart import fit_chart
from spectrafit_ir.charts.peaks_chart import peaks_chart
from spectrafit_ir.measured import MeasuredBands, measured_bands
from spectrafit_ir.rows import SpectrumRow, longest_stretch, spectrum_row, window_rows
from spectrafit_ir.settings import InfraredSettings
from spectrafit_ir.spectrum_alerts import fit_alerts, saturation_alerts, spectrum_alerts
from spectrafit_ir.vapour import vapour_factor, without_vapour
from spectrafit_ir.window_parameters import window_parameters

__all__ = ["fitted_windows", "inline_bands", "observed_spectrum", "prepared_row"]

_MOST_LISTED = 30


def prepared_row(
    recording: Recording,
    settings: InfraredSettings,
    background: Sequence[Recording] = (),
    label: str = "",
) -> SpectrumRow:
    """Return a recording ready for its bands, less the vapour of a background where one is given.

    Parameters
    ----------
    recording : Recording
        The sample.
    settings : InfraredSettings
        As chosen.
    background : sequence of Recording, optional
        A spectrum of water vapour or carbon dioxide.
    label : str, optional
        Name in tables and figures.

    Returns
    -------
    SpectrumRow

    Raises
    ------
    SpectrafitError
        When a spectrum cannot be used, or the background has other points.
    """
    row = spectrum_row(recording, settings, label)
    if not background:
        return row
    gas = spectrum_row(background[0], settings)
    if gas.x.shape != row.x.shape or not np.allclose(gas.x, row.x, rtol=0.0, atol=1e-3):
        raise SettingsError(
            "the vapour spectrum has other points than the sample",
            where=gas.label,
            do="measure it with the resolution and zero filling of the sample",
        )
    found = vapour_factor(row.x, row.y, gas.y, row.noise.sigma, vapour_sigma=gas.noise.sigma)
    spectrum = row.absorbance.spectrum.after(
        HistoryEntry(
            "vapour",
            {"factor": found.factor, "sigma": found.sigma, "background": gas.label},
            found.reason,
        ),
        y=without_vapour(row.y, gas.y, found),
    )
    return replace(row, absorbance=replace(row.absorbance, spectrum=spectrum))


def _named(settings: InfraredSettings) -> dict[str, Iterable[str]]:
    """Return every setting that speaks of bands, but for those of calculated vibrations."""
    return {
        "trace_cm": settings.trace_cm,
        "area_window_cm": settings.area_window_cm,
        "distance_to": (*settings.distance_to, *settings.distance_to.values()),
        "standard": (settings.standard,),
        "step_bands": settings.step_bands,
        "population_bands": settings.population_bands,
        "exchange_bands": settings.exchange_bands,
        "end_A": settings.end_A,
        "end_B": settings.end_B,
    }


def observed_spectrum(
    recording: Recording,
    settings: InfraredSettings,
    background: Sequence[Recording] = (),
    parameters: Mapping[str, ParameterChange] | None = None,
) -> Observables:
    """Return what one spectrum shows.

    Parameters
    ----------
    recording : Recording
        The sample.
    settings : InfraredSettings
        As chosen.
    background : sequence of Recording, optional
        Vapour.
    parameters : mapping of str to ParameterChange, optional
        Starts, bounds, fixed and tied parameters of named bands, in the fit of this spectrum.

    Returns
    -------
    Observables

    Raises
    ------
    SpectrafitError
        For data or settings that allow no result.
    """
    require_bands(_named(settings), settings.bands)
    row = prepared_row(recording, settings, background)
    alerts = spectrum_alerts(row, settings)
    if not settings.bands:
        window_parameters((), parameters or {})
        return _peaks_of(row, settings, alerts)
    items: list[Observable] = []
    charts: list[Chart] = []
    covariances: list[FloatArray] = []
    keys: list[str] = []
    groups = band_groups(bands_of(settings.bands), row.x, window=settings.window_cm)
    alerts += saturation_alerts(row, groups)
    for group, measured in _measured(row, groups, settings, parameters or {}):
        own = band_items(measured, 0, row, settings)
        items += own.items
        covariances.append(own.covariance)
        keys += own.keys
        alerts += fit_alerts(measured, row)
        charts.append(_chart(measured, row, f"fit-{group.name}"))
    return Observables(
        "ir", tuple(items), _block_diagonal(covariances), tuple(keys), None, tuple(charts),
        tuple(dict.fromkeys(alerts)), row.absorbance.spectrum,
    )  # fmt: skip


def _measured(
    row: SpectrumRow,
    groups: Sequence[BandGroup],
    settings: InfraredSettings,
    parameters: Mapping[str, ParameterChange],
) -> Iterator[tuple[BandGroup, MeasuredBands]]:
    """Yield the windows that are fitted, each with what its bands measure."""
    changes = window_parameters(groups, parameters)
    for group in _usable(row, groups, settings):
        rows = window_rows([row], group, fit_saturated=settings.fit_saturated)
        yield group, measured_bands(rows, settings, parameters=changes[groups.index(group)])


def fitted_windows(
    recording: Recording,
    settings: InfraredSettings,
    background: Sequence[Recording] = (),
    parameters: Mapping[str, ParameterChange] | None = None,
) -> tuple[FittedProblem, ...]:
    """Return the fits of named bands as problems that start at their minima.

    Parameters
    ----------
    recording, settings, background, parameters
        As of `observed_spectrum`.

    Returns
    -------
    tuple of FittedProblem
        One a window; where neighbouring points share noise, its sigma is enlarged for it.
    """
    require_bands(_named(settings), settings.bands)
    row = prepared_row(recording, settings, background)
    groups = band_groups(bands_of(settings.bands), row.x, window=settings.window_cm)
    found = []
    for _, measured in _measured(row, groups, settings, parameters or {}):
        rows, fits = measured.rows, measured.fits
        minimum = dict(zip(fits.parameter_names, map(float, fits.parameters[0]), strict=True))
        problem = fits.model.problem(minimum)
        sigma = np.full(rows.x.size, float(rows.sigma[0]) / math.sqrt(float(rows.share[0])))
        spectrum = replace(problem.data[0], y=rows.Y[0], sigma=sigma)
        again = Problem(spectrum, problem.model, start=problem.start, parameters=problem.parameters)
        found.append(FittedProblem(again))
    return tuple(found)


def _usable(
    row: SpectrumRow, groups: Sequence[BandGroup], settings: InfraredSettings
) -> Sequence[BandGroup]:
    """Return the windows that are fitted: where some are saturated, the others; all where all are."""
    if settings.fit_saturated:
        return groups
    clear = [group for group in groups if not row.absorbance.saturated(group.low, group.high)]
    return clear or groups


def _block_diagonal(parts: Sequence[FloatArray]) -> FloatArray:
    from scipy.linalg import block_diag

    return np.asarray(block_diag(*parts), dtype=np.float64)


def _chart(measured: MeasuredBands, row: SpectrumRow, name: str) -> Chart:
    rows, fits = measured.rows, measured.fits
    curves = {band: curve for band, curve in fits.curves(0).items() if band in fits.names}
    return fit_chart(
        rows.x, rows.Y[0], curves, fits.baseline(0), T=row.T, branch=row.branch,
        sigma=float(rows.sigma[0]), name=name,
        simulated=row.absorbance.spectrum.source.simulated,
    )  # fmt: skip


def _peaks_of(row: SpectrumRow, settings: InfraredSettings, alerts: list[Alert]) -> Observables:
    """Return the peak list of a spectrum whose bands nobody has named."""
    low, high = settings.window_cm or (float(row.x[0]), float(row.x[-1]))
    window = row.absorbance.window(low, high)
    part = longest_stretch(window.x)
    x, y = window.x[part], window.y[part]
    share = row.noise.effective_share if row.noise.effective_share > 0.0 else 1.0
    found = find_peaks(x, y, row.noise.sigma, effective_share=share)
    strongest = sorted(found.peaks, key=lambda peak: -peak.significance)[:_MOST_LISTED]
    peaks = tuple(sorted(strongest, key=lambda peak: peak.position))
    items = [item for peak in peaks for item in _peak_items(peak, found, row)]
    if peaks:
        names = ", ".join(f"{peak.position:.0f}" for peak in peaks)
        alerts.append(
            infrared_alert("IR-100").alert(
                where=row.label, names=f"{names} cm-1", table=inline_bands(peaks)
            )
        )
    else:
        why = f"nothing from {x[0]:.0f} to {x[-1]:.0f} cm-1 stands above the limit of detection"
        alerts.append(infrared_alert("IR-117").alert(where=row.label, what="bands", why=why))
    simulated = row.absorbance.spectrum.source.simulated
    chart = peaks_chart(x, y, peaks, title=row.label, simulated=simulated)
    return Observables(
        "ir", tuple(items), charts=(chart,), alerts=tuple(dict.fromkeys(alerts)),
        spectrum=row.absorbance.spectrum,
    )  # fmt: skip


def inline_bands(peaks: Sequence[Peak]) -> str:
    """Return the bands as one line to paste below ``[measurement.settings]``, or after ``--set``.

    Parameters
    ----------
    peaks : sequence of Peak
        Of a peak list.

    Returns
    -------
    str
        ``bands = { "1485" = [1475, 1495], ... }``.
    """
    _, *rows = bands_table_text(peaks).splitlines()
    return f"bands = {{ {', '.join(rows)} }}"


def _peak_items(peak: Peak, found: PeakList, row: SpectrumRow) -> list[Observable]:
    spectrum = row.absorbance.spectrum
    said = {
        "window_cm": list(found.range_cm),
        "line": "pseudo-voigt",
        "baseline": "parabola around the band",
        "limit_of_detection": f"{found.limit:.1f} standard errors",
        "kind": peak.kind,
        "together": peak.together,
    }
    items = []
    for name, unit, value, sigma in (
        ("position", "cm-1", peak.position, peak.position_sigma),
        ("height", "1", peak.height, peak.height_sigma),
        ("width", "cm-1", peak.fwhm, peak.fwhm_sigma),
        ("area", "cm-1", peak.area, peak.area_sigma),
    ):
        reason = peak.reasons.get(name, "") or peak.reasons.get("all", "")
        none = not sigma > 0.0 or not np.isfinite(sigma)
        items.append(
            Observable(
                f"ir.{peak.position:.0f}.{name}", unit, value=value,
                sigma=None if none else sigma,
                sigma_reason=(reason or "its error is not known") if none else "",
                budget={} if none else {"noise": sigma}, conventions=said,
                conditions=spectrum.conditions, source=spectrum.source, history=spectrum.history,
            )
        )  # fmt: skip
    return items
