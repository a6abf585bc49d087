"""From recordings to counts against velocity, with the calibration's record and every alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import FitError, SettingsError
from spectrafit.history import HistoryEntry
from spectrafit.recording import Recording
from spectrafit_mossbauer.absorption.unfolded import Unfolded, one_branch, unfolded
from spectrafit_mossbauer.alerts import mossbauer_alert
from spectrafit_mossbauer.drive.calibration import calibrated
from spectrafit_mossbauer.drive.channels import Channels, channels_of
from spectrafit_mossbauer.drive.drift import age_in_days, drift
from spectrafit_mossbauer.drive.orientation import (
    IRON_AGAINST,
    orientation_from_reference,
    source_hint,
    stated_source,
)
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.runs import summed
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.suitability import ORIENTATION, suitability

__all__ = ["PreparedSpectrum", "prepared_spectrum"]

OLD_DAYS = 30.0
INNER_WIDTH = 0.28
# of a calibration: bad channels gave 1.6 in a measured one, a single branch 80
NO_SCALE = 10.0
WIDTH_ERRORS = 3.0


@dataclass(frozen=True, eq=False)
class PreparedSpectrum:
    """A spectrum against velocity and what was decided on the way.

    Parameters
    ----------
    axis : Unfolded
        Counts against velocity.
    calibration : Calibration or None
        None where the file has velocities of its own.
    channels : Channels or None
        Raw counts; None where the file has velocities of its own.
    iron : Channels or None
        Raw counts of the alpha-iron run that was used.
    alerts : tuple of Alert
        What to know.
    recording : Recording
        The sample, summed where it is several runs.
    """

    axis: Unfolded
    calibration: Calibration | None
    channels: Channels | None
    iron: Channels | None
    alerts: tuple[Alert, ...]
    recording: Recording


def prepared_spectrum(
    samples: Sequence[Recording],
    irons: Sequence[Recording],
    settings: MossbauerSettings,
    references: Sequence[Recording] = (),
) -> PreparedSpectrum:
    """Return a spectrum against velocity; several recordings are declared runs and summed.

    Parameters
    ----------
    samples : sequence of Recording
        The run, or runs of one temperature.
    irons : sequence of Recording
        Runs of alpha-iron with the same drive, the nearest in time is used; may be empty where the
        sample has velocities of its own.
    settings : MossbauerSettings
        Convention, orientation, drive.
    references : sequence of Recording, optional
        A spectrum of known isomer shift with the same wiring, which tells the orientation.

    Returns
    -------
    PreparedSpectrum

    Raises
    ------
    SpectrafitError
        Where a calibration is missing or does not fit, or runs must not be summed.
    """
    sample = summed(samples) if len(samples) > 1 else samples[0]
    if "velocity" in sample.names:
        axis = one_branch(sample, settings.orientation)
        notes = [mossbauer_alert("MOS-115").alert(where=sample.name)]
        return _checked(PreparedSpectrum(axis, None, None, None, tuple(notes), sample), settings)
    if not irons:
        raise SettingsError(
            "velocity_uncalibrated: the file has counts by channel and no velocity",
            where=sample.name,
            do=_calibration_line(sample),
        )
    channels = channels_of(sample, settings.edge)
    scales = [(one, _scale(one, settings)) for one in irons]
    iron, scale = _nearest(scales, channels)
    orientation, told = _orientation(scale, settings, references)
    calibration = scale.oriented(orientation)
    alerts = [*_of_scales([each for _, each in scales], sample.name, iron.name)]
    source = settings.source or stated_source({**iron.header, **sample.header})
    alerts += _of_calibration(calibration, channels, source)
    if len(channels.left_out) > 2 * settings.edge:
        told = ", ".join(f"{i} ({why})" for i, why in channels.left_out)
        alerts.append(mossbauer_alert("MOS-109").alert(where=sample.name, channels=told))
    axis = unfolded(channels, calibration)
    axis = replace(
        axis, spectrum=replace(axis.spectrum, history=_history(axis, calibration, sample, told))
    )
    prepared = PreparedSpectrum(
        axis, calibration, channels, channels_of(iron, settings.edge), tuple(alerts), sample
    )
    return _checked(prepared, settings)


def _calibration_line(sample: Recording) -> str:
    """Return the line to type for counts by channel, with what else it needs."""
    if suitability(sample).role == "calibration":
        return (
            "it looks like alpha-iron itself: name it for the spectra of its drive, type: spectrafit "
            f"fit mossbauer FILES --calibration {sample.source.name} --set orientation=1 (or -1)"
        )
    return (
        f"type: spectrafit fit mossbauer {sample.source.name} --calibration ALPHA_IRON_FILE "
        "--set orientation=1 (or -1); ALPHA_IRON_FILE is the raw alpha-iron run of the same drive; "
        f"orientation is {ORIENTATION}"
    )


def _scale(iron: Recording, settings: MossbauerSettings) -> Calibration:
    if "velocity" in iron.names:
        raise SettingsError(
            "a calibration needs counts by channel, the file has velocities",
            where=iron.name,
            do="name the raw alpha-iron run",
        )
    return _fitted_scale(iron, settings.convention, settings.drive, settings.edge)


@lru_cache(maxsize=16)
def _fitted_scale(iron: Recording, convention: str, drive: str, edge: int) -> Calibration:
    """Return the scale of one run, kept: it serves every spectrum of a series."""
    found = calibrated(channels_of(iron, edge), convention, None, drive)
    if not found.not_counts and found.reduced_chi2 > NO_SCALE:
        raise FitError(
            f"not two branches of alpha-iron: reduced chi2 {found.reduced_chi2:.0f}",
            where=iron.name,
            do='name a run of alpha-iron with both branches, or say drive = "sine" or "triangle"',
        )
    return found


def _nearest(
    scales: Sequence[tuple[Recording, Calibration]], channels: Channels
) -> tuple[Recording, Calibration]:
    """Return the calibration nearest in time; the first where dates are missing."""
    ages = [age_in_days(scale, channels.date) for _, scale in scales]
    known = [abs(age) if age is not None else np.inf for age in ages]
    return scales[int(np.argmin(known))]


def _orientation(
    scale: Calibration, settings: MossbauerSettings, references: Sequence[Recording]
) -> tuple[int | None, str]:
    """Return the orientation, declared or from a reference, and where it is from."""
    declared = settings.orientation
    if not references:
        return declared, "" if declared is None else "declared"
    (reference,) = references
    if settings.reference_IS is None:
        raise SettingsError(
            "a reference whose isomer shift is not given",
            where=reference.name,
            do="give it against alpha-iron, in mm/s: --set reference_IS=1.23",
        )
    found = orientation_from_reference(
        channels_of(reference, settings.edge), scale, settings.reference_IS
    )
    if declared is not None and declared != found:
        raise SettingsError(
            f"the orientation is declared as {declared}, the reference says {found}",
            where=reference.name,
            do="check the wiring and the sign of reference_IS, then leave one of them out",
        )
    return found, f"{reference.name}, isomer shift {settings.reference_IS:g} mm/s"


def _history(
    axis: Unfolded, calibration: Calibration, sample: Recording, orientation_from: str
) -> tuple[HistoryEntry, ...]:
    runs = sample.header.get("runs", "")
    settings = {
        "convention": calibration.convention,
        "orientation": calibration.orientation,
        "orientation_from": orientation_from,
        "drive": calibration.drive,
        "reduced_chi2": round(calibration.reduced_chi2, 4),
        "file": calibration.source.name,
        "sha256": calibration.source.sha256,
        "date": calibration.date,
        "inner_width_mm_s": calibration.widths[-1] if calibration.widths else None,
    }
    settings |= {name: calibration.value(name) for name in calibration.names}
    settings |= {f"{name}_sigma": calibration.sigma(name) for name in calibration.names}
    summing = (HistoryEntry("summed", {"runs": runs.splitlines()}),) if runs else ()
    return (*summing, HistoryEntry("velocity", settings), *axis.spectrum.history)


def _of_scales(scales: Sequence[Calibration], name: str, used: str) -> list[Alert]:
    found = []
    for one, other in pairwise(scales):
        change = drift(one, other)
        if change.notable:
            found.append(
                mossbauer_alert("MOS-108").alert(where=name, why=f"{change.text}; used: {used}")
            )
    return found


def _of_calibration(calibration: Calibration, channels: Channels, source: str) -> list[Alert]:
    name = calibration.source.name
    found = []
    hint = ""
    if source in IRON_AGAINST:
        told = source_hint(calibration, source)
        if told.contradicts:
            found.append(
                mossbauer_alert("MOS-101").alert(
                    where=name,
                    shift=told.shift,
                    source=told.source,
                    expected=IRON_AGAINST[source],
                )
            )
        if told.orientation is not None:
            hint = f"the shift against {told.source} points to {told.orientation}"
    if calibration.orientation is None:
        shift, _ = calibration.source_shift
        hint = hint or (
            f"with 1 the shift of alpha-iron against the source would be {shift:+.3f} mm/s "
            "(57Co in Rh: -0.11)"
        )
        found.append(mossbauer_alert("MOS-100").alert(where=channels.name, hint=hint))
    days = age_in_days(calibration, channels.date)
    if days is not None and abs(days) > OLD_DAYS:
        found.append(mossbauer_alert("MOS-107").alert(where=channels.name, days=abs(days)))
    if calibration.outliers:
        numbers = ", ".join(str(number) for number, _ in calibration.outliers)
        why = f"channels {numbers} lie beyond 4 standard deviations (reduced chi2 {calibration.reduced_chi2:.2f})"
        found.append(mossbauer_alert("MOS-112").alert(where=name, why=why))
    inner = calibration.pairs[-1] if calibration.pairs else None
    if inner is not None and inner.width - WIDTH_ERRORS * inner.width_sigma > INNER_WIDTH:
        why = f"the inner lines are {inner.width:.3f} mm/s wide, above {INNER_WIDTH} mm/s"
        found.append(mossbauer_alert("MOS-112").alert(where=name, why=why))
    return found


def _checked(prepared: PreparedSpectrum, settings: MossbauerSettings) -> PreparedSpectrum:
    axis, alerts = prepared.axis, list(prepared.alerts)
    if prepared.calibration is None and settings.orientation is None:
        alerts.append(
            mossbauer_alert("MOS-100").alert(
                where=axis.source_name, hint="the file's velocities do not say"
            )
        )
    if axis.not_counts:
        alerts.append(mossbauer_alert("MOS-110").alert(where=axis.source_name, why=axis.not_counts))
    return replace(prepared, alerts=tuple(alerts))
