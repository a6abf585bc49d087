"""Each key gives a population of its own; those that disagree stand side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit.laws import second_order_doppler
from spectrafit.observable import Observable, ObservableSpec, linear_mix
from spectrafit.states.assignment import KeyPopulation
from spectrafit.states.carry import carrier
from spectrafit.states.expectation import Expectation
from spectrafit.states.key_population import key_populations
from spectrafit.states.population_agreement import consistent


def shifted(x, members, nuisances, temperature):
    own = linear_mix(x, members, nuisances, temperature)
    return own + float(second_order_doppler(temperature, nuisances["theta"]).value)


THETA = {"theta": 180.0}
SPECS = (
    ObservableSpec("moss.IS", "mm/s", "isomer shift", mix=shifted),
    ObservableSpec("moss.QS", "mm/s", "splitting"),
)
CARRY = carrier(SPECS, THETA)
PAIR = (("Fe3HS", "Fe2HS"),)
SHARP = 1e-6  # the printed intervals are those of the ranges alone
QS = (
    Expectation("Fe3HS", "moss.QS", "mm/s", "assumed: toy", value=1.0),
    Expectation("Fe2HS", "moss.QS", "mm/s", "assumed: toy", low=2.1, high=2.9),
)


def shifts(T):
    return (
        Expectation("Fe3HS", "moss.IS", "mm/s", "assumed: toy", low=0.45, high=0.55, T=T),
        Expectation("Fe2HS", "moss.IS", "mm/s", "assumed: toy", low=1.05, high=1.20, T=T),
    )


def measured(key, value, sigma=SHARP, T=125.0, unit="mm/s"):
    return Observable(key, unit, value=value, sigma=sigma, conditions={"T": T})


def shares(value, expectations, sigma=SHARP, key="moss.QS", **more):
    more = {"carry": CARRY, "specs": SPECS, "nuisances": THETA} | more
    return key_populations((measured(key, value, sigma),), expectations, PAIR, **more)


def test_the_population_by_the_splitting():
    (row,) = shares(1.83, QS)
    assert (row.low, row.high) == pytest.approx((0.44, 0.75), abs=0.005)
    assert (row.key, row.T, row.lower, row.upper) == ("moss.QS", 125.0, "Fe3HS", "Fe2HS")
    assert "share of Fe2HS 0.44 to 0.75 with Fe3HS 1 and Fe2HS 2.1 to 2.9" in row.text


@pytest.mark.parametrize(
    ("T", "interval"), [(125.0, (0.22, 0.40)), (298.15, (0.03, 0.20)), (80.0, (0.26, 0.45))]
)
def test_the_population_by_the_shift_goes_with_the_temperature_of_the_references(T, interval):
    (row,) = shares(0.69, shifts(T), key="moss.IS")
    assert (row.low, row.high) == pytest.approx(interval, abs=0.006)
    assert f"(at {T:.4g} K)" in row.text


def test_without_a_temperature_every_reading_is_given():
    rows = shares(0.69, shifts(None), key="moss.IS")
    found = [(row.low, row.high) for row in rows]
    for interval, expected in zip(found, [(0.22, 0.40), (0.26, 0.45), (0.03, 0.20)], strict=True):
        assert interval == pytest.approx(expected, abs=0.006)
    for row, T in zip(rows, ("125", "80", "298.1"), strict=True):
        assert row.text.endswith(f"where no temperature is told taken at {T} K")


def test_readings_that_change_nothing_are_not_repeated():
    assert len(shares(1.83, QS)) == 1
    assert len(shares(0.69, shifts(None), key="moss.IS", readings=())) == 1


@pytest.mark.parametrize(
    ("T", "verdict"), [(125.0, "tension"), (298.15, "tension"), (80.0, "consistent")]
)
def test_splitting_and_shift_are_held_against_each_other(T, verdict):
    found = consistent((*shares(1.83, QS), *shares(0.69, shifts(T), key="moss.IS")))
    assert found.verdict == verdict
    if verdict == "tension":
        assert "0.44 to 0.75 of Fe2HS by moss.QS at 125 K" in found.text
        assert "of Fe2HS by moss.IS at 125 K" in found.text


def test_readings_that_differ_in_their_verdict_cannot_tell():
    found = consistent((*shares(1.83, QS), *shares(0.69, shifts(None), key="moss.IS")))
    assert found.verdict == "cannot tell"
    assert "depends on the temperature at which the expectations hold" in found.text
    two = consistent(
        (*shares(1.83, QS), *shares(0.69, shifts(None), key="moss.IS", readings=(298.15,)))
    )
    assert two.verdict == "tension"


def test_measured_errors_widen_the_interval():
    (row,) = shares(1.83, QS, sigma=0.05)
    reach = 1.959964 * 0.05
    assert row.low == pytest.approx((0.83 - reach) / 1.9, abs=1e-6)
    assert row.high == pytest.approx((0.83 + reach) / 1.1, abs=1e-6)


def test_an_expected_value_counts_with_its_95_percent():
    known = (
        QS[0],
        Expectation("Fe2HS", "moss.QS", "mm/s", "test", value=2.5, sigma=0.03, width=0.04),
    )
    (row,) = shares(1.75, known)
    assert row.low == pytest.approx(0.75 / (1.5 + 1.959964 * 0.05), abs=1e-5)
    assert row.high == pytest.approx(0.75 / (1.5 - 1.959964 * 0.05), abs=1e-5)


def test_several_expectations_of_a_state_are_taken_together():
    more = Expectation("Fe2HS", "moss.QS", "mm/s", "test", low=3.0, high=3.24)
    (row,) = shares(1.83, (*QS, more))
    assert row.low == pytest.approx(0.83 / 2.24, abs=1e-5)
    assert row.high == pytest.approx(0.83 / 1.1, abs=1e-5)


def test_overlapping_expectations_cannot_tell():
    wide = Expectation("Fe3HS", "moss.QS", "mm/s", "test", low=1.0, high=2.1)
    (row,) = shares(1.83, (wide, QS[1]))
    assert (row.low, row.high) == (None, None)
    assert "cannot tell, Fe3HS 1.0 to 2.1 and Fe2HS 2.1 to 2.9 overlap" in row.text


@pytest.mark.parametrize("value", [0.5, 3.5])
def test_a_value_beyond_both_states_has_no_share(value):
    (row,) = shares(value, QS)
    assert row.low is None
    assert "no share of Fe2HS gives it" in row.text


def test_an_interval_is_cut_to_shares():
    (row,) = shares(2.5, QS)
    assert row.low == pytest.approx(1.5 / 1.9, abs=1e-5)
    assert row.high == 1.0


def test_a_share_is_given_where_the_upper_state_shows_less():
    reverse = key_populations(
        (measured("moss.QS", 1.83),), QS, (("Fe2HS", "Fe3HS"),), carry=CARRY, specs=SPECS
    )
    assert (reverse[0].low, reverse[0].high) == pytest.approx((0.2455, 0.5632), abs=1e-4)


@given(
    st.floats(0, 1), st.floats(-2, 1), st.floats(0, 0.5), st.floats(1.6, 4), st.floats(0, 0.5),
    st.floats(0, 1), st.floats(0, 1), st.floats(0.001, 0.1),
)  # fmt: skip
def test_the_true_share_lies_inside(x, low, wide, high, broad, at, on, sigma):
    known = (
        Expectation("Fe3HS", "moss.QS", "mm/s", "t", low=low, high=low + wide + 1e-6),
        Expectation("Fe2HS", "moss.QS", "mm/s", "t", low=high, high=high + broad + 1e-6),
    )
    value = (1 - x) * (low + at * wide) + x * (high + on * broad)
    (row,) = shares(value, known, sigma=sigma)
    assert row.low - 1e-9 <= x <= row.high + 1e-9


def test_a_key_without_a_straight_line_cannot_tell():
    def moment(x, members, nuisances, temperature):
        return sum(x[state] * members[state] ** 2 for state in x) ** 0.5

    for spec, words in (
        (ObservableSpec("moss.QS", "mm/s", "", mix=moment), "no straight line"),
        (ObservableSpec("moss.QS", "mm/s", "", of_slopes=True), "belongs to no pure state"),
        (ObservableSpec("moss.QS", "mm/s", "", additive=False), "does not add over states"),
        (ObservableSpec("moss.QS", "mm/s", "", mix=lambda x, m, n, T: n["gap"]), "rule failed"),
    ):
        (row,) = shares(1.83, QS, specs=(spec,))
        assert row.low is None
        assert words in row.text


def test_what_cannot_be_carried_cannot_tell():
    known = (QS[0], Expectation("Fe2HS", "moss.QS", "mm/s", "t", low=2.1, high=2.9, T=300.0))
    (row,) = shares(1.83, known, carry=lambda one, a, b: one if one.T is None else None)
    assert row.low is None
    assert "what is expected of Fe2HS cannot be carried to 125 K" in row.text


def test_keys_without_both_expectations_give_no_row():
    assert shares(1.83, QS[:1]) == ()
    assert key_populations((measured("moss.QS", 1.8),), QS, (("Fe3HS", "Co"),), carry=CARRY) == ()
    blank = Observable(
        "moss.QS", "mm/s", value=1.8, sigma_reason="held fixed", conditions={"T": 8.0}
    )
    assert key_populations((blank,), QS, PAIR, carry=CARRY) == ()
    with pytest.raises(SettingsError, match="with itself"):
        key_populations((measured("moss.QS", 1.8),), QS, (("Fe2HS", "Fe2HS"),), carry=CARRY)


def row(key, low, high, T=125.0, upper="B"):
    return KeyPopulation(key, T, "A", upper, low, high, "toy")


def test_only_one_population_at_one_temperature_is_compared():
    far = (row("a.k", 0.0, 0.1), row("b.k", 0.5, 0.6, T=300.0), row("c.k", 0.8, 0.9, upper="C"))
    found = consistent(far)
    assert found.verdict == "cannot tell"
    assert consistent((row("a.k", 0.0, 0.1), row("b.k", None, None))).verdict == "cannot tell"
    near = consistent((row("a.k", 0.0, 0.1), row("b.k", 0.5, 0.6, T=127.0)))
    assert near.verdict == "tension"
    assert consistent((row("a.k", 0.0, 0.5), row("b.k", 0.5, 0.6))).text == (
        "The populations by a.k, b.k overlap."
    )
