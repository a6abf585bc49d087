"""Coarser grids: averages that keep means and errors, and no finer grid than the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit.spectrum import Spectrum
from spectrafit_xas.scans.rebin import even_grid, rebinned
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.simulate import example_recordings
from spectrafit_xas.technique import xanes

X = np.arange(7100.0, 7120.0, 0.1)


@given(st.integers(0, 50), st.sampled_from([0.3, 0.5, 1.0, 1.7]))
def test_a_line_stays_a_line_on_any_coarser_grid(seed: int, step: float) -> None:
    rng = np.random.default_rng(seed)
    x = np.sort(X + rng.uniform(-0.04, 0.04, X.size))
    one = Spectrum(x, 2.0 + 0.3 * (x - 7110.0), np.full(x.size, 0.01), "eV")
    found = rebinned(one, even_grid(one, step)[1:-1])
    np.testing.assert_allclose(found.y, 2.0 + 0.3 * (found.x - 7110.0), rtol=1e-9, atol=1e-9)


def test_errors_fall_with_the_root_of_the_points_of_a_bin() -> None:
    rng = np.random.default_rng(1)
    grid = np.arange(7101.0, 7119.0, 1.0)
    pulls = []
    for _ in range(200):
        one = Spectrum(X, 1.0 + rng.normal(0.0, 0.02, X.size), np.full(X.size, 0.02), "eV")
        found = rebinned(one, grid)
        assert found.sigma is not None
        np.testing.assert_allclose(found.sigma, 0.02 / np.sqrt(10.0), rtol=0.06)
        pulls.append((found.y - 1.0) / found.sigma)
    # 3600 pulls fix their standard deviation to 1.2 %
    assert np.std(pulls) == pytest.approx(1.0, abs=0.05)


def test_a_finer_grid_is_refused() -> None:
    one = Spectrum(X, X, x_unit="eV")
    with pytest.raises(SettingsError, match="the grid is finer than the data"):
        rebinned(one, np.arange(7101.0, 7110.0, 0.05))
    with pytest.raises(SettingsError, match="does not increase"):
        rebinned(one, [7105.0, 7104.0])


@pytest.mark.parametrize("step", [0.0, -1.0, 15.0])
def test_steps_that_make_no_grid_are_refused(step: float) -> None:
    with pytest.raises(SettingsError):
        even_grid(Spectrum(X, X, x_unit="eV"), step)


def test_the_setting_puts_the_step_into_the_history() -> None:
    scan = example_recordings(herfd=False)["sample"]
    energy = scan.column("energy").values
    coarsest = float(np.diff(energy).max())
    settings = XanesSettings(
        window_eV=(7107.0, 7118.0), peaks=1, method_spread=False, grid_eV=2.0 * coarsest
    )
    with pytest.raises(Exception, match="points between 7107 and 7118 eV"):
        xanes.observe({"sample": scan}, settings)
