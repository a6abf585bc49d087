"""The bands of one spectrum: named ones measured, or those that stand above the noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.history import HistoryEntry
from spectrafit.observable import Observable
from spectrafit.panel import Chart
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit.technique import Observables
from spectrafit_ir.alerts import infrared_alert
from spectrafit_ir.band_items import band_items
from spectrafit_ir.bands.groups import BandGroup, band_groups, bands_of
from spectrafit_ir.bands.peaks import Peak, PeakList, bands_table_text, find_peaks
from spectrafit_ir.charts.fits_chart import fit_chart
from spectrafit_ir.charts.peaks_chart import peaks_chart
from spectrafit_ir.measured import MeasuredBands, measured_bands
from spectrafit_ir.noise import noise_of
from spectrafit_ir.rows import (
    SpectrumRow,
    longest_stretch,
    notices_of,
    spectrum_row,
    window_rows,
)
from spectrafit_ir.settings import InfraredSettings
from spectrafit_ir.vapour import vapour_factor, without_vapour
from spectrafit_ir.window_parameters import window_parameters

__all__ = ["inline_bands", "observed_spectrum", "prepared_row"]

_MOST_LISTED = 30
_CORRELATED = 0.9  # of the points: where fewer count, it is told
_OVERLAP = 0.8
_TOO_NOISY = 1.3  # times the noise: chi2 of a right fit is then 1.7


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
    row = prepared_row(recording, settings, background)
    alerts = list(_alerts_of(row, settings))
    if not settings.bands:
        window_parameters((), parameters or {})
        return _peaks_of(row, settings, alerts)
    items: list[Observable] = []
    charts: list[Chart] = []
    covariances: list[FloatArray] = []
    keys: list[str] = []
    groups = band_groups(bands_of(settings.bands), row.x, window=settings.window_cm)
    alerts += _saturated(row, groups)
    changes = window_parameters(groups, parameters or {})
    for group in _usable(row, groups, settings):
        rows = window_rows([row], group, fit_saturated=settings.fit_saturated)
        measured = measured_bands(rows, settings, parameters=changes[groups.index(group)])
        own = band_items(measured, 0, row, settings)
        items += own.items
        covariances.append(own.covariance)
        keys += own.keys
        alerts += _fit_alerts(measured, row)
        alerts += _unchecked(measured, row)
        alerts += _unnamed(measured, row)
        charts.append(_chart(measured, row, f"fit-{group.name}"))
    return Observables(
        "ir", tuple(items), _block_diagonal(covariances), tuple(keys), None, tuple(charts),
        tuple(dict.fromkeys(alerts)), row.absorbance.spectrum,
    )  # fmt: skip


def _saturated(row: SpectrumRow, groups: Sequence[BandGroup]) -> list[Alert]:
    """Return which windows are saturated, and where."""
    return [
        infrared_alert("IR-101").alert(
            where=row.label, what=f"{group.name}, {'; '.join(str(one) for one in found)}"
        )
        for group in groups
        if (found := row.absorbance.saturated(group.low, group.high))
    ]


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


def _alerts_of(row: SpectrumRow, settings: InfraredSettings) -> tuple[Alert, ...]:
    found = list(notices_of([row]))
    if settings.scale_sigma is None and not settings.standard:
        found.append(infrared_alert("IR-105").alert(where=row.label))
    if row.absorbance.atr:
        found.append(infrared_alert("IR-107").alert(where=row.label))
    share = row.noise.effective_share
    if row.noise.reason and not settings.bands:
        found.append(infrared_alert("IR-118").alert(where=row.label, why=row.noise.reason))
    if share < _CORRELATED:
        found.append(infrared_alert("IR-109").alert(where=row.label, share=share))
    return tuple(found)


def _fit_alerts(measured: MeasuredBands, row: SpectrumRow) -> list[Alert]:
    """Return what is to be known of the fit of one spectrum."""
    fits, names = measured.fits, ", ".join(measured.fits.names)
    found = []
    if fits.misfit.rows[0]:
        found.append(
            infrared_alert("IR-102").alert(
                where=row.label, reduced=float(fits.misfit.redchi[0]), bands=names
            )
        )
    bound = [
        f"{name}: {flag}"
        for k, name in enumerate(fits.names)
        for flag in fits.flags(0, name)
        if "bound" in flag and fits.seen[0, k]
    ]
    if bound:
        found.append(infrared_alert("IR-103").alert(where=row.label, what="; ".join(bound)))
    if measured.left_out:
        what = "; ".join(f"{method}: {why}" for method, why in measured.left_out)
        found.append(infrared_alert("IR-104").alert(where=row.label, what=what))
    pair, size = _overlap(fits.area_covariance[0])
    if pair is not None and abs(size) > _OVERLAP:
        what = f"{fits.names[pair[0]]} and {fits.names[pair[1]]}"
        found.append(infrared_alert("IR-120").alert(where=row.label, what=what, correlation=size))
    return found


def _unchecked(measured: MeasuredBands, row: SpectrumRow) -> list[Alert]:
    """Return why the noise is to be doubted, where neither the spectrum nor the residual tells it."""
    rows = measured.rows
    if not row.noise.reason:
        return []
    left = noise_of(rows.x, rows.Y[0] - measured.fits.total(0))
    why = f"{rows.group.name}, {row.noise.reason}"
    if left.effective_share > 0.0:
        if left.effective_share >= _CORRELATED and left.sigma <= _TOO_NOISY * row.noise.sigma:
            return []
        size = left.sigma / row.noise.sigma
        why += f"; of the residual {left.effective_share:.0%} of the points count, at {size:.1f} times that noise"
    return [infrared_alert("IR-118").alert(where=row.label, why=why)]


def _overlap(covariance: FloatArray) -> tuple[tuple[int, int] | None, float]:
    """Return the pair of areas that are correlated most, and by how much."""
    errors = np.sqrt(np.diag(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        matrix = np.nan_to_num(covariance / np.outer(errors, errors))
    np.fill_diagonal(matrix, 0.0)
    if matrix.size < 2:
        return None, 0.0
    place = np.unravel_index(int(np.argmax(np.abs(matrix))), matrix.shape)
    return (int(place[0]), int(place[1])), float(matrix[place])


def _unnamed(measured: MeasuredBands, row: SpectrumRow) -> list[Alert]:
    """Return what stands in the residual above the limit of detection."""
    rows = measured.rows
    residual = rows.Y[0] - measured.fits.total(0)
    part = longest_stretch(rows.x)
    found = find_peaks(
        rows.x[part], residual[part], float(rows.sigma[0]), effective_share=float(rows.share[0]),
        most=5,
    )  # fmt: skip
    if not found.peaks:
        return []
    what = ", ".join(f"{peak.position:.0f} cm-1 ({peak.height:.2g})" for peak in found.peaks)
    return [infrared_alert("IR-110").alert(where=row.label, what=what)]


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
