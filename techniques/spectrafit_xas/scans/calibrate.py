"""Energy calibration: the sub-grid first inflection of a foil, and the shift it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from spectrafit.constants import HC_EV_ANGSTROM
from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry, Source
from spectrafit.spectrum import FloatArray, Spectrum, read_only
from spectrafit_xas.smoothing import local_cubic

__all__ = [
    "Calibration",
    "EdgeSlope",
    "Inflection",
    "calibrated",
    "edge_slope",
    "first_inflection",
    "inflection_candidates",
    "shift_record",
    "shifted_axis",
]

GRID_EV = 0.05
SEARCH_EV = (-12.0, 10.0)
REFERENCE_EV = (-30.0, 60.0)
LOWEST_SHARE = 0.3
HALF_WIDTHS_EV = (1.0, 1.5, 2.0)
DRAWS = 100
MEAN_RULE = "mean of the foil scans"
TIME_RULE = "interpolated in time"


@dataclass(frozen=True, eq=False)
class EdgeSlope:
    """The smoothed first and second derivative of an edge.

    Parameters
    ----------
    energy_eV : ndarray, shape (n,)
        As recorded, from 30 eV below to 60 eV above the tabulated edge where the scan reaches so
        far.
    first : ndarray, shape (n,)
        First derivative, in units of the absorption per eV.
    second : ndarray, shape (n,)
        Second derivative, per eV^2.
    """

    energy_eV: FloatArray
    first: FloatArray
    second: FloatArray

    def __post_init__(self) -> None:
        for name in ("energy_eV", "first", "second"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


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
    candidates : tuple of (float, float)
        Every inflection in the range that was searched, in eV, with its slope as a share of the
        steepest.
    channel : str
        Columns that made the absorption.
    time_s : float or None
        When the scan was started, in seconds since 1970; None where its file does not say.
    slope : EdgeSlope or None
        The first derivative that it was found in.
    simulated : bool
        Whether the scan says that it is simulated.
    """

    energy_eV: float
    sigma_eV: float | None
    kernel_eV: float
    half_width_eV: float
    points_per_width: float
    source: str
    candidates: tuple[tuple[float, float], ...] = ()
    channel: str = ""
    time_s: float | None = None
    slope: EdgeSlope | None = field(default=None, compare=False, repr=False)
    simulated: bool = False

    @property
    def slope_share(self) -> float:
        """Slope at the inflection as a share of the steepest; 1 where it is not known."""
        near = [share for energy, share in self.candidates if energy == self.energy_eV]
        return near[0] if near else 1.0

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
    rule : str
        ``mean of the foil scans``, or ``interpolated in time`` between them.
    drift_eV : float
        Change of the inflection from the first foil scan to the last.
    d_spacing_A : float or None
        Spacing of the monochromator's planes in angstrom where the shift is one of its Bragg
        angle; None for a shift of the energy.
    """

    element: str
    assigned_eV: float
    measured: tuple[Inflection, ...]
    shift_eV: float
    sigma_eV: float
    rule: str = MEAN_RULE
    drift_eV: float = 0.0
    d_spacing_A: float | None = None

    @property
    def label(self) -> str:
        """The convention in words, for axes and conventions."""
        return f"{self.element} foil {self.assigned_eV:.1f} eV"


def edge_slope(spectrum: Spectrum, tabulated_eV: float, half_width_eV: float) -> EdgeSlope:
    """Return the smoothed derivatives of an edge, by local cubics on a grid of 0.05 eV.

    Parameters
    ----------
    spectrum : Spectrum
        Absorption against energy in eV.
    tabulated_eV : float
        Edge energy of the table.
    half_width_eV : float
        Of the tricube kernel.

    Returns
    -------
    EdgeSlope

    Raises
    ------
    SpectrafitError
        When the scan does not cover the edge.
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
    return EdgeSlope(grid, maps.derivative(1, y), maps.derivative(2, y))


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
    found = edge_slope(spectrum, tabulated_eV, half_width_eV)
    grid, first, second = found.energy_eV, found.first, found.second
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
    energies, slopes = inflection_candidates(spectrum, tabulated_eV, half_width_eV)
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
        tuple(zip(energies.tolist(), slopes.tolist(), strict=True)),
        slope=edge_slope(spectrum, tabulated_eV, half_width_eV),
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


