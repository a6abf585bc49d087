"""Repeated scans in the fixed order of their steps, up to one spectrum with its point errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit.recording import Recording, joint_origin
from spectrafit.spectrum import Spectrum
from spectrafit_xas.absorption import AbsorptionRoles, absorption_spectrum
from spectrafit_xas.merge import merge_alerts, merged_spectrum
from spectrafit_xas.settings import XanesSettings

__all__ = ["merged_scans"]


def merged_scans(
    recordings: Sequence[Recording], settings: XanesSettings
) -> tuple[Spectrum, AbsorptionRoles, tuple[Alert, ...]]:
    """Return the merged mu of several scans with its point errors."""
    made = [absorption_spectrum(recording, settings) for recording in recordings]
    formulas = dict.fromkeys(roles.formula for _, roles, _ in made)
    source, conditions = joint_origin(recordings)
    if len(formulas) > 1:
        raise SettingsError(
            f"the scans are made of different columns: {', '.join(formulas)}",
            where=source.name,
            do="name the columns, or merge only scans that were recorded alike",
        )
    found = merged_spectrum(
        [spectrum for spectrum, _, _ in made], leave_out=settings.drop_deviating
    )
    spectrum = replace(found.spectrum, source=source, conditions=conditions)
    of_scans = tuple(alert for _, _, alerts in made for alert in alerts)
    return spectrum, made[0][1], of_scans + merge_alerts(found, len(made), source.name)
