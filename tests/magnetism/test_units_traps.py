"""A chi T that would change by 10, 1000 or 4 pi is read right or refused, never given silently."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from magnetism_case import TOLD, codes, observed, recorded, table_of

from spectrafit.errors import ReadError, SettingsError

ROWS = "".join(f"{10.0 * i + 10.0},{1.5 + 0.01 * (i % 2)}\n" for i in range(30))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mass_mg": 0.00984}, "chi_m T of"),
        ({"mass_mg": 9840.0}, "a mass of 9840 mg"),
        ({"molar_mass": 1.25673}, "a molar mass of 1.25673"),
        ({"chi_dia": -6.3e-3}, "times the rule of thumb"),
        ({"chi_dia": -6.3e-5}, "times the rule of thumb"),
        ({"chi_dia": -6.3e-4 * 4.0 * math.pi}, "times the rule of thumb"),
        ({"chi_dia": -6.3e-4 * 4.0 * math.pi * 1e-6}, "times the rule of thumb"),
        ({"chi_dia": -630.0}, "diamagnetic susceptibility"),
        ({"chi_dia": 6.3e-4}, "diamagnetic susceptibility"),
        ({"matrix_mg": 10.0, "matrix_chi": -2e-4}, "a matrix needs"),
        ({"chi_dia_rule": True}, "chi_dia and chi_dia_rule"),
    ],
)
def test_settings_in_another_unit_are_refused(changes, words):
    with pytest.raises(SettingsError, match=words):
        observed(recorded(), replace(TOLD, **changes))


@pytest.mark.parametrize("factor", [0.1, 1.0 / (4.0 * math.pi)])
def test_declared_spins_find_a_factor(factor):
    settings = replace(TOLD, mass_mg=9.84 * factor, high_spins=(2.0,))
    with pytest.raises(SettingsError, match="times that of the declared spins"):
        observed(recorded(), settings)
    low = observed(recorded(), replace(TOLD, mass_mg=98.4, high_spins=(2.0,)))
    assert "MAG-100" in codes(low)


@pytest.mark.parametrize(
    ("label", "factor"),
    [
        ("chiT (cm3 K mol-1)", 1.0),
        ("chiT (emu K/mol)", 1.0),
        ("χMT/cm³ K mol⁻¹", 1.0),
        ("chiT (emu K/(mol Oe))", 1.0),
        ("chiT (m3 K mol-1)", 1e6 / (4.0 * math.pi)),
    ],
)
def test_labelled_units_of_a_table_are_read(label, factor):
    rows = ROWS if factor == 1.0 else ROWS.replace(",1.5", ",1.885e-5").replace("e-51", "1e-5")
    table = table_of(f"T (K),{label}\n{rows}")
    y = table.column(table.roles["y"])
    written = float(rows.splitlines()[0].split(",")[1])
    assert y.values[0] == pytest.approx(factor * written)
    assert y.unit == "cm3 K mol-1"


@pytest.mark.parametrize(
    "label",
    ["chiT/10-6 m3 K mol-1", "chiT (1e-3 cm3 K mol-1)", "chiT (cm3 mol-1)", "chiT (J/T)"],
)
def test_other_units_of_a_table_are_refused(label):
    with pytest.raises(ReadError, match=r"chi ?T in") as refusal:
        table_of(f"T (K),{label}\n{ROWS}")
    assert "cm3 K mol-1" in refusal.value.do


@pytest.mark.parametrize("head", ["T,chiT*1000", "Temperature (mK),chiT", "T,chi", "T,mu_eff"])
def test_other_quantities_are_refused(head):
    with pytest.raises(ReadError, match="which columns"):
        table_of(f"{head}\n{ROWS}")


def test_temperatures_in_degrees_are_converted():
    table = table_of(f"T (°C),chiT (cm3 K mol-1)\n{ROWS}")
    assert table.column(table.roles["x"]).values[0] == pytest.approx(283.15)


def test_two_columns_of_one_kind_are_refused():
    with pytest.raises(ReadError, match="two columns may be chi T"):
        table_of("T,chiT,chi_m T\n10,1,1\n20,1,1\n30,1,1\n")


def test_table_a_thousand_times_too_large_is_refused():
    rows = "".join(f"{10.0 * i + 10.0},{1500 + i % 2}\n" for i in range(30))
    with pytest.raises(SettingsError, match="chi_m T of 1501"):
        observed(table_of(f"T (K),chiT\n{rows}"), replace(TOLD, chi_dia=0.0))


def test_header_and_settings_that_differ_are_named():
    found = observed(recorded(), replace(TOLD, mass_mg=9.5))
    words = next(str(alert) for alert in found.alerts if alert.code == "MAG-122")
    assert "9.84" in words
    assert "9.5" in words
