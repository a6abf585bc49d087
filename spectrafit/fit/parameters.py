"""The parameters of a problem: starts, bounds, what is fixed, what is tied, what is free."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.tie import LinearForm, linear_form, resolved_forms
from spectrafit.history import frozen_mapping
from spectrafit.lines.line import LineParameter
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["ParameterChange", "ParameterSpace", "parameter_space"]


def _field(meaning: str) -> Any:
    return field(default=None, metadata={"meaning": meaning})


@dataclass(frozen=True)
class ParameterChange:
    """What a user changes of one fit parameter.

    Parameters
    ----------
    start : float or None
        Start value, in the parameter's unit.
    min, max : float or None
        Bounds, in the parameter's unit.
    fixed : bool or None
        Whether it is held at its start value.
    equals : str or None
        A linear tie, like ``"peak1.fwhm"`` or ``"0.5*peak1.height + 0.1"``.
    """

    start: float | None = _field("start value, in the parameter's unit")
    min: float | None = _field("lower bound, in the parameter's unit")
    max: float | None = _field("upper bound, in the parameter's unit")
    fixed: bool | None = _field("whether it is held at its start value")
    equals: str | None = _field('linear tie, like "peak1.fwhm" or "0.5*peak1.height + 0.1"')


@dataclass(frozen=True, eq=False)
class ParameterSpace:
    """All parameters p of a problem in terms of its free ones q, ``p = A q + b``.

    Parameters
    ----------
    names : tuple of str
        Of all parameters.
    free_names : tuple of str
        Of the free ones.
    tied : mapping of str to LinearForm
        Tied parameters in terms of parameters that are not tied.
    start_values, min_values, max_values : ndarray, shape (P,)
        Of all parameters.
    free_start, free_min, free_max : ndarray, shape (Q,)
        Of the free ones; their bounds narrowed by those of what is tied to them.
    tie_matrix : ndarray, shape (P, Q)
        A.
    tie_offset : ndarray, shape (P,)
        b.
    """

    names: tuple[str, ...]
    free_names: tuple[str, ...]
    tied: Mapping[str, LinearForm]
    start_values: FloatArray
    min_values: FloatArray
    max_values: FloatArray
    free_start: FloatArray
    free_min: FloatArray
    free_max: FloatArray
    tie_matrix: FloatArray
    tie_offset: FloatArray


def parameter_space(
    rows: Mapping[str, LineParameter],
    starts: Mapping[str, float],
    changes: Mapping[str, ParameterChange],
) -> ParameterSpace:
    """Return the parameters as the tables, the start values and the user's changes make them.

    Parameters
    ----------
    rows : mapping of str to LineParameter
        Table row by full name.
    starts : mapping of str to float
        Start values by full name; they overrule the table.
    changes : mapping of str to ParameterChange
        By full name; they overrule both.

    Returns
    -------
    ParameterSpace

    Raises
    ------
    SettingsError
        For an unknown name, a start outside its bounds, impossible bounds, or a tie that is not
        linear.
    """
    names = tuple(rows)
    for given in (starts, changes):
        for name in given:
            if name not in rows:
                advice = nearest(name, names, noun="the parameters")
                raise SettingsError(f"no parameter {name!r}", do=advice)
    low, high = _bounds(rows, changes)
    tied = _tied(names, changes)
    start = {name: _start(name, rows[name], starts, changes) for name in names}
    fixed = {name: _is_fixed(name, rows[name], changes) for name in names}
    free = tuple(name for name in names if not fixed[name] and name not in tied)
    matrix, offset = _affine(names, free, tied, start)
    free_low, free_high = _free_bounds(names, free, low, high, tied, start)
    free_start = np.array([start[name] for name in free])
    values = matrix @ free_start + offset
    for i, name in enumerate(names):
        _refuse_outside(name, values[i], low[name], high[name])
    for name, value, a, b in zip(free, free_start, free_low, free_high, strict=True):
        _refuse_outside(name, value, a, b)
        if a == b:
            raise SettingsError(
                f"both bounds of {name} are {a:g}", where=name, do="write fixed = true instead"
            )
    return ParameterSpace(
        names=names,
        free_names=free,
        tied=frozen_mapping(tied),
        start_values=read_only(values),
        min_values=read_only([low[name] for name in names]),
        max_values=read_only([high[name] for name in names]),
        free_start=read_only(free_start),
        free_min=read_only(free_low),
        free_max=read_only(free_high),
        tie_matrix=read_only(matrix),
        tie_offset=read_only(offset),
    )


def _tied(names: Sequence[str], changes: Mapping[str, ParameterChange]) -> Mapping[str, LinearForm]:
    texts = {name: c.equals for name, c in changes.items() if c.equals is not None}
    for name in texts:
        _refuse_contradiction(name, changes[name])
    forms = {name: linear_form(text, names, where=name) for name, text in texts.items()}
    return resolved_forms(forms)


def _affine(
    names: Sequence[str],
    free: Sequence[str],
    tied: Mapping[str, LinearForm],
    start: Mapping[str, float],
) -> tuple[FloatArray, FloatArray]:
    matrix = np.zeros((len(names), len(free)))
    offset = np.zeros(len(names))
    column = {name: j for j, name in enumerate(free)}
    for i, name in enumerate(names):
        form = tied.get(name, LinearForm({name: 1.0}))
        offset[i] = form.constant
        for other, factor in form.factors.items():
            if other in column:
                matrix[i, column[other]] += factor
            else:
                offset[i] += factor * start[other]
    return matrix, offset


def _bounds(
    rows: Mapping[str, LineParameter], changes: Mapping[str, ParameterChange]
) -> tuple[dict[str, float], dict[str, float]]:
    low, high = {}, {}
    for name, row in rows.items():
        change = changes.get(name, ParameterChange())
        low[name] = float(row.low if change.min is None else change.min)
        high[name] = float(row.high if change.max is None else change.max)
        if not low[name] <= high[name]:
            raise SettingsError(
                f"the bounds of {name} are {low[name]:g} and {high[name]:g}",
                where=name,
                do="give min below max",
            )
    return low, high


def _start(
    name: str,
    row: LineParameter,
    start: Mapping[str, float],
    changes: Mapping[str, ParameterChange],
) -> float:
    change = changes.get(name)
    value = change.start if change is not None and change.start is not None else None
    value = float(start.get(name, row.default) if value is None else value)
    if not math.isfinite(value):
        raise SettingsError(f"the start of {name} is {value}", where=name, do="give a number")
    return value


def _is_fixed(name: str, row: LineParameter, changes: Mapping[str, ParameterChange]) -> bool:
    change = changes.get(name)
    return row.fixed if change is None or change.fixed is None else change.fixed


def _refuse_contradiction(name: str, change: ParameterChange) -> None:
    if change.start is not None or change.fixed:
        other = "a start" if change.start is not None else "fixed = true"
        raise SettingsError(
            f"{name} has both a tie and {other}", where=name, do=f"leave out {other} or `equals`"
        )


def _refuse_outside(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise SettingsError(
            f"{name} starts at {value:g}, outside its bounds {low:g} to {high:g}",
            where=name,
            do="give a start inside, or widen min and max",
        )


def _free_bounds(
    names: Sequence[str],
    free: Sequence[str],
    low: Mapping[str, float],
    high: Mapping[str, float],
    tied: Mapping[str, LinearForm],
    start: Mapping[str, float],
) -> tuple[FloatArray, FloatArray]:
    """Return the bounds of the free parameters, narrowed by those of what is tied to one of them."""
    lower = {name: low[name] for name in free}
    upper = {name: high[name] for name in free}
    for name in names:
        if name not in tied:
            continue
        factors = {o: f for o, f in tied[name].factors.items() if o in lower and f != 0.0}
        if len(factors) != 1:
            continue
        (other, factor), constant = next(iter(factors.items())), tied[name].constant
        constant += sum(f * start[o] for o, f in tied[name].factors.items() if o not in lower)
        ends = sorted(((low[name] - constant) / factor, (high[name] - constant) / factor))
        lower[other] = max(lower[other], ends[0])
        upper[other] = min(upper[other], ends[1])
    return np.array([lower[n] for n in free]), np.array([upper[n] for n in free])
