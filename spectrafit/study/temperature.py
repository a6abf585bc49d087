"""Where the temperature of some files stands: in their headers, their names, or their folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spectrafit.errors import SpectrafitError
from spectrafit.recording import Recording
from spectrafit.study.conditions import conditions_of
from spectrafit.study.files import relative_name
from spectrafit.study.schema import Condition, Measurement
from spectrafit.written_temperature import (
    PLAUSIBLE_K,
    T_IN_NAME,
    T_IN_NAME_CELSIUS,
    temperature_of_name,
)

__all__ = ["T_IN_NAME", "TemperatureSource", "temperature_source"]

_NAMED = r"(?:(?<![A-Za-z])T ?_?=|(?<![A-Za-z])[Tt]emp(?:erature)?[=_ -]?)"
_T_NAMED = re.compile(rf"({_NAMED})([0-9]+(?:\.[0-9]+)?)(?![0-9A-Za-z])")
_KEY = re.compile(r"\btemp(erature)?\b|^T$|\bT(?= ?[\[(])|_T$", re.IGNORECASE)
_KEY_IN_KELVIN = re.compile(r"[\[(]K[\])]|[_ ]K$")
_WITH_UNIT = re.compile(r"\s*[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?\s*[^\s0-9.]+.*")


@dataclass(frozen=True)
class TemperatureSource:
    """Where T stands.

    Parameters
    ----------
    condition : Condition or None
        For ``[measurement.conditions]``; None where the reader gives T already, or nothing does.
    values : tuple of float
        T of each file in K, in their order; empty where nothing gives it.
    words : str
        Like ``"in the file names"``.
    """

    condition: Condition | None
    values: tuple[float, ...]
    words: str


def temperature_source(
    files: Mapping[str, Sequence[Recording]], folder: Path, study_folder: Path
) -> TemperatureSource:
    """Return where the temperature of some files stands; every way is tried on every file.

    A header counts only with a unit; a name only with a number in K or degrees Celsius, or
    after ``T=`` or ``temp``. Numbers outside 0.01 to 2000 K count for none.

    Parameters
    ----------
    files : mapping of str to sequence of Recording
        By path below `folder`; columns are not needed.
    folder : Path
        Folder of the files.
    study_folder : Path
        Folder of the study that will name them.

    Returns
    -------
    TemperatureSource
    """
    own = _own_temperatures(files)
    if own:
        return TemperatureSource(None, own, "told by the files")
    for condition, words, expected in _candidates(files, folder, study_folder):
        if re.search(r"[{}]", condition.pattern.replace("{}", "", 1)):
            continue
        values = _values(condition, files, folder, study_folder)
        if values and expected in ((), values):
            return TemperatureSource(condition, values, words)
    return TemperatureSource(None, (), "neither in the headers nor in the names")


def _own_temperatures(files: Mapping[str, Sequence[Recording]]) -> tuple[float, ...]:
    given = [[one.conditions.get("T") for one in recordings] for recordings in files.values()]
    if not all(isinstance(T, float) for each in given for T in each):
        return ()
    return tuple(float(each[0]) for each in given if isinstance(each[0], float))


def _candidates(
    files: Mapping[str, Sequence[Recording]], folder: Path, study_folder: Path
) -> Iterator[tuple[Condition, str, tuple[float, ...]]]:
    """Give ways to T with the numbers that a strict look at the names expects, where it is one."""
    for key in _header_keys(files):
        yield Condition(header=key, unit="K"), "in the headers", ()
    names = [Path(name).name for name in files]
    for pattern, values in _name_patterns(names):
        yield Condition(pattern=pattern, unit="K"), "in the file names", values
    for pattern, values in _celsius_patterns(names):
        yield Condition(pattern=pattern, unit="degC"), "in the file names", values
    paths = [relative_name(_path(folder, name, study_folder), study_folder) for name in files]
    for pattern, values in _folder_patterns(paths):
        yield Condition(pattern=pattern, unit="K"), "in the folder names", values
    found = {float(match[1]) for match in T_IN_NAME.finditer(folder.resolve().name)}
    if len(found) == 1:
        number = found.pop()
        value = int(number) if number.is_integer() else number
        yield Condition(value=value, unit="K"), "in the folder's name", ()


def _path(folder: Path, name: str, study_folder: Path) -> Path:
    """Return the path of a file as a study in `study_folder` will write it."""
    try:
        return study_folder / os.path.relpath(folder / name, study_folder)
    except ValueError:  # another drive on Windows
        return folder / name


def _values(
    condition: Condition,
    files: Mapping[str, Sequence[Recording]],
    folder: Path,
    study_folder: Path,
) -> tuple[float, ...]:
    """Return T of each file as a run would find it; nothing where one of them fails."""
    trial = Measurement("trial", "any", ("*",), conditions={"T": condition})
    values = []
    for name, recordings in files.items():
        path = _path(folder, name, study_folder)
        found = set()
        for recording in recordings:
            try:
                found.add(conditions_of(trial, recording, path, study_folder)["T"])
            except SpectrafitError:
                return ()
        value = found.pop()
        if not isinstance(value, float) or not PLAUSIBLE_K[0] <= value <= PLAUSIBLE_K[1]:
            return ()
        values.append(value)
    return tuple(values)


def _header_keys(files: Mapping[str, Sequence[Recording]]) -> list[str]:
    """Return keys of all headers that give a temperature with a unit, that of the sample first."""
    headers = [one.header for recordings in files.values() for one in recordings]
    keys = [key for key in headers[0] if _KEY.search(key)]
    usable = [
        key
        for key in keys
        if all(
            key in header and (_KEY_IN_KELVIN.search(key) or _WITH_UNIT.fullmatch(header[key]))
            for header in headers
        )
    ]
    of_sample = [key for key in usable if "sample" in key.lower()]
    if len(of_sample) == 1 or len(usable) == 1:
        return of_sample or usable
    # several thermometers: which of them is meant is the user's to say, unless they agree
    same = all(len({header[key].split()[0] for key in usable}) == 1 for header in headers if usable)
    return usable[:1] if same else []


def _name_patterns(names: Sequence[str]) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Give patterns such as ``_{}K`` or ``T={}``, and the numbers, for names with one T each."""
    values = _temperatures(T_IN_NAME, 1, names)
    if values:
        match = _first(T_IN_NAME, names)
        before, after = names[0][: match.start()][-1:], names[0][match.end() :][:1]
        for start, end in ((before, ""), ("", ""), (before, after), ("", after)):
            yield f"{start}{{}}{match[2]}K{end}", values
    values = _temperatures(_T_NAMED, 2, names)
    if values:
        yield f"{_first(_T_NAMED, names)[1]}{{}}", values


