"""Sweeps and rates: found under noise, dwells, wobble, gaps; refused where nothing moves."""

from __future__ import annotations

import numpy as np
import pytest
from pyro_case import AREA, RATE, branch_log, truth

from spectrafit.errors import SettingsError
from spectrafit.laws import Branch
from spectrafit_pyro.log import CurrentLog
from spectrafit_pyro.rate import local_rate, usable_rate
from spectrafit_pyro.simulate import ramps, simulated_log
from spectrafit_pyro.sweeps import found_sweeps, one_sweep, paired_sweeps


def cycle(temperatures=(10.0, 300.0, 10.0), rates=(5.0, 2.0), dwell=900.0, **faults):
    programme = ramps(temperatures, rates, dwell=dwell)
    return simulated_log(*truth(), programme, AREA, np.random.default_rng(3), **faults)


def test_a_cycle_falls_into_its_branches_without_the_dwell():
    up, down = found_sweeps(cycle(wobble=0.2))
    assert (up.branch, down.branch) == (Branch.HEATING, Branch.COOLING)
    assert up.nominal == pytest.approx(RATE, rel=0.002)
    assert down.nominal == pytest.approx(-2.0 / 60.0, rel=0.002)
    assert up.left_out + down.left_out == pytest.approx(900, abs=150)
    assert min(up.span[1], down.span[1]) > 295.0
    assert (up.rate > 0.9 * RATE).all()
    assert (down.rate < 0).all()
    assert paired_sweeps((up, down)) == ((up, down),)


def test_many_sweeps_are_paired_with_their_neighbours():
    found = found_sweeps(cycle((50.0, 90.0, 50.0, 100.0, 60.0), (5.0, 3.0, 2.0, 4.0), 0.0))
    assert [sweep.branch.value for sweep in found] == ["heating", "cooling"] * 2
    assert [round(sweep.nominal * 60) for sweep in found] == [5, -3, 2, -4]
    assert paired_sweeps(found) == (found[:2], found[2:])
    assert paired_sweeps(found[1:3]) == ((found[2], found[1]),)
    assert paired_sweeps(found[:1]) == ()
    assert paired_sweeps((found[0], found[2], found[3])) == ((found[2], found[3]),)


def test_a_gap_in_time_ends_a_sweep():
    whole = branch_log(10.0, 300.0)
    rows = np.flatnonzero((whole.temperature < 100) | (whole.temperature > 150))
    found = found_sweeps(whole.part(rows))
    assert [sweep.branch.value for sweep in found] == ["heating", "heating"]
    assert found[0].span[1] < 101
    assert found[1].span[0] > 149
    assert found[0].rate.max() < 1.1 * RATE


def test_the_rate_of_a_cubic_is_that_of_the_quadratic_filter():
    from scipy.signal import savgol_filter

    t = np.arange(400.0)
    T = 50.0 + 0.08 * t + 1e-5 * t**2 + 1e-8 * t**3
    found = local_rate(t, T)
    assert (found.points, found.window) == (61, 60.0)
    np.testing.assert_allclose(found.value, savgol_filter(T, 61, 2, deriv=1), rtol=1e-8)


def test_the_rate_of_a_parabola_is_exact_at_uneven_times():
    t = np.cumsum(np.random.default_rng(0).uniform(0.5, 3.0, 500))
    found = local_rate(t, 40.0 + 0.05 * t - 2e-5 * t**2)
    np.testing.assert_allclose(found.value, 0.05 - 4e-5 * t, rtol=1e-7)
    assert (found.sigma < 1e-9).all()


def test_the_error_of_the_rate_is_that_of_the_thermometer():
    t = np.arange(0.0, 6000.0)
    T = 20.0 + RATE * t + np.random.default_rng(1).normal(0.0, 0.02, t.size)
    found = local_rate(t, T)
    pulls = ((found.value - RATE) / found.sigma)[::61]
    assert np.std(pulls) == pytest.approx(1.0, abs=0.2)


def test_a_stop_is_left_out_with_its_edges():
    programme = ((0.0, 50.0), (600.0, 100.0), (900.0, 100.0), (1500.0, 150.0))
    log = simulated_log(*truth(), programme, AREA, np.random.default_rng(0))
    rate = local_rate(log.time, log.temperature)
    usable = usable_rate(rate)
    assert not usable[600:900].any()
    np.testing.assert_allclose(rate.value[usable], RATE, rtol=0.05)
    (found,) = found_sweeps(log)
    assert found.left_out == np.count_nonzero(~usable)


@pytest.mark.parametrize(
    ("time", "temperature", "what"),
    [
        (np.arange(500.0), np.full(500, 90.0), "no sweep: the temperature spans 0 K, dT/dt is"),
        (np.arange(50.0), np.linspace(10, 60, 50), "no sweep"),
        (np.arange(1.0), np.array([90.0]), "no sweep"),
    ],
)
def test_a_log_without_a_sweep_is_refused(time, temperature, what):
    with pytest.raises(SettingsError, match=what):
        found_sweeps(CurrentLog(time, temperature, np.zeros(time.size)))


@pytest.mark.parametrize(
    ("column", "rows", "value", "what"),
    [
        ("current", slice(40, 60), np.nan, r"no current \(20 rows, the first 40"),
        ("temperature", slice(7, 8), np.inf, r"no temperature \(row 7"),
        ("temperature", slice(0, 3), -5.0, "give the temperature in K"),
        ("time", slice(9, 10), 2.0, "the time does not rise"),
    ],
)
def test_rows_that_are_none_are_refused_by_number(column, rows, value, what):
    columns = {
        "time": np.arange(100.0),
        "temperature": np.linspace(10, 60, 100),
        "current": np.zeros(100),
    }
    columns[column][rows] = value
    with pytest.raises(SettingsError, match=what) as refusal:
        CurrentLog(**columns, name="run 3")
    assert refusal.value.where == "run 3"


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(SettingsError, match="differ in number"):
        CurrentLog(np.arange(3.0), np.full(3, 90.0), np.zeros(4))


def test_a_standing_temperature_has_no_rate_to_divide_by():
    log = CurrentLog(np.arange(200.0), np.full(200, 90.0), np.zeros(200))
    with pytest.raises(SettingsError, match="dT/dt is zero"):
        one_sweep(log)
    with pytest.raises(SettingsError, match="give at least 60 s"):
        local_rate(log.time, log.temperature, window=10.0)
    with pytest.raises(SettingsError, match="shorter than the window"):
        local_rate(log.time[:30], log.temperature[:30])


def test_the_log_is_read_only_and_remembers_its_name():
    log = branch_log(10.0, 100.0, name="run 7")
    assert log.part(slice(0, 9)).name == "run 7"
    with pytest.raises(ValueError, match="read-only"):
        log.current[0] = 1.0
