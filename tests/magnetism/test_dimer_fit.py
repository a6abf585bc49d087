"""Pairs fitted to published points, models compared, and what the data cannot tell."""

from __future__ import annotations

import numpy as np
import pytest
from data import shared_data

from spectrafit.errors import FitError, SettingsError
from spectrafit_magnetism.dimer import dimer_chiT
from spectrafit_magnetism.dimer_comparison import compared_dimers
from spectrafit_magnetism.dimer_fit import fitted_dimer
from spectrafit_magnetism.exchange import Exchange
from spectrafit_magnetism.readers.chi_table import chi_table_reader


def published(name):
    recording = chi_table_reader.read(shared_data("magnetism", "chit", name))[0]
    return tuple(column.values for column in recording.columns)


def test_diradical_of_two_spins():
    T, chiT = published("spinner_d-nit2.exp")
    found = fitted_dimer(T, chiT, 0.5, 0.5)
    assert T.size == 29
    assert found.result.value("dimer.g") == pytest.approx(1.98445, abs=2e-4)
    assert found.result.sigma("dimer.g") == pytest.approx(0.0058, abs=2e-4)
    assert pytest.approx(-229.863, abs=0.05) == found.exchange.J
    assert found.result.sigma("dimer.J") == pytest.approx(0.9, abs=0.05)
    assert found.rms == pytest.approx(0.0019, abs=5e-5)
    assert found.gap == pytest.approx(2.0 * 229.863, abs=0.1)
    assert found.rejected == ""
    assert found.gap_bound is None


def test_mean_field_is_preferred_where_it_is_needed():
    T, chiT = published("spinner_3d-nit2.exp")
    found = compared_dimers(T, chiT, 0.5, 0.5)
    rich, plain = found.with_theta.result, found.without.result
    assert T.size == 32
    assert rich.value("dimer.g") == pytest.approx(1.9855, abs=1e-3)
    assert rich.value("dimer.J") == pytest.approx(-48.27, abs=0.05)
    assert rich.value("dimer.theta") == pytest.approx(-24.73, abs=0.05)
    assert found.with_theta.rms == pytest.approx(0.0041, abs=5e-5)
    assert plain.value("dimer.g") == pytest.approx(1.915, abs=1e-3)
    assert plain.value("dimer.J") == pytest.approx(-60.5, abs=0.05)
    assert found.without.rms == pytest.approx(0.0092, abs=5e-5)
    assert found.preferred == "with theta"
    assert found.p < 1e-6
    assert found.with_theta.rejected == ""


@pytest.mark.parametrize("free", [(), ("theta",)])
def test_six_spins_are_no_pair(free):
    T, chiT = published("spinner_manganese.exp")
    cold, hot = np.argmax(chiT == 1.49992), int(np.argmax(T))
    assert T.size == 50
    assert (chiT[cold], chiT[hot]) == pytest.approx((1.500, 5.483), abs=6e-4)
    assert "residuals" in fitted_dimer(T, chiT, 2.5, 0.5, free=free).rejected


def simulated(rng, J, *, sigma=0.01, theta=0.0, count=40):
    T = np.linspace(10.0, 300.0, count)
    return T, dimer_chiT(T, 2.5, 0.5, Exchange(J), g=2.05, theta=theta) + rng.normal(
        0, sigma, count
    )


@pytest.mark.parametrize("J", [-60.0, 40.0])
def test_pulls_of_g_and_J(J):
    rng = np.random.default_rng(11)
    pulls = []
    for _ in range(20):
        T, chiT = simulated(rng, J)
        result = fitted_dimer(T, chiT, 2.5, 0.5, sigma=np.full(T.size, 0.01)).result
        pulls.append(
            [
                (result.value(f"dimer.{name}") - true) / result.sigma(f"dimer.{name}")
                for name, true in (("g", 2.05), ("J", J))
            ]
        )
    spread = np.std(pulls, axis=0)
    assert np.abs(np.mean(pulls, axis=0)).max() < 0.6
    assert (spread > 0.6).all()
    assert (spread < 1.5).all()


def test_no_mean_field_is_preferred_where_there_is_none():
    T, chiT = simulated(np.random.default_rng(4), -60.0)
    found = compared_dimers(T, chiT, 2.5, 0.5, sigma=np.full(T.size, 0.01))
    assert found.preferred == "without theta"
    assert found.without.rejected == ""


def test_wrong_spins_are_rejected_by_known_errors():
    T, chiT = simulated(np.random.default_rng(5), -60.0)
    found = fitted_dimer(T, chiT, 2.0, 1.0, sigma=np.full(T.size, 0.01))
    assert "degrees of freedom" in found.rejected
    found = fitted_dimer(T, chiT, 2.5, 2.5, sigma=np.full(T.size, 0.01))
    assert "g = 1.7 is at the end" in found.rejected


def test_gap_beyond_the_temperatures_is_a_bound():
    lows = []
    for seed in range(5):
        T, chiT = simulated(np.random.default_rng(seed), -1000.0)
        found = fitted_dimer(T, chiT, 2.5, 0.5, sigma=np.full(T.size, 0.01))
        assert found.gap_bound is not None
        assert "(95 %)" in str(found.gap_bound)
        lows.append(found.gap_bound.low)
    # the true gap is 6000 K: a bound of 95 % lies below it, and far above the temperatures
    assert max(lows) < 6000.0
    assert min(lows) > 900.0


def test_gap_within_the_temperatures_is_a_value():
    T, chiT = simulated(np.random.default_rng(2), -60.0)
    found = fitted_dimer(T, chiT, 2.5, 0.5, sigma=np.full(T.size, 0.01))
    assert found.gap_bound is None
    assert found.gap == pytest.approx(360.0, abs=10.0)


def test_bad_input_is_refused():
    with pytest.raises(SettingsError, match="no parameter 'D'"):
        fitted_dimer([10.0, 20.0, 30.0], [1.0, 1.0, 1.0], 0.5, 0.5, free=("D",))
    with pytest.raises(SettingsError, match="not above 0 K"):
        fitted_dimer([-10.0, 20.0, 30.0], [1.0, 1.0, 1.0], 0.5, 0.5)
    with pytest.raises(SettingsError, match="not positive"):
        fitted_dimer([10.0, 20.0, 30.0], [1.0, 1.0, 1.0], 0.5, 0.5, sigma=[0.1, 0.1, 0.0])
    with pytest.raises(FitError, match="free parameters"):
        fitted_dimer([10.0, 20.0], [1.0, 1.0], 0.5, 0.5, free=("theta",))
