"""A series with laws: the answers of one big fit, honest errors, and rows that do not spoil others."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest
from shared_case import MODEL, NOISE, START, Array, X, big_fit, curves, problem, series

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit import (
    Flag,
    ParameterChange,
    Problem,
    SharedFit,
    SharedLaw,
    constant_law,
    fit,
    fit_many,
    fit_shared,
    linear_law,
)
from spectrafit.fit.shared.start import coefficients_of
from spectrafit.lines import Gaussian, Lorentzian, Polynomial
from spectrafit.spectrum import Spectrum

SIGMA = np.full(X.size, NOISE)


def ends_of(found: SharedFit, name: str) -> tuple[Array, Array]:
    """Return a law's values at the first and the last spectrum, with their covariance."""
    value = found.value(name)[[0, -1]]
    return value, found.covariance_across(name)[np.ix_([0, -1], [0, -1])]


@pytest.mark.parametrize("count", [5, 12])
@pytest.mark.parametrize("noise", [NOISE, None])
def test_equals_one_big_fit_of_all_residuals(count: int, noise: float | None) -> None:
    case = series(count)
    found = fit_shared(problem(noise), case.y, case.laws, sigma=None if noise is None else SIGMA)
    big = big_fit(case, noise)
    errors = np.sqrt(np.diag(big.covariance))
    assert found.converged.all()
    assert found.chi2.sum() == pytest.approx(big.chi2, rel=1e-12)
    for name, part in (("p.center", slice(0, 2)), ("p.fwhm", slice(2, 4))):
        values, covariance = ends_of(found, name)
        assert (np.abs(values - big.q[part]) < 1e-6 * errors[part]).all()
        assert np.allclose(covariance, big.covariance[part, part], rtol=1e-6)
    for name, part in (("p.height", slice(5, 5 + count)), ("base.c0", slice(5 + count, None))):
        assert (np.abs(found.value(name) - big.q[part]) < 1e-6 * errors[part]).all()
        assert np.allclose(found.sigma(name), errors[part], rtol=1e-6, atol=0.0)
        # between spectra, which only the laws connect
        scale = np.outer(errors[part], errors[part])
        apart = found.covariance_across(name) - big.covariance[part, part]
        assert (np.abs(apart) < 1e-6 * scale).all()
    of_coefficients = found.coefficients.covariance[4, 4]
    assert of_coefficients == pytest.approx(big.covariance[4, 4], rel=1e-6)


def test_coefficients_have_a_joint_covariance() -> None:
    case = series(6)
    found = fit_shared(problem(), case.y, case.laws, sigma=SIGMA)
    own = found.coefficients
    assert own.names[:2] == ("p.center at 175 K", "p.center slope")
    assert own.units == ("1", "1/K", "1", "1/K", "1")
    basis = linear_law(case.T).basis
    assert np.allclose(found.value("p.fwhm"), basis @ own.values[2:4], rtol=1e-12)
    across = basis @ own.covariance[2:4, 2:4] @ basis.T
    assert np.allclose(found.covariance_across("p.fwhm"), across, rtol=1e-8)
    big = big_fit(case, NOISE)
    ends = np.array([[0.5, 0.5], [-1.0 / 250.0, 1.0 / 250.0]])
    turn = np.kron(np.eye(2), ends)
    assert np.allclose(own.covariance[:4, :4], turn @ big.covariance[:4, :4] @ turn.T, rtol=1e-6)
    assert own.sigma("p.fwhm slope") == pytest.approx(np.sqrt(own.covariance[3, 3]))
    with pytest.raises(SettingsError, match=r"p\.fwhm slope"):
        own.value("p.fwhm slop")


def test_one_value_for_all_is_a_tie() -> None:
    case = series(6)
    models = [Gaussian(f"p{i}") + Polynomial(1, name=f"base{i}") for i in range(6)]
    start = {f"p{i}.{key}": value for i in range(6) for key, value in START_OF.items()}
    ties = {f"p{i}.fwhm": ParameterChange(equals="p0.fwhm") for i in range(1, 6)}
    spectra = [Spectrum(X, row, SIGMA) for row in case.y]
    tied = fit(Problem(spectra, models, start=start, parameters=ties))
    found = fit_shared(problem(), case.y, {"p.fwhm": constant_law(6)}, sigma=SIGMA)
    assert found.chi2.sum() == pytest.approx(tied.chi2, rel=1e-10)
    assert found.nfree == tied.nfree
    for i in range(6):
        for name in MODEL.parameter_names:
            other = name.replace(".", f"{i}.")
            error = tied.sigma(other)
            assert error is not None
            assert abs(found.value(name)[i] - tied.value(other)) < 1e-4 * error
            assert found.sigma(name)[i] == pytest.approx(error, rel=1e-5)


