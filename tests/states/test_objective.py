"""Residuals of the joint fit and their derivatives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from states_case import H0, STATES, TIES, measured, objective, planned, start_of, state_model

from spectrafit.errors import SpectrafitError
from spectrafit.observable import ObservableSpec
from spectrafit.registry import spec_for
from spectrafit.states.datum import Datum, JoinedData, Quantity
from spectrafit.states.model import Law, Parameter, Requirement, State, StateModel, Step, Story
from spectrafit.states.objective import Objective, objective_of

LOW, MIDDLE, UPPER = STATES
QS = "mossbauer.QS"


def slopes_by_differences(of: Objective, theta):
    columns = []
    for place in range(theta.size):
        step = 1e-5 * max(1.0, abs(theta[place]))
        ends = []
        for sign in (1, -1):
            moved = theta.copy()
            moved[place] += sign * step
            ends.append(of.residuals(moved))
        columns.append((ends[0] - ends[1]) / (2 * step))
    return np.array(columns).T


def assert_exact(of: Objective, theta, tolerance=2e-5):
    residuals, jacobian = of.residuals_and_jacobian(theta)
    assert np.allclose(residuals, of.residuals(theta))
    expected = slopes_by_differences(of, theta)
    size = np.abs(expected).max(axis=0)
    assert (np.abs(jacobian - expected).max(axis=0) <= tolerance * np.maximum(size, 1e-9)).all()
    return jacobian


def datum(key, T, value, sigma=0.1, **more):
    return Datum(key, T, value, sigma, technique=key.partition(".")[0], **more)


def joined(*data, covariances=None):
    specs = {one.key: spec_for(one.key) for one in data}
    return JoinedData(tuple(data), specs, covariances or {})


def of_data(*data, covariances=None, **changed):
    return objective(state_model(H0, **changed), joined(*data, covariances=covariances))


def moved_start(of, share=0.02, seed=0):
    """Return a place beside the declared one, where nothing is at a kink."""
    start = start_of(of)
    return start * (1 + share * np.random.default_rng(seed).normal(size=start.size))


# known answers of the forward model at H0, of an independent program: T, p, chi T, IS, QS
FORWARD = [
    (60.0, 0.304, 0.1501, 0.4125, 1.6383), (75.0, 2.475, 0.2360, 0.4133, 1.6434),
    (90.0, 30.76, 1.3933, 0.5253, 1.7147), (100.0, 8.205, 2.5644, 0.6434, 1.7898),
    (125.0, 3.500, 2.9513, 0.6769, 1.8269), (200.0, 3.890, 3.0727, 0.6825, 1.8979),
    (300.0, 2.958, 3.1361, 0.6741, 1.9822),
]  # fmt: skip
POPULATIONS = {
    90.0: (0.54211, 0.45453, 0.00336), 125.0: (0.02821, 0.93989, 0.03190),
    300.0: (0.00064, 0.74957, 0.24979),
}  # fmt: skip


def test_the_forward_model_is_that_of_an_independent_program():
    keys = ("pyro.p", "magnetism.chiT", "mossbauer.IS", QS)
    of = of_data(*(datum(key, row[0], 0.0) for row in FORWARD for key in keys))
    values = of.model_values(start_of(of)).reshape(len(FORWARD), 4)
    assert np.allclose(values, np.array(FORWARD)[:, 1:], rtol=3e-3)
    x = of.populations(start_of(of), np.array(list(POPULATIONS))).x
    assert np.allclose(x.T, list(POPULATIONS.values()), atol=2e-5)


@pytest.mark.parametrize("interaction", [False, True])
def test_derivatives_of_all_techniques_are_exact(interaction):
    of = objective(state_model(H0, interaction=interaction), measured(H0, planned()))
    assert_exact(of, moved_start(of, 0.005))


def test_derivatives_of_held_and_tied_numbers_go_to_their_owners():
    of = of_data(*(datum(key, T, 0.3) for key in planned().keys for T in (70.0, 150.0, 280.0)))
    assert not set(TIES) & set(of.names)
    assert "pyro.p.FeIII_LS" not in of.names
    values = of.numbers.values(moved_start(of))
    assert all(values[name] == values[other] for name, other in TIES.items())
    assert_exact(of, moved_start(of))


def test_a_residual_is_the_distance_over_sigma():
    of = of_data(datum(QS, 125.0, 1.80, 0.015))
    theta = start_of(of)
    assert of.residuals(theta) == pytest.approx([(of.model_values(theta)[0] - 1.80) / 0.015])
    assert of.counts == (1, 0, 0, len(of.names))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1.0, None, 0.0), (None, 3.0, 0.0), (1.8, 1.9, 0.0),
        (2.0, None, (1.8269 - 2.0) / 0.1), (None, 1.7, (1.8269 - 1.7) / 0.1),
    ],
)  # fmt: skip
def test_a_limit_costs_beyond_itself_only(low, high, expected):
    of = of_data(datum(QS, 125.0, None, low=low, high=high), datum(QS, 90.0, 1.7))
    theta = start_of(of)
    assert of.residuals(theta)[0] == pytest.approx(expected, abs=1e-3)
    jacobian = assert_exact(of, theta)
    assert np.any(jacobian[0]) == (expected != 0.0)


def test_a_change_and_what_is_highest_are_of_the_curve():
    T = np.arange(70.0, 110.0, 0.01)
    fine = of_data(*(datum("pyro.p", float(one), 0.0) for one in T))
    curve = fine.model_values(start_of(fine))
    of = of_data(
        datum("pyro.p", 110.0, 0.0, quantity=Quantity.HIGHEST, from_T=70.0),
        datum("pyro.p", 110.0, 0.0, quantity=Quantity.T_OF_HIGHEST, from_T=70.0),
        datum("pyro.p", 290.0, 0.0, quantity=Quantity.LOWEST, from_T=110.0),
        datum("magnetism.chiT", 110.0, 0.0, quantity=Quantity.CHANGE, from_T=70.0),
        datum("pyro.p", 80.0, 0.0),
    )
    highest, place, lowest, change, plain = of.model_values(start_of(of))
    assert highest == pytest.approx(curve.max(), rel=1e-3)
    assert highest == pytest.approx(31.1, rel=1e-2)
    assert place == pytest.approx(T[curve.argmax()], abs=0.05)
    assert place == pytest.approx(90.45, abs=0.1)
    assert 2.9 < lowest < 3.1
    chi = of_data(datum("magnetism.chiT", 70.0, 0.0), datum("magnetism.chiT", 110.0, 0.0))
    assert change == pytest.approx(np.diff(chi.model_values(start_of(chi)))[0])
    assert plain == pytest.approx(curve[np.searchsorted(T, 80.0)], rel=1e-3)
    assert_exact(of, moved_start(of, 1e-3), 2e-3)


def test_heating_and_cooling_take_their_own_root():
    """With G above 2RT: spinodal temperatures 95.89 and 84.11 K of an independent program."""
    known = {
        "G.12": Parameter(2500.0, 0.0, 5000.0), "rho.12": Parameter(0.0, fixed=True),
    }  # fmt: skip
    of = of_data(
        *(datum(QS, 90.0, 1.7, branch=branch) for branch in ("heating", "cooling", "")), **known
    )
    theta = start_of(of)
    heating, cooling, _ = of.model_values(theta)
    assert heating < 1.66
    assert cooling > 1.78
    T = np.array([84.0, 84.2, 95.8, 96.0])
    assert np.array_equal(of.populations(theta, T, "heating").x[0] > 0.5, [True, True, True, False])
    assert np.array_equal(
        of.populations(theta, T, "cooling").x[0] > 0.5, [True, False, False, False]
    )
    assert_exact(of, theta)


def test_a_shared_error_moves_its_data_together():
    shared = {"mossbauer: velocity": 0.02}
    of = of_data(
        datum(QS, 90.0, 1.7, shared=shared), datum(QS, 200.0, 1.9, shared=shared),
        datum("mossbauer.IS", 90.0, 0.5),
    )  # fmt: skip
    assert of.names[-1] == "mossbauer: velocity"
    assert of.counts.priors == 1
    theta = start_of(of)
    theta[-1] = 1.5
    moved = of.model_values(theta) - of.model_values(theta, systematics=False)
    assert moved == pytest.approx([0.03, 0.03, 0.0])
    assert of.residuals(theta)[-1] == 1.5
    assert_exact(of, theta)


def test_a_shared_error_in_proportion_is_a_share_of_the_model():
    """As a share of the data it would draw the fit to zero (Peelle's puzzle)."""
    places = (80.0, 90.0, 120.0, 200.0)
    truth = of_data(*(datum("pyro.p", T, 0.0) for T in places))
    values = 1.1 * truth.model_values(start_of(truth))
    of = of_data(
        *(datum("pyro.p", T, v, shared={"pyro: area": 0.05 * v})
          for T, v in zip(places, values, strict=True))
    )  # fmt: skip
    theta = start_of(of)
    theta[-1] = 2.0
    assert np.allclose(of.residuals(theta)[:4], 0.0, atol=1e-9)
    assert_exact(of, moved_start(of))


def test_data_with_a_covariance_are_whitened():
    covariance = np.array([[0.04, 0.03], [0.03, 0.09]])
    of = of_data(
        datum(QS, 90.0, 1.7, group="a"), datum("mossbauer.IS", 200.0, 0.5),
        datum(QS, 200.0, 1.8, group="a"), covariances={"a": covariance},
    )  # fmt: skip
    theta = moved_start(of)
    off = of.model_values(theta) - [1.7, 0.5, 1.8]
    own = off[[0, 2]]
    chi2 = float(own @ np.linalg.solve(covariance, own)) + (off[1] / 0.1) ** 2
    residuals = of.residuals(theta)
    assert residuals @ residuals == pytest.approx(chi2)
    assert_exact(of, theta)


def test_a_covariance_that_is_none_is_refused():
    of = of_data(
        datum(QS, 90.0, 1.7, group="a"), datum(QS, 200.0, 1.8, group="a"),
        covariances={"a": np.array([[1.0, 2.0], [2.0, 1.0]])},
    )  # fmt: skip
    with pytest.raises(SpectrafitError, match="not positive definite"):
        of.residuals(start_of(of))


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (Requirement(UPPER, 300.0, at_least=0.5, sigma=0.05), (0.24979 - 0.5) / 0.05),
        (Requirement(UPPER, 300.0, at_most=0.1, sigma=0.05), (0.24979 - 0.1) / 0.05),
        (Requirement(UPPER, 300.0, at_least=0.1, at_most=0.4), 0.0),
    ],
)
def test_a_claim_is_a_residual_where_it_does_not_hold(claim, expected):
    story = Story("F", require=(claim,))
    of = of_data(datum(QS, 90.0, 1.7), story=story)
    theta = start_of(of)
    assert of.residuals(theta)[-1] == pytest.approx(expected, abs=2e-3)
    assert of.counts.requirements == 1
    assert_exact(of, theta)


