"""Noise: its size without bands, its correlation, and the errors that follow for an area."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit_ir.noise import noise_by_first_differences, noise_of, noises_of

SIGMA = 5e-4
X = 400.0 + 2.0 * np.arange(1600)


def white(rows: int, points: int = X.size, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, SIGMA, (rows, points))


def zero_filled(rows: int, factor: int) -> np.ndarray:
    """Noise of an interferogram of 1/factor of the points, zeros behind it."""
    random = np.random.default_rng(2)
    held = X.size // factor
    interferogram = np.zeros((rows, X.size + 1), complex)
    interferogram[:, :held] = random.normal(size=(rows, held)) + 1j * random.normal(
        size=(rows, held)
    )
    noise = np.fft.irfft(interferogram, 2 * X.size, axis=1)[:, : X.size]
    return SIGMA * noise / noise.std()


def smoothed(rows: int, width: int) -> np.ndarray:
    kernel = np.full(width, width**-0.5)
    return np.stack([np.convolve(row, kernel, "valid") for row in white(rows, X.size + width - 1)])


def bands(x: np.ndarray) -> np.ndarray:
    return 0.3 / (1 + ((x - 1485) / 7) ** 2) + 0.2 / (1 + ((x - 1720) / 9) ** 2) + 5e-5 * x


def test_white_noise_is_found_beside_bands_and_a_slope():
    found = noises_of(X, bands(X) + white(40))
    sigma = np.array([one.sigma for one in found])
    assert sigma.mean() == pytest.approx(SIGMA, rel=0.01)
    assert sigma.std() < 0.04 * SIGMA
    assert [one.effective_share for one in found].count(1.0) >= 39
    for one in found[:5]:
        assert one.reason == ""
        assert not any(low < 1485 < high or low < 1720 < high for low, high in one.window)


@pytest.mark.parametrize(
    ("noise", "lag1", "share"),
    [
        (zero_filled(60, 2), 2 / math.pi, 1 / 2),
        (zero_filled(60, 4), math.sin(math.pi / 4) / (math.pi / 4), 1 / 4),
        (smoothed(60, 3), 2 / 3, 1 / 3),
    ],
    ids=["zero filling 2", "zero filling 4", "smoothed over 3"],
)
def test_correlated_noise_has_its_known_correlation_and_share(noise, lag1, share):
    found = noises_of(X, noise + 1e-5 * X)
    assert np.mean([one.lag1 for one in found]) == pytest.approx(lag1, abs=0.02)
    assert np.mean([one.effective_share for one in found]) == pytest.approx(share, rel=0.1)
    assert np.mean([one.sigma for one in found]) == pytest.approx(SIGMA, rel=0.06)


@pytest.mark.parametrize("noise", [white(300), zero_filled(300, 2)], ids=["white", "zero-filled"])
def test_the_scatter_of_a_bands_area_is_what_sigma_and_share_say(noise):
    w = np.exp(-0.5 * ((X - 2000) / 20) ** 2)
    scatter = (noise @ w).std()
    said = np.mean([one.point_sigma for one in noises_of(X, noise[:30])]) * np.sqrt(w @ w)
    # the scatter of 300 draws is known to 4 %
    assert said == pytest.approx(scatter, rel=0.13)


def test_taken_as_independent_zero_filled_points_promise_too_much():
    noise = zero_filled(300, 2)
    w = np.exp(-0.5 * ((X - 2000) / 20) ** 2)
    one = noise_of(X, noise[0])
    assert one.sigma * np.sqrt(w @ w) < 0.8 * (noise @ w).std()


def test_first_differences_see_white_noise_only():
    first = [noise_by_first_differences(X, row, 2000, 3500) for row in white(20)]
    assert np.mean(first) == pytest.approx(SIGMA, rel=0.02)
    filled = [noise_by_first_differences(X, row, 2000, 3500) for row in zero_filled(20, 2)]
    assert np.mean(filled) == pytest.approx(SIGMA * math.sqrt(1 - 2 / math.pi), rel=0.03)
    with pytest.raises(SettingsError, match="0 points between 5000") as refusal:
        noise_by_first_differences(X, white(1)[0], 5000, 5100)
    assert "the data run from 400 to 3598 cm-1" in str(refusal.value)


def test_a_spectrum_full_of_bands_says_that_its_correlation_is_not_known():
    x = np.arange(1200.0, 1601.0)
    centres = (1210, 1250, 1296, 1329, 1380, 1440, 1485, 1514, 1556, 1590)
    y = sum(0.2 / (1 + ((x - centre) / 6) ** 2) for centre in centres)
    found = noises_of(x, y + white(60, x.size))
    assert np.mean([one.sigma for one in found]) == pytest.approx(SIGMA, rel=0.03)
    for one in found:
        assert math.isnan(one.effective_share)
        assert "no windows without bands" in one.reason
        assert one.point_sigma == one.sigma


def test_the_residual_of_such_a_spectrum_gives_it():
    x = np.arange(1200.0, 1601.0)
    one = noise_of(x, white(1, x.size)[0])
    assert one.effective_share == 1.0
    assert one.sigma == pytest.approx(SIGMA, rel=0.15)


def test_windows_do_not_cross_a_gap():
    kept = (X < 1000) | (X > 2000)
    y = np.where(X < 1500, 0.0, 0.7) + white(1)[0]
    one = noise_of(X[kept], y[kept])
    assert one.sigma == pytest.approx(SIGMA, rel=0.1)
    assert not any(low < 1000 < high for low, high in one.window)


@pytest.mark.parametrize(
    ("y", "reason"),
    [
        (np.zeros(300), "no noise is seen"),
        (np.linspace(0, 1, 8), "8 points are too few"),
        (np.zeros(20), "no noise is seen"),
    ],
)
def test_no_noise_and_too_few_points_are_named(y, reason):
    one = noise_of(np.arange(float(y.size)), y)
    assert math.isnan(one.sigma)
    assert reason in one.reason


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(SettingsError, match="x has shape"):
        noises_of(X, white(2, 10))
