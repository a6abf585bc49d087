"""Acceptance 1, 2, 3 and 9: calibrations from real alpha-iron spectra, within the quoted errors."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from data import shared_data
from drive_case import real_channels

from spectrafit.spectrum import Spectrum
from spectrafit_mossbauer.drive.axis import checked_axis
from spectrafit_mossbauer.drive.calibration import calibrated
from spectrafit_mossbauer.drive.drift import drift
from spectrafit_mossbauer.drive.orientation import source_hint
from spectrafit_mossbauer.drive.scale import Calibration

FIRST, SECOND = "grigg/2L_Fh/250624_v12.dat", "grigg/2Lc_Fh/251104_v12.dat"
UAM = "fitbauer/calibration.adt"


@cache
def calibration(name: str, convention: str = "A", date: str = "") -> Calibration:
    return calibrated(real_channels(name), convention, date=date)


def agree(found: Calibration, name: str, value: float, sigma: float, last: float) -> None:
    """Within one standard error of the quoted value, and an error as large as the quoted one."""
    assert found.value(name) == pytest.approx(value, abs=sigma)
    assert found.sigma(name) == pytest.approx(sigma, abs=last)


@pytest.mark.parametrize(
    ("name", "k", "c0", "d0", "low", "high"),
    [
        (FIRST, (0.046981, 9e-6), (510.654, 0.017), (253.758, 0.017), 0.95, 1.04),
        (SECOND, (0.046896, 1.4e-5), (510.608, 0.028), (253.731, 0.028), 0.96, 1.06),
        (UAM, (0.093952, 1.5e-5), (256.090, 0.008), (126.848, 0.008), 1.6, 1.7),
    ],
)
def test_1_2_3_scale_centre_and_chi2(name, k, c0, d0, low, high):
    found = calibration(name)
    assert found.drive == "triangle"
    agree(found, "k", *k, 1e-6)
    agree(found, "c0", *c0, 1e-3)
    agree(found, "d0", *d0, 1e-3)
    assert low < found.reduced_chi2 < high


def test_1_convention_b():
    a, b = calibration(FIRST), calibration(FIRST, "B")
    agree(b, "k", 0.047118, 9e-6, 1e-6)
    assert b.value("k") / a.value("k") == pytest.approx(1.0029, abs=5e-5)


def test_2_the_drift_of_five_months_is_noticed():
    found = drift(calibration(FIRST, date="2025-06-24"), calibration(SECOND, date="2025-11-04"))
    assert found.scale == pytest.approx(-0.0018, abs=5e-5)
    assert found.centre == pytest.approx(-0.05, abs=0.01)
    assert found.notable
    assert "-0.18 %" in found.text


def test_3_range_bad_channels_and_the_half_filled_one():
    found, b = calibration(UAM), calibration(UAM, "B")
    assert 127.5 * b.value("k") == pytest.approx(12.014, abs=0.002)
    assert 127.5 * b.value("k") == pytest.approx(12.007, rel=1e-3)
    assert [channel for channel, _ in found.outliers] == [137, 187, 325, 373, 391, 393, 441]
    assert dict(real_channels(UAM).left_out)[0] == "half-filled: 0.502 of the level"


@pytest.mark.parametrize("name", [FIRST, SECOND, UAM])
def test_alpha_iron_is_where_a_rhodium_source_puts_it_for_plus_one(name):
    found = calibration(name)
    assert -0.110 < found.source_shift[0] < -0.104
    assert source_hint(found).orientation == 1


def test_9_iron_on_the_axis_of_a_synchrotron():
    path = shared_data("mossbauer", "syncmoss", "Calibration.dat")
    velocity, counts = np.loadtxt(path)[::-1].T
    found = checked_axis(Spectrum(velocity, counts, x_unit="mm/s", y_unit="counts"))
    # reduced chi2 is 2.4: errors of the counts alone are too small by its root, ours and theirs
    larger = np.sqrt(found.reduced_chi2)
    field_sigma = np.hypot(0.012, larger * found.field_sigma)
    shift_sigma = np.hypot(0.0012, larger * found.isomer_shift_sigma)
    assert found.field == pytest.approx(33.082, abs=2.0 * field_sigma)
    assert found.isomer_shift == pytest.approx(-0.0647, abs=2.0 * shift_sigma)
    assert found.cut == (1,)
