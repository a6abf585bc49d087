"""Intervals by the rise of chi2, and populations recovered from noisy data."""

from __future__ import annotations

import time

import numpy as np
import pytest
from states_case import (
    H0,
    STATES,
    P,
    fit_at_truth,
    measured,
    objective,
    planned,
    start_of,
    state_model,
)

from spectrafit.errors import SettingsError
from spectrafit.states.identify import estimable
from spectrafit.states.joint import JointFit, fit_at, fit_story, least_from
from spectrafit.states.model import Parameter
from spectrafit.states.profile import profile

UPPER = STATES[2]


def noisy_fit(truth=H0, seed=1, **options) -> JointFit:
    data = measured(truth, planned(), np.random.default_rng(seed))
    return fit_story(objective(state_model(truth, **options), data), starts=1)


def fixed_chi2(fit, name, value):
    """Return the least chi2 with one number held, by a fit of its own."""
    known = {name: Parameter(value, fixed=True)}
    of = objective(state_model(H0, **known), fit.objective.data)
    start = [fit.theta[fit.names.index(other)] for other in of.names]
    return least_from(of, np.array(start))[0]


@pytest.fixture(scope="module")
def fit() -> JointFit:
    return noisy_fit()


@pytest.mark.parametrize("name", ["S.23", "mossbauer.QS.FeII_HS"])
def test_ends_are_where_a_fit_with_the_number_held_is_worse_by_the_level(fit, name):
    found = profile(fit, name)
    assert found.value == fit.theta[fit.names.index(name)]
    for end, level in (
        (found.low68, 1.0), (found.high68, 1.0), (found.low95, 3.84), (found.high95, 3.84),
    ):  # fmt: skip
        assert fixed_chi2(fit, name, end) - fit.chi2 == pytest.approx(level, rel=0.02)


def test_where_the_model_is_linear_the_interval_is_that_of_the_covariance(fit):
    """Pure states of a band of one step, with the steps known: linear in all that is free."""
    known = {name: Parameter(value, fixed=True) for name, value in H0.steps.items()}
    of = objective(
        state_model(H0, free=(), **known),
        measured(H0, planned(lambda key: key.startswith("ir")), np.random.default_rng(2)),
    )
    least = fit_at(of, least_from(of, start_of(of))[1])
    name = "ir.1556.linked_area.FeII_HS"
    sigma = float(np.sqrt(least.covariance[of.names.index(name), of.names.index(name)]))
    found = profile(least, name)
    assert found.holds
    ends = np.array([found.low95, found.low68, found.high68, found.high95]) - found.value
    assert np.allclose(ends / sigma, [-(3.84**0.5), -1.0, 1.0, 3.84**0.5], atol=2e-3)


def test_a_population_has_an_interval(fit):
    found = profile(fit, (UPPER, 300.0))
    slope = fit.objective.population_slopes(fit.theta, np.array([300.0]))[:, 2, 0]
    sigma = estimable(fit, slope).sigma
    assert found.value == pytest.approx(
        float(fit.objective.populations(fit.theta, [300.0]).x[2, 0])
    )
    assert found.low95 < found.low68 < found.value < found.high68 < found.high95
    assert found.high68 - found.low68 == pytest.approx(2 * sigma, rel=0.1)
    assert found.holds
    assert found.refits <= 12


def test_a_function_of_the_numbers_has_an_interval(fit):
    """The temperature of equal free energy of a step, H/S."""
    rows = [fit.names.index(name) for name in ("H.23", "S.23")]

    def ratio(theta):
        H, S = theta[rows]
        slope = np.zeros(theta.size)
        slope[rows] = 1.0 / S, -H / S**2
        return H / S, slope

    found = profile(fit, ratio)
    assert found.value == pytest.approx(ratio(fit.theta)[0])
    assert found.low68 < 4070 / 4.43 < found.high95
    assert found.asymmetric  # a small denominator
    assert not found.holds


