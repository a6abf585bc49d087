"""The synchronous and the asynchronous map of two-dimensional correlation."""

from __future__ import annotations

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.heat_map import HeatMap, coarse_map
from spectrafit.panel import Chart, Panel
from spectrafit.spectrum import FloatArray
from spectrafit_ir.charts.series_axes import WAVENUMBER

__all__ = ["correlation_chart"]

_MOST_POINTS = 300  # along a side: its file of numbers has a line a cell
# of the largest absolute value of a map
_LEVELS = (0.2, 0.4, 0.6, 0.8)


def correlation_chart(
    x: FloatArray,
    synchronous: FloatArray,
    asynchronous: FloatArray,
    *,
    span: str = "",
    title: str = "Two-dimensional correlation",
    simulated: bool,
) -> Chart:
    """Return both maps of two-dimensional correlation with contours, wavenumbers falling.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1.
    synchronous, asynchronous : ndarray, shape (n, n)
        Squared absorbance; the first index is that of the upright axis.
    span : str, optional
        Temperatures that went in, in words.
    title : str, optional
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When shapes disagree.
    """
    if any(one.shape != (x.size, x.size) for one in (synchronous, asynchronous)):
        raise SettingsError("a correlation map needs a value for each pair of wavenumbers")
    panels = tuple(
        Panel(WAVENUMBER, (), heat_map=_map(x, values, name))
        for values, name in ((synchronous, "synchronous Φ"), (asynchronous, "asynchronous Ψ"))
    )
    went_in = f" Spectra of {span}." if span else ""
    thinned = (
        f" Drawn as means over neighbours of {x.size} × {x.size} values."
        if x.size > _MOST_POINTS
        else ""
    )
    return Chart(
        "correlation",
        title,
        WAVENUMBER,
        panels,
        "Contours at 20, 40, 60 and 80 % of the largest absolute value of each map, broken below zero."
        f"{went_in}{thinned} A band that moves gives a pattern of its own (butterfly); what follows a step "
        "cannot be read from these maps.",
        simulated,
        reverse_x=True,
    )  # fmt: skip


def _map(x: FloatArray, values: FloatArray, name: str) -> HeatMap:
    drawn = coarse_map(
        HeatMap(x, x, values, name, diverging=True, reverse_rows=True), _MOST_POINTS, _MOST_POINTS
    )
    seen = np.abs(drawn.values[np.isfinite(drawn.values)])
    largest = float(seen.max()) if seen.size else 0.0
    levels = tuple(sign * share * largest for share in _LEVELS for sign in (-1.0, 1.0))
    return HeatMap(
        drawn.x, drawn.rows, drawn.values, name, diverging=True,
        contours=levels if largest > 0.0 else (), reverse_rows=True,
    )  # fmt: skip
