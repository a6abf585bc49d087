"""Whether data determine a population, what fixes it, and what trades against what."""

from __future__ import annotations

import numpy as np
import pytest
from states_case import (
    H0,
    PRIORS,
    STATES,
    TIES,
    fit_at_truth,
    objective,
    planned,
    start_of,
    state_model,
)

from spectrafit.errors import SettingsError
from spectrafit.states.anchors import anchor_study
from spectrafit.states.identify import POPULATION_SIGMA, anchors, estimable, weak_directions
from spectrafit.states.information import information_of
from spectrafit.states.joint import fit_at
from spectrafit.states.model import Law, Parameter, Requirement, Story

UPPER = STATES[2]


def told(wanted, *, interaction=False, priors=None):
    """Return what data of some keys tell of the upper population at 300 K."""
    fit = fit_at_truth(H0, planned(wanted), interaction=interaction, priors=priors)
    slope = fit.objective.population_slopes(fit.theta, np.array([300.0]))[:, 2, 0]
    return estimable(fit, slope)


def without(word):
    return lambda key: not key.startswith(word)


def only(word):
    return lambda key: key.startswith(word)


# standard uncertainties of an independent program (numpy and scipy), of the same data and numbers:
# ideal law, ideal law with priors, with an interaction, with an interaction and priors
TABLE = {
    "all": (without("nothing"), (0.021, 0.017, 0.044, 0.024)),
    "without p": (without("pyro"), (0.166, 0.029, 0.219, 0.029)),
    "without chi T": (without("magnetism"), (0.030, 0.020, 0.062, 0.026)),
    "without the Moessbauer effect": (without("mossbauer"), (0.021, 0.020, 0.044, 0.037)),
    "without infrared bands": (without("ir"), (0.021, 0.017, 0.046, 0.025)),
    "without bonds": (without("structure"), (0.021, 0.017, 0.044, 0.026)),
    "without XANES": (without("xanes"), (0.021, 0.017, 0.044, 0.024)),
    "p alone": (only("pyro"), (0.038, 0.036, 0.137, 0.121)),
    "infrared bands alone": (only("ir"), (0.175, 0.168, 0.236, 0.215)),
    "chi T alone": (only("magnetism"), (2.1, 0.17, 9.4, 0.18)),
    "the Moessbauer effect alone": (only("mossbauer"), (1.1, 0.058, 3.9, 0.064)),
}


@pytest.mark.parametrize("row", TABLE)
def test_the_uncertainty_of_a_population_is_that_of_an_independent_program(row):
    wanted, expected = TABLE[row]
    for number, sigma in enumerate(expected):
        found = told(wanted, interaction=number > 1, priors=PRIORS if number % 2 else None)
        assert found.verdict == "determined"
        assert found.sigma == pytest.approx(sigma, rel=0.2), (row, number)


@pytest.mark.parametrize("interaction", [False, True])
@pytest.mark.parametrize("word", ["structure", "xanes"])
def test_one_observable_of_few_temperatures_determines_no_population(word, interaction):
    found = told(only(word), interaction=interaction)
    assert found.verdict == "not determined"
    assert found.sigma is None
    assert found.share_in_null > 1e-4
    assert "do not see" in found.reason


def test_a_population_known_worse_than_by_a_guess_is_not_determined():
    fit = fit_at_truth(H0, planned(only("magnetism")))
    slope = fit.objective.population_slopes(fit.theta, np.array([300.0]))[:, 2, 0]
    assert estimable(fit, slope).verdict == "determined"
    found = estimable(fit, slope, POPULATION_SIGMA)
    assert (found.verdict, found.sigma) == ("not determined", None)
    assert "mere guess" in found.reason


def test_what_no_residual_depends_on_is_not_determined_whatever_its_unit():
    fit = fit_at_truth(H0, planned(only("xanes")))
    slope = np.zeros(len(fit.names))
    slope[fit.names.index("TIP")] = 1e-12
    assert estimable(fit, slope).share_in_null == 1.0


def test_what_no_free_number_moves_is_told_so():
    fit = fit_at_truth(H0, planned())
    found = estimable(fit, np.zeros(len(fit.names)))
    assert (found.sigma, found.verdict) == (0.0, "determined")
    assert found.reason == "no free number moves it"


def test_what_rests_on_a_bound_is_not_determined():
    of = objective(state_model(H0, **{"rho.12": Parameter(0.0, 0.0, 0.5)}), planned())
    theta = start_of(of)
    # values of 0, which the data are planned with, moved to those of the model at the bound
    fit = fit_at(of.with_shifts(of.model_values(theta)), theta)
    assert fit.bounds_hit == ("rho.12",)
    slope = np.zeros(len(fit.names))
    slope[fit.names.index("rho.12")] = 1.0
    found = estimable(fit, slope)
    assert (found.sigma, found.verdict) == (None, "not determined")
    assert "rho.12" in found.reason


def test_information_of_fewer_rows_than_numbers_knows_what_it_does_not_see():
    rows = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]])
    found = information_of(rows)
    assert found.null.shape == (1, 3)
    assert np.allclose((rows * found.scale) @ found.null[0], 0.0)
    assert found.null_share(np.array([1.0, 2.0, 0.0])) < 1e-12
    assert found.sigma(np.array([1.0, 2.0, 0.0])) == pytest.approx(1.0)
    assert found.null_share(np.array([0.0, 0.0, 1.0])) > 0.1


def test_information_is_that_of_the_normal_equations():
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(40, 5)) * np.array([1.0, 1e4, 1e-3, 1.0, 10.0])
    held = np.array([False, False, True, False, False])
    found = information_of(rows, held)
    kept = rows[:, ~held]
    expected = np.zeros((5, 5))
    expected[np.ix_(~held, ~held)] = np.linalg.inv(kept.T @ kept)
    assert np.allclose(found.covariance, expected, rtol=1e-9, atol=0.0)