def test_a_bound_leaves_a_side_open():
    fit = noisy_fit(**{"G.12": Parameter(960.0, 955.0, 970.0)})
    found = profile(fit, "G.12")
    assert found.low68 is None
    assert found.high95 is None
    for reason in (found.open_low, found.open_high):
        assert reason.startswith("open on this side: chi2 rises by")
    assert not found.holds


def test_what_the_data_do_not_see_is_open_on_both_sides():
    fit = fit_at_truth(H0, planned(lambda key: key.startswith("xanes")))
    found = profile(fit, (UPPER, 300.0))
    assert (found.low68, found.high68, found.low95, found.high95) == (None,) * 4
    assert found.open_low
    assert found.open_high
    assert not found.holds


def test_an_inner_level_may_be_closed_where_the_outer_is_open():
    fit = noisy_fit(**{"rho.12": Parameter(0.045, 0.0410, 0.5)})
    found = profile(fit, "rho.12")
    assert found.low68 is not None
    assert found.low95 is None
    assert found.open_low
    assert not found.open_high


def test_a_profile_goes_on_from_a_lower_minimum_that_it_meets(fit):
    """The fit is told to be at a place whose chi2 is higher by 5 than the least."""
    place = fit.names.index("S.23")
    moved = fit.theta.copy()
    moved[place] += 2.0 * np.sqrt(fit.covariance[place, place])
    moved += (
        (fit.covariance[place] / fit.covariance[place, place])
        * (moved[place] - fit.theta[place])
        * (np.arange(moved.size) != place)
    )
    false = fit_at(fit.objective, moved)
    assert false.chi2 > fit.chi2 + 1.0
    found = profile(false, "S.23")
    assert "a lower minimum was met" in found.note
    assert found.value == pytest.approx(fit.theta[place], rel=1e-3)
    assert found.low68 == pytest.approx(profile(fit, "S.23").low68, rel=1e-2)


def test_other_levels_give_other_ends(fit):
    narrow, wide = profile(fit, "H.23"), profile(fit, "H.23", (1.0, 6.63))
    assert wide.high95 > narrow.high95
    assert wide.high68 == pytest.approx(narrow.high68, rel=1e-3)
    with pytest.raises(SettingsError, match="rise from 0"):
        profile(fit, "H.23", (3.84, 1.0))


def test_unknown_quantities_are_refused(fit):
    with pytest.raises(SettingsError, match=r"no free number 'H\.32'"):
        profile(fit, "H.32")
    with pytest.raises(SettingsError, match="no state 'FeII'"):
        profile(fit, ("FeII", 300.0))


def test_a_profile_costs_a_few_refits(fit):
    """In calls of the objective, whatever the machine."""
    start = time.process_time()
    for _ in range(10):
        fit.objective.residuals_and_jacobian(fit.theta)
    unit = (time.process_time() - start) / 10
    start = time.process_time()
    found = profile(fit, (UPPER, 300.0))
    assert found.refits <= 12
    assert (time.process_time() - start) / unit < 150


def pulls(truth, count, **options):
    """Return (x - true)/sigma of the upper population at 300 K over noisy draws."""
    exact = objective(state_model(truth, **options), planned())
    true = float(exact.populations(start_of(exact), np.array([300.0])).x[2, 0])
    found = []
    for seed in range(count):
        fit = noisy_fit(truth, seed, **options)
        value = float(fit.objective.populations(fit.theta, np.array([300.0])).x[2, 0])
        slope = fit.objective.population_slopes(fit.theta, np.array([300.0]))[:, 2, 0]
        found.append((value - true) / estimable(fit, slope).sigma)
    return np.array(found)


def test_the_upper_population_is_recovered():
    found = pulls(H0, 6)
    assert np.abs(found).max() < 3.0
    assert (np.abs(found) < 2.0).sum() >= 5


@pytest.mark.accept
@pytest.mark.parametrize(("truth", "interaction"), [(H0, False), (P, True)])
def test_the_upper_population_is_recovered_in_18_of_20_draws(truth, interaction):
    found = pulls(truth, 20, interaction=interaction)
    assert (np.abs(found) < 2.0).sum() >= 18
    assert 0.5 < found.std() < 1.5
