"""The bootstrap of a story: its chi2 where it is true, when it ends, and what speaks against it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2 as chi2_law
from two_state_case import (
    SIGMA,
    SPECS,
    TEMPERATURES,
    as_if,
    fit_of,
    two_state_data,
    two_state_model,
)

from spectrafit.errors import SpectrafitError
from spectrafit.observable import ObservableSpec
from spectrafit.states.datum import Datum, JoinedData
from spectrafit.states.model import Parameter, Requirement, Story
from spectrafit.states.replicas import replicas_of

COUNT = 2 * TEMPERATURES.size
CORRELATED = SIGMA**2 * (0.3 * np.eye(COUNT) + 0.7)


def freedom(fit):
    counts = fit.objective.counts
    return counts.data + counts.priors - counts.free


def limit(key, T, sigma=SIGMA, **ends):
    return Datum(key, T, None, sigma, technique="demo", **ends)


def with_data(data, *more):
    return JoinedData((*data.data, *more), data.specs, data.covariances)


@pytest.mark.parametrize(
    "data",
    [
        two_state_data(),
        two_state_data(group="sweep", covariances={"sweep": CORRELATED}),
        two_state_data(shared={"demo: area": 0.2}),
    ],
    ids=["independent", "covariance", "shared"],
)
def test_replicas_have_the_chi2_of_a_true_story(data):
    fit = fit_of(two_state_model(), data)
    least = freedom(fit)
    told = replicas_of(as_if(fit, least + 3.5 * np.sqrt(2.0 * least)), most=99)
    assert len(told.chi2) == 99
    # of the chi-square distribution: mean f and variance 2 f, to 4 of the error of each
    assert np.mean(told.chi2) == pytest.approx(least, abs=4.0 * np.sqrt(2.0 * least / 99))
    assert np.var(told.chi2) == pytest.approx(2.0 * least, rel=4.0 * np.sqrt(2.0 / 98) * 1.3)


@pytest.mark.accept
def test_p_is_even_where_the_story_is_true():
    found = np.array([
        replicas_of(fit_of(two_state_model(), two_state_data(seed)), most=39, seed=seed).p
        for seed in range(24)
    ])  # fmt: skip
    assert 0.35 < found.mean() < 0.65
    assert found.min() < 0.25
    assert found.max() > 0.75


def test_a_replica_depends_on_its_number_and_the_seed_alone():
    fit = fit_of(two_state_model(), two_state_data())
    far = as_if(fit, 3.0 * fit.chi2)
    few, many = replicas_of(far, most=10, seed=3), replicas_of(far, most=30, seed=3)
    assert few.chi2 == many.chi2[:10]
    assert replicas_of(far, most=10, seed=4).chi2 != few.chi2


def test_it_ends_when_more_would_change_nothing():
    fit = fit_of(two_state_model(), two_state_data())
    told = replicas_of(as_if(fit, 1.0))
    assert len(told.chi2) == 10
    assert told.p == 1.0
    assert told.note == "10 of 10 replicas as large"


def test_a_chi2_far_beyond_has_the_tail_of_the_distribution():
    fit = fit_of(two_state_model(), two_state_data())
    least = freedom(fit)
    observed = least + 9.0 * np.sqrt(2.0 * least)
    told = replicas_of(as_if(fit, observed))
    assert len(told.chi2) == 39
    # mean and variance of 39 replicas: some powers of ten at this distance, not more
    assert np.log10(told.p) == pytest.approx(np.log10(chi2_law.sf(observed, least)), abs=4.0)
    assert told.note.startswith("0 of 39 replicas as large; by their mean and spread p ")
    assert replicas_of(as_if(fit, 1e5)).note.endswith("p below 1e-12")


def test_without_replicas_p_is_of_the_chi_square_distribution():
    fit = fit_of(two_state_model(), two_state_data())
    told = replicas_of(fit, most=0)
    assert told.p == pytest.approx(chi2_law.sf(fit.chi2, freedom(fit)))
    assert f"{freedom(fit)} degrees of freedom" in told.note


def test_few_data_have_no_p_without_replicas():
    told = replicas_of(fit_of(two_state_model(), two_state_data(temperatures=[60.0])), most=0)
    assert told.p is None
    assert told.note == "no replicas, and no more data than free numbers"


def test_a_claim_that_the_data_exclude_speaks_against_the_story():
    claimed = Story("half below", require=(Requirement("high", 60.0, at_least=0.5, sigma=0.01),))
    broken = fit_of(two_state_model(claimed), two_state_data())
    kept = fit_of(two_state_model(), two_state_data())
    assert broken.chi2 > kept.chi2 + 50.0
    assert replicas_of(broken, most=19).p < 0.01
    assert replicas_of(kept, most=19).p > 0.05
    # a claim on the other side that the minimum keeps changes nothing
    easy = Story("less than half", require=(Requirement("high", 60.0, at_most=0.5),))
    fit = fit_of(two_state_model(easy), two_state_data())
    assert replicas_of(fit, most=19).chi2 == pytest.approx(replicas_of(kept, most=19).chi2)


def test_a_limit_that_the_data_exclude_speaks_against_the_story():
    kept = with_data(two_state_data(), limit("demo.length", 200.0, high=4.0))
    broken = with_data(two_state_data(), limit("demo.length", 200.0, high=2.4))
    assert replicas_of(fit_of(two_state_model(), kept), most=19).p > 0.05
    assert replicas_of(fit_of(two_state_model(), broken), most=19).p < 0.01


def test_a_prior_is_a_datum_with_its_own_error():
    wide = two_state_data(temperatures=[150.0, 180.0, 200.0])
    held = two_state_model(
        S__up=Parameter(40.0, fixed=True),
        T__up=Parameter(100.0, 50.0, 160.0, sigma=5.0, source="assumed: for a test"),
        demo__length__low=Parameter(2.0, fixed=True),
    )
    fit = fit_of(held, wide)
    told = replicas_of(as_if(fit, freedom(fit) * 4.0), most=99)
    assert np.mean(told.chi2) == pytest.approx(freedom(fit), abs=4 * np.sqrt(2 * freedom(fit) / 99))


def test_replicas_without_a_minimum_give_no_p():
    fit = fit_of(two_state_model(), two_state_data())
    edge = fit.values()["demo.length.high"] + 1e-6

    def breaking(x, members, nuisances, T):
        if members["high"] > edge:
            raise SpectrafitError("beyond the rule")
        return x["low"] * members["low"] + x["high"] * members["high"]

    specs = {**SPECS, "demo.length": ObservableSpec("demo.length", "A", "a length", mix=breaking)}
    data = replace(fit.objective.data, specs=specs)
    told = replicas_of(replace(fit, objective=replace(fit.objective, data=data)), most=19)
    assert told.p is None
    assert "of 19 replicas have no minimum" in told.note
