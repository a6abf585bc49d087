"""Repeated scans extrapolated to zero dose, point by point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.history import HistoryEntry
from spectrafit.series import SpectrumSeries
from spectrafit.spectrum import FloatArray, Spectrum

__all__ = ["at_zero_dose"]

FEWEST = 4
FIRST_DOSE = 0.5


def at_zero_dose(spectra: Sequence[Spectrum], dose: FloatArray | None = None) -> Spectrum:
    """Return the spectrum that a drifting sample had before the first scan.

    Parameters
    ----------
    spectra : sequence of Spectrum
        At least four, in the order of time.
    dose : ndarray, shape (n,), optional
        Mean dose of each scan; when not given, half a scan for the first and one more for each.

    Returns
    -------
    Spectrum
        Intercept of the least-squares line through the scans at every point, its standard
        uncertainty from the point errors where all scans have them, else from the median residual
        of the lines.

    Raises
    ------
    SettingsError
        When there are fewer than four scans.
    """
    if len(spectra) < FEWEST:
        raise SettingsError(
            f"{len(spectra)} scans allow no extrapolation to zero dose",
            where="$.settings.on_drift",
            do=f'at least {FEWEST} are needed; take "keep leading"',
        )
    stack = SpectrumSeries(tuple(spectra), condition="").stack()
    at = np.arange(len(spectra)) + FIRST_DOSE if dose is None else np.asarray(dose)
    maps = np.linalg.pinv(np.column_stack((np.ones(at.size), at)))
    solved = maps @ stack.y
    if stack.sigma is not None:
        sigma, origin = np.sqrt(maps[0] ** 2 @ stack.sigma**2), spectra[0].sigma_origin
    else:
        rest = stack.y - solved[0] - at[:, None] * solved[1]
        variance = float(np.median(np.sum(rest**2, axis=0))) / (at.size - 2)
        sigma = np.full(stack.x.size, np.sqrt(variance * float(np.sum(maps[0] ** 2))))
        origin = f"scatter of {len(spectra)} scans about their drift"
    first = spectra[0]
    entry = HistoryEntry(
        "zero dose",
        {
            "scans": [one.source.name for one in spectra],
            "sha256": [one.source.sha256 for one in spectra],
            "dose": at.tolist(),
            "points": int(stack.x.size),
        },
    )
    return Spectrum(
        stack.x,
        solved[0],
        sigma if (sigma > 0).all() else None,
        first.x_unit,
        first.y_unit,
        origin,
        first.conditions,
        first.source,
        (*first.history, entry),
    )
