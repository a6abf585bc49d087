"""Sentences of Mössbauer spectra: every step and convention, and what differs says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from spectrafit.bibliography import CORE_CITATIONS
from spectrafit.methods import MethodsFacts, merged_text
from spectrafit_mossbauer.methods import MOSSBAUER_CITATIONS, MOSSBAUER_METHODS

VELOCITY: Mapping[str, Any] = {
    "file": "alphaFe.ws5",
    "convention": "A",
    "orientation": 1,
    "drive": "triangle",
    "reduced_chi2": 0.997,
    "k": 0.0497303,
    "k_sigma": 4.0e-6,
    "c0": 255.6306,
    "c0_sigma": 0.0073,
    "d0": 125.8733,
    "d0_sigma": 0.0073,
}
CONVENTIONS: Mapping[str, Any] = {
    "IS_reference": "alpha-Fe, room temperature",
    "alpha_Fe_convention": "A",
    "orientation": 1,
    "sites": "doublet",
    "line": "lorentzian",
    "asymmetry": "none",
    "statistics": "Poisson, both branches unfolded",
    "absorber": "thin",
    "area": "share times mm/s",
    "reduced_chi2": 1.02,
}


def said(
    steps: Mapping[str, Any] | None = None,
    conventions: Mapping[str, Any] | None = None,
    budget: tuple[str, ...] = (),
) -> str:
    facts = MethodsFacts(steps or {}, conventions or {}, {"T": 75.0}, budget)
    found = [rule.said(facts) for rule in MOSSBAUER_METHODS]
    return " ".join(merged_text([one]) for one in found if one is not None)


def test_a_calibrated_spectrum_is_told_in_full() -> None:
    text = said(
        {"velocity": VELOCITY, "unfolded": {"points": 506}}, CONVENTIONS, ("counts", "calibration")
    )
    for words in (
        "run of alpha-iron (alphaFe.ws5)",
        "on a triangle drive: 0.0497303(40) mm/s a channel, folding centre at channel 255.6306(73)",
        "zero velocity 125.8733(73) channels from it, channels counted from 0; reduced χ² 0.997.",
        "±5.3123, ±3.0760 and ±0.8397 mm/s (convention A, 33.04 T)",
        "declared as 1",
        "centroid of alpha-iron at room temperature",
        "without folding (506 channels)",
        "Poisson's maximum likelihood",
        "The model of the absorption is doublet.",
        "The lines are Lorentzian",
        "equal areas and equal widths",
        "taken as thin",
        "share of the counts off resonance",
        "The reduced χ² of the fit is 1.02.",
        "errors of the calibration's parameters",
    ):
        assert words in text


def test_a_sine_drive_names_its_own_parameters() -> None:
    step = {
        "file": "fe.adt",
        "drive": "sine",
        "reduced_chi2": 1.1,
        "A": 12.0,
        "phi": 3.0,
        "v0": -0.1,
    }
    text = said({"velocity": step})
    assert "largest velocity 12 mm/s, zero of the sine at channel 3" in text
    assert "folding centre" not in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alpha_Fe_convention": "B"}, "±5.3285, ±3.0835 and ±0.8385 mm/s (convention B, 33 T)"),
        (
            {"alpha_Fe_convention": "as the file's velocities"},
            "scale of velocity is that of the file",
        ),
        ({"IS_reference": "as the file's velocities"}, "whose reference is not known"),
        ({"orientation": "undeclared"}, "the sign of isomer shifts is not determined"),
        ({"orientation": -1}, "declared as -1"),
        ({"statistics": "no counts"}, "no counts, so that χ² says nothing"),
        ({"line": "voigt"}, "The lines are Voigt"),
        ({"asymmetry": "texture"}, "the ratio of their areas is free"),
        ({"asymmetry": "relaxation"}, "their widths are free"),
        ({"asymmetry": "both"}, "differs between the lines of a doublet: both"),
        ({"absorber": "transmission integral"}, "treated as transmission integral"),
        ({"sites": "doublet + doublet"}, "is doublet + doublet."),
    ],
)
def test_another_choice_is_another_sentence(changes: Mapping[str, Any], words: str) -> None:
    assert words in said({}, {**CONVENTIONS, **changes})
    assert words not in said({}, CONVENTIONS)


def test_convention_b_is_not_said_to_be_that_of_violet_and_pipkorn() -> None:
    def cited(name: str) -> set[str]:
        facts = MethodsFacts({}, {"alpha_Fe_convention": name}, {})
        found = [rule.said(facts) for rule in MOSSBAUER_METHODS]
        return {key for one in found if one is not None for key in one.cites}

    assert cited("A") == {"violet1971"}
    assert cited("B") == set()


def test_sums_single_branches_and_joint_fits_are_told() -> None:
    assert "runs at one temperature (3) were summed" in said({"summed": {"runs": ["a", "b", "c"]}})
    assert "velocities of its file (200 points)" in said({"one branch": {"points": 200}})
    laws = {"site1.IS": "debye", "site1.width": "shared", "site1.QS": "free"}
    text = said({"joint fit": {"laws": laws}}, {"law": "linear", "T_ref_K": 125.0})
    assert "the isomer shift follows the second-order Doppler shift of a Debye solid" in text
    assert "the line width follows one value for all temperatures" in text
    assert "quadrupole" not in text
    assert "The isomer shift of the series follows a straight line in temperature." in text
    assert "Isomer shifts are given for 125 K." in text


def test_states_their_ranges_and_temperatures_are_told() -> None:
    stated = {
        "state_1": "low",
        "state_2": "high",
        "IS_1": [0.45, 0.55],
        "IS_2": [1.05, 1.2],
        "QS_1": [1.0, 1.0],
        "QS_2": [2.1, 2.9],
        "states_T_K": 80.0,
        "T_ref_K": 125.0,
        "theta_K": [150.0, 210.0],
    }
    text = said({}, stated, ("theta",))
    assert "Two states were declared, low and high: IS of low 0.45 to 0.55 mm/s" in text
    assert "QS of high 2.1 to 2.9 mm/s (isomer shifts at 80 K)" in text
    assert "carried to 125 K" in text
    assert "at least 150 K and at most 210 K, declared and not fitted" in text
    assert "population of high from the splitting is a lower bound" in text
    assert "equally likely" in text
    assert "carried to 4.2 K" in said({}, {"T_ref": 4.2, "theta": 180.0})


def test_the_checklist_is_told_with_what_is_missing() -> None:
    text = said({"reporting checklist": {"missing": ["source and matrix", "source temperature"]}})
    assert "not on record: source and matrix, source temperature." in text
    assert "are given" in said({"reporting checklist": {"missing": []}})


def test_every_cited_key_is_a_work_and_none_is_named_twice() -> None:
    known = [one.key for one in (*CORE_CITATIONS, *MOSSBAUER_CITATIONS)]
    assert len(known) == len(set(known))
    steps = {"velocity": VELOCITY, "reporting checklist": {"missing": []}}
    facts = MethodsFacts(steps, CONVENTIONS, {})
    cited = {
        key
        for rule in MOSSBAUER_METHODS
        if (one := rule.said(facts)) is not None
        for key in one.cites
    }
    assert cited == {one.key for one in MOSSBAUER_CITATIONS}
    for one in MOSSBAUER_CITATIONS:
        assert one.bibtex().isascii()
