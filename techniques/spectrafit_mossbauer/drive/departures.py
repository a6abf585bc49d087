"""Tests of a drive against the ideal one: branches of unequal slope, a square, a cube of the velocity."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spectrafit_mossbauer.drive.calibration import count_unit
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.drive.conventions import convention
from spectrafit_mossbauer.drive.iron_fit import fitted_iron
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.drive.velocity import TERMS, Term

__all__ = ["ACCEPTED_FROM", "DriveTest", "drive_tests"]

ACCEPTED_FROM = 10.8
"""Fall of chi2 that one more parameter must bring: chance gives it once in a thousand spectra."""


@dataclass(frozen=True, eq=False)
class DriveTest:
    """A fit of alpha-iron with one departure from the ideal drive.

    Parameters
    ----------
    term : str
        "branches", "square" or "cube".
    name, unit : str
        Of the parameter.
    value : float
        Fitted.
    sigma : float or None
        Its standard error; None where the fit gives none.
    chi2_drop : float
        By how much chi2 falls against the ideal drive.
    """

    term: Term
    name: str
    unit: str
    value: float
    sigma: float | None
    chi2_drop: float

    @property
    def accepted(self) -> bool:
        """Whether the spectrum demands the term."""
        return self.chi2_drop > ACCEPTED_FROM


def drive_tests(channels: Channels, calibration: Calibration) -> tuple[DriveTest, ...]:
    """Return what each departure from the ideal drive does to the fit, one at a time.

    Parameters
    ----------
    channels : Channels
        The spectrum of alpha-iron of the calibration.
    calibration : Calibration
        Of the ideal drive.

    Returns
    -------
    tuple of DriveTest
    """
    asked, unit = convention(calibration.convention), count_unit(channels)
    found = []
    for term, (name, unit_of_term) in TERMS.items():
        form = replace(calibration.form, term=term)
        start = [*map(float, calibration.values[:3]), 0.0]
        fit = fitted_iron(channels, form, asked, calibration.centre, start, unit)
        full = f"iron.{name}"
        found.append(
            DriveTest(
                term,
                name,
                unit_of_term,
                fit.result.value(full),
                fit.result.sigma(full),
                float(np.subtract(calibration.chi2, fit.result.chi2)),
            )
        )
    return tuple(found)
