"""Errors of the energies that are read off an edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.normalisation.edge import (
    EDGE_REACH_EV,
    edge_region,
    half_height_energy,
    integral_energy,
    last_crossing,
    refined_top,
    steepest_energy,
    step_of_equal_area,
)
from spectrafit_xas.smoothing import local_cubic

__all__ = ["EdgeEnergy", "half_height", "integral_edge", "steepest_point"]

DRAWS = 100
DRAW_GRID_EV = 0.2
LEAST_SHARE = 0.9
HALF_WIDTHS_EV = (1.0, 1.5, 2.0)


@dataclass(frozen=True)
class EdgeEnergy:
    """An energy read off an edge, with its errors.

    Parameters
    ----------
    energy_eV : float
        Finer than the grid.
    sigma_eV : float or None
        By parametric bootstrap of the point errors; None without them, or where more than a tenth
        of the draws gave none.
    step_eV : float
        What the error of the edge step makes of it.
    kernel_eV : float
        Half the spread over the half-widths 1, 1.5 and 2 eV of the kernel; 0 where none is used.
    """

    energy_eV: float
    sigma_eV: float | None
    step_eV: float = 0.0
    kernel_eV: float = 0.0


def _bootstrap_sigma(
    spectrum: Spectrum, read: Callable[[FloatArray, FloatArray], float | None]
) -> float | None:
    """Return the scatter of an energy over draws of the point errors."""
    if spectrum.sigma is None:
        return None
    noise = np.random.default_rng(0).standard_normal((DRAWS, len(spectrum))) * spectrum.sigma
    found = [read(spectrum.x, draw) for draw in spectrum.y + noise]
    energies = [energy for energy in found if energy is not None]
    return float(np.std(energies, ddof=1)) if len(energies) > LEAST_SHARE * DRAWS else None


def half_height(normalised: Spectrum, above_eV: float, step_share: float) -> EdgeEnergy:
    """Return the half-height energy with its errors.

    Parameters
    ----------
    normalised : Spectrum
        Step one, energy in eV.
    above_eV : float
        Upper end of the pre-edge window.
    step_share : float
        Relative uncertainty of the edge step.

    Returns
    -------
    EdgeEnergy

    Raises
    ------
    SpectrafitError
        When the edge does not cross half height.
    """
    energy = half_height_energy(normalised, above_eV)
    region = edge_region(normalised, above_eV, before=1)
    sigma = _bootstrap_sigma(region, last_crossing)
    i = int(np.clip(np.searchsorted(region.x, energy) - 1, 0, len(region) - 2))
    slope = (region.y[i + 1] - region.y[i]) / (region.x[i + 1] - region.x[i])
    return EdgeEnergy(energy, sigma, step_eV=float(0.5 * step_share / slope))


def steepest_point(spectrum: Spectrum, above_eV: float, half_width_eV: float) -> EdgeEnergy:
    """Return the steepest point above the pre-edge window with its errors.

    Parameters
    ----------
    spectrum : Spectrum
        Absorption against energy in eV.
    above_eV : float
        Upper end of the pre-edge window.
    half_width_eV : float
        Of the tricube kernel.

    Returns
    -------
    EdgeEnergy
        Its kernel part: half the spread over the half-widths 1, 1.5 and 2 eV.

    Raises
    ------
    SpectrafitError
        When the scan ends before, or the slope is largest at the end of the window, where the edge
        has begun already.
    """
    energy = steepest_energy(spectrum, above_eV, half_width_eV)
    if energy <= above_eV:
        raise SpectrafitError(
            f"the edge is steepest at or below {above_eV:g} eV, inside the pre-edge window",
            where=spectrum.source.name,
            do="end window_eV below the rise of the edge",
        )
    by_kernel = [
        energy if width == half_width_eV else steepest_energy(spectrum, above_eV, width)
        for width in HALF_WIDTHS_EV
    ]
    sigma = None
    if spectrum.sigma is not None:
        high = min(above_eV + EDGE_REACH_EV, float(spectrum.x[-1]))
        grid = np.arange(above_eV, high, DRAW_GRID_EV)
        maps = local_cubic(spectrum.x, grid, half_width_eV)
        noise = np.random.default_rng(0).standard_normal((DRAWS, len(spectrum)))
        slopes = maps.derivative(1, spectrum.y + noise * spectrum.sigma)
        sigma = float(np.std([refined_top(grid, slope) for slope in slopes], ddof=1))
    return EdgeEnergy(energy, sigma, kernel_eV=(max(by_kernel) - min(by_kernel)) / 2.0)


def integral_edge(flat: Spectrum, above_eV: float, step_share: float) -> EdgeEnergy:
    """Return the edge energy by its integral with its errors.

    Parameters
    ----------
    flat : Spectrum
        Step one, flattened, energy in eV.
    above_eV : float
        Upper end of the pre-edge window.
    step_share : float
        Relative uncertainty of the edge step.

    Returns
    -------
    EdgeEnergy

    Raises
    ------
    SpectrafitError
        When the edge does not reach its full height within 40 eV.

    Notes
    -----
    Where the absorption reaches 1 the integrand is 1, so that a shift of that end cancels; what
    remains of an error of the step is its share of the integral.
    """
    energy = integral_energy(flat, above_eV)
    region = edge_region(flat, above_eV, before=1)
    sigma = _bootstrap_sigma(region, partial(step_of_equal_area, above_eV=above_eV))
    scaled = [
        integral_energy(replace(flat, y=flat.y * factor), above_eV)
        for factor in (1.0 - 1e-3, 1.0 + 1e-3)
    ]
    slope = (scaled[0] - scaled[1]) / 2e-3
    return EdgeEnergy(energy, sigma, step_eV=abs(slope) * step_share)
