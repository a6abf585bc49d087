"""What a fitted story says of data: values, bands that hold, and errors that data share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from states_case import H0, fit_at_truth, measured, objective, planned, start_of, state_model

from spectrafit.errors import SpectrafitError
from spectrafit.states.datum import Datum, JoinedData, Quantity
from spectrafit.states.joint import fit_at, least_from
from spectrafit.states.model import Parameter
from spectrafit.states.predict import foretold, predicted, prediction_rows, total_sigmas

IS, QS, P = "mossbauer.IS", "mossbauer.QS", "pyro.p"


def few(key):
    return key in (IS, QS, "structure.Fe-O")


def test_the_rows_of_a_fit_are_its_data_beside_its_curve():
    data = measured(H0, planned(few), np.random.default_rng(3))
    of = objective(state_model(H0), data)
    fit = fit_at(of, start_of(of))
    rows = predicted(fit, data, "A")
    assert [(row.key, row.T, row.measured) for row in rows] == [
        (one.key, one.T, one.value) for one in data.data
    ]
    assert {(row.story, row.left_out) for row in rows} == {("A", False)}
    np.testing.assert_allclose([row.predicted for row in rows], of.model_values(fit.theta))
    slopes = of.model_slopes(fit.theta)
    band = np.sqrt(np.einsum("ip,pq,iq->i", slopes, fit.covariance, slopes))
    np.testing.assert_allclose(
        [row.high - row.predicted for row in rows], 1.959964 * band, rtol=1e-5
    )
    for row in rows:
        both = np.hypot(row.sigma, (row.high - row.low) / (2 * 1.959964))
        assert row.pull == pytest.approx((row.measured - row.predicted) / both)


def test_the_band_holds_the_truth_as_often_as_it_says():
    pulls = []
    truth = measured(H0, planned(few)).data
    for seed in range(12):
        data = measured(H0, planned(few), np.random.default_rng(seed))
        # without the other keys the steps are known too poorly for linear theory
        known = {
            name: Parameter(value, sigma=0.02 * value)
            for name, value in H0.steps.items()
            if name != "G.23"
        }
        of = objective(state_model(H0, **known), data)
        fit = fit_at(of, least_from(of, start_of(of))[1])
        pulls += [
            1.959964 * (row.predicted - one.value) / (row.high - row.predicted)
            for row, one in zip(predicted(fit, data), truth, strict=True)
        ]
    assert np.mean(np.abs(pulls) < 1.959964) == pytest.approx(0.95, abs=0.06)


def test_sigma_holds_what_a_datum_shares_with_others():
    spec = planned(lambda key: key == P).specs
    data = JoinedData(
        (
            Datum(P, 125.0, 3.8, 0.3, shared={"pyro: area": 0.4}, technique="pyro"),
            Datum(P, 200.0, 3.8, 9.0, group="batch", technique="pyro"),
            Datum(P, 300.0, 3.4, 9.0, group="batch", technique="pyro"),
        ),
        spec,
        {"batch": np.array([[0.04, 0.01], [0.01, 0.09]])},
    )
    np.testing.assert_allclose(total_sigmas(data), [0.5, 0.2, 0.3])
    rows = predicted(fit_at_truth(H0, planned()), data)
    assert [row.sigma for row in rows] == pytest.approx([0.5, 0.2, 0.3])
    assert [row.predicted for row in rows] == pytest.approx([3.500, 3.890, 2.958], abs=0.01)


def test_a_limit_has_no_pull_and_a_height_is_another_curve():
    data = JoinedData(
        (
            Datum(P, 60.0, None, 0.05, high=0.5, technique="pyro"),
            Datum(
                P, 120.0, 90.0, 1.0, quantity=Quantity.T_OF_HIGHEST, from_T=60.0, technique="pyro"
            ),
        ),
        planned(lambda key: key == P).specs,
    )
    limit, place = predicted(fit_at_truth(H0, planned()), data)
    assert (limit.measured, limit.sigma, limit.pull) == (None, None, None)
    assert limit.predicted == pytest.approx(0.304, rel=0.003)
    assert place.key == "pyro.p, T of highest from 60 K"
    assert place.predicted == pytest.approx(90.45, abs=0.05)


def test_a_key_without_a_datum_needs_its_pure_states():
    fit = fit_at_truth(H0, planned(lambda key: key != QS))
    asked = JoinedData((Datum(QS, 300.0, 0.0, 1.0),), planned(lambda key: key == QS).specs)
    with pytest.raises(SpectrafitError, match=r"needs a pure-state value: mossbauer\.QS\.FeIII_LS"):
        foretold(fit, asked)


def test_a_prior_of_a_pure_state_is_part_of_the_band():
    sigmas = {f"{QS}.FeIII_LS": 0.02, f"{QS}.FeIII_HS": 0.03, f"{QS}.FeII_HS": 0.2}
    fit = fit_at_truth(H0, planned(lambda key: key != QS), priors=sigmas)
    asked = JoinedData((Datum(QS, 300.0, 0.0, 1.0),), planned(lambda key: key == QS).specs)
    told = foretold(fit, asked)
    assert told.values[0] == pytest.approx(1.9822, rel=0.003)
    x = np.array([0.00064, 0.74957, 0.24979])  # as printed
    slope = fit.objective.population_slopes(fit.theta, np.array([300.0]))[:, :, 0]
    by_x = slope @ np.array(H0.members[QS])
    variance = np.sum((x * [0.02, 0.03, 0.2]) ** 2) + by_x @ fit.covariance @ by_x
    assert told.sigmas[0] == pytest.approx(np.sqrt(variance), rel=2e-3)


def test_what_is_not_determined_has_no_row():
    data = planned(lambda key: key == IS)
    fit = fit_at_truth(H0, replace(data, data=data.data[:2]))
    asked = replace(data, data=(data.data[0], data.data[-1]))
    told = foretold(fit, asked)
    assert told.sigmas[0] is not None
    assert told.sigmas[1] is None
    assert "do not see" in told.reasons[1]
    assert [row.T for row in predicted(fit, asked)] == [25.0]
    assert prediction_rows(asked, "A", told.values, (None, None)) == ()
