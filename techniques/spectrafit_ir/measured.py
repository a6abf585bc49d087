"""What the bands of one window measure: traces, window areas, profile fits, and what baselines change."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import FitError, SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.band_model import BandSpec
from spectrafit_ir.bands.band_values import BandFits
from spectrafit_ir.bands.groups import REACH
from spectrafit_ir.bands.linked import LinkedBands, fit_linked
from spectrafit_ir.bands.profile import fit_bands
from spectrafit_ir.bands.trace import Trace, trace_above_line, trace_of
from spectrafit_ir.bands.window import WindowArea, window_area
from spectrafit_ir.baseline.methods import baselines_of
from spectrafit_ir.baseline.spread import BaselineSpread, baseline_spread
from spectrafit_ir.rows import WindowRows
from spectrafit_ir.settings import InfraredSettings

__all__ = ["MeasuredBands", "area_window", "measured_bands", "trace_wavenumber"]

_HALF = 1.0 / math.sqrt(3.0)  # standard deviation of a rectangle of half width one


@dataclass(frozen=True, eq=False)
class MeasuredBands:
    """The bands of one window in every spectrum.

    Parameters
    ----------
    rows : WindowRows
        The points.
    traces : mapping of str to Trace
        By band.
    windows : mapping of str to WindowArea
        By band.
    trace_spread, window_spread : mapping of str to BaselineSpread
        Of both under several baselines, by band.
    fits : BandFits
        Free fits, or those of a linked series.
    area_by_baseline : ndarray, shape (N, B)
        Standard uncertainty of the profile areas by the choice of the baseline; NaN where it is not
        known.
    left_out : tuple of (str, str)
        Baselines that do not count, and why.
    """

    rows: WindowRows
    traces: Mapping[str, Trace]
    windows: Mapping[str, WindowArea]
    trace_spread: Mapping[str, BaselineSpread]
    window_spread: Mapping[str, BaselineSpread]
    fits: BandFits
    area_by_baseline: FloatArray
    left_out: tuple[tuple[str, str], ...]

    @property
    def linked(self) -> LinkedBands | None:
        """The linked fit; None where the spectra were fitted one by one."""
        return self.fits if isinstance(self.fits, LinkedBands) else None


def trace_wavenumber(band: BandSpec, settings: InfraredSettings) -> float:
    """Return the wavenumber of a band's trace.

    Parameters
    ----------
    band : BandSpec
        The band.
    settings : InfraredSettings
        ``trace_cm``.

    Returns
    -------
    float
        cm-1: as set; the band's name where that is a number inside its range; else the middle.
    """
    if band.name in settings.trace_cm:
        return float(settings.trace_cm[band.name])
    try:
        named = float(band.name)
    except ValueError:
        named = math.nan
    return named if band.low <= named <= band.high else 0.5 * (band.low + band.high)


def area_window(
    band: BandSpec, rows: WindowRows, settings: InfraredSettings
) -> tuple[float, float]:
    """Return the window of a band's window area.

    Parameters
    ----------
    band : BandSpec
        One of the group.
    rows : WindowRows
        With the other bands.
    settings : InfraredSettings
        ``area_window_cm``.

    Returns
    -------
    (float, float)
        cm-1: as set; else to the middle between the ranges of neighbouring bands, and no further
        than 40 cm-1 from its own range. A band that is alone in its window has all of it.
    """
    if band.name in settings.area_window_cm:
        low, high = settings.area_window_cm[band.name]
        return float(low), float(high)
    bands = rows.group.bands
    if len(bands) == 1:
        return rows.group.low, rows.group.high
    place = bands.index(band)
    low, high = max(rows.group.low, band.low - REACH), min(rows.group.high, band.high + REACH)
    if place:
        low = max(low, 0.5 * (bands[place - 1].high + band.low))
    if place + 1 < len(bands):
        high = min(high, 0.5 * (band.high + bands[place + 1].low))
    return low, high


def measured_bands(
    rows: WindowRows, settings: InfraredSettings, T: FloatArray | None = None
) -> MeasuredBands:
    """Return what the bands of a window measure in every spectrum.

    Parameters
    ----------
    rows : WindowRows
        The points.
    settings : InfraredSettings
        As chosen.
    T : ndarray, shape (N,), optional
        Temperatures, K, for one linked fit of all spectra; without them each is fitted by itself.

    Returns
    -------
    MeasuredBands

    Raises
    ------
    SpectrafitError
        For windows or bands that cannot serve.
    """
    bands = rows.group.bands
    traces, windows, of_trace, of_window = {}, {}, {}, {}
    for band in bands:
        low, high = area_window(band, rows, settings)
        at = trace_wavenumber(band, settings)
        inside = (rows.x >= low) & (rows.x <= high)
        x, Y = rows.x[inside], rows.Y[:, inside]
        traces[band.name] = _trace(rows, x, Y, at, (low, high), settings)
        windows[band.name] = _window(rows, x, Y, (low, high), settings)
        options = {"linear": {"points": settings.edge_points}}
        near = int(np.argmin(np.abs(x - at)))
        of_trace[band.name] = baseline_spread(x, Y, _at(near), settings.baselines, options)
        of_window[band.name] = baseline_spread(x, Y, _trapezoid, settings.baselines, options)
    fits = _fits(rows, settings, T)
    spread, left_out = _area_by_baseline(rows, fits, settings)
    return MeasuredBands(rows, traces, windows, of_trace, of_window, fits, spread, left_out)


def _at(place: int) -> Callable[[FloatArray, FloatArray], FloatArray]:
    return lambda _, corrected: corrected[:, place]


def _trapezoid(x: FloatArray, corrected: FloatArray) -> FloatArray:
    return np.asarray(np.trapezoid(corrected, x, axis=1))


def _trace(
    rows: WindowRows,
    x: FloatArray,
    Y: FloatArray,
    at: float,
    window: tuple[float, float],
    settings: InfraredSettings,
) -> Trace:
    if settings.baseline == "linear":
        return trace_above_line(
            rows.x, rows.Y, rows.sigma, at, *window, settings.edge_points,
            effective_share=rows.share,
        )  # fmt: skip
    under = baselines_of(x, Y, settings.baseline)
    ground = f"{settings.baseline} from {x[0]:g} to {x[-1]:g} cm-1"
    return trace_of(x, Y, rows.sigma, at, baseline=under, ground=ground)


def _window(
    rows: WindowRows,
    x: FloatArray,
    Y: FloatArray,
    window: tuple[float, float],
    settings: InfraredSettings,
) -> WindowArea:
    own = window_area(
        rows.x, rows.Y, rows.sigma, *window, settings.edge_points, effective_share=rows.share
    )
    if settings.baseline == "linear":
        return own
    corrected = Y - baselines_of(x, Y, settings.baseline)
    return WindowArea(
        own.low, own.high, own.points, _trapezoid(x, corrected), own.sigma, own.weights
    )


def _fits(rows: WindowRows, settings: InfraredSettings, T: FloatArray | None) -> BandFits:
    if T is None:
        return fit_bands(
            rows.x, rows.Y, rows.sigma, rows.group.bands, settings.line, settings.fit_baseline,
            mixing=settings.mixing, fwhm=settings.fwhm_cm, effective_share=rows.share,
        )  # fmt: skip
    names = {band.name for band in rows.group.bands}
    tied = {a: b for a, b in settings.distance_to.items() if a in names and b in names}
    return fit_linked(
        rows.x, rows.Y, rows.sigma, T, rows.group.bands, settings.line, settings.fit_baseline,
        position=settings.position_law, width=settings.width_law, mixing=settings.mixing,
        distances=tied, fwhm=settings.fwhm_cm, effective_share=rows.share,
    )  # fmt: skip


def _area_by_baseline(
    rows: WindowRows, fits: BandFits, settings: InfraredSettings
) -> tuple[FloatArray, tuple[tuple[str, str], ...]]:
    """Return what the choice of the baseline changes in profile areas, at the fitted shapes.

    At fixed positions and widths areas are linear in the data, so they follow at once from the data
    above each baseline.
    """
    shape = fits.area.values.shape
    unknown = np.full(shape, np.nan)
    areas: list[FloatArray] = []
    left_out: dict[str, str] = {}
    for method in settings.baselines:
        try:
            options = {"points": settings.edge_points} if method == "linear" else {}
            under = baselines_of(rows.x, rows.Y, method, **options)
        except (FitError, SettingsError) as error:
            left_out[method] = error.what
            continue
        areas.append(_areas_above(rows.Y - under, fits))
    if len(areas) < 2:
        return unknown, tuple(left_out.items())
    return _HALF * 0.5 * np.ptp(np.stack(areas), axis=0), tuple(left_out.items())


def _areas_above(corrected: FloatArray, fits: BandFits) -> FloatArray:
    """Return the areas of the fitted profiles in spectra without a baseline, by least squares."""
    found = np.full(fits.area.values.shape, np.nan)
    for row in range(len(fits)):
        areas = fits.area.values[row]
        curves = fits.curves(row)
        known = np.isfinite(areas) & (areas != 0.0)
        if not known.all():
            continue
        shapes = np.stack(
            [curves[name] / area for name, area in zip(fits.names, areas, strict=True)]
        )
        found[row] = np.linalg.lstsq(shapes.T, corrected[row], rcond=None)[0]
    return found