def test_weak_directions_are_told_in_words():
    fit = fit_at_truth(H0, planned(), interaction=True)
    found = weak_directions(fit)
    assert len(found) == 3
    assert found[0].share <= found[1].share <= found[2].share
    assert f"the share of {UPPER} over {STATES[1]}" in found[0].text
    assert "trade against each other" in found[0].text
    assert "H.23 up" in found[0].text or "S.23 up" in found[0].text
    assert all(one.story == "A" for one in found)


def test_a_weak_direction_raises_chi2_by_what_it_says():
    fit = fit_at_truth(H0, planned())
    text = weak_directions(fit, 1)[0].text
    moved = fit.theta.copy()
    named = []
    for part in text.partition(" for ")[2].removesuffix(", all other numbers refitted").split(", "):
        name, way, percent = part.removesuffix(" %").split(" ")
        named.append(fit.names.index(name))
        moved[named[-1]] *= 1.0 + (1 if way == "up" else -1) * float(percent) / 100.0
    raised = fit.jacobian @ (moved - fit.theta)
    others = np.delete(fit.jacobian, named, axis=1) * np.delete(fit.scale, named)
    rise = np.sum((raised - others @ np.linalg.lstsq(others, raised)[0]) ** 2)
    assert 0.3 < rise < 1.2  # the text is rounded to two digits


def test_numbers_that_the_data_do_not_see_are_the_weakest():
    fit = fit_at_truth(H0, planned(only("xanes")))
    found = weak_directions(fit, 2)
    assert [one.share for one in found] == [0.0, 0.0]
    assert "not seen by the data" in found[0].text


def test_the_shape_of_the_law_anchors_a_population_without_priors():
    fit = fit_at_truth(H0, planned())
    used, unused = anchors(fit, [UPPER], 300.0)
    assert "assumed shape in temperature: step 23" in used[0]
    assert used[0].endswith("without it not determined")
    assert any(text.startswith("G.23 held at 0 (assumed: ideal): without it") for text in used)
    assert unused[0].startswith("pyro.p.FeII_HS, if it were known")


def test_a_held_number_counts_by_what_a_fit_with_it_free_would_give():
    """Linear algebra at the minimum against the same model with the number free."""
    fit = fit_at_truth(H0, planned())
    text = next(text for text in anchors(fit, [UPPER], 300.0).used if text.startswith("G.23"))
    freed = told(without("nothing"), interaction=True).sigma
    assert f"without it ± {freed:.2g} instead of" in text


def test_a_prior_that_is_needed_is_an_anchor_with_its_value_and_source():
    priors = {"mossbauer.IS.FeII_HS": 0.06}
    fit = fit_at_truth(H0, planned(only("mossbauer")), priors=priors)
    used, _ = anchors(fit, [UPPER], 300.0)
    text = next(text for text in used if text.startswith("prior of mossbauer.IS.FeII_HS"))
    assert "1.28 ± 0.06 (prior of mossbauer.IS.FeII_HS)" in text
    worse = told(only("mossbauer")).sigma
    assert worse > 0.29
    assert "without it not determined" in text


def test_priors_of_which_each_alone_could_go_are_told_together():
    used, unused = anchors(fit_at_truth(H0, planned(), priors=PRIORS), [UPPER], 300.0)
    assert not any(text.startswith("prior of") for text in used)
    assert "all 8 priors together: without it ± 0.021 instead of ± 0.017" in used
    assert "given, and not needed for it: prior of mossbauer.IS.FeIII_HS" in unused[-1]


def test_a_tie_is_an_anchor_where_the_population_rests_on_it():
    name, other = "ir.1556.linked_area.FeIII_LS", "ir.1556.linked_area.FeIII_HS"
    used, _ = anchors(fit_at_truth(H0, planned(only("ir"))), [UPPER], 300.0)
    text = next(text for text in used if text.startswith(f"{name} equal to {other} (assumed)"))
    cut = {tied: to for tied, to in TIES.items() if tied != name}
    fit = fit_at_truth(H0, planned(only("ir")), ties=cut)
    slope = fit.objective.population_slopes(fit.theta, np.array([300.0]))[:, 2, 0]
    assert f"without it ± {estimable(fit, slope).sigma:.2g} instead of" in text


def test_a_claim_that_holds_a_population_is_an_anchor():
    claim = Requirement(UPPER, 300.0, at_least=0.5, sigma=0.01)
    fit = fit_at_truth(H0, planned(only("magnetism")), story=Story("F", require=(claim,)))
    used, _ = anchors(fit, [UPPER], 300.0)
    assert any(text.startswith(f"claim that {UPPER} is at least 0.5 at 300 K") for text in used)


def test_a_law_that_assumes_no_shape_is_no_anchor():
    fit = fit_at_truth(
        H0, planned(), story=Story("static", laws={"23": Law.CONSTANT}),
        **{"x.23": Parameter(0.2)},
    )  # fmt: skip
    used, _ = anchors(fit, [UPPER], 300.0)
    assert not any("step 23 follows" in text for text in used)


def test_one_study_tells_the_anchors_of_every_population():
    study = anchor_study(fit_at_truth(H0, planned(), priors=PRIORS))
    assert study.of([UPPER], 300.0) == anchors(study.fit, [UPPER], 300.0)
    assert study.of([STATES[0]], 90.0) != study.of([UPPER], 300.0)
    with pytest.raises(SettingsError, match="no state 'nowhere'"):
        study.of(["nowhere"], 300.0)
