"""The scans of each spot: aligned, tested for damage, and brought to one mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spectrafit.alert import Alert
from spectrafit.history import HistoryEntry
from spectrafit.recording import Recording, joint_origin
from spectrafit.spectrum import Spectrum
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.scans.absorption import absorption_spectrum
from spectrafit_xas.scans.alignment import alignment_check
from spectrafit_xas.scans.damage import DamageVerdict, damage_verdict
from spectrafit_xas.scans.damage_series import SetAside, drift_series, without_unsettled
from spectrafit_xas.scans.foil_calibration import foil_settings
from spectrafit_xas.scans.merge import merge_alerts, merged_spectrum
from spectrafit_xas.scans.one_scan import with_one_scan_sigma
from spectrafit_xas.scans.zero_dose import at_zero_dose
from spectrafit_xas.settings import XanesSettings

__all__ = ["aligned_scans", "mean_of_spots", "spots", "tested_spot"]

SPOT_KEYS = ("spot", "position")
NOISE_EV = (-5.0, 7.0)
NARROWEST_EV = 1.4


def aligned_scans(
    scans: Sequence[Recording],
    spectra: tuple[Spectrum, ...],
    foils: Sequence[Recording],
    edge_eV: float,
    settings: XanesSettings,
) -> tuple[tuple[Spectrum, ...], tuple[Alert, ...]]:
    """Return scans that hold their own foil channel, aligned by it where that is asked for.

    Parameters
    ----------
    scans : sequence of Recording
        Of the sample.
    spectra : tuple of Spectrum
        Their mu.
    foils : sequence of Recording
        Foil scans; only where each is one of the scans do they hold a foil channel.
    edge_eV : float
        Tabulated edge.
    settings : XanesSettings
        Columns of the foil channel, and `align`.

    Returns
    -------
    spectra : tuple of Spectrum
        Shifted on to the first scan where both channels agree, as given else.
    alerts : tuple of Alert
        Scans whose foil and sample channels contradict each other.
    """
    own = {foil.source.sha256: foil for foil in foils if foil.source.sha256}
    if len(scans) < 2 or not all(scan.source.sha256 in own for scan in scans):
        return spectra, ()
    channel = foil_settings(settings)
    curves = [absorption_spectrum(scan, channel)[0] for scan in scans]
    checks = [
        alignment_check((curves[0], curve), (spectra[0], spectrum), edge_eV)
        for curve, spectrum in zip(curves[1:], spectra[1:], strict=True)
    ]
    alerts = tuple(
        xas_alert("XAS-102").alert(
            where=check.scan,
            what="the shifts that the foil channel and the sample channel show",
            spread=abs(check.difference_eV),
        )
        for check in checks
        if not check.agrees
    )
    if alerts or not settings.align:
        return spectra, alerts
    moved = [
        spectrum.after(
            HistoryEntry(
                "align",
                {
                    "shift_eV": check.foil.shift_eV,
                    "sigma_eV": check.foil.sigma_eV,
                    "sample_channel_eV": check.sample.shift_eV,
                    "reference": spectra[0].source.name,
                },
            ),
            x=spectrum.x + check.foil.shift_eV,
        )
        for spectrum, check in zip(spectra[1:], checks, strict=True)
    ]
    return (spectra[0], *moved), ()


def spots(scans: Sequence[Recording]) -> tuple[tuple[int, ...], ...]:
    """Return the places of the scans of each spot.

    Parameters
    ----------
    scans : sequence of Recording
        Their conditions ``spot`` or ``position`` tell spots apart.

    Returns
    -------
    tuple of tuple of int
        In their order; one spot where the conditions do not say.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, scan in enumerate(scans):
        groups.setdefault(tuple(scan.conditions.get(key) for key in SPOT_KEYS), []).append(place)
    return tuple(tuple(group) for group in groups.values())


