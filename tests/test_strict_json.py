"""JSON that every strict reader takes, and back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.history import frozen_mapping
from spectrafit.strict_json import json_text, json_value, lined_json_text, plain


class Colour(StrEnum):
    RED = "red"


class Number(IntEnum):
    ONE = 1


@dataclass(frozen=True)
class Point:
    x: float
    rows: np.ndarray


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda children: (
        st.lists(children)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), children)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(1.5), 1.5),
        (np.int32(3), 3),
        (np.bool_(True), True),
        (float("nan"), None),
        (np.inf, None),
        (np.array([[1.0, np.nan]]), [[1.0, None]]),
        ((1, 2), [1, 2]),
        ({"b", "a"}, ["a", "b"]),
        (Colour.RED, "red"),
        (Number.ONE, 1),
        (Point(1.0, np.arange(2)), {"x": 1.0, "rows": [0, 1]}),
        (frozen_mapping({"T": 8.0}), {"T": 8.0}),
        ({1: "one"}, {"1": "one"}),
    ],
)
def test_plain(value, expected):
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("value", [object(), 1j, b"bytes", Point, {1: "a", "1": "b"}])
def test_what_has_no_plain_form_is_refused(value):
    with pytest.raises(TypeError):
        plain(value)


@given(JSON)
def test_there_and_back(value):
    assert json_value(json_text(value)) == value


@given(JSON)
def test_the_text_is_what_any_reader_takes(value):
    assert json.loads(json_text(value, indent=2)) == value


@pytest.mark.parametrize(
    "text",
    ["NaN", "[Infinity]", '{"a": -Infinity}', "1e999", '{"a": 1, "a": 2}', "{'a': 1}", "", "[1,]"],
)
def test_text_that_is_not_strict_is_refused(text):
    with pytest.raises(ValueError, match=r"JSON|Expecting|twice|trailing"):
        json_value(text)


def test_a_name_given_twice_is_named():
    with pytest.raises(ValueError, match="'sigma' given twice"):
        json_value('{"a": {"sigma": 1, "b": 2, "sigma": 3}}')


def test_a_lined_text_is_the_same_value_a_line_an_item():
    table = {"a": 1, "rows": [{"x": 1.5}, {"x": float("nan")}], "empty": [], "b": {"c": [1, 2]}}
    text = lined_json_text(table)
    assert json_value(text) == {
        "a": 1,
        "rows": [{"x": 1.5}, {"x": None}],
        "empty": [],
        "b": {"c": [1, 2]},
    }
    assert '\n  {"x": 1.5},\n' in text


@pytest.mark.parametrize("values", [[1.0, -0.0, 5e-324], [1.0, np.inf], [[1.0, np.nan]], 3.5])
def test_arrays_keep_every_digit_and_lose_what_is_not_finite(values):
    array = np.asarray(values)
    expected = json_value(json_text(array.tolist()))
    assert json_value(json_text(array)) == expected
