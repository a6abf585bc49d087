"""Which HERFD spectra compare, the natural widths, and the broadening to a conventional basis."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.alert import Level
from spectrafit.errors import SpectrafitError
from spectrafit.history import Source
from spectrafit.recording import Recording
from spectrafit.spectrum import Spectrum
from spectrafit.table import ColumnsReader
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.emission.herfd_basis import (
    broadened,
    comparison_alerts,
    conventional_width,
    narrow_peaks,
    natural_width,
    on_conventional_basis,
)
from spectrafit_xas.normalisation.normalize import normalization, normalized
from spectrafit_xas.preparation import prepared_scan
from spectrafit_xas.settings import HerfdSettings, XanesSettings
from spectrafit_xas.simulate import HerfdSimulation, XanesSimulation, simulated_scan
from spectrafit_xas.technique import herfd

WINDOW = (7107.0, 7118.0)


def test_natural_widths_are_those_of_the_two_holes() -> None:
    assert natural_width("Fe") == pytest.approx(0.35, abs=0.005)
    assert natural_width("Co") == pytest.approx(0.41, abs=0.005)
    assert conventional_width("Fe") == pytest.approx(1.25)
    assert conventional_width("Co") == pytest.approx(1.33)
    with pytest.raises(SpectrafitError, match="'Lb1'"):
        natural_width("Fe", "Lb1")


@settings(max_examples=8)
@given(fwhm=st.floats(0.6, 2.0), more=st.floats(0.3, 2.0))
def test_lorentzian_widths_add_and_the_area_stays(fwhm: float, more: float) -> None:
    # steps of three sizes: the map needs no even grid
    x = np.concatenate(
        [np.arange(-300, -10, 1.0), np.arange(-10, 10, 0.05), np.arange(10, 300, 1.0)]
    )

    def peak(width: float) -> np.ndarray:
        half = width / 2.0
        return half / np.pi / (x**2 + half**2)

    found = broadened(Spectrum(x + 7112.0, peak(fwhm), x_unit="eV"), more).y
    assert found == pytest.approx(peak(fwhm + more), abs=3e-3 * peak(fwhm + more).max())
    assert np.trapezoid(found, x) == pytest.approx(np.trapezoid(peak(fwhm + more), x), abs=2e-3)


def test_a_step_becomes_an_arctangent_and_levels_stay() -> None:
    x = np.concatenate([np.arange(-60, 0, 0.1), [-1e-6, 1e-6], np.arange(0.1, 60, 0.1)])
    found = broadened(Spectrum(x, (x > 0).astype(float), np.full(x.size, 0.01), "eV"), 0.9)
    assert found.y == pytest.approx(0.5 + np.arctan(x / 0.45) / np.pi, abs=1e-3)
    assert found.sigma is not None
    assert (found.sigma < 0.01).all()
    flat = broadened(Spectrum(x, np.full(x.size, 0.7), x_unit="eV"), 0.9)
    assert flat.y == pytest.approx(0.7)


def test_a_width_must_be_positive() -> None:
    line = Spectrum(np.arange(5.0), np.arange(5.0), x_unit="eV")
    with pytest.raises(SpectrafitError, match="positive width"):
        broadened(line, 0.0)


def scan(kind: type[XanesSimulation], name: str, **changes: float) -> Recording:
    raw = simulated_scan(kind(**changes), 1, herfd=kind is HerfdSimulation).encode()  # type: ignore[arg-type]
    return ColumnsReader().recording(raw, Path(name))


def sharp(name: str = "sharp.dat", **changes: float) -> Spectrum:
    chosen = HerfdSettings(window_eV=WINDOW)
    return prepared_scan(scan(HerfdSimulation, name, **changes), (), chosen).normalised


def conventional() -> Spectrum:
    chosen = XanesSettings(window_eV=WINDOW)
    return prepared_scan(scan(XanesSimulation, "conventional.dat"), (), chosen).normalised


def test_herfd_against_conventional_is_forbidden_until_both_are_on_one_basis() -> None:
    first, second = sharp(), conventional()
    for pair in ((first, second), (second, first)):
        (alert,) = comparison_alerts(*pair)
        assert alert.code == "XAS-113"
        assert alert.level is Level.A
        assert "sharp.dat is HERFD and conventional.dat" in alert.text
    broad = on_conventional_basis(first, "Fe")
    assert comparison_alerts(broad, second) == ()
    entry = next(entry for entry in broad.history if entry.step == "broaden")
    assert entry.settings["fwhm_eV"] == pytest.approx(0.90, abs=0.005)
    assert "approximate" in str(broad.conditions["basis"])
    with pytest.raises(SpectrafitError, match="as broad as a conventional"):
        on_conventional_basis(first, "Fe", 1.5)


def test_unequal_emission_energies_are_told() -> None:
    low, high = sharp("8K.dat", emission_eV=6404.52), sharp("250K.dat", emission_eV=6404.8)
    (alert,) = comparison_alerts(low, high)
    assert alert.code == "XAS-114"
    assert alert.level is Level.B
    assert "6404.52" in alert.text
    near = sharp("135K.dat", emission_eV=6404.75)
    assert comparison_alerts(near, high) == ()
    unknown = dataclasses.replace(
        high, conditions={k: v for k, v in high.conditions.items() if k != "emission_eV"}
    )
    (alert,) = comparison_alerts(low, unknown)
    assert "of unknown energy" in alert.text


def test_other_lines_are_unequal_whatever_their_energies() -> None:
    one = sharp()
    other = dataclasses.replace(one, conditions={**one.conditions, "emission_line": "Kb1"})
    assert [alert.code for alert in comparison_alerts(one, other)] == ["XAS-114"]


def test_two_conventional_spectra_compare_and_an_unnormalised_one_does_not() -> None:
    one = conventional()
    assert comparison_alerts(one, one) == ()
    raw = Spectrum(
        np.arange(7000.0, 7300.0), np.arange(300.0), x_unit="eV", source=Source("raw.dat")
    )
    with pytest.raises(SpectrafitError, match="unnormalised"):
        comparison_alerts(one, raw)
    step = dataclasses.replace(raw, y=(raw.x > 7120.0) + 1e-4 * raw.y)
    assert comparison_alerts(one, normalized(step, normalization(step, 7120.0))) == ()


def test_emission_and_resolution_are_in_the_conditions_of_every_result() -> None:
    chosen = HerfdSettings(window_eV=WINDOW, resolution_eV=0.8, analyser="seven Si 440")
    found = prepared_scan(scan(HerfdSimulation, "sharp.dat"), (), chosen)
    kept = found.normalised.conditions
    assert (kept["emission_line"], kept["emission_eV"]) == ("Ka1", 6404.8)
    assert (kept["resolution_eV"], kept["analyser"]) == (0.8, "seven Si 440")
    codes = [alert.code for alert in found.alerts]
    assert "XAS-151" in codes
    assert "XAS-152" not in codes
    without = prepared_scan(scan(HerfdSimulation, "sharp.dat"), (), HerfdSettings(window_eV=WINDOW))
    assert "XAS-152" in [alert.code for alert in without.alerts]
    assert xas_alert("XAS-152").level is Level.G


def test_a_peak_below_the_natural_width_is_a_fault() -> None:
    assert narrow_peaks({"peak1": 0.36, "peak2": 0.30}, "Fe") == (
        ("peak2", "FWHM 0.30 eV, below the natural width of 0.35 eV"),
    )
    assert narrow_peaks({"peak1": 0.40}, "Co")[0][0] == "peak1"
    chosen = HerfdSettings(
        window_eV=WINDOW, peaks=3, method_spread=False, fwhm_eV=(0.1, 0.3), shared_width=True
    )
    found = herfd.observe({"sample": scan(HerfdSimulation, "sharp.dat")}, chosen)
    told = [alert.text for alert in found.alerts if alert.code == "XAS-109"]
    assert any("below the natural width" in text for text in told)
