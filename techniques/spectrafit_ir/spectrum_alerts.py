"""What is to be known of one spectrum and of the fits of its windows before a value is quoted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.alert import Alert
from spectrafit.fit.weak import WEAK_BELOW, weak_alert
from spectrafit.spectrum import FloatArray
from spectrafit_ir.alerts import infrared_alert
from spectrafit_ir.bands.groups import BandGroup
from spectrafit_ir.bands.peaks import find_peaks
from spectrafit_ir.measured import MeasuredBands
from spectrafit_ir.noise import noise_of
from spectrafit_ir.rows import SpectrumRow, longest_stretch, notices_of
from spectrafit_ir.settings import InfraredSettings

__all__ = ["fit_alerts", "saturation_alerts", "spectrum_alerts"]

_CORRELATED = 0.9  # of the points: where fewer count, it is told
_OVERLAP = 0.8
_TOO_NOISY = 1.3  # times the noise: chi2 of a right fit is then 1.7


def spectrum_alerts(row: SpectrumRow, settings: InfraredSettings) -> list[Alert]:
    """Return what is to be known of a spectrum before its bands are looked at.

    Parameters
    ----------
    row : SpectrumRow
        The spectrum.
    settings : InfraredSettings
        As chosen.

    Returns
    -------
    list of Alert
    """
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
    return found


def saturation_alerts(row: SpectrumRow, groups: Sequence[BandGroup]) -> list[Alert]:
    """Return which windows are saturated, and where.

    Parameters
    ----------
    row : SpectrumRow
        The spectrum.
    groups : sequence of BandGroup
        The windows.

    Returns
    -------
    list of Alert
    """
    return [
        infrared_alert("IR-101").alert(
            where=row.label, what=f"{group.name}, {'; '.join(str(one) for one in found)}"
        )
        for group in groups
        if (found := row.absorbance.saturated(group.low, group.high))
    ]


def fit_alerts(measured: MeasuredBands, row: SpectrumRow) -> list[Alert]:
    """Return what is to be known of the fit of one window of a spectrum.

    Parameters
    ----------
    measured : MeasuredBands
        Of the window.
    row : SpectrumRow
        The spectrum.

    Returns
    -------
    list of Alert
    """
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
    return [*found, *_weak(measured, row), *_unchecked(measured, row), *_unnamed(measured, row)]


def _weak(measured: MeasuredBands, row: SpectrumRow) -> list[Alert]:
    """Return the alerts on weak bands whose position or width is free, or was where they are seen.

    The area of a band that is not seen is that of a shape it need not have.
    """
    fits = measured.fits
    found = []
    for k, name in enumerate(fits.names):
        errors = [one.sigma[0, k] for one in (fits.position, fits.fwhm)]
        shaped = bool(np.isfinite(errors).any()) or not fits.seen[0, k]
        area, sigma = float(fits.area.values[0, k]), float(fits.area.sigma[0, k])
        if shaped and abs(area) < WEAK_BELOW * sigma:
            found.append(weak_alert(f"{name}.area", abs(area) / sigma, row.label))
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
    what = ", ".join(
        f"{peak.position:.0f} cm-1 (height {peak.height:.2g} absorbance)" for peak in found.peaks
    )
    return [infrared_alert("IR-110").alert(where=row.label, what=what)]
