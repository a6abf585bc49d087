"""Linked fits: laws in temperature come back, areas are unbiased where a fixed trace is not."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.lines.pseudo_voigt import pseudo_voigt_by_area
from spectrafit_ir.bands.linked import fit_linked
from spectrafit_ir.bands.profile import BandSpec

X = np.arange(1440.0, 1530.0)
T = np.linspace(10.0, 300.0, 12)
NOISE = 5e-4
BANDS = [BandSpec("1485", 1476, 1494)]


def series(seed, shift=0.0, broadening=0.0, area=2.0, share=1.0, rows=T):
    warm = ((rows - rows[0]) / (rows[-1] - rows[0]))[:, None]
    clean = pseudo_voigt_by_area(
        X, 1485.0 + shift * warm, 15.0 * (1.0 + broadening * warm), np.reshape(area, (-1, 1)), share
    )[0]
    return 0.03 + clean + np.random.default_rng(seed).normal(0.0, NOISE, clean.shape)


def test_laws_of_position_and_width_come_back():
    y = series(1, shift=-3.0, broadening=0.2)
    found = fit_linked(X, y, NOISE, T, BANDS)
    slope, error = (
        getattr(found.coefficients, part)("1485.center slope") for part in ("value", "sigma")
    )
    assert abs(slope - -3.0 / 290.0) < 4.0 * error
    assert found.width_slopes == (True,)
    assert found.T_ref == pytest.approx(155.0)
    assert abs(found.fwhm.values[-1, 0] - 18.0) < 4.0 * found.fwhm.sigma[-1, 0]
    assert found.agreeing >= 2
    assert 0.8 < found.redchi < 1.2


def test_areas_are_unbiased_and_their_errors_right():
    pulls = []
    for seed in range(12):
        found = fit_linked(
            X, series(seed, 3.0, 0.2), NOISE, T, BANDS, start={"1485": (1486.0, 14.0)}
        )
        pulls.append((found.area.values - 2.0) / found.area.sigma)
    assert abs(np.mean(pulls)) < 0.35
    assert 0.8 < np.std(pulls) < 1.2


def test_a_constant_width_biases_the_areas_that_slopes_leave_right():
    y = series(3, broadening=0.2)
    held = fit_linked(X, y, NOISE, T, BANDS, "lorentzian", width="constant")
    free = fit_linked(X, y, NOISE, T, BANDS, "lorentzian")
    assert held.area.values[0, 0] > 2.0 + 5.0 * held.area.sigma[0, 0]
    assert abs(free.area.values[0, 0] - 2.0) < 4.0 * free.area.sigma[0, 0]


def test_a_width_that_does_not_change_has_no_slope():
    kept = [
        fit_linked(X, series(s), NOISE, T, BANDS, start={"1485": (1486.0, 14.0)}) for s in range(8)
    ]
    assert sum(one.width_slopes[0] for one in kept) <= 4


def test_a_band_that_vanishes_keeps_its_position_and_its_area_goes_through_zero():
    area = np.where(T < 100.0, 1.0, 0.0)
    y = series(5, area=area, share=0.5)
    found = fit_linked(X, y, NOISE, T, BANDS)
    gone = T > 100.0
    pulls = found.area.values[gone, 0] / found.area.sigma[gone, 0]
    assert (np.abs(pulls) < 4.0).all()
    assert np.isfinite(found.position.sigma).all()
    assert np.abs(found.position.values - 1485.0).max() < 1.0
    assert not found.seen[-1, 0]
    assert found.seen[0, 0]


def test_areas_of_different_rows_share_the_error_of_the_laws():
    found = fit_linked(X, series(6, share=0.5), NOISE, T, BANDS)
    across = found.area_across("1485")
    assert np.allclose(np.diag(across), found.area.sigma[:, 0] ** 2)
    assert np.allclose(across, across.T)
    assert across[0, 1] / np.sqrt(across[0, 0] * across[1, 1]) > 0.2
    assert np.linalg.eigvalsh(across).min() > 0.0


def test_covariance_of_areas_is_that_of_draws():
    found = [
        fit_linked(
            X,
            series(100 + s),
            NOISE,
            T,
            BANDS,
            "lorentzian",
            width="constant",
            start={"1485": (1486.0, 14.0)},
        )
        for s in range(60)
    ]
    across = found[0].area_across("1485")
    areas = np.array([one.area.values[:, 0] for one in found])
    # the sum of all areas has the errors of the laws added up, not averaged away
    assert areas.sum(axis=1).std() == pytest.approx(np.sqrt(across.sum()), rel=0.3)
    assert np.sqrt(across.sum()) > 1.3 * np.sqrt(np.trace(across))


def test_bands_at_a_fixed_distance_move_together():
    y = series(7, shift=6.0, share=0.5)
    y += pseudo_voigt_by_area(X, 1497.0 + 6.0 * (T[:, None] - 10.0) / 290.0, 12.0, 1.0, 0.5)[0]
    bands = [BandSpec("main", 1480, 1493), BandSpec("shoulder", 1493, 1507)]
    found = fit_linked(
        X, y, NOISE, T, bands, position="free", distances={"shoulder": "main"}, mixing=0.5
    )
    apart = found.position.values[:, 1] - found.position.values[:, 0]
    assert np.ptp(apart) < 1e-9
    error = found.coefficients.sigma("shoulder.distance value")
    assert error is not None
    assert abs(apart[0] - 12.0) < 4.0 * error
    assert found.position.values[-1, 0] - found.position.values[0, 0] == pytest.approx(6.0, abs=0.5)


def test_a_row_that_is_not_finite_is_left_out_and_says_so():
    y = series(8)
    y[2, 3] = np.inf
    found = fit_linked(X, y, NOISE, T, BANDS, "lorentzian")
    assert found.area.reason(2, 0) == "not finite"
    assert np.isnan(found.area_across("1485")[2]).all()
    assert np.isfinite(np.delete(found.area.sigma, 2)).all()


@pytest.mark.parametrize(
    "settings",
    [
        {"position": "quadratic"},
        {"width": {"1500": "linear"}},
        {"distances": {"1485": "1485"}},
        {"T": T[:3]},
        {"T": np.full(T.size, 20.0)},
    ],
)
def test_laws_that_cannot_serve_are_refused(settings):
    given = {"T": T, **settings}
    with pytest.raises(SettingsError):
        fit_linked(X, series(9), NOISE, given.pop("T"), BANDS, **given)
