"""Conventions in words: what a number must not be quoted without."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from spectrafit.errors import PluginError
from spectrafit.observable import Observable, spec_of
from spectrafit.rounding import number_text

__all__ = ["convention_text", "conventions_text"]

SOME = 3  # that are named where the technique says not which


def convention_text(value: Any) -> str:
    """Return a convention as a reader writes it.

    Parameters
    ----------
    value : object
        Plain JSON value; a pair of numbers is a range.

    Returns
    -------
    str
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {convention_text(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        numbers = all(isinstance(part, int | float) for part in value) and len(value) == 2
        return (" to " if numbers else ", ").join(convention_text(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number_text(value, 8)
    return re.sub(r"\s+", " ", str(value))


def conventions_text(technique: str, item: Observable) -> str:
    """Return the conventions that a number must not be quoted without.

    Parameters
    ----------
    technique : str
        That declares its key.
    item : Observable
        The number.

    Returns
    -------
    str
        Those that its declaration names, else the first three.
    """
    names = [name for name in _quoted(technique, item.key) if name in item.conventions]
    names = names or list(item.conventions)[:SOME]
    return ", ".join(_words(name, convention_text(item.conventions[name])) for name in names)


def _words(name: str, text: str) -> str:
    """Return a convention in words: ``window_eV`` is a window in eV, an area convention is plain."""
    if name.endswith("_convention"):
        return text
    stem, _, unit = name.rpartition("_")
    if stem and unit in ("eV", "K"):
        return f"{stem.replace('_', ' ')} {text} {unit}"
    return f"{name.replace('_', ' ')} {text}"


def _quoted(technique: str, key: str) -> tuple[str, ...]:
    from spectrafit import registry

    try:
        spec = spec_of(key, registry.technique(technique).observables)
    except PluginError:
        return ()
    return spec.quoted if spec is not None else ()
