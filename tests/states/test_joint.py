"""The joint fit of a story: its minimum, its covariance, what it does not see and where bounds hold it."""

from __future__ import annotations

import numpy as np
import pytest
from states_case import (
    H0,
    STATES,
    P,
    Truth,
    fit_at_truth,
    measured,
    objective,
    planned,
    start_of,
    state_model,
)

from spectrafit.errors import FitError
from spectrafit.observable import ObservableSpec
from spectrafit.states.datum import Datum, JoinedData
from spectrafit.states.joint import fit_at, fit_story, least_from
from spectrafit.states.model import Parameter, State, StateModel, Step
from spectrafit.states.objective import objective_of

UPPER = STATES[2]


def noisy(truth: Truth = H0, seed: int = 0, wanted=lambda key: True, **options):
    data = measured(truth, planned(wanted), np.random.default_rng(seed))
    return objective(state_model(truth, **options), data)


@pytest.mark.parametrize(("truth", "interaction"), [(H0, False), (P, True)])
def test_exact_data_are_fitted_to_the_truth_from_a_start_beside_it(truth, interaction):
    of = objective(state_model(truth, interaction=interaction), measured(truth, planned()))
    begin = start_of(of) * (1 + 0.03 * np.random.default_rng(0).normal(size=len(of.names)))
    chi2, theta = least_from(of, begin)
    assert chi2 < 1e-5
    assert np.allclose(theta, start_of(of), rtol=1e-4, atol=1e-6)


def test_starts_end_in_one_minimum_and_the_same_seed_gives_the_same_fit():
    of = noisy()
    fit = fit_story(of, starts=3)
    assert fit.ends[0] == pytest.approx(fit.chi2)
    assert fit.ends[-1] - fit.ends[0] < 0.1
    assert fit.second_chi2 is None
    assert fit.bounds_hit == ()
    again = fit_story(of, starts=3)
    assert np.array_equal(fit.theta, again.theta)
    free = len(of.data.data) - len(of.names)
    assert abs(fit.chi2 - free) < 5 * np.sqrt(2 * free)


def test_a_law_that_the_data_exclude_fits_worse():
    """The data have an interaction that the ideal law lacks."""
    of = noisy(P)
    held = state_model(P, **{"G.23": Parameter(0.0, fixed=True)})
    ideal = fit_story(objective(held, of.data), starts=3)
    with_interaction = fit_story(objective(state_model(P, interaction=True), of.data), starts=2)
    assert ideal.chi2 - with_interaction.chi2 > 50.0


def test_the_fit_is_at_a_minimum_and_its_values_have_names():
    fit = fit_story(noisy(), starts=1)
    slope = fit.scale * (fit.jacobian.T @ fit.residuals)
    assert np.abs(slope).max() < 1e-3
    values = fit.values()
    assert values["H.23"] == fit.theta[fit.names.index("H.23")]
    assert values["G.23"] == 0.0
    assert values["theta_D_K"] == 180.0


def test_the_covariance_is_that_of_repeated_measurements():
    """Pure states of one band and its step, linear and not, over 200 draws."""
    names = ("H.23", "S.23", "T.12", "ir.1556.linked_area.FeII_HS")
    known = {
        name: Parameter(value, fixed=True) for name, value in H0.steps.items() if name not in names
    }
    wanted = lambda key: key.startswith("mossbauer.QS") or "1514" in key  # noqa: E731
    exact = objective(
        state_model(H0, free=(), **known, **_held("mossbauer.QS")), measured(H0, planned(wanted))
    )
    sigma = np.array([datum.sigma for datum in exact.data.data])
    rng = np.random.default_rng(5)
    found = []
    for _ in range(200):
        moved = exact.with_shifts(rng.normal(size=sigma.size) * sigma)
        found.append(least_from(moved, start_of(exact))[1])
    fit = fit_at(exact, start_of(exact))
    expected = np.sqrt(np.diag(fit.covariance))
    assert np.allclose(np.std(found, axis=0) / expected, 1.0, atol=0.2)


def _held(key):
    return {
        f"{key}.{state}": Parameter(value, fixed=True)
        for state, value in zip(STATES, H0.members[key], strict=True)
    }


