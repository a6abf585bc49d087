"""Where a fitted pure state is not what others expect of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.states.assignment import KeyPopulation
from spectrafit.states.estimability import estimable
from spectrafit.states.expectation import Expectation, expectation_text
from spectrafit.states.joint import JointFit
from spectrafit.states.mixing import mixed_value

__all__ = ["member_conflicts", "share_conflicts"]

_FAR = 3.0  # standard uncertainties


def member_conflicts(fit: JointFit, expectations: Sequence[Expectation]) -> tuple[str, ...]:
    """Return a sentence for each pure state that is fitted far off what is expected of it.

    Compared is what the key's rule makes of the pure state alone, at the temperature of the
    expectation, or at the highest of the key's data where it has none.

    Parameters
    ----------
    fit : JointFit
        Of a story.
    expectations : sequence of Expectation
        Of pure states; those without a free number in the fit are passed over.

    Returns
    -------
    tuple of str
        Those more than three standard uncertainties apart, the farthest first.
    """
    values = fit.values()
    numbers = fit.objective.numbers
    owners = {number.name: numbers.owner[row] for row, number in enumerate(numbers.every)}
    found = []
    for one in expectations:
        name = f"{one.key}.{one.state}"
        owner = owners.get(name, -1)
        spec = fit.objective.data.specs.get(one.key)
        if owner < 0 or spec is None or spec.of_slopes:
            continue
        slope = np.zeros(len(fit.names))
        slope[owner] = 1.0
        own = estimable(fit, slope).sigma
        if own is None:
            continue
        T = one.T or max(datum.T for datum in fit.objective.data.data if datum.key == one.key)
        given = {n.name: values[n.name] for n in numbers.every if n.kind == "nuisance"}
        try:
            here = one.in_unit(spec.unit)
            value = mixed_value(spec, {one.state: 1.0}, {one.state: values[name]}, given, T)
        except SpectrafitError:
            continue  # no rule for a pure state alone: nothing to compare
        low, high = here.ends if here.value is None else (here.value, here.value)
        width = math.hypot(own, here.width, here.sigma or 0.0)
        off = max(low - value, value - high, 0.0) / width
        if off > _FAR:
            unit = "" if spec.unit == "1" else f" {spec.unit}"
            label = fit.objective.model.label(one.state)
            found.append(
                (
                    off,
                    f"{one.key} of pure {label}: the joint fit makes it"
                    f" {value_text(value, own, '')}{unit}, expected is {expectation_text(one)}{unit}"
                    f" ({one.source}); {number_text(off, 2)} standard uncertainties apart",
                )
            )
    return tuple(text for _, text in sorted(found, key=lambda row: -row[0]))


def share_conflicts(fit: JointFit, shares: Sequence[KeyPopulation]) -> tuple[str, ...]:
    """Return a sentence for each key whose population alone excludes that of the joint fit.

    Parameters
    ----------
    fit : JointFit
        Of a story.
    shares : sequence of KeyPopulation
        Of single keys, with what is expected of pure states.

    Returns
    -------
    tuple of str
    """
    names = fit.objective.model.names
    found = []
    for one in shares:
        if one.low is None or one.high is None or not {one.lower, one.upper} <= set(names):
            continue
        x = fit.objective.populations(fit.theta, np.array([one.T])).x[:, 0]
        lower, upper = x[names.index(one.lower)], x[names.index(one.upper)]
        share = float(upper / (lower + upper)) if lower + upper > 0.0 else 0.0
        if one.low <= share <= one.high:
            continue
        label = fit.objective.model.label(one.upper)
        found.append(
            f"{one.key} alone, with what is expected of the pure states, gives a share of"
            f" {range_text(one.low, one.high, 2)} of {label} at {number_text(one.T, 4)} K; the"
            f" joint fit gives {number_text(share, 2)}"
        )
    return tuple(found)
