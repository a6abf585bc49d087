"""Descriptors of the edge: E0, half height, steepest point."""

from __future__ import annotations

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import Spectrum
from spectrafit_xas.smoothing import local_cubic

__all__ = ["half_height_energy", "half_height_sigma", "slope_share", "steepest_energy"]

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
    top = int(np.argmax(slope))
    if 0 < top < grid.size - 1:
        left, middle, right = slope[top - 1 : top + 2]
        bend = left - 2.0 * middle + right
        offset = 0.5 * (left - right) / bend if bend < 0 else 0.0
        return float(grid[top] + GRID_EV * offset)
    return float(grid[top])


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
    x, y = normalised.x, normalised.y
    reach = (x >= above_eV) & (x <= above_eV + EDGE_REACH_EV)
    x, y = x[reach], y[reach]
    top = int(np.argmax(y)) if y.size else 0
    crossings = np.flatnonzero((y[:top] < 0.5) & (y[1 : top + 1] >= 0.5))
    if not crossings.size:
        raise SpectrafitError("the edge does not cross half height", where=normalised.source.name)
    i = int(crossings[-1])
    return float(x[i] + (0.5 - y[i]) * (x[i + 1] - x[i]) / (y[i + 1] - y[i]))


def half_height_sigma(normalised: Spectrum, energy_eV: float, step_share: float) -> float | None:
    """Return the standard uncertainty of the half-height energy.

    Parameters
    ----------
    normalised : Spectrum
        Step one.
    energy_eV : float
        From `half_height_energy`.
    step_share : float
        Relative uncertainty of the edge step.

    Returns
    -------
    float or None
        Point error and half the relative step error, divided by the slope; None without point
        errors.
    """
    if normalised.sigma is None:
        return None
    x, y, sigma = normalised.x, normalised.y, normalised.sigma
    i = int(np.clip(np.searchsorted(x, energy_eV) - 1, 0, x.size - 2))
    slope = (y[i + 1] - y[i]) / (x[i + 1] - x[i])
    share = (energy_eV - x[i]) / (x[i + 1] - x[i])
    point = np.hypot((1 - share) * sigma[i], share * sigma[i + 1])
    return float(np.hypot(point, 0.5 * step_share) / slope)
