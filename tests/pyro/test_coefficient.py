"""The coefficient of one branch, its units, its sign, and what an offset would explain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyro_case import AREA, RATE, branches

from spectrafit.errors import SettingsError
from spectrafit.units import converted
from spectrafit_pyro.coefficient import (
    NO_POLARITY,
    branch_coefficient,
    coefficient,
    current_noise,
    offset_that_explains,
    one_branch_verdict,
)
from spectrafit_pyro.log import Area


def test_one_nanocoulomb_in_its_units():
    found = coefficient([90.0], [2e-9], [0.5], Area(4.0), polarity=1)
    assert found.p[0] == pytest.approx(1.0)
    assert converted(float(found.p[0]), "nC cm-2 K-1", "uC m-2 K-1") == pytest.approx(10.0)


@given(
    p=st.floats(-50, 50).filter(lambda p: abs(p) > 1e-3),
    rate=st.floats(0.01, 1.0),
    area=st.floats(1e-4, 1.0),
    wired=st.sampled_from([1, -1]),
)
def test_either_branch_gives_p_back_with_its_sign(p, rate, area, wired):
    for way in (rate, -rate):
        current = wired * p * 1e-9 * area * way
        found = coefficient([90.0], [current], [way], Area(area), polarity=wired)
        assert found.p[0] == pytest.approx(p, rel=1e-12)


def test_noise_of_current_and_rate_become_one_error():
    found = coefficient(
        [90.0], [3e-12], [-0.1], Area(0.01), current_sigma=1e-13, rate_noise=[(0.004, 5.0)]
    )
    assert found.sigma[0] == pytest.approx(3.0 * np.hypot(1 / 30, 0.04))
    np.testing.assert_allclose(np.diag(found.covariance), found.sigma**2)
    assert found.reason == NO_POLARITY


def test_the_noise_of_a_current_is_found_under_its_peak():
    up, _ = branches()
    assert current_noise(up.log.current) == pytest.approx(15e-15, rel=0.05)
    with pytest.raises(SettingsError, match="4 points tell no noise"):
        current_noise([1.0, 2.0, 3.0, 4.0])


def test_one_branch_says_what_offset_explains_its_plateau():
    up, _ = branches(offset=0.9)
    found = branch_coefficient(up, AREA, polarity=1)
    plateau = found.p[found.temperature > 120].mean()
    assert plateau == pytest.approx(7.159, abs=0.02)
    assert one_branch_verdict(3.557, AREA, RATE) == (
        "offset not testable: an offset of 0.9 pA would explain the plateau"
    )
    assert offset_that_explains(3.557, AREA, RATE) == pytest.approx(0.900, abs=0.001)
    assert offset_that_explains(-3.557, AREA, -RATE) == offset_that_explains(3.557, AREA, RATE)


@pytest.mark.parametrize("value", [0.0, -0.3, np.nan, np.inf])
def test_an_area_that_is_none_is_refused(value):
    with pytest.raises(SettingsError, match="give the area in cm2, above 0"):
        Area(value)


def test_bad_numbers_are_refused():
    with pytest.raises(SettingsError, match="polarity 2"):
        coefficient([90.0], [1e-12], [0.1], AREA, polarity=2)
    with pytest.raises(SettingsError, match="dT/dt is zero"):
        coefficient([90.0, 91.0], [1e-12, 1e-12], [0.1, 0.0], AREA)
    with pytest.raises(SettingsError, match="differ in number"):
        coefficient([90.0, 91.0], [1e-12], [0.1], AREA)
    with pytest.raises(SettingsError, match="a standard error of -1 cm2"):
        Area(1.0, -1.0)
