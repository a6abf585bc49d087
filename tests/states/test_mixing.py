"""Populations make a key by the rule that its technique declares."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SpectrafitError
from spectrafit.observable import ObservableSpec
from spectrafit.states.mixing import mixed_value

AREA = ObservableSpec("epr.area", "1", "area")


def moment(x, members, nuisances, temperature):
    """Return the effective moment: squares add, not moments."""
    return math.sqrt(sum(x[state] * members[state] ** 2 for state in x))


MOMENT = ObservableSpec("epr.moment", "1", "effective moment", mix=moment)


def test_the_default_rule_is_the_weighted_mean():
    assert mixed_value(AREA, {"A": 0.25, "B": 0.75}, {"A": 4.0, "B": 8.0}, {}, 100.0) == 7.0


def test_a_rule_of_its_own_is_used():
    value = mixed_value(MOMENT, {"A": 0.5, "B": 0.5}, {"A": 1.7, "B": 4.9}, {}, 100.0)
    assert value == pytest.approx(math.sqrt(0.5 * 1.7**2 + 0.5 * 4.9**2))
    assert value > 3.3


def test_a_rule_is_given_nuisances_and_temperature():
    def curie(x, members, nuisances, temperature):
        return nuisances["C"] / temperature * sum(x[s] * members[s] for s in x)

    spec = ObservableSpec("epr.chi", "1", "susceptibility", mix=curie)
    assert mixed_value(spec, {"A": 1.0}, {"A": 2.0}, {"C": 3.0}, 10.0) == pytest.approx(0.6)


@given(st.floats(0, 1), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_a_weighted_mean_lies_between_the_pure_states(share, low, high):
    value = mixed_value(AREA, {"A": share, "B": 1 - share}, {"A": low, "B": high}, {}, 8.0)
    slack = 1e-9 * max(abs(low), abs(high))
    assert min(low, high) - slack <= value <= max(low, high) + slack


@given(st.floats(1e-3, 1e3))
def test_a_single_state_shows_itself(value):
    assert mixed_value(MOMENT, {"A": 1.0}, {"A": value}, {}, 8.0) == pytest.approx(value)


@pytest.mark.parametrize(
    ("populations", "words"),
    [
        ({"A": 0.5, "B": 0.4}, "sum to 0.9"),
        ({"A": 1.2, "B": -0.2}, "population of B is negative"),
        ({"A": math.nan, "B": 1.0}, "sum to nan"),
        ({}, "sum to 0.0"),
    ],
)
def test_shares_that_are_none_are_refused(populations, words):
    with pytest.raises(SpectrafitError, match=words):
        mixed_value(AREA, populations, {"A": 1.0, "B": 2.0}, {}, 8.0)


def test_printed_shares_need_not_sum_to_one_exactly():
    assert mixed_value(AREA, {"A": 0.3333, "B": 0.6666}, {"A": 3.0, "B": 3.0}, {}, 8.0) > 2.99


def test_what_does_not_add_is_refused():
    spec = ObservableSpec("epr.position", "mT", "centre", additive=False)
    with pytest.raises(SpectrafitError, match="does not add over states"):
        mixed_value(spec, {"A": 1.0}, {"A": 330.0}, {}, 8.0)


def test_a_populated_state_without_a_value_is_named():
    with pytest.raises(SpectrafitError, match="no pure-state value for B"):
        mixed_value(AREA, {"A": 0.5, "B": 0.5}, {"A": 1.0}, {}, 8.0)


def test_an_empty_state_needs_no_value():
    assert mixed_value(AREA, {"A": 1.0, "B": 0.0}, {"A": 1.0}, {}, 8.0) == 1.0


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (lambda x, m, n, T: n["theta"], "KeyError: 'theta'"),
        (lambda x, m, n, T: 1 / 0, "ZeroDivisionError"),
        (lambda x, m, n, T: "many", "ValueError"),
        (lambda x, m, n, T: math.inf, "no finite number"),
        (lambda x, m, n, T: math.nan, "no finite number"),
    ],
)
def test_a_rule_that_fails_is_told_with_its_key(rule, words):
    spec = ObservableSpec("epr.odd", "1", "odd", mix=rule)
    with pytest.raises(SpectrafitError, match=words) as caught:
        mixed_value(spec, {"A": 1.0}, {"A": 1.0}, {}, 8.0)
    assert caught.value.where == "epr.odd"


def test_a_key_of_slopes_is_made_of_the_derivatives_of_populations() -> None:
    spec = ObservableSpec("t.p", "nC cm-2 K-1", "derivative", of_slopes=True)
    assert mixed_value(spec, {"A": -0.01, "B": 0.01}, {"A": 1.0, "B": 4.0}, {}, 90.0) == (
        pytest.approx(0.03)
    )
    for slopes in ({"A": 0.4, "B": 0.6}, {"A": 0.01, "B": 0.0}, {"A": math.nan, "B": 0.0}):
        with pytest.raises(SpectrafitError, match="slopes of the populations sum to"):
            mixed_value(spec, slopes, {"A": 1.0, "B": 4.0}, {}, 90.0)
