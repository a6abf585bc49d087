"""Bands of one spectrum as observables: each value with the sources of its error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spectrafit.history import HistoryEntry, Source
from spectrafit.observable import Observable
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.band_values import BandQuantity
from spectrafit_ir.measured import MeasuredBands
from spectrafit_ir.rows import SpectrumRow
from spectrafit_ir.settings import InfraredSettings

__all__ = ["BandItems", "Scale", "band_items", "profile_conventions"]

_X_SHARE = 0.1  # of the distance of points: error of a wavenumber axis where none is stated


SHARED = {"common": "baseline"}
"""Of a linked fit: one family of baselines serves all spectra, so its error is theirs in common."""


@dataclass(frozen=True, eq=False)
class Scale:
    """What the scale of the sample does to areas.

    Parameters
    ----------
    values : ndarray, shape (B,)
        Areas of one spectrum, after division by a standard where there is one.
    covariance : ndarray, shape (B, B)
        Of all but noise, misfit and baseline.
    said : str
        What was done, for the conventions.
    """

    values: FloatArray
    covariance: FloatArray
    said: str


@dataclass(frozen=True, eq=False)
class BandItems:
    """Observables of one spectrum.

    Parameters
    ----------
    items : tuple of Observable
        All of them.
    covariance : ndarray, shape (k, k)
        Of the profile areas with an error.
    keys : tuple of str
        Of its rows.
    """

    items: tuple[Observable, ...]
    covariance: FloatArray
    keys: tuple[str, ...]


def profile_conventions(
    measured: MeasuredBands, settings: InfraredSettings, row: SpectrumRow
) -> dict[str, Any]:
    """Return what the numbers of fitted profiles depend on.

    Parameters
    ----------
    measured : MeasuredBands
        Of one window.
    settings : InfraredSettings
        As chosen.
    row : SpectrumRow
        The spectrum.

    Returns
    -------
    dict
    """
    group = measured.rows.group
    said: dict[str, Any] = {
        "window_cm": [group.low, group.high],
        "bands": [band.name for band in group.bands],
        "line": settings.line,
        "baseline": f"{settings.fit_baseline} in the fit",
        "ordinate": "decadic absorbance",
    }
    if settings.mixing is not None:
        said["mixing"] = settings.mixing
    if row.absorbance.atr:
        said["sampling"] = "attenuated total reflection, not corrected"
    linked = measured.linked
    if linked is not None:
        said["positions"] = settings.position_law
        said["widths"] = settings.width_law
        said["T_ref_K"] = round(linked.T_ref, 3)
    return said


def band_items(
    measured: MeasuredBands,
    place: int,
    row: SpectrumRow,
    settings: InfraredSettings,
    *,
    prefix: str = "",
    scale: Scale | None = None,
    source: Source | None = None,
) -> BandItems:
    """Return the observables of the bands of one window in one spectrum.

    Parameters
    ----------
    measured : MeasuredBands
        Of the window.
    place : int
        Row of the spectrum in it.
    row : SpectrumRow
        The spectrum.
    settings : InfraredSettings
        As chosen.
    prefix : str, optional
        Before area, position, width and height: ``"linked_"`` for those of a series; traces and
        window areas are then left out.
    scale : Scale, optional
        Of the profile areas; a declared uncertainty or none when left out.
    source : Source, optional
        Where the values come from; the spectrum's when left out.

    Returns
    -------
    BandItems
    """
    spectrum = row.absorbance.spectrum
    fits = measured.fits
    maker = _Maker(
        spectrum.conditions, source or spectrum.source,
        (*spectrum.history, _entry(measured, settings)),
    )  # fmt: skip
    conventions = profile_conventions(measured, settings, row)
    factor = float(fits.misfit.scale[place])
    own = _declared(fits.area.values[place], settings) if scale is None else scale
    conventions |= {"scale": own.said} if own.said else {}
    items: list[Observable | None] = []
    bands = measured.rows.group.bands
    order = _in_reading_order([band.name for band in bands], settings)
    if not prefix:
        # no integral and no point of a curve that is cut off
        seen = [k for k in order if bands[k].name in measured.traces]
        both = [_without_model(maker, measured, place, k, settings) for k in seen]
        items += [pair[0] for pair in both] + [pair[1] for pair in both]
    for quantity, key in (
        (fits.area, "area"), (fits.position, "position"), (fits.fwhm, "width"),
        (fits.height, "height"),
    ):  # fmt: skip
        for k in order:
            band = bands[k]
            parts = _parts(quantity, key, measured, place, k, factor, settings, row)
            value = float(quantity.values[place, k])
            if key == "area":
                value = float(own.values[k])
                parts["scale"] = math.sqrt(max(0.0, float(own.covariance[k, k])))
            reason = quantity.reason(place, k)
            items.append(
                maker.item(
                    f"ir.{band.name}.{prefix}{key}", quantity.unit, value, parts, reason,
                    conventions
                    | (SHARED if prefix else {})
                    | {"flags": list(fits.flags(place, band.name))},
                )
            )  # fmt: skip
    kept = [item for item in items if item is not None]
    covariance, keys = _covariance(measured, place, factor, own, kept, prefix)
    return BandItems(tuple(kept), covariance, keys)


def _in_reading_order(names: Sequence[str], settings: InfraredSettings) -> list[int]:
    """Return the places of bands, those that populations are read from first."""
    told = list(settings.population_bands)

    def rank(place: int) -> tuple[int, int]:
        return (told.index(names[place]) if names[place] in told else len(told), place)

    return sorted(range(len(names)), key=rank)


def _declared(areas: FloatArray, settings: InfraredSettings) -> Scale:
    size = math.hypot(settings.scale_sigma or 0.0, settings.series_scale_sigma)
    said = "as measured, its uncertainty not declared"
    if settings.scale_sigma is not None or settings.series_scale_sigma:
        said = f"as measured, to {100 * size:g} %"
    known = np.nan_to_num(areas)
    return Scale(areas, np.outer(known, known) * size**2, said)


def _entry(measured: MeasuredBands, settings: InfraredSettings) -> HistoryEntry:
    group = measured.rows.group
    return HistoryEntry(
        "linked bands" if measured.linked is not None else "bands",
        {
            "window_cm": [group.low, group.high],
            "bands": {band.name: [band.low, band.high] for band in group.bands},
            "line": settings.line,
            "baseline": settings.fit_baseline,
            "baselines": list(settings.baselines),
            "left_out": [list(one) for one in measured.left_out],
            "spectra": len(measured.rows),
        },
    )


@dataclass(frozen=True, eq=False)
class _Maker:
    conditions: Mapping[str, float | str]
    source: Source
    history: tuple[HistoryEntry, ...]

    def item(
        self,
        key: str,
        unit: str,
        value: float,
        parts: Mapping[str, float],
        reason: str,
        conventions: Mapping[str, Any],
    ) -> Observable | None:
        """Return a value with its budget; None where there is no number at all."""
        if not math.isfinite(value):
            return None
        total = math.sqrt(math.fsum(part**2 for part in parts.values()))
        none = reason or not total > 0.0 or not math.isfinite(total)
        return Observable(
            key, unit, value=value, sigma=None if none else total,
            sigma_reason=(reason or "no noise behind it") if none else "",
            budget={} if none else {name: part for name, part in parts.items() if part > 0.0},
            conventions=dict(conventions), conditions=self.conditions, source=self.source,
            history=self.history,
        )  # fmt: skip


def _parts(
    quantity: BandQuantity,
    key: str,
    measured: MeasuredBands,
    place: int,
    k: int,
    factor: float,
    settings: InfraredSettings,
    row: SpectrumRow,
) -> dict[str, float]:
    """Return the sources of error of a fitted value, as standard uncertainties."""
    noise = float(quantity.sigma[place, k])
    parts = {"noise": noise, "misfit": noise * math.sqrt(max(0.0, factor**2 - 1.0))}
    by_baseline = float(measured.area_by_baseline[place, k])
    area, value = float(measured.fits.area.values[place, k]), float(quantity.values[place, k])
    if key == "area" and math.isfinite(by_baseline):
        parts["baseline"] = by_baseline
    elif key == "height" and math.isfinite(by_baseline) and area:
        parts["baseline"] = abs(value / area) * by_baseline
    elif key == "position":
        parts["axis"] = settings.x_sigma_cm or _X_SHARE * float(np.median(np.diff(row.x)))
    return parts


def _without_model(
    maker: _Maker, measured: MeasuredBands, place: int, k: int, settings: InfraredSettings
) -> list[Observable | None]:
    """Return trace and window area of a band."""
    band = measured.rows.group.bands[k]
    trace, window = measured.traces[band.name], measured.windows[band.name]
    found = []
    for key, unit, value, sigma, spread, said in (
        (
            "trace", "1", trace.value, trace.sigma, measured.trace_spread[band.name],
            {"trace_cm": trace.wavenumber, "baseline": trace.ground},
        ),
        (
            "window_area", "cm-1", window.value, window.sigma, measured.window_spread[band.name],
            {"area_window_cm": [window.low, window.high], "baseline": settings.baseline,
             "edge_points": settings.edge_points},
        ),
    ):  # fmt: skip
        by_baseline = float(spread[place])
        size = math.hypot(settings.scale_sigma or 0.0, settings.series_scale_sigma)
        parts = {
            "noise": float(sigma[place]),
            "baseline": by_baseline if math.isfinite(by_baseline) else 0.0,
            "scale": abs(float(value[place])) * size,
        }
        excluded = [f"{method}: {why}" for method, why in measured.left_out]
        said = dict(said) | ({"baselines_left_out": excluded} if excluded else {})
        found.append(
            maker.item(f"ir.{band.name}.{key}", unit, float(value[place]), parts, "", said)
        )
    return found


def _covariance(
    measured: MeasuredBands,
    place: int,
    factor: float,
    scale: Scale,
    items: list[Observable],
    prefix: str,
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the covariance of the profile areas that have an error, with their keys."""
    names = [band.name for band in measured.rows.group.bands]
    by_key = {item.key: item for item in items}
    used = [
        (k, f"ir.{name}.{prefix}area")
        for k, name in enumerate(names)
        if (item := by_key.get(f"ir.{name}.{prefix}area")) is not None and item.sigma is not None
    ]
    rows = [k for k, _ in used]
    by_baseline = np.nan_to_num(measured.area_by_baseline[place])
    total = measured.fits.area_covariance[place] * factor**2 + np.diag(by_baseline**2)
    total = (total + scale.covariance)[np.ix_(rows, rows)]
    return np.asarray(total), tuple(key for _, key in used)
