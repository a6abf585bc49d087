"""How many peaks a pre-edge has: BIC on the effective number of points, and guards on every peak."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.fit.compare import aicc_of, count_best, count_table, effective_count
from spectrafit.fit.problem import ParameterChange
from spectrafit.fit.result import Flag
from spectrafit.lines import Model
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.preedge.model import PreedgeFit, fitted_preedge, peak_starts
from spectrafit_xas.settings import XanesSettings

if TYPE_CHECKING:
    from spectrafit_xas.preedge.emphasis import Emphasis

__all__ = ["FEWEST_POINTS", "WEAK", "PeakCount", "counted_peaks", "faults_of", "peak_faults"]

AREA_ERRORS = 3.0
AREA_SHARE = 0.03
SEPARATION_FWHM = 0.35
FEWEST_POINTS = 9
POINTS_A_PEAK = 3
WEAK = "is below 3 standard errors"


@dataclass(frozen=True, eq=False)
class PeakCount:
    """The fits of one to several peaks and which of them is taken.

    Parameters
    ----------
    fits : mapping of int to PreedgeFit
        By number of peaks.
    bic, aicc : mapping of int to float
        On the effective number of points; AICc is None where there are too few of them.
    faults : mapping of int to tuple of str
        Why a fit's peaks do not all count; empty where they do.
    shares : mapping of int to float
        Weight exp(-dBIC/2) among the fits without faults.
    effective_points : float
        Points divided by the correlation length of the residual.
    best : int
        The number taken.
    chosen_by : str
        ``"BIC"``, ``"set"``, or in words who decided for it.
    emphasis : Emphasis or None
        With which the fit that is taken was refined.
    """

    fits: Mapping[int, PreedgeFit]
    bic: Mapping[int, float]
    aicc: Mapping[int, float | None]
    faults: Mapping[int, tuple[str, ...]]
    shares: Mapping[int, float]
    effective_points: float
    best: int
    chosen_by: str
    emphasis: Emphasis | None = None

    @property
    def fit(self) -> PreedgeFit:
        """The fit that is taken."""
        return self.fits[self.best]


def peak_faults(found: PreedgeFit) -> tuple[str, ...]:
    """Return why the peaks of a fit do not all count.

    Parameters
    ----------
    found : PreedgeFit
        A fit.

    Returns
    -------
    tuple of str
        One sentence a fault: a parameter on a bound, an area below 3 standard errors or below
        3 % of the whole, two peaks closer than 0.35 FWHM, a peak so close to an end of the window
        that it cannot be told from the rising edge; empty where every peak counts.
    """
    result = found.result
    flags = (Flag.CALL_LIMIT, Flag.SINGULAR, Flag.NOT_POSITIVE_DEFINITE)
    stopped = [flag.value.replace("_", " ") for flag in flags if flag in result.flags]
    sigmas = {name: result.sigma(name) for name in result.names}
    ends = float(found.spectrum.x[0]), float(found.spectrum.x[-1])
    return (
        *stopped,
        *faults_of(found.model, found.peaks, found.values, sigmas, result.at_bound, ends),
    )


def faults_of(
    model: Model,
    peaks: Sequence[str],
    values: Mapping[str, float],
    sigmas: Mapping[str, float | None],
    on_bound: Collection[str],
    window_eV: tuple[float, float],
) -> tuple[str, ...]:
    """Return why some fitted peaks do not all count.

    Parameters
    ----------
    model : Model
        Peaks and background.
    peaks : sequence of str
        Component names, by rising centre.
    values : mapping of str to float
        Fitted parameters.
    sigmas : mapping of str to float
        Their standard errors, None where there is none.
    on_bound : collection of str
        Parameters on a bound.
    window_eV : tuple of float
        First and last energy that was fitted.

    Returns
    -------
    tuple of str
    """
    faults = [f"{name} on its bound" for name in on_bound if name.startswith("peak")]
    areas = {name: model.component(name).area(values) for name in peaks}
    total = sum(areas.values())
    for name in peaks:
        amplitude = f"{name}.{model.component(name).line.amplitude}"
        sigma = sigmas[amplitude]
        if sigma is not None and values[amplitude] < AREA_ERRORS * sigma:
            faults.append(f"{name} {WEAK}")
        if total > 0 and areas[name] < AREA_SHARE * total:
            faults.append(f"{name} holds {100 * areas[name] / total:.1f} % of the area")
    low, high = window_eV
    for name in peaks:
        center, width = values[f"{name}.center"], values[f"{name}.fwhm"]
        if center - width < low or center + width > high:
            faults.append(f"{name} is less than its FWHM from an end of the window")
    for left, right in pairwise(peaks):
        gap = values[f"{right}.center"] - values[f"{left}.center"]
        width = 0.5 * (values[f"{left}.fwhm"] + values[f"{right}.fwhm"])
        if gap < SEPARATION_FWHM * width:
            faults.append(f"{left} and {right} are {gap:.2f} eV apart")
    return tuple(faults)


def counted_peaks(
    spectrum: Spectrum,
    settings: XanesSettings,
    window_eV: tuple[float, float],
    parameters: Mapping[str, ParameterChange] | None = None,
) -> PeakCount:
    """Return fits of one to `max_peaks` peaks and the number that the data ask for.

    One more peak is taken only where BIC falls by the margin for each and every peak counts.

    Parameters
    ----------
    spectrum : Spectrum
        The points of the window, normalised.
    settings : XanesSettings
        Number, shape, background, margin.
    window_eV : tuple of float
        The fit window.
    parameters : mapping of str to ParameterChange, optional
        What the user changes; those of a peak that a fit does not have are left out of it.

    Returns
    -------
    PeakCount

    Raises
    ------
    SpectrafitError
        When the window holds too few points for one peak, or for the number that was set.
    """
    candidates = peak_starts(spectrum, settings)
    most = settings.peaks or settings.max_peaks
    fits: dict[int, PreedgeFit] = {}
    needed = 0
    for count in range(1, most + 1):
        needed = POINTS_A_PEAK * (count - 1) + FEWEST_POINTS
        if len(spectrum) < needed:
            break
        if settings.peaks and settings.centers_eV and count < settings.peaks:
            continue
        starts = _start_sets(candidates, count, fits.get(count - 1), spectrum)
        user = {
            name: change
            for name, change in (parameters or {}).items()
            if not name.startswith("peak") or int(_peak_number(name)) <= count
        }
        fits[count] = fitted_preedge(
            spectrum,
            settings,
            count,
            settings.background,
            window_eV,
            starts=starts,
            parameters=user,
        )
    if not fits or (settings.peaks and settings.peaks not in fits):
        raise SpectrafitError(
            f"{len(spectrum)} points between {window_eV[0]:g} and {window_eV[1]:g} eV",
            where=spectrum.source.name,
            do=f"a fit of {most if settings.peaks else 1} peaks needs at least {needed}",
        )
    faults = {count: peak_faults(found) for count, found in fits.items()}
    n_eff = _effective_points(fits, faults)
    faulty = [count for count, why in faults.items() if why]
    rows = count_table({n: found.result for n, found in fits.items()}, n_eff, faulty=faulty)
    bic = {row.count: row.bic for row in rows}
    aicc = {n: aicc_of(found.result, n_eff) for n, found in fits.items()}
    if settings.peaks:
        best, chosen_by = settings.peaks, "set"
    else:
        best, chosen_by = count_best(rows, margin=settings.bic_margin), "BIC"
    return PeakCount(fits, bic, aicc, faults, _shares(bic, faults, best), n_eff, best, chosen_by)


def _peak_number(name: str) -> str:
    digits = name.partition(".")[0].removeprefix("peak")
    return digits if digits.isdigit() else "1"


def _start_sets(
    candidates: tuple[float, ...], count: int, smaller: PreedgeFit | None, spectrum: Spectrum
) -> list[tuple[float, ...]]:
    sets: list[tuple[float, ...]] = []
    if len(candidates) >= count:
        sets.append(candidates[:count])
    if smaller is not None:
        kept = [smaller.values[f"{name}.center"] for name in smaller.peaks]
        sets.append((*kept, _largest_residual(smaller, kept)))
        if count == 2:
            width = smaller.values["peak1.fwhm"]
            sets.append((kept[0] - width / 3, kept[0] + width / 3))
    elif not sets:
        low, high = float(spectrum.x[0]), float(spectrum.x[-1])
        sets.append(tuple(np.linspace(low, high, count + 2)[1:-1]))
    return sets


def _largest_residual(smaller: PreedgeFit, taken: list[float]) -> float:
    x, residual = smaller.spectrum.x, smaller.residual
    width = smaller.values["peak1.fwhm"]
    inner = (x > x[0] + 0.3 * width) & (x < x[-1] - 0.3 * width)
    kernel = np.exp(-0.5 * ((x[:, None] - x) / (0.25 * width)) ** 2)
    smooth: FloatArray = kernel @ residual / kernel.sum(axis=1)
    return float(x[np.argmax(np.where(inner, smooth, -np.inf))])


def _effective_points(
    fits: Mapping[int, PreedgeFit], faults: Mapping[int, tuple[str, ...]]
) -> float:
    clean = [count for count in fits if not faults[count]]
    reference = fits[max(clean)] if clean else fits[max(fits)]
    sigma = reference.spectrum.sigma
    scaled = reference.residual if sigma is None else reference.residual / sigma
    return effective_count(scaled)


def _shares(
    bic: Mapping[int, float], faults: Mapping[int, tuple[str, ...]], best: int
) -> dict[int, float]:
    allowed = {count: value for count, value in bic.items() if not faults[count] or count == best}
    least = min(allowed.values())
    weights = {count: float(np.exp(-0.5 * (value - least))) for count, value in allowed.items()}
    total = sum(weights.values())
    return {count: weights.get(count, 0.0) / total for count in bic}
