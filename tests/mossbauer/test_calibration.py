"""The velocity scale from alpha-iron: recovery, honest errors, refusals, tests of the drive."""

from __future__ import annotations

import numpy as np
import pytest
from drive_case import (
    LEVEL,
    SCALE,
    TRIANGLE,
    absorbed,
    channels_with,
    counted,
    iron,
    real_channels,
)

from spectrafit.errors import FitError, SettingsError
from spectrafit.spectrum import Spectrum
from spectrafit_mossbauer.drive.axis import checked_axis
from spectrafit_mossbauer.drive.calibration import calibrated
from spectrafit_mossbauer.drive.conventions import CONVENTIONS
from spectrafit_mossbauer.drive.departures import drive_tests
from spectrafit_mossbauer.drive.iron_line import baseline_columns, iron_line
from spectrafit_mossbauer.drive.orientation import orientation_from_reference, source_hint
from spectrafit_mossbauer.drive.velocity import TERMS, Drive

PAIRS = list(zip(("outer", "middle", "inner"), CONVENTIONS["A"].positions, strict=True))


@pytest.mark.parametrize("term", [None, *TERMS])
@pytest.mark.parametrize("kind", ["triangle", "sine"])
def test_the_derivatives_of_the_line_are_those_of_finite_differences(kind, term):
    form = Drive(kind, 512, term)
    channel = np.arange(3.0, 509.0)
    line = iron_line(form, PAIRS, baseline_columns(channel, 256.2, 512), "A").line
    start = SCALE if kind == "triangle" else (12.0, 384.2, -0.1)
    pairs = [part for _, at in PAIRS for part in (at, 900.0, 0.27)]
    p = [*start, *([2e-4] if term else []), *pairs, 1e5, 30.0, -20.0, 50.0, 40.0]
    value, *slopes = line.function(channel, *p)
    assert len(slopes) == len(p) == len(line.parameters)
    for i in range(len(p)):
        step = 1e-6 * max(abs(p[i]), 0.1)
        up, down = ([*p[:i], p[i] + sign * step, *p[i + 1 :]] for sign in (1, -1))
        difference = (line.function(channel, *up)[0] - line.function(channel, *down)[0]) / (
            2.0 * step
        )
        scale = np.abs(difference).max()
        assert slopes[i] == pytest.approx(difference, rel=1e-5, abs=1e-5 * scale + 1e-3)
    assert value.shape == channel.shape


def test_a_triangle_is_recovered_with_errors_that_hold():
    pulls = []
    for seed in range(10):
        found = calibrated(counted(iron(), seed), drive="triangle")
        error = found.values - np.array(SCALE)
        pulls.append(error @ np.linalg.solve(found.covariance, error))
        assert found.reduced_chi2 == pytest.approx(1.0, abs=0.26)
        assert found.deviance / found.freedom == pytest.approx(found.reduced_chi2, abs=0.01)
    # the sum of 10 chi2 of 3 degrees of freedom is 30 with a standard deviation of 7.7
    assert 12.0 < sum(pulls) < 60.0


@pytest.mark.parametrize("phi", [384.3, 1.3, -2.2])
def test_a_sine_is_told_from_a_triangle_and_recovered(phi):
    truth = np.array([12.0, phi, -0.11])
    found = calibrated(counted(iron(Drive("sine", 512), truth), 11))
    assert found.drive == "sine"
    error = found.values - truth
    assert error @ np.linalg.solve(found.covariance, error) < 16.3
    assert found.source_shift[0] == pytest.approx(-0.11, abs=0.005)


def test_both_drives_are_reported_and_the_better_is_kept():
    found = calibrated(counted(iron(), 2))
    assert found.drive == "triangle"
    assert found.other_chi2["sine"] > 5.0 * found.chi2
    with pytest.raises(FitError, match="lines are"):
        calibrated(counted(iron(), 2), drive="sine")


def test_the_conventions_differ_by_three_thousandths():
    channels = counted(iron(), 3)
    a, b = (calibrated(channels, name, drive="triangle") for name in "AB")
    assert b.value("k") / a.value("k") == pytest.approx(1.0029, abs=1e-4)
    assert (a.convention, b.convention) == ("A", "B")


def test_a_range_with_four_lines_is_calibrated_by_those():
    truth = (4.2 / 128.0, 256.2, 126.0)
    found = calibrated(counted(iron(values=truth), 5))
    assert [pair.name for pair in found.pairs] == ["middle", "inner"]
    assert found.value("k") == pytest.approx(truth[0], abs=4.0 * found.sigma("k"))
    assert [ratio.name for ratio in found.ratios] == ["middle"]


def test_a_range_with_two_lines_is_refused():
    with pytest.raises(FitError):
        calibrated(counted(iron(values=(2.0 / 128.0, 256.2, 128.0)), 5))


def test_depths_widths_and_spacings_are_those_simulated():
    found = calibrated(counted(iron(level=1e6), 6), drive="triangle")
    for pair, depth in zip(found.pairs, (0.12, 0.09, 0.045), strict=True):
        assert pair.depth == pytest.approx(depth, abs=4.0 * pair.depth_sigma)
        assert pair.width == pytest.approx(0.26, abs=4.0 * pair.width_sigma)
    for ratio in found.ratios:
        assert ratio.value == pytest.approx(ratio.expected, abs=4.0 * ratio.sigma)


