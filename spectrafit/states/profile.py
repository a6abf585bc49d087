"""Intervals by the profile of chi2 along a number, a population or any function of a story's numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError, nearest
from spectrafit.rounding import number_text
from spectrafit.states.estimability import estimable
from spectrafit.states.joint import JointFit, fit_at, least_from
from spectrafit.states.objective import Objective
from spectrafit.states.profile_ways import ENDLESS, SHARES, Quantity, Way, population, ways

__all__ = ["Profile", "profile"]

_RESTARTS = 3
_FALL = 0.05  # of chi2: what makes a minimum another one
_UNEQUAL = 1.3  # ratio of both sides above which an interval is asymmetric


@dataclass(frozen=True)
class Profile:
    """Interval of a quantity by the rise of chi2, all else refitted.

    Parameters
    ----------
    value : float
        At the minimum.
    low68, high68 : float or None
        Where chi2 has risen by the first level; None where it does not.
    low95, high95 : float or None
        Where it has risen by the second.
    open_low, open_high : str
        Why a side is open; empty where both of its ends are numbers.
    asymmetric : bool
        Whether the sides of an interval differ by more than 30 %.
    refits : int
        How many.
    note : str
        What else to know, like a lower minimum that was met.
    """

    value: float
    low68: float | None
    high68: float | None
    low95: float | None
    high95: float | None
    open_low: str = ""
    open_high: str = ""
    asymmetric: bool = False
    refits: int = 0
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the interval of the covariance may stand for it: closed, and of equal sides."""
        return not (self.open_low or self.open_high or self.asymmetric)


def profile(
    fit: JointFit,
    quantity: str | tuple[str, float] | Quantity,
    levels: tuple[float, float] = (1.0, 3.84),
) -> Profile:
    """Return the interval of a quantity by the rise of chi2 along it.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.
    quantity : str, (str, float) or callable
        Name of a free number; a state and a temperature in K, for its population; or a function of
        the free numbers that returns a value and its derivatives by them.
    levels : (float, float), optional
        Rises of chi2 of the inner and the outer interval; 1 and 3.84 are 68.3 and 95 %.

    Returns
    -------
    Profile
        Where a refit meets a lower minimum the profile starts again from there, and says so. Of
        what the data do not determine both sides are open, without a refit.

    Raises
    ------
    SettingsError
        For an unknown number or state, or levels that do not rise.
    """
    if not 0.0 < levels[0] < levels[1]:
        raise SettingsError(f"levels of {levels[0]:g} and {levels[1]:g}", do="let them rise from 0")
    asked = _quantity(fit.objective, quantity)
    value, slope = asked(fit.theta)
    found = estimable(fit, slope)
    if found.verdict != "determined":
        return Profile(value, None, None, None, None, found.reason, found.reason)
    limits = SHARES if isinstance(quantity, tuple) else ENDLESS
    least, note, refits = fit.chi2, "", 0
    for _ in range(_RESTARTS):
        down, up = ways(fit, asked, float(np.sqrt(levels[1])), limits)
        every = (*down.places, *up.places)
        refits += len(every) - 2
        lowest = min(every, key=lambda place: _rise(place.root))
        if _rise(lowest.root) > -_FALL:
            break
        fit = fit_at(fit.objective, least_from(fit.objective, lowest.values)[1])
        note = f"a lower minimum was met: chi2 lower by {number_text(least - fit.chi2, 3)}"
    inner, outer = (float(np.sqrt(level)) for level in levels)
    return _read(asked(fit.theta)[0], down, up, inner, outer, refits, note)


def _read(
    value: float, down: Way, up: Way, inner: float, outer: float, refits: int, note: str
) -> Profile:
    low68, high68 = down.crossing(inner), up.crossing(inner)
    low95, high95 = down.end.value, up.end.value
    pairs = ((low68, high68), (low95, high95))
    unequal = any(
        max(high - value, value - low) > _UNEQUAL * min(high - value, value - low)
        for low, high in pairs
        if low is not None and high is not None
    )
    return Profile(
        value, low68, high68, low95, high95, down.end.reason, up.end.reason, unequal, refits, note
    )


def _quantity(objective: Objective, asked: str | tuple[str, float] | Quantity) -> Quantity:
    if callable(asked):
        return asked
    if isinstance(asked, tuple):
        return population(objective, [asked[0]], asked[1])
    names = objective.names
    if asked not in names:
        raise SettingsError(
            f"no free number {asked!r}", do=nearest(asked, names, noun="the free numbers")
        )
    place = names.index(asked)
    slope = np.zeros(len(names))
    slope[place] = 1.0
    return lambda theta: (float(theta[place]), slope)


def _rise(root: float) -> float:
    return float(np.copysign(root**2, root))
