"""The strict converter: plain TOML values become dataclasses, and nothing is bent to fit."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import cattrs
from cattrs.errors import ClassValidationError, IterableValidationError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from spectrafit.errors import UnitError, nearest
from spectrafit.study.mistakes import PlacedMistake, Steps, Wrong, placed_mistakes, shown
from spectrafit.study.schema import EXACTLY_ONE, ORDERED, TOGETHER
from spectrafit.units import UNITS, checked_unit

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
    for kind, hook in ((bool, _boolean), (int, _integer), (float, _number), (str, _text)):
        converter.register_structure_hook(kind, hook)
    converter.register_structure_hook_func(lambda kind: kind is Any, _anything)
    factories: tuple[tuple[Callable[[Any], bool], Callable[[Any, cattrs.Converter], Hook]], ...] = (
        (lambda kind: get_origin(kind) is Literal, _literal),
        (lambda kind: isinstance(kind, type) and issubclass(kind, Enum), _enumeration),
        (lambda kind: get_origin(kind) in (Union, UnionType), _union),
        (_is_sequence, _sequence),
        (_is_mapping, _mapping),
        (is_dataclass, _table),
    )
    for suits, factory in factories:
        converter.register_structure_hook_factory(suits)(
            lambda kind, factory=factory: factory(kind, converter)
        )
    return converter


def _boolean(value: Any, _: Any) -> bool:
    if isinstance(value, bool):
        return value
    bare = isinstance(value, str) and value.casefold() in ("true", "false")
    do = f"write {str(value).casefold()} without quotes" if bare else "write true or false"
    raise Wrong(f"{shown(value)} where true or false is meant", do)


def _integer(value: Any, _: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Wrong(f"{shown(value)} where a whole number is meant", _bare_number(value, "[-+]?[0-9]+"))


def _number(value: Any, _: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        do = _bare_number(value, r"[-+]?[0-9]*[.,]?[0-9]+([eE][-+]?[0-9]+)?")
        raise Wrong(f"{shown(value)} where a number is meant", do)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Wrong(
            f"{shown(value)} where a finite number is meant", "leave the key out, or give one"
        )
    return number


def _bare_number(value: Any, pattern: str) -> str:
    if isinstance(value, str) and re.fullmatch(pattern, value.strip()):
        return f"write {value.strip().replace(',', '.')} without quotes"
    return "write a number" if "," in pattern else "write a whole number, like 3"


def _text(value: Any, _: Any) -> str:
    if isinstance(value, str):
        return value
    do = "write one text" if isinstance(value, list | tuple | Mapping) else "put it in quotes"
    raise Wrong(f"{shown(value)} where a text is meant", do)


def _anything(value: Any, _: Any) -> Any:
    if isinstance(value, float):
        return _number(value, float)
    if isinstance(value, datetime.date | datetime.time):
        raise Wrong(f"{shown(value)} is not kept as such", "put it in quotes")
    if isinstance(value, Mapping):
        return _each(value.items(), lambda item, _: _anything(item, Any), Any, dict)
    if isinstance(value, list | tuple):
        return _each(enumerate(value), lambda item, _: _anything(item, Any), Any, _values)
    return value


def _values(pairs: Sequence[tuple[Any, Any]]) -> tuple[Any, ...]:
    return tuple(item for _, item in pairs)


def _each(pairs: Any, hook: Hook, kind: Any, made: Callable[[list[tuple[Any, Any]]], Any]) -> Any:
    good: list[tuple[Any, Any]] = []
    bad: list[Exception] = []
    for key, item in pairs:
        try:
            good.append((key, hook(item, kind)))
        except Exception as error:
            error.add_note(IterableValidationNote(f"item {key}", key, kind))
            bad.append(error)
    if bad:
        raise IterableValidationError("items", bad, kind)
    return made(good)


def _literal(kind: Any, _: cattrs.Converter) -> Hook:
    choices = get_args(kind)

    def hook(value: Any, _: Any) -> Any:
        return _choice(value, choices)

    return hook


def _choice(value: Any, choices: Sequence[Any]) -> Any:
    for choice in choices:
        if choice == value and isinstance(choice, bool) is isinstance(value, bool):
            return choice
    words = [str(choice) for choice in choices]
    raise Wrong(f"{shown(value)} is no choice", nearest(str(value), words, noun="the choices"))


def _enumeration(kind: Any, _: cattrs.Converter) -> Hook:
    choices = [member.value for member in kind]

    def hook(value: Any, _: Any) -> Any:
        return value if isinstance(value, kind) else kind(_choice(value, choices))

    return hook


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
        chosen = hooks if fixed else hooks * len(value)
        paired = [(index, (item, chosen[index])) for index, item in enumerate(value)]
        return made(
            _each(paired, lambda pair, item_kind: pair[1](pair[0], item_kind), kind, _values)
        )

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
        return dict(_each(value.items(), structure, item_kind, dict))

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
            hook = _ruled(inner, each.metadata)
            overrides[each.name] = override(rename=each.metadata.get("toml"), struct_hook=hook)
    base = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, **overrides)  # type: ignore[arg-type]

    def hook_of_table(value: Any, _: Any) -> Any:
        if isinstance(value, kind):
            return value
        _checked_table(value)
        faults: list[Exception] = list(_faults_between(kind, value))
        try:
            made = base(value, kind)
        except ClassValidationError as error:
            raise ClassValidationError("table", [*error.exceptions, *faults], kind) from None
        faults += _faults_of_order(kind, made)
        if faults:
            raise ClassValidationError("table", faults, kind)
        return made

    return hook_of_table


def _faults_between(kind: type[Any], given: Mapping[str, Any]) -> list[Wrong]:
    faults = []
    ways = EXACTLY_ONE.get(kind, ())
    taken = [way for way in ways if any(key in given for key in way)]
    if ways and len(taken) != 1:
        every = " or ".join("/".join(way) for way in ways)
        both = " and ".join("/".join(key for key in way if key in given) for way in taken)
        what = f"{both} exclude each other" if taken else "says nothing"
        faults.append(Wrong(what, f"give {every}, exactly one"))
    together = TOGETHER.get(kind, ())
    missing = [key for key in together if key not in given]
    if missing and len(missing) < len(together):
        had = " and ".join(key for key in together if key in given)
        faults.append(Wrong(f"{had} without {' and '.join(missing)}", f"give {missing[0]} too"))
    return faults


def _faults_of_order(kind: type[Any], made: Any) -> list[Wrong]:
    pairs = [(key, getattr(made, key)) for key in ORDERED.get(kind, ())]
    given = [(key, value) for key, value in pairs if value is not None]
    return [
        Wrong(f"{first} {low:g} is above {second} {high:g}", "exchange or mend them")
        for (first, low), (second, high) in pairwise(given)
        if low > high
    ]


def _ruled(inner: Hook, rules: Mapping[str, Any]) -> Hook:
    """Return a hook that also holds a field's own rules (see `schema.study_field`)."""

    def hook(value: Any, kind: Any) -> Any:
        made = inner(value, kind)
        if made is None:
            return None
        if rules.get("is_unit"):
            return _unit(made)
        if isinstance(made, tuple | list) and len(made) < rules.get("least", 0):
            raise Wrong("the list is empty", "give at least one")
        for item in made if isinstance(made, tuple | list) else (made,):
            if rules.get("choices") and not isinstance(item, Enum | Mapping):
                _choice(item, rules["choices"])
            if "above" in rules and not item > rules["above"]:
                raise Wrong(f"{item:g} is not above {rules['above']:g}")
            if "pattern" in rules and not re.search(rules["pattern"][0], item):
                raise Wrong(f"{shown(item)} {rules['pattern'][1]}")
        return made

    return hook


def _unit(name: str) -> str:
    try:
        return checked_unit(name)
    except UnitError:
        names = [spelling for unit in UNITS for spelling in (unit.name, *unit.aliases) if spelling]
        raise Wrong(
            f"unit {shown(name)} is not known", nearest(name, names, noun="the units")
        ) from None
