"""Point errors of one scan: right for white noise, refused where they would be wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.history import HistoryEntry
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import Spectrum
from spectrafit_xas.scans.one_scan import one_scan_sigma, third_differences, with_one_scan_sigma
from spectrafit_xas.scans.repeated_scans import combined_scan
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.technique import xanes

NEAR = (7107.0, 7119.0)


def pre_edge(step: float, noise: float, seed: int = 0) -> Spectrum:
    x = np.arange(7100.0, 7130.0, step)
    y = 0.1 + 0.03 / (1 + ((x - 7113.0) / 0.7) ** 2) + 0.5 / (1 + np.exp(-(x - 7121.0)))
    return Spectrum(x, y + np.random.default_rng(seed).normal(0.0, noise, x.size), x_unit="eV")


@given(st.integers(0, 30), st.floats(-3.0, 3.0), st.floats(-3.0, 3.0))
def test_third_differences_of_a_parabola_vanish_on_any_grid(seed: int, a: float, b: float) -> None:
    x = np.sort(np.random.default_rng(seed).uniform(0.0, 10.0, 30))
    assert np.abs(third_differences(x, 1.0 + a * x + b * x * x)).max() < 1e-8


def test_third_differences_of_white_noise_have_its_variance() -> None:
    rng = np.random.default_rng(1)
    x = np.cumsum(rng.uniform(0.05, 0.15, 40_000))
    assert np.std(third_differences(x, rng.normal(size=x.size))) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("step", [0.05, 0.1, 0.2])
def test_the_noise_of_one_scan_is_found(step: float) -> None:
    found = []
    for seed in range(40):
        sigma, why = one_scan_sigma(pre_edge(step, 1e-3, seed), 1.4, NEAR)
        assert why == "one scan"
        assert sigma is not None
        found.append(np.median(sigma))
    # medians of 41 fix one scan to some 15 %, 40 scans to 2.5 %; features raise it by some percent
    assert np.mean(found) == pytest.approx(1e-3, rel=0.1)


def test_coarse_interpolated_and_noiseless_scans_have_a_reason_instead() -> None:
    assert "too coarse" in one_scan_sigma(pre_edge(0.5, 1e-3), 1.4, NEAR)[1]
    fine = pre_edge(0.1, 1e-3)
    merged = fine.after(HistoryEntry("merge", {}))
    assert "after the step merge" in one_scan_sigma(merged, 1.4, NEAR)[1]
    assert "too few" in one_scan_sigma(fine, 1.4, (7112.0, 7112.5))[1]
    flat = Spectrum(fine.x, np.ones(fine.x.size), x_unit="eV")
    assert "no noise" in one_scan_sigma(flat, 1.4, NEAR)[1]
    left = with_one_scan_sigma(pre_edge(0.5, 1e-3), 1.4, NEAR)
    assert left.sigma is None
    assert "too coarse" in left.sigma_origin


def test_known_errors_are_kept_and_others_say_where_they_are_from() -> None:
    one = pre_edge(0.1, 1e-3)
    found = with_one_scan_sigma(one, 1.4, NEAR)
    assert found.sigma_origin == "one scan"
    assert found.history[-1].step == "point errors"
    assert with_one_scan_sigma(found, 1.4, NEAR) is found


def test_the_setting_gives_a_fit_of_a_scan_without_counts_its_chi2() -> None:
    x = np.concatenate([np.arange(7000.0, 7100.0, 5.0), np.arange(7100.0, 7130.0, 0.1)])
    x = np.concatenate([x, np.arange(7130.0, 7350.0, 2.0)])
    y = 0.1 + 0.05 / (1 + ((x - 7113.0) / 0.7) ** 2) + 0.9 / (1 + np.exp(-(x - 7122.0)))
    y = y + np.random.default_rng(0).normal(0.0, 5e-4, x.size)
    columns = (Column("energy", x, "eV"), Column("mu", y, "1"))
    scan = Recording("scan.dat", columns)
    plain = combined_scan([scan], (), XanesSettings()).spectrum
    found = combined_scan([scan], (), XanesSettings(one_scan_errors=True)).spectrum
    assert plain.sigma is None
    assert found.sigma is not None
    near = (x > 7107.0) & (x < 7119.0)
    assert np.median(found.sigma[near]) == pytest.approx(5e-4, rel=0.25)
    settings = XanesSettings(window_eV=(7107.0, 7118.0), peaks=1, method_spread=False)
    codes = [a.code for a in xanes.observe({"sample": scan}, settings).alerts]
    assert "XAS-119" in codes
    told = xanes.observe({"sample": scan}, replace(settings, one_scan_errors=True)).alerts
    assert "XAS-119" not in [alert.code for alert in told]
