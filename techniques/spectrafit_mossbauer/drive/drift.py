"""How a calibration ages: its days, and the change from one to another of the same drive."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from spectrafit.errors import SettingsError
from spectrafit_mossbauer.drive.scale import Calibration

__all__ = ["OLD_AFTER", "Drift", "age_in_days", "drift"]

OLD_AFTER = 30.0
"""Days after which a calibration is old: drives drift by a tenth of a per cent in months."""

_NOTABLE = 3.0


@dataclass(frozen=True)
class Drift:
    """Change between two calibrations of one drive.

    Parameters
    ----------
    scale, scale_sigma : float
        Relative change of the velocity per channel (of the amplitude, for a sine), with its error.
    centre, centre_sigma : float
        Change of the folding centre, in channels.
    shift, shift_sigma : float
        Change of the shift of alpha-iron against the source, in mm/s.
    days : float or None
        Between them; None where a date is missing.
    """

    scale: float
    scale_sigma: float
    centre: float
    centre_sigma: float
    shift: float
    shift_sigma: float
    days: float | None

    @property
    def notable(self) -> bool:
        """Whether any of the three changed beyond three standard errors."""
        changes = (
            (self.scale, self.scale_sigma),
            (self.centre, self.centre_sigma),
            (self.shift, self.shift_sigma),
        )
        return any(abs(change) > _NOTABLE * sigma for change, sigma in changes)

    @property
    def text(self) -> str:
        """The change in words."""
        when = "" if self.days is None else f" in {abs(self.days):.0f} days"
        return (
            f"the drive changed{when} by {100.0 * self.scale:+.2f} % in velocity "
            f"(standard error {100.0 * self.scale_sigma:.2f} %) and by {self.centre:+.2f} channel "
            f"in its centre ({self.centre_sigma:.2f})"
        )


def drift(first: Calibration, second: Calibration) -> Drift:
    """Return the change from one calibration to another of the same drive.

    Parameters
    ----------
    first, second : Calibration
        Of the same form, convention and number of channels.

    Returns
    -------
    Drift

    Raises
    ------
    SettingsError
        When they differ in those.
    """
    for word, one, other in (
        ("drive", first.drive, second.drive),
        ("convention", first.convention, second.convention),
        ("channels", first.channels, second.channels),
    ):
        if one != other:
            raise SettingsError(
                f"two calibrations differ in {word}: {one} and {other}",
                where=second.source.name,
                do="compare calibrations of one drive, made alike",
            )
    scale, place = first.names[:2]
    ratio = second.value(scale) / first.value(scale)
    relative = math.hypot(
        first.sigma(scale) / first.value(scale), second.sigma(scale) / second.value(scale)
    )
    before, after = first.source_shift, second.source_shift
    dated = first.date and second.date
    return Drift(
        ratio - 1.0,
        ratio * relative,
        second.centre - first.centre,
        math.hypot(first.sigma(place), second.sigma(place)),
        after[0] - before[0],
        math.hypot(after[1], before[1]),
        age_in_days(first, second.date) if dated else None,
    )


def age_in_days(calibration: Calibration, when: str) -> float | None:
    """Return how old a calibration is.

    Parameters
    ----------
    calibration : Calibration
        With or without a date.
    when : str
        In ISO 8601; empty where it is not known.

    Returns
    -------
    float or None
        Days, negative for a calibration made later; None where a date is missing.

    Raises
    ------
    SettingsError
        For a date that is not ISO 8601.
    """
    if not (calibration.date and when):
        return None
    span = _moment(when) - _moment(calibration.date)
    return span.total_seconds() / 86400.0


def _moment(text: str) -> datetime:
    try:
        # a place far from Greenwich shifts a day at most: of no account against a month
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise SettingsError(f"the date {text!r}", do="write it like 2025-06-24") from None