START_OF = {name.split(".")[1]: value for name, value in START.items()}


def test_all_parameters_shared_is_the_fit_of_the_mean() -> None:
    rng = np.random.default_rng(3)
    y = np.tile(series(5).y[2], (8, 1)) + NOISE * rng.standard_normal((8, X.size))
    found = fit_shared(
        problem(), y, {n: constant_law(8) for n in MODEL.parameter_names}, sigma=SIGMA
    )
    mean = fit(Problem(Spectrum(X, y.mean(axis=0), SIGMA / np.sqrt(8)), MODEL, start=START))
    assert np.allclose(found.values, mean.values, rtol=1e-6)
    assert np.allclose(found.covariance[3], mean.covariance, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("noise", ["known", "estimated"])
def test_pulls_and_p_values_of_known_truth(noise: str) -> None:
    """Bands are three Monte Carlo errors."""
    draws, pulls, chances = 100, [], []
    known = noise == "known"
    for draw in range(draws):
        case = series(5, seed=1000 + draw)
        sigma = SIGMA if known else None
        found = fit_shared(problem(NOISE if known else None), case.y, case.laws, sigma=sigma)
        assert found.converged.all()
        own = found.coefficients
        truth = np.array([0.2, 0.002, 1.5, 0.001, 0.02])
        pull = [*(own.values - truth) / np.sqrt(np.diag(own.covariance))]
        for name in MODEL.parameter_names:
            pull.append((found.value(name)[4] - case.truth[name][4]) / found.sigma(name)[4])
        pulls.append(pull)
        chances.append(found.test.p_value)
    found_pulls = np.array(pulls)
    assert np.abs(found_pulls.mean(axis=0)).max() < 3.0 / np.sqrt(draws)
    assert np.abs(found_pulls.std(axis=0) - 1.0).max() < 3.0 / np.sqrt(2 * draws)
    # uniform if the laws hold: mean 1/2, standard deviation 12^-1/2, a tenth below 1/10
    p_values = np.array(chances, dtype=float)
    assert abs(p_values.mean() - 0.5) < 3.0 / np.sqrt(12 * draws)
    assert abs((p_values < 0.1).mean() - 0.1) < 3.0 * np.sqrt(0.09 / draws)


@pytest.mark.parametrize("sigma", [SIGMA, None])
def test_a_law_that_does_not_hold_is_told(sigma: Array | None) -> None:
    case = series(12)
    bent = case.truth | {"p.fwhm": case.truth["p.fwhm"] + 1.5e-5 * (case.T - 175.0) ** 2}
    y = curves(bent) + NOISE * np.random.default_rng(8).standard_normal(case.y.shape)
    own = problem(None if sigma is None else NOISE)
    found = fit_shared(own, y, case.laws, sigma=sigma)
    assert found.test.p_value is not None
    assert found.test.p_value < 1e-3
    assert found.test.freedom == 3 * 12 - 5
    assert found.test.chi2 > found.test.chi2_independent
    third = np.column_stack([np.ones(12), case.T - 175.0, (case.T - 175.0) ** 2])
    right = fit_shared(own, y, case.laws | {"p.fwhm": SharedLaw(third)}, sigma=sigma)
    assert right.test.p_value is not None
    assert right.test.p_value > 0.01


def test_degrees_of_freedom_of_the_spectra_add_up() -> None:
    case = series(9)
    found = fit_shared(problem(), case.y, case.laws, sigma=SIGMA)
    assert found.nfree == 9 * X.size - 2 * 9 - 5
    assert found.freedom.sum() == pytest.approx(found.nfree)
    assert found.redchi == pytest.approx(found.chi2.sum() / found.nfree)
    assert (found.freedom < X.size - 2).all()


def test_rows_that_cannot_be_fitted_stay_rows_and_spoil_nothing() -> None:
    case = series(10)
    y, sigma = case.y.copy(), np.tile(SIGMA, (10, 1))
    y[3, 7], sigma[6, 0] = np.nan, 0.0
    found = fit_shared(problem(), y, case.laws, sigma=sigma)
    good = np.delete(np.arange(10), [3, 6])
    laws = {name: law.rows(good) for name, law in case.laws.items()}
    alone = fit_shared(problem(), y[good], laws, sigma=SIGMA)
    assert np.array_equal(found.values[good], alone.values)
    assert np.array_equal(found.coefficients.covariance, alone.coefficients.covariance)
    assert found.left_out[3] == "a value is not finite" == found.reason("p.height", 3)
    assert found.left_out[6] == "a sigma is not a positive number"
    assert found.converged.tolist() == found.used.tolist() == [i not in (3, 6) for i in range(10)]
    assert np.isnan(found.value("p.height")[[3, 6]]).all()
    assert np.isnan(found.sigma("p.height")[[3, 6]]).all()
    assert np.isnan(found.chi2[[3, 6]]).all()
    # what the laws say of them
    width, part = found.value("p.fwhm"), found.coefficients.covariance[2:4, 2:4]
    assert width[3] == pytest.approx((width[2] + width[4]) / 2)
    basis = case.laws["p.fwhm"].basis[3]
    assert found.sigma("p.fwhm")[3] == pytest.approx(np.sqrt(basis @ part @ basis))
    with pytest.raises(FitError, match="a value is not finite"):
        fit_shared(problem(), np.full_like(y, np.inf), case.laws, sigma=SIGMA)


def test_the_order_of_the_spectra_does_not_matter() -> None:
    case = series(8)
    order = np.random.default_rng(2).permutation(8)
    one = fit_shared(problem(), case.y, case.laws, sigma=SIGMA)
    laws = {name: law.rows(order) for name, law in case.laws.items()}
    other = fit_shared(problem(), case.y[order], laws, sigma=SIGMA)
    apart = (one.value("p.height")[order] - other.value("p.height")) / one.sigma("p.height")[order]
    assert np.abs(apart).max() < 1e-6
    assert np.allclose(one.coefficients.covariance, other.coefficients.covariance, rtol=1e-8)


def test_energies_far_from_zero_keep_their_digits() -> None:
    case = series(8)
    near = fit_shared(problem(), case.y, case.laws, sigma=SIGMA)
    start = START | {"p.center": 7112.0}
    far = Problem(Spectrum(X + 7112.0, np.zeros(X.size), SIGMA), MODEL, start=start)
    found = fit_shared(far, case.y, case.laws, sigma=SIGMA)
    assert found.chi2.sum() == pytest.approx(near.chi2.sum(), rel=1e-9)
    for name in ("p.center", "p.height", "base.c1"):
        move = 7112.0 if name == "p.center" else 0.0
        apart = found.value(name) - move - near.value(name)
        assert (np.abs(apart) < 1e-4 * near.sigma(name)).all()
        assert np.allclose(found.sigma(name), near.sigma(name), rtol=1e-6)


def test_ties_follow_the_laws() -> None:
    case = series(10)
    pair = Gaussian("p") + Gaussian("q") + Polynomial(0, name="base")
    values = {n: v for n, v in case.truth.items() if n != "base.c1"}
    second = {"q.center": values["p.center"] + 2.2, "q.fwhm": values["p.fwhm"]}
    second["q.height"] = np.full(10, 0.5)
    rows = [{n: v[i] for n, v in (values | second).items()} for i in range(10)]
    noise = NOISE * np.random.default_rng(4).standard_normal((10, X.size))
    y = np.array([pair.evaluate(X, row) for row in rows]) + noise
    ties = {
        "q.center": ParameterChange(equals="p.center + 2.2"),
        "q.fwhm": ParameterChange(equals="p.fwhm"),
    }
    start = START | {"q.height": 0.3}
    own = Problem(Spectrum(X, y[0], SIGMA), pair, start=start, parameters=ties)
    found = fit_shared(own, y, {n: case.laws[n] for n in ("p.center", "p.fwhm")}, sigma=SIGMA)
    assert np.allclose(found.value("q.center"), found.value("p.center") + 2.2)
    assert np.allclose(found.sigma("q.fwhm"), found.sigma("p.fwhm"))
    assert found.test.p_value is not None
    assert found.test.p_value > 0.01
    with pytest.raises(SettingsError, match="tied"):
        fit_shared(own, y, {"q.fwhm": constant_law(10)}, sigma=SIGMA)


def test_counts_leave_the_baseline_where_it_is() -> None:
    model = Lorentzian("p") + Polynomial(0, name="base")
    x, T = np.linspace(-4.0, 4.0, 64), np.linspace(50.0, 300.0, 12)
    truth = {"p.center": 0.2, "p.fwhm": 1.2, "p.height": 60.0, "base.c0": 50.0}
    start = {"p.center": 0.0, "p.fwhm": 1.0, "p.height": 30.0, "base.c0": 40.0}
    own = Problem(Spectrum(x, np.zeros(x.size), np.ones(x.size)), model, start=start)
    laws = {"p.center": linear_law(T), "p.fwhm": constant_law(12)}
    pulls, by_data = [], []
    rng = np.random.default_rng(6)
    for _ in range(25):
        y = rng.poisson(np.tile(model.evaluate(x, truth), (12, 1)))
        found = fit_shared(own, y, laws, counts=True)
        assert found.noise == "known"
        pulls.append((found.value("base.c0") - 50.0) / found.sigma("base.c0"))
        other = fit_shared(own, y, laws, sigma=np.sqrt(np.maximum(y, 1.0)))
        by_data.append((other.value("base.c0") - 50.0) / other.sigma("base.c0"))
    assert abs(np.mean(pulls)) < 3.0 / np.sqrt(np.size(pulls))
    assert abs(np.std(pulls) - 1.0) < 3.0 / np.sqrt(2 * np.size(pulls))
    assert np.mean(by_data) < -0.4
    assert np.allclose(found.y_sigma**2, found.y_sigma[0] ** 2, rtol=0.5)


def test_a_fit_that_found_another_peak_does_not_lead_the_series_astray() -> None:
    case = series(9)
    # a stronger and sharper line in one spectrum only, where its own fit starts
    line = {"p.center": -2.8, "p.fwhm": 0.3, "p.height": 4.0, "base.c0": 0.0, "base.c1": 0.0}
    y = case.y.copy()
    y[4] += MODEL.evaluate(X, line)
    there = np.arange(9) == 4
    start = {"p.center": np.where(there, -2.8, 0.0), "p.fwhm": np.where(there, 0.4, 1.2)}
    found = fit_shared(problem(), y, case.laws, sigma=SIGMA, start=start)
    assert found.converged.all()
    assert abs(found.independent.value("p.center")[4] + 2.8) < 0.1
    others = np.delete(np.arange(9), 4)
    assert np.abs(found.value("p.center") - case.truth["p.center"])[others].max() < 0.1
    assert found.test.p_value is not None
    assert found.test.p_value < 1e-6


def test_a_start_is_what_most_of_the_values_follow() -> None:
    basis = linear_law(np.arange(12.0)).basis
    rng = np.random.default_rng(5)
    errors = np.full(12, 0.1)
    values = basis @ [3.0, 0.5] + errors * rng.standard_normal(12)
    values[[2, 9]], errors[[2, 9]] = -20.0, 1e-6
    values[5], errors[5] = 1e9, np.nan
    found = coefficients_of(basis, values, errors)
    assert np.abs(found - [3.0, 0.5]).max() < 0.2
    # where none has an error, all count
    assert np.allclose(coefficients_of(basis, basis @ [3.0, 0.5], np.full(12, np.nan)), [3.0, 0.5])


def test_time_and_memory_grow_with_the_number_of_spectra() -> None:
    def cost(count: int) -> tuple[float, float]:
        case = series(count)
        laws = case.laws
        fit_shared(
            problem(), case.y[:20], {n: v.rows(np.arange(20)) for n, v in laws.items()}, sigma=SIGMA
        )
        seconds = []
        for _ in range(3):
            begin = time.process_time()
            fit_shared(problem(), case.y, laws, sigma=SIGMA)
            seconds.append(time.process_time() - begin)
        tracemalloc.start()
        fit_shared(problem(), case.y, laws, sigma=SIGMA)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return min(seconds), float(peak)

    small, large = cost(200), cost(2000)
    # ten times as many spectra: the square would be a hundred
    assert large[0] < 20.0 * small[0]
    assert large[1] < 15.0 * small[1]


def test_independent_fits_are_those_of_fit_many() -> None:
    case = series(60)
    found = fit_shared(problem(), case.y, case.laws, sigma=SIGMA)
    alone = fit_many(problem(), case.y, sigma=SIGMA)
    assert np.allclose(found.independent.chi2, alone.chi2, rtol=1e-6)
    assert found.test.chi2_independent <= found.test.chi2
    # the laws make widths more certain than spectra by themselves
    assert (found.sigma("p.fwhm") < alone.sigma("p.fwhm")).all()
    assert found.flag(Flag.CONVERGED).all()
