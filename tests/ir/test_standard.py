"""Internal standard band and declared scale: values, pulls and what is shared."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit_ir.bands.standard import by_standard, with_declared_scale


def drawn(rows=4000, seed=1):
    """Two bands of areas 4 and 1 and a standard of 3, each spectrum scaled by 4 %."""
    rng = np.random.default_rng(seed)
    factor = 1.0 + rng.normal(0.0, 0.04, rows)
    sigma = np.tile([0.05, 0.03], (rows, 1))
    values = factor[:, None] * [4.0, 1.0] + rng.normal(0.0, sigma)
    standard = 3.0 * factor + rng.normal(0.0, 0.04, rows)
    return values, sigma, standard, np.full(rows, 0.04)


def test_a_standard_takes_the_scale_out_and_the_pulls_are_one():
    found = by_standard(*drawn(), reference=3.0)
    pulls = (found.values - [4.0, 1.0]) / found.sigma
    assert np.abs(pulls.mean(axis=0)).max() < 0.1
    assert pulls.std(axis=0) == pytest.approx([1.0, 1.0], abs=0.06)
    # without it the scale is twice the noise
    raw = drawn()
    assert np.std((raw[0] - [4.0, 1.0]) / raw[1], axis=0)[0] > 2.5


def test_bands_of_one_spectrum_share_the_error_of_the_standard():
    found = by_standard(*drawn(), reference=3.0)
    seen = np.cov(found.values.T)
    assert found.covariance.mean(axis=0) == pytest.approx(seen, rel=0.1)
    assert found.row_relative == pytest.approx(0.04 / 3.0, rel=0.2)


def test_the_covariance_with_the_standard_counts():
    rng = np.random.default_rng(5)
    truth = [[0.01, 0.0, 0.006], [0.0, 0.01, -0.003], [0.006, -0.003, 0.0064]]
    drawn_values = rng.multivariate_normal([4.0, 2.0, 3.0], truth, 6000)
    found = by_standard(
        drawn_values[:, :2],
        np.full((6000, 2), 0.1),
        drawn_values[:, 2],
        np.full(6000, 0.08),
        covariance=np.tile([0.006, -0.003], (6000, 1)),
        reference=3.0,
    )
    seen = np.cov(found.values.T)
    assert np.diag(found.covariance.mean(axis=0)) == pytest.approx(np.diag(seen), rel=0.06)
    assert found.covariance.mean(axis=0)[0, 1] == pytest.approx(seen[0, 1], abs=4e-4)


def test_without_a_reference_the_unit_is_kept():
    values, sigma, standard, standard_sigma = drawn()
    found = by_standard(values[:, 0], sigma[:, 0], standard, standard_sigma)
    assert np.median(found.values) == pytest.approx(4.0, rel=0.01)
    assert "divided by the standard band" in found.said


def test_a_standard_near_zero_gives_no_value():
    found = by_standard([1.0, 1.0], [0.1, 0.1], [2.0, 0.2], [0.1, 0.1])
    assert np.isfinite(found.values[0, 0])
    assert np.isnan(found.values[1, 0])
    assert found.reasons == ("", "the standard band is not above five of its errors")
    with pytest.raises(SettingsError, match="declare a scale uncertainty"):
        by_standard([1.0], [0.1], [0.2], [0.1])


def test_a_declared_scale_is_a_common_factor_not_noise():
    values, sigma, *_ = drawn()
    found = with_declared_scale(values, sigma, row=0.04, series=0.1)
    pulls = (found.values - [4.0, 1.0]) / found.sigma
    assert pulls.std(axis=0) == pytest.approx([1.0, 1.0], abs=0.06)
    assert found.series_sigma == pytest.approx(0.1 * np.abs(values))
    assert found.own_sigma == pytest.approx(sigma)
    # the ratio of two bands is free of it
    a, b = values[0]
    ratio = np.array([1.0 / b, -a / b**2])
    own = np.sqrt(ratio**2 @ sigma[0] ** 2)
    assert np.sqrt(ratio @ found.covariance[0] @ ratio) == pytest.approx(own)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: with_declared_scale([1.0], [0.1], row=4.0), "write 0.04 for 4 %"),
        (lambda: with_declared_scale([1.0], [-0.1]), "an error is negative"),
        (lambda: with_declared_scale([1.0, 2.0], [0.1]), "with errors of shape"),
        (lambda: by_standard([1.0], [0.1], [1.0, 1.0], [0.1, 0.1]), "2 standards"),
        (lambda: by_standard([1.0], [0.1], [1.0], [0.1], reference=-1.0), "a positive one"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(SettingsError, match=message):
        call()
