"""Ties: our own arithmetic reads linear forms and refuses everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit.fit.tie import LinearForm, linear_form, resolved_forms

NAMES = ("p1.height", "p1.fwhm", "p2.height", "p2", "Fe-O.area", "a b.c", "µ.x", "p1.height2")
numbers = st.floats(-1e6, 1e6).filter(lambda v: v == 0 or abs(v) > 1e-6)


@pytest.mark.parametrize(
    ("text", "factors", "constant"),
    [
        ("p1.fwhm", {"p1.fwhm": 1.0}, 0.0),
        ("0.5*p1.height + 0.1", {"p1.height": 0.5}, 0.1),
        ("p1.height/4 - p2.height", {"p1.height": 0.25, "p2.height": -1.0}, 0.0),
        ("-(p1.fwhm - 2) * 3", {"p1.fwhm": -3.0}, 6.0),
        ("2.", {}, 2.0),
        (".5e1", {}, 5.0),
        ("1 - -p2", {"p2": 1.0}, 1.0),
        ("Fe-O.area - 1", {"Fe-O.area": 1.0}, -1.0),
        ("2*a b.c", {"a b.c": 2.0}, 0.0),
        ("µ.x+p1.height2", {"µ.x": 1.0, "p1.height2": 1.0}, 0.0),
        ("p1.height - p1.height", {"p1.height": 0.0}, 0.0),
        ("6/2/3*p2", {"p2": 1.0}, 0.0),
    ],
)
def test_linear_forms_are_read(text: str, factors: dict[str, float], constant: float) -> None:
    form = linear_form(text, NAMES)
    assert dict(form.factors) == factors
    assert form.constant == constant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("__import__('os').system('true')", "no parameter '__import__'"),
        ("p1.height**2", "has a power"),
        ("p1.height^2", "not understood"),
        ("p1.height*p1.fwhm", "multiplies two parameters"),
        ("1/p1.fwhm", "divides by a parameter"),
        ("p1.height/0", "divides by zero"),
        ("p1.heigth", "did you mean p1.height"),
        ("p1.height.__class__", "no parameter"),
        ("p2x", "no parameter 'p2x'"),
        ("exp(p2)", "no parameter 'exp'"),
        ("", "the end"),
        ("   ", "the end"),
        ("p2 +", "the end"),
        ("(p2", "not closed"),
        ("p2)", "not understood"),
        ("p2 p2", "not understood"),
        ("1e999", "not finite"),
        ("1e308*10*p2", "not finite"),
        ("nan", "no parameter 'nan'"),
        ("0x10", "no parameter"),
        ("1_000", "no parameter"),
        ("٣", "no parameter"),
        ("[p2]", "stands where"),
        ("p2;p2", "not understood"),
        ("lambda: 0", "no parameter 'lambda'"),
        ("(" * 5000 + "p2" + ")" * 5000, "longer than"),
        ("(" * 400 + "p2" + ")" * 400, "nested deeper"),
        ("-" * 900 + "p2", "nested deeper"),
        ("\x00", "stands where"),
        ("p2\n+\n__builtins__", "no parameter '__builtins__'"),
    ],
)
def test_everything_else_is_refused_with_what_to_write(text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=None) as caught:
        linear_form(text, NAMES, where="p9.height")
    assert words in str(caught.value)
    assert caught.value.where == "p9.height"
    assert caught.value.do


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        form = linear_form(text, NAMES)
    except SettingsError:
        return
    assert set(form.factors) <= set(NAMES)


@given(st.text(alphabet="p12.heigtfw+-*/() 0e", max_size=40))
def test_any_near_miss_is_read_or_refused(text: str) -> None:
    try:
        form = linear_form(text, NAMES)
    except SettingsError:
        return
    assert set(form.factors) <= set(NAMES)


@given(st.lists(st.tuples(st.sampled_from(NAMES), numbers), max_size=6), numbers)
def test_a_written_form_is_read_back(terms: list[tuple[str, float]], constant: float) -> None:
    text = " + ".join([*(f"({factor!r})*{name}" for name, factor in terms), f"({constant!r})"])
    form = linear_form(text, NAMES)
    expected: dict[str, float] = {}
    for name, factor in terms:
        expected[name] = expected.get(name, 0.0) + factor
    assert form.factors == pytest.approx(expected)
    assert form.constant == pytest.approx(constant)


@given(numbers, numbers, numbers)
def test_sums_and_products_distribute(a: float, b: float, c: float) -> None:
    form = linear_form(f"({a!r})*(p2 + ({b!r})) - ({c!r})*p2", NAMES)
    assert form.factors["p2"] == pytest.approx(a - c, abs=1e-9)
    assert form.constant == pytest.approx(a * b)


def test_ties_of_ties_are_resolved() -> None:
    ties = {
        "c": LinearForm({"b": 2.0}, 1.0),
        "b": LinearForm({"a": 3.0, "z": 1.0}, 1.0),
    }
    assert resolved_forms(ties)["c"] == LinearForm({"a": 6.0, "z": 2.0}, 3.0)


def test_a_chain_of_thousands_is_resolved() -> None:
    ties = {f"p{i}": LinearForm({f"p{i + 1}": 1.0}, 1.0) for i in range(5000)}
    assert resolved_forms(ties)["p0"] == LinearForm({"p5000": 1.0}, 5000.0)


@pytest.mark.parametrize("circle", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_circles_are_refused_by_name(circle: list[str]) -> None:
    ties = {name: LinearForm({circle[(i + 1) % len(circle)]: 1.0}) for i, name in enumerate(circle)}
    with pytest.raises(SettingsError, match="circle: a = "):
        resolved_forms({"start": LinearForm({"a": 1.0}), **ties})
