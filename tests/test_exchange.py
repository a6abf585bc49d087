"""The line of an absorber that jumps among states, in plain units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit.exchange import jumping_line
from spectrafit.lines.lorentzian import lorentzian


@given(
    share=st.floats(0.02, 0.98),
    log_rate=st.floats(-3, 3),
    split=st.floats(0.1, 100.0),
    width=st.floats(0.1, 20.0),
)
def test_two_states_give_the_bloch_line_of_unequal_rates(share, log_rate, split, width):
    # the two-site form with out-rates k_A, k_B and detailed balance p_A k_A = p_B k_B
    rate = 10.0**log_rate
    k_a, k_b = rate * (1 - share), rate * share
    x = np.linspace(-2 * split, 2 * split, 41)
    a = 1j * (x + split / 2) + width / 2 + k_a
    b = 1j * (x - split / 2) + width / 2 + k_b
    bloch = ((share * (b + k_a) + (1 - share) * (a + k_b)) / (a * b - k_a * k_b)).real / np.pi
    line = jumping_line(x, (-split / 2, split / 2), (share, 1 - share), rate, width)
    np.testing.assert_allclose(line, bloch, rtol=1e-6, atol=1e-9 * bloch.max())


@pytest.mark.parametrize("rate", [1e-3, 0.3, 4.0, 1e4])
def test_the_area_is_one_and_the_centroid_the_mean_position(rate):
    x = np.linspace(-4e5, 4e5, 2_000_001)
    line = jumping_line(x, (-1.0, 3.0), (0.3, 0.7), rate, 2.0)
    assert np.trapezoid(line, x) == pytest.approx(1.0, abs=1e-4)
    near = np.abs(x) <= 4e4
    assert np.trapezoid(line[near] * x[near], x[near]) == pytest.approx(1.8, abs=2e-3)


def test_one_state_and_a_state_without_share_are_lorentzians():
    x = np.linspace(-5, 5, 101)
    plain = lorentzian(x, 0.4, 1.5, 2 / (1.5 * np.pi))[0]
    np.testing.assert_allclose(jumping_line(x, (0.4,), (1.0,), 7.0, 1.5), plain, rtol=1e-8)
    np.testing.assert_allclose(jumping_line(x, (0.4, 3.0), (1.0, 0.0), 7.0, 1.5), plain, rtol=1e-8)


@pytest.mark.parametrize(
    ("positions", "populations", "rate", "width"),
    [
        ((0.0, 1.0), (1.0,), 1.0, 1.0),
        ((0.0, 1.0), (0.5, 0.6), 1.0, 1.0),
        ((0.0, 1.0), (0.5, 0.5), -1.0, 1.0),
        ((0.0, 1.0), (0.5, 0.5), 1.0, float("nan")),
    ],
)
def test_an_impossible_line_is_refused(positions, populations, rate, width):
    with pytest.raises(SettingsError):
        jumping_line([0.0], positions, populations, rate, width)
