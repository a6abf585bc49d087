"""Whether other populations, x_upper -> a n + b x_upper, fit as well once all else is refitted.

With the population n of both branches of a step given, every rule that is linear in populations stays
the same when the upper branch takes other shares and the pure states other values. Only a pure-state
value that is known from elsewhere, or an assumed shape in temperature, tells such sets apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.fit.profile.branch import Place
from spectrafit.rounding import number_text, range_text
from spectrafit.states.assignment import AxisCheck
from spectrafit.states.axis_law import branch_states
from spectrafit.states.axis_objective import AxisObjective, axis_objective
from spectrafit.states.axis_refit import mapped_fit
from spectrafit.states.datum import JoinedData
from spectrafit.states.estimability import POPULATION_SIGMA, estimable
from spectrafit.states.joint import JointFit, fit_at
from spectrafit.states.near_minimum import least_near
from spectrafit.states.objective import objective_of
from spectrafit.states.profile_ways import SHARES, Quantity, Way, population, ways

__all__ = ["axis_check", "axis_chi2"]

_RISE = 4.0
"""Of chi2: sets of populations above it do not fit."""
_ERROR = 2.0
"""Standard uncertainties of a population at which chi2 has risen by as much."""
_GRID = ((0.1, 0.4, 0.7, 1.0), (0.0, 0.3, 0.6, 0.9))
"""Highest share, and lowest as a part of it, where sets are looked at beside those of the profile."""
_BENT = 1.1
"""Of an error: profiles bend, and an end that lies this far beyond it is one with it."""
_SAME = 0.01
"""Of a population: sets that differ by less are one."""
_TOLERANCE = 1e-6  # fall of chi2 that ends a search


def axis_check(fit: JointFit, step_name: str, left_out: str = "") -> AxisCheck:
    """Return whether other shares of a step's upper branch fit as well as those of a fit.

    Populations are mapped by ``x_upper -> a n + b x_upper`` with every share between 0 and 1 at all
    temperatures of the data; pure-state values, nuisances and shared errors are refitted, and chi2
    may rise by 4. The parameters of the steps have no part in it: it tells what the data say
    without the assumed shape in temperature.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.
    step_name : str
        Name of the step.
    left_out : str, optional
        Technique, key, or first words of keys whose data are left out; the populations that are
        mapped stay those of the fit.

    Returns
    -------
    AxisCheck
        ``fixed`` where no set beyond two standard uncertainties of the population at the highest
        reported temperature fits.

    Raises
    ------
    SettingsError
        For an unknown step, or data left out that are all.
    """
    fit = _without(fit, left_out) if left_out else fit
    objective, start = axis_objective(fit, step_name)
    model = objective.model
    upper = branch_states(model.steps, objective.law.axis.step.upper)
    report_T = model.report_T or (max(datum.T for datum in objective.data.data),)
    value, slope = population(fit.objective, upper, report_T[-1])(fit.theta)
    stated = estimable(fit, slope, POPULATION_SIGMA).sigma
    centre = fit_at(objective, least_near(objective, start, enough=_TOLERANCE)[1])
    quantity = population(objective, upper, report_T[-1])
    fitting = [one for way in ways(centre, quantity, _RISE**0.5, SHARES) for one in _of_way(way)]
    ends = [place.theta for place in fitting]
    error = _ERROR * (stated or 0.0)
    is_fixed = max(max(ends) - value, value - min(ends)) <= max(_BENT * error, _SAME)
    if not is_fixed:
        fitting += [place for place in _scanned(centre, quantity) if place.root**2 <= _RISE]
    low, high = (pick(fitting, key=lambda place: place.theta) for pick in (min, max))
    told = [tuple(place.values[: len(objective.law.names)]) for place in fitting]
    a, b = zip(*map(objective.law.axis.map_of, told), strict=True)
    shares = []
    for T in report_T:
        here = population(objective, upper, T)
        every = [here(place.values)[0] for place in fitting]
        shares.append((T, min(every), max(every)))
    verdict = "fixed" if is_fixed else "known up to a n + b x"
    label = " and ".join(model.label(state) for state in upper)
    return AxisCheck(
        objective.story.name, step_name, left_out,
        (min(a), max(a)), (min(b), max(b)), tuple(shares),
        (max(low.root, 0.0) ** 2, max(high.root, 0.0) ** 2), verdict,
        _sentence(label, report_T[-1], left_out, (value, stated), (low.theta, high.theta), is_fixed),
    )  # fmt: skip


def _sentence(
    label: str,
    T: float,
    left_out: str,
    stated: tuple[float, float | None],
    ends: tuple[float, float],
    is_fixed: bool,
) -> str:
    data = f"without {left_out}" if left_out else "by all data"
    span = range_text(round(ends[0], 3), round(ends[1], 3), 3)
    value, sigma = stated
    own = number_text(value, 3) + ("" if sigma is None else f" ± {number_text(1.96 * sigma, 2)}")
    if is_fixed:
        return (
            f"The population of {label} is fixed {data}: with its scale free it is {span} at "
            f"{number_text(T)} K, and {own} (95 %) by the law of the steps."
        )
    return (
        f"The population of {label} is known up to a n + b x {data}: {span} at {number_text(T)} K "
        f"fit as well, and {own} (95 %) rests on the law of the steps."
    )


def axis_chi2(fit: JointFit, step_name: str, a: float, b: float) -> float:
    """Return the least chi2 of a fit's data with the populations of one step mapped.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.
    step_name : str
        Name of the step.
    a, b : float
        Of the map; 0 and 1 change nothing.

    Returns
    -------
    float
        Without what priors of the parameters of the steps add.

    Raises
    ------
    SettingsError
        For an unknown step, or a map that gives shares outside 0 to 1.
    """
    objective, start = axis_objective(fit, step_name)
    axis = objective.law.axis
    told = axis.told(a, b)
    ends = (a + b * axis.lowest, a + b * axis.highest)
    if min(ends) < -1e-9 or max(ends) > 1.0 + 1e-9 or not np.allclose(axis.map_of(told), (a, b)):
        raise SettingsError(
            f"a of {number_text(a)} and b of {number_text(b)} make no shares between 0 and 1",
            where=f"step {step_name}",
        )
    return mapped_fit(objective, start, told)[0]


def _without(fit: JointFit, left_out: str) -> JointFit:
    """Return what is known at the same numbers without some data."""
    of = fit.objective
    kept = [
        place
        for place, datum in enumerate(of.data.data)
        if left_out not in (datum.technique, datum.key) and not datum.key.startswith(f"{left_out}.")
    ]
    if len(kept) == len(of.data.data):
        return fit
    if not kept:
        raise SettingsError(f"nothing is left without {left_out}")
    data = tuple(of.data.data[place] for place in kept)
    groups = {datum.group for datum in data}
    covariances = {
        group: matrix for group, matrix in of.data.covariances.items() if group in groups
    }
    fewer = objective_of(of.model, of.story, JoinedData(data, of.data.specs, covariances))
    if of.shifts is not None:
        fewer = fewer.with_shifts(of.shifts[kept])
    values = fit.values()
    return fit_at(fewer, np.array([values[name] for name in fewer.names]))


def _of_way(way: Way) -> Iterator[Place]:
    """Yield the places of one side of a profile that fit, its end among them."""
    goal = _RISE**0.5
    yield from (place for place in way.places if place.root <= goal)
    numbers = way.numbers_at(goal)
    if way.end.value is not None and numbers is not None:
        yield Place(way.end.value, goal, numbers)


def _scanned(centre: JointFit, quantity: Quantity) -> Iterator[Place]:
    """Yield the fits of maps over all that they may be."""
    objective = centre.objective
    assert isinstance(objective, AxisObjective)
    count = len(objective.law.names)
    for told in product(*_GRID[:count]):
        inside = np.clip(told, objective.low[:count], objective.high[:count])
        chi2, theta = mapped_fit(objective, centre.theta, tuple(inside.tolist()))
        rise = chi2 - centre.chi2
        if np.isfinite(rise):
            yield Place(quantity(theta)[0], float(np.sqrt(max(rise, 0.0))), theta)
