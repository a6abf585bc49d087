"""What a model means: its verdict, and each abrupt change as an interval of temperature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.regimes.candidates import Candidate
from spectrafit_ir.regimes.law_fit import LawFit, LawParameter
from spectrafit_ir.regimes.piece_scores import Sides
from spectrafit_ir.regimes.sigmoid import TEN_TO_NINETY
from spectrafit_ir.regimes.smooth_law import LAWS, STEEPEST, PieceFits, Rows
from spectrafit_ir.regimes.transition import change_of

__all__ = ["WITHIN", "StepBracket", "Verdict", "brackets_of", "verdict_of"]

Verdict = Literal[
    "constant", "gradual", "step", "step_with_gradual", "abrupt", "abrupt_with_gradual"
]

WITHIN = 3.84
"""95 % quantile of chi2 with one degree of freedom."""

_SEEN = 3.0  # standard errors


@dataclass(frozen=True)
class StepBracket:
    """An abrupt change, as an interval.

    Parameters
    ----------
    low, high : float
        K. The last row on the colder law and the first on the warmer, with neighbouring gaps whose
        chi2 is within 3.84 of the best.
    gap : tuple of float
        The same of the best place alone, K.
    inside : tuple of float
        Temperatures of rows inside the transition, K; empty for a step.
    half : tuple of float
        Neighbouring temperatures between which half of the change is passed, K.
    width : float or None
        T90 - T10, K; None where no row is inside: it is then below that of the gap.
    height : LawParameter
        Warmer law less colder law in the middle of the gap.
    word : str
        ``step`` where no row is inside, else ``abrupt``.
    """

    low: float
    high: float
    gap: tuple[float, float]
    inside: tuple[float, ...]
    half: tuple[float, float]
    width: float | None
    height: LawParameter
    word: Literal["step", "abrupt"]


def verdict_of(rows: Rows, one: Candidate) -> Verdict:
    """Return what a candidate means.

    A change without rows inside is a step; one that rows resolve is abrupt, or else gradual: see
    `spectrafit_ir.regimes.transition` and `gradual_range`.

    Parameters
    ----------
    rows : Rows
        The branch.
    one : Candidate
        A model of it.

    Returns
    -------
    str
    """
    if not one.places:
        law = one.laws[0]
        if law.law == "constant":
            return "constant"
        if not _law_is_abrupt(law):
            return "gradual"
        return "abrupt" if law.law == "two_state" else "abrupt_with_gradual"
    flat = all(law.law == "constant" for law in one.laws)
    if all(first == last for first, last in one.places):
        return "step" if flat else "step_with_gradual"
    return "abrupt" if flat else "abrupt_with_gradual"


def _law_is_abrupt(law: LawFit) -> bool:
    half = law.T_half
    if half is None or law.shape[0] <= STEEPEST:
        return False
    # between drifting end members the change itself must be what is seen, not a kink of the drifts
    width, sigma = TEN_TO_NINETY * half / law.shape[0], law.sigma_of_change(half)
    ends = law.amplitudes.size // 2
    drift = 0.0 if ends == 1 else width * float(np.abs(law.amplitudes[1::2]).sum())
    return sigma is not None and abs(_end_change(law, half)) > max(drift, _SEEN * sigma)


def _end_change(law: LawFit, T: float) -> float:
    ends = law.amplitudes.size // 2
    change = law.amplitudes[ends:] - law.amplitudes[:ends]
    return float(change @ (T - law.T_ref) ** np.arange(ends))


def brackets_of(rows: Rows, one: Candidate, sides: Sides) -> tuple[StepBracket, ...]:
    """Return the abrupt changes of a model, from cold to warm.

    Parameters
    ----------
    rows : Rows
        The branch.
    one : Candidate
        A model of it.
    sides : Sides
        Fits of its colder and warmer parts.

    Returns
    -------
    tuple of StepBracket
        A two-state change that is abrupt has the rows around T10 and T90 as its bracket. That of
        one of two steps has no neighbouring gaps.
    """
    if not one.places:
        law = one.laws[0]
        return (_of_law(rows, law),) if _law_is_abrupt(law) else ()
    found = []
    for k, (first, last) in enumerate(one.places):
        change = change_of(rows, one.laws[k], one.laws[k + 1], first, last)
        low, high = first, last
        if len(one.places) == 1:
            low, high = _neighbours(one, sides, first, last)
        gap = (float(rows.T[first - 1]), float(rows.T[last]))
        found.append(
            StepBracket(
                float(rows.T[low - 1]), float(rows.T[high]), gap,
                tuple(map(float, rows.T[first:last])), change.half, change.width,
                _height(one.laws[k], one.laws[k + 1], 0.5 * (gap[0] + gap[1])),
                "step" if first == last else "abrupt",
            )
        )  # fmt: skip
    return tuple(found)


def _neighbours(one: Candidate, sides: Sides, first: int, last: int) -> tuple[int, int]:
    """Return the first and last row of the transition with neighbouring places of like chi2."""
    inside = last - first
    cold, warm = (
        _chi2_of(side, law) for side, law in zip((sides.cold, sides.warm), one.laws, strict=True)
    )
    whole = cold[: cold.size - inside] + warm[inside:]
    place = int(np.searchsorted(sides.cold.spans[:, 1], first))
    like = whole <= whole[place] + WITHIN
    low = high = place
    while low > 0 and like[low - 1]:
        low -= 1
    while high < whole.size - 1 and like[high + 1]:
        high += 1
    return first - (place - low), last + (high - place)


def _chi2_of(side: PieceFits, law: LawFit) -> FloatArray:
    # where a law was not fitted, the simpler ones within it do
    return np.asarray(side.chi2[:, 0, : LAWS.index(law.law) + 1].min(axis=1))


def _height(cold: LawFit, warm: LawFit, T: float) -> LawParameter:
    value = float(warm.at(T)[0] - cold.at(T)[0])
    errors = cold.sigma_at(T), warm.sigma_at(T)
    if None in errors:
        return LawParameter(value, None, "value", "a law beside the step is not determined")
    return LawParameter(value, math.hypot(*(one for one in errors if one is not None)), "value")


def _of_law(rows: Rows, law: LawFit) -> StepBracket:
    within, half = law.ten_to_ninety, law.T_half
    assert within is not None
    assert half is not None
    upper = int(np.searchsorted(rows.T, half))
    first, last = np.searchsorted(rows.T, within)
    # the rows that are still on either end member, as for a step
    low, high = float(rows.T[max(first - 1, 0)]), float(rows.T[min(last, rows.T.size - 1)])
    error = law.sigma_of_change(half)
    reason = "" if error is not None else "the end members are not determined"
    return StepBracket(
        low, high, (low, high), tuple(map(float, rows.T[first:last])),
        (float(rows.T[upper - 1]), float(rows.T[upper])), within[1] - within[0],
        LawParameter(_end_change(law, half), error, "value", reason), "abrupt",
    )  # fmt: skip
