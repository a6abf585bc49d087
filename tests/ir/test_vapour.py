"""Lines of a gas: found where residuals share them, and their factor recovered without bias."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit_ir.vapour import narrow_lines, vapour_factor, without_vapour

SIGMA = 5e-4
X = np.arange(1300.0, 1900.0, 0.5)
RANDOM = np.random.default_rng(3)
PLACES = np.sort(RANDOM.uniform(1310, 1890, 40))
GAS = sum(
    0.02 * size / (1 + ((X - place) / 0.6) ** 2)
    for place, size in zip(PLACES, RANDOM.uniform(0.3, 1, PLACES.size), strict=True)
)
BANDS = 0.3 / (1 + ((X - 1485) / 7) ** 2) + 0.2 / (1 + ((X - 1556) / 6) ** 2) + 1e-4 * (X - 1300)
BROAD = np.linspace(0.5, 1.0, 15)[:, None] * 3e-3 * np.sin((X - 1300) / 15)


def noise(rows: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, SIGMA, (rows, X.size))


def test_lines_that_rise_and_fall_together_are_found_with_their_factors():
    factors = np.random.default_rng(5).normal(0, 0.15, 15)
    found = narrow_lines(X, noise(15, 6) + BROAD + factors[:, None] * GAS)
    assert found.found
    assert found.p_value == pytest.approx(0.005)
    assert len(found.lines) >= 10
    for line in found.lines:
        assert np.abs(PLACES - line.position).min() < 1.5
        assert line.fwhm < 3
    assert abs(np.corrcoef(found.factors, factors)[0, 1]) > 0.99


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_and_broad_misfit_are_no_lines(seed):
    found = narrow_lines(X, noise(15, seed) + BROAD)
    assert not found.found
    assert found.p_value > 0.01
    assert found.lines == ()


def test_smoothed_noise_is_no_line_though_it_is_narrow():
    kernel = np.full(4, 0.5)
    rows = np.stack([np.convolve(row, kernel, "same") for row in noise(15, 9)])
    assert not narrow_lines(X, rows).found


@pytest.mark.parametrize(
    ("x", "rows", "reason"),
    [
        (X, 2, "2 spectra"),
        (np.arange(400.0, 4000.0, 2.0), 5, "points 2 cm-1 apart"),
        (np.arange(1300.0, 1310.0, 0.5), 5, "20 points are too few"),
    ],
)
def test_what_cannot_be_tested_is_named(x, rows, reason):
    found = narrow_lines(x, np.random.default_rng(1).normal(size=(rows, x.size)))
    assert not found.found
    assert math.isnan(found.p_value)
    assert reason in found.reason


def test_the_factor_is_recovered_under_bands_with_its_error():
    draws = [vapour_factor(X, BANDS + 0.37 * GAS + row, GAS, SIGMA) for row in noise(200, 7)]
    pulls = np.array([(one.factor - 0.37) / one.sigma for one in draws])
    assert abs(pulls.mean()) < 0.25
    assert 0.85 < pulls.std() < 1.15
    left = without_vapour(BANDS + 0.37 * GAS, GAS, draws[0])
    assert np.abs(left - BANDS).max() < 0.05 * GAS.max()


def test_a_noisy_vapour_spectrum_is_named():
    measured = GAS + np.random.default_rng(8).normal(0, 2e-3, X.size)
    one = vapour_factor(X, BANDS + GAS, measured, SIGMA, vapour_sigma=2e-3)
    assert "of the vapour spectrum's fine structure is noise" in one.reason
    assert vapour_factor(X, BANDS + GAS, GAS, SIGMA).reason == ""


def test_another_axis_or_no_lines_is_refused():
    with pytest.raises(SettingsError, match="1200 wavenumbers, 1200 values, 600 of the vapour"):
        vapour_factor(X, BANDS, GAS[::2], SIGMA)
    with pytest.raises(SettingsError, match="no narrow lines"):
        vapour_factor(X, BANDS, np.zeros(X.size), SIGMA)
