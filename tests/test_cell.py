"""One cell: a number, a gap or words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.cell import cell_value, has_mark, is_gap, is_grouped, is_number, is_row, is_spaced


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("7112.", ".", 7112.0),
        (".5", ".", 0.5),
        ("-1.5e-3", ".", -1.5e-3),
        ("+1.0D+03", ".", 1000.0),
        ("1d2", ".", 100.0),
        ("7112,5", ",", 7112.5),
        (",5", ",", 0.5),
        ("1,5E+03", ",", 1500.0),
        ("7,112.5", ".", 7112.5),
        ("7.112,5", ",", 7112.5),
        ("7 112,5", ",", 7112.5),
        ("12'345", ".", 12345.0),
    ],
)
def test_value_of_a_number(cell, decimal, value):
    assert cell_value(cell, decimal) == value


@pytest.mark.parametrize(
    "cell", ["", "nan", "-NaN", "***", "inf", "N/A", "#N/A", "-", "1.#IND", "?"]
)
def test_gaps(cell):
    assert is_gap(cell)
    assert math.isnan(cell_value(cell, "."))


@pytest.mark.parametrize(
    "cell", ["eV", "1_0", "0x10", "1.2.3", "7,11", "1-2", "٣", "2021-05-26", "12:30", "5%", "1e"]
)
def test_words_are_no_numbers(cell):
    assert cell_value(cell, ".") is None


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(".,"))
def test_every_float_is_read_back(value, decimal):
    assert cell_value(repr(value).replace(".", decimal), decimal) == value


def test_marks():
    assert is_number("7112,5")
    assert not is_number("7112,5", ".")
    assert is_grouped("1,234,567.5", ".")
    assert not is_grouped("0,123", ".")
    assert is_spaced("7 112")
    assert not is_spaced("7 11")
    assert has_mark("1,2.3")
    assert not has_mark("12")


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("7112 0.5", True),
        ("  7112,5;0,5", True),
        ("7112 *** nan", True),
        ("2021-05-26 12:00:01;8.5", True),
        ('"a","1.5"', True),
        ("\u22125 \u22126", True),
        ("energy mu", False),
        ("SSRL   EXAFS Data Collector 1.3", False),
        ("*** ***", False),
        ("YEAR: 2022", False),
        ("n = 3", False),
        ("12:30 5", True),
        ("---- ----", False),
        ("", False),
        ("Dear colleague, 1 sample arrived", False),
    ],
)
def test_rows_of_numbers(line, row):
    assert is_row(line) is row
