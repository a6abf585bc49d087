"""The unit table against pint, its spellings, and conversion."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import UnitError
from spectrafit.units import UNITS, checked_unit, converted, same_quantity, unit

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    pint = pytest.importorskip("pint")

NAMES = [entry.name for entry in UNITS]


@pytest.fixture(scope="module")
def pint_units():
    return pint.UnitRegistry()


def first_of(quantity):
    return next(entry for entry in UNITS if entry.quantity == quantity)


@pytest.mark.parametrize("entry", UNITS, ids=lambda entry: entry.name)
def test_factor_and_offset_are_those_of_pint(entry, pint_units):
    base = first_of(entry.quantity)
    # through its Gaussian system pint takes the measured magnetic constant, 7e-11 off 4 pi e-7
    tolerance = 1e-9 if "gauss" in entry.pint + base.pint else 1e-12
    for value in (0.0, 1.0, -3.5, 271.0):
        with pint_units.context("Gaussian"):
            expected = pint_units.Quantity(value, entry.pint).to(base.pint).magnitude
        found = value * entry.factor + entry.offset
        assert found == pytest.approx(expected, rel=tolerance, abs=1e-12)


@pytest.mark.parametrize("entry", UNITS, ids=lambda entry: entry.name)
def test_names_are_ascii_and_not_the_alias_of_another(entry):
    assert entry.name.isascii()
    assert checked_unit(entry.name) == entry.name
    for alias in entry.aliases:
        assert checked_unit(alias) == entry.name


def test_no_spelling_means_two_units():
    spellings = [name for entry in UNITS for name in (entry.name, *entry.aliases)]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("cm⁻¹", "cm-1"),
        (" cm^-1 ", "cm-1"),
        ("J mol⁻¹  K⁻¹", "J mol-1 K-1"),
        ("\N{MICRO SIGN}m", "um"),
        ("\N{GREEK SMALL LETTER MU}m", "um"),
        ("\N{ANGSTROM SIGN}", "A"),
        ("\N{LATIN CAPITAL LETTER A WITH RING ABOVE}", "A"),
        ("°C", "degC"),
        ("", "1"),
        ("arb. units", "1"),
    ],
)
def test_spellings(written, name):
    assert checked_unit(written) == name


@pytest.mark.parametrize("name", ["C", "furlong", "ev/c", "k", "CM-1", 7, None])
def test_what_the_table_does_not_have_is_refused_with_what_it_has(name):
    with pytest.raises(UnitError, match="use one of: 1, %"):
        unit(name)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (7.112, "keV", "eV", 7112.0),
        (25.0, "degC", "K", 298.15),
        (0.0, "K", "degC", -273.15),
        (1.0, "nC cm-2 K-1", "uC m-2 K-1", 10.0),
        (1.0, "uC cm-2", "C m-2", 0.01),
        (12.0, "%", "1", 0.12),
        (2.5, "K min-1", "K s-1", 2.5 / 60.0),
        (1.0, "emu", "A m2", 1e-3),
        (0.3036, "mm2", "cm2", 0.003036),
        (1.0, "kJ mol-1", "J mol-1", 1000.0),
    ],
)
def test_known_conversions(value, source, target, expected):
    assert converted(value, source, target) == pytest.approx(expected, rel=1e-14)


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.floats(-1e6, 1e6, allow_subnormal=False))
def test_conversion_there_and_back(first, second, value):
    if first.quantity != second.quantity:
        assert not same_quantity(first.name, second.name)
        with pytest.raises(UnitError):
            converted(value, first.name, second.name)
        return
    back = converted(converted(value, first.name, second.name), second.name, first.name)
    assert back == pytest.approx(value, rel=1e-12, abs=1e-9)


def test_arrays_are_converted_without_touching_the_given():
    values = np.array([1.0, 2.0])
    assert converted(values, "keV", "eV").tolist() == [1000.0, 2000.0]
    assert values.tolist() == [1.0, 2.0]


def test_what_does_not_convert_says_what_each_is():
    with pytest.raises(UnitError, match="eV is a photon energy, cm-1 a wavenumber"):
        converted(1.0, "eV", "cm-1")
