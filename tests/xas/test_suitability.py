"""What a scan is for and which signal it shows, with the reason; nothing is chosen silently."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from xas_data import recording

from spectrafit.recording import Column, Recording
from spectrafit.spectrum import Spectrum
from spectrafit.study.settings import settings_of
from spectrafit.technique import Suitability
from spectrafit_xas import herfd, xanes
from spectrafit_xas.scans.absorption import absorption_spectrum
from spectrafit_xas.scans.visible_edge import edge_clarity, rise_clarity
from spectrafit_xas.simulate import XanesSimulation, absorption_curve

ENERGY = np.concatenate(
    [np.arange(6990.0, 7100.0, 5.0), np.arange(7100.0, 7150.0, 0.5), np.arange(7150.0, 7500.0, 4.0)]
)


def scan(
    name: str = "scan.dat",
    header: dict[str, str] | None = None,
    *,
    energy: np.ndarray = ENERGY,
    noise: float = 1e-3,
    weak: float = 1.0,
    curve: np.ndarray | None = None,
    columns: tuple[str, ...] = ("I0", "I1"),
    **conditions: float | str,
) -> Recording:
    """Return a scan over the Fe K edge: I1 in transmission, IF and others in fluorescence."""
    rng = np.random.default_rng(7)
    mu = absorption_curve(XanesSimulation(), energy) if curve is None else curve
    i0 = np.linspace(1e6, 9e5, energy.size)
    noisy = mu + rng.normal(0.0, noise, energy.size)
    values = {
        "I0": i0,
        "I1": i0 * np.exp(-(0.5 + weak * mu) + rng.normal(0.0, noise, energy.size)),
    }
    found = [Column("energy", energy, "eV")]
    found += [Column(each, values.get(each, i0 * (0.1 + noisy))) for each in columns]
    return Recording(name, tuple(found), header or {}, conditions=conditions)


def flat(*columns: str) -> Recording:
    """Return a scan in which nothing but noise is."""
    return scan(columns=columns, curve=np.zeros(ENERGY.size))


def test_a_scan_suits_with_its_element_and_signal_spelt_out() -> None:
    found = xanes.suits(scan())
    assert (found.suits, found.role) == (True, "sample")
    assert found.conditions == {"element": "Fe", "signal": "transmission"}
    assert found.settings == {"element": "Fe", "signal": "transmission"}
    assert found.why == "energies hold the K edge of Fe; signal ln(I0/I1)"
    assert not found.missing


@pytest.mark.parametrize(
    ("changes", "signal", "words"),
    [
        ({}, "transmission", "not IF/I0: transmission is free of self-absorption"),
        ({"header": {"Mode": "Fluorescence yield"}}, "fluorescence", "the header says"),
        ({"header": {"Edge": "K; mu = IF/I0"}}, "fluorescence", "the header says fluorescence"),
        ({"weak": 0.0}, "fluorescence", "not ln(I0/I1): no edge shows there"),
        ({"weak": 0.05, "noise": 2e-3}, "fluorescence", "not ln(I0/I1): its edge is the clearest"),
    ],
)
def test_of_two_signals_one_is_taken_by_a_stated_rule(changes, signal, words) -> None:
    found = xanes.suits(scan(columns=("I0", "I1", "IF"), **changes))
    assert found.conditions["signal"] == signal
    assert found.settings["signal"] == signal
    assert words in found.why


def test_a_herfd_scan_is_fluorescence_which_is_its_default() -> None:
    both = scan(columns=("I0", "I1", "IF"), header={"Emission energy": "6404.8 eV"})
    found = herfd.suits(both)
    assert (found.suits, found.conditions["signal"]) == (True, "fluorescence")
    assert "signal" not in found.settings
    assert "not ln(I0/I1): HERFD is fluorescence" in found.why
    assert not found.missing
    assert not xanes.suits(both).suits


@pytest.mark.parametrize("name", ["herfd/008K.dat", "FeCo_HERFD_8K.dat"])
def test_a_name_may_say_herfd_and_the_emission_energy_is_asked_for(name: str) -> None:
    found = herfd.suits(scan(name, columns=("I0", "IF")))
    assert found.suits
    assert list(found.missing) == ["emission_eV"]
    assert "HERFD" in xanes.suits(scan(name, columns=("I0", "IF"))).why


@pytest.mark.parametrize(
    ("name", "header", "words"),
    [
        ("foil.dat", {}, "the file name says foil"),
        ("Fe_foil_01.dat", {}, "the file name says foil"),
        ("Fefoil2.dat", {}, "the file name says foil"),
        ("2016Foils.dat", {}, "the file name says foils"),
        ("calib_Fe_01.dat", {}, "the file name says calib"),
        ("Fe_metal_rt.dat", {}, "the file name says Fe metal"),
        ("raw/foil/scan_1.dat", {}, "the folder says foil"),
        ("Fe foil/scan_1.dat", {}, "the folder says foil"),
        ("scan_1.dat", {"Sample": "Fe foil"}, "the header (Sample) says foil"),
        ("scan_1.dat", {"Sample.prep": "metal foil"}, "the header (Sample.prep) says foil"),
    ],
)
def test_a_foil_is_told_by_words_and_asks_for_its_energy(name, header, words) -> None:
    found = xanes.suits(scan(name, header))
    assert (found.suits, found.role) == (True, "calibration")
    assert found.why.endswith(f"taken for a foil: {words}")
    assert list(found.missing) == ["foil_eV"]
    assert found.settings == {"foil_eV": 7112.0}


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("scan.dat", {}),
        ("film_on_Al_foil.dat", {}),
        ("Cu_foil_1.dat", {}),
        ("metal_oxide.dat", {}),
        ("recalibur.dat", {}),
        ("foils_of_last_year/scan_1.dat", {}),
        ("scan_1.dat", {"Sample.reference": "Fe foil"}),
        ("scan_1.dat", {"Sample": "powder wrapped in foil"}),
        ("scan_1.dat", {"Experiment.Bpm_Foil": "Cr"}),
    ],
)
def test_other_foils_do_not_make_a_sample_a_foil(name, header) -> None:
    assert xanes.suits(scan(name, header)).role == "sample"


def test_a_foil_in_unusual_columns_says_which() -> None:
    found = xanes.suits(scan("foil.dat", columns=("I0", "I1", "IF")))
    assert found.settings == {"foil_eV": 7112.0, "foil_signal": "transmission"}
    found = xanes.suits(scan("foil.dat", columns=("I0", "TEY")))
    expected = {"foil_signal": "fluorescence", "foil_columns": {"fluorescence": "TEY"}}
    assert found.settings == {"foil_eV": 7112.0, **expected}
    assert "electron yield" in found.why


def test_a_short_scan_serves_as_foil_and_not_as_sample() -> None:
    short = np.arange(7105.0, 7120.0, 0.2)
    found = xanes.suits(scan("scan.dat", energy=short))
    assert not found.suits
    assert "7105.0 to 7119.8 eV is too short" in found.why
    assert xanes.suits(scan("foil.dat", energy=short)).role == "calibration"


def test_the_clearest_of_two_edges_in_range_is_meant() -> None:
    wide = np.concatenate([ENERGY, np.arange(7500.0, 8000.0, 4.0)])
    found = xanes.suits(scan(energy=wide))
    assert found.settings["element"] == "Fe"
    assert "whose step is the clearest" in found.why
    mu = absorption_curve(XanesSimulation(), wide)
    cobalt = scan(energy=wide, curve=np.interp(wide - 597.0, wide, mu))
    assert xanes.suits(cobalt).settings["element"] == "Co"
    alloy = scan(energy=wide, curve=mu + np.interp(wide - 597.0, wide, mu))
    found = xanes.suits(alloy)
    assert not found.suits
    assert found.why.endswith("Fe, Co")


def test_the_headers_element_needs_no_step_to_be_told() -> None:
    wide = np.concatenate([ENERGY, np.arange(7500.0, 8000.0, 4.0)])
    found = xanes.suits(scan(energy=wide, element="Fe"))
    assert found.suits
    assert "clearest" not in found.why


def test_no_edge_no_suit() -> None:
    found = xanes.suits(flat("I0", "I1", "IF"))
    assert not found.suits
    assert "no K edge of Fe shows at 7112.0 eV in ln(I0/I1) or IF/I0" in found.why


def test_columns_of_unknown_names_are_asked_for() -> None:
    found = xanes.suits(scan(columns=("ch1", "ch2")))
    assert (found.suits, found.why) == (False, "which columns make mu?")
    assert list(found.missing) == ["columns"]
    assert not herfd.suits(scan(columns=("ch1", "ch2"))).missing


def test_a_region_of_interest_named_after_the_line_is_a_signal() -> None:
    found = xanes.suits(scan(columns=("I0", "Sum_Fe_Ka", "Fe_Ka_mca1"), element="Fe"))
    assert found.settings["columns"] == {"fluorescence": "Sum_Fe_Ka"}
    found = xanes.suits(scan(columns=("I0", "Fe_Ka_mca1", "Fe_Ka_mca2"), element="Fe"))
    assert found.settings["columns"] == {"fluorescence": "Fe_Ka_mca1"}
    assert "Fe_Ka_mca1 is one of 2 detector elements" in found.why


def taken(one: Recording, found: Suitability) -> str:
    """Return the formula of mu under what was proposed."""
    usable = {key: value for key, value in found.settings.items() if key not in found.missing}
    return absorption_spectrum(one, settings_of(xanes, usable))[1].formula


@pytest.mark.parametrize(
    ("name", "formula", "role"),
    [
        ("xdi/Fe2O3_rt_01.xdi", "ln(i0/itrans)", "sample"),
        ("xdi/V_foil.xdi", "ln(i0/itrans)", "calibration"),
        ("xdi/co_metal_rt.xdi", "ln(i0/itrans)", "calibration"),
        ("larch_examples/feo_xafs.dat", "mu", "sample"),
        ("larch_examples/fexanes_a.001", "Fe_Ka_sum/I0", "sample"),
        ("nxxas/V_XANES_ap1.001", "V_Ka_sum/I0", "sample"),
        ("soleil_lucia/DR08-02_Fe-pt1_01.dat", "FY_c/Io", "sample"),
        ("soleil_lucia/Andradite_pt1_01.dat", "FY_c/Io", "sample"),
        ("soleil_lucia/calib_Fe_01.dat", "TEY/Io", "calibration"),
    ],
)
def test_real_scans_are_what_their_authors_say(name: str, formula: str, role: str) -> None:
    one = recording(name)
    found = xanes.suits(one)
    assert (found.suits, found.role) == (True, role)
    assert f"signal {formula}" in found.why
    if role == "sample":
        assert taken(one, found) == formula


def test_edge_clarity_is_the_step_over_the_scatter() -> None:
    rng = np.random.default_rng(3)
    x = np.linspace(6962.0, 7262.0, 1201)
    ratios = []
    for _ in range(20):
        y = 0.3 - 1e-4 * (x - 7112.0) + 0.5 * (x > 7112.0) + rng.normal(0.0, 0.01, x.size)
        ratios.append(edge_clarity(Spectrum(x, y, x_unit="eV"), 7112.0))
    assert np.mean(ratios) == pytest.approx(50.0, rel=0.03)
    falling = Spectrum(x, -y, x_unit="eV")
    assert edge_clarity(falling, 7112.0) == pytest.approx(-ratios[-1])
    assert edge_clarity(falling, 7300.0) is None


def test_rise_clarity_is_the_rise_over_the_scatter() -> None:
    x = np.linspace(7105.0, 7119.0, 200)
    noise = np.random.default_rng(1).normal(0.0, 0.01, x.size)
    y = 1.0 * (x > 7112.0) + noise
    assert rise_clarity(Spectrum(x, y, x_unit="eV")) == pytest.approx(100.0, rel=0.2)
    assert rise_clarity(Spectrum(x, y * 0 + 1.0, x_unit="eV")) == 0.0


def test_a_name_with_folders_changes_nothing_but_the_words() -> None:
    plain, deep = xanes.suits(scan()), xanes.suits(replace(scan(), name="day 1/run/scan.dat"))
    assert plain == deep


def test_the_edge_of_another_element_is_not_taken_for_the_k_edge_in_range() -> None:
    """Platinum L3 at 11564 eV, in a scan that reaches over the K edge of arsenic, 11867 eV."""
    energy = np.concatenate([np.arange(11400.0, 11650.0, 1.0), np.arange(11650.0, 12200.0, 4.0)])
    curve = 1.0 / (1.0 + np.exp(-(energy - 11564.0) / 2.0))
    found = xanes.suits(scan(energy=energy, curve=curve))
    assert not found.suits
    assert "from the K edge of As, the nearest in range: another element's L edge?" in found.why


def test_an_edge_in_its_place_is_taken() -> None:
    """Its steepest rise is at 11870 eV, the K edge of arsenic."""
    found = xanes.suits(recording("araucaria/xmu_testfile.xmu"))
    assert found.settings["element"] == "As"
