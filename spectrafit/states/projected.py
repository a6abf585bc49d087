"""Data of one technique on populations by the others, its own numbers fitted to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray
from spectrafit.states.information import Information, information_of
from spectrafit.states.joint import JointFit, least_from
from spectrafit.states.objective import Objective
from spectrafit.states.predict import sigmas_of

__all__ = ["Projected", "projected"]

_MOST = 60  # calls of the objective
_TOLERANCE = 1e-9
_RANK = 1e-8


@dataclass(frozen=True, eq=False)
class Projected:
    """Data of one technique on the populations by the rest, its own numbers fitted to them.

    Parameters
    ----------
    objective : Objective
        Of its data alone.
    theta : ndarray, shape (P,)
        Own numbers fitted, all others from the rest.
    sigmas : ndarray, shape (P,)
        Standard uncertainty of the own numbers, 0 for others; nan where the data do not see one.
    own : ndarray of bool, shape (P,)
        Numbers that the data of the rest do not feel: pure-state values and nuisances of the
        technique.
    free : ndarray of bool, shape (P,)
        Those of them without a prior.
    values : ndarray, shape (N,)
        Predicted, without what shared errors move.
    spread : tuple of float or None, length N
        Standard uncertainty of them: by the numbers of the rest, after own numbers have followed,
        and by own numbers; None where the rest does not determine a value.
    pulls : mapping of str to float
        Of own numbers with a prior, in the fit of all data: how many of its sigmas from it.
    chi2 : float
        Of the data and the priors of own numbers, against the prediction and all of its errors.
    tested : int
        Data less what own numbers without a prior take up, and what the rest does not see.
    """

    objective: Objective
    theta: FloatArray
    sigmas: FloatArray
    own: NDArray[np.bool_]
    free: NDArray[np.bool_]
    values: FloatArray
    spread: tuple[float | None, ...]
    pulls: Mapping[str, float]
    chi2: float
    tested: int


class _Own:
    """The residuals of a technique's data and priors, all numbers but its own held."""

    def __init__(self, objective: Objective, theta: FloatArray, own: NDArray[np.bool_]) -> None:
        self._objective, self._theta, self._own = objective, theta, own
        self.low, self.high = objective.low[own], objective.high[own]
        self._rows = _rows_of(objective, own)

    def whole(self, part: FloatArray) -> FloatArray:
        theta = self._theta.copy()
        theta[self._own] = part
        return theta

    def rows(self, part: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the residuals, and their derivatives by all numbers."""
        residuals, jacobian = self._objective.residuals_and_jacobian(self.whole(part))
        return residuals[self._rows], jacobian[self._rows]

    def residuals_and_jacobian(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        residuals, jacobian = self.rows(theta)
        return residuals, jacobian[:, self._own]


def projected(fit: JointFit, rest: JointFit, objective: Objective) -> Projected:
    """Return what a fit predicts of the data of a technique that it does not hold.

    The band is that of linear theory: by the numbers of the fit, after the technique's own numbers
    have followed them, and by these.

    chi2 is by how much the least chi2 of all data lies above that of the rest: that of the data
    under their prediction with all of its errors, for numbers of the rest may depart from their
    values at the price of their covariance (the innovation of a recursive fit; for linear models
    the two are equal).

    Parameters
    ----------
    fit : JointFit
        Of all data.
    rest : JointFit
        Of the other techniques.
    objective : Objective
        Of the technique's data, with the numbers of `rest`.

    Returns
    -------
    Projected
    """
    every = [objective.numbers.every[place] for place in objective.numbers.free]
    steps = np.array([number.kind == "step" for number in every])
    priors = np.isin(np.arange(steps.size), [row[0] for row in objective.numbers.priors()])
    count = len(objective.data.data)
    felt = rest.jacobian[: len(rest.objective.data.data)].any(axis=0)
    moving = objective.residuals_and_jacobian(fit.theta)[1][:count].any(axis=0)
    own = ~felt & ~steps & moving
    # the search of the rest leaves numbers anywhere that it does not feel
    problem = _Own(objective, np.where(own, fit.theta, rest.theta), own)
    part = fit.theta[own]
    if own.any():
        part = least_from(problem, part, most=_MOST, tolerance=_TOLERANCE)[1]
    theta = problem.whole(part)
    jacobian = problem.rows(part)[1]

    mine = information_of(jacobian[:, own])
    slopes = objective.model_slopes(theta)
    follow = np.zeros((int(own.sum()), theta.size))
    follow[:, ~own] = -mine.root @ (mine.root.T @ (jacobian[:, own].T @ jacobian[:, ~own]))
    by_rest = slopes[:, own] @ follow
    by_rest[:, ~own] += slopes[:, ~own]
    by_own = np.linalg.norm(slopes[:, own] @ mine.root, axis=1)
    told = information_of(rest.jacobian)
    sigmas = np.zeros(theta.size)
    size = np.hypot(np.linalg.norm(mine.root, axis=1), np.linalg.norm(follow @ told.root, axis=1))
    sigmas[own] = np.where(_seen(mine), size, np.nan)
    free = own & ~priors
    # directions that the rest does not see follow the technique's data, as its free numbers do
    hidden = (told.null * told.scale)[:, ~own]
    taken = _rank(np.column_stack([jacobian[:count, free], jacobian[:count, ~own] @ hidden.T]))
    return Projected(
        objective, theta, sigmas, own, free,
        objective.model_values(theta, systematics=False),
        tuple(
            None if one is None else float(np.hypot(one, other))
            for one, other in zip(sigmas_of(rest, by_rest)[0], by_own, strict=True)
        ),
        {
            objective.names[column]: (float(fit.theta[column]) - value) / sigma
            for column, value, sigma in objective.numbers.priors()
            if own[column]
        },
        fit.chi2 - rest.chi2, count - taken,
    )  # fmt: skip


def _rows_of(objective: Objective, own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which residuals are data, or priors of own numbers."""
    told = [bool(own[column]) for column, _, _ in objective.numbers.priors()]
    return np.array(
        [True] * len(objective.data.data) + told + [False] * len(objective.story.require)
    )


def _rank(jacobian: FloatArray) -> int:
    """Return how many independent combinations of numbers data feel."""
    length = np.linalg.norm(jacobian, axis=0)
    kept = jacobian[:, length > 0] / length[length > 0]
    return int(np.linalg.matrix_rank(kept, tol=_RANK * max(kept.shape))) if kept.size else 0


def _seen(told: Information) -> NDArray[np.bool_]:
    """Return which numbers have no part in a direction that is not seen."""
    hidden = np.linalg.norm(told.null, axis=0) if told.null.size else np.zeros(told.scale.size)
    return np.asarray(hidden < _RANK**0.5)
