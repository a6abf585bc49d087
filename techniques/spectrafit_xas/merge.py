"""Repeated scans merged into one, with the larger of what their counts and their scatter say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.history import HistoryEntry
from spectrafit.recording import Recording, joint_origin
from spectrafit.series import SpectrumSeries
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.absorption import AbsorptionRoles, absorption_spectrum
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.settings import XanesSettings

__all__ = ["Merged", "deviating_scans", "merged_scans", "merged_spectrum"]

FEWEST_TO_JUDGE = 3
OUTLIER_MAD = 5.0
OUTLIER_TIMES = 1.5
MAD_OF_NORMAL = 1.4826
LOCAL_POINTS = 15
LOCAL_FREEDOM = 60
SCATTER_TOLD = 1.2


@dataclass(frozen=True, eq=False)
class Merged:
    """The mean of several scans.

    Parameters
    ----------
    spectrum : Spectrum
        On the points that all share, with the standard uncertainty of the mean.
    deviating : tuple of (str, float)
        Scans that deviate from the others, and how many times as far as the median scan.
    left_out : tuple of str
        Those of them that are not in the mean.
    scatter_factor : float
        Typical factor by which the scatter of the scans widened the errors of their counts: the
        median over the points.
    interpolated : tuple of str
        Scans that were interpolated on to the common points.
    """

    spectrum: Spectrum
    deviating: tuple[tuple[str, float], ...] = ()
    left_out: tuple[str, ...] = ()
    scatter_factor: float = 1.0
    interpolated: tuple[str, ...] = ()


def merged_scans(
    recordings: Sequence[Recording], settings: XanesSettings
) -> tuple[Spectrum, AbsorptionRoles, tuple[Alert, ...]]:
    """Return the merged mu of several scans with its point errors.

    Parameters
    ----------
    recordings : sequence of Recording
        At least two scans of one sample under one condition.
    settings : XanesSettings
        Signal, columns, and whether deviating scans are left out.

    Returns
    -------
    spectrum : Spectrum
        Energy in eV, mu without unit.
    roles : AbsorptionRoles
        What was used, the same in all.
    alerts : tuple of Alert
        Of each scan, and of the merge.

    Raises
    ------
    SpectrafitError
        When the scans were not recorded alike, or two hold the same numbers.
    """
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
    return spectrum, made[0][1], of_scans + _merge_alerts(found, len(made), source.name)


def merged_spectrum(spectra: Sequence[Spectrum], *, leave_out: bool = False) -> Merged:
    """Return the weighted mean of spectra on the points that they share.

    Parameters
    ----------
    spectra : sequence of Spectrum
        At least two, in the same units.
    leave_out : bool
        Whether those that deviate from the others are left out; they are named either way.

    Returns
    -------
    Merged

    Raises
    ------
    SpectrafitError
        When two of them are copies, or they share no range.

    Notes
    -----
    Weights are 1/(mean sigma^2) of each scan, and equal where a sigma is not known. They are not
    taken point by point: the sigma of counts falls with a chance dip of the counts, so that dips
    would weigh more. The errors of the mean, propagated from the counts, are multiplied by the
    square root of chi2 over the scans against its median for n - 1 degrees of freedom, a running
    median over 15 points (over more where the scans are few, so that it holds 60 degrees of
    freedom), where that is above 1 (the scale factor of the Particle Data Group, taken locally).
    Without sigmas the scatter alone gives the error. Interpolated points keep the sigma of a
    measured one: averaging neighbours correlates them, it adds no information.
    """
    _refuse_copies(spectra)
    stack = SpectrumSeries(tuple(spectra), condition="").stack()
    names = [spectrum.source.name for spectrum in spectra]
    sigma = None
    if stack.sigma is not None:
        sigma = np.array([np.interp(stack.x, s.x, s.sigma) for s in spectra if s.sigma is not None])
    far = deviating_scans(stack.y, sigma)
    left = np.array([leave_out and i in far for i in range(len(spectra))], dtype=bool)
    y, kept_sigma = stack.y[~left], None if sigma is None else sigma[~left]
    mean, error, factor = _mean(y, kept_sigma)
    interpolated = tuple(
        name
        for name, spectrum in zip(names, spectra, strict=True)
        if not np.isin(stack.x, spectrum.x).all()
    )
    origin = _origin(len(y), kept_sigma, error, factor)
    entry = HistoryEntry(
        "merge",
        {
            "scans": names,
            "sha256": [spectrum.source.sha256 for spectrum in spectra],
            "left_out": [name for name, out in zip(names, left, strict=True) if out],
            "deviating": [names[i] for i in far],
            "weights": "equal" if sigma is None else "1/mean sigma^2 of each scan",
            "sigma": origin,
            "interpolated": list(interpolated),
            "points": int(stack.x.size),
        },
    )
    first = spectra[0]
    merged = Spectrum(
        stack.x,
        mean,
        error,
        first.x_unit,
        first.y_unit,
        origin,
        first.conditions,
        first.source,
        (*first.history, entry),
    )
    return Merged(
        merged,
        tuple((names[i], times) for i, times in far.items()),
        tuple(entry.settings["left_out"]),
        factor,
        interpolated,
    )


def deviating_scans(y: FloatArray, sigma: FloatArray | None) -> dict[int, float]:
    """Return which scans deviate from the median of all, and how far against the median scan.

    Parameters
    ----------
    y : ndarray, shape (N, n)
        A row a scan, on common points.
    sigma : ndarray, shape (N, n), or None
        Standard uncertainties; the scatter of the scans serves where they are not known.

    Returns
    -------
    dict of int to float
        Rows whose rms distance from the median, in sigma, is above that of the median scan by more
        than 5 times 1.4826 median absolute deviations and by half. None of fewer than three scans:
        of two nobody can say which deviates.
    """
    if len(y) < FEWEST_TO_JUDGE:
        return {}
    apart = y - np.median(y, axis=0)
    scale = sigma
    if scale is None:
        scale = _running_median(MAD_OF_NORMAL * np.median(np.abs(apart), axis=0), LOCAL_POINTS)
        scale = np.where(scale > 0, scale, np.inf)
    distance = np.sqrt(np.mean((apart / scale) ** 2, axis=1))
    middle = float(np.median(distance))
    width = MAD_OF_NORMAL * float(np.median(np.abs(distance - middle)))
    limit = max(middle + OUTLIER_MAD * width, OUTLIER_TIMES * middle)
    return {
        int(i): float(distance[i] / middle) if middle > 0 else float("inf")
        for i in np.flatnonzero(distance > limit)
    }


def _mean(y: FloatArray, sigma: FloatArray | None) -> tuple[FloatArray, FloatArray | None, float]:
    """Return mean, its standard uncertainty, and the typical factor that the scatter made."""
    from scipy.special import chdtri

    freedom = len(y) - 1
    typical = float(chdtri(freedom, 0.5))  # the median of chi2
    points = max(LOCAL_POINTS, LOCAL_FREEDOM // freedom | 1)
    if sigma is None:
        mean = y.mean(axis=0)
        squares = _running_median(((y - mean) ** 2).sum(axis=0), points) / typical
        error = np.sqrt(squares / len(y))
        return mean, error if (error > 0).all() else None, 1.0
    weight = 1.0 / np.mean(sigma**2, axis=1)
    weight = (weight / weight.sum())[:, None]
    mean = (weight * y).sum(axis=0)
    error = np.sqrt((weight**2 * sigma**2).sum(axis=0))
    chi2 = _running_median((((y - mean) / sigma) ** 2).sum(axis=0), points)
    factor = np.sqrt(np.maximum(1.0, chi2 / typical))
    return mean, error * factor, float(np.median(factor))


def _origin(count: int, sigma: FloatArray | None, error: FloatArray | None, factor: float) -> str:
    """Return in words where the errors of the mean come from."""
    if sigma is None:
        return "the scans do not scatter" if error is None else f"scatter of {count} scans"
    widened = f", widened by their scatter, {factor:.2f} times at the median point"
    return f"counts of {count} scans" + (widened if factor > SCATTER_TOLD else "")


def _running_median(values: FloatArray, points: int) -> FloatArray:
    from scipy.ndimage import median_filter

    return np.asarray(median_filter(values, points, mode="nearest"), dtype=np.float64)


def _refuse_copies(spectra: Sequence[Spectrum]) -> None:
    for one, other in combinations(spectra, 2):
        if np.array_equal(one.x, other.x) and np.array_equal(one.y, other.y):
            names = f"{one.source.name} and {other.source.name}"
            raise SpectrafitError(
                f"{names} hold the same numbers: copies are no repeats",
                do="leave one out with [[measurement.except]]",
            )


def _merge_alerts(found: Merged, count: int, where: str) -> tuple[Alert, ...]:
    alerts = tuple(
        xas_alert("XAS-127").alert(
            where=where,
            scan=name,
            times=times,
            count=count,
            what="it was left out" if name in found.left_out else "it is in the mean",
        )
        for name, times in found.deviating
    )
    if found.scatter_factor > SCATTER_TOLD:
        alerts += (xas_alert("XAS-128").alert(where=where, factor=found.scatter_factor),)
    if found.interpolated:
        alerts += (
            xas_alert("XAS-129").alert(
                where=where, names=", ".join(found.interpolated), points=len(found.spectrum)
            ),
        )
    return alerts