def test_priors_are_residuals():
    of = of_data(datum(QS, 90.0, 1.7), priors={f"{QS}.{UPPER}": 0.25, "g.FeII_HS": 0.06})
    theta = start_of(of)
    theta[of.names.index("g.FeII_HS")] += 0.12
    residuals = of.residuals(theta)
    assert sorted(residuals[1:]) == pytest.approx([0.0, 2.0])
    assert of.counts.priors == 2
    assert_exact(of, theta)


@pytest.mark.parametrize(
    ("law", "changed"),
    [
        (Law.CONSTANT, {"x.23": Parameter(0.3)}),
        (Law.FREE, {"x.23@120": Parameter(0.05), "x.23@200": Parameter(0.2), "x.23@300": Parameter(0.3)}),
    ],
)  # fmt: skip
def test_other_laws_have_exact_derivatives(law, changed):
    step, upper = state_model(H0).steps
    nodes = (120.0, 200.0, 300.0) if law is Law.FREE else ()
    model = state_model(H0, **changed)
    model = replace(model, steps=(replace(step, law=law, nodes=nodes), upper))
    data = joined(*(datum(key, T, 0.3) for key in ("pyro.p", QS) for T in (90.0, 150.0, 280.0)))
    of = objective(model, data)
    assert set(changed) <= set(of.names)
    assert_exact(of, moved_start(of, 0.005), 1e-3 if law is Law.FREE else 2e-5)


