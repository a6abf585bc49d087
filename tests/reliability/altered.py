"""Results, raw files and settings that are altered by a digit, and what `spectrafit verify` says."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spectrafit.reporting.results import results_dict
from spectrafit.reporting.seal import SEAL, sealed
from spectrafit.reporting.verify import Comparison, differences
from spectrafit.strict_json import json_text, json_value
from spectrafit.study.load import load_study
from spectrafit.study.run import run_study

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
TIMES = ("written", SEAL)


@dataclass(frozen=True)
class Told:
    """How many alterations there were, how many were found, and how many were named.

    Parameters
    ----------
    cases, found, named : int
        Counts; a number or word is named where its place in the file, or its old and its new value,
        are in what is printed.
    forged : int
        How many of the same are found where the checksum was made anew as well.
    missed : tuple of str
        What was not found or not named.
    """

    cases: int
    found: int
    named: int
    forged: int
    missed: tuple[str, ...]


def results_of(study: Path) -> dict[str, Any]:
    """Return the results of a study as they are read back."""
    found: dict[str, Any] = json_value(json_text(results_dict(run_study(load_study(study)))))
    return found


def leaves(value: Any, place: str = "$") -> Iterator[tuple[str, Any]]:
    """Yield the place and the value of everything in JSON that holds nothing else."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name not in TIMES:
                yield from leaves(item, f"{place}.{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, f"{place}[{number}]")
    else:
        yield place, value


def one_digit_changed(text: str, drawn: random.Random) -> str:
    """Return a text with another digit in one place; without digits it is as it was."""
    places = [place for place, sign in enumerate(text) if sign.isascii() and sign.isdigit()]
    if not places:
        return text
    place = drawn.choice(places)
    digit = drawn.choice([one for one in "0123456789" if one != text[place]])
    return text[:place] + digit + text[place + 1 :]


def with_leaf(results: Any, place: str, value: Any) -> Any:
    """Return JSON with another value at a place."""
    return _with(results, "$", place, value)


def _with(found: Any, here: str, place: str, value: Any) -> Any:
    if here == place:
        return value
    if isinstance(found, dict):
        return {name: _with(one, f"{here}.{name}", place, value) for name, one in found.items()}
    if isinstance(found, list):
        return [_with(one, f"{here}[{number}]", place, value) for number, one in enumerate(found)]
    return found


def altered_values(study: Path, count: int, seed: int = 1) -> Told:
    """Change a digit of so many random values of results, numbers and words, and compare.

    Parameters
    ----------
    study : Path
        Whose results they are.
    count : int
        How many values, one at a time.
    seed : int, optional
        Of their choice.
    """
    drawn = random.Random(seed)
    results = results_of(study)
    every = [(place, one) for place, one in leaves(results) if _digits(one)]
    cases = found = named = forged = 0
    missed = []
    while cases < count:
        place, value = drawn.choice(every)
        text = one_digit_changed(json.dumps(value), drawn)
        try:
            other = json_value(text)
        except ValueError:  # a number may not begin with 0
            continue
        if other == value:  # a digit beyond those that a float holds
            continue
        cases += 1
        altered = with_leaf(results, place, other)
        told = differences(altered, results)
        forged += differences(sealed(altered), results).differ
        found += told.differ
        told_of = told.differ and _names(told, place)
        named += told_of
        if not told_of:
            missed.append(f"{place}: {text} in place of {value}")
    return Told(cases, found, named, forged, tuple(missed))


def _digits(value: Any) -> bool:
    return not isinstance(value, bool) and bool(NUMBER.search(json.dumps(value)))


def _names(told: Comparison, place: str) -> bool:
    return any(one.key == place for one in told.digits) and any(
        place.removeprefix("$") in line for line in told.lines
    )
