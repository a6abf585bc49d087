"""Spectra of a series raised over each other: raw with their baselines, and corrected."""

from __future__ import annotations

import numpy as np

from spectrafit.heat_map import Mark
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_ir.charts.series_axes import WAVENUMBER, checked_stack, kelvin_span, spread_rows

__all__ = ["waterfall_chart"]

_MOST = 10
# of the largest rise of a spectrum: the distance of two
_APART = 0.35


def waterfall_chart(
    x: FloatArray,
    Y: FloatArray,
    T: FloatArray,
    baselines: FloatArray | None = None,
    *,
    method: str = "",
    most: int = _MOST,
    title: str = "",
    simulated: bool,
) -> Chart:
    """Return raw spectra with their baselines and corrected spectra, the coldest at the bottom.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1.
    Y : ndarray, shape (N, n)
        Absorbance as measured; what is masked is not a number.
    T : ndarray, shape (N,)
        K.
    baselines : ndarray, shape (N, n), optional
        Baseline of each spectrum; not a number where it was not drawn.
    method : str, optional
        How the baselines were drawn.
    most : int, optional
        Number of spectra: of more the coldest, the warmest and some between are drawn.
    title : str, optional
        Instead of the range of temperatures.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart
        One panel without baselines, else two.

    Raises
    ------
    SettingsError
        When shapes disagree.
    """
    checked_stack(x, Y, T)
    rows = spread_rows(T, most)
    panels = [_raised(x, Y, T, rows, "absorbance", baselines)]
    if baselines is not None:
        checked_stack(x, baselines, T)
        panels.append(_raised(x, Y - baselines, T, rows, "absorbance − baseline", None))
    drawn = "" if len(rows) == T.size else f" {len(rows)} of {T.size} spectra."
    how = f" Baseline: {method}." if method and baselines is not None else ""
    return Chart(
        "waterfall",
        title or f"Infrared spectra, {kelvin_span(T)}",
        WAVENUMBER,
        tuple(panels),
        "Each spectrum is raised above the colder one, the coldest is not raised; its temperature "
        f"stands beside its zero.{how}{drawn}",
        simulated,
        reverse_x=True,
    )


def _raised(
    x: FloatArray,
    stack: FloatArray,
    T: FloatArray,
    rows: tuple[int, ...],
    quantity: str,
    baselines: FloatArray | None,
) -> Panel:
    step = _step(stack[list(rows)])
    traces = [
        Trace(f"{T[row]:g} K", x, stack[row] + i * step, TraceKind.CURVE)
        for i, row in enumerate(rows)
    ]
    if baselines is not None:
        traces += [
            Trace("baseline", x, baselines[row] + i * step, TraceKind.BACKGROUND)
            for i, row in enumerate(rows)
        ]
    shift = f" + {step:.2g} each" if len(rows) > 1 else ""
    zeros = tuple(Mark(i * step, i * step, f"{T[row]:g} K") for i, row in enumerate(rows))
    return Panel(quantity + shift, tuple(traces), y_marks=zeros)


def _step(stack: FloatArray) -> float:
    """Return the distance of two spectra, rounded to the two digits that the axis names."""
    rises = [float(np.ptp(row[seen])) for row in stack if (seen := np.isfinite(row)).any()]
    return float(f"{_APART * max(rises, default=0.0):.2g}") or 1.0
