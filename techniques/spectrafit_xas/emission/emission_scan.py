"""The maximum of an emission line, finer than the grid: the energy HERFD is detected at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.normalisation.edge import refined_top
from spectrafit_xas.smoothing import LocalCubic, local_cubic

__all__ = ["EmissionMaximum", "emission_maximum"]

GRID_EV = 0.02
HALF_WIDTHS = (0.75, 1.0, 1.5)
DRAWS = 100
FEWEST_IN_KERNEL = 6
LEAST_HEIGHT = 5.0


@dataclass(frozen=True)
class EmissionMaximum:
    """Where an emission line is highest.

    Parameters
    ----------
    energy_eV : float
        Finer than the grid.
    sigma_eV : float
        By parametric bootstrap of the point errors, or of the scatter about the smoothed line
        where there are none.
    kernel_eV : float
        Half the spread over 0.75, 1 and 1.5 times the half-width, a systematic.
    half_width_eV : float
        Of the tricube kernel.
    noise : str
        ``counts`` or ``scatter``.
    source : str
        File it was found in.
    """

    energy_eV: float
    sigma_eV: float
    kernel_eV: float
    half_width_eV: float
    noise: str
    source: str

    @property
    def total_sigma_eV(self) -> float:
        """Statistical and kernel part together."""
        return float(np.hypot(self.sigma_eV, self.kernel_eV))


def emission_maximum(scan: Spectrum, *, half_width_eV: float = 1.5) -> EmissionMaximum:
    """Return the maximum of the strongest line of an emission scan.

    Parameters
    ----------
    scan : Spectrum
        Intensity against emission energy in eV.
    half_width_eV : float
        Of the tricube kernel of the local cubic; about half the FWHM of a K-alpha line.

    Returns
    -------
    EmissionMaximum

    Raises
    ------
    SpectrafitError
        When the maximum lies within a half-width of an end, the grid is too coarse, or the line
        does not rise five times above its noise.

    Notes
    -----
    The maximum of an asymmetric line depends on resolution and kernel: both belong to its record.
    """
    name = scan.source.name
    highest = float(scan.x[int(np.argmax(scan.y))])
    near = scan.x[np.abs(scan.x - highest) <= half_width_eV]
    if min(highest - scan.x[0], scan.x[-1] - highest) <= half_width_eV:
        raise SpectrafitError(
            f"the intensity is highest at {highest:.2f} eV, an end of the scan",
            where=name,
            do="scan over the whole line",
        )
    if near.size < FEWEST_IN_KERNEL:
        raise SpectrafitError(
            f"{near.size} points within {half_width_eV:g} eV of the maximum",
            where=name,
            do=f"an emission maximum needs {FEWEST_IN_KERNEL}: scan finer, or widen the kernel",
        )
    grid = np.arange(scan.x[0], scan.x[-1], GRID_EV)
    maps = local_cubic(scan.x, grid, half_width_eV)
    curve = maps.derivative(0, scan.y)
    energy = refined_top(grid, curve)
    at_points = local_cubic(scan.x, scan.x, half_width_eV)
    noise = scan.sigma if scan.sigma is not None else _scatter(scan, at_points)
    height = float(curve.max() - np.median(scan.y))
    if height < LEAST_HEIGHT * float(np.median(noise)):
        raise SpectrafitError("no line rises above the noise", where=name)
    rng = np.random.default_rng(0)
    zone = grid[np.abs(grid - energy) <= 2.0 * half_width_eV]
    zone_maps = local_cubic(scan.x, zone, half_width_eV)
    draws = zone_maps.derivative(0, scan.y + rng.standard_normal((DRAWS, len(scan))) * noise)
    sigma = float(np.std([refined_top(zone, one) for one in draws], ddof=1))
    by_kernel = [
        refined_top(zone, local_cubic(scan.x, zone, factor * half_width_eV).derivative(0, scan.y))
        for factor in HALF_WIDTHS
    ]
    return EmissionMaximum(
        energy,
        sigma,
        (max(by_kernel) - min(by_kernel)) / 2.0,
        half_width_eV,
        "counts" if scan.sigma is not None else "scatter",
        name,
    )


def _scatter(scan: Spectrum, maps: LocalCubic) -> FloatArray:
    """Return one noise for all points: the scatter about the line, freed from the fit's own share."""
    residual = scan.y - maps.derivative(0, scan.y)
    own = [float(maps.weights[0, i, maps.columns[i] == i].sum()) for i in range(len(scan))]
    freedom = max(len(scan) - sum(own), 1.0)
    return np.full(len(scan), float(np.sqrt(residual @ residual / freedom)) or 1e-12)
