"""What two studies say differently, from their results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spectrafit import registry
from spectrafit.errors import SpectrafitError
from spectrafit.strict_json import json_text, plain

__all__ = ["SettingChange", "setting_changes"]

# The study's file and text, and what the table of files says.
_APART = ("file", "text", "measurement")
_NAMES = ("name", "files")

Results = Mapping[str, Any]


@dataclass(frozen=True)
class SettingChange:
    """One thing that two studies say differently.

    Parameters
    ----------
    measurement : str
        Its name; empty for the whole study.
    setting : str
        Path below it, like ``settings.peaks``.
    before, after : str
        As JSON; ``default`` or empty where a study does not say it.
    """

    measurement: str
    setting: str
    before: str
    after: str


def setting_changes(before: Results, after: Results) -> tuple[SettingChange, ...]:
    """Return what two studies say differently, measurement by measurement.

    Parameters
    ----------
    before, after : mapping
        Contents of two ``results.json``.

    Returns
    -------
    tuple of SettingChange
        A measurement that is in one study only is told by its files.
    """
    old, new = (_measurements(one) for one in (before, after))
    changes = [
        change for name in old if name in new for change in _of_measurement(old[name], new[name])
    ]
    studies = [
        {key: value for key, value in one["study"].items() if key not in _APART}
        for one in (before, after)
    ]
    changes += [SettingChange("", *change) for change in _changes(*studies)]
    return tuple(changes)


def _measurements(results: Results) -> dict[str, Mapping[str, Any]]:
    return {row["name"]: row for row in results["study"]["measurement"]}


def _of_measurement(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[SettingChange]:
    sides = [{key: value for key, value in one.items() if key not in _NAMES} for one in (old, new)]
    for path, before, after in _changes(*sides):
        head, _, rest = path.partition(".")
        if head == "settings":
            before = before or _default(old["technique"], rest)
            after = after or _default(new["technique"], rest)
        yield SettingChange(new["name"], path, before, after)


def _changes(old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    before, after = dict(_flat(old)), dict(_flat(new))
    for path in dict.fromkeys((*before, *after)):
        if before.get(path) != after.get(path):
            yield path, before.get(path, ""), after.get(path, "")


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and JSON of every leaf; a list of tables by number."""
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        items = {str(number): one for number, one in enumerate(value)}.items()
    else:
        if value not in (None, "", [], {}):
            yield path, json_text(value)
        return
    for key, item in items:
        yield from _flat(item, f"{path}.{key}" if path else str(key))


def _default(technique: str, setting: str) -> str:
    """Return what a setting is where the study does not say it, as this version has it."""
    try:
        found: Any = registry.technique(technique).settings()
        for part in setting.split("."):
            found = getattr(found, part)
        return f"default ({json_text(plain(found))})"
    except (SpectrafitError, AttributeError, TypeError):
        return "default"
