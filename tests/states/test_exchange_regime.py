"""Exchange averages lines, resolves them, or leaves a key unfit for populations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.constants import LIGHT_SPEED
from spectrafit.errors import SettingsError
from spectrafit.exchange import jumping_line
from spectrafit.observable import ObservableClass, ObservableSpec
from spectrafit.states.assignment import Bound, RateBound
from spectrafit.states.exchange_regime import coalescence, key_regimes, regime, splitting
from spectrafit.states.rate_bounds import joined_bounds

KAPPA = 7.304e7  # rad/s for 1 mm/s of the 14.4 keV line
LINE = ObservableClass.LINE_SHAPE
SPECS = {
    "moss.IS": ObservableSpec("moss.IS", "mm/s", "", observable_class=LINE, time_scale=1 / KAPPA),
    "moss.QS": ObservableSpec("moss.QS", "mm/s", "", observable_class=LINE, time_scale=1 / KAPPA),
    "moss.area": ObservableSpec("moss.area", "mm/s", "", observable_class=LINE, time_scale=1 / KAPPA),
    "ir.area": ObservableSpec(
        "ir.area", "cm-1", "", observable_class=ObservableClass.SNAPSHOT,
        time_scale=1 / (math.pi * LIGHT_SPEED * 100 * 71.0),
    ),
    "squid.chiT": ObservableSpec("squid.chiT", "cm3 K mol-1", ""),
}  # fmt: skip
MEMBERS = {
    "moss.IS": {"A": 0.5, "B": 1.1},
    "moss.QS": {"A": 1.0, "B": 2.35},
    "moss.area": {"A": 0.10, "B": 0.12},
    "ir.area": {"A": 0.0, "B": 4.0},
}


def rates(lower=None, upper=None):
    return RateBound(lower, upper)


def regimes(lower=None, upper=None, members=MEMBERS, specs=SPECS):
    return {key: (word, why) for key, word, why in key_regimes(specs, members, rates(lower, upper))}


@pytest.mark.parametrize(
    ("key", "values", "dnu", "merging", "digits"),
    [
        ("moss.QS", (1.0, 2.35), 15.7e6, 7.0e7, 0.01),
        ("moss.QS", (1.0, 1.15), 1.7e6, 8e6, 0.05),
        ("ir.area", (0.0, 4.0), 2.13e12, 9.5e12, 0.01),
    ],
)
def test_the_known_rates_of_coalescence(key, values, dnu, merging, digits):
    apart = splitting(SPECS[key], *values)
    assert apart == pytest.approx(dnu, rel=digits if key == "ir.area" else 0.03)
    assert coalescence(apart) == pytest.approx(merging, rel=digits)


def test_two_equal_lines_merge_at_the_rate_of_coalescence():
    """The dip between the lines of the exchange model closes there."""
    dnu = 1.0  # Hz, of the axis
    at = np.array([-0.02, 0.0, 0.02])
    curvature = []
    for factor in (0.97, 1.03):
        rate = factor * coalescence(dnu) / (2 * math.pi)
        y = jumping_line(at, [-0.5, 0.5], [0.5, 0.5], rate, 1e-6)
        curvature.append(y[0] - 2 * y[1] + y[2])
    assert curvature[0] > 0 > curvature[1]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (21.0, None, "averaged"),
        (19.0, None, "not known"),
        (None, 0.049, "resolved"),
        (None, 0.06, "not known"),
        (0.06, 19.0, "in between"),
        (0.04, 19.0, "not known"),
        (0.06, 21.0, "not known"),
        (None, None, "not known"),
        (30.0, 0.01, "not known"),
    ],
)
def test_bounds_give_a_regime_or_none(low, high, expected):
    scale = coalescence(1e6)
    ends = [None if end is None else end * scale for end in (low, high)]
    assert regime(*ends, 1e6) == expected


@given(st.floats(-3, 15), st.floats(0, 14))
def test_a_known_rate_has_exactly_one_regime(log_k, log_dnu):
    k, dnu = 10.0**log_k, 10.0**log_dnu
    word = regime(k, k, dnu)
    ratio = k / coalescence(dnu)
    expected = "averaged" if ratio > 20 else "resolved" if ratio < 0.05 else "in between"
    assert word == expected


def test_limits_of_fast_and_slow_can_be_set():
    k = 3.0 * coalescence(1e6)
    assert regime(k, k, 1e6) == "in between"
    assert regime(k, k, 1e6, fast=2.0) == "averaged"
    assert regime(k, k, 1e6, fast=5.0, slow=4.0) == "resolved"
    with pytest.raises(SettingsError, match="no limits in this order"):
        regime(k, k, 1e6, fast=0.01)


def test_lines_at_one_place_are_averaged_at_any_rate():
    assert regime(None, None, 0.0) == "averaged"
    for dnu in (-1.0, math.nan):
        with pytest.raises(SettingsError, match="no distance of lines"):
            regime(None, None, dnu)


def test_each_key_has_its_regime():
    found = regimes(lower=1.3e10, upper=1e11)
    words = {key: word for key, (word, _) in found.items()}
    assert words == {
        "moss.IS": "averaged",
        "moss.QS": "averaged",
        "moss.area": "averaged",
        "ir.area": "resolved",
        "squid.chiT": "averaged",
    }
    assert "lines of A and B 1.57e+07 Hz apart merge at 7e+07 s-1" in found["moss.QS"][1]
    assert "above 1.3e+10 s-1 and below 1e+11 s-1" in found["moss.QS"][1]
    assert found["squid.chiT"][1] == "it adds over states at any rate"


def test_all_keys_of_lines_go_by_the_largest_distance_of_their_technique():
    """The shift alone would be averaged at a rate at which the doublet is not."""
    k = 20.0 * coalescence(splitting(SPECS["moss.IS"], 0.5, 1.1)) * 1.1
    assert regime(k, k, splitting(SPECS["moss.IS"], 0.5, 1.1)) == "averaged"
    found = regimes(lower=k, upper=k)
    assert {found[key][0] for key in ("moss.IS", "moss.QS", "moss.area")} == {"in between"}
    assert found["moss.IS"][1].startswith("refused for populations: lines of A and B")
    assert "the technique's own exchange fit" in found["moss.IS"][1]


def test_unknown_rates_and_unknown_lines_are_not_known():
    found = regimes()
    assert found["moss.QS"][0] == "not known"
    assert "k12 + k21 is not bounded: more than one regime is possible" in found["moss.QS"][1]
    assert "no rate at one temperature" in regimes(lower=1e12, upper=1e3)["moss.QS"][1]
    blank = regimes(lower=1e12, members={})
    assert blank["moss.QS"] == (
        "not known", "no pure-state values tell how far apart the lines are",
    )  # fmt: skip


def test_three_states_have_to_agree():
    members = {"moss.QS": {"A": 1.0, "B": 1.02, "C": 2.5}}
    specs = {"moss.QS": SPECS["moss.QS"]}
    near = coalescence(splitting(SPECS["moss.QS"], 1.0, 1.02))
    far = coalescence(splitting(SPECS["moss.QS"], 1.0, 2.5))
    for factor, base, word in (
        (30, far, "averaged"),
        (0.01, near, "resolved"),
        (1, far, "in between"),
    ):
        found = regimes(factor * base, factor * base, members, specs)["moss.QS"]
        assert found[0] == word
    wide = {"moss.QS": {"A": 1.0, "B": 1.0001, "C": 2.5}}
    k = 30 * coalescence(splitting(SPECS["moss.QS"], 1.0, 1.0001))
    found = regimes(k, k, wide, specs)["moss.QS"]
    assert found[0] == "in between"
    assert "fast for some pairs of states and slow for others" in found[1]
    same = {"moss.QS": {"A": 1.0, "B": 1.0}}
    assert regimes(None, None, same, specs)["moss.QS"][0] == "averaged"


def test_a_thermodynamic_key_has_no_splitting():
    with pytest.raises(SettingsError, match="no time scale"):
        splitting(SPECS["squid.chiT"], 0.0, 3.0)
    with pytest.raises(SettingsError, match="no finite number"):
        splitting(SPECS["moss.QS"], math.nan, 1.0)


def bound(key="moss.k_min", T=None, lower=None, upper=None):
    return Bound(key, key.partition(".")[0], T, lower, upper, "needs lines that are fitted")


def test_the_tightest_bounds_are_joined():
    rows = (
        bound(lower=1.3e9, T=125.0), bound(lower=4e8, T=8.0),
        bound("ir.k_max", upper=2e11, T=300.0), bound("ir.k_max", upper=3e12, T=10.0),
    )  # fmt: skip
    found = joined_bounds(rows)
    assert (found.lower, found.upper) == (1.3e9, 2e11)
    assert found.bounds == rows
    assert found.text.startswith(
        "k12 + k21 > 1.3e+09 s-1 by moss.k_min at 125 K and < 2e+11 s-1 by ir.k_max at 300 K."
    )


def test_a_conflict_is_said_in_words():
    found = joined_bounds((bound(lower=1e12), bound("ir.k_max", upper=1e11, T=300.0)))
    assert (found.lower, found.upper) == (1e12, 1e11)
    assert found.text == (
        "The bounds exclude each other: > 1e+12 s-1 by moss.k_min and < 1e+11 s-1 by ir.k_max at "
        "300 K."
    )


def test_a_rate_may_rise_with_temperature_but_not_fall():
    hot = joined_bounds((bound(lower=1e10, T=300.0), bound("ir.k_max", upper=1e9, T=10.0)))
    assert "It rises with temperature between the two." in hot.text
    cold = joined_bounds((bound(lower=1e10, T=10.0), bound("ir.k_max", upper=1e9, T=300.0)))
    assert cold.text.startswith("The bounds exclude each other")


def test_nothing_bounds_the_rate():
    found = joined_bounds(())
    assert (found.lower, found.upper) == (None, None)
    assert found.text == "Nothing bounds the rate of exchange."
    for number in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(SettingsError, match="no bound of a rate"):
            joined_bounds((bound(lower=number),))
