"""Strict JSON: no NaN, no Infinity, sorted nowhere, dataclasses and arrays as plain values."""

from __future__ import annotations

import dataclasses
import enum
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["Json", "json_text", "json_value", "lined_json_text", "plain"]

Json = None | bool | int | float | str | list[Any] | dict[str, Any]


def plain(value: Any) -> Json:
    """Return a value as plain JSON types; a number that is not finite becomes null.

    Parameters
    ----------
    value : object
        Dataclasses, enums, mappings, sequences, numpy arrays and scalars, and what JSON knows.

    Returns
    -------
    None, bool, int, float, str, list or dict

    Raises
    ------
    TypeError
        For a type that has no plain form, or a mapping whose keys would be written alike.
    """
    if value is None or (isinstance(value, bool | str) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, np.ndarray):
        # a whole array at once: an element at a time is what a long series would wait for
        if value.dtype.kind == "f" and np.isfinite(value).all():
            return list(value.tolist()) if value.ndim else float(value)
        return [plain(item) for item in value.tolist()] if value.ndim else plain(value.item())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        table = {str(key): plain(item) for key, item in value.items()}
        if len(table) != len(value):
            raise TypeError("two keys of a mapping are written alike")
        return table
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    raise TypeError(f"{type(value).__name__} has no plain JSON form")


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return the strict JSON text of a value.

    Parameters
    ----------
    value : object
        What `plain` accepts.
    indent : int, optional
        Spaces a level; one line when None.

    Returns
    -------
    str
    """
    return json.dumps(plain(value), allow_nan=False, ensure_ascii=False, indent=indent)


def lined_json_text(table: Mapping[str, Any]) -> str:
    """Return the strict JSON text of a table, a line an entry and a line an item of its lists.

    Parameters
    ----------
    table : mapping
        What `plain` accepts.

    Returns
    -------
    str
        Without a line break at its end; long lists are read and compared line by line.
    """
    entries = []
    for key, value in table.items():
        head = json_text(str(key))
        if isinstance(value, list | tuple) and value:
            items = ",\n  ".join(json_text(item) for item in value)
            entries.append(f" {head}: [\n  {items}\n ]")
        else:
            entries.append(f" {head}: {json_text(value)}")
    return "{\n" + ",\n".join(entries) + "\n}"


def json_value(text: str) -> Any:
    """Return the value of a strict JSON text.

    Parameters
    ----------
    text : str
        JSON without NaN or Infinity.

    Returns
    -------
    object

    Raises
    ------
    ValueError
        For text that is not strict JSON, a number too large for a float, or a name given twice.
    """

    def refuse(name: str) -> Any:
        raise ValueError(f"{name} is not JSON")

    def number(digits: str) -> float:
        value = float(digits)
        return value if math.isfinite(value) else refuse(digits)

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) != len(pairs):
            names = [name for name, _ in pairs]
            refuse(f"the name {next(n for n in names if names.count(n) > 1)!r} given twice")
        return values

    return json.loads(text, parse_constant=refuse, parse_float=number, object_pairs_hook=table)
