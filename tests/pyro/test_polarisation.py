"""dP from a stated temperature, its covariance, the charge integral and the misclosure; budget."""

from __future__ import annotations

import numpy as np
import pytest
from pyro_case import AREA, CASES, RATE, branches, joint, true_dP

from spectrafit.errors import SettingsError
from spectrafit.units import converted
from spectrafit_pyro.closure import charge_density, closure
from spectrafit_pyro.coefficient import NO_POLARITY, Coefficient
from spectrafit_pyro.log import Area
from spectrafit_pyro.polarisation import NO_AREA_ERROR, polarisation


@pytest.mark.parametrize("case", CASES)
def test_the_integral_is_that_of_the_crystal_in_every_case(case):
    found = polarisation(joint(**CASES[case][0]).coefficient, 20.0)
    assert found.between(20.0, 298.0)[0] == pytest.approx(1.109, abs=0.004)
    assert found.value[found.temperature == 20.0] == 0.0
    assert true_dP(20.0, 298.0) == pytest.approx(1.109, abs=0.001)


def test_turned_leads_turn_dP_exactly():
    one, other = (polarisation(joint(polarity=s).coefficient, 20.0) for s in (1, -1))
    np.testing.assert_array_equal(one.value, -other.value)
    np.testing.assert_array_equal(one.covariance, other.covariance)
    untold = polarisation(joint(polarity=None).coefficient, 20.0)
    np.testing.assert_array_equal(untold.value, np.abs(one.value))
    assert NO_POLARITY in untold.reasons


def test_the_covariance_is_that_of_repeated_logs():
    T, pulls = None, []
    for seed in range(16):
        found = polarisation(joint(seed=seed).coefficient, 20.0)
        T = found.temperature
        rows = [int(np.flatnonzero(at == T)[0]) for at in (70.0, 150.0, 290.0)]
        true = np.array([true_dP(20.0, float(T[row])) for row in rows])
        pulls.append((found.value[rows] - true) / found.sigma[rows])
    assert 0.7 < np.std(pulls, axis=0).mean() < 1.3


def test_area_is_one_factor_and_offset_one_current():
    T = np.array([20.0, 21.0, 23.0, 24.0])
    coefficient = Coefficient(T, np.full(4, 2.0), np.zeros(4), Area(0.01, 0.0005), 1)
    found = polarisation(coefficient, 20.5, rate_relative=0.01, offset_sigma=0.1, rate=0.05)
    np.testing.assert_allclose(found.value, 2e-3 * (T - 20.5))
    shared = np.hypot(0.05, 0.01) * found.value
    drift = 0.1e-12 * (T - 20.5) / (0.01 * 0.05) * 1e6
    np.testing.assert_allclose(found.covariance, np.outer(shared, shared) + np.outer(drift, drift))
    value, sigma = found.between(20.25, 23.5)
    assert value == pytest.approx(2e-3 * 3.25)
    assert sigma == pytest.approx(3.25 * np.hypot(shared[0], drift[0]) / 0.5)
    assert found.reasons == ()
    assert polarisation(Coefficient(T, T, T, AREA, 1), 21.0).reasons == (NO_AREA_ERROR,)


def test_noise_of_one_point_moves_all_above_it_together():
    T = np.arange(20.0, 25.0)
    sigma = np.array([0.0, 0.0, 1.0, 0.0, 0.0])
    found = polarisation(Coefficient(T, np.zeros(5), sigma, Area(1.0), 1), 20.0)
    reach = 1e-3 * np.array([0.0, 0.0, 0.5, 1.0, 1.0])
    np.testing.assert_allclose(found.covariance, np.outer(reach, reach))


def test_the_charge_integral_agrees_and_the_cycle_closes():
    up, down = branches()
    heating = charge_density(up, AREA, 20.0, 298.0, polarity=1)
    assert heating == pytest.approx(true_dP(20.0, 298.0), abs=0.002)
    assert charge_density(up, AREA, 20.0, 298.0, polarity=-1) == -heating
    cycle = closure(up, down, AREA, 20.0, 298.0, polarity=1)
    assert cycle.cooling == pytest.approx(-cycle.heating, abs=0.002)
    assert abs(cycle.misclosure) < 0.002


def test_an_offset_opens_the_cycle_and_is_named():
    cycle = closure(*branches(offset=0.3, rates=(5.0, 2.0)), AREA, 20.0, 290.0, polarity=-1)
    time = 270.0 * (1.0 / RATE + 30.0)
    assert cycle.mean_current == pytest.approx(0.3, abs=0.002)
    assert cycle.misclosure == pytest.approx(-0.3e-12 * time / AREA.value * 1e6, rel=0.005)


def test_ranges_outside_the_data_are_refused():
    up, down = branches()
    with pytest.raises(SettingsError, match="not 5-298 K"):
        closure(up, down, AREA, 5.0, 298.0)
    with pytest.raises(SettingsError, match="5 K lies outside"):
        polarisation(joint().coefficient, 5.0)
    with pytest.raises(SettingsError, match="an offset needs the rate"):
        polarisation(joint().coefficient, 20.0, offset_sigma=0.01)
    with pytest.raises(SettingsError, match="needs a rising grid"):
        polarisation(Coefficient(np.zeros(3), np.zeros(3), np.zeros(3), AREA), 0.0)


def test_the_budget_of_the_paper():
    """1.15 uC cm-2 over 280 K: 5 % of area 0.057, 0.5 % of rate 0.006, 10 fA 0.011."""
    T = np.arange(20.0, 301.0)
    flat = np.full(T.size, 1150.0 / 280.0)

    def change(**more):
        area = Area(0.3036e-2, 0.05 * 0.3036e-2)
        return polarisation(Coefficient(T, flat, np.zeros(T.size), area, 1), 20.0, **more)

    plain = change()
    assert plain.value[-1] == pytest.approx(1.15)
    assert plain.sigma[-1] == pytest.approx(0.0575)
    rate = change(rate_relative=0.005)
    assert np.sqrt(rate.sigma[-1] ** 2 - plain.sigma[-1] ** 2) == pytest.approx(0.00575)
    offset = change(offset_sigma=0.01, rate=RATE)
    assert abs(offset.offset[-1]) == pytest.approx(0.011, abs=0.0001)
    every = change(rate_relative=0.005, offset_sigma=0.01, rate=RATE)
    assert every.sigma[-1] == pytest.approx(0.0589, abs=0.0001)


def test_units():
    assert converted(1.0, "uC cm-2", "C m-2") == pytest.approx(0.01)
