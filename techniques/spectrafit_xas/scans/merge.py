"""Repeated scans merged into one, with the larger of what their counts and their scatter say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry
from spectrafit.series import SpectrumSeries
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.scans.odd_scans import deviating_scans, running_median, without_copies

__all__ = [
    "Merged",
    "interpolation_length",
    "merge_alerts",
    "merged_spectrum",
]

LOCAL_POINTS = 15
LOCAL_FREEDOM = 60
SCATTER_TOLD = 1.2
FEWEST_TO_LEAVE_OUT = 6
OUTLIER_P = 1e-3
FEWEST_FOR_NORMAL = 5
UNCORRELATED = 0.05
ONE_SIGMA = 0.8413447


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
    correlation_points : float
        Correlation length of the errors along the energy axis that interpolation makes, in points;
        1 where nothing was interpolated.
    """

    spectrum: Spectrum
    deviating: tuple[tuple[str, float], ...] = ()
    left_out: tuple[str, ...] = ()
    scatter_factor: float = 1.0
    interpolated: tuple[str, ...] = ()
    correlation_points: float = 1.0


def merged_spectrum(spectra: Sequence[Spectrum], *, leave_out: bool = False) -> Merged:
    """Return the weighted mean of spectra on the points that they share.

    Parameters
    ----------
    spectra : sequence of Spectrum
        At least two, in the same units.
    leave_out : bool
        Whether those that deviate from the others are left out; they are named either way, and
        only of six scans or more is one left out, by chance in fewer than one of 1000 merges.

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
    Without sigmas the scatter alone gives the error. Of fewer than five scans what the scatter adds
    is multiplied by Student's factor, for as many degrees of freedom as the scans and the points of
    the running median, less their correlation, make up. Interpolated points keep the sigma of a
    measured one: averaging neighbours correlates them, it adds no information; the correlation
    length says over how many points.
    """
    _refuse_copies(spectra)
    stack = SpectrumSeries(tuple(spectra), condition="").stack()
    names = [spectrum.source.name for spectrum in spectra]
    sigma = None
    if stack.sigma is not None:
        sigma = np.array([np.interp(stack.x, s.x, s.sigma) for s in spectra if s.sigma is not None])
    far = deviating_scans(stack.y, sigma)
    enough = leave_out and len(spectra) >= FEWEST_TO_LEAVE_OUT
    left = np.array(
        [enough and i in far and far[i][1] < OUTLIER_P for i in range(len(spectra))], dtype=bool
    )
    y, kept_sigma = stack.y[~left], None if sigma is None else sigma[~left]
    mean, error, factor = _mean(y, kept_sigma)
    interpolated = tuple(
        name
        for name, spectrum in zip(names, spectra, strict=True)
        if not np.isin(stack.x, spectrum.x).all()
    )
    length = float(np.mean([interpolation_length(one.x, stack.x) for one in spectra]))
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
            "correlation_points": length,
            "deviation_p": [far[i][1] for i in far],
            "removed_eV": [_removed(one) for one in spectra],
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
        tuple((names[i], times) for i, (times, _) in far.items()),
        tuple(entry.settings["left_out"]),
        factor,
        interpolated,
        length,
    )


def _removed(spectrum: Spectrum) -> list[float]:
    """Return the energies that the steps before took out of a scan, as glitch or unsettled."""
    taken: list[float] = []
    for entry in spectrum.history:
        if entry.step == "deglitch":
            taken += entry.settings["energies_eV"]
        elif entry.step == "set aside":
            taken.append(entry.settings["energy_eV"])
    return taken


