"""Runs are summed when they are declared to be runs; snapshots of one run are named."""

from __future__ import annotations

import numpy as np
import pytest
from data import shared_data
from faults.mossbauer_seeds import simulated_counts

from spectrafit.errors import SettingsError
from spectrafit.history import Source
from spectrafit.reader import read
from spectrafit.recording import Column, Recording
from spectrafit_mossbauer.runs import snapshots, summed

LEVEL = 20_000.0


def run(level: float, seed: int, channels: int = 512) -> np.ndarray:
    return simulated_counts(level, channels, seed).astype(float)


def recording(counts, name: str, **conditions: float) -> Recording:
    columns = (Column("channel", np.arange(len(counts), dtype=float)), Column("counts", counts))
    roles = {"x": "channel", "y": "counts"}
    return Recording(name, columns, {}, roles, conditions, Source(name, name), (), "counts")


def said(one: Recording) -> str:
    return "\n".join(notice.text for notice in one.notices)


def test_a_later_file_that_contains_the_earlier_counts_is_named():
    first = run(LEVEL, 1)
    files = [recording(first, "30min"), recording(first + run(LEVEL, 2), "60min")]
    for pair in (files, files[::-1]):
        (found,) = snapshots(pair)
        assert (found.earlier, found.later) == ("30min", "60min")
        assert found.decided
        assert found.share == pytest.approx(0.5, abs=0.01)
        assert found.reduced_chi2 == pytest.approx(1.0, abs=0.3)
        with pytest.raises(SettingsError, match="60min contains 30min") as refusal:
            summed(pair)
        assert "keep the last one only" in refusal.value.do


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 0.99])
def test_snapshots_and_runs_are_told_apart(share):
    """Of 200 pairs each, all snapshots are named and no run is."""
    named = [0, 0]
    for seed in range(0, 400, 2):
        first, second = run(share * LEVEL, seed), run(LEVEL * (1 - share), seed + 1)
        later = (recording(first + second, "b"), recording(run(LEVEL, seed + 999), "c"))
        for place, other in enumerate(later):
            named[place] += len(snapshots([recording(first, "a"), other]))
    assert named == [200, 0]


def test_a_run_of_more_counts_in_every_channel_is_still_a_run():
    """As the shared runs at 105 K: 31 minutes above 30 in every channel, and independent."""
    short, long = run(LEVEL, 3), run(1.2 * LEVEL, 4)
    assert (long > short).all()
    assert snapshots([recording(short, "a"), recording(long, "b")]) == ()


def test_a_share_too_small_to_tell_is_said_not_guessed():
    first = run(LEVEL, 5)
    files = [recording(first, "a"), recording(first + run(50 * LEVEL, 6), "b")]
    (found,) = snapshots(files)
    assert not found.decided
    assert "b may contain a" in said(summed(files))


def test_equal_files_are_named():
    counts = run(LEVEL, 7)
    (found,) = snapshots([recording(counts, "a"), recording(counts, "copy")])
    assert str(found) == "copy holds the same counts as a"
    with pytest.raises(SettingsError, match="the same counts"):
        summed([recording(counts, "a"), recording(counts, "copy")])


def test_the_sum_is_exact_and_says_what_it_is():
    counts = [run(LEVEL, seed) for seed in (11, 12, 13)]
    files = [recording(each, f"run{n}", T=80.0) for n, each in enumerate(counts)]
    total = summed(files)
    np.testing.assert_array_equal(total.column("counts").values, sum(counts))
    assert total.column("counts").made_from == "counts of run0 + counts of run1 + counts of run2"
    assert dict(total.conditions) == {"T": 80.0}
    assert total.header["runs"] == "run0\nrun1\nrun2"
    assert "the sum of 3 runs: run0, run1, run2" in said(total)
    assert "differ by more" not in said(total)
    assert total.name == "3 scans, T = 80 K"


def test_runs_that_differ_are_told():
    counts = run(LEVEL, 14), np.roll(run(LEVEL, 15), 3)
    total = summed([recording(each, name) for each, name in zip(counts, "ab", strict=True)])
    assert "a and b differ by more than their counts allow" in said(total)


@pytest.mark.parametrize(
    ("others", "what"),
    [
        ([], "1 run"),
        ([recording(run(LEVEL, 2, 256), "b")], "256 channels, a has 512"),
        ([recording(run(LEVEL, 2), "b", T=85.0)], "T = 85.0 K, a has 80.0 K"),
        ([recording(run(LEVEL, 2) / 3, "b")], "counts are not whole numbers"),
    ],
)
def test_what_is_no_set_of_runs_is_refused(others, what):
    with pytest.raises(SettingsError, match=what):
        summed([recording(run(LEVEL, 1), "a", T=80.0), *others])


def test_velocities_must_agree():
    counts = run(LEVEL, 1), run(LEVEL, 2)
    axes = np.linspace(-4, 4, 512), np.linspace(-4.1, 4, 512)
    files = [
        recording(c, name).with_columns(Column("velocity", v, "mm/s"))
        for c, v, name in zip(counts, axes, "ab", strict=True)
    ]
    with pytest.raises(SettingsError, match="its velocities are not those of a"):
        summed(files)
    same = [files[0], files[1].with_columns(files[0].column("velocity"))]
    assert summed(same).column("velocity").unit == "mm/s"


def test_the_real_files_at_105_kelvin_are_two_runs():
    """Every channel of the second is higher, which alone would look like a snapshot."""
    folder = shared_data("mossbauer", "grigg", "2L_Fh")
    files = [read(folder / f"105.0K_0.0h{minutes}.0m.dat")[0] for minutes in (30, 31)]
    first, second = (one.column("counts").values for one in files)
    assert (second >= first).all()
    assert snapshots(files) == ()
    total = summed(files)
    np.testing.assert_array_equal(total.column("counts").values, first + second)
    assert total.conditions["T"] == 105.0
    assert "differ by more than their counts allow (reduced chi2 1.25)" in said(total)
