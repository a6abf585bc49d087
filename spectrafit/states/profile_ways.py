"""Both sides of a profile of chi2: a quantity is moved, and all numbers of a story are refitted.

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
from spectrafit.states.joint import JointFit, linear_numbers
from spectrafit.states.near_minimum import least_near
from spectrafit.states.objective import Objective

__all__ = ["ENDLESS", "SHARES", "Quantity", "Way", "population", "ways"]

Quantity = Callable[[FloatArray], tuple[float, FloatArray]]
"""Free numbers to a value and its derivatives by them."""

SHARES = (0.0, 1.0)
"""Between what populations lie."""
ENDLESS = (-np.inf, np.inf)
"""The limits of what has none."""

_STIFF = 0.1  # of the rise of the root: the held quantity lies this near to where it is asked for
_STEPS = 2  # to the outer level: the first is near the inner one
_NEAR = 0.05  # of the outer level's root: near enough to interpolate
_MOST = 12  # refits of one side
_CALLS = 200  # of the objective in one refit; a few do where the way is straight
_DAMPING = 1e-3  # of a refit: on a curved way its start is far off
_OVERSHOT = 2.0  # times the root that was expected: the refit may have ended beside the valley
_TOLERANCE = 1e-4  # fall of chi2 that ends a refit
_ASTRAY = (-0.02, 1.5)  # of the way asked for: a refit outside of it has gone elsewhere


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


def ways(
    fit: JointFit, quantity: Quantity, goal: float, limits: tuple[float, float] = ENDLESS
) -> tuple[Way, Way]:
    """Return both sides of a profile.

    Parameters
    ----------
    fit : JointFit
        The minimum.
    quantity : Quantity
        Of its free numbers.
    goal : float
        Root of the rise of chi2 to reach.
    limits : (float, float), optional
        Between what the quantity lies, whatever the numbers.

    Returns
    -------
    down, up : Way
        Roots of places below the minimum are negative: a lower minimum was met.
    """
    anchor = _anchor(fit, quantity)
    return (
        _way(fit, quantity, anchor, -1, goal, limits),
        _way(fit, quantity, anchor, 1, goal, limits),
    )


def _anchor(fit: JointFit, quantity: Quantity) -> Anchor:
    """Return where a profile starts, and along which line by the linear theory."""
    value, slope = quantity(fit.theta)
    told = information_of(fit.jacobian, np.isin(fit.names, fit.bounds_hit))
    sigma = told.sigma(slope)
    if not (told.sees(slope) and sigma > 0.0):
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


def _way(
    fit: JointFit,
    quantity: Quantity,
    anchor: Anchor,
    side: int,
    goal: float,
    limits: tuple[float, float],
) -> Way:
    places = [Place(anchor.theta, 0.0, anchor.values)]
    walk = branch(anchor, side, goal, _STEPS)
    end = End(None)
    try:
        ask = next(walk)
        while len(places) <= _MOST:
            if limits[0] < ask.theta < limits[1]:
                found = _refitted(fit, quantity, anchor.theta, ask, places)
            else:
                found = Place(ask.theta, np.inf, ask.values, "no such value")
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
    rise = number_text(max(last.root * abs(last.root), 0.0), 2)
    return f"open on this side: chi2 rises by {rise} only up to {number_text(last.theta, 3)}"


def _refitted(
    fit: JointFit, quantity: Quantity, origin: float, ask: Ask, places: Sequence[Place]
) -> Place:
    """Return what is found on the straight way, or from the nearest place where that is too high."""
    found = _refit(fit, quantity, origin, ask, ask.values)
    if not found.fault and found.root <= _OVERSHOT * ask.root:
        return found
    near = min(places, key=lambda place: abs(place.theta - ask.theta))
    again = _refit(fit, quantity, origin, ask, near.values)
    return again if found.fault or (not again.fault and again.root < found.root) else found


def _refit(fit: JointFit, quantity: Quantity, origin: float, ask: Ask, start: FloatArray) -> Place:
    held = _Held(fit.objective, quantity, ask.theta, _STIFF / ask.slope)
    linear = linear_numbers(fit.objective)
    try:
        whole, theta = least_near(
            held, start, enough=_TOLERANCE, most=_CALLS, damping=_DAMPING, linear=linear
        )
        value = quantity(theta)[0]
    except SpectrafitError as error:
        return Place(ask.theta, np.inf, ask.values, str(error))
    rise = whole - ((value - ask.theta) / held.width) ** 2 - fit.chi2
    if not np.isfinite(rise):
        return Place(ask.theta, np.inf, ask.values, "no finite residuals")
    if not _ASTRAY[0] <= (value - origin) / (ask.theta - origin) <= _ASTRAY[1]:
        return Place(ask.theta, np.inf, ask.values, "the refit went elsewhere")
    return Place(value, float(np.copysign(np.sqrt(abs(rise)), rise)), theta)
