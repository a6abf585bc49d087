"""Profiles of chi2 along a number, a population or any function of a story's numbers.

A quantity is held near a value by one more residual ``(q - t)/s``: where the sum is least, chi2 without
it is least among all numbers of the same q (Everett, Oper. Res. 11, 399 (1963), theorem 1). The walk
along a profile is that of `spectrafit.fit.profile.branch`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from spectrafit.errors import SettingsError, SpectrafitError, nearest
from spectrafit.fit.profile.branch import Anchor, Ask, End, Place, branch, interpolated
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.information import Information, information_of
from spectrafit.states.joint import JointFit, fit_at, least_from
from spectrafit.states.objective import Objective

__all__ = ["Profile", "Quantity", "Way", "population", "profile", "ways"]

Quantity = Callable[[FloatArray], tuple[float, FloatArray]]
"""Free numbers to a value and its derivatives by them."""

_STIFF = 0.1  # of the rise of the root: the held quantity lies this near to where it is asked for
_STEPS = 2  # to the outer level: the first is near the inner one
_NEAR = 0.05  # of the outer level's root: near enough to interpolate
_MOST = 12  # refits of one side
_CALLS = 12  # of the objective in one refit
_TOLERANCE = 1e-6  # relative, of chi2 in a refit
_FALL = 0.05  # of chi2: what makes a minimum another one
_SHARE = 1e-4  # of a gradient that is not seen, and still none
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


@dataclass(frozen=True, eq=False)
class Way:
    """One side of a profile.

    Parameters
    ----------
    end : End
        Where the outer level is reached, or why it is not.
    places : tuple of Place
        What was refitted, the minimum first.
    """

    end: End
    places: tuple[Place, ...]

    def crossing(self, root: float) -> float | None:
        """Return where the root of the rise of chi2 has a value.

        Parameters
        ----------
        root : float
            Its value, at most that of the outer level.

        Returns
        -------
        float or None
            None where it is not reached.
        """
        found = self._around(root)
        return None if found is None else interpolated(self.places, *found, root)

    def numbers_at(self, root: float) -> FloatArray | None:
        """Return the numbers of the story there.

        Parameters
        ----------
        root : float
            As for `crossing`.

        Returns
        -------
        ndarray, shape (P,), or None
            On the straight line between the two places next to it.
        """
        found, theta = self._around(root), self.crossing(root)
        if found is None or theta is None:
            return None
        inner, outer = found
        share = (theta - inner.theta) / (outer.theta - inner.theta)
        return np.asarray(inner.values + share * (outer.values - inner.values))

    def _around(self, root: float) -> tuple[Place, Place] | None:
        origin = self.places[0].theta
        row = sorted(self.places, key=lambda place: abs(place.theta - origin))
        for inner, outer in pairwise(row):
            if inner.root < root <= outer.root:
                return inner, outer
        return None


@dataclass(frozen=True, eq=False)
class _Held:
    """An objective with one more residual that holds a quantity near a value."""

    objective: Objective
    quantity: Quantity
    target: float
    width: float

    @property
    def low(self) -> FloatArray:
        return self.objective.low

    @property
    def high(self) -> FloatArray:
        return self.objective.high

    def residuals_and_jacobian(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        residuals, jacobian = self.objective.residuals_and_jacobian(theta)
        value, slope = self.quantity(theta)
        return (
            np.append(residuals, (value - self.target) / self.width),
            np.concatenate([jacobian, slope[None, :] / self.width]),
        )


def population(objective: Objective, states: Sequence[str], T: float) -> Quantity:
    """Return the population of a state, or of several together, as a quantity.

    Parameters
    ----------
    objective : Objective
        Of a story.
    states : sequence of str
        Names.
    T : float
        K.

    Returns
    -------
    Quantity

    Raises
    ------
    SettingsError
        For an unknown state.
    """
    names = objective.model.names
    for state in states:
        if state not in names:
            raise SettingsError(f"no state {state!r}", do=nearest(state, names, noun="the states"))
    rows = [names.index(state) for state in states]
    where = np.array([T])

    def quantity(theta: FloatArray) -> tuple[float, FloatArray]:
        value = float(objective.populations(theta, where).x[rows, 0].sum())
        return value, objective.population_slopes(theta, where)[:, rows, 0].sum(axis=1)

    return quantity


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
        Where a refit meets a lower minimum the profile starts again from there, and says so.

    Raises
    ------
    SettingsError
        For an unknown number or state, or levels that do not rise.
    """
    if not 0.0 < levels[0] < levels[1]:
        raise SettingsError(f"levels of {levels[0]:g} and {levels[1]:g}", do="let them rise from 0")
    asked = _quantity(fit.objective, quantity)
    least, note, refits = fit.chi2, "", 0
    for _ in range(3):
        down, up = ways(fit, asked, float(np.sqrt(levels[1])))
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