def test_replicas_are_moved_by_shifts():
    of = of_data(datum(QS, 90.0, 1.7), datum(QS, 125.0, None, low=2.0), datum(QS, 200.0, 1.9))
    theta = start_of(of)
    moved = of.with_shifts(np.array([0.1, -0.3, 0.0]))
    assert moved.residuals(theta)[0] == pytest.approx(of.residuals(theta)[0] - 1.0)
    assert moved.residuals(theta)[1] == 0.0
    assert of.residuals(theta)[1] < -1.0
    assert moved.residuals(theta)[2] == of.residuals(theta)[2]
    assert_exact(moved, theta)


def test_population_slopes_are_exact():
    of = objective(state_model(H0, interaction=True), planned())
    theta, T = start_of(of), np.array([80.0, 125.0, 300.0])
    slopes = of.population_slopes(theta, T)
    for place in range(theta.size):
        step = 1e-6 * max(1.0, abs(theta[place]))
        ends = [theta.copy(), theta.copy()]
        ends[0][place] += step
        ends[1][place] -= step
        change = of.populations(ends[0], T).x - of.populations(ends[1], T).x
        assert np.allclose(
            slopes[place], change / (2 * step), atol=1e-6 * max(1, np.abs(slopes[place]).max())
        )


@given(st.floats(2e3, 3e4), st.floats(1.0, 120.0), st.floats(-1.5e4, 1e3), st.floats(40.0, 300.0))
def test_populations_are_shares_of_one_whole(H, S, G, T):
    of = objective(state_model(H0, interaction=True), planned(lambda key: key == QS))
    theta = start_of(of)
    for name, value in (("H.23", H), ("S.23", S), ("G.23", G)):
        theta[of.names.index(name)] = value
    found = of.populations(theta, np.array([T]))
    assert found.x.sum() == pytest.approx(1.0)
    assert (found.x >= 0.0).all()
    assert found.dx.sum() == pytest.approx(0.0, abs=1e-12)


