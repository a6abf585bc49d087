"""Lines of arithmetic over numbers of a study, held against a range."""

from __future__ import annotations

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit.observable import Kind, Observable
from spectrafit.states.consistency import ConsistencyLine, arithmetic_value, consistency_rows

SMALL = st.floats(-1e3, 1e3, allow_nan=False).map(lambda x: x or 1.0)


def measured(key, value, sigma, T=None, branch=""):
    """Return an observable with a value."""
    conditions = {} if T is None else {"T": T}
    if branch:
        conditions["branch"] = branch
    reason = "" if sigma else "not given"
    return Observable(key, "1", Kind.VALUE, value, sigma, reason, conditions=conditions)


def only_row(observables=(), **line):
    """Return the row of one line."""
    (row,) = consistency_rows([ConsistencyLine("a line", **line)], observables)
    return row


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2*3 - 4/8", 6.5),
        ("-2^2", -4.0),
        ("2^-1", 0.5),
        ("2^3^2", 512.0),
        ("(1 + a)*b^2 / 4", 9.0),
        ("R*300 / 1000", 2.49434),
        ("2.718281828459045^(-1053/300)", math.exp(-3.51)),
    ],
)
def test_arithmetic_is_that_of_school(text, value):
    values = {"a": 3.0, "b": 3.0, "R": 8.314462618}
    assert arithmetic_value(text, values) == pytest.approx(value, rel=1e-6)


@given(SMALL, SMALL, SMALL)
def test_products_and_quotients_of_names(a, b, c):
    value = arithmetic_value("a*b/c - (a - b)*c", {"a": a, "b": b, "c": c})
    assert value == pytest.approx(a * b / c - (a - b) * c, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["1/0", "a**2", "a(2)", "(1", "", "unknown + 1", "__import__", "(0-2)^0.5", "9^9^9", "0^(0-1)"],
)
def test_nothing_else_is_understood(text):
    with pytest.raises(SettingsError):
        arithmetic_value(text, {"a": 1.0})


def test_an_unknown_name_is_told():
    with pytest.raises(SettingsError, match="no number 'mean' in the expression") as error:
        consistency_rows([ConsistencyLine("dP", "0.4 + mean", {"means": 3.0})])
    assert error.value.where == "consistency: dP"


def test_the_range_decides_about_typed_numbers():
    words = {"unit": "uC cm-2", "against": "the total", "agrees": "yes", "differs": "no"}
    values = {"dP": 0.4, "mean": 3.6}
    row = only_row(expression="dP + mean*180/1000", values=values, low=1.0, high=1.1, **words)
    assert row.value == pytest.approx(1.048)
    assert (row.verdict, row.against) == ("yes", "the total: 1.0 to 1.1 µC cm⁻²")
    row = only_row(expression="dP + mean*180/1000", values=values, low=1.1, **words)
    assert (row.verdict, row.against) == ("no", "the total: above 1.1 µC cm⁻²")


def test_uncertainties_of_observables_go_through():
    data = [measured("pyro.dP", 0.4, 0.03), measured("pyro.mean", 3.5, 0.1)]
    line = {"expression": "pyro.dP + pyro.mean*0.2", "agrees": "yes", "differs": "no"}
    row = only_row(data, **line, low=1.0, high=1.2)
    assert row.value == pytest.approx(1.1)
    assert row.verdict == "1.100(36): yes"
    assert only_row(data, **line, low=1.09, high=1.2).verdict.endswith("cannot tell at 95 %")
    assert only_row(data, **line, low=1.2).verdict.endswith("no")
    assert only_row(data, **line).verdict == "1.100(36): yes"


def test_an_observable_is_taken_at_its_temperature_and_both_branches_count():
    data = [
        measured("magnetism.chiT", 3.00, 0.01, 120.2, "heating"),
        measured("magnetism.chiT", 2.94, 0.01, 119.9, "cooling"),
        measured("magnetism.chiT", 3.12, 0.01, 300.0, "heating"),
    ]
    row = only_row(data, expression="magnetism.chiT@300 - magnetism.chiT@120", low=0.0)
    assert row.value == pytest.approx(0.15)
    # 0.03, half of the spread of both branches, and 0.01
    assert row.verdict.startswith("0.150(32)")


def test_a_line_without_its_datum_is_not_computed():
    row = only_row(expression="pyro.dP_total + 1", low=0.0)
    assert math.isnan(row.value)
    assert row.verdict == "not computed: no datum of pyro.dP_total"
    data = [measured("magnetism.chiT", 3.0, 0.01, 300.0)]
    row = only_row(data, expression="magnetism.chiT@120", low=0.0)
    assert row.verdict == "not computed: no datum of magnetism.chiT@120"


def test_a_constant_gives_way_to_a_number_of_the_study():
    assert only_row(expression="R*T", values={"T": 100.0}).value == pytest.approx(831.4462618)
    assert only_row(expression="R*T", values={"T": 100.0, "R": 2.0}).value == 200.0


def test_a_line_can_be_sent_to_another_process():
    line = ConsistencyLine("a", "x + 1", {"x": 1.0}, low=0.0)
    assert pickle.loads(pickle.dumps(line)) == line
