from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit_structure.mixture_displacement import mixture_displacement
from spectrafit_structure.slope import length_slope, libration_corrected
from spectrafit_structure.uncertainty import Measured

T = [120.0, 160.0, 200.0, 250.0, 300.0]


def test_a_slope_is_recovered_with_its_su() -> None:
    rng = np.random.default_rng(1)
    pulls = []
    for _ in range(400):
        su = rng.uniform(0.003, 0.006, len(T))
        values = 1.99 + 1e-4 * (np.array(T) - 200) + rng.normal(0, su)
        found = length_slope(T, [Measured(v, s) for v, s in zip(values, su, strict=True)])
        assert found.slope.su is not None
        pulls.append((found.slope.value - 1e-4) / found.slope.su)
    assert abs(np.mean(pulls)) < 3 / np.sqrt(400)
    # scaling by chi2 only ever widens
    assert 0.75 < np.std(pulls) < 1.05


def test_scatter_beyond_the_su_widens_it() -> None:
    values = [2.0, 2.1, 2.0, 2.1, 2.0]
    found = length_slope(T, [Measured(each, 0.001) for each in values])
    plain = length_slope(T, [Measured(2.0, 0.001)] * 5)
    assert found.chi2_red is not None
    assert found.slope.su is not None
    assert plain.slope.su is not None
    assert found.slope.su == pytest.approx(plain.slope.su * np.sqrt(found.chi2_red))


def test_two_points_and_missing_su() -> None:
    two = length_slope([100.0, 200.0], [Measured(2.0, 0.003), Measured(2.01, 0.004)])
    assert two.slope.value == pytest.approx(1e-4)
    assert two.slope.su == pytest.approx(5e-5)
    assert two.chi2_red is None
    bare = length_slope([100.0, 200.0], [Measured(2.0, 0.003), Measured(2.01)])
    assert bare.slope.value == pytest.approx(1e-4)
    assert bare.slope.su is None
    assert bare.slope.reason == "no s.u. is written"


def test_one_temperature_is_no_slope() -> None:
    with pytest.raises(SettingsError, match="two temperatures"):
        length_slope([100.0, 100.0], [Measured(2.0, 0.1)] * 2)
    with pytest.raises(SettingsError, match="1 temperatures for 2 lengths"):
        length_slope([100.0], [Measured(2.0, 0.1)] * 2)


def test_libration_correction_is_the_mean_chord_of_a_swinging_bond() -> None:
    # the mean position of a bond that swings about x and y by small random angles
    rng = np.random.default_rng(2)
    L = np.diag([0.004, 0.002, 0.009])
    angles = rng.normal(size=(400_000, 3)) * np.sqrt(np.diag(L))
    bond = np.array([0.0, 0.0, 2.0])
    first = np.cross(angles, bond)
    second = 0.5 * np.cross(angles, first)
    apparent = float(np.linalg.norm((bond + first + second).mean(axis=0)))
    corrected = libration_corrected(Measured(apparent, 0.004), bond, L)
    assert corrected.value == pytest.approx(2.0, abs=3e-4)
    assert corrected.value - apparent == pytest.approx(2.0 * (0.004 + 0.002) / 2, rel=0.05)
    assert corrected.su == pytest.approx(0.004, rel=0.01)


def test_impossible_librations_are_refused() -> None:
    length, bond = Measured(2.0, 0.004), [1.0, 0.0, 0.0]
    with pytest.raises(SettingsError, match="negative"):
        libration_corrected(length, bond, np.diag([0.1, -0.1, 0.1]))
    with pytest.raises(SettingsError, match="symmetric"):
        libration_corrected(length, bond, np.triu(np.ones((3, 3))))
    with pytest.raises(SettingsError, match="no direction"):
        libration_corrected(length, [0.0, 0.0, 0.0], np.eye(3))


def test_a_half_and_half_mixture_blurs_the_bond() -> None:
    found = mixture_displacement(0.5, Measured(0.08, 0.006))
    assert found.value == pytest.approx(0.0016)
    assert found.su == pytest.approx(2 * 0.25 * 0.08 * 0.006)
    draws = np.random.default_rng(4).random(200_000) < 0.3
    assert mixture_displacement(0.3, Measured(0.08)).value == pytest.approx(
        np.var(np.where(draws, 0.08, 0.0)), rel=0.02
    )
    pure = mixture_displacement(1.0, Measured(0.08, 0.006))
    assert pure.value == 0.0
    assert pure.su is None
    with pytest.raises(SettingsError, match="not between 0 and 1"):
        mixture_displacement(1.2, Measured(0.08))
