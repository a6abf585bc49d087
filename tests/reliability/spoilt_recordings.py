"""The examples of all techniques, spoilt, through the techniques' own path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from reliability.pathological_fits import Found, told

from spectrafit.alert import Level
from spectrafit.observable import Kind
from spectrafit.recording import Recording
from spectrafit.registry import technique
from spectrafit.spectrum import FloatArray
from spectrafit.technique import Observables

Spoil = Callable[[FloatArray], FloatArray]

TECHNIQUES = ("xanes", "herfd", "mossbauer", "ir", "magnetism", "pyro", "composition")


def _noise(values: FloatArray) -> FloatArray:
    level = float(np.median(np.abs(values))) or 1.0
    return level * (1.0 + 0.01 * np.random.default_rng(7).standard_normal(values.size))


def _holed(values: FloatArray) -> FloatArray:
    """Every second value is none."""
    holed = values.copy()
    holed[::2] = np.nan
    return holed


def _spiked(values: FloatArray) -> FloatArray:
    """One value is beyond what squares hold."""
    spiked = values.copy()
    spiked[spiked.size // 2] = 1e200
    return spiked


SPOILS: Mapping[str, Spoil] = {
    "zeros": np.zeros_like,
    "constant": lambda values: np.full_like(values, 1000.0),
    "noise only": _noise,
    "negative": np.negative,
    "times 1e-30": lambda values: 1e-30 * values,
    "times 1e30": lambda values: 1e30 * values,
    "every second not a number": _holed,
    "all not a number": lambda values: np.full_like(values, np.nan),
    "one value of 1e200": _spiked,
    "a straight line": lambda values: np.linspace(1.0, 2.0, values.size),
    "backwards": lambda values: values[::-1].copy(),
}
"""What becomes of every column that is not x."""

NO_SIGNAL = ("zeros", "constant", "noise only", "all not a number")

ROWS: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "no row": lambda values: values[:0],
    "one row": lambda values: values[:1],
    "three rows": lambda values: values[:3],
    "every row twice": lambda values: np.repeat(values, 2),
    "x stands still": lambda values: values,
}
"""What becomes of all columns."""

CASES = tuple((name, how) for how in (*SPOILS, *ROWS) for name in TECHNIQUES)


@cache
def _example(name: str) -> Mapping[str, Any]:
    return technique(name).example()


def _spoilt(recording: Recording, how: str) -> Recording:
    axis = recording.roles.get("x", "energy")
    columns = []
    for column in recording.columns:
        values = np.array(column.values, dtype=float)
        if how in SPOILS and column.name != axis:
            values = SPOILS[how](values)
        elif how in ROWS:
            values = ROWS[how](values)
            if how == "x stands still" and column.name == axis:
                values = np.full_like(values, values[:1].sum())
        columns.append(replace(column, values=values))
    return replace(recording, columns=tuple(columns))


def _inputs(name: str, how: str) -> dict[str, Any]:
    inputs = dict(_example(name))
    for which, given in inputs.items():
        every: Sequence[Any] = (given,) if isinstance(given, Recording) else tuple(given)
        if which == "sample" or len(inputs) == 1:
            spoilt = tuple(_spoilt(each, how) for each in every)
            inputs[which] = spoilt[0] if isinstance(given, Recording) else spoilt
    return inputs


def observed(name: str, how: str) -> tuple[Found, Observables | None]:
    """Return what a technique makes of its example, spoilt."""
    kept: list[Observables] = []

    def make() -> tuple[None, list[str]]:
        kept.append(technique(name).observe(_inputs(name, how)))
        return None, _unexplained(kept[0])

    return told(make), kept[0] if kept else None


def _unexplained(found: Observables) -> list[str]:
    """Return values without a positive finite error or a reason."""
    return [
        f"{item.key}: sigma {item.sigma}"
        for item in found.items
        if item.kind is Kind.VALUE
        and not (bool(item.sigma_reason) if item.sigma is None else 0 < item.sigma < np.inf)
    ]


def is_flagged(found: Observables) -> bool:
    """Return whether something is said against what was observed."""
    grave = [alert for alert in found.alerts if alert.level is not Level.G]
    return bool(grave) or any(item.sigma_reason or item.verdict for item in found.items)


def believed(how: str, found: Observables) -> list[str]:
    """Return what is quoted of data without a signal, or quoted with nothing said against it."""
    if not is_flagged(found) and found.items:
        return ["nothing is said against it"]
    # an elemental analysis is no curve: its numbers are the signal whatever they are
    curve = found.technique != "composition"
    if not curve or how not in NO_SIGNAL or any(alert.level is Level.A for alert in found.alerts):
        return []
    return [
        f"{item.key} is {item.value} ± {item.sigma} of no signal"
        for item in found.items
        if item.sigma is not None and abs(float(item.value or 0.0)) > 5.0 * item.sigma
    ]
