"""What is written as TOML reads back as it was."""

from __future__ import annotations

import datetime
import math
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.study.toml_writer import toml_text, value_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | TEXTS
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(datetime.UTC))
    | st.times()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
TABLES = st.dictionaries(TEXTS, VALUES, max_size=4)


@given(VALUES)
def test_a_value_reads_back(value):
    assert tomllib.loads(f"value = {value_text(value)}")["value"] == value


@given(st.dictionaries(TEXTS, TABLES | st.lists(TABLES, min_size=1, max_size=3), max_size=4))
def test_a_document_reads_back(document):
    text = toml_text(document)
    assert tomllib.loads(text) == document
    assert text.endswith("\n")


@pytest.mark.parametrize("sign", ["\x7f", "\x00", "\x1f", "\x85", "\u2028", '"', "\\", "é", "鉄"])
def test_every_sign_is_kept_in_keys_and_texts(sign):
    document = {"table": {f"a{sign}b": f"c{sign}d"}}
    assert tomllib.loads(toml_text(document)) == document


@pytest.mark.parametrize("value", [0.1, 1e300, 5e-324, -0.0, 7112.3000000000002])
def test_numbers_keep_every_digit(value):
    found = tomllib.loads(f"x = {value_text(value)}")["x"]
    assert found == value
    assert math.copysign(1, found) == math.copysign(1, value)


def test_what_is_not_finite_is_left_to_who_reads_it():
    assert math.isnan(tomllib.loads(f"x = {value_text(math.nan)}")["x"])
    assert tomllib.loads(f"x = {value_text([math.inf, -math.inf])}")["x"] == [math.inf, -math.inf]


@pytest.mark.parametrize("value", [None, object(), {1, 2}, b"bytes", "half \ud800", [None]])
def test_what_toml_does_not_know_is_refused(value):
    with pytest.raises(TypeError):
        value_text(value)


def test_tables_and_arrays_of_tables_are_written_apart():
    text = toml_text({"study": {"name": "x"}, "measurement": [{"name": "a"}, {"uses": {"b": "c"}}]})
    assert text.splitlines() == [
        "[study]",
        'name = "x"',
        "",
        "[[measurement]]",
        'name = "a"',
        "",
        "[[measurement]]",
        'uses = { b = "c" }',
    ]
