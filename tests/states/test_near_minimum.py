"""Least squares near a minimum: bounds, starts on them, valleys, and places without values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from spectrafit.errors import SpectrafitError
from spectrafit.states.near_minimum import least_near


class Straight:
    """Residuals A x - b within bounds."""

    def __init__(self, A, b, low, high):
        self.A, self.b, self.low, self.high = A, b, low, high

    def residuals_and_jacobian(self, theta):
        return self.A @ theta - self.b, self.A.copy()


class Valley:
    """Rosenbrock's valley, with its calls counted."""

    def __init__(self, low, high):
        self.low, self.high, self.calls = np.array(low), np.array(high), 0

    def residuals_and_jacobian(self, theta):
        self.calls += 1
        x, y = theta
        return np.array([10 * (y - x * x), 1 - x]), np.array([[-20 * x, 10.0], [-1.0, 0.0]])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.booleans(), st.booleans())
def test_it_finds_the_least_of_a_straight_problem_within_bounds(seed, count, projected, on_bound):
    rng = np.random.default_rng(seed)
    A, b = rng.normal(size=(12, count)), 3.0 * rng.normal(size=12)
    low, high = -rng.uniform(0.1, 1.0, count), rng.uniform(0.1, 1.0, count)
    start = np.where(rng.random(count) < 0.5, low, high) if on_bound else np.zeros(count)
    best = lsq_linear(A, b, (low, high), method="bvls")
    linear = rng.random(count) < 0.5 if projected else None
    chi2, place = least_near(
        Straight(A, b, low, high), start, enough=1e-10, most=200, linear=linear
    )
    assert chi2 == pytest.approx(2.0 * best.cost, rel=1e-6, abs=1e-8)
    assert place == pytest.approx(best.x, abs=1e-3)
    assert ((place >= low) & (place <= high)).all()


def test_a_straight_problem_takes_one_step():
    rng = np.random.default_rng(0)
    A, b = rng.normal(size=(9, 3)), rng.normal(size=9)
    problem = Straight(A, b, np.full(3, -9.0), np.full(3, 9.0))
    exact = np.linalg.lstsq(A, b, rcond=None)
    chi2, place = least_near(problem, np.zeros(3), most=2)
    assert chi2 == pytest.approx(exact[1][0])
    assert place == pytest.approx(exact[0], abs=1e-6)


def test_it_follows_a_curved_valley():
    problem = Valley((-5.0, -5.0), (5.0, 5.0))
    chi2, place = least_near(problem, np.array([-1.2, 1.0]), enough=1e-12, most=200)
    assert place == pytest.approx((1.0, 1.0), abs=1e-4)
    assert chi2 < 1e-8
    assert problem.calls < 60


def test_a_minimum_on_a_bound_is_found_from_the_other_bound():
    problem = Valley((-5.0, -5.0), (0.5, 5.0))
    chi2, place = least_near(problem, np.array([-5.0, 5.0]), enough=1e-12, most=200)
    assert place == pytest.approx((0.5, 0.25), abs=1e-4)
    assert chi2 == pytest.approx(0.25)


def test_calls_are_bounded():
    problem = Valley((-5.0, -5.0), (5.0, 5.0))
    least_near(problem, np.array([-1.2, 1.0]), enough=0.0, most=7)
    assert problem.calls <= 7


def test_a_start_outside_is_moved_in_and_one_without_values_has_no_chi2():
    straight = Straight(np.eye(2), np.zeros(2), np.ones(2), 2.0 * np.ones(2))
    assert least_near(straight, np.array([-7.0, 9.0]))[1] == pytest.approx((1.0, 1.0))
    nothing = Straight(np.eye(2), np.array([np.nan, 0.0]), -np.ones(2), np.ones(2))
    assert least_near(nothing, np.zeros(2))[0] == np.inf


class Narrow(Valley):
    """A valley whose walls are steep, with a floor that hardly falls above what data leave."""

    def residuals_and_jacobian(self, theta):
        self.calls += 1
        x, y = theta
        residuals = np.array([1e3 * (y - x * x), 0.3 * (x - 1.0), 12.0])
        return residuals, np.array([[-2e3 * x, 1e3], [0.3, 0.0], [0.0, 0.0]])


def test_a_narrow_valley_is_followed_in_bent_steps():
    problem = Narrow((-9.0, -9.0), (9.0, 99.0))
    chi2, place = least_near(problem, np.array([-3.0, 9.0]), enough=1e-6, most=1000, damping=1e-3)
    assert chi2 == pytest.approx(144.0, abs=1e-4)
    assert place == pytest.approx((1.0, 1.0), abs=0.05)
    assert problem.calls < 400  # 3000 straight steps end half way


class Refusing(Valley):
    """The valley, of which a part is refused, as a mixing rule refuses a g below 0."""

    def residuals_and_jacobian(self, theta):
        if theta[1] < -2.0:
            raise SpectrafitError("no such number")
        return super().residuals_and_jacobian(theta)


def test_a_step_to_where_numbers_are_refused_is_made_shorter():
    problem = Refusing((-5.0, -5.0), (5.0, 5.0))
    # the first step would go to (1, -3.8)
    chi2, place = least_near(problem, np.array([-1.2, -0.5]), enough=1e-12, most=200)
    assert chi2 < 1e-8
    assert place == pytest.approx((1.0, 1.0), abs=1e-4)
    with pytest.raises(SpectrafitError):
        least_near(problem, np.array([0.0, -3.0]))
