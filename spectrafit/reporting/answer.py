"""The answer of a study in at most five lines: value, uncertainty, unit and convention."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from spectrafit.alert import Level
from spectrafit.conditions import conditions_text
from spectrafit.conventions import conventions_text
from spectrafit.figures.series import varied_condition
from spectrafit.observable import Kind, Observable, observable_text
from spectrafit.reporting.alerts import file_alerts
from spectrafit.reporting.main_keys import items_of, key_families, main_keys
from spectrafit.study.outcome import FileResult, Outcome

__all__ = ["MOST_LINES", "answer_lines"]

MOST_LINES = 5
FEW = 4  # values that one line names one by one


def answer_lines(outcome: Outcome) -> tuple[str, ...]:
    """Return what a study found, a line a measurement, at most five.

    Each line names the key, its value with uncertainty and unit at up to four conditions (the
    ends of a longer series; of merged scans where there are any), the conventions it depends on,
    and whether it may be quoted.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of str
        Empty where no sample was fitted.
    """
    roles = {one.name: one.role for one in outcome.study.measurement}
    groups: dict[str, list[FileResult]] = {}
    for result in outcome.done:
        if result.observables is not None and roles.get(result.measurement, "sample") == "sample":
            groups.setdefault(result.measurement, []).append(result)
    lines = [
        line
        for measurement, results in groups.items()
        for family in key_families(results)
        if (line := _line(outcome, measurement, family))
    ]
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    more = len(lines) - MOST_LINES + 1
    return (*lines[: MOST_LINES - 1], f"{more} more measurements: see the tables.")


def _line(outcome: Outcome, measurement: str, results: Sequence[FileResult]) -> str:
    keys = main_keys(outcome, results)
    if not keys:
        return ""
    key = keys[0]
    merged = [one for one in results if one.scans > 1]
    found = [(one, item) for one in merged or results for item in items_of(one) if item.key == key]
    head = f"{key}" if len(keys) == 1 or measurement in key else f"{key} ({measurement})"
    text = f"{head}: {_values(found)}"
    conventions = conventions_text(results[0].technique, found[0][1])
    text += f"; {conventions}" if conventions else ""
    together = _together(outcome, measurement)
    text += f"; together: {together}" if together else ""
    doubt = _doubt(outcome, [one for one, _ in found])
    return f"{text}. {doubt}" if doubt else f"{text}."


def _together(outcome: Outcome, measurement: str) -> str:
    """Return the first interval or limit that holds for a series as a whole."""
    for one in outcome.series:
        if one.measurement == measurement and one.observables is not None:
            for item in one.observables.items:
                if item.kind in (Kind.INTERVAL, Kind.LOWER_LIMIT) and not item.conditions:
                    return f"{item.key} {_stated(item)}"
    return ""


def _values(found: Sequence[tuple[FileResult, Observable]]) -> str:
    results = [one for one, _ in found]
    if len(found) <= FEW:
        named = _telling(results)
        return ", ".join(_at(_stated(item), named[one.label]) for one, item in found)
    name = varied_condition(results)
    if not name:
        values = [pair for pair in found if pair[1].kind is Kind.VALUE]
        if not values:
            return f"{len(found)} files: see the table"
        rising = sorted((item for _, item in values), key=_number)
        return f"{_stated(rising[0])} to {_stated(rising[-1])} in {len(found)} files"
    places: dict[float, list[tuple[FileResult, Observable]]] = {}
    for one, item in found:
        if isinstance(x := one.conditions.get(name), int | float):
            places.setdefault(float(x), []).append((one, item))
    ends = (min(places), max(places))
    texts = []
    for x in ends:
        several = len(places[x]) > 1
        scans = f" (the median one of {len(places[x])} files)" if several else ""
        texts.append(_at(_typical(places[x]), conditions_text({name: x})) + scans)
    between = len(found) - sum(len(places[x]) for x in ends)
    more = f", {between} files in between" if between else ""
    return f"{', '.join(texts)}{more}"


def _telling(results: Sequence[FileResult]) -> dict[str, str]:
    """Return what tells each file from the others: its temperature, what differs, or its label."""
    names = dict.fromkeys(name for one in results for name in one.conditions)
    told = [
        name
        for name in names
        if name == "T" or len({one.conditions.get(name) for one in results}) > 1
    ]
    texts = {
        one.label: conditions_text(
            {name: one.conditions[name] for name in told if name in one.conditions}
        )
        for one in results
    }
    apart = len(set(texts.values())) == len(texts)
    return texts if apart else {one.label: one.label for one in results}


def _typical(found: Sequence[tuple[FileResult, Observable]]) -> str:
    """Return the file whose value is the median, with its own error: errors are not averaged."""
    items = [item for _, item in found if item.kind is Kind.VALUE]
    if not items:
        return _stated(found[0][1])
    middle = median([_number(item) for item in items])
    return _stated(min(items, key=lambda item: abs(_number(item) - middle)))


def _number(item: Observable) -> float:
    return float(item.value) if isinstance(item.value, int | float) else 0.0


def _stated(item: Observable) -> str:
    text = observable_text(item)
    return text if item.unit == "1" else f"{text} {item.unit}"


def _at(value: str, conditions: str) -> str:
    return f"{value} at {conditions}" if conditions else value


def _doubt(outcome: Outcome, results: Sequence[FileResult]) -> str:
    sentences: dict[str, None] = {}
    whole = outcome.measurement_alerts.get(results[0].measurement, ()) if results else ()
    for level in (Level.A, Level.B):
        for one in results:
            for alert in (*whole, *file_alerts(one)):
                if alert.level is level and not outcome.waiver_reason(alert.code, one.measurement):
                    words = f"{level.words[:1].upper()}{level.words[1:]}"
                    sentences.setdefault(f"{words} ({alert.code}): {alert.text}", None)
        if sentences:
            break  # what must not be quoted needs no sentence to be quoted with
    first = next(iter(sentences), "")
    more = f" (and {len(sentences) - 1} like it)" if len(sentences) > 1 else ""
    return f"{first}{more}." if first else ""
