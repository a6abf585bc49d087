"""Laws with a known part, and laws with a number that they are not linear in."""

from __future__ import annotations

import numpy as np
import pytest
from shared_case import NOISE, Array, X, curves, problem, series

from spectrafit.errors import SettingsError
from spectrafit.fit import (
    CurvedLaw,
    ParameterChange,
    SharedLaw,
    constant_law,
    fit_curved,
    fit_shared,
    linear_law,
)
from spectrafit.fit.profile.along import profile_along

SIGMA = np.full(X.size, NOISE)


def test_a_known_part_along_a_column_moves_its_coefficient_and_nothing_else() -> None:
    case = series(8)
    plain = fit_shared(problem(), case.y, case.laws, sigma=SIGMA)
    known = 0.003 * (case.T - 175.0) + 0.1
    laws = {name: law.plus(known) for name, law in case.laws.items()} | {
        "base.c1": case.laws["base.c1"].plus(np.full(8, 0.5))
    }
    found = fit_shared(problem(), case.y, laws, sigma=SIGMA)
    moved = plain.coefficients.values - [0.1, 0.003, 0.1, 0.003, 0.5]
    assert found.chi2.sum() == pytest.approx(plain.chi2.sum(), rel=1e-12)
    assert np.allclose(found.coefficients.values, moved, atol=1e-9)
    assert np.allclose(found.coefficients.covariance, plain.coefficients.covariance, rtol=1e-6)
    assert np.allclose(found.values, plain.values, atol=1e-8)
    assert found.test.p_value == pytest.approx(plain.test.p_value, rel=1e-6)


def test_known_parts_of_linear_columns_that_are_mixed() -> None:
    """Both terms of the base follow one basis, so that they are mixed to be orthogonal."""
    case = series(8)
    rng = np.random.default_rng(4)
    known = {"base.c0": rng.normal(0, 1.0, 8), "base.c1": rng.normal(0, 1.0, 8)}
    truth = case.truth | {
        "base.c0": 0.2 + known["base.c0"],
        "base.c1": 0.02 + known["base.c1"],
    }
    y = curves(truth) + NOISE * rng.standard_normal(case.y.shape)
    laws = {name: constant_law(8).plus(part) for name, part in known.items()}
    found = fit_shared(problem(), y, laws, sigma=SIGMA)
    assert found.test.p_value is not None
    assert found.test.p_value > 0.01
    for place, value in enumerate((0.2, 0.02)):
        name = found.coefficients.names[place]
        error = found.coefficients.sigma(name)
        assert error is not None
        assert abs(found.coefficients.value(name) - value) < 4.0 * error
    assert np.allclose(found.value("base.c0") - known["base.c0"], found.coefficients.values[0])
    # what is subtracted from the data beforehand gives the same
    before = y - curves(case.truth | known | {"p.height": np.zeros(8)})
    plain = fit_shared(problem(), before, {n: constant_law(8) for n in known}, sigma=SIGMA)
    assert np.allclose(plain.coefficients.values, found.coefficients.values, atol=1e-8)
    assert np.allclose(plain.value("p.center"), found.value("p.center"), atol=1e-7)


def test_a_bound_holds_for_the_known_part_too() -> None:
    case = series(8)
    bound = {"p.center": ParameterChange(max=0.30)}
    known = np.linspace(-0.3, 0.2, 8)
    laws = {"p.center": constant_law(8).plus(known)}
    found = fit_shared(problem(NOISE, bound), case.y, laws, sigma=SIGMA)
    assert found.value("p.center").max() <= 0.30 + 1e-12
    assert found.coefficients.values[0] == pytest.approx(0.1, abs=1e-9)
    assert "bound" in found.coefficients.sigma_reason("p.center value")


def test_a_row_left_out_has_what_the_law_says() -> None:
    case = series(8)
    y = case.y.copy()
    y[3, 5] = np.nan
    known = np.random.default_rng(1).normal(0.0, 0.05, 8)
    found = fit_shared(problem(), y, {"p.center": linear_law(case.T).plus(known)}, sigma=SIGMA)
    law = linear_law(case.T)
    assert found.value("p.center")[3] == pytest.approx(
        float(known[3] + law.basis[3] @ found.coefficients.values)
    )


def test_offsets_that_do_not_fit_are_refused() -> None:
    with pytest.raises(SettingsError, match="offset"):
        constant_law(4).plus(np.zeros(3))
    with pytest.raises(SettingsError, match="offset"):
        SharedLaw(np.ones((4, 1)), offset=np.array([0.0, 1.0, np.nan, 0.0]))


def test_the_unit_of_a_coefficient_whose_column_has_the_parameters_unit() -> None:
    law = SharedLaw(np.eye(3)[:, :2], ("value", "theta"), ("1", "mm/s/K"))
    assert law.labels("site1.IS", "mm/s") == [("site1.IS value", "mm/s"), ("site1.IS theta", "K")]


# --- a number that a law is not linear in ---------------------------------------------------------


