"""The number of bands in a window: as many as were put in, none of noise, none nearer than half a width."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.lines.pseudo_voigt import pseudo_voigt_by_area
from spectrafit_ir.bands.count import band_count

X = np.arange(1450.0, 1550.0)
NOISE = 5e-4


def spectrum(positions, seed):
    y = 0.05 + np.random.default_rng(seed).normal(0.0, NOISE, X.size)
    for position in positions:
        y = y + pseudo_voigt_by_area(X, position, 12.0, 1.5, 0.5)[0]
    return y


@pytest.mark.parametrize("positions", [(), (1500.0,), (1490.0, 1508.0)])
def test_as_many_bands_as_there_are(positions):
    found = band_count(X, spectrum(positions, 1), NOISE, 1475, 1525, mixing=0.5, most=3)
    assert found.best == len(positions)
    assert np.allclose(found.positions[found.best], positions, atol=0.5)
    assert found.caution == ""


def test_bands_nearer_than_half_a_width_do_not_count():
    y = spectrum((1500.0,), 2) + 0.3 * spectrum((1500.0, 1504.0), 3)
    found = band_count(X, y, NOISE, 1475, 1525, mixing=0.5, most=2)
    assert found.best == 1
    assert found.faults[2]


def test_a_count_needs_a_band_and_noise():
    with pytest.raises(SettingsError):
        band_count(X, spectrum((), 1), 0.0, 1475, 1525)
