"""T1/2 by two ways, and a loop that is told only where it is resolved."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.constants import GAS_CONSTANT
from spectrafit.errors import SettingsError
from spectrafit_magnetism.hysteresis import hysteresis, lag_of
from spectrafit_magnetism.simulate import MagnetismSimulation, expected_chiT
from spectrafit_magnetism.transition import (
    HalfTemperature,
    high_spin_fraction,
    steepest,
    transition_temperatures,
)

LOW, HIGH = (20.0, 60.0), (250.0, 300.0)


def crossover(T, half=150.0, enthalpy=25000.0, residual=0.2, slope=5e-4):
    share = 1.0 / (1.0 + np.exp(enthalpy / GAS_CONSTANT * (1.0 / T - 1.0 / half)))
    return (residual + slope * T) * (1.0 - share) + 3.4 * share


def test_both_ways_find_a_symmetric_transition():
    T = np.arange(10.0, 301.0, 2.0)
    chiT = crossover(T) + np.random.default_rng(1).normal(0.0, 0.005, T.size)
    found = transition_temperatures(T[::-1], chiT[::-1], LOW, HIGH)
    assert pytest.approx(150.0, abs=0.5) == found.half.T
    # the slope of a van 't Hoff step is largest at w with H/(R T) (1 - 2x) = 2, a little below T1/2
    fine = np.linspace(140.0, 160.0, 20001)
    exact = fine[np.argmax(np.gradient(crossover(fine), fine))]
    assert pytest.approx(exact, abs=1.0) == found.steepest.T
    assert found.steepest.low <= found.steepest.T <= found.steepest.high
    assert found.steepest.high - found.steepest.low == pytest.approx(2.0)
    assert found.difference == pytest.approx(found.half.T - found.steepest.T)


def test_fraction_runs_between_its_end_lines():
    T = np.arange(10.0, 301.0, 2.0)
    found = high_spin_fraction(T, crossover(T), LOW, HIGH)
    assert found.low_line == pytest.approx((0.2, 5e-4), abs=1e-4)
    inside = (found.T > 80.0) & (found.T < 240.0)
    share = 1.0 / (1.0 + np.exp(25000.0 / GAS_CONSTANT * (1.0 / found.T - 1.0 / 150.0)))
    assert np.abs(found.value - share)[inside].max() < 0.02


def test_repeated_readings_are_averaged():
    T = np.repeat(np.arange(10.0, 301.0, 5.0), 3) + np.tile([0.0, 0.01, 0.02], 59)
    chiT = crossover(T) + np.random.default_rng(2).normal(0.0, 0.01, T.size)
    assert pytest.approx(149.0, abs=2.5) == steepest(T, chiT, sigma=np.full(T.size, 0.01)).T


def test_transition_that_is_not_reached_has_a_reason():
    T = np.arange(10.0, 301.0, 2.0)
    assert steepest(T, 0.2 + 1e-4 * np.maximum(T - 200.0, 0.0) ** 2).at_end
    twice = np.where((T > 100.0) & (T < 120.0), 3.4, 0.0) + np.where(T > 150.0, 3.4, 0.0)
    found = transition_temperatures(T, twice, LOW, HIGH).half
    assert found.T is None
    assert "3 times" in found.reason


def test_loop_is_resolved_above_lag_and_sampling_only():
    T = np.arange(10.0, 301.0, 1.0)
    ways = [transition_temperatures(T, crossover(T, half), LOW, HIGH) for half in (153.0, 147.0)]
    wide = hysteresis(ways[0].half, ways[1].half, lag=1.0)
    assert wide.width == pytest.approx(6.0, abs=0.2)
    assert wide.resolved
    assert wide.bracket == pytest.approx(1.0)
    late = hysteresis(ways[0].half, ways[1].half, lag=4.0)
    assert not late.resolved
    assert late.verdict.startswith("not resolved")
    assert "twice the lag of 4.00 K" in late.verdict
    none = hysteresis(ways[0].half, ways[0].half, lag=0.0)
    assert "within the sampling" in none.verdict
    assert hysteresis(ways[0].steepest, ways[1].steepest, lag=1.0).width == pytest.approx(6, abs=1)


def test_lag_is_the_larger_of_rate_times_settling_and_a_measured_one():
    assert lag_of(-2.0, 30.0) == pytest.approx(1.0)
    assert lag_of(2.0, 30.0, measured=1.5) == pytest.approx(1.5)
    with pytest.raises(SettingsError, match="negative lag"):
        lag_of(2.0, -1.0)


def test_bad_input_is_refused():
    T = np.arange(10.0, 301.0, 2.0)
    with pytest.raises(SettingsError, match="5 temperatures"):
        steepest(T[:5], T[:5])
    with pytest.raises(SettingsError, match="no number"):
        steepest(T, np.full(T.size, np.nan))
    with pytest.raises(SettingsError, match="rising windows"):
        high_spin_fraction(T, crossover(T), HIGH, LOW)
    with pytest.raises(SettingsError, match="0 temperatures"):
        high_spin_fraction(T, crossover(T), (1.0, 5.0), HIGH)
    with pytest.raises(SettingsError, match="end lines meet"):
        high_spin_fraction(T, -crossover(T), LOW, HIGH)
    way = transition_temperatures(T, crossover(T), LOW, HIGH)
    with pytest.raises(SettingsError, match="different ways"):
        hysteresis(way.half, way.steepest, lag=0.0)
    with pytest.raises(SettingsError, match="no T1/2 on cooling: not seen"):
        hysteresis(way.half, HalfTemperature(None, reason="not seen"), lag=0.0)


def test_steep_rise_is_not_broadened_by_the_smoothing():
    T = np.arange(5.0, 301.0, 2.5)
    truth = MagnetismSimulation()
    fine = np.arange(80.0, 100.0, 0.05)
    slope = np.gradient(expected_chiT(truth, fine, "heating"), fine).max()
    noise = np.random.default_rng(1).normal(0.0, 1e-3, T.size)
    found = steepest(T, expected_chiT(truth, T, "heating") + noise)
    assert found.slope == pytest.approx(slope, rel=0.05)
    assert pytest.approx(90.0, abs=0.3) == found.T


def test_long_run_is_thinned_for_the_spline():
    T = np.linspace(5.0, 300.0, 6000)
    found = steepest(T, expected_chiT(MagnetismSimulation(), T, "heating"))
    assert found.grid.size < 6000
    assert pytest.approx(90.0, abs=0.3) == found.T


def test_lag_of_the_size_of_the_loop_is_no_loop():
    steep = HalfTemperature(90.5, 90.4, 90.6), HalfTemperature(89.5, 89.4, 89.6)
    assert not hysteresis(*steep, lag=0.49).resolved
    assert hysteresis(*steep, lag=0.3).resolved