def tested_spot(
    spectra: Sequence[Spectrum], edge_eV: float
) -> tuple[tuple[Spectrum, ...], DamageVerdict, tuple[SetAside, ...]]:
    """Return the scans of one spot without unsettled first points, and whether they drift.

    Parameters
    ----------
    spectra : sequence of Spectrum
        In the order of time.
    edge_eV : float
        Tabulated edge.

    Returns
    -------
    spectra : tuple of Spectrum
        All of them.
    verdict : DamageVerdict
        Of the test; scans without counts are judged by the noise that each shows.
    set_aside : tuple of SetAside
        First points left out.
    """
    settled, aside = without_unsettled(spectra)
    near = edge_eV + NOISE_EV[0], edge_eV + NOISE_EV[1]
    known = [with_one_scan_sigma(one, NARROWEST_EV, near) for one in settled]
    series = drift_series(known, edge_eV) if len(known) > 2 else ()
    return settled, damage_verdict(series, len(settled)), aside


def mean_of_spots(
    scans: Sequence[Recording],
    spectra: tuple[Spectrum, ...],
    edge_eV: float,
    settings: XanesSettings,
) -> tuple[Spectrum, DamageVerdict | None, tuple[Alert, ...]]:
    """Return the mean of scans whose spots were tested for damage.

    Parameters
    ----------
    scans : sequence of Recording
        In the order of time.
    spectra : tuple of Spectrum
        Their mu.
    edge_eV : float
        Tabulated edge.
    settings : XanesSettings
        What is done with drifting and with deviating scans.

    Returns
    -------
    spectrum : Spectrum
        One scan comes back as it is.
    damage : DamageVerdict or None
        Of the spot that drifts, else of the one with most scans.
    alerts : tuple of Alert
        Verdicts, first points, deviating scans.
    """
    if len(spectra) == 1:
        return spectra[0], None, ()
    source, conditions = joint_origin(scans)
    alerts: tuple[Alert, ...] = ()
    kept: list[tuple[int, Spectrum]] = []
    verdicts = []
    drifting = False
    for group in spots(scans):
        settled, verdict, aside = tested_spot([spectra[k] for k in group], edge_eV)
        verdicts.append(verdict)
        alerts += tuple(
            xas_alert("XAS-166").alert(
                where=one.scan, scan=one.scan, energy=one.energy_eV, percent=100 * one.deviation
            )
            for one in aside
        )
        keep = verdict.keep if settings.on_drift == "keep leading" else len(group)
        drifting |= verdict.verdict == "drift"
        if verdict.verdict == "drift":
            what = _what_was_done(settings.on_drift, keep, len(group))
            alerts += (
                xas_alert("XAS-164").alert(where=source.name, words=verdict.words, what=what),
            )
        else:
            alerts += (xas_alert("XAS-165").alert(where=source.name, words=verdict.words),)
        kept += zip(group[:keep], settled[:keep], strict=True)
    kept.sort(key=lambda pair: pair[0])
    left = [spectrum for _, spectrum in kept]
    damage = max(verdicts, key=lambda one: (one.verdict == "drift", one.scans))
    entry = HistoryEntry(
        "damage test",
        {
            "verdict": [one.words for one in verdicts],
            "scans": len(spectra),
            "kept": [one.source.name for one in left],
            "on_drift": settings.on_drift,
        },
    )
    left[0] = left[0].after(entry)
    if drifting and settings.on_drift == "zero dose":
        spectrum = at_zero_dose(left)
    elif len(left) == 1:
        spectrum = left[0]
    else:
        found = merged_spectrum(left, leave_out=settings.drop_deviating)
        alerts += merge_alerts(found, len(left), source.name)
        spectrum = found.spectrum
    return replace(spectrum, source=source, conditions=conditions), damage, alerts


def _what_was_done(rule: str, keep: int, scans: int) -> str:
    if rule == "zero dose":
        return f"the {scans} scans were extrapolated to zero dose"
    if rule == "keep all":
        return f"all {scans} scans were merged all the same"
    return (
        f"of {scans} scans the first {keep} were kept"
        if keep > 1
        else (f"of {scans} scans only the first was kept")
    )
