"""Counts against velocity: no channel is lost, moved or mixed with another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mossbauer_axes import expected_doublet, measured_axis, simulated_scale, triangle, velocities

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit.table import ColumnsReader
from spectrafit_mossbauer.absorption.baseline import baseline, baseline_start
from spectrafit_mossbauer.absorption.fitted import fit_sites
from spectrafit_mossbauer.absorption.unfolded import one_branch, unfolded
from spectrafit_mossbauer.drive.channels import Channels


@settings(max_examples=25)
@given(centre=st.floats(250.0, 262.0), orientation=st.sampled_from([1, -1]))
def test_every_channel_is_a_point_at_its_own_velocity(centre: float, orientation: int) -> None:
    scale = simulated_scale(centre).oriented(orientation)
    counts = 1e4 + np.arange(512.0)
    axis = unfolded(Channels(counts, np.ones(512, dtype=np.bool_)), scale)
    assert sorted(axis.numbers) == list(range(512))
    assert np.array_equal(axis.counts, counts[axis.numbers.astype(int)])
    assert np.abs(axis.velocity - scale.velocity(axis.numbers)).max() < 1e-4
    assert (np.diff(axis.velocity) > 0.0).all()
    # the drive turns half a period from the centre, so channels at an end may be of the other branch
    beyond = (axis.numbers - centre) % 512 < 256
    assert np.array_equal(axis.branch, np.where(beyond, 1.0, -1.0))


def test_mirrored_channels_of_one_velocity_stay_two_points() -> None:
    scale = triangle((0.03, 255.5, 128.0), 512)
    axis = unfolded(Channels(np.full(512, 1e4), np.ones(512, dtype=np.bool_)), scale)
    assert len(axis.spectrum) == 512
    assert np.diff(axis.velocity).min() < 1e-6


def test_the_baseline_is_exact_at_the_points() -> None:
    axis = measured_axis("grigg/2L_Fh/95.0K_0.0h30.0m.dat")
    terms = {f"b{i}.scale": value for i, value in enumerate((9e4, 30.0, -20.0, 70.0, 5.0))}
    s, u = axis.branch, axis.u
    by_hand = 9e4 + 30.0 * s - 20.0 * u + 70.0 * s * (1 - u**2) + 5.0 * u**2
    assert np.allclose(baseline(axis).evaluate(axis.velocity, terms), by_hand, rtol=1e-15)
    again = replace(axis, spectrum=replace(axis.spectrum, y=by_hand))
    assert baseline_start(again) == pytest.approx(terms, rel=1e-9)


def test_scaled_numbers_keep_the_errors_of_their_counts() -> None:
    scale = simulated_scale()
    expected = expected_doublet(velocities(scale), 1e5, 0.4, 1.6, 0.3, 0.05)
    counts = np.random.default_rng(5).poisson(expected).astype(float)
    used = np.ones(512, dtype=np.bool_)
    plain = unfolded(Channels(counts, used), scale)
    scaled = unfolded(Channels(counts / 1e5, used), scale)
    assert not plain.not_counts
    assert "not whole" in scaled.not_counts
    one, other = fit_sites(plain), fit_sites(scaled)
    assert other.value("site1.QS") == pytest.approx(one.value("site1.QS"), abs=1e-4)
    sigma = one.sigma("site1.QS")
    assert sigma is not None
    # the scatter of 512 points is known to a few per cent
    assert other.sigma("site1.QS") == pytest.approx(sigma, rel=0.2)


def test_a_calibration_of_other_channels_is_refused() -> None:
    channels = Channels(np.full(512, 1e4), np.ones(512, dtype=np.bool_))
    with pytest.raises(SettingsError, match="512 channels, but the calibration has 1023"):
        unfolded(channels, triangle((0.04, 510.0, 253.0), 1023))


def test_an_undeclared_orientation_stays_undeclared() -> None:
    scale = simulated_scale().oriented(None)
    axis = unfolded(Channels(np.full(512, 1e4), np.ones(512, dtype=np.bool_)), scale)
    assert axis.orientation is None
    assert axis.convention == "A"


def table(velocity: np.ndarray, counts: np.ndarray) -> Recording:
    rows = "\n".join(f"{v:.6f}\t{c:.0f}" for v, c in zip(velocity, counts, strict=True))
    text = f"velocity_mm_s\tcounts\n{rows}\n"
    return ColumnsReader().recording(text.encode(), Path("table.tsv"))


def named(velocity: np.ndarray, counts: np.ndarray) -> Recording:
    one = table(velocity, counts)
    columns = tuple(
        replace(c, name=name) for c, name in zip(one.columns, ("velocity", "counts"), strict=True)
    )
    return replace(one, columns=columns)


def test_a_descending_axis_that_is_not_uniform_is_one_branch() -> None:
    velocity = 4.0 * np.cos(np.linspace(0.1, 3.0, 200))
    counts = np.random.default_rng(1).poisson(expected_doublet(velocity, 1e5, 0.4, 1.6, 0.3, 0.05))
    axis = one_branch(named(velocity, counts))
    assert (np.diff(axis.velocity) > 0.0).all()
    assert axis.names == ("b0", "b2", "b4")
    assert np.array_equal(axis.counts, counts[::-1])
    assert not axis.not_counts


def test_an_axis_in_other_units_is_asked_for() -> None:
    with pytest.raises(SettingsError, match="convert the axis to mm/s"):
        one_branch(named(np.arange(100.0), np.full(100, 1e4)))


def test_velocities_of_the_scale_are_those_of_the_formula() -> None:
    v = velocities(simulated_scale(255.25))
    channel = np.arange(512)
    assert np.allclose(v, 4.0 / 127.5 * (np.abs(channel - 255.25) - 127.75))
