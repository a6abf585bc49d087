"""What the engines make of pathological data: every error bar a number or a named reason."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from pathological_case import faults
from reliability.pathological_data import Given

from spectrafit.alert import Level
from spectrafit.errors import SpectrafitError
from spectrafit.fit import FitResult, FitStack, Flag, Problem, fit, fit_many
from spectrafit.fit.ensemble import ensemble
from spectrafit.fit.intervals import profile
from spectrafit.fit.quantity import parameter
from spectrafit.fit.result import FIXED
from spectrafit.spectrum import Spectrum

SINGLE = ("scipy", "lmfit")
STACKED = ("batch", "compiled")
ENGINES = (*SINGLE, *STACKED)

# of the sum of squares of the data: a difference of chi2 that is rounding
_ROUNDING = 1e-24
# relative difference of chi2 within which two minima are one
_SAME = 1e-6


@dataclass(frozen=True)
class Found:
    """What was made of one fit.

    Parameters
    ----------
    result : FitResult or None
        None where the data were refused, or where no fit was asked for.
    refusal : str
        The words of the refusal.
    faults : tuple of str
        What breaks the promise.
    """

    result: FitResult | None
    refusal: str
    faults: tuple[str, ...]

    @property
    def trusted(self) -> bool:
        """Whether nothing is said against any number of it."""
        if self.result is None:
            return False
        grave = [a for a in self.result.alerts() if a.level is not Level.G]
        return not grave and set(self.result.reasons) <= {"", FIXED}


Made = tuple[FitResult | None, list[str]]


def told(make: Callable[[], Made]) -> Found:
    """Return what comes of a call; whatever happens, it is told."""
    notes: list[str] = []
    result, refusal = None, ""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        # asked for by the caller of Python; libraries that open their own files are not ours to mend
        warnings.simplefilter("ignore", EncodingWarning)
        try:
            result, notes = make()
        except SpectrafitError as error:
            refusal = str(error)
            notes += [] if error.do else [f"refused without what to do: {error}"]
        except Exception as error:
            notes.append(f"{type(error).__name__}: {error}")
    notes += [f"warning: {each.category.__name__}: {each.message}" for each in warned]
    return Found(result, refusal, tuple(notes))


def found_by(engine: str, one: Given) -> Found:
    """Return what an engine makes of a fit."""
    found = told(lambda: _fitted(engine, one))
    if found.result is None:
        return found
    return replace(found, faults=(*found.faults, *_unsound(one, found.result)))


def serves(engine: str, one: Given) -> bool:
    """Return whether an engine has the lines of a fit."""
    from spectrafit.fit.compiled.engine import not_compiled
    from spectrafit.fit.stack import layout_of

    if engine != "compiled":
        return True
    blank = Spectrum(np.arange(50.0), np.zeros(50))
    free = {name: replace(each, start=None, min=None, max=None, equals=None)
            for name, each in one.parameters.items()}  # fmt: skip
    return not not_compiled(layout_of(Problem(blank, one.model, parameters=free)))


def stacked(one: Given) -> str:
    """Return the faster engine of many fits that has the lines of a fit."""
    return "compiled" if serves("compiled", one) else "batch"


def _fitted(engine: str, one: Given) -> Made:
    if engine in SINGLE:
        return fit(one.problem(), engine=engine, max_evaluations=one.limit), []
    stack = fit_many(
        one.x, one.y[None, :], one.model, start=one.start, sigma=one.sigma,
        parameters=one.parameters, engine=engine, max_evaluations=one.limit,
    )  # fmt: skip
    return stack.result(0), _nameless(stack)


def _nameless(stack: FitStack) -> list[str]:
    """Return what of a row of a stack is neither an error nor a reason."""
    notes = []
    for name in stack.names:
        sigma, reason = float(stack.sigma(name)[0]), stack.reason(name, 0)
        if np.isnan(sigma) != bool(reason):
            notes.append(f"stack: {name}: sigma {sigma}, reason {reason!r}")
        elif not np.isnan(sigma) and not 0 < sigma < np.inf:
            notes.append(f"stack: {name}: sigma {sigma}")
    return notes


def _unsound(one: Given, result: FitResult) -> list[str]:
    """Return what is wrong with a result: errors, flags, and trust in what cannot be determined."""
    with np.errstate(all="ignore"):
        notes = [f"unsound: {each}" for each in faults(one.problem(), result)]
    why = {reason for reason in result.reasons if reason not in ("", FIXED)}
    notes += [f"reason {each!r} has no flag" for each in why - {f.value for f in result.flags}]
    if not result.flags:
        notes.append("no flag at all")
    if one.undetermined and all(not result.sigma_reason(name) for name in one.undetermined):
        notes.append(f"trusted: {', '.join(one.undetermined)}")
    if {Flag.CALL_LIMIT, Flag.NOT_AT_MINIMUM} & set(result.flags) and "" in result.reasons:
        notes.append("an error without a minimum")
    return notes


# --- intervals, ensembles, counts -----------------------------------------------------------------


def profiled(one: Given) -> Found:
    """Return what the profile of the first free parameter says."""

    def make() -> Made:
        problem = one.problem()
        if not problem.free_names:
            return None, []
        found = profile(problem, problem.free_names[0], engine=stacked(one))
        notes = _number_or_reason("profile", found.sigma, found.sigma_reason)
        interval = found.interval
        ends = (
            ("lower end", interval.minus, interval.lower_reason),
            ("upper end", interval.plus, interval.upper_reason),
        )
        return None, notes + [each for end in ends for each in _number_or_reason(*end)]

    return told(make)


def _number_or_reason(what: str, size: float | None, reason: str) -> list[str]:
    if size is None:
        return [] if reason else [f"{what}: neither number nor reason"]
    return [] if 0 < size < np.inf and not reason else [f"{what}: {size}, reason {reason!r}"]


def in_ensemble(one: Given) -> Found:
    """Return what an ensemble of two windows says of the first parameter of the model."""

    def make() -> Made:
        name = one.model.parameter_names[0]

        def of(window: slice) -> Problem:
            sigma = None if one.sigma is None else one.sigma[window]
            return replace(one, x=one.x[window], y=one.y[window], sigma=sigma).problem()

        windows = {"whole": slice(None), "inner": slice(4, -4)}
        found = ensemble(
            of, {"window": windows}, {name: parameter(name)}, resamples=0, engine=stacked(one)
        )
        estimate = found.estimates.get(name)
        kept = [member for member in found.kept if member.best is not None]
        notes = [] if all(found.not_kept.values()) else ["a member is left out without a reason"]
        if estimate is None:
            return None, [*notes, "no estimate and no refusal"]
        held = all(
            str(member.result and member.result.sigma_reason(name)) == FIXED for member in kept
        )
        if not held and not 0 < estimate.sigma < np.inf:
            notes.append(f"ensemble: error {estimate.sigma}")
        return None, notes

    return told(make)


def as_counts(one: Given) -> Found:
    """Return what a fit of the values as counts says."""

    def make() -> Made:
        stack = fit_many(
            one.x, one.y[None, :], one.model, start=one.start, parameters=one.parameters,
            counts=True, engine=stacked(one), max_evaluations=one.limit,
        )  # fmt: skip
        return stack.result(0), _nameless(stack)

    return told(make)


# --- the engines against each other ---------------------------------------------------------------


def verdict(one: Given, this: Found, other: Found) -> str:
    """Return how what two engines found compares.

    Returns
    -------
    str
        ``"same"``; ``"other minimum"`` where chi2 differs, ``"call limit"`` where one gave up;
        ``"one refuses"`` and ``"one trusts"``, which should not be.
    """
    if this.result is None or other.result is None:
        return "same" if this.result is other.result else "one refuses"
    if any(Flag.CALL_LIMIT in each.result.flags for each in (this, other) if each.result):
        return "call limit"
    a, b = this.result.chi2, other.result.chi2
    with np.errstate(all="ignore"):
        weighted = one.y if one.sigma is None else one.y / one.sigma
        rounding = _ROUNDING * float(weighted @ weighted)
    if abs(a - b) > _SAME * max(a, b) + rounding:
        return "other minimum"
    return "same" if this.trusted is other.trusted else "one trusts"


OTHER: Mapping[str, Callable[[Given], Found]] = {
    "profile": profiled,
    "ensemble": in_ensemble,
    "counts": as_counts,
}
"""What is looked at besides single fits and stacks of them."""
