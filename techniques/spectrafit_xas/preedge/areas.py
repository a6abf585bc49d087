"""Areas of fitted peaks in the conventions of the field, side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spectrafit.lines import Model
from spectrafit.spectrum import FloatArray
from spectrafit_xas.preedge.model import PreedgeFit

__all__ = [
    "AREA_OF_DATA",
    "CONVENTIONS",
    "data_area",
    "peak_areas",
    "preedge_numbers",
    "trapezoid_area",
]

GRID_EV = 0.01
CONVENTIONS: Mapping[str, str] = {
    "area": "trapezoid of the fitted peaks over the window on a 0.01 eV grid, x 100, edge step 1",
    "area_analytic": "analytic area of the fitted peaks over all energies, x 100, edge step 1",
    "area_hxf": "sum of height x FWHM of the fitted peaks, x 100, edge step 1",
}
AREA_OF_DATA = "data minus background, x 100"


def peak_areas(found: PreedgeFit) -> dict[str, float]:
    """Return the analytic area of every peak, edge step 1, not multiplied by 100.

    Parameters
    ----------
    found : PreedgeFit
        A fit.

    Returns
    -------
    dict of str to float
        In eV, by component name.
    """
    values = found.values
    return {name: found.model.component(name).area(values) for name in found.peaks}


def trapezoid_area(
    model: Model,
    peaks: tuple[str, ...],
    values: Mapping[str, float],
    window_eV: tuple[float, float],
) -> float:
    """Return the trapezoidal integral of the fitted peaks over the window, times 100.

    Parameters
    ----------
    model : Model
        Holds the peaks.
    peaks : tuple of str
        Component names.
    values : mapping of str to float
        Parameters.
    window_eV : tuple of float
        Both ends.

    Returns
    -------
    float
    """
    points = round((window_eV[1] - window_eV[0]) / GRID_EV) + 1
    x = np.linspace(window_eV[0], window_eV[1], points)
    total = np.zeros(x.shape)
    for name in peaks:
        total += model.component(name).evaluate(x, values)
    return 100.0 * float(np.trapezoid(total, x))


def preedge_numbers(
    model: Model,
    peaks: tuple[str, ...],
    values: Mapping[str, float],
    window_eV: tuple[float, float],
    reference_eV: float,
) -> dict[str, float]:
    """Return every number that is read off a fitted pre-edge.

    Parameters
    ----------
    model : Model
        Holds the peaks.
    peaks : tuple of str
        Component names, by rising centre.
    values : mapping of str to float
        Parameters.
    window_eV : tuple of float
        Window of the trapezoid.
    reference_eV : float
        Energy that the first moment is taken about.

    Returns
    -------
    dict of str to float
        ``area``, ``area_analytic`` and ``area_hxf`` (times 100), ``centroid`` (eV), ``moment``
        (eV, times 100), and for each peak ``peak<i>.energy``, ``.fwhm``, ``.area``; for two peaks
        ``ratio`` (low over high).
    """
    areas = [model.component(name).area(values) for name in peaks]
    centers = [values[f"{name}.center"] for name in peaks]
    widths = [model.component(name).fwhm(values) for name in peaks]
    heights = [
        float(model.component(name).evaluate(np.array([center]), values)[0])
        for name, center in zip(peaks, centers, strict=True)
    ]
    total = sum(areas)
    offsets = [center - reference_eV for center in centers]
    moment = sum(a * d for a, d in zip(areas, offsets, strict=True))
    numbers = {
        "area": trapezoid_area(model, peaks, values, window_eV),
        "area_analytic": 100.0 * total,
        "area_hxf": 100.0 * sum(h * w for h, w in zip(heights, widths, strict=True)),
        "centroid": reference_eV + (moment / total if total > 0 else 0.0),
        "moment": 100.0 * moment,
    }
    for i, (center, width, area) in enumerate(zip(centers, widths, areas, strict=True), start=1):
        numbers[f"peak{i}.energy"] = center
        numbers[f"peak{i}.fwhm"] = width
        numbers[f"peak{i}.area"] = 100.0 * area
    if len(peaks) == 2 and areas[1] > 0:
        numbers["ratio"] = areas[0] / areas[1]
    return numbers


def data_area(found: PreedgeFit) -> float:
    """Return the trapezoid of data minus fitted background over the peak region, times 100.

    Parameters
    ----------
    found : PreedgeFit
        A fit; the region reaches 1.5 FWHM below the first and above the last peak.

    Returns
    -------
    float
    """
    values, x = found.values, found.spectrum.x
    first, last = found.peaks[0], found.peaks[-1]
    low = values[f"{first}.center"] - 1.5 * values[f"{first}.fwhm"]
    high = values[f"{last}.center"] + 1.5 * values[f"{last}.fwhm"]
    inside = (x >= low) & (x <= high)
    excess: FloatArray = found.spectrum.y[inside] - found.background_curve(x[inside])
    return 100.0 * float(np.trapezoid(excess, x[inside]))
