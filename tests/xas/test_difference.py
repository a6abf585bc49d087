"""Differences of spectra, changes of population, shares and components, on known mixtures."""

from __future__ import annotations

import numpy as np
import pytest
from compared_spectra import AXIS_SIGMA, ENERGY, GRID, STEP_SIGMA, compared, mixture

from spectrafit.errors import FitError, SpectrafitError
from spectrafit.spectrum import Spectrum
from spectrafit_xas.comparison.difference import (
    ComparedSpectrum,
    aligned_difference,
    common_grid,
    noisy_curve,
    region_test,
)
from spectrafit_xas.comparison.linear_combination import NoisyCurve, linear_combination
from spectrafit_xas.comparison.population_change import population_change
from spectrafit_xas.comparison.rank import changing_components
from spectrafit_xas.comparison.spectrum_series import isosbestic_points, series_components

NOISE = 4e-4


def test_a_shift_and_a_step_are_found_and_taken_out() -> None:
    rng = np.random.default_rng(0)
    b = compared(0.5, NOISE, rng, exact=True)
    moved = Spectrum(
        ENERGY + 0.03, 1.003 * b.spectrum.y, b.spectrum.sigma, "eV", history=b.spectrum.history
    )
    a = ComparedSpectrum(moved, STEP_SIGMA, 0.05)
    found = aligned_difference(a, b, common_grid([moved, b.spectrum], 7107.0, 7133.0))
    assert found.free_shift_eV == pytest.approx(0.03, abs=2e-3)
    assert found.scale == pytest.approx(1.003, abs=1e-3)
    assert np.abs(found.y).max() < 5 * NOISE


def test_the_difference_of_equal_spectra_has_the_chi2_of_its_points() -> None:
    rng = np.random.default_rng(1)
    ps, pulls = [], []
    for _ in range(40):
        a, b = compared(0.3, NOISE, rng), compared(0.3, NOISE, rng)
        found = aligned_difference(a, b, GRID)
        test = region_test(found, "all", 7107.0, 7133.0)
        assert test is not None
        assert test.points == GRID.size
        assert test.chi2 == pytest.approx(found.chi2, rel=1e-3)
        ps.append(test.p)
        pulls.append(found.free_shift_eV / np.hypot(found.free_shift_sigma_eV, found.axis_sigma_eV))
    assert 0.3 < np.mean(ps) < 0.7
    assert np.mean(np.array(ps) < 0.05) < 0.15
    assert 0.75 < np.std(pulls) < 1.25


def test_a_difference_in_one_region_is_seen_there() -> None:
    rng = np.random.default_rng(2)
    bump = 0.01 * np.exp(-((ENERGY - 7112.0) ** 2))
    a, b = compared(0.3, NOISE, rng, extra=bump), compared(0.3, NOISE, rng)
    found = aligned_difference(a, b, GRID)
    inside = region_test(found, "pre-edge", 7107.0, 7117.0)
    outside = region_test(found, "edge", 7119.0, 7130.0)
    assert inside is not None
    assert outside is not None
    assert inside.p < 1e-6
    assert outside.p > 1e-3
    assert region_test(found, "nowhere", 1.0, 2.0) is None


def test_different_grids_are_compared_on_the_coarser_one() -> None:
    rng = np.random.default_rng(3)
    fine = np.round(np.arange(7096.0, 7145.0, 0.15) + 0.04, 3)
    a, b = compared(0.3, NOISE, rng, energy=fine), compared(0.3, NOISE, rng)
    grid = common_grid([a.spectrum, b.spectrum], 7107.0, 7133.0)
    found = aligned_difference(a, b, grid)
    test = region_test(found, "all", 7107.0, 7133.0)
    assert test is not None
    assert np.isin(grid, ENERGY).all()
    assert test.p > 1e-3


def test_raw_spectra_and_spectra_without_errors_are_refused() -> None:
    raw = Spectrum(ENERGY, mixture(0.3), np.full(ENERGY.size, 1e-3), "eV")
    with pytest.raises(SpectrafitError, match="not normalised"):
        ComparedSpectrum(raw, STEP_SIGMA, AXIS_SIGMA)
    spectrum = compared(0.3, NOISE, np.random.default_rng(0)).spectrum
    blind = Spectrum(spectrum.x, spectrum.y, None, "eV", history=spectrum.history)
    with pytest.raises(SpectrafitError, match="no point errors"):
        ComparedSpectrum(blind, STEP_SIGMA, AXIS_SIGMA)
    with pytest.raises(SpectrafitError, match="common points"):
        common_grid([spectrum], 7000.0, 7001.0)


@pytest.mark.parametrize("shared", [False, True], ids=["apart", "end member in the pair"])
def test_the_change_of_population_has_no_bias_and_an_honest_error(shared: bool) -> None:
    """The noise is high, so that a bias by noisy end members would show."""
    rng, noise = np.random.default_rng(4), 2e-3
    grid = GRID[::2]
    pulls, ps = [], []
    for _ in range(80):
        low, high, a = (noisy_curve(compared(x, noise, rng), grid) for x in (0.0, 1.0, 0.9))
        b, true = (high, -0.1) if shared else (noisy_curve(compared(0.6, noise, rng), grid), 0.3)
        found = population_change(a, b, low, high)
        pulls.append((found.x - true) / found.sigma)
        ps.append(found.residual_p)
    assert abs(np.mean(pulls)) < 3 / np.sqrt(80)
    assert 0.8 < np.std(pulls) < 1.2
    assert np.mean(np.array(ps) < 0.05) < 0.12


