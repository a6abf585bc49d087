"""The joint fit of a story: least squares from several starts, its minimum and its covariance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import FitError, SpectrafitError
from spectrafit.spectrum import FloatArray
from spectrafit.states.information import information_of
from spectrafit.states.near_minimum import LeastSquares, least_near
from spectrafit.states.objective import Objective
from spectrafit.states.start import starts_of

__all__ = ["JointFit", "LeastSquares", "fit_at", "fit_story", "least_from", "linear_numbers"]

_TOLERANCE = 1e-6
_FAR = 1e-3  # damping of a start that may be far
_ENOUGH = 1e-6  # rise of chi2 that is none
_APART = 0.1  # rise of chi2 by which two minima are two
_MOST = 60  # calls of the objective from one start
_LOOK = 20  # of them before the lowest few are followed
_FOLLOWED = 3
_HOPELESS = 10.0  # chi2 a datum, of a story whose last digits are of no use
_POLISH = 240  # more of them for the lowest: valleys of an interaction are narrow and bent
_AT_BOUND = 1e-4  # of the box


@dataclass(frozen=True, eq=False)
class JointFit:
    """The minimum of a story.

    Parameters
    ----------
    objective : Objective
        What was minimised.
    theta : ndarray, shape (P,)
        Free numbers at the minimum.
    residuals : ndarray, shape (M,)
        There.
    jacobian : ndarray, shape (M, P)
        There.
    covariance : ndarray, shape (P, P)
        Of what the data see, numbers on a bound held; null directions are in `null`, not in here.
    null : ndarray, shape (Z, P)
        Directions that the data do not see, each of unit length in scaled numbers.
    scale : ndarray, shape (P,)
        Of the numbers: one over the norm of each column of the Jacobian.
    bounds_hit : tuple of str
        Names of the numbers on a bound.
    second_chi2 : float or None
        Of the next higher minimum found; None where all starts ended in one.
    second_theta : ndarray or None
        Its free numbers.
    ends : tuple of float
        chi2 of the end of every start, rising.
    """

    objective: Objective
    theta: FloatArray
    residuals: FloatArray
    jacobian: FloatArray
    covariance: FloatArray
    null: FloatArray
    scale: FloatArray
    bounds_hit: tuple[str, ...] = ()
    second_chi2: float | None = None
    second_theta: FloatArray | None = None
    ends: tuple[float, ...] = ()

    @property
    def chi2(self) -> float:
        """Sum of the squares of all residuals, priors and claims included."""
        return float(self.residuals @ self.residuals)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the free numbers."""
        return self.objective.names

    def values(self) -> dict[str, float]:
        """Return every number of the story by name."""
        return self.objective.numbers.values(self.theta)


def fit_story(objective: Objective, *, starts: int = 8, seed: int = 0) -> JointFit:
    """Return the lowest minimum of a story from several starts.

    The first start is the declared one; the others are drawn. Of each the pure-state values are
    first found by linear least squares.

    Parameters
    ----------
    objective : Objective
        Of the story.
    starts : int, optional
        How many, at least 1.
    seed : int, optional
        Of the random starts.

    Returns
    -------
    JointFit

    Raises
    ------
    FitError
        When no start has finite residuals.
    """
    found: list[tuple[float, FloatArray]] = []
    why = ""
    for theta in starts_of(objective, starts, seed):
        try:
            chi2, end = least_from(objective, theta, most=_LOOK)
        except SpectrafitError as error:
            why = str(error)
            continue
        if np.isfinite(chi2):
            found.append((chi2, end))
    if not found:
        raise FitError(
            f"no start has finite residuals{': ' + why if why else ''}",
            where=f"story {objective.story.name}",
            do="give start values and bounds of the numbers",
        )
    found.sort(key=lambda one: one[0])
    for place, (_, theta) in enumerate(found[:_FOLLOWED]):
        found[place] = least_from(objective, theta)
    found.sort(key=lambda one: one[0])
    counts = objective.counts
    if found[0][0] < _HOPELESS * (counts.data + counts.priors):
        found[0] = least_from(objective, found[0][1], most=_POLISH)
    best = found[0]
    second = next((one for one in found if one[0] > best[0] + _APART), None)
    fit = fit_at(objective, best[1])
    return replace(
        fit,
        second_chi2=None if second is None else second[0],
        second_theta=None if second is None else second[1],
        ends=tuple(one[0] for one in found),
    )


def least_from(
    objective: LeastSquares,
    theta: FloatArray,
    *,
    most: int = _MOST,
    tolerance: float = _TOLERANCE,
) -> tuple[float, FloatArray]:
    """Return chi2 and place of the minimum that least squares reaches from a start.

    Parameters
    ----------
    objective : LeastSquares
        Of a story, or one that is made of it.
    theta : ndarray, shape (P,)
        Start; moved inside the bounds.
    most : int, optional
        Most calls of the objective.
    tolerance : float, optional
        Fall of chi2 that is no longer worth a call.

    Returns
    -------
    chi2 : float
    theta : ndarray, shape (P,)
    """
    linear = linear_numbers(objective) if isinstance(objective, Objective) else None
    return least_near(objective, theta, enough=tolerance, most=most, damping=_FAR, linear=linear)


def linear_numbers(objective: Objective) -> NDArray[np.bool_]:
    """Return which free numbers the residuals are linear in, or nearly so.

    Parameters
    ----------
    objective : Objective
        Of a story.

    Returns
    -------
    ndarray of bool, shape (P,)
        Pure-state values.
    """
    numbers = objective.numbers
    return np.array([numbers.every[place].kind == "member" for place in numbers.free])


def fit_at(objective: Objective, theta: FloatArray) -> JointFit:
    """Return what is known at a place that is taken as the minimum.

    Parameters
    ----------
    objective : Objective
        Of a story.
    theta : ndarray, shape (P,)
        Free numbers.

    Returns
    -------
    JointFit

    Raises
    ------
    FitError
        When the sum of squares is not finite there.
    """
    residuals, jacobian = objective.residuals_and_jacobian(theta)
    with np.errstate(all="ignore"):
        finite = bool(np.isfinite(residuals @ residuals))
    if not finite:
        raise FitError(
            "the sum of squares of the joint fit is not finite",
            where=f"story {objective.story.name}",
            do="leave out values that are none",
        )
    on = _on_bound(objective, theta, jacobian, residuals)
    told = information_of(jacobian, on)
    names = tuple(name for name, hit in zip(objective.names, on, strict=True) if hit)
    return JointFit(
        objective, theta, residuals, jacobian, told.covariance, told.null, told.scale, names
    )


def _on_bound(
    objective: Objective, theta: FloatArray, jacobian: FloatArray, residuals: FloatArray
) -> np.ndarray:
    """Return which numbers lie on a bound that holds them."""
    low, high = objective.low, objective.high
    near = _AT_BOUND * np.where(np.isfinite(high - low), high - low, 1.0 + np.abs(theta))
    slope = jacobian.T @ residuals
    return ((theta - low < near) & (slope > -_ENOUGH)) | ((high - theta < near) & (slope < _ENOUGH))
