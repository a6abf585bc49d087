"""Rules of a table: its fields' own rules and those between its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from itertools import pairwise
from typing import Any

from spectrafit.study.mistakes import Wrong, shown, toml_name
from spectrafit.study.plain_values import choice_of, each_item, unit_name
from spectrafit.study.schema import ALSO_EXACTLY_ONE, EXACTLY_ONE, NEEDS, ORDERED

__all__ = ["faults_between", "faults_of_order", "with_rules"]

Hook = Callable[[Any, Any], Any]


def faults_between(kind: type[Any], given: Mapping[str, Any]) -> list[Wrong]:
    """Return what is wrong with the choice of keys that a table gives.

    Parameters
    ----------
    kind : type
        Dataclass of the table.
    given : mapping
        The table as written.

    Returns
    -------
    list of Wrong
    """
    faults = []
    misspelt = set(given) - {toml_name(kind, each.name) for each in fields(kind)}
    for ways in (EXACTLY_ONE.get(kind, ()), ALSO_EXACTLY_ONE.get(kind, ())):
        taken = [way for way in ways if any(key in given for key in way)]
        if ways and len(taken) != 1 and not (misspelt and not taken):
            every = " or ".join("/".join(way) for way in ways)
            both = " and ".join("/".join(key for key in way if key in given) for way in taken)
            what = f"{both} exclude each other" if taken else "says nothing"
            faults.append(Wrong(what, f"give {every}, {'exactly one' if ways[1:] else 'or both'}"))
    if kind in NEEDS:
        key, needed = NEEDS[kind]
        if key in given and needed not in given:
            faults.append(Wrong(f"{key} without {needed}", f"give {needed} too"))
    return faults


def faults_of_order(kind: type[Any], made: Any) -> list[Wrong]:
    """Return which numbers of a table are in the wrong order.

    Parameters
    ----------
    kind : type
        Dataclass of the table.
    made : object
        Its instance.

    Returns
    -------
    list of Wrong
    """
    pairs = [(key, getattr(made, key)) for key in ORDERED.get(kind, ())]
    given = [(key, value) for key, value in pairs if value is not None]
    return [
        Wrong(f"{first} {low:g} is above {second} {high:g}", "exchange or mend them")
        for (first, low), (second, high) in pairwise(given)
        if low > high
    ]


def with_rules(inner: Hook, rules: Mapping[str, Any]) -> Hook:
    """Return a hook that also holds a field's own rules.

    Parameters
    ----------
    inner : callable
        Hook of the field's type.
    rules : mapping
        Metadata of the field, see `study_field`.

    Returns
    -------
    callable
    """

    def checked(item: Any) -> None:
        if rules.get("choices") and not isinstance(item, Enum | Mapping):
            choice_of(item, rules["choices"])
        if "above" in rules and not item > rules["above"]:
            raise Wrong(f"{item:g} is not above {rules['above']:g}")
        if "pattern" in rules and not re.search(rules["pattern"][0], item):
            raise Wrong(f"{shown(item)} {rules['pattern'][1]}")

    def hook(value: Any, kind: Any) -> Any:
        made = inner(value, kind)
        if made is None:
            return None
        if rules.get("is_unit"):
            return unit_name(made)
        if not isinstance(made, tuple | list):
            checked(made)
        elif len(made) < rules.get("least", 0):
            raise Wrong("the list is empty", "give at least one")
        elif isinstance(value, str):  # a list of one that was written without brackets
            checked(made[0])
        else:
            each_item(enumerate(made), checked)
        return made

    return hook
