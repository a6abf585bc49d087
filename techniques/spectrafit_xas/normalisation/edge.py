"""Descriptors of the edge: E0, half height, steepest point, integral."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.smoothing import local_cubic

__all__ = [
    "edge_region",
    "end_slope_share",
    "half_height_energy",
    "integral_energy",
    "last_crossing",
    "refined_top",
    "slope_share",
    "steepest_energy",
    "step_of_equal_area",
]

GRID_EV = 0.05
EDGE_REACH_EV = 40.0


def steepest_energy(spectrum: Spectrum, above_eV: float, half_width_eV: float) -> float:
    """Return the energy of the largest slope above the pre-edge window, finer than the grid.

    Parameters
    ----------
    spectrum : Spectrum
        Absorption against energy in eV.
    above_eV : float
        Upper end of the pre-edge window; the edge is sought in the 40 eV above it.
    half_width_eV : float
        Of the tricube kernel.

    Returns
    -------
    float
        In eV.

    Raises
    ------
    SpectrafitError
        When the scan ends before.
    """
    high = min(above_eV + EDGE_REACH_EV, float(spectrum.x[-1]))
    if high - above_eV < 3.0:
        raise SpectrafitError(
            f"the scan ends at {spectrum.x[-1]:.1f} eV, before the edge",
            where=spectrum.source.name,
            do="a normalised pre-edge needs the edge and a range above it",
        )
    grid = np.arange(above_eV, high, GRID_EV)
    slope = local_cubic(spectrum.x, grid, half_width_eV).derivative(1, spectrum.y)
    return refined_top(grid, slope)


def refined_top(grid: FloatArray, curve: FloatArray) -> float:
    """Return where a curve is highest, by the parabola through its highest point and neighbours.

    Parameters
    ----------
    grid : ndarray, shape (n,)
        Of one step.
    curve : ndarray, shape (n,)
        Its values.

    Returns
    -------
    float
        An end of the grid where the curve is highest there.
    """
    top = int(np.argmax(curve))
    if not 0 < top < grid.size - 1:
        return float(grid[top])
    left, middle, right = curve[top - 1 : top + 2]
    bend = left - 2.0 * middle + right
    step = grid[1] - grid[0]
    return float(grid[top] + (0.5 * step * (left - right) / bend if bend < 0 else 0.0))


def slope_share(spectrum: Spectrum, window_eV: tuple[float, float], half_width_eV: float) -> float:
    """Return the largest slope inside the pre-edge window as a share of the edge's.

    Parameters
    ----------
    spectrum : Spectrum
        Absorption against energy in eV.
    window_eV : tuple of float
        Pre-edge window.
    half_width_eV : float
        Of the tricube kernel.

    Returns
    -------
    float
    """
    low, high = window_eV
    end = min(high + EDGE_REACH_EV, float(spectrum.x[-1]))
    grid = np.arange(low, end, GRID_EV)
    slope = local_cubic(spectrum.x, grid, half_width_eV).derivative(1, spectrum.y)
    turns = 1 + np.flatnonzero((slope[1:-1] >= slope[:-2]) & (slope[1:-1] > slope[2:]))
    inside = [slope[i] for i in turns if grid[i] < high - half_width_eV]
    return float(max(inside, default=0.0) / slope.max())


def end_slope_share(spectrum: Spectrum, high_eV: float, half_width_eV: float) -> float:
    """Return the slope at the upper end of the pre-edge window as a share of the edge's largest.

    Parameters
    ----------
    spectrum : Spectrum
        Absorption against energy in eV.
    high_eV : float
        Upper end of the window.
    half_width_eV : float
        Of the tricube kernel.

    Returns
    -------
    float
    """
    end = min(high_eV + EDGE_REACH_EV, float(spectrum.x[-1]))
    grid = np.arange(high_eV, end, GRID_EV)
    slope = local_cubic(spectrum.x, grid, half_width_eV).derivative(1, spectrum.y)
    return float(slope[0] / slope.max())


def half_height_energy(normalised: Spectrum, above_eV: float) -> float:
    """Return where the normalised absorption last crosses 0.5 upwards below the white line.

    Parameters
    ----------
    normalised : Spectrum
        Step one, energy in eV.
    above_eV : float
        Upper end of the pre-edge window.

    Returns
    -------
    float
        In eV, linear between grid points.

    Raises
    ------
    SpectrafitError
        When it does not cross.
    """
    region = edge_region(normalised, above_eV, before=1)
    found = last_crossing(region.x, region.y)
    if found is None:
        raise SpectrafitError("the edge does not cross half height", where=normalised.source.name)
    return found


def last_crossing(x: FloatArray, y: FloatArray) -> float | None:
    """Return where a curve last crosses 0.5 upwards below its maximum, linear between points.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Energies in eV and normalised absorption above the pre-edge.

    Returns
    -------
    float or None
        None where it does not cross.
    """
    top = int(np.argmax(y)) if y.size else 0
    crossings = np.flatnonzero((y[:top] < 0.5) & (y[1 : top + 1] >= 0.5))
    if not crossings.size:
        return None
    i = int(crossings[-1])
    return float(x[i] + (0.5 - y[i]) * (x[i + 1] - x[i]) / (y[i + 1] - y[i]))


def integral_energy(flat: Spectrum, above_eV: float) -> float:
    """Return the edge energy by its integral: that of a sharp step of equal area.

    Parameters
    ----------
    flat : Spectrum
        Step one, flattened, energy in eV.
    above_eV : float
        Upper end of the pre-edge window, where the integral begins.

    Returns
    -------
    float
        E_b minus the integral of the absorption, held between 0 and 1, from there to E_b, the
        first energy at which it reaches 1; in eV.

    Raises
    ------
    SpectrafitError
        When it does not reach 1 within 40 eV.
    """
    region = edge_region(flat, above_eV, before=1)
    found = step_of_equal_area(region.x, region.y, above_eV)
    if found is None:
        raise SpectrafitError("the edge does not reach its full height", where=flat.source.name)
    return found


def step_of_equal_area(x: FloatArray, y: FloatArray, above_eV: float) -> float | None:
    """Return the energy of a sharp step of the same integral.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Energies in eV and flattened absorption, from the last point of the window on.
    above_eV : float
        Where the integral begins.

    Returns
    -------
    float or None
        None where the absorption does not reach 1.
    """
    reached = np.flatnonzero((y[:-1] < 1.0) & (y[1:] >= 1.0))
    if not reached.size:
        return None
    i = int(reached[0])
    end = float(x[i] + (1.0 - y[i]) * (x[i + 1] - x[i]) / (y[i + 1] - y[i]))
    first = int(np.searchsorted(x, above_eV))
    energies = np.concatenate(([above_eV], x[first : i + 1], [end]))
    heights = np.concatenate(([np.interp(above_eV, x, y)], y[first : i + 1], [1.0]))
    return end - float(np.trapezoid(np.clip(heights, 0.0, 1.0), energies))


def edge_region(spectrum: Spectrum, above_eV: float, *, before: int = 0) -> Spectrum:
    """Return the 40 eV above the pre-edge window.

    Parameters
    ----------
    spectrum : Spectrum
        Energy in eV.
    above_eV : float
        Upper end of the pre-edge window.
    before : int
        Points of the window that are kept, for what lies between it and the next point.

    Returns
    -------
    Spectrum

    Raises
    ------
    SpectrafitError
        When the scan holds fewer than two points there.
    """
    first = max(int(np.searchsorted(spectrum.x, above_eV)) - before, 0)
    last = int(np.searchsorted(spectrum.x, above_eV + EDGE_REACH_EV, side="right"))
    if last - first < 2:
        raise SpectrafitError("the scan ends before the edge", where=spectrum.source.name)
    part = slice(first, last)
    sigma: FloatArray | None = None if spectrum.sigma is None else spectrum.sigma[part]
    return replace(spectrum, x=spectrum.x[part], y=spectrum.y[part], sigma=sigma)
