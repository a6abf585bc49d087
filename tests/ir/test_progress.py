"""The progress of a band: a fraction up to an affine map, with the errors it has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit_ir.population.band_series import BandSeries, band_series
from spectrafit_ir.population.progress import progress_of
from spectrafit_ir.population.van_t_hoff import fraction

T = np.repeat(np.arange(100.0, 301.0, 20.0), 2)
F = fraction(T, 4000.0, 250.0)


def band(noise: float = 0.0, seed: int = 0, cold: float = 2.0, warm: float = 5.0) -> BandSeries:
    draw = np.random.default_rng(seed).normal(size=T.size) * noise
    values = cold * (1.0 - F) + warm * F + draw
    return band_series(T, values, sigma=np.full(T.size, 0.03), names=("1556",))


@given(cold=st.floats(-5.0, 5.0), change=st.floats(1.0, 20.0), falls=st.booleans())
def test_it_is_the_same_for_every_pair_of_end_members(
    cold: float, change: float, falls: bool
) -> None:
    found = progress_of(band(cold=cold, warm=cold - change if falls else cold + change), "1556")
    np.testing.assert_allclose(found.value, (F - F[0]) / (F[-1] - F[0]), atol=1e-9)


def test_it_is_0_and_1_at_the_declared_temperatures() -> None:
    found = progress_of(band(0.03), "1556", T_zero=140.0, T_one=260.0)
    assert found.value[T == 140.0].mean() == pytest.approx(0.0, abs=1e-12)
    assert found.value[T == 260.0].mean() == pytest.approx(1.0, abs=1e-12)
    assert "0 at 140 K and 1 at 260 K" in found.sentence


def test_its_covariance_is_that_of_many_draws() -> None:
    draws = np.array([progress_of(band(0.03, seed), "1556").value for seed in range(4000)])
    found = progress_of(band(), "1556")
    spread = np.cov(draws.T)
    np.testing.assert_allclose(np.sqrt(np.diag(spread)), found.sigma, rtol=0.05)
    size = found.sigma.max() ** 2
    np.testing.assert_allclose(spread, found.covariance, atol=0.08 * size)
    # mean of both rows at 0 has no error left: it is 0 by its definition
    first = np.zeros(T.size)
    first[T == 100.0] = 0.5
    assert first @ found.covariance @ first == pytest.approx(0.0, abs=1e-15)


def test_a_change_within_the_noise_has_a_reason_instead_of_numbers() -> None:
    found = progress_of(band(0.03, cold=2.0, warm=2.02), "1556")
    assert np.isnan(found.value).all()
    assert found.reason.startswith("its change from 100 to 300 K")
    assert found.sentence.startswith("no progress of 1556")


def test_a_place_that_was_not_measured_is_refused() -> None:
    with pytest.raises(SettingsError, match="nearest is at 140 K"):
        progress_of(band(), "1556", T_zero=145.0)
    with pytest.raises(SettingsError, match="share a row"):
        progress_of(band(), "1556", T_zero=200.0, T_one=200.0)
    with pytest.raises(SettingsError, match="use one of: 1556"):
        progress_of(band(), "1485")
