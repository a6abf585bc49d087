"""Heating and cooling are told apart, and two sweeps in one file."""

from __future__ import annotations

import numpy as np
import pytest
from data import shared_data

from spectrafit.errors import SettingsError
from spectrafit_magnetism.branches import branches
from spectrafit_magnetism.log import moment_log
from spectrafit_magnetism.readers.quantum_design import quantum_design_reader


def spans(T, **settings):
    return [(b.start, b.stop, b.direction) for b in branches(T, **settings)]


def test_two_sweeps_of_a_measured_file_are_split_at_the_jump():
    path = shared_data("magnetism", "mpms", "magnetopy_zfcfc1.dat")
    T = moment_log(quantum_design_reader.read(path)[0]).T
    assert spans(T) == [(0, 252, "heating"), (252, 504, "heating")]


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("magnetopy_fc11.dat", "heating"),
        ("magnetopy_Pd_std1.dat", "constant"),
        ("qdsquid_pb6051_ZFC_0p1T.dc.dat", "heating"),
    ],
)
def test_measured_single_sweeps_stay_whole(name, direction):
    T = moment_log(quantum_design_reader.read(shared_data("magnetism", "mpms", name))[0]).T
    assert spans(T) == [(0, T.size, direction)]


def test_up_and_down_with_noise_and_repeated_readings():
    rng = np.random.default_rng(1)
    up = np.repeat(np.arange(10.0, 301.0, 5.0), 3)
    T = np.concatenate([up, up[::-1]]) + rng.normal(0.0, 0.02, 2 * up.size)
    found = branches(T)
    assert [b.direction for b in found] == ["heating", "cooling"]
    assert abs(found[0].stop - up.size) <= 3
    assert found[-1].stop == T.size


def test_down_up_down_from_the_first_row():
    T = np.concatenate(
        [np.arange(300, 10, -2.0), np.arange(10, 200, 2.0), np.arange(200, 50, -2.0)]
    )
    assert [b.direction for b in branches(T)] == ["cooling", "heating", "cooling"]


def test_large_step_along_the_trend_is_no_new_branch():
    assert spans([10.0, 20.0, 30.0, 80.0, 90.0, 100.0]) == [(0, 6, "heating")]


def test_short_run_back_below_the_limit_is_part_of_the_branch():
    T = [10.0, 20.0, 30.0, 29.5, 40.0, 50.0, 60.0]
    assert spans(T) == [(0, 7, "heating")]


@pytest.mark.parametrize("T", [[], [1.0, np.nan]])
def test_temperatures_that_are_none_are_refused(T):
    with pytest.raises(SettingsError, match="all finite"):
        branches(T)
