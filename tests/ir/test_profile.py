"""Free fits of bands: known lines come back, absent bands have an area and no position."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.lines.pseudo_voigt import pseudo_voigt_by_area
from spectrafit.lines.voigt import Voigt, voigt
from spectrafit_ir.bands.band_quantities import voigt_width
from spectrafit_ir.bands.profile import BandSpec, fit_bands

X = np.arange(1440.0, 1560.0)
NOISE = 5e-4


def one_band(position=1500.0, fwhm=14.0, area=3.0, share=0.5):
    return 0.05 + 2e-4 * (X - X[0]) + pseudo_voigt_by_area(X, position, fwhm, area, share)[0]


def noisy(clean, rows, seed):
    return clean + np.random.default_rng(seed).normal(0.0, NOISE, (rows, X.size))


@pytest.mark.parametrize(
    ("line", "share"), [("gaussian", 0.0), ("lorentzian", 1.0), ("pseudo-voigt", 0.5)]
)
def test_a_line_of_known_area_comes_back(line, share):
    found = fit_bands(X, one_band(share=share)[None], NOISE, [BandSpec("a", 1490, 1512)], line)
    top = share * 2.0 / np.pi + (1.0 - share) * 2.0 * np.sqrt(np.log(2.0) / np.pi)
    known = {"position": 1500.0, "fwhm": 14.0, "area": 3.0, "height": 3.0 * top / 14.0}
    for name, value in known.items():
        quantity = getattr(found, name)
        assert quantity.values[0, 0] == pytest.approx(value, rel=1e-5)
        assert quantity.sigma[0, 0] > 0.0
    assert found.baseline(0)[0] == pytest.approx(0.05, abs=1e-5)


def test_a_voigt_line_has_its_true_width_and_height():
    clean = voigt(X, 1500.0, 8.0, 9.0, 3.0)[0]
    found = fit_bands(X, clean[None], NOISE, [BandSpec("a", 1490, 1512)], "voigt", "none")
    assert found.fwhm.values[0, 0] == pytest.approx(Voigt.fwhm(0.0, 8.0, 9.0, 1.0), rel=1e-4)
    assert found.height.values[0, 0] == pytest.approx(clean.max(), rel=1e-4)


def test_the_width_of_a_voigt_line_and_its_slopes():
    gauss, lorentz = np.array([0.0, 3.0, 8.0, 5.0]), np.array([6.0, 3.0, 0.0, 0.2])
    width, by_gauss, by_lorentz = voigt_width(gauss, lorentz)
    exact = [Voigt.fwhm(0.0, g, w, 1.0) for g, w in zip(gauss, lorentz, strict=True)]
    assert np.allclose(width, exact, rtol=1e-9)
    step = 1e-5
    inner = slice(1, 2)
    up = voigt_width(gauss + step, lorentz)[0] - voigt_width(gauss - step, lorentz)[0]
    assert np.allclose((up / (2 * step))[inner], by_gauss[inner], rtol=1e-6)
    up = voigt_width(gauss, lorentz + step)[0] - voigt_width(gauss, lorentz - step)[0]
    assert np.allclose((up / (2 * step))[inner], by_lorentz[inner], rtol=1e-6)


def test_errors_cover_the_scatter():
    truth = {"position": 1500.0, "fwhm": 14.0, "area": 3.0, "height": None}
    found = fit_bands(X, noisy(one_band(), 300, 1), NOISE, [BandSpec("a", 1490, 1512)])
    truth["height"] = float((one_band() - 0.05 - 2e-4 * (X - X[0])).max())
    for name, value in truth.items():
        quantity = getattr(found, name)
        pulls = (quantity.values[:, 0] - value) / quantity.sigma[:, 0]
        assert abs(pulls.mean()) < 0.2
        assert 0.88 < pulls.std() < 1.12
    # the areas of one row: one band, so its variance
    assert np.allclose(found.area_covariance[:, 0, 0], found.area.sigma[:, 0] ** 2)


def test_an_absent_band_has_an_area_through_zero_and_no_position():
    y = noisy(one_band(), 60, 2)
    bands = [BandSpec("there", 1490, 1512), BandSpec("absent", 1525, 1545)]
    y[:6] += pseudo_voigt_by_area(X, 1535.0, 12.0, 1.0, 0.5)[0]
    found = fit_bands(X, y, NOISE, bands)
    assert found.seen[:6].all()
    gone = ~found.seen[:, 1]
    assert gone[6:].sum() >= 48
    assert np.isnan(found.position.values[gone, 1]).all()
    row = int(np.flatnonzero(gone)[0])
    assert found.position.reason(row, 1) == "band not seen in this row"
    assert "not seen" in found.flags(row, "absent")
    pulls = found.area.values[gone, 1] / found.area.sigma[gone, 1]
    assert (pulls < 0.0).any()
    assert abs(pulls.mean()) < 0.45
    assert 0.7 < pulls.std() < 1.3
    assert np.isfinite(found.position.sigma[:, 0]).all()


def test_a_misfit_is_said_with_both_errors():
    y = noisy(one_band() + 0.02 * np.exp(-(((X - 1520.0) / 4.0) ** 2)), 3, 3)
    found = fit_bands(X, y, NOISE, [BandSpec("a", 1490, 1512)])
    assert found.misfit.rows.all()
    scaled = found.misfit.sigma_of(found.area.sigma)
    assert np.allclose(scaled[:, 0], found.area.sigma[:, 0] * np.sqrt(found.misfit.redchi))
    assert "not a measurement error" in found.misfit.sentence()
    assert "misfit" in found.flags(0, "a")


def test_a_position_at_the_end_of_its_range_is_flagged():
    found = fit_bands(X, noisy(one_band(1500.0), 2, 4), NOISE, [BandSpec("a", 1470, 1497)])
    assert found.position.reason(0, 0) == "at bound"
    assert "position at bound" in found.flags(0, "a")


def test_a_row_that_is_not_finite_keeps_its_place():
    y = noisy(one_band(), 4, 5)
    y[1, 10] = np.nan
    found = fit_bands(X, y, NOISE, [BandSpec("a", 1490, 1512)])
    assert found.area.reason(1, 0) == "not finite"
    assert np.isnan(found.area.values[1, 0])
    assert np.isfinite(found.area.sigma[[0, 2, 3], 0]).all()


def test_correlated_noise_widens_errors():
    y = noisy(one_band(), 2, 6)
    bands = [BandSpec("a", 1490, 1512)]
    plain = fit_bands(X, y, NOISE, bands)
    wide = fit_bands(X, y, NOISE, bands, effective_share=0.25)
    assert np.allclose(wide.area.sigma, 2.0 * plain.area.sigma)


def test_lorentzians_started_in_the_middle_of_their_bounds_do_not_freeze():
    rng = np.random.default_rng(7)
    for _ in range(20):
        start, truth = 1500.0, 1500.0 + rng.uniform(-8.0, 8.0)
        clean = pseudo_voigt_by_area(X, truth, rng.uniform(8.0, 25.0), 3.0, 1.0)[0]
        y = clean + rng.normal(0.0, NOISE, X.size)
        bands = [BandSpec("a", start - 20.0, start + 20.0)]
        found = fit_bands(X, y[None], NOISE, bands, "lorentzian", start={"a": (start, 15.0)})
        assert found.position.values[0, 0] != start
        assert abs(found.position.values[0, 0] - truth) < 6.0 * found.position.sigma[0, 0]
        assert found.flags(0, "a") == ()


@pytest.mark.parametrize(
    ("bands", "settings"),
    [
        ([BandSpec("a", 1700, 1710)], {}),
        ([BandSpec("a", 1490, 1510), BandSpec("a", 1520, 1530)], {}),
        ([BandSpec("a", 1490, 1510)], {"mixing": 1.5}),
        ([BandSpec("a", 1490, 1510)], {"line": "boxcar"}),
        ([BandSpec("a", 1490, 1510)], {"start": {"b": (1500.0, 10.0)}}),
        ([BandSpec("a", 1490, 1510)], {"fwhm": (20.0, 10.0)}),
    ],
)
def test_what_cannot_be_fitted_is_refused(bands, settings):
    with pytest.raises(SettingsError):
        fit_bands(X, noisy(one_band(), 2, 8), NOISE, bands, **settings)


def test_a_noise_that_is_no_positive_number_is_refused():
    with pytest.raises(SettingsError, match="noise"):
        fit_bands(X, noisy(one_band(), 2, 9), [NOISE, 0.0], [BandSpec("a", 1490, 1510)])


def test_a_band_without_a_range_is_refused():
    with pytest.raises(SettingsError, match="range"):
        BandSpec("a", 1510, 1490)
