"""Two-dimensional correlation maps."""

from __future__ import annotations

import numpy as np
import pytest
from species_case import NARROW, T, one_species

from spectrafit.errors import SettingsError
from spectrafit_ir.species.correlation import correlation_maps

X = np.array([1.0, 2, 3, 4, 5])


def columns(*values):
    return np.array([*values, *[np.zeros(len(values[0]))] * (5 - len(values))]).T


KNOWN = columns([0, 1, 2, 3], [0, 0, 1, 3])


def test_the_known_answer():
    found = correlation_maps(X, KNOWN, [10, 20, 30, 40])
    np.testing.assert_allclose(
        found.synchronous[:2, :2], [[5 / 3, 5 / 3], [5 / 3, 2]], rtol=0, atol=1e-6
    )
    assert found.asynchronous[0, 1] == pytest.approx(0.265258, abs=1e-6)
    np.testing.assert_allclose(found.asynchronous, -found.asynchronous.T, atol=1e-15)
    assert not any("straight lines" in one for one in found.notices)


def test_rows_are_taken_by_temperature():
    mixed = [2, 0, 3, 1]
    found = correlation_maps(X, KNOWN[mixed], np.array([10, 20, 30, 40.0])[mixed])
    assert found.asynchronous[0, 1] == pytest.approx(0.265258, abs=1e-6)


def test_what_changes_first_has_a_positive_peak_before_what_changes_later():
    t = np.linspace(0, 1, 21)
    early, late = 1 - (1 - t) ** 3, t**3
    found = correlation_maps(X, columns(early, late), 100 + 10 * t)
    assert found.synchronous[0, 1] > 0
    assert found.asynchronous[0, 1] > 0
    assert found.asynchronous[1, 0] < 0


def test_uneven_temperatures_are_made_even_with_a_notice():
    # rows that change linearly with T: even rows are known exactly
    T_uneven = np.array([10.0, 20, 25, 40])
    Y = columns(T_uneven, 2 * T_uneven)
    found = correlation_maps(X, Y, T_uneven)
    np.testing.assert_allclose(found.T, [10, 20, 30, 40])
    even = correlation_maps(X, columns(found.T, 2 * found.T), found.T)
    np.testing.assert_allclose(found.synchronous, even.synchronous)
    assert any("straight lines" in one for one in found.notices)


def test_rows_on_both_sides_of_a_step_are_refused():
    with pytest.raises(SettingsError, match="both sides of the step at 20 to 30 K"):
        correlation_maps(X, KNOWN, [10, 20, 30, 40], steps=[(20.0, 30.0)])
    correlation_maps(X, KNOWN, [30, 40, 50, 60], steps=[(20.0, 30.0)])


def test_a_band_that_moves_says_so_in_a_notice():
    found = correlation_maps(NARROW, one_species(3), T)
    assert found.asynchronous.shape == (NARROW.size, NARROW.size)
    assert any("moves" in one for one in found.notices)


@pytest.mark.parametrize(("rows", "kelvin"), [(2, [10, 20]), (4, [10, 20, 20, 30])])
def test_too_few_rows_and_two_branches_are_refused(rows, kelvin):
    with pytest.raises(SettingsError):
        correlation_maps(X, KNOWN[:rows], kelvin)


def test_maps_too_large_for_memory_are_refused():
    with pytest.raises(SettingsError, match="window"):
        correlation_maps(np.arange(4001.0), np.zeros((4, 4001)), [1, 2, 3, 4])
