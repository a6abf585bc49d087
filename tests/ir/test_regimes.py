"""Regimes of a branch: what is constant, gradual, a step or abrupt, and where the step is."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steps_case import T, cooperative, noisy, two_state

from spectrafit.errors import FitError
from spectrafit_ir.regimes.hysteresis import hysteresis_of
from spectrafit_ir.regimes.joint import joint_step
from spectrafit_ir.regimes.law_fit import law_fit
from spectrafit_ir.regimes.second_step import gain_test
from spectrafit_ir.regimes.smooth_law import Rows
from spectrafit_ir.regimes.steps import branch_rows, regimes_of

DENSE = np.array([
    8.0, 20.0, 40.0, 60.0, 70.0, 75.0, 80.0, 85.0, 90.0, 95.0, 100.0, 105.0, 110.0, 120.0, 130.0,
    150.0, 175.0, 200.0, 225.0, 250.0, 275.0, 300.0,
])  # fmt: skip
ABOVE = T > 88.0
TAIL = np.where(ABOVE, two_state(T, 4000.0, 250.0), 0.0)


def test_a_step_between_two_constants_is_an_interval_with_its_height():
    values, sigma = noisy(2.0 + 0.5 * ABOVE, 0.02, 1)
    found = regimes_of(T, values, sigma)
    (step,) = found.steps
    assert found.verdict == "step"
    assert (step.low, step.high) == (80.0, 90.0)
    assert step.word == "step"
    assert step.width is None
    assert step.height.value == pytest.approx(0.5, abs=4.0 * step.height.sigma)
    assert step.height.sigma == pytest.approx(0.02 * np.sqrt(1.0 / 8.0 + 1.0 / 22.0), rel=1e-9)
    cold, warm = found.regimes
    assert (cold.low, cold.high, warm.low, warm.high) == (10.0, 80.0, 90.0, 300.0)
    assert warm.parameters["value"].sigma == pytest.approx(0.02 / np.sqrt(22.0), rel=1e-9)
    assert found.delta_bic > 0.0


def test_a_two_state_tail_beside_the_step_makes_no_second_one():
    values, sigma = noisy(1.0 - TAIL, 0.002, 2)
    found = regimes_of(T, values, sigma, expected=2)
    assert found.verdict == "step_with_gradual"
    assert [(step.low, step.high) for step in found.steps] == [(80.0, 90.0)]
    assert [one.law for one in found.regimes] == ["constant", "two_state"]
    dH = found.regimes[1].parameters["dH"]
    assert dH.value == pytest.approx(4.0, abs=4.0 * dH.sigma)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (1.0 + 0.0 * T, "constant"),
        (1.0 + T / 300.0, "gradual"),
        (two_state(T, 4000.0, 250.0), "gradual"),
        (two_state(T, 8000.0, 140.0), "gradual"),
    ],
    ids=["constant", "line", "tail", "whole curve"],
)
def test_what_does_not_step_is_given_no_step(values, verdict):
    found = [regimes_of(T, *noisy(values, 0.01, seed)) for seed in range(3)]
    assert [one.steps for one in found] == [()] * 3
    assert sum(one.verdict == verdict for one in found) == 3


def test_a_second_step_is_found_on_request_only():
    values, sigma = noisy(1.0 * ABOVE + 0.5 * (T > 195.0), 0.02, 3)
    found = regimes_of(T, values, sigma, expected=2)
    assert [(step.low, step.high) for step in found.steps] == [(80.0, 90.0), (190.0, 200.0)]
    assert [test.accepted for test in found.tests] == [True, True]
    alone = regimes_of(T, values, sigma)
    assert len(alone.steps) < 2
    assert alone.noise_scale > 2.0  # one step does not fit, and that is said


def test_no_second_step_is_made_of_noise():
    counts = [
        len(regimes_of(T, *noisy(1.0 * ABOVE, 0.02, seed), expected=2).steps) for seed in range(4)
    ]
    assert counts == [1, 1, 1, 1]


@pytest.mark.parametrize("noise", [0.002, 0.01])
@pytest.mark.parametrize("name", ["n", "x1"])
def test_a_resolved_cooperative_change_is_one_abrupt_change_with_its_width(name, noise):
    truth = cooperative(DENSE)[name]
    for seed in range(3):
        found = regimes_of(DENSE, *noisy(truth, noise, seed), expected=2)
        (change,) = found.steps
        assert found.verdict in ("abrupt", "abrupt_with_gradual")
        assert change.word == "abrupt"
        assert {85.0, 90.0, 95.0} <= set(change.inside)
        assert change.half in ((85.0, 90.0), (90.0, 95.0))
        assert 15.0 < change.width < 26.0  # 10 to 90 % of the truth: 78.5 to 103 K
        assert abs(change.height.value) > 0.5


def test_a_cooperative_change_sampled_every_ten_kelvin_is_one_change_too():
    truth = cooperative(T)["n"]
    for seed in range(3):
        (change,) = regimes_of(T, *noisy(truth, 0.01, seed), expected=2).steps
        assert change.low <= 90.0 <= change.high
        assert change.word == "abrupt"


def test_the_third_population_is_gradual_over_the_same_range():
    found = regimes_of(DENSE, *noisy(cooperative(DENSE)["x3"], 0.005, 1), expected=2)
    assert found.verdict == "gradual"
    assert found.steps == ()


def test_a_row_inside_the_gap_widens_the_bracket():
    values = np.where(T < 80.0, 0.0, np.where(T > 80.0, 1.0, 0.4))
    found = regimes_of(T, *noisy(values, 0.01, 1))
    (change,) = found.steps
    assert (change.low, change.high, change.inside) == (70.0, 90.0, (80.0,))
    assert found.verdict == "abrupt"


def test_gaps_that_noise_cannot_tell_apart_are_in_the_bracket():
    values, sigma = 1.0 * ABOVE, np.full(T.size, 0.02)
    values[8], sigma[8] = 0.6, 0.5  # this row may as well be below as above the step
    (step,) = regimes_of(T, values, sigma).steps
    assert (step.low, step.high) == (80.0, 100.0)
    assert step.gap in ((80.0, 90.0), (90.0, 100.0))


@settings(max_examples=6)
@given(scale=st.floats(1e-6, 1e6), level=st.floats(-5.0, 5.0), order=st.permutations(range(T.size)))
def test_units_level_and_order_of_rows_change_nothing(scale, level, order):
    values, sigma = noisy(1.0 * ABOVE, 0.03, 4)
    first = regimes_of(T, values, sigma)
    order = np.array(order)
    second = regimes_of(T[order], scale * (level + values[order]), scale * sigma)
    assert first.verdict == second.verdict
    assert [(s.low, s.high) for s in first.steps] == [(s.low, s.high) for s in second.steps]
    assert second.delta_bic == pytest.approx(first.delta_bic, abs=0.05)


def test_errors_that_are_too_small_are_scaled_and_said():
    values, sigma = noisy(1.0 * ABOVE, 0.05, 5)
    found = regimes_of(T, values, sigma / 4.0)
    assert 2.5 < found.noise_scale < 5.5
    assert [(step.low, step.high) for step in found.steps] == [(80.0, 90.0)]


def test_rows_of_one_temperature_are_averaged():
    rows = branch_rows([10, 20, 20, 30, 40, 50], [1, 2, 5, 3, 4, 5], [1, 1, 2, 1, 1, 1])
    assert rows.T.tolist() == [10.0, 20.0, 30.0, 40.0, 50.0]
    assert rows.values[1] == pytest.approx((2.0 + 5.0 / 4.0) / 1.25)
    assert rows.sigma[1] == pytest.approx(1.25**-0.5)


@pytest.mark.parametrize(
    ("T", "values", "sigma", "what"),
    [
        ([10, 20, 30, 40], [1, 2, 3, 4], [1, 1, 1, 1], "4 temperatures"),
        ([10, 20, 30, 40, 40], [1, 2, 3, 4, 5], [1] * 5, "4 temperatures"),
        ([10, 20, 30, 40, 50], [1, 2, np.nan, 4, 5], [1] * 5, "not a finite number"),
        ([10, 20, 30, 40, 50], [1, 2, 3, 4, 5], [1, 1, 0, 1, 1], "not above zero"),
        ([-10, 20, 30, 40, 50], [1, 2, 3, 4, 5], [1] * 5, "not above zero"),
        ([10, 20, 30, 40, 50], [1, 2, 3, 4], [1] * 5, "differ in number"),
    ],
)
def test_bad_input_is_refused(T, values, sigma, what):
    with pytest.raises(FitError, match=what):
        regimes_of(T, values, sigma)


def test_other_numbers_of_steps_are_refused():
    with pytest.raises(FitError, match="3 steps"):
        regimes_of(T, T, 0.0 * T + 1.0, expected=3)


def test_the_errors_of_a_two_state_law_are_those_of_many_draws():
    from spectrafit_ir.regimes.smooth_law import gradual_range, piece_fits

    truth, sigma = two_state(T, 8000.0, 140.0), np.full(T.size, 0.01)
    y = truth + np.random.default_rng(6).normal(0.0, 0.01, (150, T.size))
    rows = Rows(T, truth, sigma)
    shapes = piece_fits(rows, y, np.array([[0, T.size]]), gradual_range(T)).shape[0]
    drawn = [
        law_fit(Rows(T, one, sigma), 0, T.size, "two_state", tuple(shape)).parameters
        for one, shape in zip(y, shapes, strict=True)
    ]
    for name, value in (("dH", 8.0), ("T_half", 140.0), ("low", 0.0), ("high", 1.0)):
        pulls = [(one[name].value - value) / one[name].sigma for one in drawn]
        assert abs(np.mean(pulls)) < 0.3
        assert 0.8 < np.std(pulls) < 1.2


def test_a_gain_that_noise_reaches_is_refused_and_one_it_cannot_reach_needs_no_simulation():
    rows = Rows(T, np.ones(T.size), np.full(T.size, 0.1))
    small = gain_test(rows, rows.values, 1, (0, 1), -5.0)
    middle = gain_test(rows, rows.values, 1, (0, 1), 12.0)
    large = gain_test(rows, rows.values, 1, (0, 1), 200.0)
    assert not small.accepted
    assert middle.accepted
    assert middle.simulations == 199
    assert middle.limit < 12.0
    assert large.accepted
    assert large.simulations == 0


def test_199_simulations_take_less_than_a_hundred_single_fits():
    values, sigma = noisy(1.0 - TAIL, 0.002, 2)
    start = time.perf_counter()
    single = regimes_of(T, values, sigma, expected=0)
    between = time.perf_counter()
    rows = single.rows
    gain_test(rows, single.regimes[0].fit.at(T), 4, (0, 1), 30.0)
    assert time.perf_counter() - between < 100.0 * max(between - start, 2e-3)


def observables(cold, warm, seed=0):
    """Return three observables with a step after each of the given temperatures."""
    return {
        "1296": (T, *noisy(0.5 * (cold < T), 0.02, seed)),
        "1329": (T + 2.0, *noisy(1.0 - 0.5 * (cold < T + 2.0), 0.02, seed + 1)),
        "1514": (T, *noisy(0.5 * (warm < T), 0.02, seed + 2)),
    }


def test_observables_on_other_temperatures_share_one_narrower_step():
    found = joint_step(observables(88.0, 88.0))
    assert (found.low, found.high) == (82.0, 90.0)
    assert set(found.shared) == {"1296", "1329", "1514"}
    assert found.disagreeing == ()


def test_an_observable_with_its_step_elsewhere_is_named():
    found = joint_step(observables(88.0, 155.0))
    assert found.disagreeing == ("1514",)
    assert (found.low, found.high) == (82.0, 90.0)
    assert found.losses["1514"] > 6.63


def test_an_observable_without_a_step_is_silent():
    flat = (T, *noisy(np.ones(T.size), 0.02, 9))
    assert joint_step({"1440": flat} | observables(88.0, 88.0)).silent == ("1440",)
    none = joint_step({"1440": flat})
    assert none.low is None
    assert none.reason == "no observable has a step of its own"
    with pytest.raises(FitError, match="1440: 4 temperatures"):
        joint_step({"1440": (T[:4], flat[1][:4], flat[2][:4])})


def bracket(step):
    """Return the bracket of a step between these rows."""
    return regimes_of(T, 1.0 * (step < T), np.full(T.size, 0.02)).steps[0]


@pytest.mark.parametrize(
    ("heating", "cooling", "verdict", "interval"),
    [
        (88.0, 88.0, "none resolved", (-10.0, 10.0)),
        (98.0, 88.0, "none resolved", (0.0, 20.0)),
        (128.0, 88.0, "resolved", (30.0, 50.0)),
        (88.0, 128.0, "reversed", (-50.0, -30.0)),
    ],
)
def test_hysteresis_is_the_difference_of_brackets(heating, cooling, verdict, interval):
    found = hysteresis_of(bracket(heating), bracket(cooling))
    assert found.verdict == verdict
    assert (found.low, found.high) == interval


def test_hysteresis_needs_a_step_on_both_branches():
    found = hysteresis_of(bracket(88.0), None)
    assert (found.low, found.high, found.verdict) == (None, None, "no step")
    assert found.reason == "no step on cooling"
