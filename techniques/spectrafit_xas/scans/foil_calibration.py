"""From foil scans to the record that ties an energy axis to them, with what speaks against it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit.spectrum import Spectrum
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.readers.scan_times import same_beamtime, start_time
from spectrafit_xas.scans.absorption import absorber, absorption_spectrum
from spectrafit_xas.scans.calibrate import Calibration, Inflection, first_inflection, shift_record
from spectrafit_xas.scans.one_scan import with_one_scan_sigma
from spectrafit_xas.settings import XanesSettings

__all__ = ["foil_calibration", "foil_settings", "no_metal"]

FAR_EV = 3.0
WRONG_EV = 50.0  # no convention of an edge is so far from the table
FEW_POINTS = 4.0
FOIL_SPREAD_EV = 0.05
LARGE_SHIFT_EV = 5.0
# foils of V, Fe and Co of a public library and two beamlines: the first inflection is the steepest
# (0.97 to 1.00) and the white line 1.02 to 1.16 steps high; oxides, silicates and sulfides of iron
# have a first steep inflection of 0.3 to 0.75, or lie 5 eV higher, or have white lines above 1.2
METALS = frozenset({"V", "Fe", "Co"})
STEEPEST_SHARE = 0.85
WHITE_LINE = 1.25
OXIDE_EV = 4.0
BELOW_EV = -20.0
ABOVE_EV = (60.0, 250.0)
WHITE_EV = 40.0
FEWEST = 4
FOIL_FWHM_EV = 2.0
NOISE_EV = (-8.0, 12.0)


def foil_settings(settings: XanesSettings) -> XanesSettings:
    """Return the settings that read the foil channel of a scan.

    Parameters
    ----------
    settings : XanesSettings
        Of the sample.

    Returns
    -------
    XanesSettings
        With `foil_signal` and `foil_columns` in the place of the sample's.
    """
    return replace(settings, signal=settings.foil_signal, columns=settings.foil_columns)


def no_metal(spectrum: Spectrum, inflection: Inflection, element: str, edge_eV: float) -> str:
    """Return what speaks against a scan being one of a metal foil, or an empty text.

    Parameters
    ----------
    spectrum : Spectrum
        Absorption of what is called a foil, energy in eV.
    inflection : Inflection
        Its first inflection.
    element : str
        Of the foil; only vanadium, iron and cobalt are judged by their shape.
    edge_eV : float
        Tabulated edge.

    Returns
    -------
    str
        Like ``its white line is 1.5 edge steps high``.
    """
    if element not in METALS:
        return ""
    if inflection.slope_share < STEEPEST_SHARE:
        return (
            f"its first inflection has {100 * inflection.slope_share:.0f} % of the steepest slope, "
            f"that of {element} metal is the steepest"
        )
    x = spectrum.x
    below = x < edge_eV + BELOW_EV
    above = (x > edge_eV + ABOVE_EV[0]) & (x < edge_eV + ABOVE_EV[1])
    if below.sum() >= FEWEST and above.sum() >= FEWEST:
        flat = spectrum.y - np.polynomial.Polynomial.fit(x[below], spectrum.y[below], 1)(x)
        white = (x > edge_eV) & (x < edge_eV + WHITE_EV)
        height = float(flat[white].max() / flat[above].mean())
        if height > WHITE_LINE:
            return f"its white line is {height:.2f} edge steps high, that of a metal is low"
    apart = inflection.energy_eV - edge_eV
    if abs(apart) > OXIDE_EV:
        return f"its first inflection is {apart:+.1f} eV from the tabulated edge"
    return ""


def foil_calibration(
    foils: tuple[Recording, ...],
    samples: tuple[Recording, ...],
    element: str,
    edge_eV: float,
    settings: XanesSettings,
) -> tuple[Calibration | None, tuple[Alert, ...]]:
    """Return the calibration that foil scans give to the scans of a sample.

    Parameters
    ----------
    foils : tuple of Recording
        Foil scans; none gives no calibration.
    samples : tuple of Recording
        Scans to be calibrated; the middle of their times is where the foil is interpolated.
    element : str
        Absorber.
    edge_eV : float
        Its tabulated edge.
    settings : XanesSettings
        Columns of the foil, energy of its inflection, kernel, and whether the shift is one of the
        angle.

    Returns
    -------
    calibration : Calibration or None
        None without foils.
    alerts : tuple of Alert
        A grid too coarse, foils that differ, are no metal, or are of another beamtime.

    Raises
    ------
    SettingsError
        When the foil's energy is missing or far from any edge.
    """
    if not foils:
        return None, ()
    assigned = _assigned(element, edge_eV, settings)
    measured = []
    alerts: tuple[Alert, ...] = ()
    for foil in foils:
        inflection, found = _measured(foil, element, edge_eV, settings)
        measured.append(inflection)
        alerts += found
    times = [time for sample in samples if (time := start_time(sample)) is not None]
    at = float(np.mean(times)) if times and len(times) == len(samples) else None
    spacing = _spacing(samples, settings) if settings.shift_in == "angle" else None
    record = shift_record(tuple(measured), element, assigned, at_s=at, d_spacing_A=spacing)
    return record, alerts + _record_alerts(record, foils, samples, edge_eV)


def _assigned(element: str, edge_eV: float, settings: XanesSettings) -> float:
    if settings.foil_eV is None:
        raise SettingsError(
            "a foil is given, but not the energy of its first inflection",
            where="$.settings.foil_eV",
            do="set foil_eV, for example 7111.2 or 7112.0 for iron; it is a convention, so there "
            "is no default",
        )
    if abs(settings.foil_eV - edge_eV) > WRONG_EV:
        raise SettingsError(
            f"foil_eV = {settings.foil_eV:g} is {abs(settings.foil_eV - edge_eV):.0f} eV from the "
            f"tabulated K edge of {element} at {edge_eV:.1f} eV",
            where="$.settings.foil_eV",
            do="give the energy in eV, with a decimal point, like 7112.0",
        )
    return settings.foil_eV


def _measured(
    foil: Recording, element: str, edge_eV: float, settings: XanesSettings
) -> tuple[Inflection, tuple[Alert, ...]]:
    curve, roles, alerts = absorption_spectrum(foil, foil_settings(settings))
    absorber(foil, curve.x, replace(settings, element=element))
    near = edge_eV + NOISE_EV[0], edge_eV + NOISE_EV[1]
    curve = with_one_scan_sigma(curve, FOIL_FWHM_EV, near)
    found = first_inflection(curve, edge_eV, half_width_eV=settings.kernel_eV)
    found = replace(
        found,
        channel=roles.formula,
        time_s=start_time(foil),
        simulated=foil.source.simulated,
    )
    if found.points_per_width < FEW_POINTS:
        alerts += (xas_alert("XAS-101").alert(where=foil.name, points=found.points_per_width),)
    reason = no_metal(curve, found, element, edge_eV)
    if reason:
        alerts += (xas_alert("XAS-160").alert(where=foil.name, element=element, reason=reason),)
    return found, alerts


def _spacing(samples: tuple[Recording, ...], settings: XanesSettings) -> float:
    if settings.d_spacing_A is not None:
        return settings.d_spacing_A
    for key, text in samples[0].header.items():
        if key.lower() == "mono.d_spacing":
            try:
                return float(text.split()[0])
            except (ValueError, IndexError):
                break
    raise SettingsError(
        "a shift of the Bragg angle needs the spacing of the monochromator's planes",
        where="$.settings.d_spacing_A",
        do="give it in angstrom, like 3.1356 for Si(111)",
    )


def _record_alerts(
    record: Calibration,
    foils: tuple[Recording, ...],
    samples: tuple[Recording, ...],
    edge_eV: float,
) -> tuple[Alert, ...]:
    where = foils[0].name
    alerts: tuple[Alert, ...] = ()
    spread = float(np.ptp([item.energy_eV for item in record.measured]))
    if spread > FOIL_SPREAD_EV:
        alerts += (xas_alert("XAS-102").alert(where=where, what="the foil scans", spread=spread),)
    other = [
        reason for scan in (*foils[1:], *samples[:1]) if (reason := same_beamtime(foils[0], scan))
    ]
    if other:
        alerts += (xas_alert("XAS-161").alert(where=where, reason=other[0], count=len(foils)),)
    apart = record.assigned_eV - edge_eV
    if abs(apart) > FAR_EV:
        alerts += (
            xas_alert("XAS-103").alert(
                where=where,
                element=record.element,
                assigned=record.assigned_eV,
                difference=apart,
                tabulated=edge_eV,
            ),
        )
    if abs(record.shift_eV) > LARGE_SHIFT_EV and record.d_spacing_A is None:
        alerts += (xas_alert("XAS-162").alert(where=where, shift=record.shift_eV),)
    return alerts