def ways(fit: JointFit, quantity: Quantity, goal: float) -> tuple[Way, Way]:
    """Return both sides of a profile.

    Parameters
    ----------
    fit : JointFit
        The minimum.
    quantity : Quantity
        Of its free numbers.
    goal : float
        Root of the rise of chi2 to reach.

    Returns
    -------
    down, up : Way
        Roots of places below the minimum are negative: a lower minimum was met.
    """
    anchor = _anchor(fit, quantity)
    return tuple(_way(fit, quantity, anchor, side, goal) for side in (-1, 1))  # type: ignore[return-value]


def _anchor(fit: JointFit, quantity: Quantity) -> Anchor:
    """Return where a profile starts, and along which line by the linear theory."""
    value, slope = quantity(fit.theta)
    told = information_of(fit.jacobian, np.isin(fit.names, fit.bounds_hit))
    sigma = told.sigma(slope)
    if told.null_share(slope) >= _SHARE or not sigma > 0.0:
        direction, sigma = _unseen(told, slope)
    else:
        direction = told.covariance @ slope / sigma**2
    step = sigma if sigma > 0.0 else 0.1 * (abs(value) or 1.0)
    return Anchor(value, fit.theta, direction, step)


def _unseen(told: Information, slope: FloatArray) -> tuple[FloatArray, float]:
    """Return the line along which chi2 stays and a quantity moves, and a first step of it.

    The step is the standard uncertainty that the quantity would have if only one number moved.
    """
    scaled = slope * told.scale
    along = told.null.T @ (told.null @ scaled)
    size = float(scaled @ along)
    direction = along * told.scale / size if size > 0.0 else np.zeros(slope.size)
    return direction, float(np.linalg.norm(scaled[told.felt]))


def _way(fit: JointFit, quantity: Quantity, anchor: Anchor, side: int, goal: float) -> Way:
    places = [Place(anchor.theta, 0.0, anchor.values)]
    walk = branch(anchor, side, goal, _STEPS)
    end = End(None)
    try:
        ask = next(walk)
        for _ in range(_MOST):
            found = _refitted(fit, quantity, ask)
            if not found.fault:
                places.append(found)
            if _is_bracketed(places, goal):
                break
            ask = walk.send(found)
    except StopIteration as done:
        end = done.value
    way = Way(end, tuple(places))
    value = way.crossing(goal) if end.value is None else end.value
    return Way(End(value, "" if value is not None else _open(places)), way.places)


def _is_bracketed(places: Sequence[Place], goal: float) -> bool:
    """Return whether the goal lies between two places, one of them so near that it is read off."""
    roots = [place.root for place in places]
    return max(roots) >= goal and min(abs(root - goal) for root in roots) <= _NEAR * goal


def _open(places: Sequence[Place]) -> str:
    last = max(places, key=lambda place: abs(place.theta - places[0].theta))
    rise = number_text(max(_rise(last.root), 0.0), 2)
    return f"open on this side: chi2 rises by {rise} only up to {number_text(last.theta, 3)}"


def _refitted(fit: JointFit, quantity: Quantity, ask: Ask) -> Place:
    held = _Held(fit.objective, quantity, ask.theta, _STIFF / ask.slope)
    try:
        whole, theta = least_from(held, ask.values, most=_CALLS, tolerance=_TOLERANCE)
        value = quantity(theta)[0]
    except SpectrafitError as error:
        return Place(ask.theta, np.inf, ask.values, str(error))
    rise = whole - ((value - ask.theta) / held.width) ** 2 - fit.chi2
    if not np.isfinite(rise):
        return Place(ask.theta, np.inf, ask.values, "no finite residuals")
    return Place(value, float(np.copysign(np.sqrt(abs(rise)), rise)), theta)


def _rise(root: float) -> float:
    return float(np.copysign(root**2, root))
