"""Figures of a whole series: maps, traces and areas, positions and widths, spectra above each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from spectrafit.panel import Chart
from spectrafit.spectrum import FloatArray
from spectrafit_ir.charts.map_chart import map_chart, residual_map_chart
from spectrafit_ir.charts.traces_chart import Followed, positions_chart, traces_chart
from spectrafit_ir.charts.waterfall_chart import waterfall_chart
from spectrafit_ir.findings import Findings
from spectrafit_ir.measured import MeasuredBands
from spectrafit_ir.rows import SpectrumRow, common_grid
from spectrafit_ir.series_bands import SeriesBands
from spectrafit_ir.series_regimes import SeriesSteps

__all__ = ["series_charts", "spectra_map"]

_FEWEST = 2


def series_charts(series: SeriesBands, steps: SeriesSteps) -> Findings:
    """Return the figures of a series; one that cannot be drawn is named.

    Parameters
    ----------
    series : SeriesBands
        As fitted.
    steps : SeriesSteps
        Brackets to mark.

    Returns
    -------
    Findings
        With figures and alerts only.
    """
    found = Findings()
    for group in series.groups:
        where = f"series, {group.rows.group.name}"
        _draw(found, "the map", where, partial(_map, series, steps, group))
        _draw(found, "the spectra above each other", where, partial(_waterfall, series, group))
        _draw(found, "the map of residuals", where, partial(_residuals, series, group))
    changing = _changing(series, steps)
    steady = tuple(name for name in series.names if name not in changing)
    for names, still in ((changing, False), (steady, True)):
        if names:
            _draw(found, "traces", "series", partial(_traces, series, steps, names, steady=still))
    _draw(found, "positions", "series", partial(_positions, series, steps))
    return found


def _draw(found: Findings, what: str, where: str, make: Callable[[], Chart]) -> None:
    found.attempt(what, where, lambda: found.charts.append(make()))


def _suffix(series: SeriesBands, group: MeasuredBands) -> str:
    return f"-{group.rows.group.name}" if len(series.groups) > 1 else ""


def _map(series: SeriesBands, steps: SeriesSteps, group: MeasuredBands) -> Chart:
    own = {name: series.positions[name] for name in group.fits.names}
    chart = map_chart(
        group.rows.x, group.rows.Y, series.T, branches=series.branch_of_rows, bands=own,
        steps=steps.marks, simulated=series.simulated,
    )  # fmt: skip
    return replace(chart, name=f"map{_suffix(series, group)}")


def _waterfall(series: SeriesBands, group: MeasuredBands) -> Chart:
    places = series.branches[0].places
    baselines = np.stack([group.fits.baseline(row) for row in places.tolist()])
    chart = waterfall_chart(
        group.rows.x, group.rows.Y[places], series.T[places], baselines,
        method=f"{series.settings.fit_baseline} of the linked fit", simulated=series.simulated,
    )  # fmt: skip
    return replace(chart, name=f"waterfall{_suffix(series, group)}")


def _residuals(series: SeriesBands, group: MeasuredBands) -> Chart:
    totals = np.stack([group.fits.total(row) for row in range(len(series.rows))])
    chart = residual_map_chart(
        group.rows.x, (group.rows.Y - totals) / group.rows.sigma[:, None], series.T,
        branches=series.branch_of_rows, title="What the linked fit leaves over",
        simulated=series.simulated,
    )  # fmt: skip
    return replace(chart, name=f"residuals{_suffix(series, group)}")


def _followed(
    series: SeriesBands, band: str, values: FloatArray, sigma: FloatArray
) -> list[Followed]:
    known = np.where(np.isfinite(sigma) & (sigma > 0.0), sigma, np.nan)
    return [
        Followed(
            band, series.T[branch.places], values[branch.places], known[branch.places], branch.name
        )
        for branch in series.branches
    ]


def _changing(series: SeriesBands, steps: SeriesSteps) -> tuple[str, ...]:
    """Return the bands whose area is not constant on some branch; all where regimes are not known."""
    told: dict[str, list[str]] = {name: [] for name in series.names}
    for (name, _), found in steps.regimes.items():
        undecided = "constant" in found.rivals
        told[name].append("constant" if undecided else found.verdict)
    return tuple(name for name, words in told.items() if not words or set(words) != {"constant"})


def _traces(
    series: SeriesBands, steps: SeriesSteps, names: Sequence[str], *, steady: bool
) -> Chart:
    traces: list[Followed] = []
    areas: list[Followed] = []
    read_at = []
    for name in names:
        trace = series.place(name)[0].traces[name]
        read_at.append(f"{name} at {trace.wavenumber:.1f}")
        traces += _followed(series, name, trace.value, trace.sigma + 0.0 * trace.value)
        areas += _followed(series, name, *series.area(name))
    chart = traces_chart(
        traces, areas, steps=steps.marks,
        title="Bands of constant area against temperature" if steady else "Bands against temperature",
        errors="one standard uncertainty from spectrum to spectrum, without that of the baseline, which "
        "all have in common",
        simulated=series.simulated,
    )  # fmt: skip
    caption = f"{chart.caption} Traces are read at (cm⁻¹): {', '.join(read_at)}."
    return replace(chart, name="traces-steady" if steady else "traces", caption=caption)


def _positions(series: SeriesBands, steps: SeriesSteps) -> Chart:
    positions: list[Followed] = []
    widths: list[Followed] = []
    for group in series.groups:
        fits = group.fits
        for k, name in enumerate(fits.names):
            for quantity, into in ((fits.position, positions), (fits.fwhm, widths)):
                sigma = fits.misfit.sigma_of(quantity.sigma)[:, k]
                into += _followed(series, name, quantity.values[:, k], sigma)
    return positions_chart(
        positions, widths, steps=steps.marks, title="Position and width in the linked fit",
        errors="one standard uncertainty from the noise", simulated=series.simulated,
    )  # fmt: skip


def spectra_map(rows: Sequence[SpectrumRow], window: tuple[float, float] | None) -> Chart | None:
    """Return the map of spectra whose bands were not fitted.

    Parameters
    ----------
    rows : sequence of SpectrumRow
        With temperatures.
    window : (float, float) or None
        cm-1; all that the spectra have when None.

    Returns
    -------
    Chart or None
        None where the spectra have different points: a map would need interpolation.
    """
    low = max(float(row.x[0]) for row in rows)
    high = min(float(row.x[-1]) for row in rows)
    if window is not None:
        low, high = max(low, window[0]), min(high, window[1])
    if len(rows) < _FEWEST or not low < high or not common_grid(rows, low, high):
        return None
    keep = [(row.x >= low) & (row.x <= high) for row in rows]
    Y = np.stack([row.y[inside] for row, inside in zip(rows, keep, strict=True)])
    return map_chart(
        rows[0].x[keep[0]], Y, np.array([row.T for row in rows], dtype=float),
        branches=tuple(row.branch for row in rows),
        simulated=any(row.absorbance.spectrum.source.simulated for row in rows),
    )  # fmt: skip
