"""Observables: a number has an error or a reason; declarations match their keys."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SpectrafitError, UnitError
from spectrafit.history import HistoryEntry, Source
from spectrafit.observable import (
    Kind,
    Observable,
    ObservableClass,
    ObservableSpec,
    linear_mix,
    spec_of,
)

FULL = Observable(
    "ir.1556.area",
    "cm^-1",
    Kind.VALUE,
    1.5,
    0.1,
    low=1.4,
    high=1.7,
    level=0.68,
    budget={"noise": 0.08, "baseline": 0.06},
    conventions={"window_cm-1": [1540, 1570]},
    conditions={"T": 120.0},
    source=Source("a.dat", "abc"),
    history=(HistoryEntry("fit", {"shape": "pearson7"}),),
)


def test_units_are_spelt_as_in_the_table():
    assert FULL.unit == "cm-1"
    with pytest.raises(UnitError):
        Observable("a.b", "furlong", value=1.0, sigma=0.1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": 1.0}, "a sigma or the reason"),
        ({"value": 1.0, "sigma": 0.0}, "sigma must be positive"),
        ({"value": 1.0, "sigma": -1.0}, "sigma must be positive"),
        ({"value": None, "sigma": 1.0}, "needs a number"),
        ({"value": "high", "sigma": 1.0}, "needs a number"),
        ({"value": True, "sigma": 1.0}, "finite numbers only"),
        ({"value": float("nan"), "sigma": 1.0}, "finite numbers only"),
        ({"value": np.float32("inf"), "sigma": 1.0}, "finite numbers only"),
        ({"value": 1.0, "sigma": float("inf")}, "finite numbers only"),
        ({"value": 1.0, "sigma": 1.0, "budget": {"noise": float("nan")}}, "finite numbers only"),
        ({"value": 1.0, "sigma": 1.0, "budget": {"noise": -1.0}}, "negative"),
        ({"value": 1.0, "sigma": 1.0, "low": 2.0, "high": 1.0}, "lower end"),
        ({"value": 1.0, "sigma": 1.0, "level": 95.0}, "between 0 and 1"),
        ({"kind": Kind.CATEGORY}, "a word or shares"),
        ({"kind": Kind.CATEGORY, "shares": {"two": float("nan")}}, "finite numbers only"),
        ({"kind": Kind.INTERVAL, "low": 1.0}, "lacks its end"),
        ({"kind": Kind.LOWER_LIMIT, "high": 1.0}, "lacks its end"),
        ({"kind": Kind.UPPER_LIMIT, "low": 1.0}, "lacks its end"),
    ],
)
def test_what_is_no_observable_is_refused(given, words):
    with pytest.raises(SpectrafitError, match=words) as caught:
        Observable("a.b", "1", **given)
    assert caught.value.where == "a.b"


@pytest.mark.parametrize(
    "given",
    [
        {"value": 1.0, "sigma_reason": "at its bound"},
        {"value": np.float64(1.0), "sigma": np.float64(0.1)},
        {"value": 3, "sigma": 1},
        {"kind": Kind.CATEGORY, "value": "two peaks"},
        {"kind": Kind.CATEGORY, "shares": {"one": 0.2, "two": 0.8}},
        {"kind": Kind.INTERVAL, "low": 1.0, "high": 2.0, "level": 0.95},
        {"kind": Kind.LOWER_LIMIT, "low": 1e9, "level": 0.95},
        {"kind": Kind.UPPER_LIMIT, "high": 1e12},
    ],
)
def test_what_is_one_is_taken(given):
    assert Observable("a.b", "1", **given).key == "a.b"


def test_mappings_are_read_only_also_after_pickling():
    twin = pickle.loads(pickle.dumps(FULL))
    assert twin == FULL
    for each in (FULL, twin):
        with pytest.raises(TypeError):
            each.conditions["T"] = 9.0
        with pytest.raises(TypeError):
            each.budget["noise"] = 9.0


@pytest.mark.parametrize(
    ("declared", "key", "matches"),
    [
        ("mossbauer.QS", "mossbauer.QS", True),
        ("mossbauer.QS", "mossbauer.QS.error", False),
        ("mossbauer.QS", "mossbauerxQS", False),
        ("ir.{band}.area", "ir.1556.area", True),
        ("ir.{band}.area", "ir.1556.height", False),
        ("ir.{band}.area", "ir.a.b.area", False),
        ("ir.{band}.area", "ir..area", False),
        ("ir.{first}-{second}.ratio", "ir.1485-1556.ratio", True),
        ("structure.{metal}-O", "structure.Fe-O", True),
        ("xanes.{element}.preedge.peak{number}.area", "xanes.fe.preedge.peak2.area", True),
    ],
)
def test_a_declaration_matches_its_keys(declared, key, matches):
    spec = ObservableSpec(declared, "1", "a meaning")
    assert spec.matches(key) is matches
    assert (spec_of(key, (spec,)) is spec) is matches


def test_the_first_declaration_that_matches_is_taken():
    specs = (ObservableSpec("a.b", "1", "first"), ObservableSpec("a.{any}", "1", "second"))
    assert spec_of("a.b", specs).meaning == "first"
    assert spec_of("a.c", specs).meaning == "second"
    assert spec_of("b.c", specs) is None


def test_the_unit_of_a_declaration_is_of_the_table():
    assert ObservableSpec("a.b", "cm^-1", "area").unit == "cm-1"
    with pytest.raises(UnitError):
        ObservableSpec("a.b", "furlong", "area")


def test_declarations_survive_pickling():
    spec = ObservableSpec(
        "a.b", "1", "a", observable_class=ObservableClass.LINE_SHAPE, time_scale=1e-8
    )
    assert pickle.loads(pickle.dumps(spec)) == spec


STATES = st.dictionaries(
    st.sampled_from(["A", "B", "C"]),
    st.tuples(st.floats(0, 1), st.floats(-1e3, 1e3)),
    min_size=1,
)


@given(STATES, st.floats(1, 500))
def test_linear_mixing_is_the_weighted_sum(states, T):
    x = {name: share for name, (share, _) in states.items()}
    members = {name: value for name, (_, value) in states.items()}
    expected = sum(share * value for share, value in states.values())
    assert linear_mix(x, members, {}, T) == pytest.approx(expected, abs=1e-9)


def test_linear_mixing_of_a_pure_state_needs_no_other():
    assert linear_mix({"A": 1.0, "B": 0.0}, {"A": 2.5}, {}, 10.0) == 2.5
    with pytest.raises(SpectrafitError, match="no pure-state value for B"):
        linear_mix({"A": 0.9, "B": 0.1}, {"A": 2.5}, {}, 10.0)
