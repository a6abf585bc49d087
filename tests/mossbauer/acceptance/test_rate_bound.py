"""Acceptance of the rate bound: coverage over simulated spectra of 1e6 counts a channel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hopping_case import SIMULATION, STATES, hopping_spectrum

from spectrafit_mossbauer.rate_bound import UNINFORMED, rate_bound
from spectrafit_mossbauer.two_states import HoppingState, TwoStates


def bounds(k_ex: float, trials: int) -> np.ndarray:
    found = [rate_bound(hopping_spectrum(k_ex, 1000 + i), STATES).k_ex_min for i in range(trials)]
    assert None not in found
    return np.array(found, dtype=float)


@pytest.mark.accept
@pytest.mark.parametrize("k_ex", [3e8, 3e9])
def test_the_bound_lies_below_the_rate_in_90_to_99_of_100_trials(k_ex: float) -> None:
    below = int((bounds(k_ex, 100) < k_ex).sum())
    assert 90 <= below <= 99


@pytest.mark.accept
def test_far_in_the_fast_limit_every_bound_holds() -> None:
    found = bounds(1e12, 100)
    assert (found < 1e12).all()
    assert 0.5 * 1.4e10 < np.median(found) < 2.0 * 1.4e10


def test_a_few_trials_of_each_rate() -> None:
    for k_ex, least in ((3e8, 0.85), (3e9, 0.6)):
        found = bounds(k_ex, 3)
        assert (found > least * k_ex).all()
        assert (found < 1.1 * k_ex).all()
    assert (bounds(1e12, 3) > 4e9).all()


def test_states_that_move_the_lines_by_two_hundredths_are_uninformed() -> None:
    states = TwoStates(HoppingState(0.80, 1.75), HoppingState(0.815, 1.76))
    same = replace(SIMULATION, isomer_shifts_mm_s=(0.8, 0.815), splittings_mm_s=(1.75, 1.76))
    found = rate_bound(hopping_spectrum(1e9, 1, one=same), states)
    assert found.k_ex_min is None
    assert found.reason.startswith(UNINFORMED)
