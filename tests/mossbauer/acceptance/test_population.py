"""Acceptance of populations: the paper's 125 K values give the intervals of the specification."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit_mossbauer.debye import ThetaRange
from spectrafit_mossbauer.population import (
    Population,
    Range,
    ReferenceShift,
    population_from_shift,
    population_from_splitting,
)
from spectrafit_mossbauer.tension import agreement
from spectrafit_mossbauer.tensor import tensor_average

# the specification's range for a molecular crystal
THETA = ThetaRange(120.0, 200.0)
EXACT = 1e-9


def from_shift(T: float) -> Population:
    first, second = ReferenceShift(0.45, 0.55, T), ReferenceShift(1.05, 1.20, T)
    return population_from_shift(0.69, EXACT, 125.0, first, second, T_ref=125.0, theta=THETA)


def from_splitting() -> Population:
    return population_from_splitting(1.83, EXACT, Range(1.0, 1.0), Range(2.1, 2.9))


@pytest.mark.parametrize(
    ("T", "low", "high", "verdict"),
    [
        (125.0, 0.22, 0.40, "tension"),
        (80.0, 0.26, 0.45, "agree"),
        (300.0, 0.02, 0.20, "tension"),
    ],
)
def test_the_temperature_of_the_references_decides(
    T: float, low: float, high: float, verdict: str
) -> None:
    shift, splitting = from_shift(T), from_splitting()
    assert (shift.low, shift.high) == pytest.approx((low, high), abs=0.006)
    assert (splitting.low, splitting.high) == pytest.approx((0.44, 0.75), abs=0.006)
    assert agreement(shift, splitting).verdict == verdict


def test_axial_values_of_the_tensor_average() -> None:
    found = tensor_average(0.5, 1.0, 2.5, [0.0, 30.0, 54.7356, 90.0])
    assert found == pytest.approx([1.750, 1.6105, 1.3463, 1.0897], abs=5e-5)


def test_turning_axes_only_raise_the_population() -> None:
    """QS 1.83 between 1.0 and 2.5: x = 0.55, 0.63, 0.74, 0.77 at 0, 30, 60, 90 degrees."""
    grid = np.linspace(0.0, 1.0, 100_001)
    for angle, share in ((0.0, 0.55), (30.0, 0.63), (60.0, 0.74), (90.0, 0.77)):
        above = tensor_average(grid, 1.0, 2.5, angle) >= 1.83
        assert grid[np.argmax(above)] == pytest.approx(share, abs=0.0055)