def interpolation_length(x: FloatArray, grid: FloatArray) -> float:
    """Return over how many points linear interpolation correlates the errors.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Measured energies.
    grid : ndarray, shape (m,)
        Those interpolated on, inside the measured ones.

    Returns
    -------
    float
        1 + 2 rho, rho being the mean correlation of neighbours; 1 where the points coincide.
    """
    left = np.clip(np.searchsorted(x, grid, side="right") - 1, 0, x.size - 2)
    share = (grid - x[left]) / (x[left + 1] - x[left])
    own = (1.0 - share) ** 2 + share**2
    same = left[1:] == left[:-1]
    next_one = left[1:] == left[:-1] + 1
    joint = np.where(same, (1.0 - share[:-1]) * (1.0 - share[1:]) + share[:-1] * share[1:], 0.0)
    joint = np.where(next_one, share[:-1] * (1.0 - share[1:]), joint)
    if not joint.size:
        return 1.0
    return 1.0 + 2.0 * float(np.mean(joint / np.sqrt(own[1:] * own[:-1])))


def _mean(y: FloatArray, sigma: FloatArray | None) -> tuple[FloatArray, FloatArray | None, float]:
    """Return mean, its standard uncertainty, and the typical factor that the scatter made."""
    from scipy.special import chdtri

    freedom = len(y) - 1
    typical = float(chdtri(freedom, 0.5))  # the median of chi2
    points = max(LOCAL_POINTS, LOCAL_FREEDOM // freedom | 1)
    if sigma is None:
        mean = y.mean(axis=0)
        squares = running_median(((y - mean) ** 2).sum(axis=0), points) / typical
        error = np.sqrt(squares / len(y)) * _student(y - mean, points)
        return mean, error if (error > 0).all() else None, 1.0
    weight = 1.0 / np.mean(sigma**2, axis=1)
    weight = (weight / weight.sum())[:, None]
    mean = (weight * y).sum(axis=0)
    error = np.sqrt((weight**2 * sigma**2).sum(axis=0))
    chi2 = running_median((((y - mean) / sigma) ** 2).sum(axis=0), points)
    excess = np.maximum(1.0, chi2 / typical) - 1.0
    factor = np.sqrt(1.0 + _student((y - mean) / sigma, points) ** 2 * excess)
    return mean, error * factor, float(np.median(factor))


def _student(apart: FloatArray, points: int) -> float:
    """Return Student's factor for 68 % of a scatter seen in few scans over some points.

    Neighbouring points add to its degrees of freedom only as far as their errors are independent:
    scans that are displaced as a whole have n - 1 of them, however many points there are.
    """
    from scipy.special import stdtrit

    scans = len(apart)
    if scans >= FEWEST_FOR_NORMAL:
        return 1.0
    centred = apart - apart.mean(axis=0)
    power = float(np.mean(centred**2))
    if power == 0.0:
        return 1.0
    total, most = 1.0, min(points, apart.shape[1] - 1)
    for lag in range(1, most):
        correlation = float(np.mean(centred[:, lag:] * centred[:, :-lag])) / power
        if correlation < UNCORRELATED:
            break
        total += 2.0 * correlation
    freedom = (scans - 1) * max(1.0, min(points, apart.shape[1]) / total)
    return float(stdtrit(freedom, ONE_SIGMA))


def _origin(count: int, sigma: FloatArray | None, error: FloatArray | None, factor: float) -> str:
    """Return in words where the errors of the mean come from."""
    if sigma is None:
        return "the scans do not scatter" if error is None else f"scatter of {count} scans"
    widened = f", widened by their scatter, {factor:.2f} times at the median point"
    return f"counts of {count} scans" + (widened if factor > SCATTER_TOLD else "")


def _refuse_copies(spectra: Sequence[Spectrum]) -> None:
    _, copies = without_copies(spectra)
    if copies:
        raise SpectrafitError(
            f"{copies[0][0]} and {copies[0][1]} hold the same numbers: copies are no repeats",
            do="leave one out with [[measurement.except]]",
        )


def merge_alerts(found: Merged, count: int, where: str) -> tuple[Alert, ...]:
    """Return what is to be known of a merged spectrum.

    Parameters
    ----------
    found : Merged
        The mean.
    count : int
        Scans it was made of.
    where : str
        Its name.

    Returns
    -------
    tuple of Alert
    """
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
