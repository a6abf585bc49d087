"""Exact JSON of typed values: what is read back equals what was written, in type and every digit.

`strict_json` writes for people and other programs: a number that is not finite becomes null, a tuple a
list. Here a value comes back as it was, so that a kept result can stand for a computed one. Arrays are
the base64 text of their little-endian float64 bytes: a third shorter than lists of numbers, and read
several times as fast.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from spectrafit.strict_json import Json

__all__ = ["decoded", "encoded", "value_digest"]

_NOT_FINITE = ("nan", "inf", "-inf")
_EXACTLY = (NoneType, bool, int, str)


def encoded(value: Any, kind: Any) -> Json:
    """Return a value as strict JSON types, from which `decoded` makes it again.

    Parameters
    ----------
    value : object
        Of the type `kind`.
    kind : type
        None, bool, int, float, str, an enumeration, a literal, a dataclass, an array of float64, a
        tuple, a mapping from text, a union of these, or Any for plain values (under which an
        enumeration comes back as its value).

    Returns
    -------
    None, bool, int, float, str, list or dict

    Raises
    ------
    TypeError, ValueError
        When the value is of another type, or of one that has no exact form.
    """
    return _codec(kind).write(value, {})


def decoded(value: Json, kind: Any) -> Any:
    """Return the value that `encoded` has written.

    Parameters
    ----------
    value : None, bool, int, float, str, list or dict
        What `encoded` returned.
    kind : type
        As it was written.

    Returns
    -------
    object

    Raises
    ------
    TypeError, ValueError, LookupError, SpectrafitError
        When it is no such value: a wrong type, a field that is missing or unknown, or what the
        type itself refuses.
    """
    return _codec(kind).read(value, [])


def value_digest(value: Any) -> str:
    """Return the sha256 of a value; other values, and values of other types, have another.

    Parameters
    ----------
    value : object
        Plain values, dataclasses, enumerations, paths, sets and arrays, at any depth.

    Returns
    -------
    str
        Hexadecimal.

    Raises
    ------
    TypeError
        For a type that has no such form.
    """
    text = json.dumps(_tagged(value), allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


# A tuple that is met again (a history, for one) is written once: its number by identity, and the
# tuples read so far by number.
_Written = dict[int, int]
_Read = list[tuple[Any, ...]]


@dataclass(frozen=True)
class _Codec:
    write: Callable[[Any, _Written], Json]
    read: Callable[[Any, _Read], Any]


@lru_cache(maxsize=512)
def _codec(kind: Any) -> _Codec:
    """Return writer and reader of a type; those of its parts are found once, here."""
    if kind is Any:
        return _Codec(_write_any, _read_any)
    if kind is float:
        return _Codec(_write_float, _read_float)
    if kind in _EXACTLY:
        return _exactly(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _union(parts)
    if origin is Literal:
        return _literal(parts)
    if origin is tuple:
        return _row(parts[0]) if parts[1:] == (Ellipsis,) else _fixed_row(parts)
    if origin is np.ndarray:
        return _Codec(_write_array, _read_array)
    if isinstance(origin, type) and issubclass(origin, Mapping) and parts[0] is str:
        return _mapping(parts[1])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enumeration(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind)
    raise TypeError(f"{kind} has no exact JSON form")


def _exactly(kind: type) -> _Codec:
    def check(value: Any, _: Any) -> Any:
        item = value.item() if isinstance(value, np.generic) else value
        if type(item) is not kind:
            raise TypeError(f"{type(value).__name__} is no {kind.__name__}")
        return item

    return _Codec(check, check)


def _write_float(value: Any, _: Any = None) -> Json:
    item = value.item() if isinstance(value, np.generic) else value
    if type(item) is int or (type(item) is float and math.isfinite(item)):
        return item
    if type(item) is float:
        return {"float": repr(item)}
    raise TypeError(f"{type(value).__name__} is no number")


def _read_float(value: Any, _: Any = None) -> float | int:
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return value
    if type(value) is dict and value.keys() == {"float"} and value["float"] in _NOT_FINITE:
        return float(value["float"])
    raise TypeError(f"{type(value).__name__} is no number")


def _write_any(value: Any, written: _Written) -> Json:
    if value is None or type(value) in (bool, int, str):
        return value  # type: ignore[no-any-return]
    if type(value) is float:
        return _write_float(value)
    if isinstance(value, np.generic):
        return _write_any(value.item(), written)
    if isinstance(value, Enum):
        return _write_any(value.value, written)
    if type(value) is tuple:
        return {"tuple": [_write_any(item, written) for item in value]}
    if type(value) is list:
        return [_write_any(item, written) for item in value]
    if type(value) is dict:
        return {"mapping": _mapping(Any).write(value, written)}
    raise TypeError(f"{type(value).__name__} has no exact JSON form")


def _read_any(value: Any, read: _Read) -> Any:
    if type(value) is list:
        return [_read_any(item, read) for item in value]
    if type(value) is not dict:
        return value
    ((tag, body),) = value.items()
    if tag == "tuple":
        return tuple(_read_any(item, read) for item in _of_type(body, list))
    if tag == "mapping":
        return _mapping(Any).read(body, read)
    return _read_float(value)


def _write_array(value: Any, _: Any = None) -> Json:
    if not isinstance(value, np.ndarray) or value.dtype != np.float64:
        raise TypeError("an array of float64 is needed")
    raw = np.ascontiguousarray(value, dtype="<f8").tobytes()
    return {"float64": base64.b64encode(raw).decode("ascii"), "shape": list(value.shape)}


def _read_array(value: Any, _: Any = None) -> Any:
    if _of_type(value, dict).keys() != {"float64", "shape"}:
        raise TypeError("no array")
    try:
        raw = base64.b64decode(value["float64"], validate=True)
    except binascii.Error as error:
        raise ValueError(f"no base64: {error}") from error
    return np.frombuffer(raw, dtype="<f8").astype(np.float64).reshape(tuple(value["shape"]))


def _union(kinds: tuple[Any, ...]) -> _Codec:
    optional = NoneType in kinds
    kinds = tuple(kind for kind in kinds if kind is not NoneType)
    others = [kind for kind in kinds if kind not in (*_EXACTLY, float)]
    if len(others) > 1:
        raise TypeError(f"a union of {others} has no exact JSON form")
    # what is more than a scalar comes first: an enumeration is not taken for a text
    parts = [_codec(kind) for kind in (*others, *(kind for kind in kinds if kind not in others))]

    def tried(value: Any, memory: Any, ways: list[Callable[[Any, Any], Any]]) -> Any:
        if value is None and optional:
            return None
        for way in ways[:-1]:
            try:
                return way(value, memory)
            except (TypeError, ValueError):
                continue
        return ways[-1](value, memory)

    writers, readers = [part.write for part in parts], [part.read for part in parts]
    return _Codec(
        lambda value, written: tried(value, written, writers),
        lambda value, read: tried(value, read, readers),
    )


def _literal(choices: tuple[Any, ...]) -> _Codec:
    def check(value: Any, _: Any) -> Any:
        if not any(type(value) is type(choice) and value == choice for choice in choices):
            raise ValueError(f"{value!r} is none of {choices}")
        return value

    return _Codec(check, check)


def _row(kind: Any) -> _Codec:
    part = _codec(kind)

    def write(value: Any, written: _Written) -> Json:
        number = written.get(id(value))
        if number is not None:
            return {"same": number}
        row = [part.write(item, written) for item in _of_type(value, tuple)]
        if row:
            written[id(value)] = len(written)
        return row

    def read(value: Any, read: _Read) -> Any:
        if type(value) is dict and value.keys() == {"same"}:
            return read[_of_type(value["same"], int)]
        row = tuple(part.read(item, read) for item in _of_type(value, list))
        if row:
            read.append(row)
        return row

    return _Codec(write, read)


def _fixed_row(kinds: tuple[Any, ...]) -> _Codec:
    parts = [_codec(kind) for kind in kinds]
    return _Codec(
        lambda value, written: [
            part.write(item, written)
            for part, item in zip(parts, _of_type(value, tuple), strict=True)
        ],
        lambda value, read: tuple(
            part.read(item, read) for part, item in zip(parts, _of_type(value, list), strict=True)
        ),
    )


@lru_cache(maxsize=64)
def _mapping(kind: Any) -> _Codec:
    part = _codec(kind)
    return _Codec(
        lambda value, written: {
            _of_type(key, str): part.write(item, written)
            for key, item in _of_type(value, Mapping).items()
        },
        lambda value, read: {
            key: part.read(item, read) for key, item in _of_type(value, dict).items()
        },
    )


def _enumeration(kind: type[Enum]) -> _Codec:
    return _Codec(
        lambda value, written: _write_any(_of_type(value, kind).value, written),
        lambda value, read: kind(_read_any(value, read)),
    )


def _dataclass(kind: type[Any]) -> _Codec:
    hints = get_type_hints(kind)
    parts = [(each.name, _codec(hints[each.name])) for each in fields(kind)]
    names = {name for name, _ in parts}

    def write(value: Any, written: _Written) -> Json:
        if type(value) is not kind:
            raise TypeError(f"{type(value).__name__} is no {kind.__name__}")
        return {name: part.write(getattr(value, name), written) for name, part in parts}

    def read(value: Any, read: _Read) -> Any:
        if _of_type(value, dict).keys() != names:
            raise TypeError(f"no {kind.__name__}, or one with other fields")
        return kind(**{name: part.read(value[name], read) for name, part in parts})

    return _Codec(write, read)


def _of_type(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} is no {kind.__name__}")
    return value


def _tagged(value: Any) -> Json:
    """Return a value with the names of its types, so that different values never look alike."""
    if value is None or type(value) in (bool, int, str):
        return value  # type: ignore[no-any-return]
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, Enum):
        return {name: _tagged(value.value)}
    if isinstance(value, np.generic):
        return _tagged(value.item())
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, np.ndarray):
        return _write_array(value)
    if isinstance(value, PurePath):
        return {"path": value.as_posix()}
    if isinstance(value, tuple | list):
        return [_tagged(item) for item in value]
    if isinstance(value, set | frozenset):
        return {"set": sorted(value_digest(item) for item in value)}
    if isinstance(value, Mapping):
        return {"mapping": [[_tagged(key), _tagged(item)] for key, item in value.items()]}
    if is_dataclass(value):
        return {name: [_tagged(getattr(value, each.name)) for each in fields(value)]}
    raise TypeError(f"{name} has no digest")
