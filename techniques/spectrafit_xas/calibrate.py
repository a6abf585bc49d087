"""Energy calibration: the sub-grid first inflection of a foil, and the shift it gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry, Source
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.smoothing import local_cubic

__all__ = [
    "Calibration",
    "Inflection",
    "calibrated",
    "first_inflection",
    "inflection_candidates",
    "shift_record",
]

GRID_EV = 0.05
SEARCH_EV = (-12.0, 10.0)
REFERENCE_EV = (-30.0, 60.0)
LOWEST_SHARE = 0.3
HALF_WIDTHS_EV = (1.0, 1.5, 2.0)
DRAWS = 100


@dataclass(frozen=True)
class Inflection:
    """The first inflection of an edge.

    Parameters
    ----------
    energy_eV : float
        As recorded, on the file's own axis.
    sigma_eV : float or None
        Statistical standard uncertainty, by parametric bootstrap; None without point errors.
    kernel_eV : float
        Half the spread over the half-widths 1, 1.5 and 2 eV, a systematic.
    half_width_eV : float
        Of the tricube kernel.
    points_per_width : float
        Data points in two half-widths at the inflection; below 4 the grid is too coarse.
    source : str
        File it was found in.
    """

    energy_eV: float
    sigma_eV: float | None
    kernel_eV: float
    half_width_eV: float
    points_per_width: float
    source: str

    @property
    def total_sigma_eV(self) -> float:
        """Statistical and kernel part together."""
        return float(np.hypot(self.sigma_eV or 0.0, self.kernel_eV))


@dataclass(frozen=True)
class Calibration:
    """How an energy axis was tied to a foil.

    Parameters
    ----------
    element : str
        Of the foil.
    assigned_eV : float
        Energy that the first inflection is given.
    measured : tuple of Inflection
        One a foil scan.
    shift_eV : float
        Assigned minus mean measured; added to every energy.
    sigma_eV : float
        Standard uncertainty of the shift: statistics, kernel and the spread of the scans.
    """

    element: str
    assigned_eV: float
    measured: tuple[Inflection, ...]
    shift_eV: float
    sigma_eV: float

    @property
    def label(self) -> str:
        """The convention in words, for axes and conventions."""
        return f"{self.element} foil {self.assigned_eV:.1f} eV"


def inflection_candidates(
    spectrum: Spectrum, tabulated_eV: float, half_width_eV: float
) -> tuple[FloatArray, FloatArray]:
    """Return every inflection near a tabulated edge with its slope.

    Parameters
    ----------
    spectrum : Spectrum
        Absorption against energy in eV.
    tabulated_eV : float
        Edge energy of the table; inflections are sought from 12 eV below to 10 eV above.
    half_width_eV : float
        Of the tricube kernel.

    Returns
    -------
    energies : ndarray, shape (k,)
        In eV, linear refinement of the zero of the second derivative, increasing.
    slopes : ndarray, shape (k,)
        First derivative there, as a share of its maximum from 30 eV below to 60 eV above.

    Raises
    ------
    SpectrafitError
        When the scan does not cover the search range.
    """
    x, y = spectrum.x, spectrum.y
    low = max(tabulated_eV + REFERENCE_EV[0], x[0])
    high = min(tabulated_eV + REFERENCE_EV[1], x[-1])
    if not (x[0] <= tabulated_eV - 3.0 and x[-1] >= tabulated_eV + 3.0):
        raise SpectrafitError(
            f"the scan runs from {x[0]:.1f} to {x[-1]:.1f} eV and does not cover the edge at "
            f"{tabulated_eV:.1f} eV",
            where=spectrum.source.name,
            do="check the element and the energy unit",
        )
    grid = np.arange(low, high, GRID_EV)
    maps = local_cubic(x, grid, half_width_eV)
    first, second = maps.derivative(1, y), maps.derivative(2, y)
    inside = (grid >= tabulated_eV + SEARCH_EV[0]) & (grid <= tabulated_eV + SEARCH_EV[1])
    turns = np.flatnonzero((second[:-1] > 0) & (second[1:] <= 0) & inside[:-1])
    share = second[turns] / (second[turns] - second[turns + 1])
    energies = grid[turns] + share * GRID_EV
    slopes = np.interp(energies, grid, first) / first.max()
    return energies, slopes


def _lowest(spectrum: Spectrum, tabulated_eV: float, half_width_eV: float) -> float:
    energies, slopes = inflection_candidates(spectrum, tabulated_eV, half_width_eV)
    steep = energies[slopes >= LOWEST_SHARE]
    if not steep.size:
        raise SpectrafitError(
            f"no inflection of the edge found within {tabulated_eV + SEARCH_EV[0]:.0f} and "
            f"{tabulated_eV + SEARCH_EV[1]:.0f} eV",
            where=spectrum.source.name,
            do="check the element, or calibrate with another scan",
        )
    return float(steep[0])


def first_inflection(
    spectrum: Spectrum, tabulated_eV: float, *, half_width_eV: float = 1.5, seed: int = 0
) -> Inflection:
    """Return the first inflection of an edge, finer than the grid.

    The lowest inflection whose slope is at least 0.3 of the steepest is taken, so that the
    second one of a metal (7119-7120 eV for iron) is never chosen.

    Parameters
    ----------
    spectrum : Spectrum
        Absorption against energy in eV.
    tabulated_eV : float
        Edge energy of the table in eV.
    half_width_eV : float
        Of the tricube kernel; it moves the result by 0.1 to 0.3 eV and is part of the record.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Inflection

    Raises
    ------
    SpectrafitError
        When the scan does not cover the edge or shows no inflection.
    """
    sigma = None if spectrum.sigma is None else spectrum.sigma.tobytes()
    content = (spectrum.x.tobytes(), spectrum.y.tobytes(), sigma)
    return _inflection(*content, spectrum.source.name, tabulated_eV, half_width_eV, seed)


@lru_cache(maxsize=64)
def _inflection(
    x: bytes,
    y: bytes,
    sigma: bytes | None,
    name: str,
    tabulated_eV: float,
    half_width_eV: float,
    seed: int,
) -> Inflection:
    """Return the inflection of columns given as bytes; the foil of many scans is measured once."""
    errors = None if sigma is None else np.frombuffer(sigma)
    spectrum = Spectrum(np.frombuffer(x), np.frombuffer(y), errors, "eV", source=Source(name))
    energy = _lowest(spectrum, tabulated_eV, half_width_eV)
    by_kernel = [_lowest(spectrum, tabulated_eV, width) for width in HALF_WIDTHS_EV]
    near = spectrum.x[np.abs(spectrum.x - energy) <= half_width_eV]
    statistical = None
    if errors is not None:
        statistical = _bootstrap_sigma(spectrum, tabulated_eV, half_width_eV, energy, seed)
    return Inflection(
        energy,
        statistical,
        (max(by_kernel) - min(by_kernel)) / 2.0,
        half_width_eV,
        float(near.size),
        name,
    )


def _bootstrap_sigma(
    spectrum: Spectrum, tabulated_eV: float, half_width_eV: float, energy: float, seed: int
) -> float:
    assert spectrum.sigma is not None
    rng = np.random.default_rng(seed)
    grid = np.arange(energy - 2.0, energy + 2.0, GRID_EV)
    maps = local_cubic(spectrum.x, grid, half_width_eV)
    noise = rng.standard_normal((DRAWS, len(spectrum))) * spectrum.sigma
    curves = maps.derivative(2, spectrum.y + noise)
    found = []
    for curve in curves:
        turns = np.flatnonzero((curve[:-1] > 0) & (curve[1:] <= 0))
        if turns.size:
            zero = grid[turns] + GRID_EV * curve[turns] / (curve[turns] - curve[turns + 1])
            found.append(zero[np.argmin(np.abs(zero - energy))])
    return float(np.std(found, ddof=1))


def shift_record(measured: tuple[Inflection, ...], element: str, assigned_eV: float) -> Calibration:
    """Return the calibration that some foil scans give.

    Parameters
    ----------
    measured : tuple of Inflection
        One a foil scan, at least one.
    element : str
        Of the foil.
    assigned_eV : float
        Energy that the first inflection is given.

    Returns
    -------
    Calibration
        Its sigma joins the statistical and kernel parts of the scans with half their spread.
    """
    energies = np.array([item.energy_eV for item in measured])
    statistical = np.sqrt(
        np.mean([(item.sigma_eV or 0.0) ** 2 for item in measured]) / len(measured)
    )
    kernel = float(np.mean([item.kernel_eV for item in measured]))
    spread = float(np.ptp(energies)) / 2.0
    return Calibration(
        element,
        assigned_eV,
        measured,
        assigned_eV - float(energies.mean()),
        float(np.sqrt(statistical**2 + kernel**2 + spread**2)),
    )


def calibrated(spectrum: Spectrum, calibration: Calibration) -> Spectrum:
    """Return the spectrum on the calibrated axis; the shift is written into its history.

    Parameters
    ----------
    spectrum : Spectrum
        On the recorded axis, in eV.
    calibration : Calibration
        The record.

    Returns
    -------
    Spectrum
    """
    entry = HistoryEntry(
        "calibrate",
        {
            "element": calibration.element,
            "feature": "first inflection of the foil",
            "assigned_eV": calibration.assigned_eV,
            "measured_eV": [item.energy_eV for item in calibration.measured],
            "kernel": "local cubic, tricube",
            "half_width_eV": calibration.measured[0].half_width_eV,
            "foil_files": [item.source for item in calibration.measured],
            "shift_eV": calibration.shift_eV,
            "sigma_eV": calibration.sigma_eV,
        },
    )
    return spectrum.after(entry, x=spectrum.x + calibration.shift_eV)
