"""From a raw scan to a calibrated, normalised one, with every decision and its alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.history import HistoryEntry
from spectrafit.recording import Recording, joint_notices
from spectrafit.spectrum import Spectrum
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.emission.energy import emission_energy, header_number, herfd_reason
from spectrafit_xas.emission.herfd_basis import EMISSION_SPREAD_EV
from spectrafit_xas.normalisation.asked_correction import asked_correction, damping_alerts
from spectrafit_xas.normalisation.edge import end_slope_share, slope_share, steepest_energy
from spectrafit_xas.normalisation.edge_ranges import ends_at_the_edge
from spectrafit_xas.normalisation.edge_step import edge_step_spread
from spectrafit_xas.normalisation.mback import mback_normalization
from spectrafit_xas.normalisation.normalize import (
    SHORT_POST_EV,
    Normalization,
    flattened,
    normalization,
    normalized,
    scaling_to_the_highest_point,
)
from spectrafit_xas.normalisation.over_absorption import OverAbsorption, corrected
from spectrafit_xas.preedge.peak_count import FEWEST_POINTS
from spectrafit_xas.scans.absorption import tabulated_edge
from spectrafit_xas.scans.calibrate import Calibration
from spectrafit_xas.scans.damage import DamageVerdict
from spectrafit_xas.scans.repeated_scans import combined_scan
from spectrafit_xas.settings import HerfdSettings, XanesSettings

__all__ = ["PreparedScan", "fit_region", "prepared_scan"]

WINDOW_EV = (-5.0, 7.0)
STRONG_PREEDGE = 0.4
NEAR_EDGE_EV = 20.0
EDGE_SHARE = 0.5  # half the step is the edge by any definition
# an arctan that has risen to this share of its height rises at sin^2(pi h) of its largest slope
FLANK_SHARE = 0.3
FLANK_SLOPE = float(np.sin(np.pi * FLANK_SHARE) ** 2)


@dataclass(frozen=True, eq=False)
class PreparedScan:
    """A scan on its energy axis, normalised, with all that was decided on the way.

    Parameters
    ----------
    raw : Spectrum
        mu on the calibrated axis, in eV.
    normalised : Spectrum
        The same with the edge step one.
    element : str
        Absorber.
    tabulated_eV : float
        Its tabulated K edge.
    formula : str
        What made mu, in the file's column names.
    calibration : Calibration or None
        The foil record.
    window_eV : tuple of float
        Window of the pre-edge fit.
    steepest_eV : float
        Steepest point above the window.
    lines : Normalization
        Lines, ranges and step.
    alerts : tuple of Alert
        What was noticed.
    over_absorption : OverAbsorption or None
        What was taken off; the normalised spectrum is then flattened.
    damage : DamageVerdict or None
        Whether repeated scans drift; None of a single scan.
    """

    raw: Spectrum
    normalised: Spectrum
    element: str
    tabulated_eV: float
    formula: str
    calibration: Calibration | None
    window_eV: tuple[float, float]
    steepest_eV: float
    lines: Normalization
    alerts: tuple[Alert, ...]
    over_absorption: OverAbsorption | None = None
    damage: DamageVerdict | None = None

    @property
    def flat(self) -> Spectrum:
        """The normalised scan with the polynomial above the edge at one; refused without a step."""
        if not self.lines.has_step:
            raise SpectrafitError(
                "the scan has no edge step: it ends on the edge",
                where=self.raw.source.name,
                do="measure to 100 eV above the edge, or set post_eV",
            )
        if self.over_absorption is not None:
            return self.normalised
        return flattened(self.normalised, self.lines)

    @property
    def axis(self) -> str:
        """Label of the energy axis with its convention."""
        return f"energy / eV ({self.calibration.label if self.calibration else 'as recorded'})"


def prepared_scan(
    sample: Recording | Sequence[Recording],
    foils: tuple[Recording, ...],
    settings: XanesSettings,
) -> PreparedScan:
    """Return a scan calibrated and normalised, in the fixed order of the steps.

    Parameters
    ----------
    sample : Recording or sequence of Recording
        The scan; several are merged.
    foils : tuple of Recording
        Foil scans; none leaves the axis as recorded.
    settings : XanesSettings
        Settings; those of HERFD add the emission side.

    Returns
    -------
    PreparedScan

    Raises
    ------
    SpectrafitError
        When columns, ranges or window do not fit the data.
    """
    scans = (sample,) if isinstance(sample, Recording) else tuple(sample)
    combined = combined_scan(scans, foils, settings)
    spectrum, roles, element = combined.spectrum, combined.roles, combined.element
    name = scans[0].name if len(scans) == 1 else spectrum.source.name
    edge = tabulated_edge(element)
    alerts = combined.alerts + joint_notices(scans)
    calibration = combined.calibration
    if calibration is None:
        alerts += (xas_alert("XAS-100").alert(where=name),)
        if settings.foil_eV is not None:
            alerts += (xas_alert("XAS-130").alert(where=name),)
    if isinstance(settings, HerfdSettings):
        spectrum, found = _with_emission(spectrum, scans, name, settings)
        alerts += found
    else:
        reasons = [reason for scan in scans if (reason := herfd_reason(scan))]
        if reasons:
            alerts += (xas_alert("XAS-140").alert(where=name, reason=reasons[0]),)
    conditions = {**spectrum.conditions, "element": element}
    spectrum = replace(spectrum, conditions=conditions)
    window = settings.window_eV or (edge + WINDOW_EV[0], edge + WINDOW_EV[1])
    _check_window(spectrum, window, edge)
    steepest = steepest_energy(spectrum, window[1], settings.kernel_eV)
    lines = _lines(spectrum, steepest, element, settings)
    normalised = normalized(spectrum, lines)
    damping = asked_correction(roles.signal, element, settings, name)
    if damping is not None and not lines.has_step:
        raise SettingsError(
            f"over-absorption of a scan that ends {spectrum.x[-1] - lines.e0_eV:.1f} eV above E0",
            where=name,
            do="leave over_absorption out: without an edge step it cannot be taken off",
        )
    alerts += _edge_alerts(spectrum, normalised, lines, window, steepest, settings, name)
    if damping is None:
        alerts += damping_alerts(roles.signal, element, lines, settings, name)
    else:
        normalised = corrected(flattened(normalised, lines), damping)
        alerts += (
            xas_alert("XAS-153").alert(
                where=name,
                ratio=damping.ratio,
                sigma=damping.sigma,
                origin=damping.origin,
                factor=damping.pre_edge_factor,
            ),
        )
    return PreparedScan(
        spectrum,
        normalised,
        element,
        edge,
        roles.formula,
        calibration,
        window,
        steepest,
        lines,
        alerts,
        damping,
        combined.damage,
    )


def _lines(
    spectrum: Spectrum, steepest_eV: float, element: str, settings: XanesSettings
) -> Normalization:
    e0 = steepest_eV if settings.e0_eV is None else settings.e0_eV
    if settings.normalisation == "mback":
        return mback_normalization(
            spectrum, element, e0, pre_eV=settings.pre_eV, post_eV=settings.post_eV
        )
    if settings.post_eV is None and ends_at_the_edge(spectrum, e0):
        return scaling_to_the_highest_point(
            spectrum,
            e0,
            pre_eV=settings.pre_eV,
            victoreen=settings.victoreen,
            range_rule=settings.range_rule,
        )
    lines = normalization(
        spectrum,
        e0,
        pre_eV=settings.pre_eV,
        post_eV=settings.post_eV,
        degree=settings.post_degree,
        victoreen=settings.victoreen,
        range_rule=settings.range_rule,
    )
    return replace(lines, step_sigma=edge_step_spread(spectrum, lines))


def fit_region(prepared: PreparedScan, settings: XanesSettings) -> Spectrum:
    """Return the points of the window as they are fitted.

    Parameters
    ----------
    prepared : PreparedScan
        The normalised scan.
    settings : XanesSettings
        Whether the minimum is subtracted, and which weights the points have.

    Returns
    -------
    Spectrum
    """
    region = prepared.normalised.window(*prepared.window_eV)
    if settings.subtract_minimum:
        lowest = float(region.y.min())
        entry = HistoryEntry("subtract minimum", {"minimum": lowest})
        region = region.after(entry, y=region.y - lowest)
    if settings.weights == "none":
        region = replace(region, sigma=None, sigma_origin="weights set to none")
    return region


def _check_window(spectrum: Spectrum, window: tuple[float, float], edge: float) -> None:
    low, high = window
    where = spectrum.source.name
    if not low < high:
        raise SettingsError(
            f"window_eV runs from {low:g} to {high:g}", where=where, do="give low, high"
        )
    if low > edge + NEAR_EDGE_EV or high < edge - NEAR_EDGE_EV:
        raise SettingsError(
            f"window_eV, {low:g} to {high:g}, is not at the edge",
            where=where,
            do=f"the tabulated edge is at {edge:.1f} eV; a pre-edge lies within a few eV of it",
        )
    inside = int(((spectrum.x >= low) & (spectrum.x <= high)).sum())
    if inside < FEWEST_POINTS:
        raise SpectrafitError(
            f"{inside} points between {low:g} and {high:g} eV",
            where=where,
            do=f"a fit of one peak needs at least {FEWEST_POINTS}",
        )


def _with_emission(
    spectrum: Spectrum, scans: Sequence[Recording], name: str, settings: HerfdSettings
) -> tuple[Spectrum, tuple[Alert, ...]]:
    energies = [emission_energy(scan) for scan in scans]
    known = [energy for energy in energies if energy is not None]
    if known and max(known) - min(known) > EMISSION_SPREAD_EV:
        raise SpectrafitError(
            f"scans of emission energies {min(known):g} and {max(known):g} eV are not merged",
            where=name,
            do="put them into two measurements",
        )
    emission = settings.emission_eV or energies[0]
    conditions: dict[str, float | str] = {
        **spectrum.conditions,
        "emission_line": settings.emission_line,
    }
    alerts: tuple[Alert, ...] = (xas_alert("XAS-151").alert(where=name),)
    if emission is None:
        alerts += (xas_alert("XAS-116").alert(where=name),)
    else:
        conditions["emission_eV"] = emission
    if settings.analyser:
        conditions["analyser"] = settings.analyser
    resolution = settings.resolution_eV or header_number(scans[0], "energy resolution")
    if resolution is None:
        alerts += (xas_alert("XAS-152").alert(where=name),)
    else:
        conditions["resolution_eV"] = resolution
    return replace(spectrum, conditions=conditions), alerts


def _edge_alerts(
    spectrum: Spectrum,
    normalised: Spectrum,
    lines: Normalization,
    window: tuple[float, float],
    steepest: float,
    settings: XanesSettings,
    where: str,
) -> tuple[Alert, ...]:
    alerts: tuple[Alert, ...] = ()
    height = float(np.interp(window[1], normalised.x, normalised.y))
    share = slope_share(spectrum, window, settings.kernel_eV)
    end_slope = end_slope_share(spectrum, window[1], settings.kernel_eV)
    on_flank = height > FLANK_SHARE and end_slope > FLANK_SLOPE
    if height > EDGE_SHARE or steepest <= window[1] or on_flank:
        slope = "steepest there" if steepest <= window[1] else f"steepest at {steepest:.1f} eV"
        slope = f"rises at {100 * end_slope:.0f} % of the edge's largest slope, {slope}"
        alerts += (
            xas_alert("XAS-150").alert(where=where, height=height, high=window[1], slope=slope),
        )
    elif share > STRONG_PREEDGE:
        alerts += (xas_alert("XAS-104").alert(where=where, share=100 * share),)
    if not lines.has_step:
        above = float(spectrum.x[-1]) - lines.e0_eV
        alerts += (xas_alert("XAS-167").alert(where=where, above=above, e0=lines.e0_eV),)
    elif lines.post_length_eV < SHORT_POST_EV:
        alerts += (xas_alert("XAS-107").alert(where=where, length=lines.post_length_eV),)
    return alerts
