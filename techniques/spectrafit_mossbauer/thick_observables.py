"""What the transmission integral says of a doublet, beside the thin absorber."""

from __future__ import annotations

import math
from collections.abc import Mapping

from spectrafit.observable import Observable
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.absorption.thickness import fit_thick
from spectrafit_mossbauer.settings import MossbauerSettings

__all__ = ["THICK", "thick_observables"]

THICK: Mapping[str, tuple[str, str]] = {
    "thick_IS": ("center", "mm/s"),
    "thick_QS": ("splitting", "mm/s"),
    "thick_width": ("fwhm", "mm/s"),
    "t_a": ("thickness", "1"),
}
"""Quantities of the transmission integral: its parameter and unit."""


def thick_observables(
    fitted: FittedSites, settings: MossbauerSettings, thin: Mapping[str, Observable]
) -> tuple[Observable, ...]:
    """Return shift, splitting, absorber width and effective thickness by the transmission integral.

    Parameters
    ----------
    fitted : FittedSites
        The thin fit of one doublet.
    settings : MossbauerSettings
        With the measured non-resonant share; without it there is nothing to say.
    thin : mapping of str to Observable
        Those of the thin fit by key: the calibration's part of an error is theirs.

    Returns
    -------
    tuple of Observable

    Raises
    ------
    SettingsError
        For a share outside 0 to 1, or other sites than one doublet of Lorentzians.
    """
    if settings.non_resonant is None:
        return ()
    result = fit_thick(fitted, settings.non_resonant)
    spectrum = fitted.axis.spectrum
    found = []
    for name, (parameter, unit) in THICK.items():
        full = f"site1.{parameter}"
        own = thin.get(f"mossbauer.{name.removeprefix('thick_')}")
        counts = result.sigma(full) if not result.sigma_reason(full) else None
        drive = own.budget.get("calibration", 0.0) if own is not None else 0.0
        budget = {} if counts is None else {"counts": counts}
        if counts is not None and drive > 0.0:
            budget["calibration"] = drive
        stated = dict(own.conventions) if own is not None else {}
        found.append(
            Observable(
                f"mossbauer.{name}", unit, value=result.value(full),
                sigma=None if counts is None else math.hypot(counts, drive),
                sigma_reason=result.sigma_reason(full), budget=budget,
                conventions={
                    **stated,
                    "absorber": f"transmission integral, non-resonant share {settings.non_resonant:g}",
                    "reduced_chi2": round(result.chi2 / max(1, result.nfree), 4),
                },
                conditions=spectrum.conditions, source=spectrum.source, history=spectrum.history,
            )
        )  # fmt: skip
    return tuple(found)