def test_five_percent_of_population_at_the_noise_of_the_paper() -> None:
    rng = np.random.default_rng(5)
    low, high, a, b = (noisy_curve(compared(x, NOISE, rng), GRID) for x in (0.0, 1.0, 0.45, 0.4))
    found = population_change(a, b, low, high)
    assert found.sigma < 0.012
    assert found.x == pytest.approx(0.05, abs=3 * found.sigma)
    assert found.x > 1.645 * found.sigma
    assert not found.else_changed


def test_something_else_than_the_population_is_told() -> None:
    rng = np.random.default_rng(6)
    bump = 0.01 * np.exp(-((ENERGY - 7115.5) ** 2))
    low, high, b = (noisy_curve(compared(x, NOISE, rng), GRID) for x in (0.0, 1.0, 0.4))
    a = noisy_curve(compared(0.45, NOISE, rng, extra=bump), GRID)
    assert population_change(a, b, low, high).else_changed


def test_the_end_members_themselves_are_no_pair() -> None:
    rng = np.random.default_rng(7)
    low, high = (noisy_curve(compared(x, NOISE, rng), GRID) for x in (0.0, 1.0))
    with pytest.raises(SpectrafitError, match="end members themselves"):
        population_change(high, low, low, high)


def test_shares_of_three_members_come_back_with_their_errors() -> None:
    rng = np.random.default_rng(8)
    x = np.linspace(0, 1, 60)
    pure = [np.exp(-((x - c) ** 2) / 0.01) for c in (0.2, 0.5, 0.8)]
    true = np.array([0.5, 0.3, 0.2])
    sigma = 0.01
    pulls = []
    for _ in range(60):
        noisy = [
            NoisyCurve(y + rng.normal(0, sigma, x.size), sigma**2 * np.eye(x.size))
            for y in (true @ np.array(pure), *pure)
        ]
        found = linear_combination(noisy[0], noisy[1:])
        assert found.shares.sum() == pytest.approx(1.0)
        pulls.append((found.shares - true) / found.sigma)
    assert 0.8 < np.std(pulls) < 1.2
    assert found.p > 1e-4


def test_members_that_do_not_differ_are_refused() -> None:
    x = np.linspace(0, 1, 30)
    curve = NoisyCurve(x, 1e-4 * np.eye(30))
    with pytest.raises(FitError):
        linear_combination(curve, [NoisyCurve(x, 1e-4 * np.eye(30)), curve])
    with pytest.raises(SpectrafitError):
        linear_combination(curve, [curve])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_number_of_components_is_that_of_the_changes(count: int) -> None:
    rng = np.random.default_rng(9)
    n, m = 80, 7
    x = np.linspace(0, 1, n)
    shapes = [np.exp(-((x - c) ** 2) / 0.01) for c in (0.3, 0.6)][:count]
    amounts = [np.linspace(0, 1, m), np.linspace(-1, 1, m) ** 2]
    clean = np.ones((m, n)) + sum(
        (0.1 * np.outer(a, s) for a, s in zip(amounts, shapes, strict=False)), np.zeros((m, n))
    )
    covariance = np.broadcast_to(1e-4 * np.eye(n), (m, n, n))
    found = [
        changing_components(clean + rng.normal(0, 0.01, (m, n)), covariance, draws=100).count
        for _ in range(20)
    ]
    assert np.mean(np.array(found) == count) >= 0.85


def test_shifts_are_no_components_and_a_mixture_is_one() -> None:
    rng = np.random.default_rng(10)
    shifted = [
        ComparedSpectrum(
            Spectrum(
                ENERGY,
                mixture(0.5, ENERGY - s) + rng.normal(0, NOISE, ENERGY.size),
                np.full(ENERGY.size, NOISE),
                "eV",
                history=compared(0.0, NOISE, rng).spectrum.history,
            ),
            STEP_SIGMA,
            AXIS_SIGMA,
        )
        for s in (-0.08, -0.04, 0.0, 0.05, 0.09)
    ]
    found = series_components(shifted, GRID)
    assert found.rank.count >= 1
    assert found.beyond.count == 0
    mixed = [compared(x, NOISE, rng) for x in (0.0, 0.2, 0.5, 0.8, 1.0)]
    found = series_components(mixed, GRID)
    assert found.rank.count == 1
    assert found.beyond.count == 1


def test_a_mixture_of_two_crosses_in_isosbestic_points_and_a_third_state_breaks_them() -> None:
    rng = np.random.default_rng(11)
    two = [noisy_curve(compared(x, NOISE, rng), GRID) for x in (0.0, 0.5, 1.0)]
    points = isosbestic_points(two, GRID)
    assert points
    fine = np.linspace(points[0] - 0.3, points[0] + 0.3, 601)
    between = mixture(1.0, fine) - mixture(0.0, fine)
    truth = fine[int(np.argmin(np.abs(between)))]
    assert points[0] == pytest.approx(truth, abs=0.15)
    bump = 0.05 * np.exp(-(((ENERGY - points[0]) / 4.0) ** 2))
    third = noisy_curve(compared(0.5, NOISE, rng, extra=bump), GRID)
    assert points[0] not in isosbestic_points([two[0], third, two[2]], GRID)
    assert isosbestic_points(two[:2], GRID) == ()