def test_a_rule_that_takes_single_numbers_only_is_called_one_by_one():
    def single(x, members, nuisances, T):
        if T > 100.0:
            return x["a"] * members["a"] + nuisances["c"] * T
        return x["b"] * members["b"]

    spec = ObservableSpec("epr.area", "1", "area", mix=single)
    model = StateModel(
        (State("a"), State("b")), (Step("ab", "a", "b"),), ("epr.area",),
        {"c": Parameter(0.1), "H.ab": Parameter(3000.0), "S.ab": Parameter(25.0)},
    )  # fmt: skip
    data = tuple(Datum("epr.area", T, 1.0, 0.1) for T in (60.0, 90.0, 140.0, 250.0))
    of = objective_of(model, model.stories[0], JoinedData(data, {"epr.area": spec}))
    theta = np.array(
        [{"epr.area.a": 2.0, "epr.area.b": 3.0, "c": 0.1}.get(n, 0.0) for n in of.names]
    )
    theta[of.names.index("H.ab")], theta[of.names.index("S.ab")] = 3000.0, 25.0
    assert_exact(of, theta)


def test_a_rule_that_fails_names_its_key():
    def broken(x, members, nuisances, T):
        if "c" in nuisances:
            raise KeyError("d")
        return x["a"]

    spec = ObservableSpec("epr.area", "1", "area", mix=broken)
    model = StateModel(
        (State("a"), State("b")), (Step("ab", "a", "b"),), ("epr.area",), {"c": Parameter(0.1)}
    )
    data = JoinedData((Datum("epr.area", 60.0, 1.0, 0.1),), {"epr.area": spec})
    of = objective_of(model, model.stories[0], data)
    with pytest.raises(SpectrafitError, match=r"epr\.area"):
        of.residuals(start_of(of))


def test_questions_without_an_answer_are_refused():
    model = state_model(H0)
    with pytest.raises(SpectrafitError, match="no datum"):
        objective(model, JoinedData((), {}))
    held = {name: Parameter(value, fixed=True) for name, value in H0.steps.items()}
    held |= {f"{QS}.{state}": Parameter(1.0, fixed=True) for state in STATES}
    with pytest.raises(SpectrafitError, match="no free number"):
        of_data(datum(QS, 90.0, 1.7), free=(), **held)
    with pytest.raises(SpectrafitError, match="equals"):
        of_data(datum(QS, 90.0, 1.7), **{f"{QS}.{LOW}": Parameter(equals=f"{QS}.nowhere")})


def test_temperatures_that_are_off_together_move_the_curve_and_its_derivatives():
    """A key of slopes too: what is off is the temperature of the sample, not the value."""
    T = (85.0, 92.0, 200.0)
    off = {"m: temperature": 0.5}
    keys = ("pyro.p", "magnetism.chiT", "mossbauer.IS")
    of = of_data(*(datum(key, one, 0.0, delays=off) for key in keys for one in T))
    theta = start_of(of)
    theta[of.names.index("m: temperature")] = 1.0
    there = of_data(*(datum(key, one + 0.5, 0.0) for key in keys for one in T))
    assert np.allclose(of.model_values(theta), there.model_values(start_of(there)), rtol=1e-9)
    jacobian = assert_exact(of, theta, 1e-3)
    assert np.abs(jacobian[:3, of.names.index("m: temperature")]).max() > 1.0
