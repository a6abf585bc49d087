"""From the text of one cycle to p and dP: the declared populations behind the simulated files."""

from __future__ import annotations

import numpy as np
import pytest
from pyro_case import AREA

from spectrafit.errors import SettingsError
from spectrafit.laws import ThreeStateLaw, three_state
from spectrafit_pyro.antisymmetric import antisymmetric, even_current
from spectrafit_pyro.closure import closure
from spectrafit_pyro.lag import aligned, found_lag, zero_rate
from spectrafit_pyro.peak import found_peak
from spectrafit_pyro.plateau import plateau
from spectrafit_pyro.polarisation import polarisation
from spectrafit_pyro.primary import EinsteinSecondary
from spectrafit_pyro.readers.current_log import current_log_reader, log_of
from spectrafit_pyro.simulate import log_text, ramps, simulated_log
from spectrafit_pyro.sweeps import found_sweeps, paired_sweeps

LAW = ThreeStateLaw(93.6, 90.53, 835.0, 28371.0, 97.18, -14577.0, 0.0488)


def crystal():
    T = np.arange(4.0, 306.0, 0.25)
    found = three_state(T, LAW)
    p = 1e3 * (0.438 * (found.dx2 + found.dx3) + 1.277 * found.dx3)
    return T, p + EinsteinSecondary(0.25).p(T)


def cycle(temperatures, rates, **faults):
    programme = ramps(temperatures, rates, dwell=1200.0)
    return simulated_log(*crystal(), programme, AREA, np.random.default_rng(8), **faults)


def test_the_crystal_has_the_declared_coefficients():
    T, p = crystal()
    at = np.array([60.0, 75.0, 90.0, 100.0, 125.0, 200.0, 300.0])
    declared = [0.235, 2.485, 29.99, 7.730, 3.780, 3.830, 3.399]
    np.testing.assert_allclose(np.interp(at, T, p), declared, rtol=0.002, atol=0.002)


@pytest.mark.parametrize("polarity", [1, -1])
def test_one_file_gives_p_dP_lag_and_offset_back(polarity, tmp_path):
    log = cycle((10.0, 300.0, 10.0), (5.0, 5.0), offset=0.3, lag=12.0, polarity=polarity)
    (tmp_path / "run.csv").write_text(log_text(log), encoding="utf-8")
    (recording,) = current_log_reader.read(tmp_path / "run.csv")
    ((up, down),) = paired_sweeps(found_sweeps(log_of(recording)))
    lag = found_lag(up, down)
    assert lag.time == pytest.approx(12.0, abs=5.0 * lag.sigma + 0.1)
    up, down = aligned(up, lag.time), aligned(down, lag.time)
    found = antisymmetric(up, down, AREA, polarity=polarity)
    peak = found_peak(found.coefficient)
    assert peak.height == pytest.approx(29.99, abs=0.3)
    assert peak.position == pytest.approx(90.0, abs=0.1)
    assert peak.fixed_area.total == pytest.approx(0.420, abs=0.002)
    assert plateau(found.coefficient, 120.0, 290.0).mean == pytest.approx(3.74, abs=0.02)
    change = polarisation(found.coefficient, 20.0)
    for T, declared in ((75.0, 0.0171), (90.0, 0.2026), (125.0, 0.4870), (250.0, 0.9632)):
        assert change.between(20.0, T)[0] == pytest.approx(declared, abs=0.002)
    assert even_current(found, 120.0, 290.0).mean == pytest.approx(0.3, abs=0.005)
    cycle_ends = closure(up, down, AREA, 20.0, 290.0, polarity=polarity)
    assert cycle_ends.mean_current == pytest.approx(0.3, abs=0.005)


def test_two_rates_leave_no_hysteresis_where_there_is_a_lag_only():
    log = cycle((50.0, 150.0, 50.0, 150.0, 50.0), (5.0, 5.0, 2.0, 2.0), offset=0.3, lag=12.0)
    pairs = paired_sweeps(found_sweeps(log))
    assert len(pairs) == 2
    found = zero_rate([found_lag(*pair, longest=60.0) for pair in pairs])
    assert found.hysteresis == pytest.approx(0.0, abs=5.0 * found.hysteresis_sigma + 0.02)
    assert found.time == pytest.approx(12.0, abs=5.0 * found.time_sigma + 0.3)


def test_a_programme_that_does_not_fit_is_refused():
    with pytest.raises(SettingsError, match="2 temperatures and 2 rates"):
        ramps((10.0, 300.0), (5.0, 5.0))
    with pytest.raises(SettingsError, match="give one rate other than zero"):
        ramps((10.0, 300.0), (0.0,))
