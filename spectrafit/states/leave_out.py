"""Each technique left out: what the others predict of its data, and what it does for populations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.states.assignment import LeftOut, PredictionRow
from spectrafit.states.datum import JoinedData
from spectrafit.states.identify import POPULATION_SIGMA, estimable
from spectrafit.states.joint import JointFit, fit_at, least_from
from spectrafit.states.left_out_text import left_out_text
from spectrafit.states.objective import Objective
from spectrafit.states.predict import prediction_rows
from spectrafit.states.projected import Projected, projected

__all__ = ["leave_each_out", "leave_out"]

Sigmas = tuple[tuple[str, float, float | None, str], ...]
"""State, T, standard uncertainty of its population, and why there is none."""

_MOST = 60  # calls of the objective in the fit of the rest
_TOLERANCE = 1e-9
_PER_DATUM = 2.0  # chi2 of a datum above which data are not predicted ...
_CHANCE = 0.01  # ... where that is less likely than this by chance: few data scatter more


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


def _part(objective: Objective, data: JoinedData, kept: NDArray[np.bool_]) -> Objective:
    """Return the same story on a part of its data, with the same numbers in the same places."""
    shifts = None if objective.shifts is None else objective.shifts[kept]
    return replace(objective, data=data, shifts=shifts)


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
