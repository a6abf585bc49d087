"""What single keys and expectations say against a joint fit."""

from __future__ import annotations

import numpy as np
from states_case import H0, STATES, fit_at_truth, planned

from spectrafit.states.assignment import KeyPopulation
from spectrafit.states.conflicts import member_conflicts, share_conflicts
from spectrafit.states.expectation import Expectation

FIT = fit_at_truth(H0, planned())
_, LOWER, UPPER = STATES


def share(low, high, T=300.0):
    return KeyPopulation("mossbauer.QS", T, LOWER, UPPER, low, high, "")


def test_a_share_by_one_key_that_excludes_the_fit_is_a_conflict():
    x = FIT.objective.populations(FIT.theta, np.array([300.0])).x[:, 0]
    true = x[2] / (x[1] + x[2])
    assert share_conflicts(FIT, [share(true - 0.1, true + 0.1), share(None, None)]) == ()
    (text,) = share_conflicts(FIT, [share(true + 0.1, true + 0.3)])
    assert text.startswith("mossbauer.QS alone, ")
    assert "at 300 K; the joint fit gives 0.25" in text
    assert len(share_conflicts(FIT, [share(0.0, true - 0.05)])) == 1


def test_a_pure_state_is_held_against_what_is_expected_of_it_at_its_temperature():
    """1.28 mm/s is free of the second-order Doppler shift, which takes 0.22 off at 300 K."""

    def expected(value, T=300.0):
        return Expectation(UPPER, "mossbauer.IS", "mm/s", "x2020", value, 0.01, T=T)

    assert member_conflicts(FIT, [expected(1.28 - 0.2231)]) == ()
    (text,) = member_conflicts(FIT, [expected(1.58)])
    assert text.startswith("mossbauer.IS of pure ")
    assert "expected is 1.580(10) (at 300 K) mm/s (x2020)" in text
