"""A pre-edge fit with emphasis on the second derivative, and honest errors for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit.at_bound import at_bound
from spectrafit.fit.fit_stack import FitStack, flag_bit
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.fit.result import FIXED, FitResult, Flag
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.preedge.model import SMOOTHING_SHARE, restarted_model
from spectrafit_xas.preedge.peak_count import PeakCount
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.smoothing import local_cubic

__all__ = [
    "Emphasis",
    "EmphasisedFit",
    "asked_emphasis",
    "emphasised_count",
    "emphasised_fit",
    "emphasised_stack",
]

BoolArray = NDArray[np.bool_]

# of the squared residual: a change of a thousandth of an error
_TOLERANCE = 1e-8
_EVALUATIONS = 200
# of the largest curvature, parameters scaled alike: directions below it are not determined
_SINGULAR = 1e-12
# of a unit direction: what has less of it is determined
_PART = 1e-3
_HOLDS = 4


@dataclass(frozen=True)
class Emphasis:
    """How much the second derivative weighs in a fit, and how it is taken.

    Parameters
    ----------
    weight : float
        From 0, the ordinary fit, to 1, the second derivative only.
    half_width_eV : float
        Of the local cubic whose second derivative it is.
    """

    weight: float
    half_width_eV: float


@dataclass(frozen=True, eq=False)
class EmphasisedFit:
    """Parameters of a fit to the data and their smoothed second derivative together.

    Parameters
    ----------
    values : dict of str to float
        Every parameter.
    names : tuple of str
        Free parameters, in the order of the covariance.
    covariance : ndarray, shape (Q, Q)
        Sandwich covariance; the weights are no inverse variances.
    chi2 : float
        Sum of the squared weighted residuals alone, as of any fit.
    reasons : mapping of str to str
        Free parameters without an error, and why; their rows of the covariance are zero.
    converged : bool
        Whether the minimum was reached within the calls that are allowed.
    """

    values: dict[str, float]
    names: tuple[str, ...]
    covariance: FloatArray
    chi2: float
    reasons: Mapping[str, str]
    converged: bool


def asked_emphasis(settings: XanesSettings, counted: PeakCount) -> Emphasis | None:
    """Return the emphasis that the settings ask for.

    Parameters
    ----------
    settings : XanesSettings
        `emphasis`, and what goes with it.
    counted : PeakCount
        Ordinary fits of the settings' own form, whose mean FWHM sets the smoother.

    Returns
    -------
    Emphasis or None
        Half-width 0.6 FWHM, as in the figure; None for the ordinary fit.

    Raises
    ------
    SettingsError
        When the weight is not between 0 and 1, or errors are to come from resamples.
    """
    _check_weight(settings.emphasis)
    if settings.emphasis == 0.0:
        return None
    if settings.resamples and settings.method_spread is not False:
        raise SettingsError(
            f"emphasis = {settings.emphasis:g} with resamples = {settings.resamples}",
            where="$.settings.resamples",
            do="leave resamples out: resampled data are fitted without emphasis",
        )
    found = counted.fit
    width = np.mean([found.values[f"{name}.fwhm"] for name in found.peaks])
    return Emphasis(settings.emphasis, float(SMOOTHING_SHARE * width))


def _check_weight(weight: float) -> None:
    if not 0.0 <= weight <= 1.0:
        raise SettingsError(
            f"emphasis is {weight:g}", where="$.settings.emphasis", do="give a number from 0 to 1"
        )


def emphasised_fit(problem: Problem, emphasis: float, half_width_eV: float) -> EmphasisedFit:
    """Return the minimum of ``(1 - e) |r|^2 + e |S r|^2``, with r the weighted residual.

    S is the second derivative of a local cubic, a linear map of the data: it adds no information,
    it damps what varies slowly, like the rising edge. Its rows are scaled so that white noise
    contributes as much to either term; points nearer to an end than the half-width have none,
    since the curvature at the end of data is mostly noise. Do not read chi2, AICc or BIC off such
    a fit.

    Parameters
    ----------
    problem : Problem
        Of one spectrum, started near the minimum.
    emphasis : float
        e, from 0 (the ordinary fit) to 1 (the second derivative only).
    half_width_eV : float
        Of the smoother.

    Returns
    -------
    EmphasisedFit

    Raises
    ------
    SettingsError
        When the emphasis is not between 0 and 1.
    FitError
        When no point is farther from both ends than the half-width.

    Notes
    -----
    Covariance ``B J'M M J B`` with ``B = (J'MJ)^-1`` and M the matrix of the two terms, for
    independent errors of the weighted residual (White, Econometrica 50, 1 (1982)); their size is
    1 where sigma is known, else the root of the reduced chi2. A parameter that ends on a bound is
    held there, and the errors of the others are those with it held.
    """
    _check_weight(emphasis)
    root = _root(problem.data[0], emphasis, half_width_eV)
    free = np.ones(len(problem.free_names), dtype=bool)
    point = np.array(problem.free_start)
    for _ in range(_HOLDS):
        point, converged = _minimum(problem, root, point, free)
        rest, slopes = problem.residuals_and_jacobian(point)
        norms = np.linalg.norm(root @ slopes, axis=0)
        size = np.sqrt(_noise(problem, rest))
        errors = np.divide(size, norms, out=np.zeros_like(norms), where=norms > 0)
        near = free & at_bound(
            point, errors, problem.free_min, problem.free_max, problem.free_start
        )
        if not near.any():
            break
        low, high = problem.free_min, problem.free_max
        point = np.where(near, np.where(point - low < high - point, low, high), point)
        free &= ~near
    rest, slopes = problem.residuals_and_jacobian(point)
    noise = _noise(problem, rest)
    covariance, lost = _sandwich(slopes[:, free], root)
    whole = np.zeros((free.size, free.size))
    whole[np.ix_(free, free)] = noise * covariance
    reasons = dict.fromkeys(np.array(problem.free_names)[~free].tolist(), str(Flag.AT_BOUND))
    reasons |= dict.fromkeys(np.array(problem.free_names)[free][lost].tolist(), str(Flag.SINGULAR))
    values = dict(zip(problem.names, map(float, problem.values(point)), strict=True))
    return EmphasisedFit(values, problem.free_names, whole, float(rest @ rest), reasons, converged)


def _noise(problem: Problem, rest: FloatArray) -> float:
    """Return the variance of a weighted residual."""
    if problem.data[0].sigma is not None:
        return 1.0
    return float(rest @ rest) / max(1, len(rest) - len(problem.free_names))


def _root(spectrum: Spectrum, emphasis: float, half_width_eV: float) -> FloatArray:
    """Return the symmetric matrix whose square weighs the residuals."""
    x = spectrum.x
    inner = np.flatnonzero((x - x[0] >= half_width_eV) & (x[-1] - x >= half_width_eV))
    if not inner.size:
        raise FitError(
            f"the smoother of half-width {half_width_eV:.2f} eV is wider than the window",
            where=spectrum.source.name,
            do="widen window_eV, or leave emphasis out",
        )
    maps = local_cubic(x, x[inner], half_width_eV)
    smoother = np.zeros((inner.size, x.size))
    np.add.at(smoother, (np.arange(inner.size)[:, None], maps.columns), maps.weights[2])
    bent = smoother if spectrum.sigma is None else smoother * spectrum.sigma
    bent = bent * np.sqrt(x.size / np.sum(bent**2))
    weights = (1.0 - emphasis) * np.eye(x.size) + emphasis * bent.T @ bent
    size, directions = np.linalg.eigh(weights)
    return np.asarray((directions * np.sqrt(np.clip(size, 0.0, None))) @ directions.T)


def _minimum(
    problem: Problem, root: FloatArray, point: FloatArray, free: BoolArray
) -> tuple[FloatArray, bool]:
    from scipy.optimize import least_squares

    def whole(q: FloatArray) -> FloatArray:
        full = point.copy()
        full[free] = q
        return full

    seen: dict[bytes, FloatArray] = {}

    def both(q: FloatArray) -> FloatArray:
        key = q.tobytes()
        if key not in seen:
            rest, slopes = problem.residuals_and_jacobian(whole(q))
            seen.clear()
            # one product of both: a matrix times a vector would start threads that wait for more
            seen[key] = root @ np.column_stack([rest, slopes[:, free]])
        return seen[key]

    def residuals(q: FloatArray) -> FloatArray:
        return both(q)[:, 0]

    def jacobian(q: FloatArray) -> FloatArray:
        return both(q)[:, 1:]

    found = least_squares(
        residuals, point[free], jacobian, bounds=(problem.free_min[free], problem.free_max[free]),
        x_scale="jac", ftol=_TOLERANCE, xtol=_TOLERANCE, gtol=_TOLERANCE, max_nfev=_EVALUATIONS,
    )  # fmt: skip
    return whole(np.asarray(found.x, dtype=np.float64)), bool(found.success)


def _sandwich(slopes: FloatArray, root: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return the covariance of free parameters, and which of them are not determined."""
    weighted = root @ (root @ slopes)
    size = np.linalg.norm(slopes, axis=0)
    size = np.where(size > 0, size, 1.0)
    curvature, directions = np.linalg.eigh(slopes.T @ weighted / np.outer(size, size))
    known = curvature > _SINGULAR * curvature[-1]
    lost = (np.abs(directions[:, ~known]) > _PART).any(axis=1)
    inverse = (directions[:, known] / curvature[known]) @ directions[:, known].T
    inverse = inverse / np.outer(size, size)
    covariance = inverse @ (weighted.T @ weighted) @ inverse
    covariance[lost] = 0.0
    covariance[:, lost] = 0.0
    return covariance, lost


