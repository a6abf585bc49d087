"""Over-absorption: the Fe2O3 pair, known answers, the setting, the alert, the error."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xas_data import recording

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.recording import Recording
from spectrafit.spectrum import Spectrum
from spectrafit.table import ColumnsReader
from spectrafit.testing.methods_conformance import require_methods
from spectrafit_xas.normalisation.normalize import normalization, normalized
from spectrafit_xas.normalisation.over_absorption import (
    OverAbsorption,
    composition_ratio,
    corrected,
    fitted_ratio,
)
from spectrafit_xas.preparation import prepared_scan
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.simulate import XanesSimulation, absorption_curve, simulated_scan
from spectrafit_xas.technique import xanes

WINDOW = (7107.0, 7118.0)
ENERGY = np.arange(7050.0, 7400.0, 0.5)


def damped(mu: np.ndarray, a: float) -> np.ndarray:
    """Return what a thick sample shows: the effect itself, not its inverse."""
    return mu * (1.0 + a) / (mu + a)


def curve(y: np.ndarray, sigma: float | None = None) -> Spectrum:
    errors = None if sigma is None else np.full(y.size, sigma)
    return Spectrum(ENERGY, y, errors, "eV")


@given(a=st.floats(0.3, 50.0), high=st.floats(0.5, 3.0))
def test_the_correction_undoes_the_effect(a: float, high: float) -> None:
    mu = np.linspace(-0.05, high, ENERGY.size)
    found = corrected(curve(damped(mu, a)), OverAbsorption(a, 0.0, "a test"))
    assert found.y == pytest.approx(mu, abs=1e-9)


def test_the_edge_step_stays_and_a_small_pre_edge_is_scaled() -> None:
    ratio = OverAbsorption(1.0, 0.1, "a test")
    found = corrected(curve(np.linspace(0.0, 1.0, ENERGY.size), 1e-3), ratio)
    assert found.y[-1] == pytest.approx(1.0)
    assert found.y[1] / (1.0 / (ENERGY.size - 1)) == pytest.approx(ratio.pre_edge_factor, rel=2e-3)
    assert found.sigma is not None
    # dmu/dN = a (1 + a)/(1 + a - N)^2 is 1/2 at N = 0 and 2 at N = 1 for a = 1
    assert found.sigma[0] == pytest.approx(0.5e-3)
    assert found.sigma[-1] == pytest.approx(2e-3)
    assert found.history[-1].settings["ratio"] == 1.0


def test_the_error_of_a_is_that_of_the_scaled_pre_edge() -> None:
    ratio = OverAbsorption(0.8, 1e-4, "a test")
    more = OverAbsorption(0.8 + 1e-4, 1e-4, "a test")
    share = (more.pre_edge_factor - ratio.pre_edge_factor) / ratio.pre_edge_factor
    assert ratio.pre_edge_share == pytest.approx(share, rel=1e-3)


def test_a_ratio_below_the_limit_and_an_impossible_spectrum_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"a = 0\.20 is below 0\.3"):
        OverAbsorption(0.2, 0.01, "a test")
    # a measured spectrum cannot exceed 1 + a
    with pytest.raises(SpectrafitError, match=r"1\.60, more than a sample"):
        corrected(curve(np.full(ENERGY.size, 1.6)), OverAbsorption(0.5, 0.0, "a test"))


def test_dilution_raises_a_and_its_error_is_named() -> None:
    pure = composition_ratio({"Fe2O3": 1}, "Fe", (35.0, 15.0))
    half = composition_ratio({"Fe2O3": 1, "BN": 1}, "Fe", (35.0, 15.0))
    dilute = composition_ratio({"Fe2O3": 1, "BN": 99}, "Fe", (35.0, 15.0))
    assert pure.ratio < half.ratio < dilute.ratio
    assert dilute.pre_edge_factor > 0.8
    # FLUO of xraylarch 2026.3.1 gives the same ratio for pure Fe2O3 at 35 and 15 degrees
    assert pure.ratio == pytest.approx(0.67823, abs=2e-4)
    assert 0.05 * pure.ratio < pure.sigma < 0.2 * pure.ratio


@pytest.mark.parametrize(
    ("composition", "words"),
    [
        ({"BN": 1.0}, "Fe is not in the composition"),
        ({"Fe2O3": -1.0}, "mass -1"),
        ({"Fe2Q3": 1.0}, "no formula"),
        ({}, "Fe is not in the composition"),
    ],
)
def test_a_composition_that_cannot_be_is_refused(composition: dict[str, float], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        composition_ratio(composition, "Fe")


def test_angles_are_checked() -> None:
    with pytest.raises(SettingsError, match="angle 0 degrees"):
        composition_ratio({"Fe2O3": 1}, "Fe", (0.0, 45.0))


def test_a_fit_to_transmission_recovers_a_and_the_shift_within_its_errors() -> None:
    rng = np.random.default_rng(7)
    pulls = []
    for _ in range(40):
        a, shift = rng.uniform(0.5, 2.0), rng.uniform(-0.5, 0.5)
        mu = absorption_curve(XanesSimulation(), ENERGY)
        moved = absorption_curve(XanesSimulation(), ENERGY + shift)
        noisy = damped(moved, a) + 2e-3 * rng.standard_normal(ENERGY.size)
        found = fitted_ratio(curve(noisy), curve(mu), (7100.0, 7250.0))
        pulls.append((found.over_absorption.ratio - a) / found.over_absorption.sigma)
        assert found.shift_eV == pytest.approx(shift, abs=5 * found.shift_sigma_eV + 0.01)
    # 40 draws: the mean of true pulls is within 0.47, their spread within 0.34 of one (3 sigma)
    assert abs(np.mean(pulls)) < 0.47
    assert 0.6 < np.std(pulls, ddof=1) < 1.4


def scan(**changes: float) -> Recording:
    raw = simulated_scan(XanesSimulation(**changes), 1, herfd=False).encode()  # type: ignore[arg-type]
    return ColumnsReader().recording(raw, Path("scan.dat"))


QUICK = XanesSettings(window_eV=WINDOW, peaks=1, method_spread=False)


def test_the_setting_scales_areas_names_its_source_and_carries_its_error() -> None:
    plain = xanes.observe({"sample": scan()}, QUICK)
    settings = dataclasses.replace(
        QUICK, over_absorption="ratio", over_absorption_ratio=(1.5, 0.15)
    )
    found = xanes.observe({"sample": scan()}, settings)
    area, other = found["xanes.fe.preedge.area"], plain["xanes.fe.preedge.area"]
    assert isinstance(area.value, float)
    assert isinstance(other.value, float)
    # the peaks ride on a rising edge, so that they are scaled a little less than small values are
    assert area.value / other.value == pytest.approx(0.6, rel=0.08)
    assert area.budget["over-absorption"] == pytest.approx(0.15 / (1.5 * 2.5) * area.value)
    assert "a = 1.500 from the settings" in area.conventions["over_absorption"]
    assert [entry.step for entry in area.history].count("over-absorption") == 1
    assert any(alert.code == "XAS-153" for alert in found.alerts)
    assert "over_absorption" not in other.conventions
    require_methods(xanes, found.items)


def test_settings_that_give_no_ratio_are_refused() -> None:
    without = dataclasses.replace(QUICK, over_absorption="ratio")
    with pytest.raises(SettingsError, match="without a ratio"):
        prepared_scan(scan(), (), without)
    foil = dataclasses.replace(QUICK, over_absorption="composition", composition={"Fe": 1.0})
    raw = simulated_scan(XanesSimulation(scan="foil"), 1, herfd=False).encode()
    thin = ColumnsReader().recording(raw, Path("foil.dat"))
    with pytest.raises(SettingsError, match="transmission"):
        prepared_scan(thin, (), foil)


def test_likely_over_absorption_is_told_once_and_not_where_it_was_taken_off(
    real_data: object,
) -> None:
    hematite = recording("soleil_lucia/Hematite_pt1_01.dat")
    settings = XanesSettings(signal="fluorescence")
    codes = [alert.code for alert in prepared_scan(hematite, (), settings).alerts]
    assert codes.count("XAS-108") == 1
    done = dataclasses.replace(settings, over_absorption="ratio", over_absorption_ratio=(1.0, 0.1))
    assert "XAS-108" not in [alert.code for alert in prepared_scan(hematite, (), done).alerts]


def test_the_composition_decides_over_the_rise_at_the_edge() -> None:
    def codes(composition: dict[str, float]) -> list[str]:
        settings = dataclasses.replace(QUICK, composition=composition)
        return [alert.code for alert in prepared_scan(scan(), (), settings).alerts]

    assert "XAS-108" not in codes({})
    assert "XAS-108" not in codes({"Fe2O3": 1.0, "BN": 999.0})
    assert "XAS-108" in codes({"Fe2O3": 1.0, "BN": 3.0})


def test_fluo_of_larch_gives_the_same() -> None:
    pytest.importorskip("larch", reason="xraylarch is not installed")
    import larch
    from larch.xafs import fluo_corr
    from scipy.special import erf

    energy = np.arange(6900.0, 7600.0, 0.5)
    white_line = 0.6 * np.exp(-(((energy - 7128.0) / 6.0) ** 2))
    mu = 0.5 * (1.0 + erf((energy - 7122.0) / 3.0)) + white_line
    ratio = composition_ratio({"Fe2O3": 1}, "Fe", (35.0, 15.0))
    thick = Spectrum(energy, damped(mu, ratio.ratio), x_unit="eV")
    group = larch.Group()
    ranges = {"e0": 7122.0, "pre1": -200.0, "pre2": -30.0, "norm1": 150.0, "norm2": 450.0}
    fluo_corr(
        np.array(thick.x), np.array(thick.y), "Fe2O3", "Fe", group=group,
        edge="K", line="Ka", anginp=35.0, angout=15.0, **ranges, nnorm=0,
    )  # fmt: skip
    lines = normalization(
        thick, 7122.0, pre_eV=(-200.0, -30.0), post_eV=(150.0, 450.0), degree=0, range_rule="larch"
    )
    ours = corrected(normalized(thick, lines), ratio)
    again = normalization(
        ours, 7122.0, pre_eV=(-200.0, -30.0), post_eV=(150.0, 450.0), degree=0, range_rule="larch"
    )
    found = normalized(ours, again)
    # larch multiplies mu where we transform the normalised curve: equal where the line is zero
    assert found.y == pytest.approx(group.norm_corr, abs=1e-3)


def test_the_edge_itself_is_not_fitted_in_silence(real_data: object) -> None:
    pyrite = recording("xdi/FeS2_rt_01.xdi")
    alerts = prepared_scan(pyrite, (), XanesSettings()).alerts
    told = next(alert for alert in alerts if alert.code == "XAS-150")
    assert told.level == "A"
    lower = XanesSettings(window_eV=(7107.0, 7115.5))
    codes = [alert.code for alert in prepared_scan(pyrite, (), lower).alerts]
    assert "XAS-150" not in codes
    for flank in ("xdi/FeO_rt_01.xdi", "xdi/Fe_metal_rt_02.xdi", "xdi/co_metal_rt.xdi"):
        alerts = prepared_scan(recording(flank), (), XanesSettings()).alerts
        (told,) = (alert for alert in alerts if alert.code == "XAS-150")
        assert "of the edge's largest slope" in told.text
    # a shoulder below the edge of nearly half the step is not the edge's flank
    foil = recording("xdi/V_foil.xdi")
    codes = [alert.code for alert in prepared_scan(foil, (), XanesSettings()).alerts]
    assert "XAS-150" not in codes
    strong = recording("soleil_lucia/PyNa1200_pt1_01.dat")
    codes = [
        alert.code
        for alert in prepared_scan(strong, (), XanesSettings(signal="fluorescence")).alerts
    ]
    assert "XAS-104" in codes
    assert "XAS-150" not in codes
