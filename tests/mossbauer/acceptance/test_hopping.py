"""Acceptance of the two-state line: numbers of the specification."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from spectrafit_mossbauer.constants import KAPPA
from spectrafit_mossbauer.hopping import HoppingDoublet, HoppingLine

Array = NDArray[np.float64]
STATES = (0.50, 1.00, 1.10, 2.50)


def lorentzian(v: Array, center: float, fwhm: float) -> Array:
    return 0.5 * fwhm / np.pi / ((v - center) ** 2 + 0.25 * fwhm**2)


@pytest.mark.parametrize(
    ("k", "values"),
    [
        (1e6, (0.970425, 0.101729, 0.110501, 1.474145)),
        (1e8, (0.184978, 0.500319, 0.767174, 0.375753)),
        (1e9, (0.073458, 0.413533, 2.032000, 0.158641)),
        (1e10, (0.060675, 0.362604, 2.483075, 0.132477)),
    ],
)
def test_known_answers_to_one_part_in_a_million(k: float, values: tuple[float, ...]) -> None:
    v = np.array([0.0, 0.5, 0.81, 1.35])
    # the answers were computed with kappa rounded to 7.3039e7: the same jumps in mm/s
    log_k = np.log10(k * KAPPA / 7.3039e7)
    found = HoppingLine.function(v, 0.0, 1.35, 0.6, log_k, 0.25, 0.25, 1.0)[0]
    assert np.abs(found - values).max() < 1e-6


@pytest.mark.parametrize("k", [1e6, 1e8, 1e10])
def test_closed_form_is_the_matrix(k: float) -> None:
    v, p1 = np.linspace(-1.0, 4.0, 101), 0.3
    jumps = k / KAPPA * np.array([[-(1 - p1), 1 - p1], [p1, -p1]])
    matrix = [
        np.real(
            np.array([p1, 1 - p1])
            @ np.linalg.solve(np.diag(1j * (x - np.array([0.0, 1.35])) + 0.125) - jumps, np.ones(2))
        )
        / np.pi
        for x in v
    ]
    found = HoppingLine.function(v, 0.0, 1.35, 0.7, np.log10(k), 0.25, 0.25, 1.0)[0]
    assert np.abs(found - matrix).max() < 1e-12


def test_area_is_one_and_the_first_moment_does_not_depend_on_the_rate() -> None:
    """By the double exponential rule; the moment is of the difference from one at its mean."""
    u = np.arange(-5.5, 5.5, 1 / 256)
    inner = np.pi / 2 * np.sinh(u)
    x, weight = np.sinh(inner), np.cosh(inner) * np.pi / 2 * np.cosh(u) / 256
    mean = 0.4 * 0.5 + 0.6 * 1.1
    for log_k in (5.0, 7.0, 8.0, 9.0, 12.0):
        shape = HoppingDoublet.function(mean + x, *STATES, 0.6, log_k, 0.25, 1.0)[0]
        assert float((shape * weight).sum()) == pytest.approx(1.0, abs=1e-6)
        # odd part about the mean: a Lorentzian's tails cancel, what is left is the centroid
        mirrored = HoppingDoublet.function(mean - x, *STATES, 0.6, log_k, 0.25, 1.0)[0]
        odd = 0.5 * (shape - mirrored) * x * weight
        assert abs(float(odd[np.isfinite(odd)].sum())) < 1e-5


def test_slow_and_fast_limits() -> None:
    v = np.linspace(-5.0, 6.0, 20_001)
    both = [(0.5, 0.0, 1.0), (0.5, 1.1 - 1.25, 1.1 + 1.25)]
    slow = sum(0.5 * p * lorentzian(v, x, 0.25) for p, *places in both for x in places)
    found = HoppingDoublet.function(v, *STATES, 0.5, 3.0, 0.25, 1.0)[0]
    assert np.abs(found - slow).max() < 4e-5 * np.max(slow)
    fast = 0.5 * (lorentzian(v, 0.5 * (0.0 - 0.15), 0.25) + lorentzian(v, 0.5 * (1.0 + 2.35), 0.25))
    found = HoppingDoublet.function(v, *STATES, 0.5, 14.0, 0.25, 1.0)[0]
    assert np.abs(found - fast).max() < 3e-6 * fast.max()
