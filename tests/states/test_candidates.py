"""Which measurement would decide between stories, and which would sharpen one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from spectrafit.errors import SpectrafitError
from spectrafit.states.candidates import Candidate, gain, ranked, separation
from spectrafit.states.datum import Quantity

# What stories A, F and G predict with fixed end members, the planned sigma, and the least
# separation as tabulated by an independent prototype; its numbers are rounded, so the separation of
# two numbers printed to their last digit is known to a digit of sigma.
TABLE = [
    ("high-velocity line at 300 K", (1.670, 1.831, 1.958), 0.02, 6.4),
    ("QS at 300 K", (1.98, 2.13, 2.39), 0.03, 5.1),
    ("anchored x3 at 300 K", (0.24, 0.48, 0.71), 0.05, 4.6),
    ("QS at 200 K", (1.90, 1.97, 2.07), 0.03, 2.3),
    ("p(120)/p(200)", (0.905, 0.964, 1.178), 0.04, 1.5),
    ("IS(300) - IS(125)", (-0.001, 0.074, 0.055), 0.02, 0.9),
    ("A1556(120)/A1556(300)", (0.107, 0.092, 0.559), 0.05, 0.3),
]
CANDIDATES = [Candidate(name, "a.key", 300.0, sigma) for name, _, sigma, _ in TABLE]
PREDICTED = {
    story: {name: (values[i], 0.0) for name, values, _, _ in TABLE} for i, story in enumerate("AFG")
}
EQUAL = {"A": 1.0, "F": 1.0, "G": 1.0}


def test_separations_are_those_of_the_prototype_and_rank_the_measurements():
    rows = ranked(CANDIDATES[::-1], PREDICTED, EQUAL)
    assert [row.name for row in rows] == [name for name, *_ in TABLE]
    for row, (_, values, sigma, expected) in zip(rows, TABLE, strict=True):
        last_digit = 0.001 if sigma == 0.02 or values[0] in (0.905, 0.107) else 0.01
        assert row.separation == pytest.approx(expected, abs=0.05 + last_digit / sigma)
        assert row.predicted == tuple((s, v, 0.0) for s, v in zip("AFG", values, strict=True))


def test_one_pair_can_be_far_apart_while_the_least_separation_is_small():
    rows = {row.name: row for row in ranked(CANDIDATES, PREDICTED, EQUAL)}
    area = rows["A1556(120)/A1556(300)"]
    assert area.separation == pytest.approx(0.3)
    assert area.total == pytest.approx(0.3**2 + 9.04**2 + 9.34**2)
    assert separation((0.107, 0.0), (0.559, 0.0), 0.05) == pytest.approx(9.04)


def test_what_a_story_does_not_know_counts_too():
    assert separation((1.0, 0.3), (2.0, 0.4), 1.2) == pytest.approx(1.0 / 1.3)


def test_equal_least_separations_are_ranked_by_the_weighted_sum():
    pair = [Candidate("near", "a.b", 300.0, 1.0), Candidate("far", "a.b", 200.0, 1.0)]
    told = {
        "A": {"near": (0.0, 0.0), "far": (0.0, 0.0)},
        "B": {"near": (1.0, 0.0), "far": (1.0, 0.0)},
        "C": {"near": (2.0, 0.0), "far": (7.0, 0.0)},
    }
    rows = ranked(pair, told, {"A": 0.5, "B": 0.3, "C": 0.2})
    assert [row.name for row in rows] == ["far", "near"]
    assert rows[0].total == pytest.approx(0.15 * 1 + 0.1 * 49 + 0.06 * 36)


def test_one_accepted_story_is_sharpened_by_the_largest_gain():
    gains = {"QS at 300 K": 0.4, "QS at 200 K": 0.6}
    rows = ranked(CANDIDATES, PREDICTED, {"F": 1.0}, gains)
    assert [row.name for row in rows[:2]] == ["QS at 200 K", "QS at 300 K"]
    assert {row.separation for row in rows} == {None}
    assert rows[0].gain == 0.6
    assert rows[-1].gain is None


def test_a_rejected_story_has_no_part():
    (row,) = ranked(CANDIDATES[:1], PREDICTED, {"A": 1.0, "G": 1.0})
    assert row.separation == pytest.approx(14.4)


def test_what_a_story_does_not_predict_comes_last():
    told = {**PREDICTED, "F": {k: v for k, v in PREDICTED["F"].items() if k != TABLE[0][0]}}
    rows = ranked(CANDIDATES, told, EQUAL)
    assert rows[-1].name == TABLE[0][0]
    assert rows[-1].separation is None


@given(st.integers(0, 10_000), st.floats(0.05, 5.0))
def test_the_gain_is_that_of_the_fit_with_the_datum(seed, sigma):
    rng = np.random.default_rng(seed)
    jacobian = rng.normal(size=(12, 4))
    g, h = rng.normal(size=4), rng.normal(size=4)
    fit = jacobian.T @ jacobian
    before = h @ np.linalg.inv(fit) @ h
    after = h @ np.linalg.inv(fit + np.outer(g, g) / sigma**2) @ h
    share = gain(np.linalg.inv(fit), g, h, sigma)
    assert_allclose(share, 1.0 - np.sqrt(after / before), atol=1e-8)
    assert 0.0 <= share <= 1.0


def test_a_datum_of_other_parameters_gains_nothing():
    assert gain(np.eye(2), np.array([0.0, 3.0]), np.array([1.0, 0.0]), 0.1) == 0.0
    # a copy of the one datum there is halves the variance
    copy = gain(np.eye(1), np.array([1.0]), np.array([2.0]), 1.0)
    assert copy == pytest.approx(1.0 - np.sqrt(0.5))


@pytest.mark.parametrize(
    "arguments",
    [
        (np.eye(2), np.ones(3), np.ones(3), 1.0),
        (np.eye(2), np.ones(2), np.ones(3), 1.0),
        (np.eye(2), np.ones(2), np.ones(2), 0.0),
        (np.diag([1.0, np.nan]), np.ones(2), np.ones(2), 1.0),
    ],
)
def test_a_gain_needs_numbers_that_fit(arguments):
    with pytest.raises(SpectrafitError):
        gain(*arguments)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sigma": 0.0},
        {"quantity": Quantity.CHANGE},
        {"from_T": 120.0},
        {"quantity": Quantity.CHANGE, "from_T": 300.0},
    ],
)
def test_a_candidate_says_what_it_measures(wrong):
    with pytest.raises(SpectrafitError):
        Candidate(**{"name": "x", "key": "a.b", "T": 300.0, "sigma": 1.0, **wrong})


def test_names_are_unique_and_weights_not_negative():
    with pytest.raises(SpectrafitError):
        ranked([CANDIDATES[0]] * 2, PREDICTED, EQUAL)
    with pytest.raises(SpectrafitError):
        ranked(CANDIDATES, PREDICTED, {"A": -1.0})
