"""Fit parameters that a user changes, over those of the bands themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.parameters import ParameterChange

__all__ = ["checked_changes", "inside", "is_separable", "joined_change", "with_starts"]


def checked_changes(
    asked: Mapping[str, ParameterChange],
    names: Collection[str],
    own: Mapping[str, ParameterChange],
) -> Mapping[str, ParameterChange]:
    """Return changes that a model has parameters for.

    Parameters
    ----------
    asked : mapping of str to ParameterChange
        By full name, like ``"1485.center"``.
    names : collection of str
        Parameters of the model.
    own : mapping of str to ParameterChange
        What the model itself fixes.

    Returns
    -------
    mapping of str to ParameterChange

    Raises
    ------
    SettingsError
        For an unknown name, or a parameter that is fixed nowhere in particular.
    """
    for name, change in asked.items():
        if name not in names:
            raise SettingsError(
                f"no parameter {name!r}", where=name, do=nearest(name, names, noun="the parameters")
            )
        held = own.get(name, ParameterChange()).fixed
        if change.fixed and change.start is None and not held:
            # starts come from the data, of each spectrum another
            raise SettingsError(
                f"{name} is fixed without a value", where=name, do="give start = the value to hold"
            )
    return asked


def joined_change(own: ParameterChange | None, asked: ParameterChange) -> ParameterChange:
    """Return a model's own change with what is asked for in its place.

    Parameters
    ----------
    own : ParameterChange or None
        Of the model.
    asked : ParameterChange
        Of the user; a tie leaves nothing of the model's own.

    Returns
    -------
    ParameterChange
    """
    if own is None or asked.equals is not None:
        return asked
    values = {
        one.name: getattr(asked, one.name)
        for one in fields(asked)
        if getattr(asked, one.name) is not None
    }
    untied = {"equals": None} if values else {}
    return replace(own, **(untied | values))


def is_separable(asked: Mapping[str, ParameterChange], linear: Collection[str]) -> bool:
    """Return whether areas and baseline may still be solved for: nothing holds, bounds or ties them.

    Parameters
    ----------
    asked : mapping of str to ParameterChange
        Of the user.
    linear : collection of str
        Areas and baseline.

    Returns
    -------
    bool
        Not where a shape is tied either.
    """
    return not any(
        change.equals is not None
        or (name in linear and (change.fixed, change.min, change.max) != (None, None, None))
        for name, change in asked.items()
    )


def with_starts(start: Mapping[str, Any], asked: Mapping[str, ParameterChange]) -> dict[str, Any]:
    """Return starts with those that were asked for.

    Parameters
    ----------
    start : mapping of str to float or ndarray
        By full name.
    asked : mapping of str to ParameterChange
        Of the user.

    Returns
    -------
    dict of str to float or ndarray
    """
    return {
        name: value if name not in asked or asked[name].start is None
        else value * 0.0 + asked[name].start
        for name, value in start.items()
    }  # fmt: skip


def inside(start: Mapping[str, Any], changes: Mapping[str, ParameterChange]) -> dict[str, Any]:
    """Return starts inside the bounds of a model, without those of tied parameters.

    Parameters
    ----------
    start : mapping of str to float or ndarray
        By full name.
    changes : mapping of str to ParameterChange
        Of the model, the user's included.

    Returns
    -------
    dict of str to float or ndarray
    """
    found = {}
    for name, value in start.items():
        change = changes.get(name, ParameterChange())
        if change.equals is None:
            low = -np.inf if change.min is None else change.min
            high = np.inf if change.max is None else change.max
            # bounds that do not rise are refused by the problem, with their numbers
            found[name] = np.clip(value, low, high) if low <= high else value
    return found
