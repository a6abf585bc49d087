"""A temperature counts where a header or a name states it with a unit, and is asked for elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.written_temperature import sample_temperature, temperature_of_name


@pytest.mark.parametrize(
    ("name", "kelvin"),
    [
        ("T50C.csv", 323.15),
        ("T_100C_2.csv", 373.15),
        ("120K.0", 120.0),
        ("FeCo-8K.dat", 8.0),
        ("-20C.csv", 253.15),
        ("x_-20C.0", 253.15),
        ("T=-20C.csv", 253.15),
        ("−20C.csv", 253.15),
        ("acetone 25 degC.txt", 298.15),
        ("25°C.spa", 298.15),
        ("100C_heating.0", 373.15),
        ("feco_13C_80K.0", 80.0),
    ],
)
def test_a_number_with_a_unit_in_a_name(name, kelvin) -> None:
    temperatures, reason = temperature_of_name(name)
    assert tuple(temperatures) == pytest.approx((kelvin,))
    assert reason == ""
    conditions, (notice,) = sample_temperature({}, name)
    assert conditions["T"] == pytest.approx(kelvin)
    assert "by the file name" in notice.text


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("T120F.csv", "'T120F' is in Fahrenheit"),
        ("a_120 degF.csv", "'120 degF' is in Fahrenheit"),
        ("T120.csv", "'T120' has no unit"),
        ("sample-20C.csv", "the sign before '20C' may be a minus or a hyphen"),
        ("T-20C.csv", "the sign before '20C' may be a minus or a hyphen"),
        ("series_13C.csv", "'13C' may be an isotope"),
        ("a_8K_20K.csv", "several temperatures (8 K, 20 K)"),
        ("25C_300K.csv", "several temperatures (298.15 K, 300 K)"),
    ],
)
def test_what_is_not_sure_is_asked_for_in_a_table(name, reason) -> None:
    conditions, (notice,) = sample_temperature({}, name)
    assert conditions == {}
    assert reason in notice.text
    assert "[measurement.conditions] T = { table" in notice.text


@pytest.mark.parametrize("name", ["scan_1.dat", "C60Kr.dat", "Fe_K-edge.dat", "a_5000K.dat"])
def test_a_name_without_a_temperature_says_nothing(name) -> None:
    assert sample_temperature({}, name) == ({}, ())


def test_a_header_with_a_unit_decides_and_a_name_that_differs_is_told() -> None:
    conditions, (notice,) = sample_temperature({"Temperature": "25 degC"}, "a_8K.dat")
    assert conditions["T"] == pytest.approx(298.15)
    assert notice.text == "T = 298.15 K by the header, 8 K by the name"
    assert sample_temperature({"T (K)": "8"}, "a.dat") == ({"T": 8.0}, ())
    assert sample_temperature({"Temperature": "8"}, "a.dat") == ({}, ())
    two = {"Temperature": "8 K", "sample temp": "20 K"}
    assert sample_temperature(two, "a.dat")[0] == {}


@given(st.integers(1, 1999), st.sampled_from(["K", "C"]))
def test_every_whole_temperature_is_read_back(number, letter) -> None:
    name = f"T{number}{letter}.csv"
    temperatures, _ = temperature_of_name(name)
    kelvin = number + (273.15 if letter == "C" else 0.0)
    assert sorted(temperatures) == ([pytest.approx(kelvin)] if kelvin <= 2000 else [])
