"""Other populations that the data cannot tell from those of the fit: x -> a n + b x."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from states_case import (
    H0,
    PRIORS,
    STATES,
    P,
    fit_at_truth,
    objective,
    planned,
    start_of,
    state_model,
)

from spectrafit.errors import SettingsError
from spectrafit.states.affine import axis_check, axis_chi2
from spectrafit.states.axis_law import Axis, AxisLaw
from spectrafit.states.axis_objective import axis_objective
from spectrafit.states.joint import fit_at
from spectrafit.states.model import Law, Parameter, Step, Story
from spectrafit.states.populations import PopulationLaw

UPPER = STATES[2]
FREE = ("g.FeIII_HS", "g.FeII_HS", "psec_300")
A, B = 0.3654, 0.6435
# pure states of the twin, from the map by hand
TWIN = {
    "mossbauer.IS": (0.5215, 1.2138), "mossbauer.QS": (1.4013, 2.4903),
    "structure.Fe-O": (1.9705, 2.0592), "xanes.fe.preedge.area": (8.8, 8.8),
    "pyro.p": (-0.2871, 1.6974),
}  # fmt: skip
TWIN_G = {"g.FeIII_HS": 2.0073, "g.FeII_HS": 2.0526}


def without_infrared(key):
    return not key.startswith("ir")


def fit_of_truth(wanted=lambda key: True):
    return fit_at_truth(P, planned(wanted), free=FREE, interaction=True)


def test_the_twin_shows_the_same_in_all_but_the_infrared():
    """Its pure states are rounded to four digits: that is how far its values are off."""
    fit = fit_of_truth()
    twin, theta = axis_objective(fit, "23")
    theta[:2] = twin.law.axis.told(A, B)
    before = twin.model_values(theta)
    for key, (lower, upper) in TWIN.items():
        for state, value in zip(STATES[1:], (lower, upper), strict=True):
            theta[twin.names.index(f"{key}.{state}")] = value
    for name, value in TWIN_G.items():
        theta[twin.names.index(name)] = value
    after = twin.model_values(theta)
    keys = np.array([datum.key for datum in twin.data.data])
    truth = np.array([datum.value for datum in twin.data.data])
    # half a digit of P times the steepest slope, .065 per K, in nC
    tolerance = {"pyro.p": 5e-5 * 0.065 * 1e3, "magnetism.chiT": 2e-4, "structure.Fe-O": 5e-5}
    for key in (*TWIN, "magnetism.chiT"):
        own = keys == key
        assert np.abs(after - truth)[own].max() < tolerance.get(key, 1e-4), key
    assert np.abs(before - truth)[keys == "mossbauer.QS"].max() > 0.1
    T = np.array([120.0, 200.0, 300.0])
    assert np.allclose(twin.populations(theta, T).x[2], (0.380, 0.529, 0.700), atol=6e-4)
    assert np.allclose(
        fit.objective.populations(fit.theta, T).x[2], (0.037, 0.255, 0.520), atol=6e-4
    )


def test_the_twin_with_its_exact_pure_states_is_the_truth_to_the_last_digit():
    fit = fit_of_truth(without_infrared)
    twin, theta = axis_objective(fit, "23")
    truth = np.array([datum.value for datum in twin.data.data])
    theta[:2] = twin.law.axis.told(A, B)
    values = fit.values()
    for key in TWIN:
        lower, upper = values[f"{key}.{STATES[1]}"], values[f"{key}.{STATES[2]}"]
        theta[twin.names.index(f"{key}.{STATES[1]}")] = lower - A / B * (upper - lower)
        theta[twin.names.index(f"{key}.{STATES[2]}")] = lower + (1 - A) / B * (upper - lower)
    lower, upper = (values[name] ** 2 for name in TWIN_G)  # chi T of S = 2 goes by that
    ratio = (
        (lower - A / B * (upper - lower)) / lower,
        (lower + (1 - A) / B * (upper - lower)) / upper,
    )
    for name, share in zip(TWIN_G, ratio, strict=True):
        theta[twin.names.index(name)] = values[name] * np.sqrt(share)
    off = np.abs(twin.model_values(theta) - truth)
    assert off.max() < 2e-6


def test_the_infrared_alone_tells_the_twin_from_the_truth():
    assert axis_chi2(fit_of_truth(), "23", A, B) > 1000.0
    assert axis_chi2(fit_of_truth(without_infrared), "23", A, B) < 1e-4


def test_without_the_tie_of_a_band_the_infrared_tells_nothing():
    ties = {"ir.1514.linked_area.FeII_HS": "ir.1514.linked_area.FeIII_HS"}
    fit = fit_at_truth(P, planned(), free=FREE, interaction=True, ties=ties)
    assert axis_chi2(fit, "23", A, B) < 1e-4


def test_without_the_infrared_the_population_is_known_up_to_its_scale():
    found = axis_check(fit_of_truth(), "23", "ir")
    assert found.verdict == "known up to a n + b x"
    assert (found.story, found.step, found.left_out) == ("A", "23", "ir")
    T, low, high = found.x[-1]
    assert T == 300.0
    assert low < 0.2
    assert high > 0.7  # that of the twin, and more
    at_125 = found.x[0]
    assert at_125[2] > 0.380  # a constant part: far above the truth of .048
    assert found.a[0] <= 0.0 < A < found.a[1]  # the truth, and its twin, lie within
    assert found.b[0] < B < 1.0 < found.b[1]
    assert all(0.0 <= rise <= 4.0 for rise in found.chi2)
    assert f"{UPPER} is known up to a n + b x without ir" in found.text


def test_with_the_infrared_a_constant_part_is_excluded_and_the_scale_is_not():
    found = axis_check(fit_of_truth(), "23")
    assert found.verdict == "known up to a n + b x"
    assert np.allclose(found.a, 0.0, atol=0.02)
    T, low, high = found.x[0]
    assert (T, low < 0.02, 0.07 < high < 0.11) == (125.0, True, True)


def test_what_is_left_out_is_told_apart_by_technique_key_and_first_words():
    fit = fit_of_truth()
    by_key = axis_check(fit, "23", "ir.1556.linked_area")
    # of the other bands only 1485 tells states 2 and 3 apart, and its three pure states are free
    assert by_key.x[0][2] > 0.380
    assert axis_check(fit, "23", "ir.1556") == replace(
        by_key, left_out="ir.1556", text=by_key.text.replace(".linked_area", "")
    )
    with pytest.raises(SettingsError, match="nothing is left"):
        axis_check(fit_at_truth(P, planned(lambda key: key == "pyro.p")), "23", "pyro")


def test_pure_states_that_are_known_fix_the_population():
    held = {
        f"{key}.{state}": Parameter(value, fixed=True)
        for key in ("mossbauer.IS", "mossbauer.QS", "structure.Fe-O")
        for state, value in zip(STATES, P.members[key], strict=True)
    }
    fit = fit_at_truth(P, planned(), free=FREE, interaction=True, **held)
    found = axis_check(fit, "23")
    assert found.verdict == "fixed"
    low, high = found.x[-1][1:]
    assert low < 0.520 < high
    assert high - low < 0.05
    assert found.chi2 == pytest.approx((4.0, 4.0))


def test_the_ends_are_where_chi2_has_risen_by_four():
    fit = fit_at_truth(H0, planned(), priors=PRIORS)
    found = axis_check(fit, "23")
    for a, b, rise in zip(found.a, found.b, found.chi2, strict=True):
        assert rise == pytest.approx(4.0)
        assert axis_chi2(fit, "23", a, b) == pytest.approx(4.0, abs=0.25)


def test_a_step_with_several_states_in_its_upper_branch_keeps_their_shares():
    fit = fit_at_truth(H0, planned())
    law, theta = axis_objective(fit, "12")
    assert law.law.axis.names == ("highest share.12",)
    T = np.array([80.0, 150.0, 300.0])
    before = fit.objective.populations(fit.theta, T).x
    theta[0] *= 0.5
    after = law.populations(theta, T).x
    assert np.allclose(after[1:], 0.5 * before[1:])
    assert np.allclose(after.sum(axis=0), 1.0)


@pytest.mark.parametrize("step", ["23", "12"])
@pytest.mark.parametrize("name", [None, "a branch of two below"])
def test_mapped_populations_have_exact_derivatives(step, name):
    steps = state_model(H0).steps
    if name:  # (1, 2) below 3: the lower branch of a step is a step
        steps = (Step("12", STATES[0], STATES[1]), Step("23", "12", STATES[2]))
    values = {
        "H.12": 7200.0, "T.12": 91.0, "S.12": 79.1, "G.12": 400.0, "rho.12": 0.04,
        "H.23": 4070.0, "S.23": 4.4, "G.23": -500.0, "rho.23": 0.0,
    }  # fmt: skip
    own = next(one for one in steps if one.name == step)
    law = AxisLaw(
        steps, STATES, PopulationLaw(steps, STATES), values,
        Axis(own, 0.05, 0.8, own.upper in STATES),
    )  # fmt: skip
    T = np.array([60.0, 90.0, 140.0, 280.0])
    told = dict(zip(law.names, (0.7, 0.2), strict=False))
    found = law.at(told, T, derivatives=True)
    assert np.allclose(found.x.sum(axis=0), 1.0)
    upper, lower = (law.at(told, T + shift) for shift in (1e-3, -1e-3))
    assert np.allclose(found.dx, (upper.x - lower.x) / 2e-3, atol=1e-6)
    for row, parameter in enumerate(law.names):
        ends = [law.at({**told, parameter: told[parameter] + s}, T) for s in (1e-5, -1e-5)]
        assert np.allclose(found.by[row], (ends[0].x - ends[1].x) / 2e-5, atol=1e-8)
        assert np.allclose(found.dby[row], (ends[0].dx - ends[1].dx) / 2e-5, atol=1e-8)


def test_the_map_that_changes_nothing_is_the_fit():
    fit = fit_of_truth()
    same, theta = axis_objective(fit, "23")
    assert same.law.axis.map_of(tuple(theta[:2])) == pytest.approx((0.0, 1.0))
    assert np.allclose(same.model_values(theta), fit.objective.model_values(fit.theta))
    assert not any(name.startswith(("H.", "S.", "G.")) for name in same.names)


def test_bad_questions_are_refused():
    fit = fit_of_truth()
    with pytest.raises(SettingsError, match="no step '32'"):
        axis_check(fit, "32")
    with pytest.raises(SettingsError, match="no shares between 0 and 1"):
        axis_chi2(fit, "23", 0.5, 1.0)
    static = Story("static", laws={"23": Law.CONSTANT})
    never = objective(
        state_model(H0, story=static, **{"x.23": Parameter(0.0, fixed=True)}), planned()
    )
    with pytest.raises(SettingsError, match="populated at no temperature"):
        axis_check(fit_at(never, start_of(never)), "23")


def test_a_share_that_does_not_change_has_a_scale_only():
    axis = Axis(Step("23", STATES[1], STATES[2]), 0.3, 0.3, True)
    assert axis.names == ("highest share.23",)
    assert axis.map_of((0.6,)) == (0.0, pytest.approx(2.0))
