"""Simulated runs: the declared truth, the faults, and a text that is read back and says what it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit_pyro.readers.current_log import current_log_reader, log_of
from spectrafit_pyro.simulation import (
    PyroSimulation,
    crystal_p,
    simulated_run,
    simulated_run_text,
)

CLEAN = PyroSimulation(current_noise_pA=0.0, temperature_noise_K=0.0, interval_s=10.0)


def test_the_crystal_has_the_declared_coefficients() -> None:
    at = np.array([60.0, 75.0, 90.0, 100.0, 125.0, 200.0, 300.0])
    declared = [0.235, 2.485, 29.99, 7.730, 3.780, 3.830, 3.399]
    np.testing.assert_allclose(crystal_p(PyroSimulation(), at), declared, rtol=0.002, atol=0.002)


def test_a_reference_crystal_has_the_secondary_part_alone() -> None:
    at = np.array([90.0, 300.0])
    found = crystal_p(PyroSimulation(reference_crystal=True), at)
    assert found[1] == pytest.approx(0.25)
    assert 0.0 < found[0] < 0.25


def test_a_run_without_noise_is_p_times_area_times_rate() -> None:
    log = simulated_run(CLEAN, 1)
    middle = (log.temperature > 20.0) & (log.temperature < 290.0)
    rate = np.where(log.time < 3480.0, 5.0, -5.0) / 60.0
    expected = 1e-9 * crystal_p(CLEAN, log.temperature) * 0.3036e-2 * rate
    np.testing.assert_allclose(log.current[middle], expected[middle], rtol=0.02, atol=1e-17)


@pytest.mark.parametrize("readings", ["numbers", "keithley"])
def test_the_text_is_read_back_and_says_that_it_is_simulated(tmp_path: Path, readings: str) -> None:
    settings = replace(CLEAN, readings=readings)
    file = tmp_path / "run.csv"
    file.write_text(simulated_run_text(settings, 1), encoding="utf-8")
    (recording,) = current_log_reader.read(file)
    assert recording.source.simulated
    assert recording.header["Electrode area (mm2)"] == "0.3036"
    assert recording.header["Polarity"] == "+1"
    log = simulated_run(settings, 1)
    np.testing.assert_allclose(log_of(recording).current, log.current, rtol=1e-5, atol=1e-18)


def test_a_header_that_states_nothing_states_nothing() -> None:
    text = simulated_run_text(replace(CLEAN, header_states=False), 1)
    assert "area" not in text.lower()
    assert "polarity" not in text.lower()


def test_a_law_with_a_loop_is_refused() -> None:
    with pytest.raises(SettingsError, match="loop"):
        crystal_p(PyroSimulation(G12=4000.0), np.array([90.0]))


@pytest.mark.parametrize(
    "changes",
    [
        {"area_mm2": 0.0}, {"low_K": 300.0}, {"current_noise_pA": -1.0}, {"polarity": 0},
        {"branches": "none"}, {"readings": "volts"}, {"wobble_period_s": 0.0},
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        PyroSimulation(**changes)  # type: ignore[arg-type]
