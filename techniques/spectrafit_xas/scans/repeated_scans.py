"""Repeated scans in the fixed order of their steps, up to one spectrum with its point errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.recording import Recording, joint_origin
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.readers.scan_times import start_time
from spectrafit_xas.scans.absorption import (
    AbsorptionRoles,
    absorber,
    absorption_spectrum,
    stated_element,
    tabulated_edge,
)
from spectrafit_xas.scans.calibrate import Calibration, calibrated
from spectrafit_xas.scans.damage import DamageVerdict
from spectrafit_xas.scans.deglitch import Glitch, crystal_glitches, deglitched, glitches
from spectrafit_xas.scans.foil_calibration import foil_calibration
from spectrafit_xas.scans.odd_scans import without_copies
from spectrafit_xas.scans.one_scan import with_one_scan_sigma
from spectrafit_xas.scans.rebin import even_grid, rebinned
from spectrafit_xas.scans.spot import NARROWEST_EV, aligned_scans, mean_of_spots
from spectrafit_xas.settings import XanesSettings

__all__ = ["CombinedScan", "combined_scan", "common_absorber"]

WINDOW_EV = (-5.0, 7.0)
MOST_LISTED = 8


@dataclass(frozen=True, eq=False)
class CombinedScan:
    """One spectrum of one or more scans, before it is normalised.

    Parameters
    ----------
    spectrum : Spectrum
        mu on the calibrated axis, in eV.
    roles : AbsorptionRoles
        What made it, the same in all scans.
    element : str
        Absorber.
    calibration : Calibration or None
        The foil record.
    damage : DamageVerdict or None
        Of the spot that drifts, else of the one with most scans; None for a single scan.
    alerts : tuple of Alert
        What was noticed on the way.
    """

    spectrum: Spectrum
    roles: AbsorptionRoles
    element: str
    calibration: Calibration | None
    damage: DamageVerdict | None
    alerts: tuple[Alert, ...]


def combined_scan(
    scans: Sequence[Recording], foils: tuple[Recording, ...], settings: XanesSettings
) -> CombinedScan:
    """Return the scans of one sample as one spectrum, every step in its history.

    Parameters
    ----------
    scans : sequence of Recording
        At least one scan of one sample under one condition.
    foils : tuple of Recording
        Foil scans; none leaves the axis as recorded.
    settings : XanesSettings
        Settings.

    Returns
    -------
    CombinedScan
        Steps in their order: columns to mu, sorted; glitches; calibration; first points that had
        not settled; alignment; test of damage; merge; a coarser grid before it where asked.

    Raises
    ------
    SpectrafitError
        When the scans were not recorded alike or are of different elements.
    """
    given = _in_time(scans)
    made = [absorption_spectrum(recording, settings) for recording in given]
    alerts = tuple(alert for _, _, found in made for alert in found)
    roles = _common_roles([one for _, one, _ in made], given)
    kept, copies = without_copies([spectrum for spectrum, _, _ in made])
    alerts += tuple(
        xas_alert("XAS-115").alert(where=copy, first=first, copy=copy) for first, copy in copies
    )
    given = tuple(given[k] for k in kept)
    spectra = tuple(made[k][0] for k in kept)
    element = common_absorber(given, spectra, settings)
    alerts += _of_element(given, element)
    edge = tabulated_edge(element)
    taken = _glitches(given, spectra, roles, edge, settings)
    spectra = tuple(deglitched(one, found) for one, found in zip(spectra, taken, strict=True))
    calibration, found = foil_calibration(foils, given, element, edge, settings)
    alerts += found
    if calibration is not None:
        spectra = tuple(calibrated(one, calibration) for one in spectra)
    shift = 0.0 if calibration is None else calibration.shift_eV
    window = settings.window_eV or (edge + WINDOW_EV[0], edge + WINDOW_EV[1])
    alerts += _glitch_alerts(taken, shift, window, joint_origin(given)[0].name)
    spectra, found = aligned_scans(given, spectra, foils, edge, settings)
    alerts += found
    if settings.grid_eV is not None:
        grid = _common_even_grid(spectra, settings.grid_eV)
        spectra = tuple(rebinned(one, grid) for one in spectra)
    if settings.one_scan_errors:
        spectra = tuple(with_one_scan_sigma(one, NARROWEST_EV, window) for one in spectra)
    spectrum, damage, found = mean_of_spots(given, spectra, edge, settings)
    return CombinedScan(spectrum, roles, element, calibration, damage, alerts + found)


def _of_element(scans: Sequence[Recording], element: str) -> tuple[Alert, ...]:
    """Return which headers state another element than the one that the spectrum is read as."""
    stated = {scan.name: stated_element(scan) for scan in scans}
    return tuple(
        xas_alert("XAS-168").alert(where=name, scan=name, stated=told, element=element)
        for name, told in stated.items()
        if told not in ("", element)
    )


def _in_time(scans: Sequence[Recording]) -> tuple[Recording, ...]:
    """Return the scans in the order of their start, as given where one does not say."""
    times = [start_time(scan) for scan in scans]
    known = [time for time in times if time is not None]
    if len(known) < len(scans):
        return tuple(scans)
    return tuple(scans[k] for k in np.argsort(known, kind="stable").tolist())


def _common_roles(roles: Sequence[AbsorptionRoles], scans: Sequence[Recording]) -> AbsorptionRoles:
    formulas = dict.fromkeys(one.formula for one in roles)
    if len(formulas) > 1:
        raise SettingsError(
            f"the scans are made of different columns: {', '.join(formulas)}",
            where=joint_origin(scans)[0].name,
            do="name the columns, or merge only scans that were recorded alike",
        )
    return roles[0]


def common_absorber(
    scans: Sequence[Recording], spectra: Sequence[Spectrum], settings: XanesSettings
) -> str:
    """Return the absorbing element, the same in all scans that are merged.

    Parameters
    ----------
    scans : sequence of Recording
        At least one.
    spectra : sequence of Spectrum
        Their mu.
    settings : XanesSettings
        Whether the element is set.

    Returns
    -------
    str

    Raises
    ------
    SpectrafitError
        When they are of different elements.
    """
    found = dict.fromkeys(
        absorber(scan, one.x, settings) for scan, one in zip(scans, spectra, strict=True)
    )
    if len(found) > 1:
        raise SpectrafitError(
            f"scans of {' and '.join(found)} are not merged",
            where=joint_origin(scans)[0].name,
            do="merge by a condition that tells them apart, or put them into two measurements",
        )
    return next(iter(found))


def _glitches(
    scans: Sequence[Recording],
    spectra: Sequence[Spectrum],
    roles: AbsorptionRoles,
    edge_eV: float,
    settings: XanesSettings,
) -> tuple[tuple[Glitch, ...], ...]:
    if not settings.deglitch:
        return tuple(() for _ in spectra)
    found = [
        glitches(one, edge_eV, channels=_channels(scan, one, roles), limit=settings.glitch_limit)
        for scan, one in zip(scans, spectra, strict=True)
    ]
    return crystal_glitches(spectra, found)


def _channels(scan: Recording, spectrum: Spectrum, roles: AbsorptionRoles) -> dict[str, FloatArray]:
    """Return I0 at the points of a spectrum, which the energy axis of the file may repeat."""
    if "i0" not in roles.columns:
        return {}
    from spectrafit.units import converted

    column = scan.column(roles.columns["energy"])
    energy = converted(column.values, column.unit if column.unit != "1" else "eV", "eV")
    i0 = scan.column(roles.columns["i0"]).values
    known = np.isfinite(energy) & np.isfinite(i0)
    order = np.argsort(energy[known], kind="stable")
    return {"I0": np.interp(spectrum.x, energy[known][order], i0[known][order])}


def _glitch_alerts(
    taken: Sequence[tuple[Glitch, ...]],
    shift_eV: float,
    window_eV: tuple[float, float],
    where: str,
) -> tuple[Alert, ...]:
    energies = [glitch.energy_eV + shift_eV for found in taken for glitch in found]
    inside = [energy for energy in energies if window_eV[0] <= energy <= window_eV[1]]
    alerts: tuple[Alert, ...] = ()
    for code, listed in (("XAS-106", inside), ("XAS-163", sorted(set(energies) - set(inside)))):
        if listed:
            shown = ", ".join(f"{energy:.2f}" for energy in listed[:MOST_LISTED])
            more = f" and {len(listed) - MOST_LISTED} more" if len(listed) > MOST_LISTED else ""
            alerts += (
                xas_alert(code).alert(where=where, count=len(listed), energies=shown + more),
            )
    return alerts


def _common_even_grid(spectra: Sequence[Spectrum], step_eV: float) -> FloatArray:
    grids = [even_grid(one, step_eV) for one in spectra]
    low, high = max(grid[0] for grid in grids), min(grid[-1] for grid in grids)
    if any(one[-1] < other[0] for one, other in pairwise(grids)):
        raise SpectrafitError("the scans have no common range", do="leave out one of them")
    grid = grids[0]
    return np.asarray(grid[(grid >= low - step_eV / 2) & (grid <= high + step_eV / 2)])
