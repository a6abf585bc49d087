"""Window areas: exact weights, their noise error, what a moving band does to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit_ir.bands.window import window_area, window_weights

X = np.arange(1400.0, 1571.0)


def lorentzian(center: float, fwhm: float, area: float = 1.0) -> np.ndarray:
    half = 0.5 * fwhm
    return area / np.pi * half / ((X - center) ** 2 + half**2)


@given(level=st.floats(-1, 1), slope=st.floats(-0.01, 0.01), n=st.integers(1, 15))
def test_a_straight_line_has_no_area(level, slope, n):
    line = level + slope * (X - 1400.0)
    for edges in ("inside", "outside"):
        assert window_weights(X, 1470.0, 1500.0, n, edges) @ line == pytest.approx(0.0, abs=1e-9)


def test_the_area_of_a_band_within_the_window_is_its_area():
    band = np.exp(-np.log(2.0) * ((X - 1485.0) / 5.0) ** 2)
    found = window_area(X, np.stack([band, 3.0 * band]), 1e-3, 1460.0, 1510.0)
    area = 5.0 * np.sqrt(np.pi / np.log(2.0))
    assert found.value == pytest.approx([area, 3.0 * area], rel=1e-3)
    assert found.points == 51


def test_the_error_of_the_spec_for_edges_inside_and_outside():
    # 31 points, 4 at each end, sigma 1e-3
    inside = window_area(X, lorentzian(1485.0, 15.0), 1e-3, 1470.0, 1500.0)
    assert inside.sigma == pytest.approx(9.44e-3, rel=0.005)
    outside = window_area(X, lorentzian(1485.0, 15.0), 1e-3, 1470.0, 1500.0, edges="outside")
    # a sum over 31 points instead of the trapezoid: sqrt(N + N^2/(2 n))
    assert outside.sigma == pytest.approx(1e-3 * np.sqrt(31 + 31**2 / 8), rel=0.035)


@pytest.mark.parametrize(
    ("center", "fwhm", "change"),
    [(1486, 15, -0.6), (1487, 15, -2.6), (1488, 15, -5.9), (1490, 15, -17.1), (1485, 18, -16.7)],
)
def test_a_moving_band_of_constant_area_loses_window_area(center, fwhm, change):
    weights = window_weights(X, 1470.0, 1500.0, 1)
    still = weights @ lorentzian(1485.0, 15.0)
    assert still == pytest.approx(0.45, abs=0.002)
    found = 100.0 * (weights @ lorentzian(center, fwhm) / still - 1.0)
    assert found == pytest.approx(change, abs=0.15)


@pytest.mark.parametrize("edges", ["inside", "outside"])
def test_correlated_points_widen_the_error_by_the_effective_number(edges):
    rng = np.random.default_rng(7)
    white = rng.normal(0.0, 1e-3, (3000, X.size + 2))
    smooth = np.stack([white[:, k : k + X.size] for k in range(3)]).sum(axis=0) / np.sqrt(3.0)
    found = window_area(X, smooth, 1e-3, 1450.0, 1520.0, 10, edges, effective_share=1.0 / 3.0)
    assert 0.92 < np.std(found.value) / found.sigma[0] < 1.03


@pytest.mark.parametrize(
    ("low", "high", "n", "message"),
    [
        (1300.0, 1500.0, 4, "the data run from 1400 to 1570"),
        (1500.0, 1470.0, 4, "give the lower end first"),
        (1470.0, 1474.0, 4, "4 edge points at each end of a window of 5 points"),
        (1470.2, 1470.8, 1, "0 points from"),
    ],
)
def test_a_window_that_does_not_fit_is_refused(low, high, n, message):
    with pytest.raises(SettingsError, match=message):
        window_area(X, lorentzian(1485.0, 15.0), 1e-3, low, high, n)


def test_a_masked_stretch_gives_no_area():
    keep = (X < 1480.0) | (X > 1490.0)
    with pytest.raises(SettingsError, match="has a hole of 12 cm-1 above 1479"):
        window_area(X[keep], lorentzian(1485.0, 15.0)[keep], 1e-3, 1470.0, 1500.0)
    hidden = np.where(X == 1485.0, np.nan, lorentzian(1485.0, 15.0))
    with pytest.raises(SettingsError, match="is not finite"):
        window_area(X, hidden, 1e-3, 1470.0, 1500.0)


def test_a_noise_of_zero_is_refused():
    with pytest.raises(SettingsError, match="the noise is not above zero"):
        window_area(X, lorentzian(1485.0, 15.0), 0.0, 1470.0, 1500.0)
