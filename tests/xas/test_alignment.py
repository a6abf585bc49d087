"""Shifts between scans of one run: recovered, with their errors, and checked by a second channel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import Spectrum
from spectrafit_xas.scans.alignment import aligned_shift, alignment_check

EDGE = 7112.0
X = np.arange(7060.0, 7170.0, 0.4)


def curve(x: np.ndarray, shift: float = 0.0) -> np.ndarray:
    e = x - shift
    return (
        0.5
        + np.arctan((e - 7121.0) / 2.0) / np.pi
        + 0.3 * np.exp(-(((e - 7128.0) / 4.0) ** 2))
        + 0.04 * np.exp(-(((e - 7113.5) / 1.0) ** 2))
    )


def scan(
    shift: float, noise: float, seed: int, *, scale: float = 1.0, tilt: float = 0.0
) -> Spectrum:
    rng = np.random.default_rng(seed)
    y = scale * curve(X, shift) + tilt * (X - EDGE) + rng.normal(0.0, max(noise, 1e-12), X.size)
    sigma = np.full(X.size, noise) if noise else None
    return Spectrum(X, y, sigma, "eV")


@given(st.floats(-2.0, 2.0), st.floats(0.5, 2.0), st.floats(-1e-3, 1e-3))
def test_a_shift_is_recovered_whatever_scale_and_line(
    shift: float, scale: float, tilt: float
) -> None:
    found = aligned_shift(scan(0.0, 0.0, 1), scan(shift, 0.0, 2, scale=scale, tilt=tilt), EDGE)
    assert found.shift_eV == pytest.approx(-shift, abs=2e-3)


def test_its_error_is_the_scatter_of_repeats() -> None:
    found = [
        aligned_shift(scan(0.0, 2e-3, 2 * k), scan(0.1, 2e-3, 2 * k + 1), EDGE) for k in range(150)
    ]
    pulls = [(one.shift_eV + 0.1) / one.sigma_eV for one in found]
    # 150 pulls fix their standard deviation to 6 %; three of that, and the mean to 0.08
    assert np.std(pulls, ddof=1) == pytest.approx(1.0, abs=0.2)
    assert abs(np.mean(pulls)) < 0.3


def test_channels_that_contradict_each_other_do_not_agree() -> None:
    still = scan(0.0, 1e-4, 1), scan(0.0, 1e-4, 2)
    moved = scan(0.0, 1e-4, 3), scan(0.2, 1e-4, 4)
    assert alignment_check(still, (scan(0.0, 1e-4, 5), scan(0.0, 1e-4, 6)), EDGE).agrees
    check = alignment_check(moved, still, EDGE)
    assert not check.agrees
    assert check.difference_eV == pytest.approx(-0.2, abs=0.01)


def test_scans_without_a_common_edge_are_refused() -> None:
    far = Spectrum(X + 500.0, curve(X), x_unit="eV")
    with pytest.raises(SpectrafitError, match="points in common"):
        aligned_shift(scan(0.0, 0.0, 1), far, EDGE)
