"""Acceptance of the Debye model: tables of the specification, and ferrihydrite as a series."""

from __future__ import annotations

import numpy as np
import pytest
from drive_case import real_channels

from spectrafit.laws import recoil_free_fraction, second_order_doppler
from spectrafit_mossbauer.absorption.unfolded import Unfolded, unfolded
from spectrafit_mossbauer.drive.calibration import calibrated
from spectrafit_mossbauer.series import fit_series
from spectrafit_mossbauer.series_laws import LawKind, SeriesLaws


@pytest.mark.parametrize(
    ("theta", "shifts", "difference", "fractions"),
    [
        (150.0, (-0.0411, -0.0683, -0.2219), -0.1536, (0.588, 0.160)),
        (200.0, (-0.0548, -0.0755, -0.2240), -0.1485, (0.728, 0.355)),
        (300.0, (-0.0822, -0.0941, -0.2300), -0.1360, (0.849, 0.627)),
        (470.0, (-0.1288, -0.1336, -0.2454), -0.1118, (0.917, 0.821)),
    ],
)
def test_tables_of_shift_and_fraction(
    theta: float, shifts: tuple[float, ...], difference: float, fractions: tuple[float, ...]
) -> None:
    found = second_order_doppler([4.2, 80.0, 300.0], theta).value
    assert found == pytest.approx(shifts, abs=5.1e-5)
    assert found[2] - found[1] == pytest.approx(difference, abs=5.1e-5)
    assert recoil_free_fraction([80.0, 300.0], theta).value == pytest.approx(fractions, abs=5.1e-4)


def test_zero_point_and_classical_slope() -> None:
    assert second_order_doppler(0.0, 100.0).value / 100.0 == pytest.approx(-2.7400e-4, abs=5e-9)
    hot = second_order_doppler([50000.0, 50001.0], 100.0).value
    assert np.diff(hot)[0] == pytest.approx(-7.3067e-4, abs=5e-9)


# --- 2-line ferrihydrite of Grigg and co-workers, 95 to 135 K ---------------------------------------

FILES = (
    "95.0K_0.0h30.0m",
    "105.0K_0.0h30.0m",
    "105.0K_0.0h31.0m",
    "115.0K_0.0h30.0m",
    "125.0K_0.0h30.0m",
    "135.0K_0.0h30.0m",
)


@pytest.fixture(scope="module")
def ferrihydrite() -> tuple[np.ndarray, list[Unfolded]]:
    scale = calibrated(real_channels("grigg/2L_Fh/250624_v12.dat"), orientation=1)
    axes = [unfolded(real_channels(f"grigg/2L_Fh/{name}.dat"), scale) for name in FILES]
    return np.array([float(name.split("K")[0]) for name in FILES]), axes


@pytest.mark.parametrize("splitting", ["shared", "free"])
def test_ferrihydrite_as_a_debye_series(
    ferrihydrite: tuple[np.ndarray, list[Unfolded]], splitting: LawKind
) -> None:
    T, axes = ferrihydrite
    found = fit_series(axes, T, laws=SeriesLaws({"site1.IS": "debye", "site1.QS": splitting}))
    assert found.theta is not None
    interval = found.theta.interval
    assert interval.minus is not None
    assert interval.plus is not None
    assert interval.best == pytest.approx(528.0, abs=0.3 * 76.0)
    assert 0.5 * (interval.minus + interval.plus) == pytest.approx(76.0, rel=0.15)
    zero, sigma = found.shift_without_doppler()
    assert zero == pytest.approx(0.600, abs=0.3 * 0.018)
    assert sigma == pytest.approx(0.018, rel=0.1)
    assert found.fit.redchi == pytest.approx(1.22, abs=0.02)
    middle = found.shift_at_reference()[1]
    assert middle is not None
    assert middle < 0.002
    assert found.theta_open == ""
