"""Sentences of XANES and HERFD: every step and convention, and what differs says so."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from spectrafit.methods import facts_of, merged_text
from spectrafit.reader import read
from spectrafit.recording import Recording
from spectrafit.reference import root
from spectrafit.table import ColumnsReader
from spectrafit.technique import Observables
from spectrafit.testing.methods_conformance import require_methods
from spectrafit_xas.settings import HerfdSettings, XanesSettings
from spectrafit_xas.simulate import HerfdSimulation, XanesSimulation, simulated_scan
from spectrafit_xas.technique import XrayAbsorption, herfd, xanes

RAW = root() / "feco" / "raw"
QUICK: dict[str, Any] = {"window_eV": (7107.0, 7118.0), "peaks": 1, "method_spread": False}


def scan(seed: int = 1, *, sharp: bool = False) -> Recording:
    kind = HerfdSimulation if sharp else XanesSimulation
    raw = simulated_scan(kind(), seed, herfd=sharp).encode()
    return ColumnsReader().recording(raw, Path(f"scan_{seed}.dat"))


def said(technique: XrayAbsorption, found: Observables) -> str:
    """Return what is said of the observables of one scan, after the check of the conformance."""
    require_methods(technique, found.items)
    sentences = [
        sentence
        for rule in technique.methods
        for item in found.items
        if (sentence := rule.said(facts_of(item))) is not None
    ]
    return " ".join(dict.fromkeys(merged_text([one]) for one in sentences))


def of_xanes(**changes: Any) -> str:
    settings = dataclasses.replace(XanesSettings(**QUICK), **changes)
    return said(xanes, xanes.observe({"sample": scan()}, settings))


def test_without_a_foil_energies_are_as_recorded() -> None:
    text = of_xanes()
    assert "Energies are as recorded, without calibration by a foil." in text
    assert "shifted" not in text
    assert "The number of peaks was set." in text
    assert "Fits with other forms" not in text


def test_with_a_foil_the_shift_and_its_feature_are_named() -> None:
    foils = [read(RAW / name)[0] for name in ("foil_fe_before.dat", "foil_fe_after.dat")]
    settings = XanesSettings(**QUICK, foil_eV=7111.2)
    text = said(xanes, xanes.observe({"sample": scan(), "calibration": foils}, settings))
    assert "calibrated by the first inflection of a foil" in text
    assert "Energies were shifted by 0.3354(79) eV" in text
    assert "the Fe foil lies at 7111.2 eV" in text
    assert "The error of the calibration" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shape": "pearson7", "exponent": 2.0}, "Pearson VII with m = 2."),
        ({"shape": "pseudo-voigt by area", "fraction": 0.25}, "pseudo-Voigt, 25 % Lorentzian by area."),
        ({"background": "constant+erf"}, "is a constant and an error-function step, fitted"),
        ({"background": "exponential"}, "is an exponential, fitted"),
        ({"victoreen": 3}, "μ times the energy to the power of 3 below the edge"),
        ({"range_rule": "larch"}, "above it, ranges cut as in xraylarch."),
        ({"subtract_minimum": True}, "its smallest value was subtracted first."),
        ({"shared_width": False}, "Every peak has a width of its own."),
        ({"peaks": None, "max_peaks": 2, "bic_margin": 6.0}, "fell by at least 6 for each"),
        ({"window_eV": (7106.0, 7119.0)}, "begins at 7106 eV and ends at 7119 eV."),
        ({"post_degree": 1}, "the polynomial, of degree 1,"),
    ],
)  # fmt: skip
def test_settings_show_in_the_sentences(changes: dict[str, Any], words: str) -> None:
    assert words in of_xanes(**changes)


def test_a_shape_is_cited_where_it_has_a_source() -> None:
    for shape, cited in (("pearson7", {"hall1977"}), ("pseudo-voigt by height", set())):
        settings = dataclasses.replace(XanesSettings(**QUICK), shape=shape)
        found = xanes.observe({"sample": scan()}, settings)
        facts = facts_of(found["xanes.fe.preedge.area"])
        sentences = [rule.said(facts) for rule in xanes.methods if "shape" in rule.conventions]
        assert {key for one in sentences if one is not None for key in one.cites} == cited


def test_herfd_names_its_emission() -> None:
    settings = HerfdSettings(
        **QUICK, emission_eV=6404.0, analyser="seven Si 444", resolution_eV=0.8
    )
    text = said(herfd, herfd.observe({"sample": scan(sharp=True)}, settings))
    assert (
        "The spectra are those of the Ka1 emission at 6404 eV, analysed by seven Si 444, with a "
        "total resolution of 0.8 eV."
    ) in text
    assert "emission" not in of_xanes()


def test_merged_scans_say_how_many_and_how() -> None:
    scans = [scan(seed) for seed in (1, 2, 3)]
    text = said(xanes, xanes.observe({"sample": scans}, XanesSettings(**QUICK)))
    assert "Of repeated scans (3) the mean was evaluated" in text
    assert "left out of the mean" not in text
