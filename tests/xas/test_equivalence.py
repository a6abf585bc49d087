"""Verdicts by equivalence, and the power that goes with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit_xas.comparison.equivalence import (
    DIFFERENT,
    EQUAL,
    INSIDE,
    UNDECIDED,
    equivalence,
    overall_verdict,
    rms_equivalence,
)

Z90, Z80 = 1.6448536, 0.8416212  # quantiles of the normal distribution: 95 % and 80 %


@pytest.mark.parametrize(
    ("value", "sigma", "verdict"),
    [
        (0.0, 0.02, EQUAL),
        (0.01, 0.02, EQUAL),
        (0.02, 0.005, INSIDE),
        (0.2, 0.02, DIFFERENT),
        (-0.2, 0.02, DIFFERENT),
        (0.06, 0.02, DIFFERENT),
        (0.0, 0.2, UNDECIDED),
        (0.1, 0.2, UNDECIDED),
    ],
)
def test_the_four_verdicts(value: float, sigma: float, verdict: str) -> None:
    assert equivalence(value, sigma, 0.05).verdict == verdict


def test_the_interval_and_the_smallest_detectable_difference() -> None:
    one = equivalence(0.02, 0.01, 0.05)
    assert one.low == pytest.approx(0.02 - Z90 * 0.01)
    assert one.high == pytest.approx(0.02 + Z90 * 0.01)
    assert one.smallest_detectable == pytest.approx((Z90 + Z80) * 0.01)


def test_a_difference_of_the_smallest_detectable_size_is_found_as_often_as_said() -> None:
    rng = np.random.default_rng(0)
    sigma = 0.01
    true = equivalence(0.0, sigma, 0.05).smallest_detectable
    found = [equivalence(x, sigma, 0.05).excludes_zero for x in rng.normal(true, sigma, 4000)]
    assert np.mean(found) == pytest.approx(0.80, abs=0.02)


@given(st.floats(-1, 1), st.floats(1e-4, 1), st.floats(1e-3, 1))
def test_zero_is_excluded_exactly_where_the_interval_does_not_hold_it(
    value: float, sigma: float, margin: float
) -> None:
    one = equivalence(value, sigma, margin)
    assert one.excludes_zero == (one.low > 0 or one.high < 0)
    assert (one.verdict == EQUAL) == (one.inside and not one.excludes_zero)


def test_a_root_mean_square_is_freed_of_its_noise_and_found_as_often_as_said() -> None:
    rng, n, sigma = np.random.default_rng(1), 150, 1e-3
    noise, variance, along = sigma**2, 2 * sigma**4 / n, 4 * sigma**2 / n
    shape = rng.normal(size=n)
    shape /= np.sqrt((shape**2).mean())
    least = rms_equivalence(noise, noise, variance, along, 0.005).smallest_detectable
    for true, low, high in ((0.0, 0.08, 0.13), (least, 0.75, 0.85)):
        draws = true * shape + rng.normal(0, sigma, (2000, n))
        found = [rms_equivalence(m, noise, variance, along, 0.005) for m in (draws**2).mean(axis=1)]
        assert low < np.mean([one.excludes_zero for one in found]) < high
    draws = 0.004 * shape + rng.normal(0, sigma, (500, n))
    found = [rms_equivalence(m, noise, variance, along, 0.005) for m in (draws**2).mean(axis=1)]
    assert np.mean([one.value for one in found]) == pytest.approx(0.004, rel=0.01)
    assert np.mean([one.low < 0.004 < one.high for one in found]) == pytest.approx(0.90, abs=0.04)


def test_many_equal_quantities_give_no_more_false_differences_than_one() -> None:
    rng = np.random.default_rng(2)
    verdicts = [
        overall_verdict([equivalence(x, 1.0, 0.5) for x in rng.normal(0, 1, 4)])
        for _ in range(2000)
    ]
    assert verdicts.count(DIFFERENT) / len(verdicts) < 0.12


def test_one_quantity_that_differs_beyond_its_margin_decides() -> None:
    equal, far = equivalence(0.0, 0.01, 0.05), equivalence(0.5, 0.01, 0.05)
    assert overall_verdict([equal, equal]) == EQUAL
    assert overall_verdict([equal, far]) == DIFFERENT
    assert overall_verdict([equal, equivalence(0.0, 1.0, 0.05)]) == UNDECIDED
    assert overall_verdict([equal, equivalence(0.03, 0.005, 0.05)]) == INSIDE


@pytest.mark.parametrize(
    "wrong", [{"margin": 0.0}, {"margin": -1.0}, {"sigma": 0.0}, {"level": 1.0}]
)
def test_a_test_that_says_nothing_is_refused(wrong: dict[str, float]) -> None:
    values = {"margin": 0.05, "sigma": 0.01, "level": 0.9} | wrong
    with pytest.raises(SettingsError):
        equivalence(0.0, values["sigma"], values["margin"], level=values["level"])
    if "margin" not in wrong:
        with pytest.raises(SettingsError):
            overall_verdict([])