def shift_record(
    measured: tuple[Inflection, ...],
    element: str,
    assigned_eV: float,
    *,
    at_s: float | None = None,
    d_spacing_A: float | None = None,
) -> Calibration:
    """Return the calibration that some foil scans give.

    Parameters
    ----------
    measured : tuple of Inflection
        One a foil scan, at least one.
    element : str
        Of the foil.
    assigned_eV : float
        Energy that the first inflection is given.
    at_s : float, optional
        When the sample was measured, in seconds since 1970. Between foil scans of known times the
        inflection is interpolated; otherwise it is their mean.
    d_spacing_A : float, optional
        Spacing of the monochromator's planes in angstrom: the shift is then one of the Bragg angle.

    Returns
    -------
    Calibration
        Its sigma joins the statistical and kernel parts of the scans with half their spread, or,
        interpolated, with that of a drift that may have happened at any moment between two scans:
        their difference over the root of 12.
    """
    energies = np.array([item.energy_eV for item in measured])
    statistical = np.sqrt(
        np.mean([(item.sigma_eV or 0.0) ** 2 for item in measured]) / len(measured)
    )
    kernel = float(np.mean([item.kernel_eV for item in measured]))
    between = _between(measured, at_s)
    if between is None:
        energy, spread, rule = float(energies.mean()), float(np.ptp(energies)) / 2.0, MEAN_RULE
    else:
        (energy, spread), rule = between, TIME_RULE
    return Calibration(
        element,
        assigned_eV,
        measured,
        assigned_eV - energy,
        float(np.sqrt(statistical**2 + kernel**2 + spread**2)),
        rule,
        _drift(measured),
        d_spacing_A,
    )


def _in_time(measured: tuple[Inflection, ...]) -> list[tuple[float, float]]:
    """Return times and energies in the order of time; empty unless every scan has a time."""
    timed = [(item.time_s, item.energy_eV) for item in measured if item.time_s is not None]
    return sorted(timed) if len(timed) == len(measured) else []


def _drift(measured: tuple[Inflection, ...]) -> float:
    timed = _in_time(measured)
    if timed:
        return timed[-1][1] - timed[0][1]
    return measured[-1].energy_eV - measured[0].energy_eV


def _between(measured: tuple[Inflection, ...], at_s: float | None) -> tuple[float, float] | None:
    """Return the inflection at a time between two scans, and what a drift there leaves open."""
    timed = _in_time(measured)
    if at_s is None or len(timed) < 2 or not timed[0][0] <= at_s <= timed[-1][0]:
        return None
    times = np.array([time for time, _ in timed])
    energies = np.array([energy for _, energy in timed])
    if not (np.diff(times) > 0).all():
        return None
    after = int(np.clip(np.searchsorted(times, at_s), 1, times.size - 1))
    jump = abs(float(energies[after] - energies[after - 1]))
    return float(np.interp(at_s, times, energies)), jump / np.sqrt(12.0)


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
            "channels": [item.channel for item in calibration.measured],
            "candidates_eV": [
                [energy for energy, _ in item.candidates] for item in calibration.measured
            ],
            "candidate_slopes": [
                [slope for _, slope in item.candidates] for item in calibration.measured
            ],
            "statistical_eV": [item.sigma_eV for item in calibration.measured],
            "kernel_eV": [item.kernel_eV for item in calibration.measured],
            "rule": calibration.rule,
            "drift_eV": calibration.drift_eV,
            "shift_in": "energy" if calibration.d_spacing_A is None else "Bragg angle",
            "d_spacing_A": calibration.d_spacing_A,
            "shift_eV": calibration.shift_eV,
            "sigma_eV": calibration.sigma_eV,
        },
    )
    return spectrum.after(entry, x=shifted_axis(spectrum.x, calibration))


def shifted_axis(energy: FloatArray, calibration: Calibration) -> FloatArray:
    """Return recorded energies on the calibrated axis.

    Parameters
    ----------
    energy : ndarray
        As recorded, in eV.
    calibration : Calibration
        The record.

    Returns
    -------
    ndarray
        E + shift, or hc/(2 d sin(theta + dtheta)) where the record has a spacing of planes, with
        the dtheta that brings the foil to its assigned energy (Bragg's law).

    Raises
    ------
    SpectrafitError
        When the planes do not reflect such an energy.
    """
    spacing = calibration.d_spacing_A
    if spacing is None:
        return np.asarray(energy + calibration.shift_eV, dtype=np.float64)
    least = HC_EV_ANGSTROM / (2.0 * spacing)
    measured = calibration.assigned_eV - calibration.shift_eV
    if min(float(energy.min()), measured, calibration.assigned_eV) < least:
        raise SpectrafitError(
            f"planes {spacing:g} angstrom apart reflect nothing below {least:.0f} eV",
            where="$.settings.d_spacing_A",
            do="give the spacing of the monochromator's planes, like 3.1356 for Si(111)",
        )
    turn = np.arcsin(least / calibration.assigned_eV) - np.arcsin(least / measured)
    return np.asarray(least / np.sin(np.arcsin(least / energy) + turn), dtype=np.float64)
