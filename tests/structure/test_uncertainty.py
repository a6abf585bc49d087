from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import ReadError, SettingsError
from spectrafit_structure.uncertainty import (
    Measured,
    difference,
    weighted_mean,
    written_number,
)


@pytest.mark.parametrize(
    ("text", "value", "su"),
    [
        ("1.904(5)", 1.904, 0.005),
        ("1.52(10)", 1.52, 0.10),
        ("-0.02(3)", -0.02, 0.03),
        ("1350(12)", 1350.0, 12.0),
        ("123.(4)", 123.0, 4.0),
        (".5(2)", 0.5, 0.2),
        ("1.52E3(4)", 1520.0, 40.0),
    ],
)
def test_brackets_count_the_last_digits(text: str, value: float, su: float) -> None:
    found = written_number(text)
    assert found is not None
    assert found.value == pytest.approx(value, rel=1e-15)
    assert found.su == pytest.approx(su, rel=1e-12)


def test_no_bracket_means_no_su_and_never_zero() -> None:
    for text in ("2.1", "2.1(0)"):
        found = written_number(text)
        assert found is not None
        assert found.value == 2.1
        assert found.su is None
        assert found.reason


@pytest.mark.parametrize("text", ["?", "."])
def test_unknown_and_not_applicable_are_absent(text: str) -> None:
    assert written_number(text) is None


@pytest.mark.parametrize(
    "text", ["", "+", "1.9(", "1.9(5", "1,9(5)", "1.9(5)x", "1.9()", "nan", "1e999"]
)
def test_what_is_no_number_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(ReadError, match=r"a\.cif") as caught:
        written_number(text, where="a.cif _x")
    assert repr(text) in str(caught.value)


@given(st.integers(-(10**7), 10**7), st.integers(1, 999), st.integers(0, 6))
def test_writing_and_reading_give_the_same_number(whole: int, su: int, decimals: int) -> None:
    text = f"{whole / 10**decimals:.{decimals}f}({su})"
    found = written_number(text)
    assert found is not None
    assert found.su is not None
    assert found.value == pytest.approx(whole / 10**decimals, rel=1e-12)
    assert found.su == pytest.approx(su / 10**decimals, rel=1e-12)


def test_a_measured_value_refuses_an_impossible_su() -> None:
    with pytest.raises(SettingsError, match="not above 0"):
        Measured(1.0, 0.0)
    with pytest.raises(SettingsError, match="no number"):
        Measured(math.nan)


def test_mean_is_weighted_and_its_su_grows_with_the_scatter() -> None:
    alike = weighted_mean([Measured(1.987, 0.004), Measured(1.991, 0.005)])
    assert alike.mean.value == pytest.approx(1.98856, abs=1e-5)
    assert alike.mean.su == pytest.approx(0.003123, abs=1e-6)
    apart = weighted_mean([Measured(1.9, 0.001), Measured(2.0, 0.001)])
    # two equal weights: sigma/sqrt(2) * sqrt(chi2), chi2 = 2 (0.05/0.001)^2
    assert apart.mean.su == pytest.approx(0.001 / math.sqrt(2) * math.sqrt(2) * 50, rel=1e-9)
    assert apart.spread == pytest.approx(0.1 / math.sqrt(2))


def test_a_missing_su_is_carried_with_its_reason() -> None:
    bare = Measured(2.0, None, "no s.u. (no covariance)")
    mean = weighted_mean([bare, Measured(2.2, 0.01)]).mean
    assert mean == Measured(2.1, None, "no s.u. (no covariance)")
    assert difference(Measured(2.2, 0.01), bare).reason == "no s.u. (no covariance)"
    with pytest.raises(SettingsError, match="no value"):
        weighted_mean([])
