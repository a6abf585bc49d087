"""A counter that ran over, and channels that stand apart, are told; whole spectra are not."""

from __future__ import annotations

import numpy as np
import pytest
from faults.mossbauer_seeds import simulated_counts
from hypothesis import given
from hypothesis import strategies as st

from spectrafit_mossbauer.readers.count_jumps import jump_notices


@given(st.integers(0, 10_000), st.sampled_from([50.0, 900.0, 20_000.0, 64_000.0, 2e6]))
def test_a_whole_spectrum_is_left_alone(seed, level):
    assert jump_notices(simulated_counts(level, seed=seed).astype(float), "a.adt") == ()


@pytest.mark.parametrize("over", [2**16, 10**6, 2**24])
def test_a_counter_that_ran_over_is_told(over):
    counts = (simulated_counts() + over - 19_500) % over
    (notice,) = jump_notices(counts.astype(float), "a.adt")
    assert "a counter ran over" in notice.text


@pytest.mark.parametrize("value", [0.0, 65_535.0])
def test_single_channels_that_stand_apart_are_named(value):
    counts = simulated_counts().astype(float)
    counts[[40, 90]] = value
    (notice,) = jump_notices(counts, "a.adt")
    assert "channels stand far apart from both neighbours: 40" in notice.text
    assert "90" in notice.text


def test_half_filled_ends_are_no_fault():
    counts = simulated_counts().astype(float)
    counts[[0, 1, -2, -1]] = 0.4 * np.median(counts)
    assert jump_notices(counts, "a.adt") == ()
