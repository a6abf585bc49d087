"""Simulated normalised spectra of a mixture, with the errors that a comparison counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spectrafit.history import HistoryEntry
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.comparison.difference import ComparedSpectrum
from spectrafit_xas.simulate import HerfdSimulation, absorption_curve

STEP_SIGMA, AXIS_SIGMA = 0.002, 0.01
ENERGY: FloatArray = np.round(
    np.concatenate(
        (np.arange(7096.0, 7106.0, 0.5), np.arange(7106, 7121, 0.2), np.arange(7121, 7145.0, 0.6))
    ),
    3,
)
GRID = ENERGY[(ENERGY >= 7107.0) & (ENERGY <= 7133.0)]


def mixture(share: float, energy: FloatArray = ENERGY) -> FloatArray:
    """Return the noise-free normalised spectrum with a share of the high end member."""
    return absorption_curve(replace(HerfdSimulation(), share_high=share), energy)


def compared(
    share: float,
    noise: float,
    rng: np.random.Generator,
    *,
    energy: FloatArray = ENERGY,
    extra: FloatArray | float = 0.0,
    name: str = "",
    exact: bool = False,
) -> ComparedSpectrum:
    """Return a spectrum with noise, and an edge step and axis that are off by their errors."""
    off = np.zeros(2) if exact else rng.normal(0.0, (STEP_SIGMA, AXIS_SIGMA))
    y = (1.0 + off[0]) * mixture(share, energy - off[1]) + extra + rng.normal(0, noise, energy.size)
    spectrum = Spectrum(
        energy, y, np.full(energy.size, noise), "eV", history=(HistoryEntry("normalise"),)
    )
    return ComparedSpectrum(spectrum, STEP_SIGMA, AXIS_SIGMA, name)
