"""Intervals by profile likelihood: of one fit or of many, of a parameter or of a quantity.

Where the noise is known, an end is where chi2 has risen by the square of the normal quantile (Venzon,
Moolgavkar, Appl. Stat. 37, 87 (1988)); where it is estimated, by the square of Student's t times the
reduced chi2 (Bates, Watts, *Nonlinear Regression Analysis* (1988), chapter 6). Both are exact for
models that are linear in all parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

import numpy as np

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import ENGINES, engine_of
from spectrafit.fit.problem import Problem
from spectrafit.fit.profile.interval import Interval, Profile, Profiles, Side
from spectrafit.fit.profile.profiling import Wanted, profiles_of
from spectrafit.fit.profile.row_fits import row_fits, stack_fits
from spectrafit.fit.profile.subject import Subject
from spectrafit.fit.quantity import Quantity
from spectrafit.fit.result import FitResult

__all__ = ["Interval", "Profile", "Profiles", "profile", "profile_many"]

Starts = Sequence[Mapping[str, float]]

# values of spectra in memory at a time
_BLOCK = 2_000_000


# numbers whose squares no double holds end in reasons, not in warnings
@np.errstate(all="ignore")
def profile(
    problem: Problem,
    of: str | Quantity,
    *,
    result: FitResult | None = None,
    level: float = 0.683,
    side: Side = "both",
    name: str = "",
    starts: Starts = (),
    steps: int = 4,
    engine: str = "scipy",
) -> Profile:
    """Return the profile of chi2 over one number, all else refitted, and its interval.

    It needs no standard error: the parameter may be on a bound or badly determined. Where a refit
    finds a lower minimum than the fit's, the profile starts again from there and a note says so.

    Parameters
    ----------
    problem : Problem
        What was fitted, of one spectrum or several.
    of : str or Quantity
        Full name of a parameter, free or tied; or a quantity.
    result : FitResult, optional
        Its fit, which is made where it is not given.
    level : float, optional
        Confidence, of both ends together or of the one end.
    side : str, optional
        ``"both"``, or the end that is wanted by itself, ``"lower"`` or ``"upper"``.
    name : str, optional
        Of the quantity, for the interval.
    starts : sequence of mapping of str to float, optional
        Further starts by full name that every fit is made from; the lowest chi2 counts. For
        problems of several minima.
    steps : int, optional
        Points on the way to an end, for a plot.
    engine : str, optional
        ``"scipy"``; ``"batch"`` or ``"compiled"`` for a problem of one spectrum.

    Returns
    -------
    Profile

    Raises
    ------
    SettingsError
        For an unknown or fixed parameter, engine, side, level or number of steps.
    FitError
        When the result is of another problem, or the engine does not hold what is profiled.
    """
    if not isinstance(problem, Problem):
        raise FitError("a profile needs the data", do="give the Problem, and result=... of its fit")
    if result is not None and result.digest != problem.digest:
        raise FitError("the result is of another problem", do="leave it out, or give its problem")
    if len(problem.data) > 1 and engine not in ("scipy", "auto"):
        raise FitError(
            f"the {engine} engine fits problems of one spectrum", do='write engine="scipy"'
        )
    chosen = _engine(problem, 1, engine)
    first = problem.data[0]
    sigma = None if first.sigma is None else np.array(first.sigma)
    subject = Subject(problem, np.array(first.y)[None, :], sigma, chosen)
    begin = problem.start_values if result is None else result.values
    fitted = row_fits(problem, subject.y, sigma, np.array(begin)[None, :], engine="scipy")
    return profiles_of(subject, fitted, _wanted(problem, of, level, side, name, starts, steps))[0]


# numbers whose squares no double holds end in reasons, not in warnings
@np.errstate(all="ignore")
def profile_many(
    stack: FitStack,
    of: str | Quantity,
    *,
    level: float = 0.683,
    side: Side = "both",
    name: str = "",
    starts: Starts = (),
    steps: int = 4,
    engine: str = "auto",
) -> Profiles:
    """Return the profiles of the same number in many fits, made together.

    Parameters
    ----------
    stack : FitStack
        The fits. Of counts, sigma is held at that of the best fit.
    of : str or Quantity
        Full name of a parameter, free or tied; or a quantity.
    level : float, optional
        Confidence, of both ends together or of the one end.
    side : str, optional
        ``"both"``, or the end that is wanted by itself, ``"lower"`` or ``"upper"``.
    name : str, optional
        Of the quantity, for the intervals.
    starts : sequence of mapping of str to float, optional
        Further starts by full name that every fit is made from; the lowest chi2 counts.
    steps : int, optional
        Points on the way to an end, for a plot.
    engine : str, optional
        As of `fit_many`.

    Returns
    -------
    Profiles

    Raises
    ------
    SettingsError
        For an unknown or fixed parameter, engine, side, level or number of steps.
    FitError
        When the stack has no data, or the engine does not hold what is profiled.
    """
    if stack.y is None:
        raise FitError("the stack does not hold its data", do="give what fit_many returned")
    problem = stack.problem
    chosen = _engine(problem, len(stack), engine)
    if isinstance(of, Quantity) and engine == "auto" and chosen == "compiled":
        chosen = "batch"
    wanted = _wanted(problem, of, level, side, name, starts, steps)
    size = max(64, _BLOCK // stack.ndata)
    rows: list[Profile] = []
    for begin in range(0, len(stack), size):
        part = stack.rows(slice(begin, begin + size))
        subject = Subject(problem, part.y, part.y_sigma, chosen)
        rows += profiles_of(subject, stack_fits(part), wanted)
    return Profiles(tuple(rows))


def _engine(problem: Problem, count: int, engine: str) -> str:
    if engine not in ENGINES:
        raise SettingsError(
            f"no engine {engine!r}", do=nearest(engine, ENGINES, noun="the engines")
        )
    return engine if engine == "scipy" else engine_of(problem, count, engine)


def _wanted(
    problem: Problem, of: str | Quantity, level: float, side: Side, name: str, starts: Starts,
    steps: int,
) -> Wanted:  # fmt: skip
    if side not in get_args(Side):
        raise SettingsError(f"no side {side!r}", do=nearest(side, get_args(Side), noun="the sides"))
    least = 0.0 if side == "both" else 0.5
    if not least < level < 1.0:
        raise SettingsError(f"a level of {level}", do=f"give a number between {least:g} and 1")
    if steps < 1:
        raise SettingsError(f"{steps} steps", do="give 1 or more")
    for start in starts:
        for other in start:
            if other not in problem.names:
                advice = nearest(other, problem.names, noun="the parameters")
                raise SettingsError(f"no parameter {other!r}", do=advice)
    called = name or (of if isinstance(of, str) else "quantity")
    return Wanted(of, called, level, side, tuple(starts), steps)
