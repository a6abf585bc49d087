"""Rules between the tables of a study: names that must exist, settings, paths, temperatures.

They look at the document as written, so that a mistake in one key does not hide another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from spectrafit.errors import SpectrafitError, UnitError, nearest
from spectrafit.observable import spec_of
from spectrafit.study.comparison_rules import comparison_mistakes
from spectrafit.study.converter import structured
from spectrafit.study.document_tables import (
    names_of,
    second_names,
    table_of,
    tables_of,
    unknown_name,
)
from spectrafit.study.mistakes import PlacedMistake, Steps, shown
from spectrafit.study.state_rules import state_mistakes
from spectrafit.units import unit

if TYPE_CHECKING:
    from spectrafit.technique import Technique

__all__ = ["cross_mistakes", "outside_reason", "unknown_keys"]

Techniques = Mapping[str, "Technique"]


def outside_reason(path: str) -> str:
    r"""Return why a path in a study leaves its folder by its words alone.

    Parameters
    ----------
    path : str
        A path or glob, with ``/`` or ``\\``.

    Returns
    -------
    str
        Empty for a path that stays inside.
    """
    windows, posix = PureWindowsPath(path), PurePosixPath(path)
    if windows.drive or windows.root or posix.is_absolute():
        return f"{shown(path)} is an absolute path"
    return f"{shown(path)} leaves the study's folder" if ".." in windows.parts else ""


def cross_mistakes(
    document: Mapping[str, Any], techniques: Techniques, readers: Collection[str]
) -> Iterator[PlacedMistake]:
    """Yield the mistakes that no single table shows.

    Parameters
    ----------
    document : mapping
        The whole study as plain values, keys with dots whole; values may be of a wrong kind.
    techniques : mapping of str to Technique
        What is installed; one is loaded only when a measurement names it.
    readers : collection of str
        Names of the installed readers.

    Yields
    ------
    PlacedMistake
    """
    measurements = list(tables_of(document, "measurement"))
    names = [table.get("name") for _, table in measurements]
    samples = names_of(document.get("sample"))
    inside = table_of(document.get("study")).get("allow_outside") is not True
    if "measurement" not in document and not document.get("typed"):
        advice = "give measurement: files of one technique under one recipe, or [[typed]] numbers"
        yield PlacedMistake(("measurement",), "is missing", advice)
    yield from second_names(measurements, "measurement")
    for steps, table in measurements:
        yield from unknown_name(
            table, "sample", samples, steps, hint=f"add [sample.{table.get('sample')}] or"
        )
        yield from unknown_name(table, "reader", readers, steps)
        yield from _mistakes_of_uses(table, steps, names)
        yield from _mistakes_of_technique(table, steps, techniques)
        yield from _mistakes_of_conditions(table, steps)
        yield from _mistakes_of_exceptions(table, steps)
    yield from comparison_mistakes(
        list(tables_of(document, "comparison")), measurements, techniques
    )
    yield from state_mistakes(document)
    for steps, table in tables_of(document, "waive"):
        yield from unknown_name(
            table, "measurement", [n for n in names if isinstance(n, str)], steps
        )
    if inside:
        yield from _mistakes_of_paths(document)


def _texts(value: Any) -> list[str]:
    items = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, str)]


def _mistakes_of_uses(
    table: Mapping[str, Any], steps: Steps, names: list[Any]
) -> Iterator[PlacedMistake]:
    known = [name for name in names if isinstance(name, str) and name != table.get("name")]
    for name, value in table_of(table.get("uses")).items():
        place = (*steps, "uses", name)
        for text in _texts(value):
            if text == table.get("name"):
                yield PlacedMistake(place, "a measurement cannot use itself", "name another")
            elif text not in known:
                advice = nearest(text, known, noun="the other measurements")
                yield PlacedMistake(place, f"there is no measurement {shown(text)}", advice)


def _mistakes_of_technique(
    table: Mapping[str, Any], steps: Steps, techniques: Techniques
) -> Iterator[PlacedMistake]:
    name = table.get("technique")
    if not isinstance(name, str) or not name:
        return
    place = (*steps, "technique")
    if name not in techniques:
        advice = nearest(name, techniques, noun="the techniques")
        yield PlacedMistake(place, f"there is no technique {shown(name)}", advice)
        return
    try:
        technique = techniques[name]
    except SpectrafitError as error:
        yield PlacedMistake(place, error.what, error.do)
        return
    inputs = {spec.name: spec for spec in technique.inputs}
    uses = table_of(table.get("uses"))
    for key in uses:
        if key == "sample":
            what = "the sample is the measurement's own files"
            yield PlacedMistake((*steps, "uses", key), what, "name the files of this measurement")
        elif key not in inputs:
            advice = nearest(key, [n for n in inputs if n != "sample"], noun="its other inputs")
            yield PlacedMistake((*steps, "uses", key), f"{name} has no input {shown(key)}", advice)
    for spec in inputs.values():
        sample = table.get("role", "sample") == "sample"
        if spec.required and spec.name != "sample" and spec.name not in uses and sample:
            what = f"{name} needs the input {spec.name}"
            advice = f'add uses = {{ {spec.name} = "NAME" }}: {spec.meaning}'
            yield PlacedMistake((*steps, "uses"), what, advice)
    if table.get("merge_by") and not (inputs["sample"].many if "sample" in inputs else False):
        what = f"{name} observes one scan at a time: it merges none"
        yield PlacedMistake((*steps, "merge_by"), what, "leave merge_by out")
    yield from _mistakes_of_settings(table, steps, technique)


def _mistakes_of_settings(
    table: Mapping[str, Any], steps: Steps, technique: Technique
) -> Iterator[PlacedMistake]:
    general = table_of(table.get("settings"))
    place = (*steps, "settings")
    own = structured(general, technique.settings, place)[1]
    yield from own
    for below, exception in tables_of(table, "except"):
        special = table_of(exception.get("settings"))
        if not special:
            continue
        known = {(mistake.steps[len(place) :], mistake.what) for mistake in own}
        there = (*steps, *below, "settings")
        for mistake in structured({**general, **special}, technique.settings, there)[1]:
            key = mistake.steps[len(there) :]
            if (key[:1] and key[0] in special) or (key, mistake.what) not in known:
                yield mistake


def _mistakes_of_conditions(table: Mapping[str, Any], steps: Steps) -> Iterator[PlacedMistake]:
    for name, condition in table_of(table.get("conditions")).items():
        place = (*steps, "conditions", name)
        given = table_of(condition)
        quantity = _quantity(given.get("unit", "1"))
        if given and name == "T" and quantity not in ("temperature", ""):
            what = f"T is a temperature, {shown(given.get('unit', '1'))} is no unit of it"
            yield PlacedMistake((*place, "unit"), what, 'write unit = "K"')
        if isinstance(given.get("value"), str) and given.get("unit", "1") not in ("1", ""):
            what = f"the text {shown(given['value'])} has no unit"
            yield PlacedMistake((*place, "value"), what, "write the number without quotes")


def _quantity(name: Any) -> str:
    """Return what a unit measures; empty where there is no such unit."""
    try:
        return unit(name).quantity if isinstance(name, str) else ""
    except UnitError:
        return ""


def _mistakes_of_exceptions(table: Mapping[str, Any], steps: Steps) -> Iterator[PlacedMistake]:
    for below, exception in tables_of(table, "except"):
        changes = exception.get("settings") or exception.get("parameters")
        if exception.get("use", True) is True and not changes:
            what = "an exception that changes nothing"
            advice = "write use = false, or give settings or parameters"
            yield PlacedMistake((*steps, *below), what, advice)


def _mistakes_of_paths(document: Mapping[str, Any]) -> Iterator[PlacedMistake]:
    for steps, path in _paths(document):
        reason = outside_reason(path)
        if reason:
            advice = "copy the files below the study, or set allow_outside = true in [study]"
            yield PlacedMistake(steps, reason, advice)


def _paths(document: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    for path in _texts(table_of(document.get("study")).get("truth")):
        yield ("study", "truth"), path
    for steps, table in tables_of(document, "measurement"):
        yield from _globs(table.get("files"), (*steps, "files"))
        for name, condition in table_of(table.get("conditions")).items():
            for path in _texts(table_of(condition).get("table")):
                yield (*steps, "conditions", name, "table"), path
        for below, exception in tables_of(table, "except"):
            yield from _globs(exception.get("files"), (*steps, *below, "files"))


def _globs(value: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(value, str):
        yield steps, value
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str):
            yield (*steps, index), item


def unknown_keys(
    document: Mapping[str, Any], techniques: Techniques
) -> Iterator[tuple[Steps, str]]:
    """Yield the keys of expectations, joint fit, claims and candidates that no technique declares.

    Parameters
    ----------
    document : mapping
        The whole study as plain values, keys with dots whole.
    techniques : mapping of str to Technique
        What is installed.

    Yields
    ------
    tuple of (tuple of str and int, str)
        Place and key.
    """
    # a claim may be about a typed number, whose key is of no technique; joined it cannot be
    typed = {str(table.get("key")) for _, table in tables_of(document, "typed")}
    known: dict[str, bool] = {}
    for steps, key in _keys(document):
        if key in typed and steps[0] != "joint":
            continue
        if key not in known:
            known[key] = "*" in key or _is_declared(key, techniques)
        if not known[key]:
            yield steps, key


def _keys(document: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    for state, declaration in table_of(document.get("state")).items():
        for key in table_of(table_of(declaration).get("expect")):
            yield ("state", state, "expect", key), key
    yield from _globs(table_of(document.get("joint")).get("keys"), ("joint", "keys"))
    for steps, table in tables_of(document, "candidate"):
        yield from _globs(table.get("key"), (*steps, "key"))
    for name in ("claim", "rule"):
        for steps, table in tables_of(document, name):
            for below, test in tables_of(table, "test"):
                yield from _globs(test.get("key"), (*steps, *below, "key"))


def _is_declared(key: str, techniques: Techniques) -> bool:
    # The technique that the key begins with is asked first: asking all would load all of them.
    first = key.split(".")[0]
    names = [*([first] if first in techniques else []), *(n for n in techniques if n != first)]
    for name in names:
        try:
            if spec_of(key, techniques[name].observables) is not None:
                return True
        except SpectrafitError:
            continue
    return False
