"""Folding for the eye: whole channels, all of them, data and model alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mossbauer_axes import expected_doublet, simulated_axis, simulated_scale, velocities

from spectrafit.errors import SettingsError
from spectrafit_mossbauer.absorption.folded import folded, summed


@settings(max_examples=20)
@given(centre=st.floats(250.0, 262.0), step=st.one_of(st.none(), st.floats(0.01, 0.5)))
def test_no_count_is_lost_or_shared(centre: float, step: float | None) -> None:
    scale = simulated_scale(centre)
    axis = simulated_axis(expected_doublet(velocities(scale), 1e4, 0.4, 1.6, 0.3, 0.05), scale, 1)
    found = folded(axis, step)
    assert found.counts.sum() == axis.counts.sum()
    assert found.channels.sum() == axis.counts.size
    assert (found.counts == np.rint(found.counts)).all()
    assert (np.diff(found.velocity) > 0.0).all()


def test_residuals_of_the_folded_model_scatter_like_counts() -> None:
    scale = simulated_scale(255.0)
    expected = expected_doublet(velocities(scale), 1e5, 0.4, 1.6, 0.28, 0.05)
    axis = simulated_axis(expected, scale, 2)
    found = folded(axis)
    model = summed(expected[axis.numbers.astype(int)], found)
    chi2 = float(np.sum((found.counts - model) ** 2 / model))
    freedom = model.size
    assert abs(chi2 - freedom) < 4.0 * np.sqrt(2.0 * freedom)


def test_most_steps_hold_a_channel_of_each_branch() -> None:
    scale = simulated_scale(255.25)
    axis = simulated_axis(np.full(512, 1e4), scale, 3)
    found = folded(axis)
    assert np.median(found.channels) == 2
    assert found.per_channel == pytest.approx(1e4, rel=0.06)
    assert np.median(found.sigma) == pytest.approx(1e2 / np.sqrt(2.0), rel=0.02)


@pytest.mark.parametrize("step", [0.0, -1.0, np.inf])
def test_a_step_that_is_none_is_refused(step: float) -> None:
    axis = simulated_axis(np.full(512, 1e4), simulated_scale(), 3)
    with pytest.raises(SettingsError, match="step"):
        folded(axis, step)
