"""What is read back from exact JSON equals what was written, in type and every digit."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from spectrafit.exact_json import decoded, encoded, value_digest

Array = NDArray[np.float64]


class Way(StrEnum):
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Step:
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Thing:
    number: float
    count: int
    word: str = ""
    flag: bool = False
    way: Way = Way.UP
    noise: Literal["known", "estimated"] = "known"
    window: tuple[float, float] | None = None
    value: float | str | None = None
    array: Array | None = None
    steps: tuple[Step, ...] = ()
    more: tuple[Step, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)


def again(value, kind):
    text = json.dumps(encoded(value, kind), allow_nan=False)
    return decoded(json.loads(text), kind)


def bits(number):
    return struct.pack("<d", number)


@given(st.floats())
def test_every_float_comes_back_bit_by_bit(number):
    found = again(number, float)
    assert bits(found) == bits(number) or (math.isnan(found) and math.isnan(number))


@pytest.mark.parametrize("number", [-0.0, 5e-324, -2.2250738585072014e-308, 0.1 + 0.2, 1.0, 7])
def test_awkward_numbers_keep_sign_digits_and_type(number):
    found = again(number, float)
    assert type(found) is type(number)
    assert bits(found) == bits(number)


@given(st.lists(st.floats(), max_size=20))
def test_arrays_keep_every_bit_also_of_what_is_not_finite(numbers):
    array = np.array(numbers, dtype=np.float64)
    assert again(array, Array).tobytes() == array.tobytes()
    matrix = array.reshape(1, -1)
    assert again(matrix, Array).shape == matrix.shape


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(PLAIN)
def test_plain_values_keep_their_types_at_any_depth(value):
    found = again(value, Any)
    assert repr(found) == repr(value)


def test_a_dataclass_comes_back_as_it_was():
    step = Step("window", {"range": (1.0, 2.0), "list": [1, 2.0, None], "inside": {"a": -0.0}})
    thing = Thing(
        1, 2, "é\u2028", True, Way.DOWN, "estimated", (0.1, 2), "word", np.eye(2), (step, step)
    )
    found = again(thing, Thing)
    assert repr(found.steps) == repr(thing.steps)
    assert isinstance(found.way, Way)
    assert (found.window, found.value, found.noise) == ((0.1, 2), "word", "estimated")
    assert found.array.tobytes() == thing.array.tobytes()
    assert encoded(found, Thing) == encoded(thing, Thing)


def test_a_history_that_is_shared_is_written_once_and_stays_shared():
    steps = (Step("a"), Step("b"))
    things = (Thing(1.0, 1, steps=steps), Thing(2.0, 2, steps=(Step("c"),), more=steps))
    text = json.dumps(encoded(things, tuple[Thing, ...]))
    assert text.count('"name": "a"') == 1
    first, second = again(things, tuple[Thing, ...])
    assert first.steps is second.more
    assert second.steps == (Step("c"),)


def test_numbers_of_numpy_become_numbers():
    thing = Thing(np.float64(1.5), np.int64(3), shares={"a": np.float32(0.5)})
    found = again(thing, Thing)
    assert (type(found.number), type(found.count), found.shares) == (float, int, {"a": 0.5})


@pytest.mark.parametrize(
    "change",
    [
        {"number": True},
        {"number": "1.0"},
        {"number": None},
        {"number": {"float": "1.0"}},
        {"count": 1.0},
        {"word": 1},
        {"flag": 1},
        {"way": "sideways"},
        {"noise": "unknown"},
        {"window": [1.0]},
        {"window": [1.0, "2"]},
        {"array": [1.0, 2.0]},
        {"array": {"float64": "AAA", "shape": [1]}},
        {"array": {"float64": "", "shape": [1]}},
        {"steps": {"same": 0}},
        {"steps": [{"name": "a"}]},
        {"steps": [{"name": "a", "settings": {}, "text": ""}]},
        {"shares": {"a": "b"}},
    ],
)
def test_a_wrong_type_a_missing_or_an_unknown_field_is_refused(change):
    good = encoded(Thing(1.0, 1), Thing)
    with pytest.raises((TypeError, ValueError, LookupError)):
        decoded({**good, **change}, Thing)
    with pytest.raises(TypeError):
        decoded({**good, "further": 1}, Thing)


@pytest.mark.parametrize("value", [object(), {1: 2}, {"a": {1, 2}}, b"x", 1j])
def test_what_has_no_exact_form_is_refused_when_it_is_written(value):
    with pytest.raises(TypeError):
        encoded(value, Any)


def test_equal_values_have_one_digest_and_other_types_another():
    values = [1, 1.0, True, "1", None, (1,), {"a": 1}, {"a": 1.0}, -0.0, 0.0, math.nan, math.inf]
    values += [Way.UP, "up", Path("a"), Step("a"), Step("a", {"b": 1}), np.array([1.0]), {1}]
    digests = [value_digest(value) for value in values]
    assert len(set(digests)) == len(values)
    assert digests[13:] == [value_digest(value) for value in values[13:]]


def test_a_digest_is_of_the_bits_of_an_array():
    one, other = np.zeros(3), np.zeros(3)
    assert value_digest(one) == value_digest(other)
    other[1] = -0.0
    assert value_digest(one) != value_digest(other)
    assert value_digest(np.zeros((1, 3))) != value_digest(one)


def test_what_has_no_digest_is_refused():
    with pytest.raises(TypeError, match="has no digest"):
        value_digest({"a": [object()]})
