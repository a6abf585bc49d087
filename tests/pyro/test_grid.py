"""Bins of temperature: whole ones only, centred values, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from pyro_case import AREA, RATE, branch_log, branches

from spectrafit.errors import SettingsError
from spectrafit_pyro.antisymmetric import antisymmetric
from spectrafit_pyro.grid import binned, common_grid
from spectrafit_pyro.log import CurrentLog
from spectrafit_pyro.sweeps import one_sweep


def ramp(begin, end, current, rate=RATE, interval=1.0):
    time = np.arange(0.0, abs(end - begin) / rate, interval)
    T = begin + np.sign(end - begin) * rate * time
    return one_sweep(CurrentLog(time, T, current(T)))


def test_bins_are_whole_multiples_of_the_step_that_both_branches_cover():
    up, down = branches()
    grid = common_grid((up, down))
    assert (grid[0], grid[-1]) == (11.0, 299.0)
    assert np.diff(grid) == pytest.approx(1.0)
    fine = common_grid((ramp(20.2, 31.1, np.zeros_like),), step=0.5)
    assert (fine[0], fine[-1]) == (20.5, 30.5)


def test_a_straight_line_is_met_in_the_middle_of_each_bin_at_any_rate():
    for rate in (RATE, 0.23, 0.031):
        found = ramp(20.0, 60.0, lambda T: 1e-12 * (3.0 + 0.7 * T), rate)
        means = binned(found, common_grid((found,)))
        np.testing.assert_allclose(means.current, 1e-12 * (3.0 + 0.7 * means.temperature))
        np.testing.assert_allclose(means.rate, rate)


def test_branches_without_a_common_range_are_refused():
    up = one_sweep(branch_log(20.0, 90.0))
    down = one_sweep(branch_log(290.0, 120.0))
    with pytest.raises(SettingsError, match="no range of temperature in common") as refusal:
        antisymmetric(up, down, AREA)
    assert "120" in str(refusal.value)
    assert "90" in str(refusal.value)
    with pytest.raises(SettingsError, match="a bin of 0 K"):
        common_grid((up,), step=0.0)


def test_a_bin_without_a_point_is_refused():
    coarse = ramp(20.0, 120.0, np.zeros_like, rate=RATE, interval=20.0)
    with pytest.raises(SettingsError, match=r"no point of the heating branch within 0\.5 K"):
        binned(coarse, common_grid((coarse,)))
