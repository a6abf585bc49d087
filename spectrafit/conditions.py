"""Conditions such as T: what several things share, and how a reader writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.rounding import number_text

__all__ = ["CONDITION_UNITS", "common_conditions", "conditions_text"]

CONDITION_UNITS = {"T": "K"}


def conditions_text(conditions: Mapping[str, float | str]) -> str:
    """Return conditions as a reader writes them, like ``T = 8 K``.

    Parameters
    ----------
    conditions : mapping
        Numbers in base units, or text.

    Returns
    -------
    str
    """
    parts = []
    for name, value in conditions.items():
        text = value if isinstance(value, str) else number_text(value)
        parts.append(f"{name} = {text} {CONDITION_UNITS.get(name, '')}".rstrip())
    return ", ".join(parts)


def common_conditions(each: Sequence[Mapping[str, float | str]]) -> dict[str, float | str]:
    """Return the conditions that all have, with the same value.

    Parameters
    ----------
    each : sequence of mapping
        At least one.

    Returns
    -------
    dict
        In the order of the first.
    """
    first, *others = each
    return {
        name: value
        for name, value in first.items()
        if all(name in other and other[name] == value for other in others)
    }