def test_bad_channels_are_named_and_not_dropped():
    counts = np.array(counted(iron(), 9).counts)
    counts[[150, 400]] += 8.0 * np.sqrt(LEVEL) * np.array([1.0, -1.0])
    found = calibrated(channels_with(counts), drive="triangle")
    assert [channel for channel, _ in found.outliers] == [150, 400]
    assert found.fold_chi2 > 1.2
    assert found.freedom == 506 - 14


@pytest.mark.parametrize(
    "lines",
    [
        [(0.0, 0.05), (0.9, 0.05)],
        [],
    ],
    ids=["doublet", "nothing"],
)
def test_what_is_no_iron_is_refused(lines):
    with pytest.raises(FitError, match="not a spectrum of alpha-iron"):
        calibrated(counted(absorbed(TRIANGLE, SCALE, lines), 1))


@pytest.mark.parametrize("name", ["95.0K_0.0h30.0m", "5.0K_0.0h30.0m", "profile_110.0K"])
def test_real_ferrihydrite_is_not_taken_for_iron(name):
    with pytest.raises(FitError, match="not a spectrum of alpha-iron"):
        calibrated(real_channels(f"grigg/2L_Fh/{name}.dat"), drive="triangle")


def test_scaled_counts_give_the_same_scale_with_errors_as_large():
    plain = counted(iron(), 12)
    one = calibrated(plain, drive="triangle")
    other = calibrated(channels_with(plain.counts / 1000.0), drive="triangle")
    assert other.values == pytest.approx(one.values, rel=1e-5)
    assert other.sigma("k") == pytest.approx(one.sigma("k"), rel=0.15)
    assert "not whole" in other.not_counts
    assert one.not_counts == ""


def test_unknown_words_are_refused():
    channels = counted(iron(), 1)
    for words in ({"drive": "saw"}, {"convention": "Z"}, {"orientation": 3}):
        with pytest.raises(SettingsError):
            calibrated(channels, **words)


def test_an_ideal_drive_passes_the_tests_and_an_uneven_one_does_not():
    channels = counted(iron(), 21)
    ideal = drive_tests(channels, calibrated(channels, drive="triangle"))
    assert [one.term for one in ideal] == list(TERMS)
    assert not any(one.accepted for one in ideal)
    for term, size in (("branches", 1e-3), ("square", 8e-4), ("cube", 3e-4)):
        bent = counted(iron(Drive("triangle", 512, term), (*SCALE, size)), 22)
        found = {one.term: one for one in drive_tests(bent, calibrated(bent, drive="triangle"))}
        assert found[term].accepted
        assert found[term].value == pytest.approx(size, abs=4.0 * found[term].sigma)


def test_the_shift_against_the_source_hints_at_the_orientation():
    k, c0 = 0.094, 256.2
    rhodium = (k, c0, 128.0 - 0.11 / k)
    found = calibrated(counted(iron(values=rhodium), 31), drive="triangle")
    shift, sigma = found.source_shift
    assert shift == pytest.approx(-0.11, abs=4.0 * sigma)
    assert source_hint(found).orientation == 1
    assert not source_hint(found).contradicts
    assert source_hint(found.oriented(-1)).orientation == 1
    assert source_hint(found.oriented(-1)).contradicts
    unshifted = calibrated(counted(iron(values=(k, c0, 128.0)), 32), drive="triangle")
    assert source_hint(unshifted).orientation is None
    with pytest.raises(SettingsError, match="no shift"):
        source_hint(found, "57Co/Xx")


@pytest.mark.parametrize("orientation", [1, -1])
def test_a_reference_of_known_shift_gives_the_orientation(orientation):
    scale = calibrated(counted(iron(), 41), drive="triangle")
    lines = [(1.2 - 0.85, 0.05), (1.2 + 0.85, 0.05)]
    expected = absorbed(TRIANGLE, SCALE, lines, orientation=orientation)
    assert orientation_from_reference(counted(expected, 42), scale, 1.2) == orientation
    weak = absorbed(TRIANGLE, SCALE, [(0.3, 2e-4)], orientation=orientation)
    with pytest.raises(FitError, match="does not decide"):
        orientation_from_reference(counted(weak, 43), scale, 0.3)
    with pytest.raises(SettingsError, match="too near zero"):
        orientation_from_reference(counted(expected, 42), scale, 0.05)


def test_an_axis_of_velocities_is_checked_by_iron_on_it():
    axis = np.linspace(-6.0, 7.0, 480)
    counts = np.full(axis.size, 1e6)
    for sign in (-1.0, 1.0):
        for at, depth in zip(CONVENTIONS["A"].positions, (0.12, 0.09, 0.045), strict=True):
            counts -= 1e6 * depth / (1.0 + 4.0 * ((1.01 * axis - 0.2 - sign * at) / 0.26) ** 2)
    y = np.random.default_rng(3).poisson(counts)
    found = checked_axis(Spectrum(axis, y, x_unit="mm/s", y_unit="counts"))
    assert found.field == pytest.approx(33.04 / 1.01, abs=4.0 * found.field_sigma)
    assert found.isomer_shift == pytest.approx(0.2 / 1.01, abs=4.0 * found.isomer_shift_sigma)
    assert found.cut == ()
    short = axis > -4.9
    cut = checked_axis(Spectrum(axis[short], y[short], x_unit="mm/s", y_unit="counts"))
    assert cut.cut == (1,)
    assert cut.scale == pytest.approx(1.01, abs=4.0 * cut.scale_sigma)
