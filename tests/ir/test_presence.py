"""Appearing and vanishing bands: rates of false and missed findings, and what is said."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit_ir.bands.presence import row_presence, series_presence

T = np.arange(10.0, 310.0, 10.0)
RNG = np.random.default_rng


def test_a_spectrum_without_the_band_shows_it_in_one_of_twenty():
    found = row_presence(RNG(1).normal(0.0, 2.0, 20000), np.full(20000, 2.0))
    assert found.present.mean() == pytest.approx(0.05, abs=0.006)


def test_a_band_at_the_detection_limit_is_found_in_nineteen_of_twenty():
    limit = row_presence([0.0], [2.0]).detection_limit[0]
    assert limit == pytest.approx(6.58, abs=0.01)
    found = row_presence(RNG(2).normal(limit, 2.0, 20000), np.full(20000, 2.0))
    assert found.present.mean() == pytest.approx(0.95, abs=0.006)


def test_the_upper_limit_is_above_zero_and_holds():
    found = row_presence([-60.0, -3.0, 0.0, 50.0], [1.0, 1.0, 1.0, 1.0])
    assert (found.upper_limit > 0).all()
    assert found.upper_limit[2] == pytest.approx(1.96, abs=0.001)
    assert found.upper_limit[3] == pytest.approx(51.645, abs=0.001)
    for truth in (0.5, 2.0):
        held = row_presence(RNG(3).normal(truth, 1.0, 5000), np.ones(5000)).upper_limit > truth
        assert held.mean() > 0.94


def test_a_value_without_an_error_is_not_tested():
    found = row_presence([1.0, np.nan], [np.nan, 1.0])
    assert found.reasons == ("no error, so no limit", "no value")
    assert not found.present.any()
    with pytest.raises(SettingsError, match="with errors of shape"):
        row_presence([1.0], [1.0, 1.0])


def drawn(truth, seed, sigma=1.0):
    return series_presence(T, truth + RNG(seed).normal(0.0, sigma, T.size), np.full(T.size, sigma))


def test_a_series_says_where_the_band_is():
    step = np.where(T > 85.0, 8.0, 0.0)
    cases = {"appears": step, "vanishes": step[::-1], "present": step + 8.0, "absent": 0.0 * step}
    for verdict, truth in cases.items():
        found = [drawn(truth, seed) for seed in range(100)]
        assert sum(one.verdict == verdict for one in found) >= 90
        if verdict == "appears":
            assert sum(one.between == (80.0, 90.0) for one in found) >= 90
            assert all(one.absent_sigma == pytest.approx(1 / np.sqrt(8)) for one in found[:3])
    assert "up to 80 K" in drawn(step, 1).why


def test_order_does_not_matter_and_spectra_without_a_value_are_left_out():
    values = np.where(T > 85.0, 8.0, 0.1)
    values[3] = np.nan
    back = series_presence(T[::-1], values[::-1], np.ones(T.size))
    assert back.verdict == "appears"
    assert back.between == (80.0, 90.0)
    assert back.critical.shape == T.shape


def test_many_spectra_find_together_what_one_does_not():
    weak = np.full(T.size, 1.5)
    assert sum(drawn(weak, seed).verdict != "absent" for seed in range(50)) >= 47
    shared = series_presence(T, weak, np.ones(T.size), common_sigma=2.0)
    assert shared.verdict == "absent"
    assert shared.absent_sigma == pytest.approx(np.hypot(2.0, 1.0 / np.sqrt(T.size)))
    assert shared.detection_limit == pytest.approx(3.29 * shared.absent_sigma, rel=1e-3)
    assert shared.absent_limit > 1.5


def test_a_band_only_between_the_ends_is_unclear():
    found = series_presence(T, np.where(np.abs(T - 150.0) < 45.0, 9.0, 0.0), np.ones(T.size))
    assert found.verdict == "unclear"
    assert found.between is None


def test_too_little_is_refused():
    with pytest.raises(SettingsError, match="fewer than two spectra"):
        series_presence(T[:1], [1.0], [1.0])
    with pytest.raises(SettingsError, match="30 temperatures for 1 values"):
        series_presence(T, [1.0], [1.0])
    with pytest.raises(SettingsError, match="common error"):
        series_presence(T[:2], [1.0, 1.0], [1.0, 1.0], common_sigma=-1.0)
