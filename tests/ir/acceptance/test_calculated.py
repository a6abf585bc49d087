"""Calculated spectra against simulated ones: a true candidate matches, random sticks do not."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit_ir.calculated.compared import score_difference
from spectrafit_ir.calculated.match import match
from spectrafit_ir.calculated.sticks import Vibrations, broadened

pytestmark = pytest.mark.accept

X = np.arange(1200.0, 1601.0)
NOISE = 5e-4
MODES = 20
DENSITY = (1120.0, 1720.0)


def case(seed):
    """Return a spectrum, its true modes, and random modes of the same density."""
    rng = np.random.default_rng(seed)
    places, heights = np.sort(rng.uniform(*DENSITY, MODES)), rng.exponential(100.0, MODES)
    y = 1e-4 * broadened(Vibrations("truth", places, heights), X)
    rows = y + rng.normal(0.0, NOISE, (6, X.size))
    scattered = [
        Vibrations(name, (places + rng.normal(0.0, 5.0, MODES)) / 0.97, heights) for name in "ab"
    ]
    elsewhere = np.sort(rng.uniform(*DENSITY, MODES)) / 0.97
    return rows, scattered, Vibrations("random", elsewhere, rng.exponential(100.0, MODES))


def test_truth_with_scatter_matches_and_random_sticks_do_not():
    true = random = 0
    for seed in range(100):
        rows, scattered, other = case(seed)
        y = rows.mean(axis=0)
        true += match(X, y, scattered[0], seed=seed).verdict == "matches"
        random += match(X, y, other, seed=seed).verdict == "not_distinguishable"
    print(f"true candidates that match: {true} of 100; random not distinguishable: {random} of 100")
    assert true >= 95
    assert random >= 90


def test_a_lead_is_decided_for_a_true_state_only():
    lead = wrong = equal = 0
    for seed in range(100):
        rows, (first, second), other = case(1000 + seed)
        found = score_difference(X, rows, first, other, seed=seed)
        lead += found.decided and found.better == first.name
        wrong += found.decided and found.better == other.name
        equal += score_difference(X, rows, first, second, seed=seed).decided
    print(f"true over random: {lead}, random over true: {wrong}, equal decided: {equal}, of 100")
    assert lead >= 75
    assert wrong <= 2
    assert equal <= 10
