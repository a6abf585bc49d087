"""Intervals of numbers that weak peaks give: the limit of chi2 comes from simulated spectra.

A profile ends where chi2 has risen by 1. That number holds where the fit is of the peak and nearly
linear in it; of a peak as high as the noise the fit may be of a fluctuation elsewhere, and chi2 at
the truth is often several above its least. Here every value is tested: spectra are drawn from the
fit with the number held there, and the value is excluded where the rise in the data is among the
largest of theirs. The interval reaches from the lowest to the highest value that is not excluded.

G. J. Feldman, R. D. Cousins, *Phys. Rev. D* 57 (1998) 3873, with what else is fitted at its best
value for each one tested (B. Sen, M. Walker, M. Woodroofe, *Statistica Sinica* 19 (2009) 301).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.bootstrap import RatioBootstrap, bootstrap_ratio
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.fit.profile.interval import Interval
from spectrafit.fit.profile.peak_scan import scanned_starts, weakest_peak
from spectrafit.fit.result import FitResult
from spectrafit.fit.single import fit
from spectrafit.spectrum import FloatArray

__all__ = ["Calibrated", "calibrated_interval", "value_test"]

# values tested from a bound inwards, so that a second place beside the best is not missed
_GRID = 5
# how often a range is doubled where there is no bound
_DOUBLINGS = 10
# an end is known to this part of its distance from the best value
_PRECISION = 0.08
_MOST_HALVINGS = 12
# a rise of chi2, in units of the noise, that no simulated spectrum of a fit shows by chance
_FAR = 50.0
# draws that are made first; the rest only where these leave it within so many of their errors
_FIRST, _CLEAR = 29, 3.0
# random starts of the parameter where no peak is weak
_SEARCHES = 2


@dataclass(frozen=True)
class Calibrated:
    """An interval by tests of values, with the tests.

    Parameters
    ----------
    interval : Interval
        Its ends: what is farther out is excluded at the level. An end that is no number is open: the
        farthest value that was tested is not excluded.
    tested : mapping of float to float
        Share of the simulated spectra in which chi2 rises at least as much as in the data, by value.
    draws : int
        Simulated spectra of a test that fewer did not decide.
    """

    interval: Interval
    tested: Mapping[float, float]
    draws: int


def value_test(
    problem: Problem,
    name: str,
    value: float,
    *,
    result: FitResult | None = None,
    seed: int,
    draws: int = 99,
    counts: bool = False,
    engine: str = "batch",
) -> RatioBootstrap:
    """Return the test of one value of a parameter: the rise of chi2 where it is held, and its law.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    name : str
        Full name of a free parameter.
    value : float
        What is tested, inside the bounds.
    result : FitResult, optional
        The fit, from which the one with the value held starts too.
    seed : int
        Of the simulated spectra.
    draws : int, optional
        How many.
    counts : bool, optional
        Whether y are counts: noise is then Poisson's.
    engine : str, optional
        Of `fit_many`.

    Returns
    -------
    RatioBootstrap
        The value is excluded at a level where ``p`` is at most 1 - level.

    Raises
    ------
    FitError
        When the problem has several spectra, or no fit succeeds.
    SettingsError
        For an unknown parameter or an impossible number.
    """
    held, whole, _ = _held(problem, name, value, result)
    return _tested(held, whole, result or fit(whole), name, seed, draws, counts, engine)


def _tested(
    held: Problem, whole: Problem, result: FitResult, name: str, seed: int, draws: int,
    counts: bool, engine: str,
) -> RatioBootstrap:  # fmt: skip
    """Return the test, the weak peak looked for alike in the data and in what is drawn."""
    peak = weakest_peak(whole, result, name)

    def scanned(y: FloatArray, values: FloatArray) -> Sequence[Mapping[str, ArrayLike]]:
        if peak is None:
            return ()
        return scanned_starts(whole, peak, y, values, np.random.default_rng(seed))

    return bootstrap_ratio(
        held, whole, seed=seed, draws=draws, searches=0 if peak else _SEARCHES, counts=counts,
        engine=engine, starts_for=scanned,
    )  # fmt: skip


def calibrated_interval(
    problem: Problem,
    name: str,
    *,
    result: FitResult | None = None,
    level: float = 0.683,
    seed: int,
    draws: int = 99,
    counts: bool = False,
    engine: str = "batch",
) -> Calibrated:
    """Return the values of a parameter that simulated spectra do not exclude.

    It takes some twenty tests of `draws` spectra each, a few seconds. Of a strong peak it is the
    profile's interval; of a weak one that and the linear one are too short.

    Parameters
    ----------
    problem : Problem
        Of one spectrum. Bounds are the range in which the number is looked for.
    name : str
        Full name of a free parameter.
    result : FitResult, optional
        Its fit, which is made where it is not given.
    level : float, optional
        Confidence.
    seed : int
        Of the simulated spectra, the same in every test.
    draws : int, optional
        How many a test; fewer where those leave no doubt.
    counts : bool, optional
        Whether y are counts: noise is then Poisson's.
    engine : str, optional
        Of `fit_many`.

    Returns
    -------
    Calibrated

    Raises
    ------
    FitError
        When the problem has several spectra, or no fit succeeds.
    SettingsError
        For an unknown parameter or an impossible number.
    """
    if not 0.0 < level < 1.0:
        raise SettingsError(f"a level of {level}", do="give a number between 0 and 1")
    if (1.0 - level) * (draws + 1) < 1.0:
        raise SettingsError(f"{draws} draws for {level:g}", do="draw more")
    own = fit(problem) if result is None else result
    tests: dict[float, float] = {}
    lowest = [own]

    def is_excluded(value: float) -> bool:
        if value not in tests:
            held, whole, chi2 = _held(problem, name, value, lowest[0])
            noise = 1.0 if problem.noise == "known" else lowest[0].redchi
            if chi2 - lowest[0].chi2 > _FAR * noise:
                tests[value] = 0.0
            else:
                for many in (min(_FIRST, draws), draws):
                    found = _tested(held, whole, lowest[0], name, seed, many, counts, engine)
                    if abs(found.p - (1.0 - level)) > _CLEAR * math.sqrt(
                        level * (1 - level) / many
                    ):
                        break
                tests[value] = found.p
                lowest[0] = min(lowest[0], found.alternative, key=lambda one: one.chi2)
        return tests[value] <= 1.0 - level

    # a lower minimum elsewhere, where there is one, is what the ends are looked for from
    is_excluded(own.value(name))
    best = lowest[0].value(name)
    place = problem.names.index(name)
    ends = {}
    for sign, bound in ((-1, problem.min_values[place]), (1, problem.max_values[place])):
        step = own.sigma(name) or abs(best) or 1.0
        ends[sign] = _end(is_excluded, best, float(bound), sign * step)
    unit = problem.units[place]
    lower, upper = ends[-1], ends[1]
    interval = Interval(name, unit, best, lower[0], upper[0], lower[1], upper[1], level, "both")
    return Calibrated(interval, dict(sorted(tests.items())), draws)


def _held(
    problem: Problem, name: str, value: float, result: FitResult | None
) -> tuple[Problem, Problem, float]:
    """Return the problem with a value held, that without, and chi2 of the former.

    Both start from the lowest fit known.
    """
    if len(problem.data) != 1:
        raise FitError("tests of several spectra", do="give a problem of one spectrum")
    if name not in problem.free_names:
        raise SettingsError(
            f"no free parameter {name!r}",
            do=nearest(name, problem.free_names, noun="the free parameters"),
        )
    place = problem.names.index(name)
    if not problem.min_values[place] <= value <= problem.max_values[place]:
        raise SettingsError(f"{name} = {value:g} is outside its bounds", do="test a value inside")
    starts = [dict(zip(problem.names, map(float, problem.start_values), strict=True))]
    if result is not None:
        starts.append(dict(result.by_name))
    tried = [_started(problem, {**start, name: value}, held=name) for start in starts]
    chi2 = [fit(one).chi2 for one in tried]
    lowest = min(chi2)
    return tried[chi2.index(lowest)], _started(problem, starts[-1]), lowest


def _started(problem: Problem, start: Mapping[str, float], held: str = "") -> Problem:
    """Return a problem that starts elsewhere, with one parameter held there."""
    changes = {key: replace(one, start=None) for key, one in problem.parameters.items()}
    if held:
        changes[held] = replace(changes.get(held, ParameterChange()), fixed=True)
    return Problem(problem.data, problem.model, start=start, parameters=changes)


def _end(
    is_excluded: Callable[[float], bool], best: float, bound: float, step: float
) -> tuple[float | None, str]:
    """Return the nearest value on one side that is excluded, or why there is none."""
    if best == bound:
        return None, f"at the bound {bound:g}"
    inner, outer = best, best + step
    if math.isfinite(bound):
        # the last one is the bound itself, which rounding may miss
        places = [best + (bound - best) * k / _GRID for k in range(1, _GRID)] + [bound]
        taken = next((k for k in reversed(range(_GRID)) if not is_excluded(places[k])), -1)
        if taken == _GRID - 1:
            return None, f"open: not excluded up to the bound {bound:g}"
        inner, outer = (places[taken] if taken >= 0 else best), places[taken + 1]
    else:
        for _ in range(_DOUBLINGS):
            if is_excluded(outer):
                break
            inner, outer = outer, best + 2.0 * (outer - best)
        else:
            return None, f"open: not excluded up to {inner:g}"
    for _ in range(_MOST_HALVINGS):
        if abs(outer - inner) <= _PRECISION * abs(outer - best):
            break
        middle = 0.5 * (inner + outer)
        if is_excluded(middle):
            outer = middle
        else:
            inner = middle
    return outer, ""
