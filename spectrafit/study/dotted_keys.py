"""Keys with dots: ``peak1.center = {...}`` means the same as ``"peak1.center" = {...}``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Any, get_args, get_type_hints

from spectrafit.study.mistakes import PlacedMistake, Steps

__all__ = ["with_whole_keys"]


def with_whole_keys(
    document: Mapping[str, Any], kind: type[Any]
) -> tuple[dict[str, Any], tuple[PlacedMistake, ...]]:
    """Return a document in which the keys of every ``dotted`` field are whole again.

    Without quotes TOML makes nested tables of a key with dots. They are joined down to the first
    table that holds a value. Where all keys of a nested table are fields of the target, both
    readings are possible, and the key is refused.

    Parameters
    ----------
    document : mapping
        Plain values.
    kind : type
        Dataclass of the document.

    Returns
    -------
    tuple of (dict, tuple of PlacedMistake)
    """
    mistakes: list[PlacedMistake] = []
    return dict(_visited(document, kind, (), mistakes)), tuple(mistakes)


def _visited(value: Any, kind: Any, steps: Steps, mistakes: list[PlacedMistake]) -> Any:
    if isinstance(kind, type) and is_dataclass(kind):
        return _visited_table(value, kind, steps, mistakes)
    arguments = get_args(kind)
    if len(arguments) == 2 and arguments[1] is NoneType:
        return _visited(value, arguments[0], steps, mistakes)
    if isinstance(value, Mapping) and len(arguments) == 2 and arguments[0] is str:
        return {
            key: _visited(item, arguments[1], (*steps, key), mistakes)
            for key, item in value.items()
        }
    if isinstance(value, list) and arguments:
        return [
            _visited(item, arguments[0], (*steps, index), mistakes)
            for index, item in enumerate(value)
        ]
    return value


def _visited_table(value: Any, kind: type[Any], steps: Steps, mistakes: list[PlacedMistake]) -> Any:
    if not isinstance(value, Mapping):
        return value
    hints = get_type_hints(kind)
    made = dict(value)
    for each in fields(kind):
        key = each.metadata.get("toml", each.name)
        if key not in value:
            continue
        below = (*steps, key)
        if each.metadata.get("dotted") and isinstance(value[key], Mapping):
            target = [field.name for field in fields(get_args(hints[each.name])[1])]
            made[key] = _joined(value[key], target, below, mistakes)
        else:
            made[key] = _visited(value[key], hints[each.name], below, mistakes)
    return made


def _joined(
    table: Mapping[str, Any], target: Sequence[str], steps: Steps, mistakes: list[PlacedMistake]
) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for key, item in _leaves(table, "", target, steps, mistakes):
        if key in joined:
            what = "the key is there with and without quotes"
            mistakes.append(PlacedMistake((*steps, key), what, "leave one out"))
        joined[key] = item
    return joined


def _leaves(
    table: Mapping[str, Any],
    prefix: str,
    target: Sequence[str],
    steps: Steps,
    mistakes: list[PlacedMistake],
) -> Iterator[tuple[str, Any]]:
    for key, item in table.items():
        whole = f"{prefix}{key}"
        tables_only = isinstance(item, Mapping) and all(
            isinstance(i, Mapping) for i in item.values()
        )
        if not tables_only or not item:
            yield whole, item
        elif set(item) <= set(target):
            below = [f'"{whole}.{name}"' for name in item]
            what = f"can be read as {whole} and as {' and '.join(below)}"
            mistakes.append(PlacedMistake((*steps, whole), what, "put the key in quotes"))
        else:
            yield from _leaves(item, f"{whole}.", target, steps, mistakes)
