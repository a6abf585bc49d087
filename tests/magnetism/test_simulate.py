"""What a simulated file holds: the declared populations and spins, diamagnetism, lag and header."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from magnetism_case import ONE, STILL, log_of, recorded

from spectrafit.errors import SettingsError
from spectrafit_magnetism.log import moment_log
from spectrafit_magnetism.pure_state import PureState, pure_state_chiT
from spectrafit_magnetism.simulate import (
    MagnetismSimulation,
    expected_chiT,
    simulated_log,
    sweep_points,
)


def test_default_truth_is_that_of_the_shipped_states():
    """chi T of truth P, computed by two independent implementations of the three-state law."""
    T = np.array([8.0, 60.0, 75.0, 90.0, 100.0, 120.0, 200.0, 300.0])
    found = expected_chiT(MagnetismSimulation(), T, "heating")
    expected = [0.1500, 0.1518, 0.2279, 1.5046, 2.6556, 3.0004, 3.0947, 3.1197]
    assert found == pytest.approx(expected, abs=6e-5)


def test_moment_holds_the_diamagnetism_and_the_sample():
    quiet = replace(STILL, noise=0.0, noise_emu=0.0)
    log = moment_log(log_of(simulated_log(quiet, 1)))
    chi = log.moment / quiet.field_Oe / (quiet.mass_mg * 1e-3 / quiet.molar_mass)
    truth = expected_chiT(quiet, log.T, "heating") / log.T - 6.3e-4
    assert chi == pytest.approx(truth, rel=1e-6)
    assert log.error is None
    assert set(log.H) == {5000.0}


def test_sample_is_behind_the_thermometer():
    points = sweep_points(ONE)
    behind = {
        branch: points.thermometer[i] - points.sample[i] for i, branch in enumerate(points.branch)
    }
    assert behind == {"cooling": -0.5, "heating": 0.5}
    assert (points.time[1] - points.time[0]) / 60.0 * 2.5 == pytest.approx(ONE.step_K)


def test_noise_is_as_declared_and_stated():
    log = moment_log(recorded(STILL))
    quiet = moment_log(log_of(simulated_log(replace(STILL, noise=0.0, noise_emu=0.0), 1)))
    pulls = (log.moment - quiet.moment) / log.error
    assert 0.85 < pulls.std() < 1.15
    assert abs(pulls.mean()) < 0.2
    assert log.other == pytest.approx(0.999 * log.moment, rel=1e-8)


def test_file_says_that_it_is_simulated_and_what_of():
    recording = recorded(replace(ONE, label="three states"))
    assert recording.source.simulated
    assert any(notice.code == "RUN-003" for notice in recording.notices)
    assert recording.header["SAMPLE_MATERIAL"] == "three states"
    assert recording.header["SAMPLE_MASS"] == "9.84"
    assert recording.header["SAMPLE_MOLECULAR_WEIGHT"] == "1256.73"
    assert recording.header["SAMPLE_SIZE"] == ""
    assert "Moment (emu)" not in recording.names


def test_cooperative_states_have_a_loop():
    wide = replace(STILL, G12=3000.0, rho=0.0)
    T = np.array([90.0])
    heated, cooled = (expected_chiT(wide, T, branch)[0] for branch in ("heating", "cooling"))
    assert cooled - heated > 2.0


def test_pure_state_of_a_gap_far_above_is_that_of_its_ground_level():
    two = PureState(2.5, 0.5, 2.024, 4000.0)
    ground = pure_state_chiT(300.0, PureState(2.0, 0.0, 2.024))
    assert pure_state_chiT(300.0, two) == pytest.approx(ground, rel=1e-5)
    # J = -175.47 K, gap 1052.8 K: an independent implementation
    rise = np.ptp(pure_state_chiT(np.array([120.0, 300.0]), PureState(2.5, 0.5, 2.0, 1052.8)))
    assert rise == pytest.approx(0.1200, abs=2e-4)
    ferro = pure_state_chiT(1.0, PureState(2.5, 0.5, 2.0, -4000.0))
    assert ferro == pytest.approx(pure_state_chiT(1.0, PureState(3.0)), rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mass_mg": 0.0}, "mass_mg"),
        ({"field_Oe": 0.0}, "field"),
        ({"chi_dia": 6.3e-4}, "diamagnetism"),
        ({"range_K": (0.4, 300.0)}, "temperatures"),
        ({"step_K": 400.0}, "steps"),
        ({"branches": ("up",)}, "branches"),
        ({"label": "a,b"}, "comma"),
        ({"noise": -1.0}, "noise"),
        ({"rho": 2.0}, "rho"),
        ({"S1": (0.0, 0.3, 2.0)}, "spin"),
        ({"gap_K": (10.0, 0.0, 0.0)}, "gap"),
    ],
)
def test_impossible_settings_are_refused(changes, words):
    with pytest.raises(SettingsError, match=words):
        MagnetismSimulation(**changes)
