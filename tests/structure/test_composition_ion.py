"""Masses and isotope patterns of an ion, printed and in spectra, as a user sees them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectrafit import registry
from spectrafit.errors import ReadError, SettingsError
from spectrafit.reader import HEAD_BYTES
from spectrafit.recording import Recording
from spectrafit.technique import Observables, Simulates
from spectrafit_structure.composition import (
    composition,
    elemental_analysis_reader,
    mass_spectrum_reader,
)
from spectrafit_structure.composition.settings import CompositionSettings
from spectrafit_structure.composition.simulate import CompositionSimulation

pytest.importorskip("periodictable", reason="the extra `calc` is not installed")

CATION = CompositionSettings(formula="C38H74N8O4F18P3FeCo", lost="PF6", charge=1)
OTHERS = {"CoCo": "C38H74N8O4F18P3Co2", "FeFe": "C38H74N8O4F18P3Fe2"}
LIST = CompositionSimulation(kind="mass-spectrum")
PROFILE = replace(LIST, fwhm_mz=0.08)


def spectrum(text: str, name: str = "ms.csv") -> Recording:
    return mass_spectrum_reader.recording(text.encode(), Path(name))


def simulated(settings: CompositionSimulation = LIST, seed: int = 1) -> Recording:
    return spectrum(composition.simulated_text(settings, seed))


def observed(recording: Recording, settings: CompositionSettings = CATION) -> Observables:
    return composition.observe({"sample": recording}, settings)


def beside_analysis(settings: CompositionSettings) -> Observables:
    sample = elemental_analysis_reader.recording(b"element,found\nC,36.41\n", Path("a.csv"))
    return composition.observe({"sample": sample}, settings)


def text_of(found: Observables, code: str) -> str:
    return next((str(alert) for alert in found.alerts if alert.code == code), "")


def test_the_printed_masses_of_the_paper() -> None:
    found = beside_analysis(replace(CATION, printed_mz=1111.75, mz_tolerance=0.05))
    assert found["composition.mz.most_abundant"].value == pytest.approx(1111.379, abs=0.002)
    assert found["composition.mz.most_abundant"].verdict == "m/z 1111.379"
    assert found["composition.mz.average"].value == pytest.approx(1111.77, abs=0.005)
    assert found["composition.mz.printed_match"].value == "the average mass"
    assert "1111.75 is the average mass" in text_of(found, "COMP-104")
    peak = beside_analysis(replace(CATION, printed_mz=1111.5, mz_tolerance=0.05))
    assert peak["composition.mz.printed_match"].value.startswith("neither")
    assert "+0.121 from the most abundant" in text_of(peak, "COMP-105")
    exact = beside_analysis(replace(CATION, printed_mz=1111.38))
    assert exact["composition.mz.printed_match"].value == "the most abundant isotopologue"
    assert not {"COMP-104", "COMP-105"} & {alert.code for alert in exact.alerts}


def test_dinuclear_ions_overlap_as_in_the_paper() -> None:
    found = beside_analysis(replace(CATION, others=OTHERS))
    assert found["composition.mz.CoCo.overlap"].value == "on M+3 (2.15 %)"
    assert "M+3" in text_of(found, "COMP-107")
    apart = beside_analysis(replace(CATION, others=OTHERS, resolved_mz=1e-4))
    assert apart["composition.mz.CoCo.overlap"].value == "none"
    assert not text_of(apart, "COMP-107")


@pytest.mark.parametrize("settings", [LIST, PROFILE, replace(LIST, fwhm_mz=0.4)])
def test_the_pattern_of_the_cation_is_recognised(settings: CompositionSimulation) -> None:
    for seed in range(4):
        found = observed(simulated(settings, seed))
        assert found["composition.mz.observed"].value == pytest.approx(1111.379, abs=0.02)
        assert found["composition.mz.observed_match"].value == "the most abundant isotopologue"
        assert found["composition.mz.pattern_rms"].value < 2.0
        assert found["composition.mz.pattern_rms"].verdict.startswith("agrees")
        assert not text_of(found, "COMP-106")


def test_pattern_heights_are_those_of_the_paper() -> None:
    found = observed(simulated(replace(LIST, noise_of_base_percent=0.0)))
    assert found["composition.mz.pattern_rms"].value < 0.01
    (chart,) = found.charts
    data = next(trace for trace in chart.panels[0].traces if trace.label == "observed")
    expected = {1109.384: 6.3, 1110.387: 2.8, 1111.379: 100.0, 1112.382: 47.0, 1113.385: 12.0}
    for mz, height in expected.items():
        nearest = int(np.argmin(np.abs(data.x - mz)))
        assert data.x[nearest] == pytest.approx(mz, abs=0.002)
        assert data.y[nearest] == pytest.approx(height, abs=0.5)
    assert chart.simulated


@pytest.mark.parametrize("shape", [LIST, PROFILE])
def test_an_admixed_ion_spoils_the_pattern(shape: CompositionSimulation) -> None:
    mixed = replace(shape, admixture=OTHERS["CoCo"], admixture_share=0.1)
    found = observed(simulated(mixed), replace(CATION, others={"CoCo": OTHERS["CoCo"]}))
    assert "at M+3" in text_of(found, "COMP-106")
    assert found["composition.mz.pattern_rms"].verdict.startswith("differs")
    wide = replace(CATION, pattern_limit_percent=20.0)
    assert not text_of(observed(simulated(mixed), wide), "COMP-106")


def test_a_shifted_axis_is_told() -> None:
    profile = observed(simulated(replace(PROFILE, mz_offset=0.2)))
    assert profile["composition.mz.observed"].value == pytest.approx(1111.579, abs=0.01)
    assert "+0.2" in text_of(profile, "COMP-105")
    assert profile["composition.mz.pattern_rms"].value < 2.0
    peaks = observed(simulated(replace(LIST, mz_offset=0.2)))
    assert "the nearest peak is at 1111.579" in text_of(peaks, "COMP-109")
    assert "composition.mz.observed" not in peaks.keys


def test_an_ion_that_is_not_there_is_not_seen_in_noise() -> None:
    rng = np.random.default_rng(5)
    x = np.arange(1105.0, 1118.0, 0.01)
    rows = "\n".join(f"{a:.3f},{b:.4f}" for a, b in zip(x, rng.normal(0, 1, x.size), strict=True))
    found = observed(spectrum(f"m/z,intensity\n{rows}\n"))
    assert "none of the peaks" in text_of(found, "COMP-109")
    assert found["composition.mz.most_abundant"].value == pytest.approx(1111.379, abs=0.002)
    elsewhere = observed(spectrum("m/z,intensity\n500.0,3\n501.0,1\n"))
    assert text_of(elsewhere, "COMP-109")


def test_a_spectrum_that_ends_inside_the_pattern() -> None:
    text = "m/z,intensity\n1111.379,100\n1112.382,47\n1113.385,12\n"
    found = observed(spectrum(text))
    assert "3 of 6 calculated peaks" in text_of(found, "COMP-110")
    assert found["composition.mz.pattern_rms"].value < 1.0


def test_gained_parts_and_charges() -> None:
    protonated = beside_analysis(CompositionSettings(formula="C6H12O6", gained="Na", charge=1))
    assert protonated["composition.mz.most_abundant"].value == pytest.approx(203.0526, abs=2e-4)
    twice = beside_analysis(CompositionSettings(formula="C8H10N4O2", gained="H2", charge=2))
    # caffeine 194.0804 and two protons of 1.00728
    assert twice["composition.mz.most_abundant"].value == pytest.approx(98.0475, abs=2e-4)


def test_formula_and_charge_may_stand_in_the_header_of_the_file() -> None:
    found = observed(simulated(), CompositionSettings())
    assert found["composition.mz.observed"].conventions["charge"] == 1
    for written, charge in (("2+", 2), ("-1", -1), ("+1", 1)):
        text = f"# formula: C10H10Fe\n# charge: {written}\nm/z,intensity\n93.0,1\n94.0,2\n186.0,3\n"
        own = observed(spectrum(text), CompositionSettings())
        assert own["composition.mz.most_abundant"].conventions["charge"] == charge
    with pytest.raises(SettingsError, match="is no charge"):
        observed(spectrum("# charge: plus\nm/z,I\n93.0,1\n94.0,2\n"), replace(CATION, charge=0))


def test_a_spectrum_needs_a_charge_and_an_analysis_does_not() -> None:
    bare = spectrum("m/z,intensity\n1111.379,100\n1112.382,47\n")
    with pytest.raises(SettingsError, match="charge of the ion is missing") as refused:
        observed(bare, replace(CATION, charge=0))
    assert "--set charge=1" in refused.value.do
    assert set(composition.suits(bare).missing) == {"formula", "charge"}
    alone = beside_analysis(replace(CATION, charge=0, printed_mz=1111.5))
    assert "--set charge=1" in text_of(alone, "COMP-111")
    assert "composition.C.found" in alone.keys


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        (replace(CATION, lost="Cl"), "cannot leave"),
        (replace(CATION, mz_tolerance=0.0), "not above 0"),
        (replace(CATION, others={"Co.Co": "Co2"}), "cannot name an ion"),
        (replace(CATION, others=OTHERS, resolved_mz=0.0), "not above 0"),
        (replace(CATION, smallest_percent=101.0), "no calculated peak"),
    ],
)
def test_impossible_settings_are_refused(settings: CompositionSettings, match: str) -> None:
    with pytest.raises(SettingsError, match=match):
        observed(simulated(), settings)
    assert match in text_of(beside_analysis(settings), "COMP-111") or "mz_tol" in repr(settings)


def test_only_labelled_spectra_are_taken() -> None:
    rows = "\n".join(f"{x},{y}" for x, y in ((1109.384, 6.3), (1110.387, 2.8), (1111.379, 100.0)))
    path = Path("pairs.csv")
    for label, sure in (("m/z,intensity", 0.75), ("mass,intensity", 0.0), ("x,y", 0.0)):
        head = f"{label}\n{rows}\n".encode()
        assert mass_spectrum_reader.sniff(path, head) == sure
    with pytest.raises(ReadError, match="no labels say"):
        spectrum(f"x,y\n{rows}\n")
    with pytest.raises(ReadError, match="not above 0"):
        spectrum(f"m/z,intensity\n0.0,1\n{rows}\n")


def test_neither_reader_takes_examples_of_other_techniques(tmp_path: Path) -> None:
    for technique in map(registry.technique, registry.techniques()):
        if technique.name == "composition" or not isinstance(technique, Simulates):
            continue
        text = technique.simulated_text(technique.simulation(), 1)
        head = text.encode()[:HEAD_BYTES]
        for reader in (mass_spectrum_reader, elemental_analysis_reader):
            assert reader.sniff(tmp_path / "simulated.dat", head) == 0, technique.name
