"""Each technique left out: what the others predict of its data, and what it does for populations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray
from spectrafit.states.assignment import LeftOut, PredictionRow
from spectrafit.states.datum import JoinedData
from spectrafit.states.identify import POPULATION_SIGMA, estimable
from spectrafit.states.information import Information, information_of
from spectrafit.states.joint import JointFit, fit_at, least_from
from spectrafit.states.left_out_text import left_out_text
from spectrafit.states.objective import Objective
from spectrafit.states.predict import prediction_rows, sigmas_of

__all__ = ["Projected", "leave_each_out", "leave_out", "projected"]

Sigmas = tuple[tuple[str, float, float | None, str], ...]
"""State, T, standard uncertainty of its population, and why there is none."""

_MOST = 60  # calls of the objective in the fit of the rest, and in that of own numbers
_TOLERANCE = 1e-9
_PER_DATUM = 2.0  # chi2 of a datum above which data are not predicted ...
_CHANCE = 0.01  # ... where that is less likely than this by chance: few data scatter more
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


def leave_each_out(
    fit: JointFit, T: Sequence[float] = ()
) -> tuple[tuple[LeftOut, ...], tuple[PredictionRow, ...]]:
    """Return what becomes of each technique of a fit when it is left out.

    Parameters
    ----------
    fit : JointFit
        Of a story with all data.
    T : sequence of float, optional
        Temperatures of the reported populations, K; those of the model when empty.

    Returns
    -------
    tuple of LeftOut
        One a technique.
    tuple of PredictionRow
        Of the data of all techniques that the others say something of.
    """
    found = [leave_out(fit, technique, T) for technique in fit.objective.data.techniques]
    return (
        tuple(row for row, _ in found),
        tuple(one for _, predictions in found for one in predictions),
    )


def leave_out(
    fit: JointFit, technique: str, T: Sequence[float] = ()
) -> tuple[LeftOut, tuple[PredictionRow, ...]]:
    """Return what the other techniques predict of one, and the populations without and by it alone.

    The story is fitted to the rest, from the fit of all data. With the populations held there, the
    numbers that only the technique feels are fitted to its data, with their priors: without any
    prior this tests the shape of a curve, not its level.

    Parameters
    ----------
    fit : JointFit
        Of a story with all data.
    technique : str
        One of the data.
    T : sequence of float, optional
        Temperatures of the reported populations, K; those of the model when empty.

    Returns
    -------
    LeftOut
        ``predicted`` or ``shape predicted`` where chi2 per datum is at most 2, or as large by
        chance in 1 % of cases: the first where all own numbers are fixed, or have priors that
        their values in the fit of all data do not contradict.
        ``cannot tell`` where the rest does not determine the populations at `T`, or own numbers
        take up all of the data.
    tuple of PredictionRow
        None where it cannot tell.
    """
    T = tuple(T) or fit.objective.model.report_T
    data = fit.objective.data
    story = fit.objective.story.name
    mine = [datum.technique == technique for datum in data.data]
    own = _part(fit.objective, data.only(technique), np.array(mine))
    count = sum(mine)
    jacobian = own.residuals_and_jacobian(fit.theta)[1]
    alone = _sigmas(replace(fit, jacobian=jacobian, bounds_hit=()), own, T)
    if all(mine):
        text = "Nothing else was measured, so that there is nothing to predict it from."
        none: Sigmas = tuple((state, t, None, "no data are left") for state, t, *_ in alone)
        return LeftOut(technique, story, None, count, "cannot tell", text, none, alone), ()
    others = _part(fit.objective, data.without(technique), ~np.array(mine))
    _, theta = least_from(others, fit.theta, most=_MOST, tolerance=_TOLERANCE)
    # a bound that the rest hits is no knowledge: what it would hold counts as free in the band
    rest = replace(fit_at(others, theta), bounds_hit=())
    without = _sigmas(rest, others, T)
    lost = [one for one in without if one[2] is None]
    found = projected(fit, rest, own)
    nothing = lost or found.tested < 1 or not any(one is not None for one in found.spread)
    verdict = "cannot tell" if nothing else _verdict(found)
    told = verdict != "cannot tell"
    row = LeftOut(
        technique, story, found.chi2 if told else None, count, verdict,
        left_out_text(found, rest, verdict, lost), without, alone,
    )  # fmt: skip
    if not told:
        return row, ()
    return row, prediction_rows(own.data, story, found.values, found.spread, left_out=True)


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


def _part(objective: Objective, data: JoinedData, kept: NDArray[np.bool_]) -> Objective:
    """Return the same story on a part of its data, with the same numbers in the same places."""
    shifts = None if objective.shifts is None else objective.shifts[kept]
    return replace(objective, data=data, shifts=shifts)


def _rows_of(objective: Objective, own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which residuals are data, or priors of own numbers."""
    told = [bool(own[column]) for column, _, _ in objective.numbers.priors()]
    return np.array(
        [True] * len(objective.data.data) + told + [False] * len(objective.story.require)
    )


def _sigmas(fit: JointFit, objective: Objective, T: Sequence[float]) -> Sigmas:
    """Return how well a fit knows the population of each state at temperatures."""
    if not T:
        return ()
    slopes = objective.population_slopes(fit.theta, np.asarray(T, float))
    found = []
    for place, t in enumerate(T):
        for row, state in enumerate(objective.model.names):
            told = estimable(fit, slopes[:, row, place], POPULATION_SIGMA)
            found.append((state, float(t), told.sigma, told.reason if told.sigma is None else ""))
    return tuple(found)


def _verdict(found: Projected) -> str:
    many = found.chi2 > _PER_DATUM * found.tested
    if many and _chance(found.chi2, found.tested) < _CHANCE:
        return "not predicted"
    if found.free.any():
        return "shape predicted"
    # many data that agree in shape would hide a level that does not
    strain = sum(pull**2 for pull in found.pulls.values())
    off = found.pulls and _chance(strain, len(found.pulls)) < _CHANCE
    return "shape predicted" if off else "predicted"


def _chance(chi2: float, count: int) -> float:
    """Return how often so many independent residuals have a chi2 above that."""
    from scipy.special import gammaincc

    return float(gammaincc(0.5 * count, 0.5 * max(chi2, 0.0)))


def _rank(jacobian: FloatArray) -> int:
    """Return how many independent combinations of numbers data feel."""
    length = np.linalg.norm(jacobian, axis=0)
    kept = jacobian[:, length > 0] / length[length > 0]
    return int(np.linalg.matrix_rank(kept, tol=_RANK * max(kept.shape))) if kept.size else 0


def _seen(told: Information) -> NDArray[np.bool_]:
    """Return which numbers have no part in a direction that is not seen."""
    hidden = np.linalg.norm(told.null, axis=0) if told.null.size else np.zeros(told.scale.size)
    return np.asarray(hidden < _RANK**0.5)
