"""What the bands of one window measure: traces, window areas, profile fits, and what baselines change."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.band_model import BandSpec
from spectrafit_ir.bands.band_values import BandFits
from spectrafit_ir.bands.edges import edge_line, edge_points, point_errors, window_points
from spectrafit_ir.bands.groups import REACH
from spectrafit_ir.bands.linked import LinkedBands, fit_linked
from spectrafit_ir.bands.profile import fit_bands
from spectrafit_ir.bands.trace import Trace, trace_above_line, trace_of
from spectrafit_ir.bands.window import WindowArea, window_area
from spectrafit_ir.baseline.methods import baselines_of
from spectrafit_ir.rows import WindowRows, longest_stretch
from spectrafit_ir.settings import InfraredSettings

__all__ = ["MeasuredBands", "area_window", "measured_bands", "trace_wavenumber"]

_HALF = 1.0 / math.sqrt(3.0)  # standard deviation of a rectangle of half width one
_OUTLIER = 0.2


@dataclass(frozen=True, eq=False)
class MeasuredBands:
    """The bands of one window in every spectrum.

    Parameters
    ----------
    rows : WindowRows
        The points.
    traces : mapping of str to Trace
        By band; empty where points are missing inside the window.
    windows : mapping of str to WindowArea
        By band; empty where points are missing inside the window.
    trace_spread, window_spread : mapping of str to ndarray, shape (N,)
        Standard uncertainty of both by the choice of the baseline, by band; NaN where it is not
        known.
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
    trace_spread: Mapping[str, FloatArray]
    window_spread: Mapping[str, FloatArray]
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
    rows: WindowRows,
    settings: InfraredSettings,
    T: FloatArray | None = None,
    parameters: Mapping[str, ParameterChange] | None = None,
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
    parameters : mapping of str to ParameterChange, optional
        Starts, bounds, fixed and tied parameters of the bands of this window and its baseline.

    Returns
    -------
    MeasuredBands

    Raises
    ------
    SpectrafitError
        For windows or bands that cannot serve.
    """
    ground = _ground(rows, settings)
    traces, windows = {}, {}
    trace_spread, window_spread = {}, {}
    whole = longest_stretch(rows.x) == slice(0, rows.x.size)
    for band in rows.group.bands if whole else ():
        low, high = area_window(band, rows, settings)
        inside = (rows.x >= low) & (rows.x <= high)
        traces[band.name] = _trace(rows, trace_wavenumber(band, settings), settings)
        windows[band.name] = _window(rows, (low, high), band, settings)
        place = int(np.argmin(np.abs(rows.x - traces[band.name].wavenumber)))
        trace_spread[band.name] = ground.spread(_at(place))
        window_spread[band.name] = ground.spread(_integral(rows.x, inside))
    fits = _fits(rows, settings, T, parameters)
    by_baseline = _HALF * ground.half_range(lambda under: _areas_above(rows.Y - under, fits))
    return MeasuredBands(
        rows, traces, windows, trace_spread, window_spread, fits, by_baseline, ground.left_out
    )


def _at(place: int) -> Callable[[FloatArray], FloatArray]:
    return lambda under: np.asarray(under[:, place])


def _integral(x: FloatArray, inside: NDArray[np.bool_]) -> Callable[[FloatArray], FloatArray]:
    return lambda under: np.asarray(np.trapezoid(under[:, inside], x[inside], axis=1))


@dataclass(frozen=True, eq=False)
class _Ground:
    """Baselines of the whole window that count, and those that do not."""

    baselines: Mapping[str, FloatArray]
    left_out: tuple[tuple[str, str], ...]
    rows: int

    def half_range(self, measure: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """Return half the range of a number over the baselines; NaN where there are none to compare."""
        found = [measure(under) for under in self.baselines.values()]
        if not found:
            return np.full(self.rows, np.nan)
        return np.asarray(
            0.5 * np.ptp(np.stack(found), axis=0) if len(found) > 1 else found[0] * np.nan
        )

    def spread(self, measure: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """Return the standard uncertainty by the choice of the baseline, all between equally likely."""
        return np.asarray(_HALF * self.half_range(measure))


def _ground(rows: WindowRows, settings: InfraredSettings) -> _Ground:
    """Return the baselines of the settings, without those that follow the bands.

    One whose area over the window is more than a fifth of the median off follows the bands.
    """
    found: dict[str, FloatArray] = {}
    left_out: dict[str, str] = {}
    for method in settings.baselines:
        options = {"points": settings.edge_points} if method == "linear" else {}
        try:
            found[method] = baselines_of(rows.x, rows.Y, method, **options)
        except (FitError, SettingsError) as error:
            left_out[method] = error.what
    areas = {name: np.trapezoid(rows.Y - under, rows.x, axis=1) for name, under in found.items()}
    if areas:
        middle = np.median(np.stack(list(areas.values())), axis=0)
        size = float(np.abs(middle).max())
        for name, own in areas.items():
            off = float(np.median(own - middle))
            if abs(off) > _OUTLIER * size:
                left_out[name] = f"{100 * off / size:+.0f} % off the median area of the window"
    kept = {name: under for name, under in found.items() if name not in left_out}
    return _Ground(kept, tuple(left_out.items()), len(rows))


def _trace(rows: WindowRows, at: float, settings: InfraredSettings) -> Trace:
    low, high = float(rows.x[0]), float(rows.x[-1])
    if settings.baseline == "linear":
        return trace_above_line(
            rows.x, rows.Y, rows.sigma, at, low, high, settings.edge_points,
            effective_share=rows.share,
        )  # fmt: skip
    under = baselines_of(rows.x, rows.Y, settings.baseline)
    ground = f"{settings.baseline} from {low:g} to {high:g} cm-1"
    return trace_of(rows.x, rows.Y, rows.sigma, at, baseline=under, ground=ground)


def _window(
    rows: WindowRows, window: tuple[float, float], band: BandSpec, settings: InfraredSettings
) -> WindowArea:
    """Return the area of a band's window above the baseline of the whole window.

    One that the user has set is above the line through its own edges.
    """
    if band.name in settings.area_window_cm and settings.baseline == "linear":
        return window_area(
            rows.x, rows.Y, rows.sigma, *window, settings.edge_points, effective_share=rows.share
        )
    inside = window_points(rows.x, *window)
    weights = np.zeros(rows.x.size)
    half = 0.5 * np.diff(rows.x[inside])
    weights[inside[:-1]] += half
    weights[inside[1:]] += half
    if settings.baseline == "linear":
        whole = np.arange(rows.x.size)
        used = edge_points(rows.x, whole, settings.edge_points, "inside")
        weights = weights - weights @ edge_line(rows.x, used, rows.x)
        value = rows.Y @ weights
    else:
        value = (rows.Y - baselines_of(rows.x, rows.Y, settings.baseline)) @ weights
    errors = point_errors(rows.sigma, rows.share) * math.sqrt(float(weights @ weights))
    x = rows.x[inside]
    return WindowArea(float(x[0]), float(x[-1]), x.size, value, np.asarray(errors), weights)


def _fits(
    rows: WindowRows,
    settings: InfraredSettings,
    T: FloatArray | None,
    parameters: Mapping[str, ParameterChange] | None,
) -> BandFits:
    if T is None:
        return fit_bands(
            rows.x, rows.Y, rows.sigma, rows.group.bands, settings.line, settings.fit_baseline,
            mixing=settings.mixing, fwhm=settings.fwhm_cm, effective_share=rows.share,
            parameters=parameters,
        )  # fmt: skip
    names = {band.name for band in rows.group.bands}
    tied = {a: b for a, b in settings.distance_to.items() if a in names and b in names}
    return fit_linked(
        rows.x, rows.Y, rows.sigma, T, rows.group.bands, settings.line, settings.fit_baseline,
        position=settings.position_law, width=settings.width_law, mixing=settings.mixing,
        distances=tied, fwhm=settings.fwhm_cm, effective_share=rows.share, parameters=parameters,
    )  # fmt: skip


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
