"""Channels: which are left out, why, and whether their numbers are counts."""

from __future__ import annotations

import numpy as np
import pytest
from drive_case import channels_with, counted, iron, real_channels

from spectrafit.errors import ReadError, SettingsError
from spectrafit.recording import Column, Recording
from spectrafit_mossbauer.drive.channels import channels_of
from spectrafit_mossbauer.drive.counting import counting


def flat(level: float = 1e5, size: int = 512) -> np.ndarray:
    return np.random.default_rng(1).poisson(level, size).astype(float)


def test_three_channels_at_either_end_are_left_out_with_the_reason():
    found = channels_with(flat())
    assert found.left_out == tuple((i, "edge") for i in (0, 1, 2, 509, 510, 511))
    assert list(found.numbers) == list(range(3, 509))


def test_a_half_filled_channel_is_named_with_its_share():
    counts = flat()
    counts[0] *= 0.5
    counts[-5:] *= 0.8
    reasons = dict(channels_with(counts).left_out)
    named = {i: float(reasons[i].split()[1]) for i in (0, *range(507, 512))}
    assert named == pytest.approx({0: 0.5, **dict.fromkeys(range(507, 512), 0.8)}, abs=0.02)
    assert all(reasons[i].startswith("half-filled") for i in named)
    assert 506 not in reasons


def test_absorption_that_reaches_the_edge_is_no_half_filled_channel():
    counts = flat()
    counts[:40] *= 0.8
    assert len(channels_with(counts).left_out) == 6


def test_few_counts_do_not_make_half_filled_channels():
    counts = np.random.default_rng(3).poisson(40.0, 512).astype(float)
    assert {reason for _, reason in channels_with(counts).left_out} == {"edge"}


def test_dead_and_missing_channels_are_left_out():
    counts = flat()
    counts[100], counts[200] = 0.0, np.nan
    reasons = dict(channels_with(counts).left_out)
    assert (reasons[100], reasons[200]) == ("dead", "no number")


def test_an_empty_channel_among_few_counts_is_a_measurement():
    counts = np.random.default_rng(2).poisson(2.0, 512).astype(float)
    assert channels_with(counts).used.sum() == 506


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        (np.zeros(512), "no channel has counts"),
        (np.r_[flat()[:-9], -1.0, flat()[:8]], "channel 503 has -1 counts"),
        (flat()[:20], "20 channels"),
    ],
)
def test_what_cannot_be_counts_is_refused(counts, word):
    with pytest.raises(ReadError, match=word):
        channels_with(counts)


def test_a_velocity_table_and_impossible_edges_are_refused():
    columns = (Column("velocity", np.arange(512.0)), Column("counts", flat()))
    with pytest.raises(SettingsError, match="velocities, not channels"):
        channels_of(Recording("a", columns))
    for edge in (-1, 65):
        with pytest.raises(SettingsError, match="edge is"):
            channels_of(Recording("a", columns[1:]), edge=edge)


def test_conditions_and_date_come_with_the_channels():
    header = {"start time": "2025-06-24 10:00:00"}
    recording = Recording("a", (Column("counts", flat()),), header, conditions={"T": 8.0})
    found = channels_of(recording)
    assert (found.date, dict(found.conditions)) == ("2025-06-24T10:00:00", {"T": 8.0})


@pytest.mark.parametrize("seed", range(10))
def test_simulated_counts_are_counts(seed):
    found = counting(counted(iron(), seed))
    assert found.poisson
    assert abs(found.scatter - 1.0) < 4.0 * found.scatter_sigma


@pytest.mark.parametrize(
    "name",
    ["grigg/2L_Fh/250624_v12.dat", "fitbauer/calibration.adt", "grigg/2L_Fh/profile_110.0K.dat"],
)
def test_real_counts_are_counts(name):
    assert counting(real_channels(name)).poisson


def test_means_scaled_and_smoothed_numbers_are_no_counts():
    rng = np.random.default_rng(5)
    expected = iron()
    mean = np.rint((rng.poisson(expected) + rng.poisson(expected)) / 2.0)
    smooth = np.rint(np.convolve(rng.poisson(expected), [0.25, 0.5, 0.25], mode="same"))
    thousands = rng.poisson(expected) / 1000.0
    assert "smoothed or averaged" in counting(channels_with(mean)).reason
    assert "smoothed or averaged" in counting(channels_with(smooth[1:-1])).reason
    assert "scaled" in counting(channels_with(10.0 * rng.poisson(expected))).reason
    assert "not whole" in counting(channels_with(thousands)).reason
