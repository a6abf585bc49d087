"""How the conformance suite judges: requirements in words, digests, arrays left open."""

from __future__ import annotations

import dataclasses
import pickle
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from spectrafit.errors import UnitError
from spectrafit.strict_json import json_text
from spectrafit.units import checked_unit

__all__ = [
    "digest",
    "is_product_of_units",
    "is_unit",
    "missing_members",
    "require",
    "repeated",
    "survives_pickling",
    "writable_arrays",
]


def require(condition: object, what: str) -> None:
    """Fail the check unless a condition holds.

    Parameters
    ----------
    condition : object
        Judged by its truth.
    what : str
        What is wrong when it does not hold.

    Raises
    ------
    AssertionError
        With those words.
    """
    if not condition:
        raise AssertionError(what)


def digest(value: Any) -> str:
    """Return the strict JSON text of a value, for comparing two of them.

    Parameters
    ----------
    value : object
        Dataclasses, arrays, mappings, sequences and plain values.

    Returns
    -------
    str

    Raises
    ------
    AssertionError
        When the value has no plain form.
    """
    try:
        return json_text(value)
    except (TypeError, ValueError) as error:
        raise AssertionError(f"cannot be written as JSON: {error}") from None


def missing_members(value: object, protocol: type) -> tuple[str, ...]:
    """Return the members of a protocol that a value lacks.

    Parameters
    ----------
    value : object
        Anything.
    protocol : type
        A protocol.

    Returns
    -------
    tuple of str
        In the protocol's order.
    """
    members = (name for name in vars(protocol) if not name.startswith("_"))
    return tuple(name for name in members if not hasattr(value, name))


def repeated(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that occur more than once.

    Parameters
    ----------
    names : iterable of str
        In any order.

    Returns
    -------
    tuple of str
        Sorted.
    """
    given = list(names)
    return tuple(sorted({name for name in given if given.count(name) > 1}))


def is_unit(name: object) -> bool:
    """Return whether a name is a unit of the table.

    Parameters
    ----------
    name : object
        Like ``"eV"``.

    Returns
    -------
    bool
    """
    if not isinstance(name, str) or not name:
        return False
    try:
        return bool(checked_unit(name))
    except UnitError:
        return False


def is_product_of_units(name: object) -> bool:
    """Return whether a name is a unit of the table, or a product or quotient of such units.

    Parameters
    ----------
    name : object
        Like ``"eV"``, ``"counts eV"``, ``"1/eV^2"`` or ``"counts/(mm/s)"``.

    Returns
    -------
    bool
    """
    if not isinstance(name, str) or is_unit(name):
        return is_unit(name)
    enclosed = re.fullmatch(r"\(([^()]*)\)(?:\^\d+)?|([^ /()^]+)\^\d+", name)
    if enclosed:
        return is_product_of_units(enclosed[1] or enclosed[2])
    return any(
        is_product_of_units(name[:cut].strip()) and is_product_of_units(name[cut + 1 :].strip())
        for cut, letter in enumerate(name)
        if letter in " /"
    )


def survives_pickling(value: Any, what: str) -> Any:
    """Return a value after a trip through pickle, as to another process.

    Parameters
    ----------
    value : object
        Anything.
    what : str
        What it is called in the message.

    Returns
    -------
    object

    Raises
    ------
    AssertionError
        When it cannot be pickled.
    """
    try:
        return pickle.loads(pickle.dumps(value))
    except Exception as error:
        raise AssertionError(f"{what} cannot be pickled: {error}") from None


def writable_arrays(value: Any, path: str = "result") -> Iterator[str]:
    """Yield where a value holds arrays that can be written to.

    Parameters
    ----------
    value : object
        Dataclasses, mappings and sequences are looked into.
    path : str, optional
        What the value is called.

    Yields
    ------
    str
        Like ``"result.covariance"``.
    """
    if isinstance(value, np.ndarray):
        if value.flags.writeable:
            yield path
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for row in dataclasses.fields(value):
            yield from writable_arrays(getattr(value, row.name), f"{path}.{row.name}")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from writable_arrays(item, f"{path}[{key!r}]")
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from writable_arrays(item, f"{path}[{place}]")
