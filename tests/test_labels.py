"""Labels and units are read where that is safe, and left alone elsewhere."""

from __future__ import annotations

import pytest

from spectrafit.labels import header_entry, label_unit, safe_unit, unique_names


@pytest.mark.parametrize(
    ("label", "name", "unit"),
    [
        ("Energy (eV)", "Energy", "eV"),
        ("Energy(eV)", "Energy", "eV"),
        ("Energy [keV]", "Energy", "keV"),
        ("Wavenumber / cm^-1", "Wavenumber", "cm-1"),
        ("E/eV", "E", "eV"),
        ("energy eV", "energy", "eV"),
        ("E_eV", "E_eV", "eV"),
        ("I0 (counts)", "I0", "counts"),
        ("T (K)", "T", "K"),
        ("T (°C)", "T", "degC"),
        ("Moment (emu)", "Moment", "emu"),
        ("v (mm/s)", "v", "mm/s"),
        ("mu", "mu", "1"),
        ("I1/I0", "I1/I0", "1"),
        ("counts/s", "counts/s", "1"),
        ("scan min", "scan min", "1"),
        ("T K", "T K", "1"),
        ("(eV)", "(eV)", "1"),
    ],
)
def test_unit_of_a_label(label, name, unit):
    assert label_unit(label) == (name, unit, "")


@pytest.mark.parametrize(("label", "word"), [("I0 (A)", "A"), ("Q (C)", "C"), ("a (foo)", "foo")])
def test_words_that_are_no_units_stay_in_the_name(label, word):
    assert label_unit(label) == (label, "1", word)


def test_safe_unit_knows_no_word_with_two_meanings():
    assert [safe_unit(word) for word in ("eV", "A", "min", "foo", "")] == ["eV", "", "", "", ""]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        (" name: new_file.xmu", ("name", "new_file.xmu")),
        (" Start of this scan : 03:12:13", ("Start of this scan", "03:12:13")),
        ("M1 Theta(p64/motor/oh.01) = 1.99 mrad", ("M1 Theta(p64/motor/oh.01)", "1.99 mrad")),
        ("Harmonic : 21       Offset : nan", ("Harmonic", "21       Offset : nan")),
        ("Channel 1: gain 1E07V/A^M", ("Channel 1", "gain 1E07V/A^M")),
        ("Scan NM-0 : 1", ("Scan NM-0", "1")),
        ("empty:", ("empty", "")),
        ("Acquisition started at Sat Feb 25 11:13:06 2023", None),
        ("see https://example.org/a", None),
        ("12:30", None),
        ("no entry", None),
        ("----", None),
    ],
)
def test_header_entries_are_word_for_word(text, entry):
    assert header_entry(text) == entry


def test_unique_names():
    assert unique_names(["E", "", "a", "a"], [0, 1, 2, 3]) == (
        ("E", "col1", "col2", "col3"),
        ("a",),
    )
    assert unique_names(["col1", ""], [0, 1]) == (("col1", "col1_"), ())
    assert unique_names(["", "b"], [0, 1], first=1) == (("col1", "b"), ())
