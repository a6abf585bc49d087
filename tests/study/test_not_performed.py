"""What a run tells that it did not check: inputs not given, one temperature, no repeats."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spectrafit.alert import Alert, Level
from spectrafit.study.not_performed import not_performed
from spectrafit.study.outcome import FileResult
from spectrafit.study.schema import Measurement, Study, StudyHead

FOIL = Measurement("foil", "xanes", ("foil.dat",), role="calibration")
SCANS = Measurement("scans", "xanes", ("*.dat",))
STRUCTURE = Measurement("crystal", "structure", ("*.cif",))
NEITHER = (
    "populations of states: the study declares no steps between states",
    "comparison with a declared truth: the study names none",
)


def told(measurement: Measurement, *results: FileResult) -> list[str]:
    study = Study(StudyHead("s"), (FOIL, measurement))
    lines = not_performed(study, results)
    assert lines[:2] == NEITHER
    return [line.removeprefix(f"{measurement.name}: ") for line in lines[2:]]


def scan(number: int, **changes: object) -> FileResult:
    one = FileResult("scans", "xanes", f"{number}.dat", f"s{number}", "done", conditions={"T": 8.0})
    return replace(one, **changes)  # type: ignore[arg-type]


def test_what_was_not_given_is_told_with_what_it_would_be_for() -> None:
    calibration, temperature, repeats = told(SCANS, scan(1))
    assert calibration.startswith("no calibration is given (foil scans that fix the energy axis")
    assert temperature == "change with temperature: all at 8 K"
    assert repeats.startswith("scatter between repeats: each was measured once")


def test_nothing_is_told_where_nothing_is_missing() -> None:
    whole = replace(SCANS, uses={"calibration": ("foil",)})
    assert told(whole, scan(1), scan(2), scan(3, conditions={"T": 20.0})) == []
    assert told(whole, scan(1, scans=3), scan(3, conditions={"T": 20.0})) == []


@pytest.mark.parametrize("conditions", [{}, {"branch": "heating"}])
def test_no_temperature_is_told(conditions: dict[str, str]) -> None:
    lines = told(SCANS, scan(1, conditions=conditions))
    assert "change with temperature: no temperature is stated" in lines


def test_a_measurement_without_a_result_is_told_alone() -> None:
    refused = scan(1, status="refused", why="no columns")
    assert told(SCANS, refused, scan(2, status="left out")) == [
        "nothing at all: of its files 1 left out, 1 refused"
    ]
    assert told(SCANS) == ["nothing at all: of its files no file"]


def test_what_needs_no_temperature_is_not_asked_for_one() -> None:
    one = FileResult("run", "magnetism", "run.dat", "run", "done")
    lines = told(Measurement("run", "magnetism", ("run.dat",)), one)
    assert lines == ["no background is given (a run of the empty holder, which is taken off)"]


def test_alerts_do_not_matter() -> None:
    grave = Alert("XAS-150", Level.A, "x")
    assert told(SCANS, scan(1, alerts=(grave,))) == told(SCANS, scan(1))
