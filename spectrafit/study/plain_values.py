"""Plain values of a file: each is what it is meant to be, or refused with what to write."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar

from cattrs.errors import IterableValidationError, IterableValidationNote

from spectrafit.errors import UnitError, nearest
from spectrafit.study.mistakes import Wrong, shown
from spectrafit.units import UNITS, checked_unit

__all__ = [
    "boolean",
    "choice_of",
    "each_item",
    "integer",
    "member_of",
    "number",
    "text",
    "unit_name",
    "untyped",
]

Item = TypeVar("Item")


def boolean(value: Any) -> bool:
    """Return a truth value, or raise `Wrong`: neither 0 nor ``"false"`` is one."""
    if isinstance(value, bool):
        return value
    bare = isinstance(value, str) and value.casefold() in ("true", "false")
    do = f"write {str(value).casefold()} without quotes" if bare else "write true or false"
    raise Wrong(f"{shown(value)} where true or false is meant", do)


def integer(value: Any) -> int:
    """Return a whole number, or raise `Wrong`: neither 3.0 nor true is one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    do = _without_quotes(value, "[-+]?[0-9]+") or "write a whole number, like 3"
    raise Wrong(f"{shown(value)} where a whole number is meant", do)


def number(value: Any) -> float:
    """Return a finite number, whole ones as float, or raise `Wrong`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        do = _without_quotes(value, r"[-+]?[0-9]*[.,]?[0-9]+([eE][-+]?[0-9]+)?")
        raise Wrong(f"{shown(value)} where a number is meant", do or "write a number")
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        do = "leave the key out, or give one"
        raise Wrong(f"{shown(value)} where a finite number is meant", do)
    return result


def _without_quotes(value: Any, pattern: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value.strip()):
        return ""
    return f"write {value.strip().replace(',', '.')} without quotes"


def text(value: Any) -> str:
    """Return a text, or raise `Wrong`."""
    if isinstance(value, str):
        return value
    do = "write one text" if isinstance(value, list | tuple | Mapping) else "put it in quotes"
    raise Wrong(f"{shown(value)} where a text is meant", do)


def untyped(value: Any) -> Any:
    """Return a value of no declared kind, or raise `Wrong`: no date, every number finite."""
    if isinstance(value, float):
        return number(value)
    if isinstance(value, datetime.date | datetime.time):
        raise Wrong(f"{shown(value)} is not kept as such", "put it in quotes")
    if isinstance(value, Mapping):
        return dict(zip(value, each_item(value.items(), untyped), strict=True))
    if isinstance(value, list | tuple):
        return tuple(each_item(enumerate(value), untyped))
    return value


def each_item(pairs: Iterable[tuple[Any, Any]], made: Callable[[Any], Item]) -> list[Item]:
    """Return what is made of each item, or raise the mistakes of all of them at once.

    Parameters
    ----------
    pairs : iterable of (int or str, object)
        Index or key, and item.
    made : callable
        What is done with an item; it raises `Wrong`, or a cattrs error for what is inside it.

    Returns
    -------
    list

    Raises
    ------
    cattrs.IterableValidationError
        With every mistake and its index or key.
    """
    good: list[Item] = []
    bad: list[Exception] = []
    for key, item in pairs:
        try:
            good.append(made(item))
        except Exception as error:
            error.add_note(IterableValidationNote(f"item {key}", key, object))
            bad.append(error)
    if bad:
        raise IterableValidationError("items", bad, object)
    return good


def choice_of(value: Any, choices: Sequence[Any]) -> Any:
    """Return the choice that a value is, or raise `Wrong`: true is not 1."""
    for choice in choices:
        if choice == value and isinstance(choice, bool) is isinstance(value, bool):
            return choice
    words = [str(choice) for choice in choices]
    raise Wrong(f"{shown(value)} is no choice", nearest(str(value), words, noun="the choices"))


def member_of(value: Any, kind: type[Enum]) -> Enum:
    """Return the member of an enumeration that has a value, or raise `Wrong`."""
    if isinstance(value, kind):
        return value
    return kind(choice_of(value, [member.value for member in kind]))


def unit_name(name: str) -> str:
    """Return the table's own spelling of a unit, or raise `Wrong`."""
    try:
        return checked_unit(name)
    except UnitError:
        names = [spelling for unit in UNITS for spelling in (unit.name, *unit.aliases) if spelling]
        advice = nearest(name, names, noun="the units")
        raise Wrong(f"unit {shown(name)} is not known", advice) from None
