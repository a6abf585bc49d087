"""Joint fits of states to data that no fit can do justice to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from reliability.pathological_fits import Found, told
from two_state_case import SPECS, fit_of, two_state_data, two_state_model

from spectrafit.states.datum import Datum, JoinedData
from spectrafit.states.estimability import estimable

Change = Callable[[Sequence[Datum]], Sequence[Datum]]


def _each(**changed: float) -> Change:
    return lambda data: [replace(one, **changed) for one in data]  # type: ignore[arg-type]


def _times(factor: float) -> Change:
    return lambda data: [replace(one, value=factor * (one.value or 0.0)) for one in data]


def _one_off(value: float) -> Change:
    return lambda data: [replace(data[0], value=value), *data[1:]]


SPOILT: Mapping[str, Change] = {
    "nothing spoilt": lambda data: data,
    "all zero": _each(value=0.0),
    "all equal": _each(value=2.5),
    "turned round": lambda data: [
        replace(one, value=other.value) for one, other in zip(data, reversed(data), strict=True)
    ],
    "times 1e30": _times(1e30),
    "times 1e-30": _times(1e-30),
    "one value of 1e200": _one_off(1e200),
    "one value not a number": _one_off(float("nan")),
    "one infinite value": _one_off(float("inf")),
    "one temperature": lambda data: [one for one in data if one.T < 25.0],
    "one datum": lambda data: data[:1],
    "no datum": lambda data: [],
    "one key": lambda data: [one for one in data if one.key == next(iter(SPECS))],
    "sigma 1e-30": _each(sigma=1e-30),
    "sigma 1e30": _each(sigma=1e30),
    "sigma of 0": _each(sigma=0.0),
    "sigma not a number": _each(sigma=float("nan")),
    "every datum twice": lambda data: [*data, *data],
    "below 0 K": lambda data: [replace(data[0], T=-1.0), *data[1:]],
}


def joined(how: str) -> Found:
    """Return what the joint fit of two states says of each of its numbers."""

    def make() -> tuple[None, list[str]]:
        data = SPOILT[how](two_state_data().data)
        fit = fit_of(two_state_model(), JoinedData(tuple(data), SPECS))
        notes = []
        for place, name in enumerate(fit.names):
            found = estimable(fit, np.eye(len(fit.names))[place])
            number = found.sigma is not None and 0 < found.sigma < np.inf
            if not number and not found.reason:
                notes.append(f"{name}: {found.sigma}, no reason")
        if not np.isfinite([*fit.theta, fit.chi2]).all():
            notes.append(f"ends at {fit.theta.tolist()}, chi2 {fit.chi2}")
        return None, notes

    return told(make)
