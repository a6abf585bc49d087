"""Where two results differ in any digit or letter: what was altered, when the checksum says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from spectrafit.reporting.seal import SEAL

__all__ = ["unequal"]

_APART = ("written", SEAL)
_NONE = "not there"

Found = tuple[str, Any, Any]


def unequal(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Found]:
    """Return every value that is not exactly the same, those that differ most first.

    Parameters
    ----------
    old, new : mapping
        Contents of ``results.json``.

    Returns
    -------
    list of (str, object, object)
        Its place, like ``$.results[0].aic``, and both values. Words come before numbers, numbers by
        their relative difference. The time of writing and the checksum are left out.
    """
    parts = [{name: one[name] for name in one if name not in _APART} for one in (old, new)]
    return sorted(_unequal("$", parts[0], parts[1]), key=_rank)


def _unequal(place: str, old: Any, new: Any) -> Iterator[Found]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            yield from _unequal(f"{place}.{name}", old.get(name, _NONE), new.get(name, _NONE))
    elif isinstance(old, list) and isinstance(new, list):
        for number, (one, other) in enumerate(zip_longest(old, new, fillvalue=_NONE)):
            yield from _unequal(f"{place}[{number}]", one, other)
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield place, _short(old), _short(new)


def _short(value: Any) -> Any:
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, Sequence) and not isinstance(value, str) else value


def _rank(found: Found) -> tuple[bool, float]:
    _, old, new = found
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (old, new)):
        return False, 0.0
    return True, -abs(new - old) / max(abs(old), abs(new))
