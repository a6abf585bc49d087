"""Acceptance of the Debye model: tables of the specification, and ferrihydrite as a series."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.laws import recoil_free_fraction, second_order_doppler


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
