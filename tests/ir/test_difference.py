"""Difference spectra, and how much of one is bands that move."""

from __future__ import annotations

import numpy as np
import pytest
from species_case import NARROW, NOISE, WIDE, T, band, end_members, noisy, one_species, two_species

from spectrafit.errors import SettingsError
from spectrafit_ir.species.difference import difference_spectra
from spectrafit_ir.species.moved_curves import moved_curves
from spectrafit_ir.species.shift_test import shift_test

X = np.array([1.0, 2, 3, 4, 5])
Y = np.array([[1.0, 1, 1, 1, 1], [4, 4, 4, 4, 4], [2, 2, 2, 2, 2]])
KELVIN = np.array([100.0, 300.0, 200.0])
SIGMA = np.array([3e-3, 4e-3, 0.0625])


def test_rows_are_held_against_the_coldest_by_temperature_not_by_order():
    found = difference_spectra(X, Y, SIGMA, KELVIN)
    assert list(found.T) == [200, 300]
    assert list(found.reference_T) == [100, 100]
    assert list(found.values[:, 0]) == [1, 3]
    assert list(found.row) == [2, 1]
    assert found.sigma[1] == pytest.approx(5e-3)
    low, high = found.noise_band(2.0)
    assert high[1] == -low[1] == pytest.approx(1e-2)


def test_rows_are_held_against_the_next_colder_one():
    found = difference_spectra(X, Y, SIGMA, KELVIN, against="previous")
    assert list(found.reference_T) == [100, 200]
    assert list(found.values[:, 0]) == [1, 2]


def test_rows_are_held_against_the_last_below_the_step():
    found = difference_spectra(X, Y, SIGMA, KELVIN, against="below step", step=(200.0, 300.0))
    assert list(found.T) == [100, 300]
    assert list(found.values[:, 0]) == [-1, 2]
    for step in (None, (50.0, 80.0), (310.0, 320.0)):
        with pytest.raises(SettingsError, match="step"):
            difference_spectra(X, Y, SIGMA, KELVIN, against="below step", step=step)


def test_the_noise_band_holds_what_two_equal_rows_differ_by():
    found = difference_spectra(NARROW, noisy(one_species(), 1), NOISE, T)
    low, high = found.noise_band(2.0)
    inside = (found.values > low[:, None]) & (found.values < high[:, None])
    assert inside.mean() == pytest.approx(0.954, abs=0.02)


@pytest.mark.parametrize(
    "bad",
    [
        {"T": [100, 100, 200]},
        {"T": [100, 200]},
        {"T": [100, 200, np.nan]},
        {"sigma": [1e-3, 0.0, 1e-3]},
        {"Y": np.where(Y == 4, np.nan, Y)},
        {"x": X[::-1]},
        {"against": "warmest"},
    ],
)
def test_rows_that_do_not_fit_are_refused(bad):
    given = {"x": X, "Y": Y, "sigma": SIGMA, "T": KELVIN, **bad}
    with pytest.raises(SettingsError):
        difference_spectra(
            given["x"],
            given["Y"],
            given["sigma"],
            given["T"],
            against=given.get("against", "coldest"),
        )


def shift_of(reference, other, **asked):
    rng = np.random.default_rng(5)
    x = NARROW if reference.size == NARROW.size else WIDE
    first, second = (one + rng.normal(0, NOISE, x.size) for one in (reference, other))
    return shift_test(x, second - first, first, np.sqrt(2) * NOISE, **asked)


def test_a_band_that_moves_is_no_new_species_and_its_move_is_found():
    found = shift_of(band(NARROW, 1485, 15, 0.3), band(NARROW, 1487, 15, 0.3))
    assert found.verdict == "shift_or_broadening"
    assert found.share > 0.95
    assert found.shift[0] == pytest.approx(2.0, abs=0.1)
    assert "%" in found.sentence