def emphasised_count(
    counted: PeakCount,
    emphasis: Emphasis,
    settings: XanesSettings,
    window_eV: tuple[float, float],
    parameters: Mapping[str, ParameterChange] | None = None,
) -> PeakCount:
    """Return the number of peaks with the fit that is taken refined with emphasis.

    Parameters
    ----------
    counted : PeakCount
        Ordinary fits; their BIC and faults stay, since emphasis adds no points.
    emphasis : Emphasis
        Weight and smoother.
    settings : XanesSettings
        Of the ordinary fits.
    window_eV : tuple of float
        The fit window.
    parameters : mapping of str to ParameterChange, optional
        What the user changes.

    Returns
    -------
    PeakCount
    """
    found, user = counted.fit, dict(parameters or {})
    user = {name: one for name, one in user.items() if name in found.model.parameter_names}
    started = restarted_model(
        found.spectrum, settings, counted.best, window_eV, found.values, user, found.background
    )
    held = {
        name: replace(started.parameters[name], start=found.values[name], fixed=True)
        for name in found.result.at_bound
    }
    problem = Problem(found.spectrum, found.model, parameters={**started.parameters, **held})
    made = emphasised_fit(problem, emphasis.weight, emphasis.half_width_eV)
    refined = replace(found, result=_result(found.result, problem, made))
    return replace(counted, fits={**counted.fits, counted.best: refined}, emphasis=emphasis)


