"""Simulated spectra: what is shipped, what the truth is, and what is refused."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest
from ir_technique_case import ONE, axes, recorded

from spectrafit.errors import SettingsError
from spectrafit.reference import entries, root
from spectrafit.study.settings import settings_of
from spectrafit.study.truth import load_truth
from spectrafit_ir.simulate import (
    InfraredSimulation,
    band_values,
    expected_absorbance,
    pseudo_voigt_area,
    simulated_spectrum,
)

SHIPPED = [entry for entry in entries() if entry.technique == "ir"]


def settings_of_entry(entry) -> InfraredSimulation:
    declared = tomllib.loads((root() / entry.settings).read_text(encoding="utf-8"))
    return settings_of(InfraredSimulation, {**declared, **entry.values}, entry.path)


def test_a_shipped_file_is_what_its_settings_and_seed_write() -> None:
    assert len(SHIPPED) == 21
    for entry in SHIPPED:
        shipped = (root() / entry.path).read_text(encoding="utf-8")
        assert simulated_spectrum(settings_of_entry(entry), entry.seed) == shipped, entry.path
    assert len({entry.seed for entry in SHIPPED}) == 21


def test_the_settings_are_those_of_the_declared_truth() -> None:
    truth = load_truth(root() / "feco" / "truth.toml")
    for entry in SHIPPED:
        settings = settings_of_entry(entry)
        populations = truth.populations(settings.T_K)
        assert settings.populations == tuple(populations.values())
        for position, band in zip(settings.positions_cm, band_values(settings), strict=True):
            pure = truth.members[f"ir.{position:.0f}.linked_area"].values
            area = sum(populations[state] * pure[state] for state in pure)
            assert band.area == pytest.approx(area, abs=1e-3)


def test_an_area_is_that_of_the_curve_and_stays_as_the_band_moves_and_broadens() -> None:
    for T in (10.0, 300.0):
        settings = InfraredSimulation(
            T_K=T, mixing=0.0, baseline=(0.0, 0.0, 0.0), shift_cm_per_K=-0.01,
            broadening_per_K=7e-4, heights=((0.3,),),
        )  # fmt: skip
        (band,) = band_values(settings)
        x, y = expected_absorbance(settings)
        assert np.trapezoid(y, x) == pytest.approx(band.area, rel=1e-6)
        assert band.area == pytest.approx(pseudo_voigt_area(0.3, 14.0, 0.0))
        assert x[np.argmax(y)] == pytest.approx(band.position, abs=1.0)
        assert y.max() == pytest.approx(band.height, rel=0.03)


def test_noise_has_the_stated_size_and_a_seed_gives_one_file() -> None:
    x, expected = expected_absorbance(ONE)
    residual = [axes(recorded(ONE, seed=seed))[1] - expected for seed in range(20)]
    assert np.std(residual) == pytest.approx(ONE.noise, rel=0.05)
    assert simulated_spectrum(ONE, 1) == simulated_spectrum(ONE, 1) != simulated_spectrum(ONE, 2)
    assert np.array_equal(axes(recorded(ONE))[0], x)


def test_the_file_says_what_it_is() -> None:
    one = recorded(ONE)
    assert one.source.simulated
    assert one.conditions["T"] == 120.0
    assert "SIMULATED DATA" in simulated_spectrum(ONE, 1).splitlines()[0]


@pytest.mark.parametrize(
    "change",
    [
        {"positions_cm": (1400.0, 1500.0)},
        {"populations": (0.5, 0.5)},
        {"mixing": 1.2},
        {"range_cm": (1600.0, 1200.0)},
        {"step_cm": 0.0},
        {"scale": float("nan")},
        {"noise": -1.0},
        {"T_K": -1.0},
        {"broadening_per_K": -1.0, "T_K": 300.0},
        {"branch": "up"},
    ],
)
def test_impossible_settings_are_refused_with_advice(change: dict) -> None:
    with pytest.raises(SettingsError) as caught:
        InfraredSimulation(**change)
    assert caught.value.do
