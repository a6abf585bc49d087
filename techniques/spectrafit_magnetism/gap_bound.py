"""The gap of a coupled pair where the data bound it from below only."""

from __future__ import annotations

from dataclasses import dataclass

from spectrafit.fit.intervals import profile
from spectrafit.fit.problem import Problem
from spectrafit.fit.profile.interval import Side
from spectrafit.fit.result import FitResult
from spectrafit.rounding import number_text
from spectrafit_magnetism.exchange import Exchange

__all__ = ["GapBound", "gap_bound"]

_BEYOND = 5.0
"""A gap of more than this many times the highest temperature is no value: less than 1 % of the upper
level is populated anywhere."""

_DOUBTFUL = 2.0
"""A gap of more than this many times the highest temperature is a value only where the data exclude
one that is larger without limit."""


@dataclass(frozen=True)
class GapBound:
    """A gap that the data bound from below only.

    Parameters
    ----------
    low : float or None
        K; None where the data do not bound it either.
    level : float
        Confidence, one-sided.
    reason : str
        Why there is no bound; empty where there is one.
    """

    low: float | None
    level: float
    reason: str = ""

    def __str__(self) -> str:
        if self.low is None:
            return f"gap not bounded: {self.reason}"
        return f"gap > {number_text(self.low, 3)} K ({100.0 * self.level:g} %)"


def gap_bound(problem: Problem, result: FitResult, S1: float, S2: float) -> GapBound | None:
    """Return the bound of the gap of a fitted pair where J is no value.

    Parameters
    ----------
    problem : Problem
        With a component ``dimer`` on an axis of T.
    result : FitResult
        Its fit.
    S1, S2 : float
        The two spins.

    Returns
    -------
    GapBound or None
        None where the temperatures can tell the gap. Else the least gap at 95 %, one-sided, by
        profile likelihood.
    """
    hottest = float(problem.data[0].x[-1])
    gap = Exchange(result.value("dimer.J")).gap(S1, S2)
    far = gap > _BEYOND * hottest or (gap > _DOUBTFUL * hottest and _is_open(problem, result))
    if not far:
        return None
    antiferro = result.value("dimer.J") < 0.0
    side: Side = "upper" if antiferro else "lower"
    found = profile(problem, "dimer.J", result=result, level=0.95, side=side).interval
    end = found.upper if antiferro else found.lower
    if end is None:
        return GapBound(None, 0.95, found.upper_reason if antiferro else found.lower_reason)
    if (end < 0.0) != antiferro:
        return GapBound(None, 0.95, "the sign of J is not determined")
    return GapBound(Exchange(end).gap(S1, S2), 0.95)


def _is_open(problem: Problem, result: FitResult) -> bool:
    """Return whether the data exclude no J of the same sign beyond the best, however large."""
    antiferro = result.value("dimer.J") < 0.0
    side: Side = "lower" if antiferro else "upper"
    found = profile(problem, "dimer.J", result=result, level=0.95, side=side).interval
    return (found.lower if antiferro else found.upper) is None
