"""Calculated spectra: sticks, scale factor, similarity, its chance level, states compared."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit_ir.calculated.assignment import assignment, assignment_rows
from spectrafit_ir.calculated.candidates import candidates
from spectrafit_ir.calculated.chance import chance_scores, shifted
from spectrafit_ir.calculated.compared import compared, score_difference
from spectrafit_ir.calculated.match import match, similarity
from spectrafit_ir.calculated.scaling import fitted_factor
from spectrafit_ir.calculated.score import score_of
from spectrafit_ir.calculated.score_table import score_table
from spectrafit_ir.calculated.state_difference import difference_match
from spectrafit_ir.calculated.stick_groups import Sticks
from spectrafit_ir.calculated.sticks import KM_PER_MOL, Vibrations, broadened
from spectrafit_ir.charts.calculated_chart import calculated_chart

X = np.arange(1200.0, 1601.0)
NOISE = 5e-4
PATH = 1e-4  # absorbance for 1 L mol-1 cm-1
LAMBDA = 0.97


def modes(rng, k=16, low=1120.0, high=1700.0):
    """Return places (measured, cm-1) and intensities of random modes."""
    return np.sort(rng.uniform(low, high, k)), rng.exponential(100.0, k)


def measured(rng, places, intensities, rows=1):
    """Return simulated spectra of modes."""
    clean = PATH * broadened(Vibrations("truth", places, intensities), X)
    return clean + rng.normal(0.0, NOISE, (rows, X.size))


def calculated(rng, name, places, intensities, scatter=5.0):
    """Return what a calculation with scattered positions gives, without its scale factor."""
    return Vibrations(name, (places + rng.normal(0.0, scatter, places.size)) / LAMBDA, intensities)


def test_one_km_per_mol_is_43_43_decadic_units_of_area():
    assert pytest.approx(43.4294, abs=1e-4) == KM_PER_MOL
    x = np.arange(0.0, 40_000.0, 0.5)
    y = broadened(Vibrations("one", np.array([20_000.0]), np.array([1.0])), x, fwhm=12.0)
    tails = 12.0 / (math.pi * 20_000.0)
    assert np.trapezoid(y, x) == pytest.approx(KM_PER_MOL * (1.0 - tails), rel=1e-6)
    assert y.max() / 2 == pytest.approx(y[np.searchsorted(x, 20_006.0)], rel=1e-9)


@pytest.mark.parametrize(
    ("places", "intensities"), [([-5.0], [1.0]), ([5.0], [-1.0]), ([5.0], [math.nan]), ([], [])]
)
def test_vibrations_that_cannot_be_are_refused(places, intensities):
    with pytest.raises(SettingsError):
        Vibrations("bad", np.array(places), np.array(intensities))


def test_fitted_factor_is_that_of_least_squares():
    rng = np.random.default_rng(5)
    c = rng.uniform(1000.0, 1700.0, 12)
    pulls = []
    for _ in range(300):
        found = fitted_factor(c, 0.965 * c + rng.normal(0.0, 6.0, c.size))
        pulls.append((found.value - 0.965) / found.sigma)
    assert abs(np.mean(pulls)) < 0.2
    # Student's t with 11 degrees of freedom
    assert np.std(pulls) == pytest.approx(math.sqrt(11 / 9), rel=0.15)
    alone = fitted_factor([1500.0], [1450.0])
    assert alone.value == pytest.approx(1450 / 1500)
    assert alone.sigma is None
    assert alone.sigma_reason


@settings(max_examples=25, deadline=None)
@given(st.floats(-5.0, 5.0), st.floats(-5.0, 5.0), st.floats(0.1, 10.0))
def test_similarity_is_blind_to_height_and_a_straight_line(offset, slope, height):
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=60), rng.normal(size=60)
    line = offset + slope * np.linspace(0.0, 1.0, 60)
    assert similarity(height * a + line, b) == pytest.approx(similarity(a, b), abs=1e-9)
    assert similarity(a, a) == pytest.approx(1.0)
    assert similarity(line, b) == pytest.approx(0.0, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(0, 10_000))
def test_shifted_modes_keep_density_and_heights_and_leave_their_places(k, seed):
    rng = np.random.default_rng(seed)
    places, heights = modes(rng, k)
    sticks = Sticks(places, heights, np.arange(k))
    moved = shifted(sticks, rng)
    assert np.array_equal(moved.heights, heights)
    far = np.abs(moved.wavenumbers - places)
    assert (far >= 30.0 - 1e-9).all()
    whole = max(np.ptp(places) * k / max(k - 1, 1), 180.0)
    assert np.ptp(moved.wavenumbers) <= whole + 1e-9
    assert abs(moved.wavenumbers.mean() - places.mean()) < whole


def test_modes_of_a_group_are_shifted_together():
    sticks = Sticks(
        np.array([1300.0, 1310.0, 1500.0]), np.array([1.0, -1.0, 1.0]), np.array([0, 0, 1])
    )
    moved = shifted(sticks, np.random.default_rng(0)).wavenumbers
    assert moved[1] - moved[0] == pytest.approx(10.0)


def test_the_table_of_scores_gives_those_of_the_curves():
    rng = np.random.default_rng(2)
    places, heights = modes(rng)
    score = score_of(X, measured(rng, places, heights)[0], fwhm=12.0)
    factors = np.linspace(0.93, 1.03, 61)
    for signs in (np.ones(heights.size), rng.choice([-1.0, 1.0], heights.size)):
        sticks = Sticks(places / LAMBDA, signs * heights, np.arange(heights.size))
        table = score_table(score, sticks, factors)
        assert np.allclose(table.at(sticks, factors), score.at(sticks, factors), atol=0.02)


def test_a_scattered_calculation_matches_and_random_sticks_do_not():
    matching = chance = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        places, heights = modes(rng)
        y = measured(rng, places, heights)[0]
        near = match(X, y, calculated(rng, "near", places, heights), draws=100, seed=seed)
        matching += near.verdict == "matches"
        other = modes(rng)
        far = match(X, y, calculated(rng, "other", *other), draws=100, seed=seed)
        chance += far.verdict == "matches"
        assert near.share >= 1 / 101
    assert matching >= 18
    assert chance <= 4


def test_a_match_recovers_factor_and_height():
    rng = np.random.default_rng(4)
    places, heights = modes(rng)
    y = measured(rng, places, heights)[0] + 0.02 + 1e-5 * X
    found = match(X, y, Vibrations("exact", places / LAMBDA, heights), draws=40)
    assert found.factor == pytest.approx(LAMBDA, abs=0.001)
    assert found.height == pytest.approx(PATH, rel=0.1)
    assert found.score > 0.97
    assert not found.at_bound
    assert np.sqrt(np.mean((found.curve - y) ** 2)) < 0.1 * np.ptp(y)


def test_masked_points_do_not_count():
    rng = np.random.default_rng(6)
    places, heights = modes(rng)
    y = measured(rng, places, heights)[0]
    spoilt = y.copy()
    spoilt[100:120] = np.nan
    whole = match(X, y, Vibrations("a", places, heights), factors=(1.0, 1.0), draws=20)
    found = match(X, spoilt, Vibrations("a", places, heights), factors=(1.0, 1.0), draws=20)
    assert found.score == pytest.approx(whole.score, abs=0.02)
    assert np.isfinite(found.curve).all()
    with pytest.raises(SettingsError, match="measured points"):
        match(X, np.full(X.size, np.nan), Vibrations("a", places, heights))


def test_what_cannot_be_compared_is_refused():
    y = np.ones(X.size)
    with pytest.raises(SettingsError, match="no calculated mode"):
        match(X, y, Vibrations("far", np.array([3000.0]), np.array([1.0])))
    with pytest.raises(SettingsError, match="scale factors"):
        match(X, y, Vibrations("a", np.array([1300.0]), np.array([1.0])), factors=(1.1, 0.9))
    with pytest.raises(SettingsError, match="ascend"):
        match(X[::-1], y, Vibrations("a", np.array([1300.0]), np.array([1.0])))


def test_a_right_state_leads_a_random_one_and_equal_states_do_not_part():
    right = wrong = equal = 0
    for seed in range(20):
        rng = np.random.default_rng(100 + seed)
        places, heights = modes(rng)
        rows = measured(rng, places, heights, rows=5)
        a, b = (calculated(rng, name, places, heights) for name in "ab")
        other = calculated(rng, "other", *modes(rng))
        equal += score_difference(X, rows, a, b, draws=200).decided
        found = score_difference(X, rows, other, a, draws=200)
        right += found.decided and found.better == "a"
        wrong += found.decided and found.better == "other"
    assert equal <= 3
    assert right >= 12
    assert wrong == 0


def test_states_are_compared_at_one_factor():
    rng = np.random.default_rng(7)
    places, heights = modes(rng)
    rows = measured(rng, places, heights, rows=4)
    right = Vibrations("right", places / 0.95, heights)
    scaled = Vibrations("scaled", places / 1.01, heights)
    found = compared(X, rows, (right, scaled), draws=100)
    assert min(abs(found.factor.value - 0.95), abs(found.factor.value - 1.01)) < 0.002
    assert min(found.scores) < 0.7
    # each would set its own factor, so that none leads
    assert not found.differences[0].decided
    with pytest.raises(SettingsError, match="same name"):
        compared(X, rows, (right, right))


def test_a_difference_of_states_is_found_with_its_direction():
    rng = np.random.default_rng(8)
    places, heights = modes(rng, 18)
    changed = places.copy()
    changed[::3] += 35.0
    change = measured(rng, changed, heights)[0] - measured(rng, places, heights)[0]
    cold = Vibrations("cold", places / LAMBDA, heights)
    warm = Vibrations("warm", changed / LAMBDA, heights)
    for pair in ((cold, warm), (warm, cold)):
        found = difference_match(X, change, *pair, draws=100)
        assert (found.lower, found.upper) == ("cold", "warm")
        assert found.score > 0.9
        assert found.verdict == "matches"
        assert found.factor == pytest.approx(LAMBDA, abs=0.002)
        assert found.height == pytest.approx(PATH, rel=0.15)


def test_draws_of_a_difference_may_have_either_sign():
    rng = np.random.default_rng(9)
    places, heights = modes(rng)
    score = score_of(X, measured(rng, places, heights)[0], fwhm=12.0)
    sticks = Sticks(places, rng.choice([-1.0, 1.0], heights.size) * heights, np.arange(16))
    factors = np.linspace(0.95, 1.0, 11)
    one = chance_scores(score, sticks, factors, draws=40, seed=1)
    both = chance_scores(score, sticks, factors, draws=40, seed=1, either_sign=True)
    assert (both >= one).all()
    assert (both > one).any()


def test_assignment_is_one_to_one_and_takes_labels_from_the_input():
    states = Vibrations(
        "s", np.array([1300.0, 1310.0, 1500.0]) / LAMBDA, np.array([5.0, 5.0, 9.0]), ("a", "b", "c")
    )
    found = assignment(
        ("p", "q", "r", "t"), (1302.0, 1305.0, 1400.0, 1503.0), states, factor=LAMBDA
    )
    assert [(pair.band, pair.label) for pair in found.pairs] == [("p", "a"), ("q", "b"), ("t", "c")]
    assert found.unmatched == ("r",)
    assert found.rms == pytest.approx(math.sqrt((4 + 25 + 9) / 3))
    rows = assignment_rows(found)
    assert rows[-1][:3] == ("r", "", "no mode within the tolerance")
    none = assignment(("p",), (2200.0,), states, factor=LAMBDA)
    assert none.unmatched == ("p",)
    assert none.rms is None


@pytest.fixture(scope="module")
def three_states():
    rng = np.random.default_rng(3)
    places, heights = modes(rng)
    warm = places + np.where(np.arange(places.size) % 3 == 0, 30.0, 0.0)
    rows = measured(rng, places, heights, rows=6)
    change = measured(rng, warm, heights, rows=3) - rows.mean(axis=0)
    states = (
        calculated(rng, "LS", places, heights, 3.0),
        calculated(rng, "HS", warm, heights, 3.0),
        calculated(rng, "other", *modes(rng)),
    )
    bands = {f"{one:.0f}": float(one) for one in places if 1210 < one < 1590}
    return rows, change, states, bands


def test_candidates_share_one_factor(three_states):
    rows, change, states, bands = three_states
    found = candidates(X, rows, states, measured_differences=change, bands=bands, draws=60)
    assert found.origin == "best match"
    assert found.factor.value == pytest.approx(LAMBDA, abs=0.004)
    assert found.factor.sigma is None
    assert "assigned bands" in found.factor.sigma_reason
    assert {one.factor for one in found.matches} == {found.factor.value}
    assert found.best.state == "LS"
    assert found.best.verdict == "matches"
    assert found.matches[2].verdict == "not_distinguishable"
    assert (found.measured_differences[0].lower, found.measured_differences[0].upper) == (
        "LS",
        "HS",
    )
    assert len(found.differences) == 3
    assert len(found.assignments) == 3
    assert found.assignments[0].rms < 6.0
    assert any("favours" in note for note in found.notes)


def test_a_given_or_fitted_factor_holds_for_all_states(three_states):
    rows, _, states, bands = three_states
    given_one = candidates(X, rows, states, factor=(0.97, 0.002), draws=20)
    assert given_one.origin == "given"
    assert given_one.factor.value == 0.97
    assert {one.factor for one in given_one.matches} == {0.97}
    assert not given_one.assignments
    names = list(bands)[:4]
    pairs = assignment(names, [bands[name] for name in names], states[0], factor=LAMBDA).pairs
    by_band = {pair.band: pair.calculated for pair in pairs}
    fitted = candidates(X, rows, states[:1], bands=bands, assigned=by_band, draws=20)
    expected = fitted_factor(list(by_band.values()), [bands[name] for name in by_band])
    assert fitted.origin == "assigned bands"
    assert fitted.factor == expected
    assert fitted.matches[0].factor == expected.value


def test_wrong_assignments_are_refused(three_states):
    rows, _, states, bands = three_states
    with pytest.raises(SettingsError, match="was not measured"):
        candidates(X, rows, states, bands=bands, assigned={"none": 1500.0})
    with pytest.raises(SettingsError, match="no state has a calculated mode"):
        candidates(X, rows, states[:1], bands=bands, assigned={next(iter(bands)): 4321.0})
    with pytest.raises(SettingsError, match="no state"):
        candidates(X, rows, ())


def test_the_chart_states_the_factor_and_shows_every_state(three_states):
    rows, _, states, _ = three_states
    found = candidates(X, rows, states, factor=(0.97, 0.002), draws=20)
    chart = calculated_chart(X, rows.mean(axis=0), found, states, simulated=True)
    assert chart.simulated
    assert chart.reverse_x
    assert "0.9700" in chart.title
    assert "0.9700 ± 0.0020 (given)" in chart.caption
    assert [panel.y_label.split(":")[0] for panel in chart.panels] == ["LS", "HS", "other"]
    sticks = chart.panels[0].traces[2]
    seen = np.unique(sticks.x[np.isfinite(sticks.y)])
    inside = 0.97 * states[0].wavenumbers
    assert np.allclose(seen, np.sort(inside[(inside >= X[0]) & (inside <= X[-1])]))
    with pytest.raises(SettingsError, match="not those that were compared"):
        calculated_chart(X, rows[0], found, states[::-1], simulated=True)
