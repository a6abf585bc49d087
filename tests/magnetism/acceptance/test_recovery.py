"""Whether what is simulated is found again, over many draws: pulls of values, curves, shares and J."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from magnetism_case import TOLD, log_of, observed, series_of

from spectrafit.observable import Kind
from spectrafit_magnetism.simulate import MagnetismSimulation, expected_chiT, simulated_log

pytestmark = pytest.mark.accept

STILL = MagnetismSimulation(step_K=2.5, lag_K=0.0, noise_K=0.0)
QUICK = replace(TOLD, settle_s=0.0)


def drawn(simulation: MagnetismSimulation, seed: int):
    return log_of(simulated_log(simulation, seed))


def test_named_values_have_their_statistical_errors():
    pulls = []
    for seed in range(150):
        found = observed(
            drawn(STILL, seed), replace(QUICK, named_K=(150.0, 200.0, 250.0), transition="no")
        )
        for T in (150.0, 200.0, 250.0):
            item = found[f"magnetism.{T:g}K.chiT"]
            truth = expected_chiT(STILL, np.array([T]), "heating")[0]
            pulls.append((item.value - truth) / item.budget["stat"])
    print(f"mean pull {np.mean(pulls):.3f}, standard deviation {np.std(pulls):.3f}")
    assert abs(np.mean(pulls)) < 0.15
    assert 0.6 < np.std(pulls) < 1.15


def test_points_of_curves_have_their_statistical_errors():
    pulls = []
    for seed in range(20):
        for item in series_of([drawn(STILL, seed)], QUICK).items:
            truth = expected_chiT(STILL, np.array([item.conditions["T"]]), "heating")[0]
            pulls.append((item.value - truth) / item.budget["stat"])
    print(f"{len(pulls)} points: mean pull {np.mean(pulls):.3f}, deviation {np.std(pulls):.3f}")
    assert abs(np.mean(pulls)) < 0.05
    assert 0.85 < np.std(pulls) < 1.05


@pytest.mark.parametrize("step", [1.0, 2.5, 4.0])
def test_transition_lies_where_it_was_put(step):
    fine = np.arange(80.0, 100.0, 0.01)
    truth = fine[np.gradient(expected_chiT(STILL, fine, "heating"), fine).argmax()]
    off = []
    for seed in range(30):
        found = observed(drawn(replace(STILL, step_K=step), seed), QUICK)
        item = found["magnetism.heating.T_half"]
        off.append((item.value - truth) / item.sigma)
    print(f"step {step}: mean {np.mean(off):.2f}, deviation {np.std(off):.2f} of its uncertainty")
    assert np.abs(off).max() < 2.0


def test_lag_alone_is_taken_for_a_loop_in_no_draw():
    fine = MagnetismSimulation(step_K=0.25, range_K=(60.0, 130.0))
    kinds = [observed(drawn(fine, seed))["magnetism.hysteresis"].kind for seed in range(25)]
    assert set(kinds) == {Kind.UPPER_LIMIT}


def test_trapped_share_is_found_again():
    settings = replace(QUICK, high_spins=(2.0,), g_high=2.024)
    values = []
    for seed in range(40):
        item = observed(drawn(STILL, seed), settings)["magnetism.residual"]
        values.append((item.value - 0.0488) / item.sigma)
    print(f"residual: mean pull {np.mean(values):.2f}, deviation {np.std(values):.2f}")
    assert np.abs(values).max() < 3.0


def test_pair_is_found_again_and_accepted():
    pair = MagnetismSimulation(
        S1=(2.5,) * 3, S2=(0.5,) * 3, g=(2.02,) * 3, gap_K=(450.0,) * 3, lag_K=0.0, noise_K=0.0,
        range_K=(10.0, 300.0), step_K=2.5,
    )  # fmt: skip
    pulls, verdicts = [], []
    for seed in range(60):
        found = observed(drawn(pair, seed), replace(QUICK, S1=2.5, S2=0.5))
        verdicts.append(found["magnetism.pair.verdict"].value)
        if "magnetism.pair.J" in found.keys:
            item = found["magnetism.pair.J"]
            pulls.append((item.value + 75.0) / item.budget["fit"])
    accepted = verdicts.count("accepted")
    print(
        f"accepted {accepted} of 60; J: mean pull {np.mean(pulls):.2f}, deviation {np.std(pulls):.2f}"
    )
    assert accepted >= 58
    assert abs(np.mean(pulls)) < 0.5
    assert 0.7 < np.std(pulls) < 1.3
