"""What the linked fit of a series gives for each band: areas, positions, widths, traces and presence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit.observable import Kind, Observable
from spectrafit.spectrum import FloatArray
from spectrafit_ir.alerts import infrared_alert
from spectrafit_ir.band_items import Scale, band_items
from spectrafit_ir.bands.presence import SeriesPresence, series_presence
from spectrafit_ir.bands.trace_bias import TraceBias, trace_bias
from spectrafit_ir.measured import MeasuredBands
from spectrafit_ir.series_bands import SeriesBands

__all__ = ["fit_alerts", "linked_items", "presence_items", "ratio_items", "trace_items"]


def linked_items(series: SeriesBands) -> list[Observable]:
    """Return area, position, width and height of each band at each temperature.

    Parameters
    ----------
    series : SeriesBands
        As fitted.

    Returns
    -------
    list of Observable
    """
    found: list[Observable] = []
    first = 0
    for group in series.groups:
        count = len(group.fits.names)
        own = slice(first, first + count)
        first += count
        for place, row in enumerate(series.rows):
            scale = _scale(series, group, place, own)
            found += band_items(
                group, place, row, series.settings, prefix="linked_", scale=scale
            ).items
    return found


def _scale(series: SeriesBands, group: MeasuredBands, place: int, own: slice) -> Scale:
    """Return the scaled areas of a group in one row, with the error that scaling adds."""
    areas = series.areas
    values = areas.values[place, own]
    total = areas.covariance[place, own, own]
    noise = group.fits.misfit.sigma_of(group.fits.area.sigma)[place]
    added = total - np.diag(np.nan_to_num(noise) ** 2)
    whole = np.outer(values, values) * areas.series_relative**2
    return Scale(values, np.nan_to_num(added + whole), areas.said)


def ratio_items(series: SeriesBands, pairs: Sequence[tuple[str, str]]) -> list[Observable]:
    """Return ratios of areas, which no scale of a spectrum touches.

    Parameters
    ----------
    series : SeriesBands
        As fitted.
    pairs : sequence of (str, str)
        Bands: the first over the second.

    Returns
    -------
    list of Observable
    """
    found = []
    for one, other in pairs:
        (a_group, a), (b_group, b) = series.place(one), series.place(other)
        up, down = a_group.fits.area.values[:, a], b_group.fits.area.values[:, b]
        up_sigma = a_group.fits.misfit.sigma_of(a_group.fits.area.sigma)[:, a]
        down_sigma = b_group.fits.misfit.sigma_of(b_group.fits.area.sigma)[:, b]
        joint = np.zeros(len(series.rows))
        if a_group is b_group:
            joint = a_group.fits.area_covariance[:, a, b] * a_group.fits.misfit.scale**2
        for place, row in enumerate(series.rows):
            value = float(up[place] / down[place])
            noise = _ratio_error(
                value, float(up[place]), float(down[place]), float(up_sigma[place]),
                float(down_sigma[place]), float(joint[place]),
            )  # fmt: skip
            spectrum = row.absorbance.spectrum
            known = math.isfinite(noise) and noise > 0.0
            found.append(
                Observable(
                    f"ir.{one}-{other}.ratio", "1", value=value, sigma=noise if known else None,
                    sigma_reason="" if known else "an area has no error",
                    budget={"noise": noise} if known else {}, conditions=spectrum.conditions,
                    source=spectrum.source, history=spectrum.history,
                )
            )  # fmt: skip
    return [item for item in found if math.isfinite(float(item.value or 0.0))]


def _ratio_error(
    ratio: float, up: float, down: float, up_sigma: float, down_sigma: float, joint: float
) -> float:
    variance = up_sigma**2 - 2.0 * ratio * joint + (ratio * down_sigma) ** 2
    return math.sqrt(max(0.0, variance)) / abs(down) if down else math.nan


def _height_share(fraction: FloatArray) -> FloatArray:
    """Return the Lorentzian share of the height of pseudo-Voigts from that of the area."""
    lorentz = fraction * 2.0 / math.pi
    gauss = (1.0 - fraction) * 2.0 * math.sqrt(math.log(2.0) / math.pi)
    return np.asarray(lorentz / (lorentz + gauss))


def trace_items(
    series: SeriesBands,
) -> tuple[list[Observable], list[Alert], dict[str, TraceBias]]:
    """Return for each band whether its trace may be read as a population, and how far it is off.

    Parameters
    ----------
    series : SeriesBands
        As fitted.

    Returns
    -------
    items : list of Observable
    alerts : list of Alert
    biases : dict of str to TraceBias
        By band.
    """
    items, moved = [], []
    biases: dict[str, TraceBias] = {}
    for group in series.groups:
        fits = group.fits
        for name in (name for name in fits.names if name in group.traces):
            trace = group.traces[name]
            try:
                found = trace_bias(
                    series.T, trace.value, trace.sigma, trace.wavenumber, fits.position.values,
                    fits.fwhm.values, fits.height.values,
                    mixing=_height_share(fits.mixing.values),
                    position_sigma=np.nan_to_num(fits.misfit.sigma_of(fits.position.sigma)),
                    width_sigma=np.nan_to_num(fits.misfit.sigma_of(fits.fwhm.sigma)),
                )  # fmt: skip
            except SpectrafitError:
                # no row has every band of the window: nothing to hold the trace against
                continue
            biases[name] = found
            bias = found.bias_percent[np.isfinite(found.bias_percent)]
            largest = float(bias[np.argmax(np.abs(bias))]) if bias.size else math.nan
            items.append(
                Observable(
                    f"ir.{name}.trace_verdict", "1", Kind.CATEGORY, found.verdict,
                    verdict=f"{found.why}; bias up to {largest:+.1f} %",
                    conventions={
                        "trace_cm": trace.wavenumber,
                        "bias_percent": [round(float(one), 2) for one in found.bias_percent],
                        "T_K": [float(T) for T in series.T],
                    },
                    source=series.source,
                    history=series.history("trace", {"trace_cm": trace.wavenumber}),
                )
            )  # fmt: skip
            if found.verdict == "trace_moved":
                moved.append(f"{name} ({found.why}; bias up to {largest:+.1f} %)")
    alerts = []
    if moved:
        alerts.append(infrared_alert("IR-106").alert(where="series", what="; ".join(moved)))
    return items, alerts, biases


def presence_items(
    series: SeriesBands,
) -> tuple[list[Observable], dict[tuple[str, str], SeriesPresence]]:
    """Return where in the series each band is, with the limit of detection where it is not.

    Parameters
    ----------
    series : SeriesBands
        As fitted.

    Returns
    -------
    items : list of Observable
    found : dict of (str, str) to SeriesPresence
        By band and branch.
    """
    items: list[Observable] = []
    found: dict[tuple[str, str], SeriesPresence] = {}
    for name in series.names:
        values, sigma = series.area(name)
        group, column = series.place(name)
        common = float(np.nanmedian(np.nan_to_num(group.area_by_baseline[:, column])))
        for branch in series.branches:
            own = branch.places
            if own.size < 2:
                continue
            try:
                one = series_presence(series.T[own], values[own], sigma[own], common)
            except SpectrafitError:
                # fewer than two spectra have an error: the band is at a bound everywhere
                continue
            found[name, branch.name] = one
            items.append(
                Observable(
                    f"ir.{name}.presence", "1", Kind.CATEGORY, one.verdict, verdict=one.why,
                    conditions=branch.conditions, source=series.source,
                    history=series.history("presence", {"level": 0.95}),
                )
            )  # fmt: skip
            if math.isfinite(one.detection_limit):
                items.append(
                    Observable(
                        f"ir.{name}.detection_limit", "cm-1", Kind.UPPER_LIMIT,
                        high=one.detection_limit, level=0.95,
                        verdict="an area that would be found in 95 of 100 series",
                        conditions=branch.conditions, source=series.source,
                        history=series.history("presence", {"level": 0.95}),
                    )
                )  # fmt: skip
    return items, found


def fit_alerts(series: SeriesBands, *, alone_misfit: bool = True) -> list[Alert]:
    """Return what is to be known of the linked fits before their values are used.

    Parameters
    ----------
    series : SeriesBands
        As fitted.
    alone_misfit : bool, optional
        Whether spectra that were fitted by themselves miss their data too.

    Returns
    -------
    list of Alert
    """
    alerts: list[Alert] = []
    for group in series.groups:
        fits = group.fits
        where = f"series, {group.rows.group.name}"
        if fits.misfit.rows.any() and alone_misfit:
            alerts.append(
                infrared_alert("IR-102").alert(
                    where=where, reduced=float(np.nanmax(fits.misfit.redchi)),
                    bands=", ".join(fits.names),
                )
            )  # fmt: skip
        bound = sorted(
            {
                f"{name}: {flag}"
                for k, name in enumerate(fits.names)
                for row in range(len(fits))
                for flag in fits.flags(row, name)
                if "bound" in flag and fits.seen[row, k]
            }
        )
        if bound:
            alerts.append(infrared_alert("IR-103").alert(where=where, what="; ".join(bound)))
        if fits.misfit.rows.any() and not alone_misfit:
            reduced = float(np.nanmax(fits.misfit.redchi))
            alerts.append(infrared_alert("IR-112").alert(where=where, reduced=reduced))
    return alerts
