"""The chance level of a score: the same modes elsewhere, in the same density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.calculated.score import Score
from spectrafit_ir.calculated.score_table import score_table
from spectrafit_ir.calculated.stick_groups import Sticks

__all__ = ["BesideChance", "Verdict", "chance_scores", "compared_with_chance", "shifted"]

Verdict = Literal["matches", "not_distinguishable"]

_NEAREST, _FURTHEST = 30.0, 150.0  # cm-1 of the random shifts
_QUANTILE = 0.95
_FEWEST_DRAWS = 20


def shifted(sticks: Sticks, rng: np.random.Generator) -> Sticks:
    """Return sticks whose groups of modes stand elsewhere, in the same density.

    Every group is shifted on its own by 30 to 150 cm-1 to either side. What leaves at one end of
    the range that the modes stand in comes in at the other, where the range counts one mean distance
    more than the modes span, and at least 180 cm-1, so that nothing comes within 30 cm-1 of its
    place again.

    Parameters
    ----------
    sticks : Sticks
        As calculated.
    rng : numpy.random.Generator
        Of the shifts.

    Returns
    -------
    Sticks
    """
    places, groups = sticks.wavenumbers, sticks.groups
    count = int(groups.max()) + 1
    shifts = rng.uniform(_NEAREST, _FURTHEST, count) * rng.choice([-1.0, 1.0], count)
    span = float(np.ptp(places))
    whole = max(span * count / max(count - 1, 1), _NEAREST + _FURTHEST)
    low = float(places.min()) - 0.5 * (whole - span)
    centre = np.bincount(groups, places) / np.bincount(groups)
    moved = low + np.mod(centre + shifts - low, whole)
    return sticks.at(places + (moved - centre)[groups])


def chance_scores(
    score: Score,
    sticks: Sticks,
    factors: FloatArray,
    *,
    draws: int,
    seed: int,
    either_sign: bool = False,
) -> FloatArray:
    """Return the largest score over the factors of each draw of shifted modes.

    Parameters
    ----------
    score : Score
        The measured curve.
    sticks : Sticks
        As calculated.
    factors : ndarray, shape (m,)
        Allowed scale factors.
    draws : int
        Number of draws.
    seed : int
        Of the shifts.
    either_sign : bool, optional
        Whether a score of -1 is as good, as for a difference that may be taken either way.

    Returns
    -------
    ndarray, shape (draws,)
    """
    rng = np.random.default_rng(seed)
    table = score_table(score, sticks, factors)
    found = np.stack([table.at(shifted(sticks, rng), factors) for _ in range(draws)])
    return np.asarray((np.abs(found) if either_sign else found).max(axis=1))


@dataclass(frozen=True)
class BesideChance:
    """A score beside those of chance; the fields are those of `Match`."""

    score: float
    factor: float
    at_bound: bool
    chance: float
    share: float
    verdict: Verdict


def compared_with_chance(
    score: Score,
    sticks: Sticks,
    factors: FloatArray,
    *,
    factor: float | None,
    draws: int,
    seed: int,
    either_sign: bool = False,
) -> BesideChance:
    """Return the score of sticks, the chance quantile, the share of draws as good, the verdict.

    The share counts the spectrum itself as one of the draws (A. C. Davison and D. V. Hinkley,
    Bootstrap Methods and their Application, Cambridge 1997, chapter 4).

    Parameters
    ----------
    score : Score
        The measured curve.
    sticks : Sticks
        As calculated.
    factors : ndarray, shape (m,)
        Allowed scale factors, ascending.
    factor : float or None
        Where the score is taken; at its maximum for None.
    draws : int
        Of shifted modes, at least 20.
    seed : int
        Of the shifts.
    either_sign : bool, optional
        Whether the draws may have either sign, where that of the sticks was chosen by the score.

    Returns
    -------
    BesideChance

    Raises
    ------
    SettingsError
        For fewer draws.
    """
    if draws < _FEWEST_DRAWS:
        raise SettingsError(f"{draws} draws have no 95 % quantile", where="draws")
    scores = score.at(sticks, factors)
    best = int(np.argmax(scores))
    taken = float(factors[best]) if factor is None else factor
    value = float(score.at(sticks, np.array([taken]))[0])
    random = chance_scores(score, sticks, factors, draws=draws, seed=seed, either_sign=either_sign)
    chance = float(np.quantile(random, _QUANTILE))
    share = float((np.sum(random >= value) + 1) / (random.size + 1))
    at_bound = factors.size > 1 and best in (0, factors.size - 1)
    verdict: Verdict = "matches" if value > chance else "not_distinguishable"
    return BesideChance(value, taken, at_bound, chance, share, verdict)
