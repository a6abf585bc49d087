"""One lag time for both branches, at equal and unequal rates, under an offset; zero rate."""

from __future__ import annotations

import numpy as np
import pytest
from pyro_case import AREA, branches, mean_between, true_dP, true_mean

from spectrafit.errors import SettingsError
from spectrafit_pyro.antisymmetric import antisymmetric, even_current
from spectrafit_pyro.lag import LAG_OR_HYSTERESIS, Lag, aligned, found_lag, zero_rate
from spectrafit_pyro.polarisation import polarisation


def corrected(**case):
    up, down = branches(**case)
    lag = found_lag(up, down)
    return lag, antisymmetric(aligned(up, lag.time), aligned(down, lag.time), AREA, polarity=1)


def test_alignment_brings_the_peak_back():
    lag, found = corrected(lag=24.0)
    assert lag.heating_shift == pytest.approx(2.0, abs=0.1)
    assert lag.cooling_shift == pytest.approx(2.0, abs=0.1)
    assert lag.separation == pytest.approx(4.0, abs=0.1)
    assert lag.reading == LAG_OR_HYSTERESIS
    assert found.coefficient.p.max() == pytest.approx(30.9, abs=0.5)
    assert found.temperature[found.coefficient.p.argmax()] == pytest.approx(90.45, abs=0.6)


def test_unequal_rates_lag_and_offset_together():
    lag, found = corrected(rates=(5.0, 2.0), lag=24.0, offset=0.9)
    assert lag.time == pytest.approx(24.0, abs=0.5)
    assert lag.heating_shift / lag.cooling_shift == pytest.approx(2.5, rel=0.01)
    T, p = found.temperature, found.coefficient.p
    assert mean_between(T, p, 120.0, 297.0) == pytest.approx(true_mean(120.0, 297.0), rel=0.01)
    change = polarisation(found.coefficient, 20.0)
    assert change.between(20.0, 297.0)[0] == pytest.approx(true_dP(20.0, 297.0), rel=0.01)
    assert change.between(70.0, 110.0)[0] == pytest.approx(true_dP(70.0, 110.0), rel=0.01)
    assert p.max() > 30.5
    assert even_current(found, 120.0, 290.0).mean == pytest.approx(0.9, abs=0.005)


def test_the_error_of_the_time_is_that_of_its_scatter():
    found = [
        found_lag(*branches(rates=(5.0, 3.0), seed=s, lag=12.0, offset=0.3)) for s in range(10)
    ]
    pulls = np.array([(lag.time - 12.0) / lag.sigma for lag in found])
    assert abs(pulls.mean()) < 0.8
    assert 0.6 < pulls.std() < 1.4


def test_no_lag_is_none_and_turned_leads_change_nothing():
    up, down = branches(offset=-0.9)
    lag = found_lag(up, down)
    assert abs(lag.time) < 4.0 * lag.sigma + 0.1
    turned = found_lag(*branches(offset=0.9, polarity=-1))
    assert turned.time == pytest.approx(lag.time, abs=0.3)


def test_a_window_without_a_peak_or_without_data_is_refused():
    up, down = branches()
    with pytest.raises(SettingsError, match="no peak between 150 and 250 K"):
        found_lag(up, down, low=150.0, high=250.0)
    with pytest.raises(SettingsError, match="do not cover 250-400 K"):
        found_lag(up, down, low=250.0, high=400.0)
    up, down = branches(lag=80.0)
    with pytest.raises(SettingsError, match=r"no peak .* 40 s of lag"):
        found_lag(up, down, longest=40.0)


def test_two_rates_tell_lag_from_hysteresis_and_one_does_not():
    rates = np.array([5.0, 2.0, 1.0]) / 60.0
    # peaks 0.8 K apart at zero rate, and a lag of 20 s
    lags = [Lag((0.8 + 20.0 * 2.0 * r) / (2.0 * r), 0.5, r, -r) for r in rates]
    found = zero_rate(lags)
    assert found.hysteresis == pytest.approx(0.8)
    assert found.time == pytest.approx(20.0)
    assert found.reason == ""
    two = zero_rate(lags[:2])
    gaps, sigma = 2.0 * rates[:2], 0.5 * 2.0 * rates[:2]
    expected = np.hypot(gaps[1] * sigma[0], gaps[0] * sigma[1]) / (gaps[0] - gaps[1])
    assert two.hysteresis_sigma == pytest.approx(expected)
    assert two.time_sigma == pytest.approx(np.hypot(*sigma) / (gaps[0] - gaps[1]))
    one = zero_rate(lags[:1] * 2)
    assert one.hysteresis is None
    assert one.reason == LAG_OR_HYSTERESIS
