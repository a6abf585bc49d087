"""Stories held against each other: bounds made wider, acceptance, tensions, dipoles, the verdict."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from two_state_case import (
    SIGMA,
    SPECS,
    TEMPERATURES,
    fit_of,
    two_state_data,
    two_state_model,
)

from spectrafit.errors import SettingsError
from spectrafit.observable import ObservableSpec
from spectrafit.rounding import value_text
from spectrafit.states.datum import Datum, JoinedData, Quantity
from spectrafit.states.dipoles import debye_per_molecule, dipole_changes
from spectrafit.states.model import Parameter, Requirement, State, StateModel, Step, Story
from spectrafit.states.objective import objective_of
from spectrafit.states.replicas import Replicas
from spectrafit.states.stories import StoryFit, judged, told_stories
from spectrafit.states.story_rows import aicc_of, best_story, story_rows
from spectrafit.states.study_verdict import study_verdict
from spectrafit.states.tensions import tensions_of
from spectrafit.states.widened import fit_widened

RIGHT = Story("right", "as the data were made")
LATE = Story("late", "the step lies at 112 K", {"T.up": Parameter(112.0, fixed=True)})
NO_SIGMA = "assumed: for a test"


def told(*stories, data=None, model=None, **options):
    model = model or two_state_model(*stories)
    data = data or two_state_data()
    return model, told_stories(model, data, starts=1, **{"replicas": 19, **options})


def with_p(fit, name, chi2, p):
    """Return a story of a made-up chi2 and p."""
    own = replace(fit, residuals=fit.residuals * math.sqrt(chi2 / fit.chi2))
    return StoryFit(Story(name), own, Replicas(chi2, (), p, ""))


# --- bounds ---


@pytest.mark.parametrize(("low", "high"), [(50.0, 90.0), (130.0, 200.0)])
def test_a_bound_that_keeps_a_step_from_its_minimum_is_moved_away(low, high):
    model = two_state_model(T__up=Parameter(0.5 * (low + high), low, high))
    found = fit_widened(objective_of(model, RIGHT, two_state_data()), starts=1)
    free = fit_of(two_state_model(), two_state_data())
    assert found.widened == ("T.up",)
    assert found.set_by_bound == ()
    assert found.fit.chi2 == pytest.approx(free.chi2, abs=1e-3)
    assert found.fit.values()["T.up"] == pytest.approx(free.values()["T.up"], abs=0.1)


def test_a_number_on_the_wider_bound_as_well_is_set_by_it():
    model = two_state_model(T__up=Parameter(60.0, 58.0, 62.0))
    (one,) = told(model=model, replicas=0)[1]
    assert one.widened == one.set_by_bound == ("T.up",)
    (row,) = story_rows((one,))
    assert row.bounds == ("T.up set by bound: 66, the bound already moved away once",)
    assert next(p for p in row.parameters if p.name == "T.up").status == "set by bound"


def test_bounds_with_a_meaning_stay():
    model = two_state_model(
        rho__up=Parameter(0.2, 0.15, 0.5), demo__length__high=Parameter(2.5, 2.0, 2.8)
    )
    (one,) = told(model=model, replicas=0)[1]
    assert one.widened == one.set_by_bound == ()
    (row,) = story_rows((one,))
    assert set(row.bounds) == {"rho.up at its bound 0.15", "demo.length.high at its bound 2.8"}
    status = {p.name: (p.status, p.sigma, p.reason) for p in row.parameters}
    assert status["rho.up"] == ("at bound", None, "at bound")


# --- acceptance ---


def test_the_true_story_is_accepted_and_a_false_one_is_not():
    _, (right, late) = told(RIGHT, LATE)
    assert right.verdict == "accepted"
    assert right.why == "it has the least chi2"
    assert late.verdict == "rejected"
    assert late.why.startswith("where it is true, so large a chi2 has a probability ")


def test_acceptance_needs_p_and_a_chi2_near_the_best():
    fit = fit_of(two_state_model(), two_state_data())
    rows = judged([
        with_p(fit, "unlikely", 5.0, 0.009), with_p(fit, "best", 20.0, 0.5),
        with_p(fit, "near", 28.9, 0.02), with_p(fit, "far", 29.1, 0.02),
        with_p(fit, "no p", 21.0, None), StoryFit(Story("none"), None, why="no start"),
    ])  # fmt: skip
    assert [one.verdict for one in rows] == [
        "rejected", "accepted", "accepted", "rejected", "accepted", "not fitted",
    ]  # fmt: skip
    assert rows[2].why == "its chi2 lies 8.9 above that of best"
    assert rows[3].why == "its chi2 lies 9.1 above that of best"
    assert rows[4].why.endswith("; by its chi2 alone, as there is no p")
    assert rows[5].why == "no start"


def test_a_story_that_cannot_be_fitted_says_why():
    broken = Story("broken", parameters={"demo.length.high": Parameter(equals="demo.length.hihg")})
    _, (right, other) = told(RIGHT, broken)
    assert right.verdict == "accepted"
    assert other.verdict == "not fitted"
    assert "demo.length.hihg" in other.why
    assert story_rows((other,))[0].chi2 is None


def test_the_processes_that_fit_them_do_not_matter():
    def apart(work, tasks):
        return [pickle.loads(pickle.dumps(work(pickle.loads(pickle.dumps(t))))) for t in tasks]

    _, here = told(RIGHT, LATE)
    _, there = told(RIGHT, LATE, map=apart)
    assert story_rows(here) == story_rows(there)
    assert [one.replicas for one in here] == [one.replicas for one in there]
    # what comes back is whole
    assert there[0].fit.objective.residuals(there[0].fit.theta) == pytest.approx(
        here[0].fit.residuals
    )


def test_the_criterion_counts_priors_as_data():
    fit = fit_of(two_state_model(), two_state_data())
    n, k = 2 * TEMPERATURES.size + 1, 5
    assert aicc_of(fit) == pytest.approx(fit.chi2 + 2 * k + 2 * k * (k + 1) / (n - k - 1))
    few = fit_of(two_state_model(), two_state_data(temperatures=[60.0, 150.0]))
    assert aicc_of(few) is None


def test_the_best_story_is_that_of_the_least_criterion():
    # a further number that the data do not need costs more than the chi2 it saves
    free = Story("free", parameters={"G.up": Parameter(0.0, -900.0, 900.0)})
    _, fits = told(free, RIGHT)
    assert [one.verdict for one in fits] == ["accepted", "accepted"]
    assert fits[0].fit.chi2 <= fits[1].fit.chi2
    assert best_story(fits).story.name == "right"
    assert best_story([replace(one, verdict="rejected") for one in fits]) is None


# --- tensions ---


def test_a_datum_far_off_is_told_in_its_unit():
    data = two_state_data(seed=None)
    moved = replace(data.data[-1], value=data.data[-1].value + 4.0 * SIGMA)
    fit = fit_of(two_state_model(), JoinedData((*data.data[:-1], moved), data.specs))
    (text,) = tensions_of(fit)
    assert text.startswith("demo.moment(200 K): ")
    assert f" against {value_text(moved.value, SIGMA)} cm³ K mol⁻¹, " in text
    off = (moved.value - fit.objective.model_values(fit.theta)[-1]) / SIGMA
    assert f", {off:.2g} sigma low" in text


def test_limits_and_claims_are_told():
    claimed = Story("claimed", require=(Requirement("high", 60.0, at_least=0.5, sigma=0.02),))
    data = two_state_data(seed=None)
    limits = (
        Datum("demo.length", 200.0, None, SIGMA, high=2.7, quantity=Quantity.HIGHEST, from_T=20.0),
        Datum("demo.length", 40.0, None, SIGMA, low=2.4, branch="cooling"),
    )
    texts = tensions_of(fit_of(two_state_model(claimed), JoinedData((*data.data, *limits), SPECS)))
    assert texts[0].startswith("claim of high at 60 K: 0.")
    assert " against at least 0.5, " in texts[0]
    whole = "\n".join(texts)
    assert "demo.length, highest from 20 to 200 K: " in whole
    assert " against at most 2.7 Å, " in whole
    assert "demo.length(40 K, cooling): " in whole


def test_a_prior_that_the_data_move_is_told():
    model = two_state_model(demo__moment__high=Parameter(3.5, sigma=0.05, source=NO_SIGMA))
    (text,) = (t for t in tensions_of(fit_of(model, two_state_data())) if "prior" in t)
    assert text.startswith("demo.moment.high: 3.")
    assert " against the prior 3.500(50), " in text
    assert text.endswith(" sigma low")


def test_a_shared_error_that_is_drawn_far_is_told():
    data = two_state_data(seed=None)
    half = [
        replace(one, value=one.value + 0.2, shared={"demo: scale": 0.05})
        if one.key == "demo.length" else one
        for one in data.data
    ]  # fmt: skip
    model = two_state_model(
        demo__length__low=Parameter(2.0, fixed=True), demo__length__high=Parameter(3.0, fixed=True)
    )
    texts = tensions_of(fit_of(model, JoinedData(tuple(half), data.specs)))
    assert any(text.startswith("demo: scale: 3.") and text.endswith(" high") for text in texts)


def test_many_data_far_off_are_counted():
    model = two_state_model(T__up=Parameter(130.0, fixed=True), S__up=Parameter(40.0, fixed=True))
    texts = tensions_of(fit_of(model, two_state_data()))
    assert len([text for text in texts if text.startswith(("demo.length(", "demo.moment("))]) == 8
    assert texts[-1].endswith(" data beyond 2 sigma, of which 1.7 lie there by chance alone")


def test_a_good_fit_has_no_tensions():
    assert tensions_of(fit_of(two_state_model(), two_state_data(seed=None))) == ()


# --- parameters ---


def test_every_number_has_its_unit_and_how_it_is_known():
    model = two_state_model(demo__moment__low=Parameter(equals="demo.length.low"))
    (row,) = story_rows(told(model=model)[1], {"demo.moment.low": "cm3 K mol-1"})
    known = {one.name: one for one in row.parameters}
    assert (known["S.up"].unit, known["S.up"].status) == ("J mol-1 K-1", "free")
    assert known["T.up"].sigma > 0
    assert (known["G.up"].status, known["G.up"].reason) == ("fixed", "fixed")
    assert known["demo.moment.low"].status == "tied"
    assert known["demo.moment.low"].sigma == known["demo.length.low"].sigma
    prior = known["demo.moment.high"]
    assert (prior.status, prior.prior, prior.prior_sigma) == ("prior", 3.0, 0.05)
    assert prior.source == NO_SIGMA
    assert known["demo.length.high"].unit == "A"


def test_a_number_that_the_data_do_not_see_has_no_uncertainty():
    model = two_state_model()
    (row,) = story_rows(told(data=two_state_data(temperatures=[60.0]), model=model, replicas=0)[1])
    known = {one.name: one for one in row.parameters}
    assert known["demo.length.high"].sigma is None
    assert "do not see" in known["demo.length.high"].reason


# --- dipoles ---


@pytest.mark.parametrize(("polarisation", "debye"), [(1.15, 4.65), (0.438, 1.77), (1.277, 5.17)])
def test_a_polarisation_is_a_dipole_for_each_molecule(polarisation, debye):
    assert debye_per_molecule(polarisation, 1350.0) == pytest.approx(debye, abs=0.006)


@pytest.mark.parametrize("volume", [0.0, -1.0, math.nan])
def test_a_volume_is_above_nothing(volume):
    with pytest.raises(SettingsError, match="V/Z"):
        debye_per_molecule(1.0, volume)


def slopes(T=range(20, 300, 4), **changed):
    """Return the fit of a derivative of three states, whose members are polarisations."""
    spec = ObservableSpec("demo.p", "nC cm-2 K-1", "a derivative", of_slopes=True)
    data = JoinedData(
        tuple(Datum("demo.p", float(t), 0.0, 1e-4, technique="demo") for t in T),
        {"demo.p": spec},
    )
    known = {
        "S.12": Parameter(60.0, fixed=True), "T.12": Parameter(90.0, fixed=True),
        "H.23": Parameter(4000.0, fixed=True), "S.23": Parameter(14.0, fixed=True),
        "demo.p.one": Parameter(0.0, fixed=True), "demo.p.two": Parameter(0.4),
        "demo.p.three": Parameter(2.0), **{k.replace("__", "."): v for k, v in changed.items()},
    }  # fmt: skip
    model = StateModel(
        tuple(State(name) for name in ("one", "two", "three")),
        (Step("23", "two", "three"), Step("12", "one", "23", by_T=True)), ("demo.p",), known,
    )  # fmt: skip
    objective = objective_of(model, model.stories[0], data)
    values = objective.model_values(np.array([0.4, 2.0][: len(objective.names)]))
    exact = JoinedData(
        tuple(replace(d, value=float(v)) for d, v in zip(data.data, values, strict=True)),
        data.specs,
    )
    return fit_of(model, exact)


def test_each_step_has_its_change_of_the_dipole():
    second, first = dipole_changes(slopes(), 1350.0)
    assert first.startswith("step 12 (one to two): 1.61")
    assert second.startswith("step 23 (two to three): 6.4")
    assert first.endswith(" D")


def test_a_dipole_of_fixed_numbers_has_no_uncertainty():
    fixed = slopes(demo__p__two=Parameter(0.4, fixed=True))
    assert dipole_changes(fixed, 1350.0)[1] == ("step 12 (one to two): 1.619 D, of fixed numbers")


def test_a_dipole_that_the_data_do_not_see_is_none():
    one_T = slopes(T=(20.0,))
    (second, _) = dipole_changes(one_T, 1350.0)
    assert second.startswith("step 23 (two to three): not determined: the data do not see ")


def test_without_a_key_of_slopes_there_is_no_dipole():
    assert dipole_changes(fit_of(two_state_model(), two_state_data()), 1350.0) == ()


# --- the verdict ---


def test_stories_that_agree_decide():
    same = Story("same", parameters={"S.up": Parameter(40.0, fixed=True)})
    model, fits = told(RIGHT, same)
    verdict, text = study_verdict(model, fits)
    assert verdict == "decided"
    assert text.startswith("2 stories are accepted, and their populations differ by less than")
    assert study_verdict(model, [fits[0], replace(fits[1], verdict="rejected")]) == (
        "decided", "One story is accepted: right.",
    )  # fmt: skip


def test_stories_that_differ_do_not_decide():
    # at two temperatures with free pure states anything goes
    data = two_state_data(temperatures=[90.0, 150.0])
    model = two_state_model(
        RIGHT, LATE, demo__moment__high=Parameter(3.0), demo__moment__low=Parameter(0.0)
    )
    _, fits = told(model=model, data=data, replicas=0)
    assert [one.verdict for one in fits] == ["accepted", "accepted"]
    verdict, text = study_verdict(model, fits, (60.0, 105.0, 150.0))
    assert verdict == "undecided"
    assert "at 105 K is 0." in text
    assert "late" in text
    assert "right" in text


def test_no_story_is_accepted():
    model, fits = told(LATE)
    verdict, text = study_verdict(model, fits)
    assert verdict == "no story accepted"
    assert "late: where it is true" in text


def test_data_below_the_change_do_not_address_what_lies_above():
    model = StateModel(
        tuple(State(name) for name in ("one", "two", "three")),
        (Step("23", "two", "three"), Step("12", "one", "23", by_T=True)), ("demo.length",),
        {
            "S.12": Parameter(60.0, fixed=True), "T.12": Parameter(120.0),
            "H.23": Parameter(4000.0, fixed=True), "S.23": Parameter(14.0, fixed=True),
            "demo.length.one": Parameter(2.0, fixed=True),
            "demo.length.two": Parameter(3.0, fixed=True),
            "demo.length.three": Parameter(3.2, fixed=True),
        },
        report_T=(60.0, 200.0),
    )  # fmt: skip
    spec = ObservableSpec("demo.length", "A", "a length")

    def fits_to(last):
        data = JoinedData(
            tuple(
                Datum("demo.length", float(T), 2.0, SIGMA, technique="demo")
                for T in range(20, last + 1, 5)
            ),
            {"demo.length": spec},
        )
        objective = objective_of(model, model.stories[0], data)
        exact = objective.model_values(np.array([120.0]))
        data = JoinedData(
            tuple(replace(d, value=float(v)) for d, v in zip(data.data, exact, strict=True)),
            data.specs,
        )
        return told_stories(model, data, starts=1, replicas=0)

    verdict, text = study_verdict(model, fits_to(90))
    assert verdict == "not addressed"
    assert "between two and three is not addressed: the data end at 90 K" in text
    assert study_verdict(model, fits_to(200))[0] == "decided"