def test_a_lorentzian_that_broadens_by_a_fifth_is_no_new_species():
    found = shift_of(band(NARROW, 1485, 15, 0.3), band(NARROW, 1485, 18, 0.25))
    assert found.verdict == "shift_or_broadening"
    assert found.kind == "lorentzian"
    # the figure is of first order: right for a small growth
    little = shift_of(band(NARROW, 1485, 15, 0.3), band(NARROW, 1485, 15.75, 0.3 / 1.05))
    assert little.broadening[0] == pytest.approx(0.75, rel=0.15)


def test_a_gaussian_that_broadens_grows_by_its_variance():
    def gaussian(fwhm: float):
        return 4.5 / fwhm * np.exp(-4 * np.log(2) * ((NARROW - 1485) / fwhm) ** 2)

    found = shift_of(gaussian(15.0), gaussian(16.0))
    assert found.verdict == "shift_or_broadening"
    assert found.kind == "gaussian"
    assert found.broadening[0] == pytest.approx((16**2 - 15**2) / (8 * np.log(2)), rel=0.15)


def test_a_new_band_is_another_change():
    one, other = end_members(30.0)
    assert shift_of(one, 0.8 * one + 0.2 * other).verdict == "other_change"
    assert shift_of(one, one + 0.2 * other).verdict == "other_change"


def test_a_spectrum_that_is_multiplied_is_called_so():
    found = shift_of(band(WIDE, 1485, 14, 0.3), 0.9 * band(WIDE, 1485, 14, 0.3))
    assert found.verdict == "common_factor"
    assert found.share < 0.8 < found.scaled_share


def test_equal_spectra_show_no_change():
    found = shift_of(band(NARROW, 1485, 15, 0.3), band(NARROW, 1485, 15, 0.3))
    assert found.verdict == "no_change"
    assert found.share is None
    assert "no change" in found.sentence


def test_bands_that_move_in_opposite_directions_need_a_window_each():
    reference = band(WIDE, 1470, 14, 0.3) + band(WIDE, 1560, 14, 0.25)
    other = band(WIDE, 1471.5, 14, 0.3) + band(WIDE, 1558.5, 14, 0.25)
    assert shift_of(reference, other).verdict == "other_change"
    found = shift_of(reference, other, windows=((1430, 1515), (1515.5, 1600)))
    assert found.verdict == "shift_or_broadening"
    assert found.shift == pytest.approx([1.5, -1.5], abs=0.1)


def test_derivatives_follow_a_band_through_noise():
    y = noisy(band(WIDE, 1500, 14, 0.03)[None], 2)[0]
    fine = band(WIDE + 1e-3, 1500, 14, 0.03) - band(WIDE - 1e-3, 1500, 14, 0.03)
    exact = fine / 2e-3
    found = moved_curves(WIDE, y, NOISE).first
    raw = np.gradient(y, WIDE)
    assert np.std(found - exact) < 0.7 * np.std(raw - exact)
    # L of a Lorentzian is the change with half its width, at equal area
    wider = band(WIDE, 1500, 14.02, 0.3 * 14 / 14.02) - band(WIDE, 1500, 14, 0.3)
    smooth = moved_curves(WIDE, band(WIDE, 1500, 14, 0.3), 1e-5).lorentzian
    np.testing.assert_allclose(smooth, wider / 0.01, atol=0.02 * np.abs(wider / 0.01).max())


def test_a_gap_in_the_axis_is_refused():
    keep = np.r_[0:30, 45:90]
    with pytest.raises(SettingsError, match="gap"):
        shift_test(NARROW[keep], np.zeros(75), np.zeros(75), NOISE)


def test_a_window_outside_the_data_is_refused():
    with pytest.raises(SettingsError, match="1440 to 1529"):
        shift_of(band(NARROW, 1485, 15, 0.3), band(NARROW, 1487, 15, 0.3), windows=((1600, 1700),))


def test_the_series_of_two_species_is_no_shift():
    Y = noisy(two_species(), 3)
    found = difference_spectra(WIDE, Y, NOISE, T)
    last = shift_test(WIDE, found.values[-1], Y[0], float(found.sigma[-1]), reference_sigma=NOISE)
    assert last.verdict == "other_change"
