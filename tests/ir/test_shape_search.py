"""The search for shapes: it ends where a fit of everything ends, and holds what is held."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.lines.pseudo_voigt import PseudoVoigtByArea, pseudo_voigt_by_area
from spectrafit_ir.bands.profile import BandSpec, fit_bands
from spectrafit_ir.bands.shape_search import ShapeBounds, searched_shapes

X = np.arange(1440.0, 1560.0)
LOW = np.array([[1485.0, 2.0, 0.0], [1512.0, 2.0, 0.0]])
HIGH = np.array([[1505.0, 60.0, 1.0], [1532.0, 60.0, 1.0]])
GROUND = np.stack([np.ones(X.size), X - X.mean()])
STARTS = np.array([
    [[1488.0, 5.0, 0.5], [1515.0, 5.0, 0.5]], [[1500.0, 30.0, 0.5], [1528.0, 30.0, 0.5]]
])  # fmt: skip


def two_bands(seed, noise=1e-3):
    clean = 0.05 + 1e-4 * (X - X[0]) + pseudo_voigt_by_area(X, 1497.0, 14.0, 3.0, 0.5)[0]
    clean += pseudo_voigt_by_area(X, 1521.0, 18.0, 2.0, 0.3)[0]
    return clean + np.random.default_rng(seed).normal(0.0, noise, X.size)


def test_shapes_without_noise_come_back_and_areas_are_solved_for():
    found = searched_shapes(
        X, two_bands(0, 0.0)[None], ShapeBounds(PseudoVoigtByArea, LOW, HIGH, GROUND), STARTS
    )
    assert np.allclose(found.shapes[0], [[1497.0, 14.0, 0.5], [1521.0, 18.0, 0.3]], atol=1e-3)


def test_the_search_ends_at_the_minimum_of_the_fit():
    y = np.stack([two_bands(seed) for seed in range(6)])
    bands = [BandSpec("a", 1485.0, 1505.0), BandSpec("b", 1512.0, 1532.0)]
    fitted = fit_bands(X, y, 1e-3, bands)
    found = searched_shapes(X, y, ShapeBounds(PseudoVoigtByArea, LOW, HIGH, GROUND), STARTS)
    assert np.allclose(found.chi2 / 1e-6, fitted.chi2, rtol=1e-6)


def test_what_is_held_stays_and_bounds_are_kept():
    low, high = LOW.copy(), HIGH.copy()
    low[0, 1] = high[0, 1] = 20.0
    high[1, 0] = 1519.0
    found = searched_shapes(
        X, two_bands(1)[None], ShapeBounds(PseudoVoigtByArea, low, high, GROUND), STARTS
    )
    assert found.shapes[0, 0, 1] == 20.0
    assert found.shapes[0, 1, 0] == pytest.approx(1519.0)
    assert (found.shapes >= low).all()
    assert (found.shapes <= high).all()


def test_one_spectrum_has_the_minimum_that_it_has_among_many():
    y = np.stack([two_bands(seed) for seed in range(5)])
    bands = [BandSpec("a", 1485.0, 1505.0), BandSpec("b", 1512.0, 1532.0)]
    together = fit_bands(X, y, 1e-3, bands)
    for row in range(5):
        alone = fit_bands(X, y[row][None], 1e-3, bands)
        assert alone.chi2[0] == pytest.approx(together.chi2[row], rel=1e-7)
        assert alone.area.values[0] == pytest.approx(together.area.values[row], rel=1e-3)
        assert alone.area.sigma[0] == pytest.approx(together.area.sigma[row], rel=1e-2)
