"""Ageing of a calibration."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from drive_case import channels_with

from spectrafit.errors import SettingsError
from spectrafit_mossbauer.drive.drift import OLD_AFTER, age_in_days, drift
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.drive.velocity import Drive


def scale(k: float, c0: float, date: str = "", convention: str = "A") -> Calibration:
    covariance = np.diag([1e-5, 0.02, 0.02]) ** 2
    values = np.array([k, c0, 126.9])
    return Calibration(Drive("triangle", 512), values, covariance, convention, None, 512, date=date)


def test_a_change_beyond_three_errors_is_notable_and_said():
    found = drift(scale(0.04698, 510.65, "2025-06-24"), scale(0.04690, 510.61, "2025-11-04"))
    assert found.scale == pytest.approx(-0.0017, abs=1e-4)
    assert found.scale_sigma == pytest.approx(np.sqrt(2.0) * 1e-5 / 0.04694, rel=0.01)
    assert found.centre == pytest.approx(-0.04)
    assert found.days == 133
    assert found.notable
    assert "in 133 days by -0.17 % in velocity" in found.text


def test_a_change_within_its_errors_is_not():
    found = drift(scale(0.04698, 510.65), scale(0.04699, 510.66))
    assert not found.notable
    assert found.days is None


def test_the_change_back_is_the_opposite():
    one, other = scale(0.047, 510.6), scale(0.0471, 510.7)
    there, back = drift(one, other), drift(other, one)
    assert (1.0 + there.scale) * (1.0 + back.scale) == pytest.approx(1.0)
    assert there.centre == pytest.approx(-back.centre)
    assert there.shift == pytest.approx(-back.shift)


def test_calibrations_that_differ_in_convention_are_not_compared():
    with pytest.raises(SettingsError, match="differ in convention"):
        drift(scale(0.047, 510.0), scale(0.047, 510.0, convention="B"))


def test_age_is_in_days_and_unknown_without_a_date():
    made = scale(0.047, 510.0, "2025-06-24T12:00:00")
    assert age_in_days(made, "2025-08-01T00:00:00+02:00") == pytest.approx(37.5)
    assert age_in_days(made, "2025-08-01") > OLD_AFTER
    assert age_in_days(made, "") is None
    assert age_in_days(scale(0.047, 510.0), "2025-08-01") is None
    with pytest.raises(SettingsError, match="the date 'June'"):
        age_in_days(made, "June")


def test_calibrations_and_channels_travel_to_another_process():
    one = scale(0.047, 510.0, "2025-06-24")
    other = pickle.loads(pickle.dumps(one))
    assert np.array_equal(other.values, one.values)
    assert (other.form, other.date, dict(other.other_chi2)) == (one.form, one.date, {})
    channels = channels_with(np.full(512, 1000.0))
    again = pickle.loads(pickle.dumps(channels))
    assert again.left_out == channels.left_out
    assert np.array_equal(again.numbers, channels.numbers)
