"""Two branches: p of the crystal whatever the offset, leakage, wobble; the offset itself beside."""

from __future__ import annotations

import numpy as np
import pytest
from pyro_case import AREA, CASES, branches, joint, mean_between, true_mean, truth

from spectrafit.errors import SettingsError
from spectrafit_pyro.antisymmetric import antisymmetric, even_current
from spectrafit_pyro.coefficient import NO_POLARITY


def test_the_crystal_is_that_of_the_table():
    T, p = truth()
    assert true_mean(120.0, 298.0) == pytest.approx(3.604, abs=0.002)
    assert p.max() == pytest.approx(31.1, abs=0.1)
    assert T[p.argmax()] == pytest.approx(90.45, abs=0.3)


@pytest.mark.parametrize("case", CASES)
def test_faults_of_the_current_leave_the_antisymmetric_part_alone(case):
    faults, heating, cooling, both, peak, offset = CASES[case]
    found = joint(**faults)
    T = found.temperature
    assert mean_between(T, found.heating.p, 120.0, 298.0) == pytest.approx(heating, abs=0.02)
    assert mean_between(T, found.cooling.p, 120.0, 298.0) == pytest.approx(cooling, abs=0.02)
    assert mean_between(T, found.coefficient.p, 120.0, 298.0) == pytest.approx(both, abs=0.02)
    assert found.coefficient.p.max() == pytest.approx(peak, abs=0.5)
    # the mean of the last kelvins before 298 K: 0.424 pA is the leakage at 293.4 K
    assert even_current(found, 290.0, 297.0).mean == pytest.approx(offset, abs=0.02)


def test_the_offset_is_reported_with_what_it_would_add():
    found = joint(offset=0.9)
    window = even_current(found, 120.0, 298.0)
    assert abs(window.mean - 0.9) < 4.0 * window.mean_sigma
    assert window.largest == pytest.approx(0.9, abs=0.03)
    assert 120.0 <= window.largest_at <= 298.0
    assert window.as_p == pytest.approx(3.557, abs=0.02)
    with pytest.raises(SettingsError, match="no point between 400 and 500 K"):
        even_current(found, 400.0, 500.0)


def test_errors_are_those_of_the_noise():
    T, p = truth()
    pulls, even_pulls = [], []
    for seed in range(8):
        found = joint(seed=seed, offset=0.3)
        rows = found.temperature > 120.0
        rest = found.coefficient.p - np.interp(found.temperature, T, p)
        pulls.append((rest / found.coefficient.sigma)[rows])
        even_pulls.append(((found.even_current - 0.3) / found.even_sigma)[rows])
    assert np.std(pulls) == pytest.approx(1.0, abs=0.15)
    assert np.std(even_pulls) == pytest.approx(1.0, abs=0.15)


def test_turned_leads_turn_every_sign_exactly_and_nothing_else():
    one, other = joint(polarity=1, offset=0.3), joint(polarity=-1, offset=0.3)
    np.testing.assert_array_equal(one.coefficient.p, -other.coefficient.p)
    np.testing.assert_array_equal(one.heating.p, -other.heating.p)
    np.testing.assert_array_equal(one.even_current, other.even_current)
    assert even_current(one, 120, 290).as_p == -even_current(other, 120, 290).as_p
    up, down = branches(offset=0.3)
    assert one.coefficient.p.mean() > 0
    np.testing.assert_array_equal(
        antisymmetric(up, down, AREA, polarity=1).coefficient.p, one.coefficient.p
    )


def test_without_polarity_there_is_a_magnitude_and_a_reason():
    told, untold = joint(polarity=-1), joint(polarity=None)
    assert told.coefficient.signed
    assert told.coefficient.reason == ""
    assert not untold.coefficient.signed
    assert untold.coefficient.reason == NO_POLARITY
    np.testing.assert_array_equal(untold.coefficient.p, np.abs(told.coefficient.p))
    assert (untold.coefficient.p >= 0).all()


def test_two_sweeps_of_one_branch_are_refused():
    up, down = branches()
    with pytest.raises(SettingsError, match="with one branch the offset is not testable"):
        antisymmetric(up, up, AREA)
    with pytest.raises(SettingsError, match="a cooling and a heating branch"):
        antisymmetric(down, up, AREA)
