"""Peak and plateau: known parabolas and lines, the crystal of the table, turned leads."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pyro_case import AREA, joint, true_dP, true_mean

from spectrafit.errors import SettingsError
from spectrafit_pyro.coefficient import Coefficient
from spectrafit_pyro.peak import found_peak
from spectrafit_pyro.plateau import plateau
from spectrafit_pyro.rate_noise import RateNoise, shared_covariance


def curve(p, T=None, sigma=0.0, polarity=1):
    T = np.arange(20.0, 299.0) if T is None else T
    return Coefficient(T, p, np.full(T.size, sigma), AREA, polarity)


def test_the_peak_of_the_crystal():
    found = found_peak(joint(offset=0.9).coefficient)
    assert found.height == pytest.approx(31.1, abs=0.4)
    assert found.position == pytest.approx(90.45, abs=0.1)
    assert found.fwhm == pytest.approx(9.35, abs=0.2)
    assert found.fixed_area.total == pytest.approx(0.418, abs=0.002)
    assert found.fixed_area.total == pytest.approx(true_dP(70.0, 110.0), abs=0.002)
    assert found.reasons == ()
    assert 70.0 < found.area.low < 85.0 < 97.0 < found.area.high < 112.0
    assert 0.0 < found.area.above_line < found.area.total
    assert found.line == pytest.approx((0.8, 3.6), abs=0.4)


def test_a_triangle_and_a_line_have_their_areas():
    T = np.arange(40.0, 140.0)
    line = 1.0 + 0.02 * (T - 40.0)
    found = found_peak(curve(line + np.clip(20.0 - 2.0 * np.abs(T - 90.0), 0.0, None), T))
    assert found.position == pytest.approx(90.0, abs=0.02)
    assert (found.area.low, found.area.high) == pytest.approx((81.0, 99.0), abs=0.1)
    assert found.area.above_line == pytest.approx(0.198, rel=1e-4)
    assert found.fixed_area.above_line == pytest.approx(0.2, rel=1e-6)
    assert found.fixed_area.total == pytest.approx(0.2 + 1e-3 * 40.0 * 2.0, rel=1e-6)


def test_the_parabola_through_three_points_is_exact():
    T = np.arange(60.0, 130.0)
    found = found_peak(curve(30.0 - 0.1 * (T - 90.3) ** 2, T, 0.01))
    assert found.height == pytest.approx(30.0)
    assert found.position == pytest.approx(90.3)
    assert found.fwhm == pytest.approx(2.0 * np.sqrt(150.0), abs=0.02)
    assert found.height_sigma == pytest.approx(0.01, rel=0.2)
    # the derivatives by the three points, 0.3 K off the middle one, are -1, -3 and 4 K
    assert found.position_sigma == pytest.approx(0.01 * np.sqrt(26.0))


def test_errors_of_the_peak_are_those_of_repeated_logs():
    peaks = [found_peak(joint(seed=seed).coefficient) for seed in range(12)]
    for name in ("height", "position"):
        values = np.array([getattr(peak, name) for peak in peaks])
        sigma = np.mean([getattr(peak, f"{name}_sigma") for peak in peaks])
        assert values.std() == pytest.approx(sigma, rel=0.5)
    areas = np.array([peak.fixed_area.total for peak in peaks])
    assert areas.std() == pytest.approx(peaks[0].fixed_area.sigma, rel=0.5)


def test_turned_leads_turn_peak_and_plateau_exactly():
    one, other = joint(polarity=1).coefficient, joint(polarity=-1).coefficient
    first, second = found_peak(one), found_peak(other)
    assert (second.height, second.position, second.fwhm) == (
        -first.height,
        first.position,
        first.fwhm,
    )
    assert second.area.total == -first.area.total
    assert second.fixed_area.above_line == pytest.approx(-first.fixed_area.above_line)
    flat, turned = plateau(one, 120.0, 298.0), plateau(other, 120.0, 298.0)
    assert (turned.mean, turned.minimum, turned.slope) == (-flat.mean, -flat.maximum, -flat.slope)
    untold = dataclasses.replace(other, polarity=None)
    assert found_peak(untold).height == first.height


def test_a_range_without_a_peak_is_refused():
    T = np.arange(20.0, 299.0)
    with pytest.raises(SettingsError, match="no peak between 70 and 110 K"):
        found_peak(curve(T))
    with pytest.raises(SettingsError, match="no peak between 400 and 410 K"):
        found_peak(curve(T), low=400.0, high=410.0)
    with pytest.raises(SettingsError, match="no point between 1 and 2 K for the plateau line"):
        found_peak(joint().coefficient, shoulders=((1.0, 2.0), (115.0, 125.0)))
    with pytest.raises(SettingsError, match="rising grid"):
        found_peak(curve(T[::-1], T[::-1]))


def test_a_peak_that_does_not_fall_has_a_reason():
    T = np.arange(60.0, 130.0)
    found = found_peak(curve(30.0 - 0.004 * (T - 90.0) ** 2, T), shoulders=((60, 61), (128, 129)))
    assert found.fwhm is None
    assert found.reasons == ("p does not fall to half of its height",)


def test_the_plateau_of_the_crystal():
    found = plateau(joint(offset=0.9).coefficient, 120.0, 298.0)
    assert found.mean == pytest.approx(true_mean(120.0, 298.0), abs=0.005)
    assert abs(found.mean - true_mean(119.5, 298.5)) < 5.0 * found.mean_sigma
    assert found.minimum_at > 290.0
    assert found.flatness == pytest.approx(3.919 / 2.958, abs=0.03)
    assert found.slope < -3.0 * found.slope_sigma
    assert found.chi2_reduced > 5.0


def test_a_noisy_line_has_its_slope():
    T = np.arange(120.0, 300.0)
    pulls = []
    for seed in range(40):
        noise = np.random.default_rng(seed).normal(0.0, 0.05, T.size)
        found = plateau(curve(3.8 - 0.002 * (T - 120.0) + noise, T, 0.05), 100.0, 400.0)
        pulls.append((found.slope + 0.002) / found.slope_sigma)
        assert found.chi2_reduced == pytest.approx(1.0, abs=0.4)
    assert np.std(pulls) == pytest.approx(1.0, abs=0.3)
    assert (found.low, found.high) == (120.0, 299.0)


def test_a_plateau_through_zero_has_no_flatness():
    T = np.arange(120.0, 300.0)
    assert plateau(curve(T - 200.0, T), 120.0, 290.0).flatness is None
    assert plateau(curve(T - 200.0, T), 120.0, 290.0).chi2_reduced is None
    with pytest.raises(SettingsError, match="0 points between 400 and 500 K"):
        plateau(curve(T, T), 400.0, 500.0)


def test_noise_of_a_rate_is_shared_within_a_window_and_adds_up_to_nothing():
    T = np.arange(100.0)
    found = shared_covariance(T, np.zeros(100), (RateNoise(np.ones(100), 10.0),))
    assert found[50, 50] == 1.0
    assert found[50, 60] == 0.0
    assert abs(found[50].sum()) < 0.03 * np.abs(found[50]).sum()
    assert np.linalg.eigvalsh(found).min() > -1e-9
