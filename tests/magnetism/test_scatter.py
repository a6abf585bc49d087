"""Stated errors against the scatter of the points."""

from __future__ import annotations

import numpy as np
import pytest
from data import shared_data

from spectrafit.errors import SettingsError
from spectrafit_magnetism.log import moment_log
from spectrafit_magnetism.readers.quantum_design import quantum_design_reader
from spectrafit_magnetism.scatter import error_over_scatter, point_scatter


def test_scatter_of_known_noise_on_a_slope_and_a_step():
    rng = np.random.default_rng(5)
    T = np.sort(rng.uniform(2.0, 300.0, 400))
    y = 0.01 * T + 2.0 * (T > 150.0) + rng.normal(0.0, 0.03, T.size)
    assert point_scatter(T, y) == pytest.approx(0.03, rel=0.15)
    assert error_over_scatter(T, y, np.full(T.size, 0.06)) == pytest.approx(2.0, rel=0.15)


def test_errors_of_a_measured_file_are_no_scatter():
    path = shared_data("magnetism", "mpms", "magnetopy_fc11.dat")
    log = moment_log(quantum_design_reader.read(path)[0])
    warm = log.T > 100.0
    ratio = error_over_scatter(
        log.T[warm], log.T[warm] * log.moment[warm], log.T[warm] * log.error[warm]
    )
    assert ratio > 30.0


def test_too_few_points_or_none_that_scatter_are_refused():
    T = np.arange(10.0)
    with pytest.raises(SettingsError, match="5 temperatures"):
        point_scatter(T[:5], T[:5])
    with pytest.raises(SettingsError, match="do not scatter"):
        error_over_scatter(T, T, np.ones(10))
