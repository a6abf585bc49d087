"""The velocity of a channel and its derivatives; conventions and constants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit_mossbauer import constants
from spectrafit_mossbauer.drive.conventions import CONVENTIONS, convention
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.drive.velocity import TERMS, Drive, period_of

FORMS = [Drive(kind, 512, term) for kind in ("triangle", "sine") for term in (None, *TERMS)]
VALUES = {"triangle": (0.094, 256.2, 126.8), "sine": (12.0, 384.2, -0.1)}
CHANNEL = np.arange(512.0)


def values_of(form: Drive) -> list[float]:
    return [*VALUES[form.kind], *([3e-4] if form.term else [])]


def test_a_triangle_is_zero_at_its_two_centroids():
    v = Drive("triangle", 512).velocity(np.array([256.0, 129.0, 383.0]), 0.1, 256.0, 127.0)
    assert v == pytest.approx([-12.7, 0.0, 0.0], abs=1e-12)


def test_a_sine_turns_a_quarter_period_from_its_phase():
    form = Drive("sine", 512)
    v = form.velocity(np.array([128.0, 256.0, 384.0]), 12.0, 0.0, 0.5)
    assert v == pytest.approx([11.5, -0.5, -12.5], abs=1e-12)
    assert form.centre(12.0, 383.0, 0.0) == pytest.approx(255.0)
    assert {form.centre(12.0, phi, 0.0) % 256 for phi in (-2.0, 2.0)} == {126.0, 130.0}


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_derivatives_are_those_of_finite_differences(form):
    p = values_of(form)
    velocity, slopes = form.velocity_and_slopes(CHANNEL, *p)
    assert len(slopes) == len(form.names) == len(form.units)
    for i in range(len(p)):
        step = 1e-6 * max(abs(p[i]), 1.0)
        up, down = ([*p[:i], p[i] + sign * step, *p[i + 1 :]] for sign in (1, -1))
        difference = (form.velocity(CHANNEL, *up) - form.velocity(CHANNEL, *down)) / (2.0 * step)
        assert slopes[i] == pytest.approx(difference, rel=1e-6, abs=1e-5)
    assert velocity == pytest.approx(form.velocity(CHANNEL, *p))


@given(st.floats(0.02, 0.1), st.floats(250.0, 262.0), st.floats(120.0, 135.0))
def test_the_mean_velocity_of_a_period_is_the_shift_against_the_source(k, c0, d0):
    form = Drive("triangle", 512)
    fine = np.linspace(c0 - 256.0, c0 + 256.0, 20001)
    mean = np.trapezoid(form.velocity(fine, k, c0, d0), fine) / 512.0
    shift, slopes = form.shift_and_slopes(k, c0, d0)
    assert shift == pytest.approx(-mean, abs=1e-6)
    assert slopes == pytest.approx([d0 - 128.0, 0.0, k])


def test_a_period_is_a_power_of_two_where_the_last_channel_was_dropped():
    assert [period_of(n) for n in (512, 511, 1023, 1024, 1000, 400)] == [
        512, 512, 1024, 1024, 1000, 400,
    ]  # fmt: skip


def test_orientation_turns_velocities_and_slopes():
    form = FORMS[0]
    one = Calibration(form, np.array(VALUES["triangle"]), np.eye(3), "A", 1, 512)
    for orientation, sign in ((-1, -1.0), (None, 1.0)):
        other = one.oriented(orientation)
        assert np.array_equal(other.velocity(CHANNEL), sign * one.velocity(CHANNEL))
        assert np.array_equal(other.slopes(CHANNEL), sign * one.slopes(CHANNEL))
    with pytest.raises(SettingsError, match="orientation is 2"):
        one.oriented(2)
    with pytest.raises(SettingsError, match="has no A"):
        one.value("A")


def test_conventions_are_of_their_field():
    assert convention("A").ratios == pytest.approx((6.3264, 3.6632), abs=1e-4)
    assert CONVENTIONS["B"].positions[0] / CONVENTIONS["A"].positions[0] == pytest.approx(
        1.00305, abs=1e-5
    )
    with pytest.raises(SettingsError, match="no convention 'C'"):
        convention("C")


def test_constants_are_those_of_codata():
    # the design's table: CODATA 2022, half-life 97.81 ns
    assert pytest.approx(48.075, abs=5e-4) == constants.MM_PER_S_IN_NEV
    assert pytest.approx(11.6245, abs=5e-5) == constants.MM_PER_S_IN_MHZ
    assert pytest.approx(7.3039e7, rel=1e-5) == constants.KAPPA
    assert pytest.approx(0.09703, abs=5e-6) == constants.NATURAL_FWHM
