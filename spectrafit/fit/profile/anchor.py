"""The minima that profiles start from: linear errors, other starts, lower minima."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.problem import Problem
from spectrafit.fit.profile.branch import Anchor
from spectrafit.fit.profile.held import Held
from spectrafit.fit.profile.row_fits import RowFits, row_problem
from spectrafit.fit.profile.subject import Subject
from spectrafit.fit.result import FIXED, Flag
from spectrafit.spectrum import FloatArray

__all__ = ["FALL", "anchor_of", "from_lower", "from_start", "noise_level", "started", "steps_of"]

# fall of chi2, in units of the noise, that makes a minimum another one
FALL = 1e-3
# of the range, or of the value: a step where nothing tells an error
_GUESS = 1e-3


def noise_level(problem: Problem, chi2: FloatArray) -> FloatArray:
    """Return the standard deviation of a weighted residual at some minima.

    Parameters
    ----------
    problem : Problem
        What was fitted.
    chi2 : ndarray, shape (N,)
        At the minima.

    Returns
    -------
    ndarray, shape (N,)
        1 where the noise is known, else the root of the reduced chi2.
    """
    if problem.noise == "known":
        return np.ones(len(chi2))
    return np.asarray(np.sqrt(chi2 / max(1, problem.ndata - len(problem.free_names))))


def steps_of(problem: Problem, values: FloatArray, covariance: FloatArray) -> FloatArray:
    """Return steps of central differences.

    Parameters
    ----------
    problem : Problem
        What was fitted.
    values : ndarray, shape (N, P)
        At the minima.
    covariance : ndarray, shape (N, P, P)
        Their covariance.

    Returns
    -------
    ndarray, shape (N, P)
        A hundredth of the error, a millionth of the value where there is none; 0 for what is not
        varied.
    """
    size = 1e-6 * np.abs(values)
    error = np.sqrt(np.maximum(np.einsum("nii->ni", covariance), 0.0))
    small = np.where(size > 0.0, size, 1e-6)
    steps = np.where(error > 0.0, np.maximum(0.01 * error, 1e-3 * size), small)
    return np.where(problem.tie_matrix.any(axis=1), steps, 0.0)


def from_start(
    subject: Subject,
    fitted: RowFits,
    start: Mapping[str, float],
    notes: list[list[str]],
    refits: NDArray[np.int64],
) -> RowFits:
    """Return the fits with those from another start where they are lower.

    Parameters
    ----------
    subject : Subject
        Spectra.
    fitted : RowFits
        Their fits.
    start : mapping of str to float
        Start by full name; the rest as fitted.
    notes : list of list of str
        Of every row; a better minimum is added.
    refits : ndarray of int, shape (N,)
        How often each was fitted; counted up.

    Returns
    -------
    RowFits
    """
    rows = np.flatnonzero(np.isfinite(fitted.chi2))
    level = noise_level(subject.problem, fitted.chi2)
    other = subject.fits(rows, started(subject.problem, fitted.values[rows], start))
    refits[rows] += 1
    unit = np.where(level > 0.0, level, 1.0)[rows] ** 2
    fall = (fitted.chi2[rows] - other.chi2) / unit
    good = np.array([not fault for fault in other.faults], dtype=bool)
    lower = np.flatnonzero((fall > FALL) & good)
    for row in lower.tolist():
        notes[rows[row]].append(
            f"a start of yours led to another minimum, lower by {fall[row]:.3g}"
        )
    return fitted.taken(rows[lower], other, lower) if lower.size else fitted


def started(problem: Problem, values: FloatArray, start: Mapping[str, float]) -> FloatArray:
    """Return all parameters with those of a start in their place.

    Parameters
    ----------
    problem : Problem
        What is fitted.
    values : ndarray, shape (k, P)
        Parameters.
    start : mapping of str to float
        By full name; those that are not free are passed over.

    Returns
    -------
    ndarray, shape (k, P)
    """
    moved = values.copy()
    for name, value in start.items():
        if name in problem.free_names:
            moved[:, problem.names.index(name)] = value
    return moved


def from_lower(
    subject: Subject,
    fitted: RowFits,
    lower: Mapping[int, tuple[float, FloatArray]],
    notes: list[list[str]],
) -> RowFits:
    """Return the fits with those from lower places that walks came upon.

    Parameters
    ----------
    subject : Subject
        Spectra.
    fitted : RowFits
        Their fits.
    lower : mapping of int to (chi2, values)
        By row: how low, and where, all parameters.
    notes : list of list of str
        Of every row; the fall is added.

    Returns
    -------
    RowFits
    """
    todo = np.array(list(lower), dtype=np.intp)
    level = noise_level(subject.problem, fitted.chi2)
    chi2 = np.array([one[0] for one in lower.values()])
    values = np.array([one[1] for one in lower.values()])
    other = subject.fits(todo, values)
    # a fit does not climb, but one that fails leaves the place that was found
    lost = np.flatnonzero(~(other.chi2 <= chi2))
    for i in lost.tolist():
        other.values[i], other.chi2[i], other.covariance[i] = values[i], chi2[i], 0.0
        other.reasons[i] = np.where(
            other.reasons[i] == "", Flag.NOT_AT_MINIMUM.value, other.reasons[i]
        )
    for i, row in enumerate(todo.tolist()):
        fall = (fitted.chi2[row] - other.chi2[i]) / level[row] ** 2
        notes[row].append(
            f"another minimum was found: chi2 lower by {fall:.3g}, in units of the noise; the "
            "profile starts from it"
        )
    return fitted.taken(todo, other, np.arange(todo.size))


def anchor_of(number: Held, fitted: RowFits, row: int, level: float) -> tuple[Anchor, str]:
    """Return where the profile of a row starts, and why the linear theory gives no error.

    Parameters
    ----------
    number : Held
        What is profiled.
    fitted : RowFits
        The fits.
    row : int
        Which.
    level : float
        Standard deviation of a weighted residual.

    Returns
    -------
    anchor : Anchor
    reason : str
        Empty where the anchor's step is the standard error.
    """
    problem = number.subject.problem
    values, covariance = fitted.values[row], fitted.covariance[row]
    theta = float(number.quantity.of(problem, values[None, :])[0])
    if not math.isfinite(theta):
        return Anchor(theta, values, np.zeros(len(values)), 1.0), "not a number"
    steps = steps_of(problem, values[None, :], covariance[None, :, :])[0]
    slopes = np.nan_to_num(number.quantity.slopes(problem, values, steps))
    reasons = fitted.reasons[row]
    lacking = (reasons != "") & (reasons != FIXED)
    felt = np.flatnonzero(lacking & (slopes != 0.0))
    variance = float(slopes @ covariance @ slopes)
    low, high = number.bounds(row)
    if not felt.size and variance > 0.0:
        direction = covariance @ slopes / variance
        return Anchor(theta, values, direction, math.sqrt(variance), low, high), ""
    reason = "depends on no free parameter"
    if felt.size:
        reason = str(reasons[felt[0]])
        if problem.names[felt[0]] != number.name:
            reason = f"{problem.names[felt[0]]}: {reason}"
    scale = min(abs(theta) or math.inf, high - low)
    if not math.isfinite(scale):
        scale = 1.0
    guess = _guess(number.subject, values, row, slopes, level)
    # no farther than the value or the range: where the data tell nothing the guess is endless
    step = min(guess, scale) if guess > 0.0 else _GUESS * scale
    return Anchor(theta, values, np.zeros(len(values)), step, low, high), reason


def _guess(
    subject: Subject, values: FloatArray, row: int, slopes: FloatArray, level: float
) -> float:
    """Return the error with each parameter's others held; 0 where the data tell nothing."""
    problem = subject.problem
    y, sigma = subject.data(np.array([row]))
    own = None if sigma is None else sigma if sigma.ndim == 1 else sigma[0]
    start = {
        name: float(values[i]) for i, name in enumerate(problem.names) if name not in problem.tied
    }
    single = row_problem(problem, y[0], own, start)
    jacobian = single.jacobian(single.free_start)
    with np.errstate(all="ignore"):
        lengths = np.sqrt(np.einsum("nq,nq->q", jacobian, jacobian))
        parts = (slopes @ problem.tie_matrix) * level / lengths
    return float(np.sqrt(np.sum(parts[np.isfinite(parts)] ** 2)))
