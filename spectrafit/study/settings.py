"""A technique's settings from plain values, as strictly as the study is read."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from spectrafit.errors import StudyError
from spectrafit.strict_json import plain
from spectrafit.study.converter import structured
from spectrafit.text import one_line

if TYPE_CHECKING:
    from spectrafit.technique import Technique

__all__ = ["SettingRow", "in_unit", "setting_rows", "settings_of"]


@dataclasses.dataclass(frozen=True)
class SettingRow:
    """One setting of a technique, for its users.

    Parameters
    ----------
    name : str
        As in ``[measurement.settings]``.
    default : object
        As plain value; None where there is none.
    meaning : str
        One line, with its unit.
    choices : tuple
        Every allowed value; empty where there are many.
    shape : str
        What a value looks like, such as ``[LOW, HIGH]``.
    matters : bool
        Whether it belongs into a first study.
    """

    name: str
    default: Any
    meaning: str
    choices: tuple[Any, ...]
    shape: str
    matters: bool


def setting_rows(kind: type[Any]) -> tuple[SettingRow, ...]:
    """Return the settings of a technique as they are declared.

    Parameters
    ----------
    kind : type
        A dataclass whose fields carry ``meaning`` and ``unit``, and ``matters`` where they belong
        into a first study; where no field says so, every one does.

    Returns
    -------
    tuple of SettingRow
    """
    hints = get_type_hints(kind)
    fields = dataclasses.fields(kind)
    marked = any(row.metadata.get("matters") for row in fields)
    return tuple(
        SettingRow(
            row.name,
            _default(row),
            in_unit(row.metadata.get("meaning", ""), row.metadata.get("unit", "1")),
            _choices(hints[row.name]),
            _shape(hints[row.name]),
            bool(row.metadata.get("matters")) or not marked,
        )
        for row in fields
    )


def in_unit(meaning: str, unit: str) -> str:
    """Return a meaning with its unit, on one line.

    Parameters
    ----------
    meaning : str
        Words.
    unit : str
        Of the table; "1" is not written.

    Returns
    -------
    str
    """
    return one_line(meaning if unit in ("1", "") else f"{meaning} [{unit}]")


def _default(row: dataclasses.Field[Any]) -> Any:
    if row.default is not dataclasses.MISSING:
        return plain(row.default)
    if row.default_factory is not dataclasses.MISSING:
        return plain(row.default_factory())
    return None


def _choices(hint: Any) -> tuple[Any, ...]:
    """Return the values of a closed choice, also where it is optional."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return next((found for part in get_args(hint) if (found := _choices(part))), ())


def _shape(hint: Any) -> str:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return next(_shape(part) for part in parts if part is not type(None))
    if origin is tuple:
        return "[LOW, HIGH]" if len(parts) == 2 and parts[1] is not ... else "[...]"
    words = {bool: "true or false", int: "NUMBER", float: "NUMBER", str: '"..."'}
    return words.get(hint, "{ ... }" if origin is not Literal else '"..."')


def settings_of(
    owner: Technique | type[Any], values: Mapping[str, Any], where: str = "$.settings"
) -> Any:
    """Return settings, defaults changed by what is given.

    Parameters
    ----------
    owner : Technique or type
        Whose settings, or the settings dataclass itself.
    values : mapping
        Plain values by name of the setting, in the unit that its declaration gives.
    where : str, optional
        Where the values come from, like ``$.measurement[2].settings`` or ``--set``.

    Returns
    -------
    object
        An instance of the settings dataclass.

    Raises
    ------
    StudyError
        With every wrong setting at once.
    """
    kind = owner if isinstance(owner, type) else owner.settings
    made, mistakes = structured(values, kind, ())
    if mistakes:
        ordered = sorted(mistakes, key=lambda mistake: str(mistake.steps))
        raise StudyError(tuple(mistake.mistake(where) for mistake in ordered))
    return made
