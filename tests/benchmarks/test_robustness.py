"""Fits from far starts reach the best minimum known, on random states that tuned nothing."""

from __future__ import annotations

import pytest
from benchmarks.robustness import PEAKS, STATES, robustness

pytestmark = pytest.mark.xdist_group("compiled")


@pytest.mark.parametrize("peaks", PEAKS)
def test_after_other_starts_hardly_a_fit_is_elsewhere(peaks: int) -> None:
    for state in STATES:
        assert robustness(peaks, state, 300, "batch").restarted >= 0.995
