"""A value and its uncertainty as text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.observable import Kind, Observable, observable_text
from spectrafit.rounding import number_text, value_text


@pytest.mark.parametrize(
    ("value", "sigma", "text"),
    [
        (5.1, 0.12, "5.10(12)"),
        (5.0963, 0.1234, "5.10(12)"),
        (10.26, 1.23, "10.3(1.2)"),
        (12345.0, 56.0, "12345(56)"),
        (12345.0, 560.0, "12340(560)"),
        (7113.50123, 0.0336, "7113.501(34)"),
        (1.0, 0.0996, "1.00(10)"),
        (1.0, 0.0994, "1.000(99)"),
        (9.99, 0.999, "10.0(1.0)"),
        (0.003, 1.2, "0.0(1.2)"),
        (-0.003, 1.2, "0.0(1.2)"),
        (-2.5, 0.25, "−2.50(25)"),
        (1.234e-7, 1.5e-8, "1.23(15)e-07"),
        (-6.02e23, 1e21, "−6.020(10)e+23"),
        (0.0, 2e-9, "0.0(2.0)e-09"),
    ],
)
def test_two_digits_of_the_uncertainty_decide(value, sigma, text):
    assert value_text(value, sigma) == text


def test_an_uncertainty_beyond_the_digits_of_a_value_is_written_apart():
    assert value_text(1e300, 0.002) == "1.0000000000000001e+300 ± 0.002"
    assert value_text(-3.0e20, 250.0) == "−3e+20 ± 2.5e+02"


def test_a_missing_uncertainty_is_a_reason():
    assert value_text(1.5, None, "at bound") == "1.5 (no uncertainty: at bound)"
    assert value_text(7112.3046, None, "fixed") == "7112.3 (no uncertainty: fixed)"


def read_back(text: str) -> tuple[float, float]:
    head, inner, power = re.fullmatch(r"([−\d.]+)\(([\d.]+)\)(e[+-]\d+)?", text).groups()
    head = head.replace("−", "-")
    decimals = len(head.partition(".")[2])
    sigma = float(inner) if "." in inner or decimals == 0 else int(inner) * 10.0**-decimals
    factor = float(f"1{power}") if power else 1.0
    return float(head) * factor, sigma * factor


@given(
    st.floats(-1e12, 1e12).filter(lambda v: abs(v) > 1e-12 or v == 0),
    st.floats(1e-12, 1e12),
)
def test_what_is_printed_is_the_value_within_a_twentieth_of_its_uncertainty(value, sigma):
    if abs(value) > 1e10 * sigma:
        return  # beyond the digits of the number itself
    printed, error = read_back(value_text(value, sigma))
    assert error == pytest.approx(sigma, rel=0.051)
    assert abs(printed - value) <= 0.051 * sigma + 1e-15 * abs(value)


def test_plain_numbers_have_no_negative_zero_and_a_true_minus():
    assert number_text(-0.0) == "0"
    assert number_text(-1.5) == "−1.5"
    assert number_text(float("nan")) == "not a number"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"kind": Kind.INTERVAL, "low": 0.2, "high": 0.5, "level": 0.95}, "0.2 to 0.5 (95 %)"),
        ({"kind": Kind.INTERVAL, "value": 0.3, "low": 0.2, "high": 0.5}, "0.3, 0.2 to 0.5"),
        ({"kind": Kind.LOWER_LIMIT, "low": 2.0, "level": 0.95}, "> 2 (95 %)"),
        ({"kind": Kind.UPPER_LIMIT, "high": 0.05, "level": 0.682}, "< 0.05 (68.2 %)"),
        ({"kind": Kind.CATEGORY, "value": "rising"}, "rising"),
        ({"kind": Kind.CATEGORY, "shares": {"2": 0.15, "3": 0.85}}, "3: 85 %, 2: 15 %"),
        ({"kind": Kind.CATEGORY, "value": "2", "shares": {"2": 1.0, "1": 2e-160}}, "2 (2: 100 %)"),
        ({"value": 3.0, "sigma": 0.5}, "3.00(50)"),
    ],
)
def test_each_kind_of_observable_is_said_in_its_own_words(fields, text):
    assert observable_text(Observable("x.y", "1", **fields)) == text
