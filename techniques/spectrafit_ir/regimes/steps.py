"""Regimes of one branch, and the step between them as an interval between two temperatures."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import FitError
from spectrafit_ir.regimes.brackets import StepBracket, Verdict, brackets_of, verdict_of
from spectrafit_ir.regimes.candidates import (
    FAR,
    Candidate,
    smooth_candidates,
    step_candidates,
)
from spectrafit_ir.regimes.outcome import Ranked, Regime, Regimes
from spectrafit_ir.regimes.piece_scores import Sides, sides_of
from spectrafit_ir.regimes.second_step import GainTest, gain_test, two_step_candidate
from spectrafit_ir.regimes.side_laws import SideLaws
from spectrafit_ir.regimes.smooth_law import Rows

__all__ = [
    "DECISIVE",
    "FEWEST_TEMPERATURES",
    "Ranked",
    "Regime",
    "Regimes",
    "StepBracket",
    "Verdict",
    "branch_rows",
    "regimes_of",
]

FEWEST_TEMPERATURES: Final = 5

DECISIVE: Final = 2.0
"""Difference of BIC below which evidence is "not worth more than a bare mention": Kass and Raftery,
*J. Am. Stat. Assoc.* 90, 773 (1995)."""

_MISFIT = 0.01  # probability of chi2 below which the scatter is taken from the rows


def branch_rows(T: ArrayLike, values: ArrayLike, sigma: ArrayLike) -> Rows:
    """Return the rows of one branch in rising temperature; those of one temperature averaged.

    Parameters
    ----------
    T : array_like, shape (n,)
        K, in any order.
    values : array_like, shape (n,)
        In the unit of the observable.
    sigma : array_like, shape (n,)
        Their standard errors.

    Returns
    -------
    Rows
        Averages are weighted by 1/sigma^2.

    Raises
    ------
    FitError
        For fewer than 5 temperatures, or numbers that are not finite or not above zero.
    """
    given = Rows(*(np.asarray(one, dtype=float) for one in (T, values, sigma)))
    own, group = np.unique(given.T, return_inverse=True)
    if own.size < FEWEST_TEMPERATURES:
        raise FitError(
            f"{own.size} temperatures on this branch; regimes need {FEWEST_TEMPERATURES}",
            do="measure more temperatures, or report the values without regimes",
        )
    weight = given.sigma**-2
    total = np.bincount(group, weight)
    mean = np.bincount(group, weight * given.values) / total
    return Rows(own, mean, 1.0 / np.sqrt(total))


def regimes_of(
    T: ArrayLike, values: ArrayLike, sigma: ArrayLike, *, expected: int = 1, seed: int = 0
) -> Regimes:
    """Return the regimes of an observable on one branch.

    Candidates are a constant, smooth laws, and laws on both sides of a step; the lowest BIC
    counts. A step is accepted only if its gain is above the 99 % quantile of that in series simulated
    without it.

    Parameters
    ----------
    T : array_like, shape (n,)
        K, in any order, of one branch.
    values : array_like, shape (n,)
        In the unit of the observable.
    sigma : array_like, shape (n,)
        Their standard errors.
    expected : int, optional
        Most steps that are looked for: 0, 1 or 2.
    seed : int, optional
        Of the simulations.

    Returns
    -------
    Regimes

    Raises
    ------
    FitError
        For fewer than 5 temperatures, numbers that are not finite, or another ``expected``.
    """
    if expected not in (0, 1, 2):
        raise FitError(f"{expected} steps on a branch", do="look for 0, 1 or 2")
    rows = branch_rows(T, values, sigma)
    sides = sides_of(rows, rows.values[None, :])
    found = _candidates(rows, sides, expected)
    scale = _scatter(found[0], rows.T.size)
    if scale > 1.0:
        rows = replace(rows, sigma=scale * rows.sigma)
        sides = sides_of(rows, rows.values[None, :])
        found = _candidates(rows, sides, expected)
    chosen, tests = _accepted(rows, found, seed)
    ranking = _ranking(rows, chosen, found)
    verdict = ranking[0].verdict
    most = chosen.transitions
    near = (
        row.verdict
        for row in ranking[1:]
        if row.delta_bic < (DECISIVE if row.transitions <= most else 0.0)
    )
    rivals = tuple(dict.fromkeys(one for one in near if one != verdict))
    regimes = tuple(
        Regime(float(rows.T[first]), float(rows.T[last - 1]), last - first, law)
        for law, (first, last) in zip(chosen.laws, chosen.spans(rows.T.size), strict=True)
    )
    steps = brackets_of(rows, chosen, sides)
    return Regimes(verdict, regimes, steps, ranking, tests, rivals, scale, rows)


def _candidates(rows: Rows, sides: Sides, expected: int) -> list[Candidate]:
    """Return all candidates, by BIC."""
    found = smooth_candidates(rows)
    if expected:
        beside = SideLaws(rows, sides)
        found += step_candidates(beside, found[0].bic + FAR)
    if expected == 2:
        two = two_step_candidate(beside)
        found += [two] if two is not None else []
    return sorted((one for one in found if one.transitions <= expected), key=lambda one: one.bic)


def _scatter(best: Candidate, n: int) -> float:
    """Return the factor on the errors by which the best candidate fits, at least 1."""
    from scipy.special import chdtrc

    free = n - best.parameters
    if free < 1 or chdtrc(free, best.chi2) > _MISFIT:
        return 1.0
    return math.sqrt(best.chi2 / free)


def _accepted(
    rows: Rows, found: list[Candidate], seed: int
) -> tuple[Candidate, tuple[GainTest, ...]]:
    """Return the best candidate whose steps each pass the test, with the tests."""
    best = [next((one for one in found if one.transitions == count), None) for count in (0, 1, 2)]
    chosen = best[0]
    assert chosen is not None  # a constant is always one
    tests = []
    for further in best[1:]:
        if further is None or further.bic >= chosen.bic:
            continue
        steps = chosen.transitions, further.transitions
        test = gain_test(
            rows, chosen.values(rows), chosen.parameters, steps, chosen.bic - further.bic, seed
        )
        tests.append(test)
        if test.accepted:
            chosen = further
    return chosen, tuple(tests)


def _ranking(rows: Rows, chosen: Candidate, found: list[Candidate]) -> tuple[Ranked, ...]:
    ordered = [chosen, *(one for one in found if one is not chosen)]
    return tuple(
        Ranked(
            one.name,
            verdict_of(rows, one),
            one.bic - chosen.bic,
            one.chi2,
            one.parameters,
            one.transitions,
        )
        for one in ordered
    )
