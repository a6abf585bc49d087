"""The series as a map, wavenumber by temperature, and its difference map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.heat_map import HeatMap, Mark, coarse_map
from spectrafit.panel import Chart, Panel
from spectrafit.spectrum import FloatArray
from spectrafit_ir.charts.series_axes import (
    TEMPERATURE,
    WAVENUMBER,
    StepMark,
    band_marks,
    branches_of,
    checked_stack,
    kelvin_span,
    step_marks,
)

__all__ = ["map_chart", "residual_map_chart"]

# of one map: its file of numbers has a line a cell, and no screen shows more
_MOST_CELLS = 200_000
_MOST_ROWS = 400
_FEWEST = 2  # rows of a map


def map_chart(
    x: FloatArray,
    Y: FloatArray,
    T: FloatArray,
    *,
    branches: Sequence[str] = (),
    bands: Mapping[str, float] | None = None,
    steps: Sequence[StepMark] = (),
    reference: float | None = None,
    ordinate: str = "absorbance",
    title: str = "",
    simulated: bool,
) -> Chart:
    """Return the map of a series and that of its differences, for each branch.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1.
    Y : ndarray, shape (N, n)
        Absorbance, raw or corrected; what is masked is not a number.
    T : ndarray, shape (N,)
        K; spectra of equal temperature and branch are averaged.
    branches : sequence of str, optional
        "heating" or "cooling" of each spectrum; a branch of one temperature is no map.
    bands : mapping of str to float, optional
        Wavenumbers to mark by name, cm-1.
    steps : sequence of StepMark, optional
        Brackets to mark.
    reference : float, optional
        Temperature of the spectra that are taken off in the difference map, K; of each branch its
        coldest when left out.
    ordinate : str, optional
        What `Y` is.
    title : str, optional
        Instead of the range of temperatures.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When shapes disagree, no branch has two temperatures, or the reference was not measured.
    """
    checked_stack(x, Y, T, branches)
    marks = band_marks(bands or {})
    panels: list[Panel] = []
    notes: list[str] = []
    for branch, rows in branches_of(T, branches):
        if len(rows) < _FEWEST:
            notes.append(f"Not drawn: {branch or 'the series'} with a single temperature.")
            continue
        kelvin, mean = _means(Y, rows)
        cold = kelvin[0] if reference is None else reference
        if cold not in kelvin:
            raise SettingsError(
                f"no spectrum at {cold:g} K to take off{' in ' + branch if branch else ''}",
                do=f"take one of {', '.join(f'{one:g}' for one in kelvin)} K",
            )
        if any(len(again) > 1 for _, again in rows):
            notes.append("Spectra of equal temperature and branch are averaged.")
        label = f"{TEMPERATURE}, {branch}" if branch else TEMPERATURE
        off = mean - mean[kelvin.index(cold)]
        for values, name, diverging in (
            (mean, ordinate, False),
            (off, f"{ordinate} − that at {cold:g} K", True),
        ):
            whole = HeatMap(x, np.array(kelvin), values, name, diverging=diverging)
            drawn = _drawn(whole)
            panels.append(
                Panel(label, (), heat_map=drawn, x_marks=marks, y_marks=step_marks(steps, branch))
            )
            notes += _thinned(whole, drawn)
    if not panels:
        raise SettingsError("no branch has spectra at two temperatures", do="draw no map")
    panels.sort(key=lambda one: one.heat_map is not None and one.heat_map.diverging)
    return Chart(
        "map",
        title or f"Infrared spectra, {kelvin_span(T)}",
        WAVENUMBER,
        tuple(panels),
        " ".join(dict.fromkeys([*_caption(panels, steps), *notes])),
        simulated,
        reverse_x=True,
    )


def residual_map_chart(
    x: FloatArray,
    residuals: FloatArray,
    T: FloatArray,
    *,
    branches: Sequence[str] = (),
    windows: Sequence[tuple[float, float]] = (),
    title: str = "What the fits leave over",
    simulated: bool,
) -> Chart:
    """Return the residuals of the fits of a series as a map.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1.
    residuals : ndarray, shape (N, n)
        Data less fit in standard deviations of the noise; not a number where nothing was fitted.
    T : ndarray, shape (N,)
        K.
    branches : sequence of str, optional
        Of each row.
    windows : sequence of (float, float), optional
        Ranges that were fitted, cm-1.
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
        When shapes disagree, or no branch has two temperatures.
    """
    checked_stack(x, residuals, T, branches)
    marks = tuple(Mark(low, high) for low, high in windows)
    panels, notes = [], []
    for branch, rows in branches_of(T, branches):
        if len(rows) < _FEWEST:
            continue
        kelvin, mean = _means(residuals, rows)
        whole = HeatMap(x, np.array(kelvin), mean, "residual / standard deviation", diverging=True)
        drawn = _drawn(whole)
        label = f"{TEMPERATURE}, {branch}" if branch else TEMPERATURE
        panels.append(Panel(label, (), heat_map=drawn, x_marks=marks))
        notes += _thinned(whole, drawn)
    if not panels:
        raise SettingsError("no branch has fits at two temperatures", do="draw no map")
    caption = " ".join(dict.fromkeys([*_caption(panels, ()), *notes]))
    return Chart("residuals", title, WAVENUMBER, tuple(panels), caption, simulated, reverse_x=True)


def _means(
    stack: FloatArray, rows: Sequence[tuple[float, tuple[int, ...]]]
) -> tuple[list[float], FloatArray]:
    return [kelvin for kelvin, _ in rows], np.array(
        [stack[list(again)].mean(axis=0) for _, again in rows]
    )


def _drawn(whole: HeatMap) -> HeatMap:
    rows = min(whole.rows.size, _MOST_ROWS)
    return coarse_map(whole, rows, max(2, _MOST_CELLS // rows))


def _thinned(whole: HeatMap, drawn: HeatMap) -> list[str]:
    if drawn is whole:
        return []
    (m, n), (rows, columns) = whole.values.shape, drawn.values.shape
    return [f"Drawn as {rows} × {columns} means over neighbours of {m} × {n} values."]


def _caption(panels: Sequence[Panel], steps: Sequence[StepMark]) -> list[str]:
    blank = any(one.heat_map is not None and np.isnan(one.heat_map.values).any() for one in panels)
    return [
        "Rows stand at their own temperatures (ticks at the right); a cell reaches half-way to its "
        "neighbours.",
        *(["Brackets: the rows between which a step lies."] if steps else []),
        *(["Hatched: masked or not measured."] if blank else []),
    ]