def test_what_the_data_do_not_see_is_a_null_direction_and_not_in_the_covariance():
    fit = fit_at_truth(H0, planned(lambda key: key == "mossbauer.QS"))
    assert fit.null.shape[0] >= 3
    assert np.allclose((fit.jacobian * fit.scale) @ fit.null.T, 0.0, atol=1e-5)
    assert np.allclose(np.linalg.norm(fit.null, axis=1), 1.0)
    for name in ("g.FeII_HS", "TIP", "psec_300"):
        place = fit.names.index(name)
        assert np.isclose(np.abs(fit.null[:, place]), 1.0).any()
        assert fit.covariance[place, place] == 0.0


def test_all_data_see_every_number():
    fit = fit_at_truth(H0, planned(), interaction=True)
    assert fit.null.shape == (0, len(fit.names))
    inverse = np.linalg.inv((fit.jacobian * fit.scale).T @ (fit.jacobian * fit.scale))
    assert np.allclose(fit.covariance / np.outer(fit.scale, fit.scale), inverse, rtol=1e-6)


@pytest.mark.parametrize(
    ("known", "on_bound"),
    [
        (Parameter(900.0, 0.0, 930.0), True),
        (Parameter(1000.0, 990.0, 1490.0), True),
        (Parameter(960.0, 0.0, 1490.0), False),
    ],
)
def test_a_number_that_a_bound_holds_is_named_and_has_no_variance(known, on_bound):
    """The data want 962(11)."""
    fit = fit_story(noisy(**{"G.12": known}), starts=1)
    assert fit.bounds_hit == (("G.12",) if on_bound else ())
    place = fit.names.index("G.12")
    assert (fit.covariance[place, place] == 0.0) == on_bound
    assert known.low <= fit.theta[place] <= known.high


def test_a_number_near_a_bound_that_does_not_hold_it_is_free():
    """At the bound, and the data draw it away from there."""
    of = objective(
        state_model(H0, **{"G.12": Parameter(900.0, 900.0, 1490.0)}), measured(H0, planned())
    )
    assert fit_at(of, start_of(of)).bounds_hit == ()


def test_two_minima_are_both_told():
    """The square of a number does not tell its sign; a poor measurement of it prefers one.

    The declared start lies between both.
    """

    def square(x, members, nuisances, T):
        return nuisances["d"] ** 2 + 0.0 * T

    def itself(x, members, nuisances, T):
        return nuisances["d"] + 0.0 * T

    specs = {f"epr.{rule.__name__}": ObservableSpec(f"epr.{rule.__name__}", "1", "d", mix=rule)
             for rule in (square, itself)}  # fmt: skip
    model = StateModel(
        (State("a"), State("b")), (Step("ab", "a", "b"),), tuple(specs),
        {
            "H.ab": Parameter(3000.0, fixed=True), "S.ab": Parameter(25.0, fixed=True),
            "d": Parameter(0.05, -3.0, 3.0),
        },
    )  # fmt: skip
    data = JoinedData(
        (Datum("epr.square", 300.0, 1.0, 0.05), Datum("epr.itself", 300.0, 1.0, 2.0)), specs
    )
    fit = fit_story(objective_of(model, model.stories[0], data), starts=10)
    assert fit.theta == pytest.approx([1.0])
    assert fit.second_theta == pytest.approx([-1.0], abs=0.01)
    assert fit.second_chi2 == pytest.approx(1.0, abs=0.01)
    assert fit.chi2 < 1e-6


def test_a_rule_without_finite_values_is_no_fit():
    def broken(x, members, nuisances, T):
        return np.full(np.shape(T), np.nan) * nuisances["d"]

    spec = ObservableSpec("epr.size", "1", "size", mix=broken)
    model = StateModel(
        (State("a"), State("b")), (Step("ab", "a", "b"),), ("epr.size",), {"d": Parameter(1.0)}
    )
    data = JoinedData((Datum("epr.size", 100.0, 1.0, 0.1),), {"epr.size": spec})
    with pytest.raises(FitError, match="no start has finite residuals"):
        fit_story(objective_of(model, model.stories[0], data), starts=2)
