"""One side of a profile: where to refit next, until chi2 has risen enough or cannot.

The walk asks for a fit by yielding and is sent what was found, so that the walks of many spectra, and
of both sides, go on at the same time and are fitted together.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray

__all__ = ["Anchor", "Ask", "End", "Place", "branch", "interpolated"]

# of the goal: how near the root of the rise comes before the crossing is interpolated
_NEAR = 1e-4
# a step goes at most this many times as far as the one before
_GROWTH = 2.0
# of the way to a bound: no step is longer, so that no other minimum is stepped over unseen
_PART = 1.0 / 16.0
# extrapolated starts: at most so many of the last step
_REACH = 2.0
_MOST_PLACES = 50
_MOST_REFINED = 40
# steps that are tried where fits fail, each half of the way to the failure
_PATIENCE = 8
# of the distance from the best value: nearer to where fits fail is as far as they go
_AT_WALL = 1e-3
# of a step: nearer to a bound is on it
_AT_LIMIT = 1e-6
# of the step asked for: what a fit moves that can go no farther
_STUCK = 0.05
# of the distance from the best value: a bracket that is small enough
_NARROW = 3e-4
# of the goal: a rise within so small a bracket that is a jump
_JUMP = 0.1


@dataclass(frozen=True, eq=False)
class Anchor:
    """The minimum that a profile starts from.

    Parameters
    ----------
    theta : float
        Value of what is profiled.
    values : ndarray, shape (P,)
        All parameters.
    direction : ndarray, shape (P,)
        How they change along the profile by the linear theory, by unit of theta.
    step : float
        One standard error of theta, or a guess of one.
    low, high : float
        Bounds of theta.
    """

    theta: float
    values: FloatArray
    direction: FloatArray
    step: float
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True, eq=False)
class Ask:
    """A fit that a walk wants.

    Parameters
    ----------
    theta : float
        Where.
    values : ndarray, shape (P,)
        Start.
    slope : float
        Rise of the root by theta that is to be expected at least.
    root : float
        Root that is expected there.
    """

    theta: float
    values: FloatArray
    slope: float
    root: float


@dataclass(frozen=True, eq=False)
class Place:
    """What the fit found.

    Parameters
    ----------
    theta : float
        Where it is, which may be beside what was asked for.
    root : float
        Root of the rise of chi2, in units of the noise.
    values : ndarray, shape (P,)
        All parameters.
    fault : str
        Why it does not count, empty where it does.
    """

    theta: float
    root: float
    values: FloatArray
    fault: str = ""


@dataclass(frozen=True)
class End:
    """End of an interval.

    Parameters
    ----------
    value : float or None
        A number, or None.
    reason : str
        Why it is none.
    note : str
        What else to know.
    """

    value: float | None
    reason: str = ""
    note: str = ""


Walk = Generator[Ask, Place, End]


def branch(anchor: Anchor, side: int, goal: float, steps: int) -> Walk:
    """Walk from the minimum to where the root of the rise of chi2 is the goal.

    Parameters
    ----------
    anchor : Anchor
        The minimum.
    side : int
        -1 down, 1 up.
    goal : float
        Root to reach.
    steps : int
        Places on the way where the linear theory holds.

    Yields
    ------
    Ask
        Is sent a Place.

    Returns
    -------
    End

    Notes
    -----
    Steps of equal rise of the root, after Bates, Watts, *Nonlinear Regression Analysis* (1988),
    chapter 6; the first fit starts along the linear theory's line, as in Venzon, Moolgavkar, Appl.
    Stat. 37, 87 (1988), each further one along the line through the two before.
    """
    limit = anchor.high if side > 0 else anchor.low
    if side * (limit - anchor.theta) <= 0.0:
        return End(None, f"at the bound {limit:.6g}")
    places = [Place(anchor.theta, 0.0, anchor.values)]
    longest = _PART * abs(limit - anchor.theta)
    ahead = anchor.step * goal / steps
    slope, failures, wall = 1.0 / anchor.step, 0, side * np.inf
    while len(places) < _MOST_PLACES:
        last = places[-1]
        ahead = min(ahead, longest, 0.5 * side * (wall - last.theta))
        target = last.theta + side * ahead
        if not np.isfinite(target) or target == last.theta:
            break
        if side * (limit - target) <= _AT_LIMIT * ahead:
            target = limit
        asked = abs(target - last.theta)
        steepest = max(slope, goal / asked)
        values = _continued(anchor, places, target)
        root = last.root + slope * asked
        place = yield Ask(target, values, steepest, root)
        if place.fault:
            # the continued start may lie where there is no model
            place = yield Ask(target, last.values, steepest, root)
        if place.fault:
            failures, wall = failures + 1, target
            if failures > _PATIENCE:
                return End(None, f"no fit beyond {last.theta:.6g}: {place.fault}")
            continue
        places.append(place)
        if place.root >= goal:
            return (yield from _crossing(places, side, goal))
        moved = side * (place.theta - last.theta)
        if moved <= _STUCK * asked:
            return End(None, _open(place, goal, f"{place.theta:.6g}, no fit goes beyond"))
        if target == limit:
            return End(None, _open(place, goal, f"the bound {limit:.6g}"))
        if np.isfinite(wall) and side * (wall - place.theta) <= _AT_WALL * abs(wall - anchor.theta):
            return End(None, f"no fit beyond {place.theta:.6g}")
        failures = 0
        rise = (place.root - last.root) / moved
        slope = max(rise, 0.0)
        ahead = min(_GROWTH * moved, goal / steps / slope if slope > 0.0 else np.inf)
    return End(None, _open(places[-1], goal, f"{places[-1].theta:.6g}, where the search ended"))


def _open(place: Place, goal: float, where: str) -> str:
    return (
        f"open: chi2 rises by {place.root**2:.3g} of the {goal**2:.3g} needed, in units of the "
        f"noise, up to {where}"
    )


def _continued(anchor: Anchor, places: Sequence[Place], target: float) -> FloatArray:
    """Return the parameters that continue the way so far."""
    last = places[-1]
    if len(places) == 1:
        return anchor.values + anchor.direction * (target - anchor.theta)
    before = places[-2]
    share = (target - last.theta) / (last.theta - before.theta)
    return last.values + min(share, _REACH) * (last.values - before.values)


def _crossing(places: list[Place], side: int, goal: float) -> Walk:
    """Find where the root is the goal, between the last two places."""
    inner, outer = places[-2], places[-1]
    origin = places[0].theta
    width, miss, slow, faults = np.inf, np.inf, 0, 0
    for _ in range(_MOST_REFINED):
        gap = abs(outer.theta - inner.theta)
        nearest = min(abs(inner.root - goal), abs(outer.root - goal))
        if nearest <= _NEAR * goal:
            return End(interpolated(places, inner, outer, goal))
        if gap <= _NARROW * abs(outer.theta - origin):
            jumps = outer.root - inner.root > _JUMP * goal
            note = f"chi2 jumps at {inner.theta:.6g}" if jumps else ""
            return End(interpolated(places, inner, outer, goal), note=note)
        slow = 0 if gap <= 0.5 * width or nearest <= 0.1 * miss else slow + 1
        width, miss = (gap, nearest) if slow == 0 else (width, miss)
        target = interpolated(places, inner, outer, goal)
        if slow >= 2 or faults:
            share = 0.5 ** (1 + faults)
            target = inner.theta + share * (outer.theta - inner.theta)
            slow = 0
        share = (target - inner.theta) / (outer.theta - inner.theta)
        values = inner.values + share * (outer.values - inner.values)
        slope = (outer.root - inner.root) / gap
        place = yield Ask(target, values, slope, goal)
        if place.fault:
            faults += 1
            if faults > _PATIENCE:
                return End(None, f"no fit at {target:.6g}: {place.fault}")
            continue
        faults = 0
        places.append(place)
        inside = side * (place.theta - inner.theta) > 0.0 and side * (outer.theta - place.theta) > 0
        if place.root >= goal and inside:
            outer = place
        elif inside:
            inner = place
        elif abs(place.root - goal) <= _NEAR * goal:
            return End(place.theta)
        else:
            slow = 2
    return End(None, f"no crossing found between {inner.theta:.6g} and {outer.theta:.6g}")


def interpolated(places: Sequence[Place], inner: Place, outer: Place, goal: float) -> float:
    """Return where the root is the goal: inverse interpolation through the nearest places.

    Parameters
    ----------
    places : sequence of Place
        All of one side.
    inner, outer : Place
        Two of them, between whose roots the goal lies.
    goal : float
        Root that is looked for.

    Returns
    -------
    float
        Between both.
    """
    chosen = [inner, outer]
    others = sorted(places, key=lambda place: abs(place.root - goal))
    for place in others:
        if len(chosen) == 4:
            break
        if all(abs(place.root - one.root) > 1e-9 * goal for one in chosen):
            chosen.append(place)
    between = inner.theta + (goal - inner.root) / (outer.root - inner.root) * (
        outer.theta - inner.theta
    )
    # Neville's scheme about the straight line's answer, where all differences are small
    table = [place.theta - between for place in chosen]
    for width in range(1, len(chosen)):
        for i in range(len(chosen) - width):
            low, high = chosen[i].root - goal, chosen[i + width].root - goal
            table[i] = (high * table[i] - low * table[i + 1]) / (high - low)
    found = between + table[0]
    lowest, highest = sorted((inner.theta, outer.theta))
    return found if lowest < found < highest else between
