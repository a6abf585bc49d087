"""Debye model: shifts carried between temperatures with their ranges, theta_f from areas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit.laws import recoil_free_fraction, second_order_doppler
from spectrafit_mossbauer.debye import (
    ThetaRange,
    carried_shift,
    shift_between,
    theta_of_areas,
)

T = np.array([25.0, 75.0, 125.0, 175.0, 225.0, 300.0])


@given(theta=st.floats(50.0, 800.0), there=st.floats(4.0, 350.0), back=st.floats(4.0, 350.0))
def test_a_shift_carried_there_and_back_is_itself(theta: float, there: float, back: float) -> None:
    one = ThetaRange(theta, theta)
    away = carried_shift(0.5, back, there, one)
    assert carried_shift(away.value, there, back, one).value == pytest.approx(0.5, abs=1e-12)
    assert away.theta_part == 0.0


@given(low=st.floats(80.0, 300.0), more=st.floats(0.0, 300.0), start=st.floats(4.0, 340.0))
def test_the_range_of_theta_holds_every_theta_within(low: float, more: float, start: float) -> None:
    theta = ThetaRange(low, low + more)
    carried = carried_shift(0.5, start, 150.0, theta)
    for inside in np.linspace(low, low + more, 5):
        value = 0.5 - float(shift_between(start, 150.0, inside))
        assert carried.low - 1e-12 <= value <= carried.high + 1e-12


def test_carrying_from_80_to_300_K_takes_what_the_second_order_shift_takes() -> None:
    carried = carried_shift(0.5, 80.0, 300.0, ThetaRange(150.0, 150.0), sigma=0.003)
    assert carried.value == pytest.approx(0.5 - 0.1536, abs=5e-5)
    assert carried.sigma == 0.003


def test_theta_of_areas_comes_back_with_right_errors() -> None:
    rng = np.random.default_rng(3)
    fraction = recoil_free_fraction(T, 160.0).value
    draws, covered, pulls = 200, 0, []
    for _ in range(draws):
        area = 0.2 * fraction
        sigma = 0.02 * area
        found = theta_of_areas(T, area + sigma * rng.standard_normal(T.size), sigma).interval
        assert found.minus is not None
        assert found.plus is not None
        covered += found.contains(160.0)
        pulls.append((found.best - 160.0) / (0.5 * (found.minus + found.plus)))
    assert abs(covered / draws - 0.683) < 3.0 * np.sqrt(0.683 * 0.317 / draws)
    # the weights are those of the scattered areas: a bias of the order of the relative error
    assert abs(np.mean(pulls)) < 3.0 / np.sqrt(draws) + 0.05
    assert abs(np.std(pulls) - 1.0) < 3.0 / np.sqrt(2 * draws)


def test_areas_that_do_not_fall_leave_theta_open_above() -> None:
    found = theta_of_areas(T, np.full(T.size, 0.2), np.full(T.size, 0.02)).interval
    assert found.upper is None
    assert "2000" in found.upper_reason
    assert found.lower is not None


@pytest.mark.parametrize(
    ("area", "sigma", "text"),
    [
        ([0.1, 0.0, 0.1, 0.1, 0.1, 0.1], [0.01] * 6, "not positive"),
        ([0.1] * 6, [0.01, np.nan, 0.01, 0.01, 0.01, 0.01], "not positive"),
        ([0.1] * 5, [0.01] * 5, "differ in number"),
    ],
)
def test_bad_areas_are_refused(area: list[float], sigma: list[float], text: str) -> None:
    with pytest.raises(SettingsError, match=text):
        theta_of_areas(T, area, sigma)


def test_two_temperatures_do_not_tell_theta() -> None:
    with pytest.raises(SettingsError, match="2 temperatures"):
        theta_of_areas([80.0, 80.0, 300.0], [1.0, 1.0, 0.5], [0.1, 0.1, 0.1])


def test_a_theta_that_does_not_rise_is_refused() -> None:
    with pytest.raises(SettingsError, match="Debye"):
        ThetaRange(200.0, 100.0)
    with pytest.raises(SettingsError, match="Debye"):
        ThetaRange(0.0, 100.0)


def test_the_shift_is_that_of_the_core_law() -> None:
    other = second_order_doppler(T, 180.0).value - second_order_doppler(150.0, 180.0).value
    assert np.allclose(shift_between(T, 150.0, 180.0), other)
