"""What was read off each spectrum of a temperature series, against temperature."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.debye import CarriedShift

__all__ = ["TrendRow", "trend_chart", "trend_row"]

Measured = tuple[float, float | None]
"""A value and its standard error, None where there is none."""


@dataclass(frozen=True)
class TrendRow:
    """What was read off one spectrum of a series; None where it is not determined.

    Parameters
    ----------
    T : float
        K.
    IS, QS : Measured or None
        mm/s.
    carried : CarriedShift or None
        The isomer shift at the common temperature.
    width_low, width_high : Measured or None
        FWHM of the lines at lower and higher velocity, mm/s.
    area : Measured or None
        Of all sites, mm/s.
    run : str
        "heating" or "cooling" where both were measured, drawn apart.
    simulated : bool
        Whether the data say that they are simulated.
    """

    T: float
    IS: Measured | None = None
    QS: Measured | None = None
    carried: CarriedShift | None = None
    width_low: Measured | None = None
    width_high: Measured | None = None
    area: Measured | None = None
    run: str = ""
    simulated: bool = False


def trend_row(
    fitted: FittedSites,
    T: float,
    *,
    label: str = "site1",
    carried: CarriedShift | None = None,
    free_widths: FittedSites | None = None,
    run: str = "",
) -> TrendRow:
    """Return the row of a fit.

    Parameters
    ----------
    fitted : FittedSites
        A fit.
    T : float
        Temperature, K.
    label : str, optional
        Of the site whose shift and splitting are followed.
    carried : CarriedShift, optional
        Its isomer shift at the common temperature.
    free_widths : FittedSites, optional
        The fit in which both lines have their own width; that of `fitted` is drawn when left out.
    run : str, optional
        "heating" or "cooling".

    Returns
    -------
    TrendRow
    """

    def read(name: str, source: FittedSites = fitted) -> Measured | None:
        full = f"{label}.{name}"
        return (source.value(full), source.sigma(full)) if full in source.names else None

    free = free_widths or fitted
    return TrendRow(
        T,
        read("IS"),
        read("QS"),
        carried,
        read("width_low", free),
        read("width_high", free),
        fitted.total_area,
        run,
        fitted.axis.spectrum.source.simulated,
    )


def trend_chart(
    rows: Sequence[TrendRow],
    *,
    T_ref: float | None = None,
    steps_K: Sequence[float] = (),
    convention: str = "",
    title: str = "⁵⁷Fe against temperature",
) -> Chart:
    """Return isomer shift, splitting, widths and area against temperature.

    Parameters
    ----------
    rows : sequence of TrendRow
        In any order.
    T_ref : float, optional
        Temperature that isomer shifts were carried to, K.
    steps_K : sequence of float, optional
        Temperatures at which regimes meet.
    convention : str, optional
        Of the alpha-iron positions.
    title : str, optional
        One line.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When there is no row.
    """
    if not rows:
        raise SettingsError("no spectrum to draw against temperature")
    against = f" (α-Fe, {convention})" if convention else ""
    at = "" if T_ref is None else f" at {T_ref:g} K"
    shifts = _traces("measured", rows, lambda row: row.IS) + _traces(
        f"less second-order Doppler,{at or ' one T'}", rows, _carried
    )
    widths = _traces("line at lower velocity", rows, lambda row: row.width_low) + _traces(
        "line at higher velocity", rows, lambda row: row.width_high
    )
    panels = [
        Panel(label, _with_steps(traces, steps_K), height)
        for label, traces, height in (
            (f"IS / mm s⁻¹{against}", shifts, 1.0),
            ("QS / mm s⁻¹", _traces("measured", rows, lambda row: row.QS), 0.8),
            ("FWHM / mm s⁻¹", widths, 0.8),
            ("ln(area / mm s⁻¹)", _traces("measured", rows, _log_area), 0.8),
        )
        if traces
    ]
    caption = "Bars are one standard error from the counts" + (
        f"; isomer shifts carried to {T_ref:g} K hold half the range of the Debye temperature too."
        if T_ref is not None
        else "."
    )
    return Chart(
        "trends",
        title,
        "temperature / K",
        tuple(panels),
        caption,
        any(row.simulated for row in rows),
    )


def _carried(row: TrendRow) -> Measured | None:
    if row.carried is None:
        return None
    sigma = row.carried.sigma
    return row.carried.value, None if sigma is None else math.hypot(sigma, row.carried.theta_part)


def _log_area(row: TrendRow) -> Measured | None:
    if row.area is None or row.area[0] <= 0.0:
        return None
    value, sigma = row.area
    return math.log(value), None if sigma is None else sigma / value


def _traces(
    label: str, rows: Sequence[TrendRow], read: Callable[[TrendRow], Measured | None]
) -> tuple[Trace, ...]:
    """Return the points of each run that have a value, those with and without an error apart."""
    traces = []
    for run in dict.fromkeys(row.run for row in rows):
        own = sorted((row for row in rows if row.run == run), key=lambda row: row.T)
        found = [(row.T, value) for row in own if (value := read(row)) is not None]
        named = f"{label}, {run}" if run else label
        for bare in (False, True):
            part = [(T, v, s or 0.0) for T, (v, s) in found if (s is None) == bare]
            if part:
                x, y, sigma = np.array(part).T
                words = f"{named} (no error)" if bare else named
                traces.append(Trace(words, x, y, TraceKind.DATA, sigma=None if bare else sigma))
    return tuple(traces)


def _with_steps(traces: tuple[Trace, ...], steps_K: Sequence[float]) -> tuple[Trace, ...]:
    """Return the traces and an upright line where regimes meet."""
    values = np.concatenate([trace.y for trace in traces])
    ends = np.array([values.min(), values.max()])
    lines = (
        Trace(f"regimes meet: {step:.3g} K", np.full(2, step), ends, TraceKind.REFERENCE)
        for step in steps_K
    )
    return (*traces, *lines)
