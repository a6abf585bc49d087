"""All models with no step and with one, ranked by Bayes' criterion.

A transition leaves the law of the colder rows after row ``first - 1`` and reaches that of the
warmer ones at row ``last``. With ``first == last`` it is a step, inside one gap. Otherwise the rows
between are inside the transition: each is free (a parameter of its own), and must lie between the
two laws and go on from one to the other, abruptly (`spectrafit_ir.regimes.transition`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.regimes.law_fit import LawFit, law_fit
from spectrafit_ir.regimes.piece_scores import WHOLE, Sides, smooth_fits, step_parameters
from spectrafit_ir.regimes.side_laws import SideLaws
from spectrafit_ir.regimes.smooth_law import LAWS, PARAMETERS, STEEPEST, Rows
from spectrafit_ir.regimes.transition import is_transition

__all__ = ["FAR", "Candidate", "smooth_candidates", "step_candidates"]

_TRIED = 60

FAR = 30.0
"""Difference of BIC beyond which a candidate is not looked at: odds of e^15, 3 million to one."""


@dataclass(frozen=True)
class Candidate:
    """A model of the whole branch.

    Parameters
    ----------
    laws : tuple of LawFit
        From cold to warm; one without a step, two with one.
    places : tuple of tuple of int
        First and last of each transition: see the module.
    chi2 : float
        Of all rows; rows inside the transition add nothing.
    parameters : int
        Of the laws, the places, and one for each row inside.
    bic : float
        ``chi2 + parameters ln n``.
    """

    laws: tuple[LawFit, ...]
    places: tuple[tuple[int, int], ...]
    chi2: float
    parameters: int
    bic: float

    @property
    def name(self) -> str:
        """Laws from cold to warm, like ``constant | two_state``."""
        text: str = self.laws[0].law
        for (first, last), one in zip(self.places, self.laws[1:], strict=True):
            text += " | " if first == last else f" |{last - first} inside| "
            text += one.law
        return text

    @property
    def transitions(self) -> int:
        """Number of abrupt changes, or of steps."""
        abrupt = bool(self.laws[0].shape) and self.laws[0].shape[0] > STEEPEST
        return len(self.places) or int(abrupt)

    def spans(self, n: int) -> list[tuple[int, int]]:
        """Return the first row of each law, and the one after its last, of n rows."""
        starts = [0, *(last for _, last in self.places)]
        return list(zip(starts, [*(first for first, _ in self.places), n], strict=True))

    def values(self, rows: Rows) -> FloatArray:
        """Return the model at the rows; inside a transition the measured values."""
        found = rows.values.copy()
        for one, (first, last) in zip(self.laws, self.spans(rows.T.size), strict=True):
            found[first:last] = one.at(rows.T[first:last])
        return found


def smooth_candidates(rows: Rows) -> list[Candidate]:
    """Return the models of one law, best first; an abrupt two-state change is one of them.

    Parameters
    ----------
    rows : Rows
        The branch.

    Returns
    -------
    list of Candidate
    """
    n, fits = rows.T.size, smooth_fits(rows, rows.values[None, :])
    found = []
    for number, law in enumerate(WHOLE):
        if not np.isfinite(fits.chi2[0, number]):
            continue
        shape = tuple(map(float, fits.shape[0, number - 3])) if number > 2 else ()
        one = law_fit(rows, 0, n, law, shape)
        count = PARAMETERS[law]
        found.append(Candidate((one,), (), one.chi2, count, one.chi2 + count * math.log(n)))
    return sorted(found, key=lambda one: one.bic)


def step_candidates(beside: SideLaws, worst: float) -> list[Candidate]:
    """Return the models with one transition, the best of each pair of laws, best first.

    A step is one only where its height is above what the laws beside it change across it: a
    steep law cut in two is none.

    Parameters
    ----------
    beside : SideLaws
        The branch, with the laws of its parts.
    worst : float
        Models with a higher BIC are not looked at, nor those `FAR` above the best found.

    Returns
    -------
    list of Candidate
    """
    pairs = [
        (cold, warm, inside)
        for cold in range(len(LAWS))
        for warm in range(len(LAWS))
        for inside in (False, True)
    ]
    tables = {pair: _table(beside.sides, beside.rows.T.size, *pair) for pair in pairs}
    found: list[Candidate] = []
    for pair in sorted(pairs, key=lambda one: float(tables[one].min())):
        best = min((one.bic for one in found), default=worst)
        one = _allowed(beside, pair[:2], tables[pair], min(worst, best + FAR))
        found += [one] if one is not None else []
    return sorted(found, key=lambda one: one.bic)


def _table(sides: Sides, n: int, cold: int, warm: int, inside: bool) -> FloatArray:
    """Return the BIC of every pair of cuts with two laws, with rows inside or without any."""
    cuts = np.arange(sides.cold.spans.shape[0])
    between = cuts[None, :] - cuts[:, None]
    chi2 = sides.cold.chi2[:, 0, cold][:, None] + sides.warm.chi2[:, 0, warm][None, :]
    count = PARAMETERS[LAWS[cold]] + PARAMETERS[LAWS[warm]]
    extra = np.where(between == 0, step_parameters(0), step_parameters(1) - 1 + between)
    allowed = between > 0 if inside else between == 0
    return np.where(allowed, chi2 + (count + extra) * np.log(n), np.inf)


def _allowed(
    beside: SideLaws, laws: tuple[int, int], bic: FloatArray, worst: float
) -> Candidate | None:
    """Return the best pair of cuts that is a transition and not worse than asked, or None."""
    rows, cut = beside.rows, beside.sides.cold.spans[:, 1]
    order = np.argsort(bic, axis=None)[:_TRIED]
    cold, warm = np.unravel_index(order, bic.shape)
    good = bic[cold, warm] < worst
    cold, warm = cold[good], warm[good]
    stepped = beside.steps(laws, cold, warm)
    for i, j in zip(cold[stepped], warm[stepped], strict=True):
        both = beside.cold(int(i), laws[0]), beside.warm(int(j), laws[1])
        first, last = int(cut[i]), int(cut[j])
        if is_transition(rows, both, first, last):
            own = both[0].chi2 + both[1].chi2
            count = round((float(bic[i, j]) - own) / np.log(rows.T.size))
            return Candidate(both, ((first, last),), own, count, float(bic[i, j]))
    return None
