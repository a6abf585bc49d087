"""The conditions of a file, such as T: from its name, its header, its columns, a table, or typed."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from spectrafit.errors import Mistake, SpectrafitError, StudyError, UnitError, nearest
from spectrafit.recording import Recording
from spectrafit.study.files import file_inside, relative_name
from spectrafit.study.mistakes import Wrong, path_text, shown
from spectrafit.study.schema import Condition, Measurement
from spectrafit.study.toml_text import text_of
from spectrafit.units import UNITS, converted, unit

__all__ = ["base_unit", "base_value", "conditions_of"]

_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_SEPARATORS = ",;\t"
# of the mean: a column that changes by more during a scan is no condition of it
_MOST_CHANGE = 0.05


def conditions_of(
    measurement: Measurement,
    recording: Recording,
    path: Path,
    folder: Path,
    allow_outside: bool = False,
) -> Mapping[str, float | str]:
    """Return the conditions of a recording: the file's own, overruled by the study's.

    Nothing is taken from the order of the files.

    Parameters
    ----------
    measurement : Measurement
        Whose ``[measurement.conditions]``.
    recording : Recording
        What was read from the file.
    path : Path
        The file.
    folder : Path
        Folder of the study file.
    allow_outside : bool, optional
        Whether a table of conditions may be outside the folder.

    Returns
    -------
    mapping of str to float or str
        Numbers in the base unit of their quantity, like ``{"T": 8.0}`` in K.

    Raises
    ------
    StudyError
        For every condition that the file does not give, naming the file.
    """
    made: dict[str, float | str] = dict(recording.conditions)
    mistakes = []
    for name, condition in measurement.conditions.items():
        place = f"$.measurement[{measurement.name}].conditions{path_text((name,))}"
        try:
            made[name] = _value(condition, recording, path, folder, allow_outside, place)
        except Wrong as wrong:
            mistakes.append(Mistake(place, wrong.what, wrong.do))
        except StudyError as error:
            mistakes += error.mistakes
        except SpectrafitError as error:
            mistakes.append(Mistake(place, f"{error.where}: {error.what}", error.do))
    if mistakes:
        raise StudyError(tuple(mistakes), where=relative_name(path, folder))
    return made


def base_value(number: float, unit_name: str) -> float:
    """Return a number in the base unit of its quantity.

    Parameters
    ----------
    number : float
        In the unit `unit_name`.
    unit_name : str
        Name of the table of units.

    Returns
    -------
    float
        In the first unit of the table that measures the same quantity: K, deg, s, "1".
    """
    return float(converted(float(number), unit_name, base_unit(unit_name)))


def base_unit(unit_name: str) -> str:
    """Return the first unit of the table that measures the same quantity.

    Parameters
    ----------
    unit_name : str
        Name of the table of units.

    Returns
    -------
    str
    """
    quantity = unit(unit_name).quantity
    return next(entry.name for entry in UNITS if entry.quantity == quantity)


def _value(
    condition: Condition,
    recording: Recording,
    path: Path,
    folder: Path,
    allow_outside: bool,
    place: str,
) -> float | str:
    if condition.pattern:
        return _checked(_from_name(condition.pattern, path, folder), condition.unit)
    if condition.header:
        return _from_text(_header_text(condition.header, recording), condition.unit)
    if condition.table:
        table = file_inside(condition.table, folder, allow_outside, f"{place}.table")
        text, point = _cell(table, condition.column, path, folder, recording.name)
        return _from_text(text, condition.unit, decimal_comma=not point)
    if condition.column:
        return _from_column(condition.column, recording, condition.unit)
    if isinstance(condition.value, int | float):
        return _checked(float(condition.value), condition.unit)
    if condition.value is None:
        raise Wrong("says nothing", "give pattern, header, table, column or value")
    return condition.value


def _checked(number: float, unit_name: str) -> float:
    value = base_value(number, unit_name)
    if unit(unit_name).quantity == "temperature" and value < 0:
        raise Wrong(f"{number:g} {unit_name} is below absolute zero")
    return value


def _from_name(pattern: str, path: Path, folder: Path) -> float:
    name = relative_name(path, folder) if "/" in pattern else path.name
    before, after = (re.escape(part) for part in pattern.split("{}"))
    # A hyphen after a letter or digit joins words ("FeCo-8K"), it is no sign.
    number = r"((?<![0-9])(?:(?<![^\W_])[-+])?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"
    if not after:
        number += r"(?![0-9])"
    found = {float(text) for text in re.findall(f"{before}{number}{after}", name)}
    if not found:
        raise Wrong(f"{shown(pattern)} is not in the name {name}", "mend the pattern or the name")
    if len(found) > 1:
        numbers = " and ".join(f"{value:g}" for value in sorted(found))
        what = f"{shown(pattern)} finds {numbers} in the name {name}"
        raise Wrong(what, "write more of the name into the pattern")
    return found.pop()


def _from_column(name: str, recording: Recording, unit_name: str) -> float:
    """Return the mean of a column of the file in base units, refused where it changes much."""
    column = recording.column(name)
    own = unit_name if column.unit == "1" else column.unit
    if unit(own).quantity != unit(unit_name).quantity:
        raise Wrong(f"{shown(name)} is a {unit(own).quantity}, the study says {unit_name}")
    values = [base_value(float(one), own) for one in column.values if math.isfinite(one)]
    if not values:
        raise Wrong(f"column {shown(name)} of {recording.name} holds no number", "use another way")
    mean = math.fsum(values) / len(values)
    if max(values) - min(values) > _MOST_CHANGE * abs(mean):
        what = (
            f"column {shown(name)} of {recording.name} runs from {min(values):g} to {max(values):g}"
        )
        raise Wrong(what, "a scan has one condition: give value, header or table, or leave it out")
    return _checked(mean, base_unit(own))


def _header_text(key: str, recording: Recording) -> str:
    if key in recording.header:
        return recording.header[key]
    close = [name for name in recording.header if name.casefold() == key.casefold()]
    if len(close) == 1:
        return recording.header[close[0]]
    advice = nearest(key, recording.header, noun="the header's keys")
    raise Wrong(f"the header of {recording.name} has no {shown(key)}", advice)


def _from_text(text: str, unit_name: str, *, decimal_comma: bool = False) -> float | str:
    """Return a number with or without its own unit in base units; words only where unit is 1."""
    stripped = text.strip()
    plain = stripped.replace(",", ".") if decimal_comma else stripped
    match = re.fullmatch(rf"({_NUMBER})\s*(.*)", plain)
    if not match:
        if unit_name == "1" and stripped and not re.match(r"[-+.]?[0-9]", stripped):
            return stripped
        what = f"{shown(stripped)} is no number in {unit_name}" if stripped else "there is no entry"
        raise Wrong(what, "write a number with a decimal point, or use another way")
    own = match[2] or unit_name
    try:
        if unit(own).quantity != unit(unit_name).quantity:
            raise Wrong(f"{shown(stripped)} is a {unit(own).quantity}, the study says {unit_name}")
    except UnitError:
        advice = "write the number alone or with a unit of the table, or use another way"
        raise Wrong(f"{shown(stripped)} is no number in {unit_name}", advice) from None
    return _checked(float(match[1]), own)


def _cell(table: Path, column: str, path: Path, folder: Path, recording: str) -> tuple[str, bool]:
    """Return the entry of a scan or its file in a table, and whether its decimal sign is a point.

    A row for one scan of a file, ``series.spg#3``, comes before one for the whole file.
    """
    status = table.stat()
    header, rows, separator = _rows(table, status.st_mtime_ns, status.st_size)
    for needed in ("file", column):
        if needed not in header:
            advice = nearest(needed, header, noun="its columns")
            raise Wrong(f"{table.name} has no column {shown(needed)}", advice)
    own = {path.name, relative_name(path, folder)}
    _, several, scan = recording.rpartition("#")
    names = [row[header.index("file")].replace("\\", "/") for row in rows]
    found = [
        row
        for row, name in zip(rows, names, strict=True)
        if several and name in {f"{file}#{scan}" for file in own}
    ] or [row for row, name in zip(rows, names, strict=True) if name in own]
    if len(found) != 1:
        what = f"{table.name} has {len(found) or 'no'} rows for {path.name}"
        raise Wrong(
            what, nearest(path.name, names, noun="its files", limit=5) if not found else "leave one"
        )
    return found[0][header.index(column)], separator == ","


@lru_cache(maxsize=8)
def _rows(
    table: Path, changed: int, size: int
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], str]:
    """Return header, rows and separator of a table in the state given by its time and size."""
    text, _ = text_of(table)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    first = lines[0] if lines else ""
    separator = max(_SEPARATORS, key=first.count)
    read = list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
    header, *rows = [tuple(cell.strip() for cell in row) for row in read] or [()]
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            what = f"row {number} of {table.name} has {len(row)} cells, its head {len(header)}"
            raise Wrong(what, "mend the row")
    return header, tuple(rows), separator
