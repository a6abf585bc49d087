"""Populations from shift and splitting, their intervals and whether they agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit_mossbauer.constants import KAPPA
from spectrafit_mossbauer.debye import ThetaRange
from spectrafit_mossbauer.population import (
    Range,
    ReferenceShift,
    population_from_shift,
    population_from_splitting,
)
from spectrafit_mossbauer.tension import CURES, NO_CURES, agreement, refuse_between_limits
from spectrafit_mossbauer.tensor import angle_between, tensor_average

THETA = ThetaRange(150.0, 150.0)


def at(T: float | None, low: float, high: float) -> ReferenceShift:
    return ReferenceShift(low, high, T)


def test_exact_references_give_the_linear_populations_and_the_fit_error() -> None:
    shift = population_from_shift(
        0.8, 0.006, 150.0, at(150.0, 0.5, 0.5), at(150.0, 1.1, 1.1), T_ref=150.0, theta=THETA
    )
    assert shift.value == pytest.approx(0.5)
    assert shift.sigma == pytest.approx(0.01)
    assert (shift.low, shift.high) == pytest.approx((0.5 - 0.0196, 0.5 + 0.0196), abs=1e-4)
    splitting = population_from_splitting(1.75, 0.015, Range(1.0, 1.0), Range(2.5, 2.5))
    assert splitting.value == pytest.approx(0.5)
    assert splitting.low == pytest.approx(0.5 - 0.0196, abs=1e-4)


@given(
    shift=st.floats(0.4, 1.2),
    one=st.tuples(st.floats(0.3, 0.6), st.floats(0.0, 0.1)),
    two=st.tuples(st.floats(0.9, 1.2), st.floats(0.0, 0.2)),
)
def test_the_interval_holds_every_pair_of_references(
    shift: float, one: tuple[float, float], two: tuple[float, float]
) -> None:
    first, second = (at(150.0, low, low + more) for low, more in (one, two))
    found = population_from_shift(shift, 1e-9, 150.0, first, second, T_ref=150.0, theta=THETA)
    for a in np.linspace(first.low, first.high, 4):
        for b in np.linspace(second.low, second.high, 4):
            assert found.low - 1e-6 <= (shift - a) / (b - a) <= found.high + 1e-6


def test_a_common_temperature_does_not_matter_when_all_carry_one_theta() -> None:
    """All shifts move alike, so that their differences stay."""
    first, second = at(80.0, 0.5, 0.5), at(80.0, 1.1, 1.1)
    found = [
        population_from_shift(0.7, 0.01, 200.0, first, second, T_ref=T_ref, theta=THETA).value
        for T_ref in (20.0, 150.0, 300.0)
    ]
    assert np.ptp(found) < 1e-12
    warm = population_from_shift(0.7, 0.01, 80.0, first, second, T_ref=80.0, theta=THETA).value
    assert found[0] > warm  # at 200 K the sample's shift has lost what the references still have


def test_a_reference_without_a_temperature_is_refused() -> None:
    with pytest.raises(SettingsError, match="no temperature"):
        at(None, 0.5, 0.6)


def test_a_wider_theta_never_narrows_the_interval() -> None:
    first, second = at(300.0, 0.4, 0.45), at(80.0, 1.0, 1.1)

    def width(theta: ThetaRange) -> float:
        found = population_from_shift(0.7, 0.01, 125.0, first, second, T_ref=125.0, theta=theta)
        return found.high - found.low

    assert width(ThetaRange(120.0, 200.0)) > width(ThetaRange(160.0, 160.0))


def test_references_that_overlap_have_no_populations() -> None:
    with pytest.raises(SettingsError, match="overlap"):
        population_from_shift(
            0.7, 0.01, 80.0, at(80.0, 0.4, 0.8), at(80.0, 0.7, 1.1), T_ref=80.0, theta=THETA
        )
    with pytest.raises(SettingsError, match="larger splitting second"):
        population_from_splitting(1.8, 0.01, Range(2.1, 2.9), Range(1.0, 1.0))


def test_references_that_cannot_give_the_value_are_excluded() -> None:
    above = population_from_shift(
        1.4, 0.01, 80.0, at(80.0, 0.4, 0.5), at(80.0, 1.0, 1.2), T_ref=80.0, theta=THETA
    )
    assert above.verdict == "reference values excluded"
    just = population_from_shift(
        1.21, 0.01, 80.0, at(80.0, 0.4, 0.5), at(80.0, 1.0, 1.2), T_ref=80.0, theta=THETA
    )
    assert not just.excluded
    larger = population_from_splitting(3.2, 0.01, Range(1.0, 1.0), Range(2.1, 2.9))
    assert larger.excluded
    assert agreement(just, larger).verdict == "reference values excluded"
    # smaller than both: turned axes can do that, a lower bound below 0 says nothing
    assert not population_from_splitting(0.5, 0.01, Range(1.0, 1.0), Range(2.1, 2.9)).excluded


@given(
    p2=st.floats(0.0, 1.0),
    first=st.floats(-3.0, 3.0),
    second=st.floats(-3.0, 3.0),
    angle=st.floats(0.0, 90.0),
)
def test_the_linear_population_is_a_lower_bound(
    p2: float, first: float, second: float, angle: float
) -> None:
    assume(abs(second) > abs(first) + 0.05)
    observed = float(tensor_average(p2, first, second, angle))
    low = Range(abs(first), abs(first)), Range(abs(second), abs(second))
    assert population_from_splitting(observed, 1e-9, *low).low <= p2 + 1e-6


def test_the_triangle_inequality_holds_for_any_tensors() -> None:
    """Random traceless symmetric tensors: QS goes as the root of their sum of squares."""
    rng = np.random.default_rng(7)
    raw = rng.standard_normal((2, 5000, 3, 3)) * rng.uniform(0.1, 3.0, (2, 5000, 1, 1))
    tensor = raw + np.swapaxes(raw, 2, 3)
    tensor -= np.trace(tensor, axis1=2, axis2=3)[..., None, None] * np.eye(3) / 3.0
    p2 = rng.uniform(0.0, 1.0, 5000)
    mean = (1 - p2)[:, None, None] * tensor[0] + p2[:, None, None] * tensor[1]

    def size(one: np.ndarray) -> np.ndarray:
        return np.sqrt((one**2).sum(axis=(-1, -2)))

    assert (size(mean) <= (1 - p2) * size(tensor[0]) + p2 * size(tensor[1]) + 1e-12).all()


def test_the_tensor_average_is_that_of_rotated_tensors() -> None:
    def axial(q: float, angle: float) -> np.ndarray:
        n = np.array([np.sin(angle), 0.0, np.cos(angle)])
        return q * (np.outer(n, n) - np.eye(3) / 3.0)

    for first, second, p2, angle in ((1.0, 2.5, 0.4, 35.0), (1.0, -2.5, 0.7, 80.0)):
        mean = (1 - p2) * axial(first, 0.0) + p2 * axial(second, np.radians(angle))
        by_hand = np.sqrt(1.5 * (mean**2).sum())
        assert float(tensor_average(p2, first, second, angle)) == pytest.approx(by_hand)


def test_the_angle_that_a_splitting_asks_for_comes_back() -> None:
    for angle in (0.0, 25.0, 90.0):
        observed = float(tensor_average(0.6, 1.0, 2.5, angle))
        assert angle_between(observed, 0.6, 1.0, 2.5) == pytest.approx(angle, abs=1e-4)
    assert angle_between(3.0, 0.6, 1.0, 2.5) is None
    assert angle_between(1.0, 0.0, 1.0, 2.5) is None


def test_a_tension_lists_what_can_and_what_cannot_cure_it() -> None:
    shift = population_from_shift(
        0.6, 0.01, 80.0, at(80.0, 0.5, 0.5), at(80.0, 1.1, 1.1), T_ref=80.0, theta=THETA
    )
    high = population_from_splitting(2.0, 0.01, Range(1.0, 1.0), Range(2.5, 2.5))
    found = agreement(shift, high)
    assert (found.verdict, found.code, found.joint) == ("tension", "population_tension", None)
    assert (found.cures, found.no_cures) == (CURES, NO_CURES)
    assert "0.13 to 0.20" in found.sentence
    low = population_from_splitting(1.2, 0.01, Range(1.0, 1.0), Range(2.5, 2.5))
    both = agreement(shift, low)
    assert both.verdict == "agree"
    assert both.joint is not None
    assert both.joint == pytest.approx((max(shift.low, low.low), shift.high))
    with pytest.raises(SettingsError, match="x_IS first"):
        agreement(low, shift)


def test_between_the_limits_nothing_is_averaged() -> None:
    refuse_between_limits(1e10, 1.35)
    with pytest.raises(SettingsError, match="two-state line"):
        refuse_between_limits(0.9 * KAPPA * 1.35, 1.35)
