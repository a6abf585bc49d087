"""Profiles of many fits at once: the walks of all rows and sides go on together.

Where a walk comes upon a lower minimum, its row starts again from there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.profile.anchor import (
    FALL,
    anchor_of,
    from_lower,
    from_start,
    noise_level,
    started,
    steps_of,
)
from spectrafit.fit.profile.branch import Anchor, Ask, End, Place, Walk, branch
from spectrafit.fit.profile.held import Held, HeldFits, held
from spectrafit.fit.profile.interval import NOT_ASKED, Interval, Profile, Side
from spectrafit.fit.profile.row_fits import RowFits
from spectrafit.fit.profile.subject import Subject
from spectrafit.fit.quantity import Quantity
from spectrafit.spectrum import FloatArray

__all__ = ["Wanted", "profiles_of"]

# how often a row starts again from a lower minimum
_ANCHORS = 5


@dataclass(frozen=True)
class Wanted:
    """What is asked of the profiles.

    Parameters
    ----------
    of : str or Quantity
        Parameter or quantity.
    name : str
        What it is called.
    level : float
        Confidence.
    side : str
        ``"both"``, ``"lower"`` or ``"upper"``.
    starts : tuple of mapping of str to float
        Further starts of every fit.
    steps : int
        Points on the way to an end.
    """

    of: str | Quantity
    name: str
    level: float
    side: Side
    starts: tuple[Mapping[str, float], ...]
    steps: int

    def goal(self, freedom: int | None) -> float:
        """Return the root of the rise of chi2 at an end, in units of the noise.

        Parameters
        ----------
        freedom : int or None
            Degrees of freedom of Student's t; None for the normal law.

        Returns
        -------
        float
        """
        from scipy.special import ndtri, stdtrit

        quantile = 0.5 * (1.0 + self.level) if self.side == "both" else self.level
        return float(ndtri(quantile) if freedom is None else stdtrit(freedom, quantile))

    @property
    def sides(self) -> tuple[int, ...]:
        """-1 for the lower, 1 for the upper end."""
        return {"both": (-1, 1), "lower": (-1,), "upper": (1,)}[self.side]


@dataclass(eq=False)
class _Row:
    """What is known of one row so far."""

    anchor: Anchor
    sigma: float | None
    sigma_reason: str
    ends: dict[int, End] = field(default_factory=dict)
    places: list[tuple[float, float, FloatArray]] = field(default_factory=list)
    lower: tuple[float, FloatArray] | None = None
    refits: int = 0


def profiles_of(subject: Subject, fitted: RowFits, wanted: Wanted) -> list[Profile]:
    """Return the profiles of some fits.

    Parameters
    ----------
    subject : Subject
        Spectra.
    fitted : RowFits
        Their fits.
    wanted : Wanted
        What is profiled, and how far.

    Returns
    -------
    list of Profile
        In the order of the fits.
    """
    count = len(fitted.chi2)
    notes: list[list[str]] = [[] for _ in range(count)]
    refits = np.zeros(count, dtype=np.int64)
    for start in wanted.starts:
        fitted = from_start(subject, fitted, start, notes, refits)
    number = held(
        subject,
        wanted.of,
        fitted.values,
        steps_of(subject.problem, fitted.values, fitted.covariance),
    )
    found: dict[int, _Row] = {}
    todo = np.arange(count)
    for _ in range(_ANCHORS):
        level = noise_level(subject.problem, fitted.chi2)
        walked = _walked(subject, number, fitted, level, todo, wanted)
        found |= walked
        for row, one in walked.items():
            refits[row] += one.refits
        lower = {row: one.lower for row, one in walked.items() if one.lower is not None}
        todo = np.array(list(lower), dtype=np.intp)
        if not todo.size:
            break
        fitted = from_lower(subject, fitted, lower, notes)
    for row in todo.tolist():
        why = f"a lower minimum was found {_ANCHORS} times in turn"
        found[row].ends = dict.fromkeys(wanted.sides, End(None, why))
    level = noise_level(subject.problem, fitted.chi2)
    return [
        _profile(
            subject, number, wanted, found[row], float(fitted.chi2[row]), float(level[row]),
            notes[row], int(refits[row]),
        )
        for row in range(count)
    ]  # fmt: skip


def _walked(
    subject: Subject,
    number: Held,
    fitted: RowFits,
    level: FloatArray,
    todo: NDArray[np.intp],
    wanted: Wanted,
) -> dict[int, _Row]:
    """Return the ends of some rows, or the lower place that a walk came upon."""
    problem = subject.problem
    freedom = problem.ndata - len(problem.free_names)
    estimated = problem.noise == "estimated"
    rows = {row: _row(number, fitted, row, float(level[row])) for row in todo.tolist()}
    walks: dict[tuple[int, int], Walk] = {}
    asks: dict[tuple[int, int], Ask] = {}
    for row, one in rows.items():
        one.places.append((one.anchor.theta, float(fitted.chi2[row]), one.anchor.values))
        fault = _no_noise(float(level[row]), freedom, estimated)
        if not math.isfinite(float(fitted.chi2[row])):
            fault = "it was not fitted"
        elif not math.isfinite(one.anchor.theta):
            fault = "the fit does not have the quantity"
        for side in wanted.sides:
            if fault:
                one.ends[side] = End(None, fault)
                continue
            goal = wanted.goal(freedom if estimated else None)
            walks[row, side] = branch(one.anchor, side, goal, wanted.steps)
            _advance(walks, asks, rows, (row, side), None)
    while asks:
        keys = list(asks)
        which = np.array([row for row, _ in keys], dtype=np.intp)
        sides = np.array([side for _, side in keys], dtype=np.intp)
        found = _lowest(number, which, [asks[key] for key in keys], sides, level[which], wanted)
        for i, key in enumerate(keys):
            one = rows[key[0]]
            one.refits += 1 + len(wanted.starts)
            if key not in asks:
                continue
            noise = float(level[key[0]])
            rise = (float(found.chi2[i]) - float(fitted.chi2[key[0]])) / noise**2
            if not found.faults[i]:
                one.places.append((float(found.theta[i]), float(found.chi2[i]), found.values[i]))
            if not found.faults[i] and rise < -FALL:
                one.lower = (float(found.chi2[i]), found.values[i])
                for side in wanted.sides:
                    asks.pop((key[0], side), None)
                continue
            root = math.sqrt(max(rise, 0.0)) if math.isfinite(rise) else math.inf
            fault = found.faults[i] or ("" if math.isfinite(rise) else "chi2 is not finite")
            place = Place(float(found.theta[i]), root, found.values[i], fault)
            _advance(walks, asks, rows, key, place)
    return rows


def _row(number: Held, fitted: RowFits, row: int, level: float) -> _Row:
    anchor, reason = anchor_of(number, fitted, row, level)
    return _Row(anchor, None if reason else anchor.step, reason)


def _advance(
    walks: Mapping[tuple[int, int], Walk],
    asks: dict[tuple[int, int], Ask],
    rows: Mapping[int, _Row],
    key: tuple[int, int],
    place: Place | None,
) -> None:
    """Send a walk what was found; keep what it asks next, or its end."""
    row, side = key
    try:
        asks[key] = next(walks[key]) if place is None else walks[key].send(place)
    except StopIteration as stop:
        asks.pop(key, None)
        rows[row].ends[side] = stop.value


def _lowest(
    number: Held,
    rows: NDArray[np.intp],
    asks: Sequence[Ask],
    sides: NDArray[np.intp],
    level: FloatArray,
    wanted: Wanted,
) -> HeldFits:
    """Return the fits with the number held, the lowest from all starts."""
    best = number.fits(rows, asks, sides, level)
    problem = number.subject.problem
    for start in wanted.starts:
        values = started(problem, np.array([ask.values for ask in asks]), start)
        moved = [replace(ask, values=row) for ask, row in zip(asks, values, strict=True)]
        best = best.lower(number.fits(rows, moved, sides, level))
    return best


def _no_noise(level: float, freedom: int, estimated: bool) -> str:
    if estimated and freedom < 1:
        return "no degrees of freedom: the noise cannot be estimated"
    if not (level > 0.0 and math.isfinite(level)):
        return "no residual: the noise cannot be estimated"
    return ""


def _profile(
    subject: Subject, number: Held, wanted: Wanted, one: _Row, chi2: float, level: float,
    notes: Sequence[str], refits: int,
) -> Profile:  # fmt: skip
    problem = subject.problem
    lower, upper = (one.ends.get(side, End(None, NOT_ASKED)) for side in (-1, 1))
    interval = Interval(
        wanted.name, number.quantity.unit, one.anchor.theta, lower.value, upper.value,
        lower.reason, upper.reason, wanted.level, wanted.side,
    )  # fmt: skip
    freedom = problem.ndata - len(problem.free_names)
    estimated = problem.noise == "estimated"
    goal = wanted.goal(freedom if estimated else None) if freedom > 0 or not estimated else math.nan
    theta = np.array([place[0] for place in one.places])
    order = np.argsort(theta, kind="stable")
    return Profile(
        interval=interval,
        sigma=one.sigma,
        sigma_reason=one.sigma_reason,
        theta=theta[order],
        chi2=np.array([place[1] for place in one.places])[order],
        values=np.array([place[2] for place in one.places])[order],
        names=problem.names,
        noise=problem.noise,
        noise_level=level,
        rise=(goal * level) ** 2,
        engine=subject.engine,
        refits=refits,
        notes=(*notes, *(end.note for end in (lower, upper) if end.note)),
    )
