from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit_structure.composition.atomic_data import (
    atomic_weight,
    is_element,
    natural_isotopes,
)
from spectrafit_structure.composition.formula import formula_counts, formula_text, without
from spectrafit_structure.composition.found import (
    MassMatch,
    atom_ratio,
    compared_analysis,
    compared_mass,
)
from spectrafit_structure.composition.isotopes import isotope_pattern, overlaps
from spectrafit_structure.composition.mass_fractions import mass_percentages, molar_mass
from spectrafit_structure.uncertainty import Measured

pytest.importorskip("periodictable", reason="the extra `calc` is not installed")

SALT = formula_counts("C38H74N8O4F18P3FeCo")
CATION = without(SALT, formula_counts("PF6"))
FOUND = {"C": 36.41, "H": 5.94, "N": 8.92, "Fe": 4.48, "Co": 4.72}


def test_molar_mass_and_percentages_of_the_salt() -> None:
    assert molar_mass(SALT) == pytest.approx(1256.73, abs=0.005)
    found = mass_percentages(SALT)
    expected = {"C": 36.32, "H": 5.94, "N": 8.92, "Fe": 4.44, "Co": 4.69}
    for element, value in expected.items():
        assert found[element] == pytest.approx(value, abs=0.005)
    assert sum(found.values()) == pytest.approx(100.0)


def test_ratio_of_cobalt_to_iron_of_the_analysis() -> None:
    assert atom_ratio("Co", "Fe", FOUND).value == pytest.approx(0.998, abs=5e-4)
    assert atom_ratio("Co", "Fe", FOUND).su is None
    with_su = atom_ratio("Co", "Fe", {"Co": Measured(4.72, 0.02), "Fe": Measured(4.48, 0.02)})
    assert with_su.su == pytest.approx(0.998 * np.hypot(0.02 / 4.72, 0.02 / 4.48), rel=1e-3)


def test_pattern_of_the_cation_after_loss_of_one_anion() -> None:
    pattern = isotope_pattern(CATION, 1)
    expected = {
        1109: (1109.384, 6.3),
        1110: (1110.387, 2.8),
        1111: (1111.379, 100.0),
        1112: (1112.382, 47.0),
        1113: (1113.385, 12.0),
        1114: (None, 2.2),
    }
    found = {each.nominal: each for each in pattern.peaks}
    for nominal, (mz, height) in expected.items():
        assert found[nominal].of_base == pytest.approx(height, abs=0.5)
        if mz is not None:
            assert found[nominal].mz == pytest.approx(mz, abs=0.002)
    assert pattern.base.nominal == 1111
    assert pattern.average == pytest.approx(1111.77, abs=0.005)


def test_printed_masses_are_told_apart() -> None:
    pattern = isotope_pattern(CATION, 1)
    calculated = compared_mass(1111.75, pattern, tolerance=0.05)
    assert calculated.match is MassMatch.AVERAGE
    assert compared_mass(1111.379, pattern, tolerance=0.01).match is MassMatch.ISOTOPOLOGUE
    observed = compared_mass(1111.5, pattern, tolerance=0.1)
    assert observed.match is MassMatch.NEITHER
    assert observed.from_isotopologue == pytest.approx(0.121, abs=0.002)
    assert compared_mass(1111.5, pattern, tolerance=0.5).match is MassMatch.BOTH


def test_the_dicobalt_ion_lies_on_a_peak_of_the_iron_cobalt_ion() -> None:
    bare = without(CATION, formula_counts("FeCo"))
    others = {
        "CoCo": isotope_pattern({**bare, "Co": 2.0}, 1),
        "FeFe": isotope_pattern({**bare, "Fe": 2.0}, 1),
    }
    assert others["CoCo"].base.mz == pytest.approx(1114.378, abs=0.002)
    assert others["FeFe"].base.mz == pytest.approx(1108.381, abs=0.002)
    found = overlaps(isotope_pattern(CATION, 1), others, width=0.05)
    assert ("CoCo", 1114, 1114) in {
        (each.other, each.peak.nominal, each.on.nominal) for each in found
    }
    on_base = next(e for e in found if e.other == "CoCo" and e.on.nominal == 1114)
    assert on_base.peak.of_base == pytest.approx(2.2, abs=0.1)
    assert on_base.on.of_base == 100.0


@pytest.mark.parametrize(
    ("formula", "percent", "found"),
    [
        # the precursors: [M(AcO)(RR-cth)](PF6) with M = Fe and Co
        ("C18H39N4O2FePF6", {"C": 39.72, "H": 7.22, "N": 10.29}, 544.34),
        ("C18H39N4O2CoPF6", {"C": 39.49, "H": 7.18, "N": 10.23}, 547.42),
    ],
)
def test_precursors(formula: str, percent: dict[str, float], found: float) -> None:
    counts = formula_counts(formula)
    assert molar_mass(counts) == pytest.approx(found, abs=0.015)
    for element, value in percent.items():
        assert mass_percentages(counts)[element] == pytest.approx(value, abs=0.006)


