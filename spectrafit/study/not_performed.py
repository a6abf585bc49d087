"""What a run did not check, and why: inputs that were not given, temperatures that were not measured."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from spectrafit.registry import technique
from spectrafit.rounding import number_text
from spectrafit.study.outcome import FileResult
from spectrafit.study.schema import Measurement, Study

__all__ = ["not_performed"]


def not_performed(study: Study, results: Sequence[FileResult]) -> tuple[str, ...]:
    """Return the checks that a run did not make, each with the reason.

    Parameters
    ----------
    study : Study
        The study.
    results : sequence of FileResult
        Of all measurements.

    Returns
    -------
    tuple of str
        One sentence each, those of the whole study first.
    """
    found = list(_of_study(study))
    for measurement in study.measurement:
        if measurement.role == "sample":
            own = [one for one in results if one.measurement == measurement.name]
            done = [one for one in own if one.status == "done"]
            found += _of_inputs(measurement) if done else [_of_nothing(measurement, own)]
            found += _of_conditions(measurement, done) if done else []
    return tuple(found)


def _of_study(study: Study) -> Iterator[str]:
    if not study.step:
        yield "populations of states: the study declares no steps between states"
    if not study.study.truth:
        yield "comparison with a declared truth: the study names none"


def _of_nothing(measurement: Measurement, own: Sequence[FileResult]) -> str:
    count = Counter(one.status for one in own)
    why = ", ".join(f"{number} {status}" for status, number in sorted(count.items())) or "no file"
    return f"{measurement.name}: nothing at all: of its files {why}"


def _of_inputs(measurement: Measurement) -> Iterator[str]:
    """Tell the inputs that the technique could be given and was not."""
    for one in technique(measurement.technique).inputs:
        if not one.required and one.name not in measurement.uses:
            yield f"{measurement.name}: no {one.name} is given ({one.meaning})"


def _of_conditions(measurement: Measurement, done: Sequence[FileResult]) -> Iterator[str]:
    """Tell what a single temperature, or a single scan of each, leaves open."""
    (sample,) = (one for one in technique(measurement.technique).inputs if one.name == "sample")
    if not sample.one_temperature:
        return
    kelvin = {one.conditions["T"] for one in done if "T" in one.conditions}
    if len(kelvin) < 2:
        at = f"all at {_kelvin(*kelvin)}" if kelvin else "no temperature is stated"
        yield f"{measurement.name}: change with temperature: {at}"
    places = Counter(json.dumps(dict(one.conditions), sort_keys=True) for one in done)
    if max(places.values()) == 1 and all(one.scans == 1 for one in done):
        yield (
            f"{measurement.name}: scatter between repeats: each was measured once, so errors rest on "
            "one measurement alone"
        )


def _kelvin(value: float | str) -> str:
    return value if isinstance(value, str) else f"{number_text(value, 4)} K"
