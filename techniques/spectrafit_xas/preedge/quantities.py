"""What is read off pre-edge fits, of many fits at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from spectrafit.fit.problem import Problem
from spectrafit.fit.quantity import Quantity
from spectrafit.lines import Component
from spectrafit.spectrum import FloatArray
from spectrafit_xas.preedge.areas import GRID_EV

__all__ = ["preedge_quantities"]

Values = Mapping[str, FloatArray]
OfPeaks = Callable[[list[Component], Values], Any]


def preedge_quantities(
    count: int, window_eV: tuple[float, float], reference_eV: float
) -> dict[str, Quantity]:
    """Return areas, centroid and moment of all peaks, and what is read off single ones.

    Parameters
    ----------
    count : int
        Single peaks are read off fits of this number of peaks only.
    window_eV : tuple of float
        Of the trapezoid, in every fit.
    reference_eV : float
        Energy that the first moment is taken about.

    Returns
    -------
    dict of str to Quantity
        By the names of `areas.preedge_numbers`.
    """

    def trapezoid(peaks: list[Component], values: Values) -> Any:
        points = round((window_eV[1] - window_eV[0]) / GRID_EV) + 1
        x = np.linspace(*window_eV, points)
        curves = [peak.line.function(x, *_columns(peak, values))[0] for peak in peaks]
        return 100.0 * np.trapezoid(np.sum(curves, axis=0), x, axis=-1)

    def moment(peaks: list[Component], values: Values) -> Any:
        return sum(_area(p, values) * (values[f"{p.name}.center"] - reference_eV) for p in peaks)

    def total(peaks: list[Component], values: Values) -> Any:
        return sum(_area(peak, values) for peak in peaks)

    def product(peaks: list[Component], values: Values) -> Any:
        return sum(_height(peak, values) * values[f"{peak.name}.fwhm"] for peak in peaks)

    found = {
        "area": _of_all(trapezoid, "1"),
        "area_analytic": _of_all(lambda p, v: 100.0 * total(p, v), "1"),
        "area_hxf": _of_all(lambda p, v: 100.0 * product(p, v), "1"),
        "centroid": _of_all(lambda p, v: reference_eV + moment(p, v) / total(p, v), "eV"),
        "moment": _of_all(lambda p, v: 100.0 * moment(p, v), "eV"),
    }
    for i in range(count):
        found |= _of_one(i, count)
    if count == 2:
        found["ratio"] = _of_count(2, lambda p, v: _area(p[0], v) / _area(p[1], v), "1")
    return found


def _of_one(i: int, count: int) -> dict[str, Quantity]:
    name = f"peak{i + 1}"
    return {
        f"{name}.energy": _of_count(count, lambda p, v: v[f"{name}.center"], "eV"),
        f"{name}.fwhm": _of_count(count, lambda p, v: v[f"{name}.fwhm"], "eV"),
        f"{name}.area": _of_count(count, lambda p, v: 100.0 * _area(p[i], v), "1"),
    }


def _peaks(problem: Problem) -> list[Component]:
    return [c for c in problem.model[0].components if c.name.startswith("peak")]


def _of_all(function: OfPeaks, unit: str) -> Quantity:
    return Quantity(lambda problem, values: function(_peaks(problem), values), unit)


def _of_count(count: int, function: OfPeaks, unit: str) -> Quantity:
    def value(problem: Problem, values: Values) -> Any:
        peaks = _peaks(problem)
        return function(peaks, values) if len(peaks) == count else np.nan

    return Quantity(value, unit)


def _columns(peak: Component, values: Values) -> list[FloatArray]:
    return [np.asarray(values[name])[:, None] for name in peak.parameter_names]


def _area(peak: Component, values: Values) -> Any:
    if peak.line.area is None:
        return np.nan
    return peak.line.area(*(values[name] for name in peak.parameter_names))


def _height(peak: Component, values: Values) -> Any:
    center = np.asarray(values[f"{peak.name}.center"])[:, None]
    return peak.line.function(center, *_columns(peak, values))[0][:, 0]
