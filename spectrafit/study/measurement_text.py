"""One measurement of a first study as commented text."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spectrafit.registry import technique
from spectrafit.study.draft import DraftedMeasurement, by_reason
from spectrafit.study.examine import SAMPLE
from spectrafit.study.schema import Condition
from spectrafit.study.settings import SettingRow, setting_rows
from spectrafit.study.survey import LeftOut
from spectrafit.study.temperature import TemperatureSource
from spectrafit.study.toml_writer import value_text
from spectrafit.text import one_line

__all__ = [
    "MISSING",
    "array_lines",
    "exception_example",
    "file_count",
    "measurement_lines",
]

WIDEST = 100
REMARK = 125
MOST_WHYS = 3
MISSING = "# missing: "
OTHER_T = (
    '#   or { pattern = "_{}K", unit = "K" }, or { table = "T.csv", column = "T", unit = "K" }'
)


def measurement_lines(
    each: DraftedMeasurement,
    left_out: Sequence[LeftOut],
    start: str,
    *,
    sample: str,
    samples: bool,
    shown: set[str],
) -> Iterator[str]:
    """Give the lines of one measurement.

    Parameters
    ----------
    each : DraftedMeasurement
        The measurement.
    left_out : sequence of LeftOut
        Files that its globs may match besides.
    start : str
        What stands before every path.
    sample : str
        Name of its sample's table; empty for none.
    samples : bool
        Whether the study has samples, so that a foil is used as one.
    shown : set of str
        Remarks that the study holds already; those written are added.

    Yields
    ------
    str
    """
    group = each.group
    for why, count in list(group.whys.items())[:MOST_WHYS]:
        yield f"# {file_count(count)}: {why}"
    if group.samples:
        yield f"# samples, by their headers: {one_line(', '.join(group.samples), 300)}"
    yield "[[measurement]]"
    yield f"name = {value_text(each.name)}"
    yield f"technique = {value_text(group.technique)}"
    if group.role != SAMPLE:
        role = f"role = {value_text(group.role)}"
        yield role if samples else f"# {role}  # no sample here would use it: fitted as one"
    if sample:
        yield f"sample = {value_text(sample)}"
    yield from array_lines("files", [f"{glob.escape(start)}{one}" for one in each.cover.globs])
    yield from _uses(each)
    if each.temperature is not None and (repeats := _repeats(each.temperature)):
        yield f'# merge_by = ["T"]  # {repeats}: scans of one T are merged and fitted together too'
    if each.temperature is not None:
        yield from _conditions(each, shown)
    if group.role == SAMPLE or not samples:
        yield from _settings(each, shown)
    yield from _exceptions(each, left_out, start)


def array_lines(key: str, values: Sequence[str], mark: str = "") -> Iterator[str]:
    """Give an array of texts as TOML, a long one with a line each.

    Parameters
    ----------
    key : str
        Its name.
    values : sequence of str
        The texts.
    mark : str
        Put in front of each line.

    Yields
    ------
    str
    """
    line = f"{mark}{key} = {value_text(list(values))}"
    if len(line) <= WIDEST or len(values) == 1:
        yield line
        return
    yield f"{mark}{key} = ["
    for value in values:
        yield f"{mark}  {value_text(value)},"
    yield f"{mark}]"


def _uses(each: DraftedMeasurement) -> Iterator[str]:
    def table(uses: Mapping[str, tuple[str, ...]]) -> str:
        return value_text({key: names[0] for key, names in uses.items()})

    if each.uses:
        remark = _elsewhere(each)
        yield f"uses = {table(each.uses)}{f'  # {remark[2:]}' if remark else ''}"
    if each.waiting:
        every = {**each.uses, **each.waiting}
        wanted = " and ".join(name for name in each.missing if name in each.examples)
        remark = f"  # needs {wanted or 'what is missing'} below as well{_elsewhere(each)}"
        yield f"{MISSING}uses = {table(every)}{remark}"
    for role, names in each.doubtful.items():
        yield f"{MISSING}uses = {{ {role} = ... }}  # which of {', '.join(names)}?"
    for role in each.lacking_inputs:
        remark = one_line(each.missing[role])
        yield f'{MISSING}uses = {{ {role} = "NAME OF ITS MEASUREMENT" }}  # {remark}'


def _elsewhere(each: DraftedMeasurement) -> str:
    return f"; of another folder: {', '.join(each.elsewhere)}" if each.elsewhere else ""


def _conditions(each: DraftedMeasurement, shown: set[str]) -> Iterator[str]:
    source = each.temperature
    yield ""
    yield "[measurement.conditions]"
    if source is None or not source.values:
        remark = "  # it stands neither in headers nor in names"
        yield f'{MISSING}T = {{ value = 300, unit = "K" }}{_once(remark, shown)}'
        if other := _once(OTHER_T, shown):
            yield other
    else:
        low, high = min(source.values), max(source.values)
        span = f"{low:g} K" if low == high else f"{low:g} to {high:g} K"
        words = f"# {span}, {source.words}"
        if source.condition is None:
            yield f"{words}; the reader gives T"
        else:
            yield f"T = {_condition_text(source.condition)}  {words}"
    if each.group.branch:
        yield f"branch = {{ value = {value_text(each.group.branch)} }}  # a word in the names"


def _repeats(source: TemperatureSource) -> str:
    """Return how many scans there are at how many temperatures; empty for one at each."""
    scans, temperatures = len(source.values), len(set(source.values))
    if not 0 < temperatures < scans:
        return ""
    return f"{scans} scans at {temperatures} temperature{'' if temperatures == 1 else 's'}"


def _condition_text(condition: Condition) -> str:
    given = {"pattern": condition.pattern, "header": condition.header}
    table: dict[str, Any] = {key: text for key, text in given.items() if text}
    if condition.value is not None:
        table["value"] = condition.value
    return value_text({**table, "unit": condition.unit})


def _settings(each: DraftedMeasurement, shown: set[str]) -> Iterator[str]:
    name = each.group.technique
    rows = {row.name: row for row in setting_rows(technique(name).settings)}
    yield ""
    yield "[measurement.settings]"
    for key, value in each.settings.items():
        yield f"{key} = {value_text(value)}{_remark(rows[key], shown)}"
    lacking = each.lacking_inputs
    for key, sentence in each.missing.items():
        if key in lacking:
            continue
        shape = value_text(each.examples[key]) if key in each.examples else rows[key].shape
        why = _once(one_line(sentence), shown)
        needs = "needs uses above as well" if each.waiting and key in each.examples else ""
        remark = "; ".join(filter(None, (needs, why)))
        yield f"{MISSING}{key} = {shape}{f'  # {remark}' if remark else ''}"
    if name in shown:
        yield "# other defaults: as above"
        return
    shown.add(name)
    for key, row in rows.items():
        if row.matters and key not in each.settings and key not in each.missing:
            value = row.shape if row.default is None else value_text(row.default)
            yield f"# {key} = {value}{_remark(row, shown)}"


def _once(remark: str, shown: set[str]) -> str:
    """Return a remark the first time, then nothing: a long study stays readable."""
    if remark in shown:
        return ""
    shown.add(remark)
    return remark


def _remark(row: SettingRow, shown: set[str]) -> str:
    choices = f"; one of {', '.join(map(value_text, row.choices))}" if row.choices else ""
    long = len(row.name) + len(row.meaning) + len(choices) > REMARK
    return _once(f"  # {row.meaning}{'' if long else choices}", shown)


def _exceptions(each: DraftedMeasurement, left_out: Sequence[LeftOut], start: str) -> Iterator[str]:
    strays = set(each.cover.strays)
    for why, part in by_reason([one for one in left_out if one.file in strays]).items():
        yield ""
        yield "[[measurement.except]]"
        yield from array_lines("files", [glob.escape(f"{start}{one.file}") for one in part])
        yield "use = false"
        yield f"reason = {value_text(why)}"


def exception_example() -> Iterator[str]:
    """Give comments that show how a file of a measurement is left out.

    Yields
    ------
    str
    """
    yield ""
    yield "# [[measurement.except]]"
    yield '# files = ["..."]  # a file of this measurement'
    yield "# use = false"
    yield '# reason = "why"'


def file_count(count: int) -> str:
    """Return a number of files in words.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    str
    """
    return f"{count} file{'' if count == 1 else 's'}"