def test_the_analysis_agrees_and_a_wrong_one_is_marked() -> None:
    assert not any(line.beyond for line in compared_analysis(SALT, FOUND))
    lines = {line.element: line for line in compared_analysis(SALT, {"C": 36.8, "N": 8.92})}
    assert lines["C"].beyond
    assert lines["C"].deviation == pytest.approx(0.48, abs=0.005)
    assert not lines["N"].beyond
    assert compared_analysis(SALT, {"C": 36.41}, limit=0.05)[0].beyond


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({"S": 1.0}, "the formula holds none"),
        ({"C": -1.0}, "no percentage"),
        ({"C": float("nan")}, "no percentage"),
        ({"C": 70.0, "H": 40.0}, "more than 100"),
    ],
)
def test_impossible_analyses_are_refused(found: dict[str, float], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        compared_analysis(SALT, found)


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({"Co": 4.7}, "no percentage of Fe"),
        ({"Co": 4.7, "Fe": 0.0}, "gives no ratio"),
        ({"Co": 4.7, "Fe": 101.0}, "no percentage"),
    ],
)
def test_a_ratio_needs_both_elements(found: dict[str, float], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        atom_ratio("Co", "Fe", found)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("C38 H74 Co F18 Fe N8 O4 P3", "C38H74N8O4F18P3FeCo"),
        ("[FeCo(C32H72N8)(C6H2O4)](PF6)3", "C38H74N8O4F18P3FeCo"),
        ("Fe(C5H5)2", "C10H10Fe"),
        ("C10H10Fe·0.5H2O", "C10H11FeO0.5"),
        ("C10H10Fe*2H2O", "C10H14FeO2"),
    ],
)
def test_spellings_of_one_formula(written: str, same: str) -> None:
    found, expected = formula_counts(written), formula_counts(same)
    assert found == pytest.approx(expected)
    assert formula_text(found) == formula_text(expected)


def test_order_of_hill() -> None:
    assert formula_text(SALT) == "C38H74CoF18FeN8O4P3"
    assert formula_text(formula_counts("NaCl")) == "ClNa"
    assert formula_text(formula_counts("H2O")) == "H2O"


@pytest.mark.parametrize(
    "text", ["", "c6h6", "Xx2", "C6(H6", "C6)H6", "(C6]H6", "C0", "C6-H6", "3H2O", "C6H6+", "()"]
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is no formula"):
        formula_counts(text)


def test_more_cannot_leave_than_is_there() -> None:
    with pytest.raises(SettingsError, match="cannot leave"):
        without(formula_counts("CO"), formula_counts("CO2"))


@given(
    st.dictionaries(
        st.sampled_from(["H", "C", "N", "O", "F", "P", "Fe", "Co", "Br"]),
        st.integers(1, 40).map(float),
        min_size=1,
    ),
    st.sampled_from([-2, -1, 1, 2, 3]),
)
def test_a_pattern_holds_all_ions_and_their_mean_mass(
    counts: dict[str, float], charge: int
) -> None:
    pattern = isotope_pattern(counts, charge, smallest=0.0)
    assert sum(each.share for each in pattern.peaks) == pytest.approx(1.0, abs=1e-9)
    mean = sum(each.share * each.mz for each in pattern.peaks)
    # standard weights and middles of abundance ranges agree to 3 in 10000
    assert mean == pytest.approx(pattern.average, rel=3e-4)


def test_two_bromine_atoms_follow_the_binomial() -> None:
    light, heavy = (each.abundance for each in natural_isotopes("Br"))
    pattern = isotope_pattern({"Br": 2.0}, -1)
    assert [each.share for each in pattern.peaks] == pytest.approx(
        [light**2, 2 * light * heavy, heavy**2]
    )
    single = natural_isotopes("Br")[0].mass
    assert pattern.peaks[0].mz == pytest.approx(2 * single + 5.48579909e-4, abs=1e-9)


def test_charge_divides_the_mass() -> None:
    single, double = isotope_pattern({"Co": 1.0}, 1), isotope_pattern({"Co": 1.0}, 2)
    assert double.base.mz == pytest.approx((single.base.mz - 5.48579909e-4) / 2, abs=1e-9)


def test_impossible_ions_are_refused() -> None:
    with pytest.raises(SettingsError, match="whole numbers"):
        isotope_pattern({"O": 0.5}, 1)
    with pytest.raises(SettingsError, match="needs a charge"):
        isotope_pattern({"O": 1.0}, 0)
    with pytest.raises(SettingsError, match="no natural isotopes"):
        isotope_pattern({"Tc": 1.0}, 1)
    with pytest.raises(SettingsError, match="not above 0"):
        overlaps(isotope_pattern({"O": 1.0}, 1), {}, width=0.0)
    with pytest.raises(SettingsError, match="no mass with a tolerance"):
        compared_mass(-1.0, isotope_pattern({"O": 1.0}, 1), tolerance=0.1)


def test_weights_of_the_elements() -> None:
    assert atomic_weight("Co") == pytest.approx(58.933, abs=5e-4)
    assert atomic_weight("Fe") == pytest.approx(55.845, abs=5e-4)
    assert not is_element("n")
    with pytest.raises(SettingsError, match="no element"):
        atomic_weight("Xx")
