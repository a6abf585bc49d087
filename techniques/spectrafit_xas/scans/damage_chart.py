"""Radiation damage to look at: what was tested, scan by scan, with the slope that could be there."""

from __future__ import annotations

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit_xas.scans.damage import LEVEL, DamageTest, DamageVerdict, DriftSeries
from spectrafit_xas.trend import Trend

__all__ = ["damage_chart"]


def damage_chart(damage: DamageVerdict, *, title: str, simulated: bool) -> Chart | None:
    """Return every tested number of repeated scans over the scan's number, a strip each.

    Parameters
    ----------
    damage : DamageVerdict
        Of the scans.
    title : str
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart or None
        None where nothing was tested.
    """
    if not damage.series:
        return None
    strips = tuple(
        _strip(series, test) for series, test in zip(damage.series, damage.tests, strict=True)
    )
    return Chart(
        "damage",
        f"{title}: {damage.verdict}",
        "scan, in the order of time",
        strips,
        _caption(damage),
        simulated,
        whole_x=True,
    )


def _strip(series: DriftSeries, test: DamageTest) -> Panel:
    """Return one number over the scans; shares are drawn as deviations from their mean."""
    shares = series.unit == "1"
    known = np.isfinite(series.values)
    scan = np.arange(1.0, series.values.size + 1.0)[known]
    middle = float(series.values[known].mean()) if shares else 0.0
    scale = 100.0 / abs(middle) if shares and middle else 1.0
    values = scale * (series.values[known] - middle)
    sigma = None if series.sigma is None else scale * series.sigma[known]
    traces = [Trace("one scan", scan, values, TraceKind.DATA, sigma=sigma)]
    if test.trend is not None:
        traces += _lines(scan, values, test.trend, scale)
    return Panel(_label(series.name, "%" if shares else series.unit), tuple(traces), 1.0, True)


def _lines(scan: FloatArray, values: FloatArray, trend: Trend, scale: float) -> list[Trace]:
    """Return the slope and both ends of its interval, through the middle of the points."""
    ends = np.array([scan[0], scan[-1]])
    arms = ends - float(np.median(scan))
    height = float(np.median(values - scale * trend.slope * (scan - np.median(scan))))
    return [
        Trace("slope", ends, height + scale * trend.slope * arms, TraceKind.TOTAL),
        *(
            Trace("95 % interval", ends, height + scale * slope * arms, TraceKind.REFERENCE)
            for slope in (trend.low, trend.high)
        ),
    ]


def _label(name: str, unit: str) -> str:
    """Return a label that fits beside a strip; the names of both bands of a ratio do not."""
    short = "ratio of the pre-edge bands" if name.startswith("ratio of pre-edge") else name
    short = short.replace("projection on last minus first", "last minus first")
    return f"{short} / {unit}"


def _caption(damage: DamageVerdict) -> str:
    words = f"{damage.scans} scans of one spot, before they are merged: {damage.words}."
    tests = [
        f"{test.name}: {_per_scan(test, test.trend)}, p = {test.p_holm:.2g}"
        + (" (drift)" if test.drifts else "")
        for test in damage.tests
        if test.trend is not None and test.p_holm is not None
    ]
    if tests:
        words += (
            f" Slopes a scan with their 95 % intervals, p after Holm: {'; '.join(tests)}. Drift is "
            f"p < {LEVEL:g} and a change over all scans beyond two deviations of one."
        )
    words += " Shares are deviations from the mean of all scans."
    if any(series.sigma is not None for series in damage.series):
        words += " Bars are one standard uncertainty of a scan."
    return words


def _per_scan(test: DamageTest, trend: Trend) -> str:
    scale, unit = (100.0, "%") if test.unit == "1" else (1.0, test.unit)
    slope, low, high = (_signed(scale * value) for value in (trend.slope, trend.low, trend.high))
    return f"{slope} ({low} to {high}) {unit}"


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{number_text(value, 2)}"