def _celsius_patterns(names: Sequence[str]) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Give patterns such as ``T{}C``, and T in K, for names with one T in degrees Celsius each."""
    found = [temperature_of_name(name) for name in names]
    match = T_IN_NAME_CELSIUS.search(names[0])
    if match is None or any(T_IN_NAME.search(name) for name in names):
        return
    if any(reason or len(temperatures) != 1 for temperatures, reason in found):
        return
    values = tuple(next(iter(temperatures)) for temperatures, _ in found)
    before = match["before"] or names[0][: match.start("value")][-1:]
    for start in dict.fromkeys((before, "")):
        yield f"{start}{{}}{match['unit']}", values


def _folder_patterns(paths: Sequence[str]) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Give patterns with a ``/`` for a temperature in the name of a folder."""
    folders = [path.rpartition("/")[0] + "/" for path in paths]
    values = _temperatures(T_IN_NAME, 1, folders)
    if not values:
        return
    match = _first(T_IN_NAME, folders)
    start, end = folders[0][: match.start()], folders[0][match.end() :].partition("/")[0]
    for left, right in (
        (start[-1:], f"{end}/"),
        ("", f"{end}/"),
        (f"/{start.rpartition('/')[2]}", ""),
    ):
        yield f"{left}{{}}{match[2]}K{right}", values


def _first(expression: re.Pattern[str], names: Sequence[str]) -> re.Match[str]:
    return next(expression.finditer(names[0]))


def _temperatures(
    expression: re.Pattern[str], group: int, names: Sequence[str]
) -> tuple[float, ...]:
    """Return the one temperature in each name; nothing where a name has none or several."""
    found = [{float(match[group]) for match in expression.finditer(name)} for name in names]
    return tuple(each.pop() for each in found) if all(len(each) == 1 for each in found) else ()