def bend(T: Array, number: float) -> Array:
    return np.asarray(0.8 * np.exp(-T / number))


def bent(number: float, seed: int) -> tuple[Array, Array]:
    case = series(10, seed)
    truth = case.truth | {"p.center": -0.3 + bend(case.T, number)}
    noise = NOISE * np.random.default_rng(seed).standard_normal(case.y.shape)
    return case.T, curves(truth) + noise


def curve(T: Array, low: float = 20.0) -> CurvedLaw:
    law = constant_law(T.size)
    return CurvedLaw(
        lambda number: law.plus(bend(T, number)), "decay", "K", np.geomspace(low, 2000.0, 15)
    )


def test_pulls_of_a_number_that_is_profiled() -> None:
    draws, pulls, covered = 16, [], 0
    for seed in range(draws):
        T, y = bent(120.0, seed)
        found = fit_curved(problem(), y, "p.center", curve(T), sigma=SIGMA)
        own = found.fit.coefficients
        assert own.units[:2] == ("1", "K")
        error, rest = own.sigma("p.center decay"), own.sigma("p.center value")
        assert error is not None
        assert rest is not None
        assert own.value("p.center decay") == pytest.approx(found.interval.best, abs=0.02 * error)
        pulls.append([(found.interval.best - 120.0) / error, (own.values[0] + 0.3) / rest])
        covered += found.interval.contains(120.0)
    scatter = np.array(pulls)
    assert np.abs(scatter.mean(axis=0)).max() < 3.0 / np.sqrt(draws)
    assert np.abs(scatter.std(axis=0) - 1.0).max() < 3.0 / np.sqrt(2 * draws)
    assert abs(covered / draws - 0.683) < 3.0 * np.sqrt(0.683 * 0.317 / draws)


def test_a_number_beyond_its_range_is_open_and_says_so() -> None:
    T, y = bent(1e7, 3)
    found = fit_curved(problem(), y, "p.center", curve(T, 100.0), sigma=SIGMA)
    assert found.interval.upper is None
    assert "2000" in found.interval.upper_reason
    assert found.interval.lower is not None
    assert found.interval.lower > 300.0
    assert found.fit.converged.all()


def test_a_row_that_cannot_be_fitted_does_not_spoil_the_number() -> None:
    T, y = bent(120.0, 7)
    y[4, 3] = np.nan
    found = fit_curved(problem(), y, "p.center", curve(T), sigma=SIGMA)
    rest = np.arange(10) != 4
    alone = fit_curved(problem(), y[rest], "p.center", curve(T[rest]), sigma=SIGMA)
    assert found.interval.best == pytest.approx(alone.interval.best, rel=1e-3)
    assert found.fit.left_out[4]
    own = found.fit.coefficients.values
    assert found.fit.value("p.center")[4] == pytest.approx(own[0] + bend(T, own[1])[4], abs=1e-5)


def test_without_sigma_the_interval_is_that_of_the_scatter() -> None:
    T, y = bent(120.0, 5)
    with_sigma = fit_curved(problem(), y, "p.center", curve(T), sigma=SIGMA)
    without = fit_curved(problem(None), y, "p.center", curve(T))
    assert without.interval.best == pytest.approx(with_sigma.interval.best, rel=1e-3)
    assert without.interval.plus is not None
    assert with_sigma.interval.plus is not None
    ratio = without.interval.plus / with_sigma.interval.plus
    assert ratio == pytest.approx(np.sqrt(with_sigma.fit.redchi), rel=0.02)


def test_an_along_profile_of_a_parabola_has_its_known_ends() -> None:
    def chi2(x: Array) -> Array:
        return 7.0 + ((x - 1.234) / 0.01) ** 2

    found = profile_along(chi2, np.linspace(0.0, 5.0, 11), name="x")
    assert found.interval.best == pytest.approx(1.234, abs=1e-5)
    assert found.interval.minus == pytest.approx(0.01, rel=1e-2)
    one = profile_along(chi2, np.linspace(0.0, 5.0, 11), name="x", side="lower", level=0.95)
    assert one.interval.lower == pytest.approx(1.234 - 0.016449, abs=1e-5)
    assert one.rise == pytest.approx(2.7055, abs=1e-4)
    assert one.interval.upper is None


def test_an_along_profile_with_two_minima_takes_both_and_says_so() -> None:
    def chi2(x: Array) -> Array:
        near, far = ((x - 1.0) / 0.1) ** 2, ((x - 4.0) / 0.1) ** 2 + 0.3
        return np.minimum(near, far)

    found = profile_along(chi2, np.linspace(0.0, 5.0, 11), name="x")
    assert found.interval.best == pytest.approx(1.0, abs=1e-4)
    assert found.interval.lower == pytest.approx(0.9, abs=1e-3)
    assert found.interval.upper == pytest.approx(4.0 + 0.1 * np.sqrt(0.7), abs=1e-3)
    assert any("several pieces" in note for note in found.notes)
