"""The strict converter: plain TOML values become dataclasses, and nothing is bent to fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import cattrs
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn, override

from spectrafit.study.field_rules import faults_between, faults_of_order, with_rules
from spectrafit.study.mistakes import PlacedMistake, Steps, Wrong, placed_mistakes, shown
from spectrafit.study.plain_values import (
    boolean,
    choice_of,
    each_item,
    integer,
    member_of,
    number,
    text,
    untyped,
)

__all__ = ["structured"]

Hook = Callable[[Any, Any], Any]

_WORDS: Mapping[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a finite number",
    str: "a text",
}


def structured(value: Any, kind: type[Any], steps: Steps) -> tuple[Any, tuple[PlacedMistake, ...]]:
    """Return a plain value as a dataclass, or every mistake in it.

    Parameters
    ----------
    value : object
        What TOML or JSON gives: mappings, lists, text, numbers, booleans.
    kind : type
        A dataclass.
    steps : tuple of str and int
        Place of the value in its document.

    Returns
    -------
    tuple of (object or None, tuple of PlacedMistake)
        The instance and no mistake, or None and at least one.
    """
    try:
        return _converter().structure(value, kind), ()
    except Exception as error:  # placed_mistakes raises it again unless a user can have caused it
        return None, tuple(placed_mistakes(error, steps))


@lru_cache(maxsize=1)
def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    for scalar, checked in _SCALARS.items():
        converter.register_structure_hook(scalar, _scalar(checked))
    converter.register_structure_hook_func(
        lambda kind: kind is Any, lambda value, _: untyped(value)
    )
    factories: tuple[tuple[Callable[[Any], bool], Callable[[Any, cattrs.Converter], Hook]], ...] = (
        (lambda kind: get_origin(kind) is Literal, _literal),
        (lambda kind: isinstance(kind, type) and issubclass(kind, Enum), _enumeration),
        (lambda kind: get_origin(kind) in (Union, UnionType), _union),
        (_is_sequence, _sequence),
        (_is_mapping, _mapping),
        (is_dataclass, _table),
    )
    for suits, factory in factories:
        converter.register_structure_hook_factory(suits)(_of_kind(factory, converter))
    return converter


def _of_kind(
    factory: Callable[[Any, cattrs.Converter], Hook], converter: cattrs.Converter
) -> Callable[[Any], Hook]:
    def made(kind: Any) -> Hook:
        return factory(kind, converter)

    return made


def _scalar(checked: Callable[[Any], Any]) -> Hook:
    """Return a hook for a scalar type; cattrs also calls it for enumerations made of that type."""

    def hook(value: Any, kind: Any) -> Any:
        if isinstance(kind, type) and issubclass(kind, Enum):
            return member_of(value, kind)
        return checked(value)

    return hook


_SCALARS: Mapping[Any, Callable[[Any], Any]] = {
    bool: boolean,
    int: integer,
    float: number,
    str: text,
}


def _literal(kind: Any, converter: cattrs.Converter) -> Hook:
    choices = get_args(kind)

    def hook(value: Any, _: Any) -> Any:
        return choice_of(value, choices)

    return hook


def _enumeration(kind: Any, converter: cattrs.Converter) -> Hook:
    return member_of


def _union(kind: Any, converter: cattrs.Converter) -> Hook:
    members = [member for member in get_args(kind) if member is not NoneType]
    optional = len(members) < len(get_args(kind))
    hooks = [(member, converter.get_structure_hook(member)) for member in members]

    def hook(value: Any, _: Any) -> Any:
        if value is None and optional:
            return None
        if len(hooks) == 1:
            return hooks[0][1](value, hooks[0][0])
        faults: list[Exception] = []
        for member, structure in hooks:
            try:
                return structure(value, member)
            except Exception as error:
                faults.append(error)
        inside = [fault for fault in faults if not isinstance(fault, Wrong)]
        if inside:  # the kind was right and something in it was not
            raise inside[0]
        meant = " or ".join(_WORDS.get(member, "a list or table") for member in members)
        raise Wrong(f"{shown(value)} where {meant} is meant")

    return hook


def _is_sequence(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, tuple | Sequence | AbstractSet)


def _sequence(kind: Any, converter: cattrs.Converter) -> Hook:
    origin, arguments = get_origin(kind), get_args(kind)
    fixed = origin is tuple and arguments[-1:] != (...,)
    items = arguments if fixed else arguments[:1]
    hooks = [converter.get_structure_hook(item) for item in items]
    takes_text = not fixed and _takes_text(items[0])
    made: Any = origin if origin in (list, set, frozenset) else tuple

    def hook(value: Any, _: Any) -> Any:
        if isinstance(value, str) and takes_text:
            value = [value]
        if not isinstance(value, list | tuple):
            do = (
                "write [[name]] with double brackets" if isinstance(value, Mapping) else "write [ ]"
            )
            raise Wrong(f"{shown(value)} where a list is meant", do)
        if fixed and len(value) != len(hooks):
            do = "a decimal point is a point, not a comma" if len(value) == 2 * len(hooks) else ""
            raise Wrong(f"{len(value)} items where {len(hooks)} are meant", do)
        kinds = items if fixed else items * len(value)
        every = hooks if fixed else hooks * len(value)
        triples = enumerate(zip(value, every, kinds, strict=True))
        return made(each_item(triples, lambda one: one[1](one[0], one[2])))

    return hook


def _takes_text(kind: Any) -> bool:
    return kind is str or (get_origin(kind) is Literal and isinstance(get_args(kind)[0], str))


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _mapping(kind: Any, converter: cattrs.Converter) -> Hook:
    item_kind = get_args(kind)[1]
    structure = converter.get_structure_hook(item_kind)

    def hook(value: Any, _: Any) -> dict[str, Any]:
        _checked_table(value)
        items = each_item(value.items(), lambda item: structure(item, item_kind))
        return dict(zip(value, items, strict=True))

    return hook


def _checked_table(value: Any) -> None:
    if not isinstance(value, Mapping):
        do = "write [name] with single brackets" if isinstance(value, list | tuple) else "write { }"
        raise Wrong(f"{shown(value)} where a table is meant", do)


def _table(kind: Any, converter: cattrs.Converter) -> Hook:
    hints = get_type_hints(kind)
    overrides = {}
    for each in fields(kind):
        if each.init:
            inner = converter.get_structure_hook(hints[each.name])
            hook = with_rules(inner, each.metadata)
            overrides[each.name] = override(rename=each.metadata.get("toml"), struct_hook=hook)
    base = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, **overrides)  # type: ignore[arg-type]

    def hook_of_table(value: Any, _: Any) -> Any:
        if isinstance(value, kind):
            return value
        _checked_table(value)
        faults: list[Exception] = list(faults_between(kind, value))
        try:
            made = base(value, kind)
        except ClassValidationError as error:
            raise ClassValidationError("table", [*error.exceptions, *faults], kind) from None
        faults += faults_of_order(kind, made)
        if faults:
            raise ClassValidationError("table", faults, kind)
        return made

    return hook_of_table
