"""Local fits of neighbouring bands: pseudo-Voigts and a straight line, mixing as the data allow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.fit.result import FitResult
from spectrafit.fit.single import fit
from spectrafit.lines.line import Model
from spectrafit.lines.polynomial import Polynomial
from spectrafit.lines.pseudo_voigt import PseudoVoigtByHeight
from spectrafit.spectrum import FloatArray, Spectrum

__all__ = ["BandStart", "ClusterFit", "FittedBand", "fit_cluster", "sketched_bands"]

# standard deviation of a mixing of which nothing is known but that it is from 0 to 1
_UNKNOWN_MIXING = 1.0 / math.sqrt(12.0)
# heights in errors from which the search frees a mixing, its most calls and tolerance
_STRONG, _SKETCHED, _LOOSE = 20.0, 60, 1e-4
# FWHM between these multiples of its start: a band does not become its own ground
# height over the range of the data: beyond it bands only cancel each other
_TALLEST = 1.5
_NARROWER, _WIDER = 0.3, 3.0


@dataclass(frozen=True)
class BandStart:
    """Where a fit of a band starts.

    Parameters
    ----------
    position, fwhm : float
        cm-1.
    height : float
        Absorbance, signed.
    mixing : float
        Lorentzian share of the height.
    """

    position: float
    fwhm: float
    height: float
    mixing: float = 0.5


@dataclass(frozen=True)
class FittedBand:
    """A band of a local fit; an error is a number, or not a number with a reason.

    Parameters
    ----------
    position, fwhm, height, area, mixing : tuple of float
        Value and standard error: cm-1, cm-1, absorbance, absorbance cm-1, 1. Where the data do not
        tell the mixing it is held at 0.5 and the area's error holds that.
    reasons : mapping of str to str
        Why a quantity has no error.
    """

    position: tuple[float, float]
    fwhm: tuple[float, float]
    height: tuple[float, float]
    area: tuple[float, float]
    mixing: tuple[float, float]
    reasons: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class ClusterFit:
    """Bands fitted together.

    Parameters
    ----------
    bands : tuple of FittedBand
        In the order of the starts.
    window : tuple of int
        First and past the last point.
    curve : ndarray, shape (n,)
        Bands without the line, on the whole axis.
    ground : ndarray, shape (k,)
        The line on the points of the window.
    chi2 : float
        With the noise given.
    reduced_chi2 : float
        Where above 1 the errors are widened by its root.
    """

    bands: tuple[FittedBand, ...]
    window: tuple[int, int]
    curve: FloatArray
    ground: FloatArray
    chi2: float
    reduced_chi2: float


def fit_cluster(
    x: FloatArray,
    y: FloatArray,
    sigma: float,
    starts: Sequence[BandStart],
    window: tuple[int, int],
) -> ClusterFit:
    """Return the common fit of some bands.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Wavenumber, cm-1, ascending; absorbance less the bands beyond the window.
    sigma : float
        White-noise standard deviation, absorbance.
    starts : sequence of BandStart
        One a band.
    window : tuple of int
        First and past the last point that is fitted.

    Returns
    -------
    ClusterFit
    """
    part = slice(*window)
    model, names = _model(x[part], starts)
    spectrum = Spectrum(x[part], y[part], np.full(len(x[part]), sigma), "cm-1", "1")
    held = dict.fromkeys(names, len(x[part]) <= 4 * len(names) + 2)
    found = fit(Problem(spectrum, model, parameters=_changes(names, starts, spectrum, held)))
    unknown = {name: held[name] or not _is_known(found, f"{name}.fraction") for name in names}
    if unknown != held:
        held = unknown
        found = fit(Problem(spectrum, model, parameters=_changes(names, starts, spectrum, held)))
    values = dict(zip(found.names, map(float, found.values), strict=True))
    freedom = max(1, found.ndata - found.nvary)
    reduced = found.chi2 / freedom
    widen = math.sqrt(max(1.0, reduced))
    curve = sum((c.evaluate(x, values) for c in model.components[1:]), np.zeros(x.size))
    return ClusterFit(
        bands=tuple(_band(found, values, name, widen, held[name]) for name in names),
        window=window,
        curve=curve,
        ground=model.components[0].evaluate(x[part], values),
        chi2=found.chi2,
        reduced_chi2=reduced,
    )


def sketched_bands(
    x: FloatArray,
    y: FloatArray,
    sigma: float,
    starts: Sequence[BandStart],
    window: tuple[int, int],
) -> tuple[list[BandStart], float, int]:
    """Return about where a common fit ends, for a search: no errors, a loose tolerance.

    Parameters
    ----------
    x, y, sigma, starts, window
        As of `fit_cluster`.

    Returns
    -------
    bands : list of BandStart
        In the order of the starts.
    chi2 : float
    freedom : int
        Points less parameters, 1 at least.
    """
    from scipy.optimize import least_squares

    part = slice(*window)
    model, names = _model(x[part], starts)
    spectrum = Spectrum(x[part], y[part], np.full(len(x[part]), sigma), "cm-1", "1")
    held = {n: abs(one.height) < _STRONG * sigma for n, one in zip(names, starts, strict=True)}
    problem = Problem(spectrum, model, parameters=_changes(names, starts, spectrum, held))
    found = least_squares(
        problem.residuals,
        problem.free_start,
        jac=problem.jacobian,
        bounds=(problem.free_min, problem.free_max),
        x_scale="jac",
        ftol=_LOOSE,
        xtol=_LOOSE,
        gtol=None,
        max_nfev=_SKETCHED,
    )
    values = dict(zip(problem.names, map(float, problem.values(found.x)), strict=True))
    bands = [
        BandStart(*(values[f"{name}.{key}"] for key in ("center", "fwhm", "height", "fraction")))
        for name in names
    ]
    return bands, 2.0 * float(found.cost), max(1, len(spectrum) - len(found.x))


def _model(x: FloatArray, starts: Sequence[BandStart]) -> tuple[Model, list[str]]:
    names = [f"band{i}" for i in range(len(starts))]
    ground = Polynomial(1, "ground", float(x.mean()))
    return Model((ground, *(PseudoVoigtByHeight(name) for name in names))), names


def _changes(
    names: Sequence[str],
    starts: Sequence[BandStart],
    spectrum: Spectrum,
    held: Mapping[str, bool],
) -> dict[str, ParameterChange]:
    step = float(spectrum.x[1] - spectrum.x[0])
    tallest = _TALLEST * max(float(np.ptp(spectrum.y)), 1e-300)
    changes = {}
    for name, start in zip(names, starts, strict=True):
        narrow = max(step, _NARROWER * start.fwhm)
        wide = max(_WIDER * start.fwhm, 1.5 * narrow)
        reach = 0.5 * start.fwhm
        sign = 1.0 if start.height > 0 else -1.0
        # no start in the middle of its bounds, where engines freeze
        changes[f"{name}.center"] = ParameterChange(
            start=start.position, min=start.position - reach, max=start.position + 1.1 * reach
        )
        changes[f"{name}.fwhm"] = ParameterChange(
            start=max(start.fwhm, 1.01 * narrow), min=narrow, max=wide
        )
        # the sign is what was looked for
        changes[f"{name}.height"] = ParameterChange(
            start=sign * min(abs(start.height), 0.9 * tallest),
            min=0.0 if sign > 0 else -tallest,
            max=tallest if sign > 0 else 0.0,
        )
        mixing = 0.5 if held[name] else min(max(start.mixing - 0.05, 0.02), 0.98)
        changes[f"{name}.fraction"] = ParameterChange(start=mixing, fixed=held[name])
    return changes


def _is_known(found: FitResult, name: str) -> bool:
    """Return whether the data tell a mixing better than that it is from 0 to 1."""
    if name in found.at_bound:
        return True
    error = found.sigma(name)
    return error is not None and error < _UNKNOWN_MIXING


def _band(
    found: FitResult, values: Mapping[str, float], name: str, widen: float, held: bool
) -> FittedBand:
    own = [f"{name}.{row.name}" for row in PseudoVoigtByHeight.parameters]
    reasons = {
        row.name: found.sigma_reason(full)
        for row, full in zip(PseudoVoigtByHeight.parameters, own, strict=True)
        if found.sigma_reason(full)
    }
    center, fwhm, height, mixing = (values[full] for full in own)
    area_of = PseudoVoigtByHeight.area
    assert area_of is not None
    area = float(area_of(center, fwhm, height, mixing))
    slopes = np.array([0.0, area / fwhm, area_of(center, fwhm, 1.0, mixing), 0.0])
    slopes[3] = area_of(center, fwhm, height, 1.0) - area_of(center, fwhm, height, 0.0)
    index = [found.names.index(full) for full in own]
    covariance = np.asarray(found.covariance)[np.ix_(index, index)] * widen**2
    variance = float(slopes @ covariance @ slopes)
    if held:
        variance += (slopes[3] * _UNKNOWN_MIXING) ** 2
        reasons["fraction"] = "held at 0.5: the data do not tell it"
    errors = [
        math.sqrt(max(0.0, float(c))) if not found.sigma_reason(n) else math.nan
        for c, n in zip(np.diag(covariance), own, strict=True)
    ]
    known = not {"fwhm", "height"} & set(reasons)
    if not known:
        reasons["area"] = reasons.get("fwhm") or reasons["height"]
    return FittedBand(
        position=(center, errors[0]),
        fwhm=(fwhm, errors[1]),
        height=(height, errors[2]),
        area=(area, math.sqrt(variance) if known else math.nan),
        mixing=(mixing, errors[3]),
        reasons=reasons,
    )