def _result(plain: FitResult, problem: Problem, made: EmphasisedFit) -> FitResult:
    """Return an ordinary result with the values and errors of the emphasised fit."""
    matrix = problem.tie_matrix
    covariance = matrix @ made.covariance @ matrix.T
    lacking = np.array([name in made.reasons for name in made.names], dtype=bool)
    unsure = (matrix[:, lacking] != 0.0).any(axis=1)
    covariance[unsure] = 0.0
    covariance[:, unsure] = 0.0
    reasons = []
    for i, name in enumerate(plain.names):
        if name in plain.at_bound or plain.reasons[i] == FIXED:
            reasons.append(plain.reasons[i])
        elif unsure[i]:
            part = int(np.flatnonzero((matrix[i] != 0.0) & lacking)[0])
            reasons.append(made.reasons[made.names[part]])
        else:
            reasons.append("")
    bound = tuple(name for name, why in made.reasons.items() if why == Flag.AT_BOUND)
    return replace(
        plain,
        values=np.array([made.values[name] for name in plain.names]),
        covariance=covariance,
        reasons=tuple(reasons),
        at_bound=tuple(dict.fromkeys((*plain.at_bound, *bound))),
        flags=(*plain.flags, *_flags(made)),
        chi2=made.chi2,
        message=f"{plain.message}; then with emphasis on the second derivative".lstrip("; "),
    )


def _flags(made: EmphasisedFit) -> tuple[Flag, ...]:
    found = {Flag(why) for why in made.reasons.values()}
    return tuple(found if made.converged else found | {Flag.CALL_LIMIT})


def emphasised_stack(best: FitStack, emphasis: Emphasis) -> FitStack:
    """Return one ordinary fit of an ensemble refined with emphasis.

    Parameters
    ----------
    best : FitStack
        One row.
    emphasis : Emphasis
        Weight and smoother.

    Returns
    -------
    FitStack

    Raises
    ------
    FitError
        When the smoother is wider than the window.
    """
    problem = best.problem
    start = dict(zip(best.names, map(float, best.values[0]), strict=True))
    changes = {
        name: replace(problem.parameters.get(name, ParameterChange()), start=start[name])
        for name in problem.free_names
    }
    held = {
        name: replace(changes[name], fixed=True)
        for name, lacks in zip(problem.free_names, best.without_error[0], strict=True)
        if lacks
    }
    parameters = {**problem.parameters, **changes, **held}
    made = emphasised_fit(
        Problem(problem.data[0], problem.model[0], parameters=parameters),
        emphasis.weight, emphasis.half_width_eV,
    )  # fmt: skip
    places = [problem.free_names.index(name) for name in made.names]
    covariance = np.zeros((len(problem.free_names),) * 2)
    covariance[np.ix_(places, places)] = made.covariance
    lacking = [name in held or name in made.reasons for name in problem.free_names]
    return replace(
        best,
        values=np.array([[made.values[name] for name in best.names]]),
        free_covariance=covariance[None],
        without_error=np.array([lacking]),
        chi2=np.array([made.chi2]),
        flags=best.flags | sum(flag_bit(flag) for flag in _flags(made)),
    )
