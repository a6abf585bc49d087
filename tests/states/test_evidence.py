"""Keys vote for pure states; a posterior never comes without those that disagree."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.errors import SettingsError, UnitError
from spectrafit.history import Source
from spectrafit.laws import second_order_doppler
from spectrafit.observable import Kind, Observable, ObservableSpec, linear_mix
from spectrafit.states.carry import carrier
from spectrafit.states.evidence import evidence
from spectrafit.states.expectation import Expectation, ExpectationKind, uncited
from spectrafit.states.likelihood import broad_span, log_likelihood

STATES = ("Fe3LS", "Fe2LS", "Fe3HS", "Fe2HS")
# toy ranges, invented for this test: key, unit, width, span, range by state, low-T and high-T value
TOY = (
    ("xrd.FeO", "A", 0.01, 0.4, ((1.87, 1.92), (1.90, 1.98), (1.96, 2.03), (2.03, 2.15)),
     (1.904, 0.005), (1.989, 0.005)),
    ("xrd.FeN", "A", 0.015, 0.5, ((1.93, 2.06), (1.95, 2.06), (2.10, 2.22), (2.15, 2.28)),
     (2.043, 0.010), (2.127, 0.010)),
    ("moss.IS", "mm/s", 0.03, 2.0, ((0.05, 0.30), (0.35, 0.55), (0.40, 0.60), (1.0, 1.3)),
     (0.42, 0.01), (0.69, 0.01)),
    ("moss.QS", "mm/s", 0.1, 4.0, ((1.6, 2.9), (0.2, 1.4), (0.4, 1.2), (2.1, 2.9)),
     (1.64, 0.02), (1.83, 0.02)),
    ("xas.area", "1", 0.7, 25.0, ((4.5, 8.0), (4.0, 6.0), (4.0, 8.0), (4.0, 10.0)),
     (5.1, 0.5), (8.8, 0.8)),
    ("squid.chiT", "cm3 K mol-1", 0.05, 5.0, ((0.0, 0.2), (0.0, 0.2), (2.9, 3.2), (3.0, 3.6)),
     (0.15, 0.03), (3.0, 0.05)),
)  # fmt: skip
GROUPS = {"low": (4.0, 40.0), "high": (100.0, 150.0)}
STILL = carrier((), {})
EXPECTED = tuple(
    Expectation(state, key, unit, "invented for a test", low=low, high=high, width=width, span=span)
    for key, unit, width, span, ranges, _, _ in TOY
    for state, (low, high) in zip(STATES, ranges, strict=True)
)


def measured(key, unit, value, sigma, T, file="one.txt"):
    return Observable(
        key, unit, value=value, sigma=sigma, conditions={"T": T}, source=Source(file)
    )  # fmt: skip


OBSERVED = tuple(
    measured(key, unit, *numbers, T)
    for key, unit, _, _, _, cold, warm in TOY
    for numbers, T in ((cold, 8.0), (warm, 125.0))
)


def judged(observables=OBSERVED, expectations=EXPECTED, groups=GROUPS, states=STATES, **more):
    more.setdefault("carry", STILL)
    rows, found = evidence(observables, expectations, states, groups, **more)
    return rows, {one.group: one for one in found}


def verdicts(rows, group):
    return {row.key: row.verdict for row in rows if row.group == group}


def test_the_toy_ranges_give_the_known_posteriors():
    rows, groups = judged()
    low, high = dict(groups["low"].posterior), dict(groups["high"].posterior)
    assert groups["low"].winner == "Fe2LS"
    assert low["Fe2LS"] == pytest.approx(0.914, abs=0.002)
    assert low["Fe3LS"] == pytest.approx(0.086, abs=0.002)
    assert groups["high"].winner == "Fe3HS"
    assert high["Fe3HS"] == pytest.approx(0.9997, abs=0.0001)
    assert high["Fe2HS"] == pytest.approx(0.0003, abs=0.0001)
    assert [key for key, word in verdicts(rows, "low").items() if word == "against"] == ["moss.QS"]
    assert [key for key, word in verdicts(rows, "high").items() if word == "against"] == ["moss.QS"]
    assert groups["low"].unexplained == ()
    assert groups["high"].unexplained == ("moss.IS",)


def test_a_key_that_no_state_explains_stays_near_the_broad_outlier():
    rows, _ = judged()
    row = next(row for row in rows if row.key == "moss.IS" and row.group == "high")
    best = max(number for _, number in row.log_likelihood)
    assert best - math.log(0.02 / 2.0) == pytest.approx(0.73, abs=0.01)


def test_conflicts_come_in_words_with_the_posterior():
    _, groups = judged()
    (qs,) = groups["low"].conflicts
    assert qs.startswith("moss.QS 1.640(20) mm/s at 8 K speaks against Fe2LS: 3.7 nats for Fe3LS")
    assert any("moss.IS 0.690(10) mm/s at 125 K fits no pure state" in text
               for text in groups["high"].conflicts)  # fmt: skip
    assert groups["low"].silent == ("xas.area",)


def test_the_winner_without_each_key():
    _, groups = judged()
    without = dict(groups["low"].without)
    assert set(without) == {key for key, *_ in TOY}
    assert without["moss.IS"] == "Fe3LS"
    assert all(winner == "Fe2LS" for key, winner in without.items() if key != "moss.IS")


@pytest.mark.parametrize(
    "order", list(itertools.islice(itertools.permutations(range(6)), 0, 720, 90))
)
def test_the_order_of_keys_changes_nothing(order):
    _, groups = judged()
    _, swapped = judged([OBSERVED[2 * place + side] for place in order for side in (1, 0)])
    for name in GROUPS:
        assert dict(swapped[name].posterior) == pytest.approx(
            dict(groups[name].posterior), abs=1e-12
        )
        assert swapped[name].winner == groups[name].winner


def log_odds(evidence_of_group):
    numbers = dict(evidence_of_group.posterior)
    return math.log(numbers["Fe2LS"] / numbers["Fe3LS"])


@pytest.mark.parametrize("place", range(6))
def test_an_independent_key_counts_exactly_its_log_likelihood(place):
    rows, groups = judged()
    twin = OBSERVED[2 * place]
    own = dict(next(r for r in rows if r.key == twin.key and r.group == "low").log_likelihood)
    odds = own["Fe2LS"] - own["Fe3LS"]
    again = measured(twin.key, twin.unit, twin.value, twin.sigma, 8.0, "another.txt")
    _, doubled = judged([*OBSERVED, again], measurement_of=lambda item: item.source.name)
    _, fewer = judged([item for item in OBSERVED if item.key != twin.key])
    start = log_odds(groups["low"])
    assert log_odds(doubled["low"]) - start == pytest.approx(odds, abs=1e-9)
    assert log_odds(fewer["low"]) - start == pytest.approx(-odds, abs=1e-9)


def test_twenty_spectra_of_one_measurement_have_one_vote():
    series = [measured("moss.QS", "mm/s", 1.82 + 0.001 * n, 0.02, 105.0 + 2 * n) for n in range(20)]
    once = [item for item in OBSERVED if item.key != "moss.QS"]
    rows, groups = judged([*once, *series])
    (row,) = [row for row in rows if row.key == "moss.QS"]
    assert row.T == 125.0
    assert "stands for 20, of 1.820 to 1.839" in row.text
    _, alone = judged([*once, series[10]])
    assert groups["high"].posterior == alone["high"].posterior


def test_values_that_exclude_each_other_are_listed():
    other = measured("moss.QS", "mm/s", 1.20, 0.02, 8.4)
    _, groups = judged([*OBSERVED, other])
    assert any("two values of moss.QS at 8 K exclude each other" in text
               for text in groups["low"].conflicts)  # fmt: skip


def test_many_values_that_exclude_each_other_are_told_once():
    pairs = [
        measured("moss.QS", "mm/s", value, 0.02, T, f"{value}.txt")
        for T in (8.0, 10.0, 12.0, 14.0)
        for value in (1.64, 2.4)
    ]
    _, groups = judged(pairs)
    (told,) = (text for text in groups["low"].conflicts if "exclude each other" in text)
    assert told.startswith(
        "two values of moss.QS at 8 K exclude each other: 1.640(20) and 2.400(20)"
    )
    assert told.endswith("as 3 more pairs of it do")


def test_keys_without_a_vote_are_named_with_the_reason():
    extra = (
        measured("moss.width", "mm/s", 0.3, 0.01, 8.0),
        Observable("xrd.bend", "deg", value=90.0, sigma=1.0),
        Observable("xrd.twist", "deg", value=5.0, sigma_reason="held fixed", conditions={"T": 8.0}),
        Observable("moss.word", "1", Kind.CATEGORY, value="doublet", conditions={"T": 8.0}),
    )
    _, groups = judged([*OBSERVED, *extra])
    assert groups["low"].silent == (
        "xas.area",
        "moss.width (no expectation)",
        "xrd.bend (no temperature is told)",
        "xrd.twist (no uncertainty: held fixed)",
    )


def test_a_group_without_votes_has_no_winner():
    rows, groups = judged(groups={"hot": (400.0, 500.0)})
    assert rows == ()
    assert groups["hot"].winner == ""
    assert groups["hot"].posterior == ()


def test_states_that_are_not_told_apart_are_said_so():
    chi = [item for item in OBSERVED if item.key == "squid.chiT"]
    _, groups = judged(chi)
    assert any(
        "Fe3LS and Fe2LS are not told apart (0 nats" in text for text in groups["low"].conflicts
    )


def test_a_state_of_which_nothing_is_expected_is_neither_favoured_nor_excluded():
    known = [one for one in EXPECTED if not (one.key == "moss.QS" and one.state == "Fe2LS")]
    rows, groups = judged(expectations=known)
    row = next(row for row in rows if row.key == "moss.QS" and row.group == "low")
    assert dict(row.log_likelihood)["Fe2LS"] == pytest.approx(-math.log(4.0))
    assert row.verdict == "weak"
    only = [one for one in EXPECTED if not (one.key == "squid.chiT" and one.state == "Fe3HS")]
    rows, groups = judged(expectations=only)
    row = next(row for row in rows if row.key == "squid.chiT" and row.group == "high")
    assert groups["high"].winner == "Fe3HS"
    assert row.verdict == "weak"
    assert "nothing is expected of Fe3HS" in row.text


def test_units_are_converted_and_others_refused():
    meters = [
        Expectation(one.state, one.key, "nm" if one.unit == "A" else one.unit, one.source,
                    low=one.low, high=one.high, width=one.width, span=one.span)
        for one in EXPECTED
    ]  # fmt: skip
    with pytest.raises(UnitError, match="wavelength"):
        judged(expectations=meters)
    percent = [
        Expectation(one.state, one.key, "%", one.source, low=100 * one.low, high=100 * one.high,
                    width=100 * one.width, span=100 * one.span) if one.unit == "1" else one
        for one in EXPECTED
    ]  # fmt: skip
    rows, groups = judged(expectations=percent)
    base_rows, base = judged()
    assert dict(groups["low"].posterior) == pytest.approx(dict(base["low"].posterior))
    assert dict(rows[4].log_likelihood) == pytest.approx(dict(base_rows[4].log_likelihood))


def test_an_unknown_state_is_refused():
    with pytest.raises(SettingsError, match="no state 'Fe2LS'"):
        judged(states=("Fe3LS", "Fe3HS", "Fe2HS"))


@settings(max_examples=25)
@given(
    value=st.floats(-5, 5), sigma=st.floats(0.05, 2), scatter=st.floats(0, 1), low=st.floats(-3, 2)
)
def test_likelihoods_are_densities_of_the_measured_value(value, sigma, scatter, low):
    """A range and a value integrate to the same over what could be measured."""
    import numpy as np

    span = 60.0
    at = np.linspace(-30, 30, 2401)
    for one in (
        Expectation("A", "t.k", "1", "test", value=value, sigma=scatter),
        Expectation("A", "t.k", "1", "test", low=low, high=low + 1.5, width=scatter),
    ):
        density = [math.exp(log_likelihood(v, sigma, one, span)) for v in at]
        assert np.trapezoid(density, at) == pytest.approx(1.0, abs=2e-4)


def test_a_value_is_blurred_by_all_three_uncertainties():
    one = Expectation("A", "t.k", "1", "test", value=1.0, sigma=0.3, width=0.4)
    s = math.sqrt(0.3**2 + 0.4**2 + 1.2**2)
    expected = 0.98 * math.exp(-0.5 * (0.5 / s) ** 2) / (s * math.sqrt(2 * math.pi)) + 0.02 / 10.0
    assert log_likelihood(1.5, 1.2, one, 10.0) == pytest.approx(math.log(expected))


def test_the_span_is_the_given_or_that_of_all_that_is_known():
    ranged = Expectation("A", "t.k", "1", "test", low=1.0, high=2.0, width=0.1)
    valued = Expectation("B", "t.k", "1", "test", value=4.0, sigma=0.2)
    assert broad_span((ranged, valued), ((0.5, 0.1),)) == pytest.approx(1.5 * (4.6 - 0.2))
    given = Expectation("C", "t.k", "1", "test", value=3.0, span=7.0)
    assert broad_span((ranged, given), ((0.5, 0.1),)) == 7.0


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"source": " "}, "without a source"),
        ({"source": "assumed:"}, "without a source"),
        ({"value": None}, "either a value or a range"),
        ({"low": 1.0, "high": 2.0}, "either a value or a range"),
        ({"value": None, "low": 1.0}, "either a value or a range"),
        ({"value": None, "sigma": None, "low": 2.0, "high": 2.0}, "does not lie below"),
        ({"value": None, "low": 1.0, "high": 2.0}, "belongs to a value"),
        ({"sigma": -0.1}, "sigma is 0 or more"),
        ({"width": -1.0}, "width is 0 or more"),
        ({"span": 0.0}, "span above 0"),
        ({"T": 0.0}, "not above 0 K"),
        ({"value": math.nan}, "finite"),
        ({"kind": "guess"}, "no kind of expectation"),
    ],
)
def test_impossible_expectations_are_refused(numbers, words):
    whole = {"source": "a paper", "value": 1.0, "sigma": 0.1} | numbers
    if numbers.get("value", 1.0) is None and "sigma" not in numbers and "either" in words:
        whole["sigma"] = None
    with pytest.raises(SettingsError, match=words):
        Expectation("A", "t.k", "1", **whole)


def test_assumed_expectations_are_listed():
    one = Expectation("A", "t.k", "1", "assumed: like its neighbour", value=1.0, T=80.0)
    other = Expectation("B", "t.k", "1", "a paper", value=1.0, kind="measured_pure")
    assert other.kind is ExpectationKind.MEASURED_PURE
    assert uncited((one, other)) == ("t.k of A 1 (at 80 K), assumed: like its neighbour",)


def shifted(x, members, nuisances, temperature):
    own = linear_mix(x, members, nuisances, temperature)
    return own + float(second_order_doppler(temperature, nuisances["theta"]).value)


SHIFT = ObservableSpec("moss.IS", "mm/s", "isomer shift", mix=shifted)
CARRY = carrier((SHIFT,), {"theta": 180.0})


def test_an_expectation_is_carried_by_the_rule_of_its_key():
    one = Expectation("A", "moss.IS", "mm/s", "test", low=0.4, high=0.5, T=300.0)
    moved = CARRY(one, 300.0, 125.0)
    assert moved.low == pytest.approx(0.4 - 0.10058 + 0.22313, abs=1e-5)
    assert moved.high - moved.low == pytest.approx(0.1)
    assert moved.T == 125.0
    scaled = ObservableSpec(
        "t.area", "1", "area", mix=lambda x, m, n, T: linear_mix(x, m, n, T) / T
    )
    one = Expectation("A", "t.area", "%", "test", value=50.0, sigma=2.0)
    moved = carrier((scaled,), {})(one, 100.0, 200.0)
    assert moved.unit == "%"
    assert (moved.value, moved.sigma) == pytest.approx((25.0, 1.0))


def test_what_cannot_be_carried_is_none():
    square = ObservableSpec(
        "t.k", "1", "k", mix=lambda x, m, n, T: sum(x[s] * m[s] ** 2 for s in x)
    )
    slope = ObservableSpec("t.p", "1", "p", of_slopes=True)
    fails = ObservableSpec("t.q", "1", "q", mix=lambda x, m, n, T: n["theta"])
    carry = carrier((square, slope, fails), {})
    for key in ("t.k", "t.p", "t.q"):
        assert carry(Expectation("A", key, "1", "test", value=3.0), 80.0, 300.0) is None


def test_a_rule_that_needs_no_value_of_the_state_is_carried_by_its_difference():
    curie = ObservableSpec("t.chi", "1", "chi", mix=lambda x, m, n, T: 3.0 + 0.001 * T)
    one = Expectation("A", "t.chi", "1", "test", value=3.2, sigma=0.1)
    assert carrier((curie,), {})(one, 100.0, 300.0).value == pytest.approx(3.4)


@pytest.mark.parametrize(("T", "kept"), [(None, False), (80.0, True)])
def test_a_shift_without_its_temperature_is_refused(T, kept):
    one = Expectation("Fe2LS", "moss.IS", "mm/s", "test", low=0.35, high=0.55, span=2.0, T=T)
    rows, groups = judged(expectations=[one], carry=CARRY)
    assert bool(rows) is kept
    if not kept:
        refusal = next(text for text in groups["high"].silent if text.startswith("moss.IS"))
        assert "every expectation refused" in refusal
        assert "has no temperature, although it changes by" in refusal


def test_a_refused_expectation_is_told_beside_those_that_are_used():
    good = Expectation("Fe2LS", "moss.IS", "mm/s", "x", low=0.35, high=0.55, span=2.0, T=80.0)
    bad = Expectation("Fe3HS", "moss.IS", "mm/s", "y", low=0.4, high=0.6, span=2.0)
    rows, _ = judged(expectations=[good, bad], carry=CARRY)
    assert all("Fe3HS not used: has no temperature" in row.text for row in rows)
    assert all(row.sources == ("x",) for row in rows)


def test_a_temperature_is_needed_even_in_a_group_of_one_temperature():
    one = Expectation("Fe2LS", "moss.IS", "mm/s", "test", low=0.35, high=0.55, span=2.0)
    rows, _ = judged(expectations=[one], carry=CARRY, groups={"here": (125.0, 125.0)})
    assert rows == ()


def test_several_expectations_of_one_state_are_alternatives():
    low = Expectation("A", "t.k", "1", "x", low=0.0, high=1.0, span=10.0)
    high = Expectation("A", "t.k", "1", "y", low=4.0, high=5.0, span=10.0)
    item = measured("t.k", "1", 0.5, 0.01, 8.0)
    rows, _ = judged([item], [low, high], states=("A",))
    one = math.exp(log_likelihood(0.5, 0.01, low, 10.0))
    other = math.exp(log_likelihood(0.5, 0.01, high, 10.0))
    assert dict(rows[0].log_likelihood)["A"] == pytest.approx(math.log((one + other) / 2))
    assert rows[0].sources == ("x", "y")
