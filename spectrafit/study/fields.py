"""Fields of the nouns of a file: their words and rules, and mappings that stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, field, fields
from typing import Any

from spectrafit.history import frozen_mapping

__all__ = ["FrozenMappings", "study_field"]


def study_field(
    meaning: str, default: Any = MISSING, *, factory: Any = MISSING, **rules: Any
) -> Any:
    """Return a dataclass field with the words and rules that loader and JSON Schema share.

    Parameters
    ----------
    meaning : str
        What the key means.
    default : object, optional
        Value where the file does not give the key; a field without default is required.
    factory : callable, optional
        Instead of `default`.
    **rules
        ``choices`` (allowed values), ``above`` (number below every allowed one), ``least``
        (smallest number of items), ``pattern`` (regular expression and what is wrong without it),
        ``is_unit`` (a name of the table of units), ``dotted`` (a table whose keys hold dots and
        may be written without quotes), ``toml`` (name in the file).

    Returns
    -------
    dataclasses.Field
    """
    return field(default=default, default_factory=factory, metadata={"meaning": meaning, **rules})


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return frozen_mapping({key: _frozen(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    return value


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_thawed(item) for item in value)
    return value


class FrozenMappings:
    """Dataclass whose mappings are read-only at every depth, and which pickles all the same."""

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]
            object.__setattr__(self, each.name, _frozen(getattr(self, each.name)))

    def __reduce__(self) -> tuple[Any, ...]:
        values = (_thawed(getattr(self, each.name)) for each in fields(self))  # type: ignore[arg-type]
        return (type(self), tuple(values))
