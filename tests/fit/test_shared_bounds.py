"""A series with laws at its limits: bounds, what data do not determine, laws that cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear
from shared_case import MODEL, NOISE, START, Array, X, big_fit, problem, series

from spectrafit.errors import SettingsError
from spectrafit.fit import (
    Flag,
    ParameterChange,
    Problem,
    SharedLaw,
    constant_law,
    fit_shared,
    linear_law,
)
from spectrafit.fit.bounded_step import Walls
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.spectrum import Spectrum

SIGMA = np.full(X.size, NOISE)


def test_a_law_at_a_bound_is_the_bounded_fit() -> None:
    """The widest width is the bound, where the law touches it; scipy fits the ends of the law."""
    case = series(8)
    high = np.full(5 + 2 * 8, np.inf)
    high[2:4] = 1.55
    big = big_fit(case, NOISE, high=high)
    errors = np.sqrt(np.diag(big.covariance))
    assert big.q[3] == 1.55
    own = problem(changes={"p.fwhm": ParameterChange(max=1.55)})
    found = fit_shared(own, case.y, case.laws, sigma=SIGMA)
    assert found.converged.all()
    assert found.chi2.sum() == pytest.approx(big.chi2, rel=1e-10)
    assert found.value("p.fwhm")[-1] == pytest.approx(1.55, rel=1e-12)
    assert abs(found.value("p.fwhm")[0] - big.q[2]) < 1e-5 * errors[2]
    assert found.sigma("p.fwhm")[0] == pytest.approx(errors[2], rel=1e-5)
    assert (np.abs(found.value("p.height") - big.q[5:13]) < 1e-5 * errors[5:13]).all()
    assert np.allclose(found.sigma("p.height"), errors[5:13], rtol=1e-5)
    assert found.flag(Flag.AT_BOUND).tolist() == [False] * 7 + [True]
    assert found.reason("p.fwhm", 7) == "at bound"
    assert np.isnan(found.sigma("p.fwhm")[7])
    assert "count as fixed" in found.test.caution


def test_one_value_at_its_bound_has_a_reason() -> None:
    case = series(8)
    own = problem(changes={"p.fwhm": ParameterChange(max=1.3)})
    found = fit_shared(own, case.y, {"p.fwhm": constant_law(8)}, sigma=SIGMA)
    assert found.coefficients.value("p.fwhm value") == pytest.approx(1.3)
    assert found.coefficients.sigma("p.fwhm value") is None
    assert found.coefficients.sigma_reason("p.fwhm value") == "at bound"
    assert found.flag(Flag.AT_BOUND).all()
    # with the width held, as if it were fixed there
    fixed = problem(changes={"p.fwhm": ParameterChange(start=1.3, fixed=True)})
    held = fit_shared(fixed, case.y, {"base.c1": constant_law(8)}, sigma=SIGMA)
    both = fit_shared(
        own, case.y, {"p.fwhm": constant_law(8), "base.c1": constant_law(8)}, sigma=SIGMA
    )
    assert np.allclose(both.value("p.height"), held.value("p.height"), rtol=1e-7)
    assert np.allclose(both.sigma("p.height"), held.sigma("p.height"), rtol=1e-6)


def test_own_parameters_at_bounds_are_flagged_row_by_row() -> None:
    case = series(12)
    own = problem(changes={"base.c0": ParameterChange(start=0.2, min=0.15)})
    found = fit_shared(own, case.y, case.laws, sigma=SIGMA)
    low = case.truth["base.c0"] < 0.1
    assert low.any()
    assert found.flag(Flag.AT_BOUND)[low].all()
    assert (found.value("base.c0")[low] == 0.15).all()
    assert np.isnan(found.sigma("base.c0")[low]).all()
    assert [found.reason("base.c0", int(i)) for i in np.flatnonzero(low)] == [
        "at bound"
    ] * low.sum()
    high = case.truth["base.c0"] > 0.25
    assert np.isfinite(found.sigma("base.c0")[high]).all()


def test_what_the_data_do_not_determine_is_named_and_spoils_nothing() -> None:
    case = series(8)
    twice = MODEL + Polynomial(0, name="more")
    own = Problem(Spectrum(X, np.zeros(X.size), SIGMA), twice, start=START)
    found = fit_shared(own, case.y, case.laws | {"more.c0": constant_law(8)}, sigma=SIGMA)
    plain = fit_shared(problem(), case.y, case.laws, sigma=SIGMA)
    assert found.coefficients.sigma_reason("more.c0 value") == "near singular"
    assert found.reason("base.c0", 3) == "near singular"
    assert found.flag(Flag.SINGULAR).all()
    assert found.chi2.sum() == pytest.approx(plain.chi2.sum(), rel=1e-9)
    for name in ("p.center", "p.fwhm", "p.height", "base.c1"):
        assert np.allclose(found.sigma(name), plain.sigma(name), rtol=1e-6)
    assert found.test.p_value is None
    assert "near singular" in found.test.reason


def test_a_spectrum_that_lacks_the_peak_keeps_its_row() -> None:
    """Height zero in one spectrum: what its width would be comes from the law alone."""
    case = series(9)
    y = case.y.copy()
    y[4] = 0.1 + NOISE * np.random.default_rng(1).standard_normal(X.size)
    own = problem(changes={"p.height": ParameterChange(min=0.0)})
    found = fit_shared(own, y, case.laws, sigma=SIGMA)
    assert found.converged.all()
    height, error = found.value("p.height")[4], found.sigma("p.height")[4]
    assert height < 4.0 * NOISE
    assert np.isnan(error) or error < NOISE
    assert abs(found.value("p.fwhm")[4] - case.truth["p.fwhm"][4]) < 4.0 * found.sigma("p.fwhm")[4]


def test_weak_second_peaks_do_not_keep_the_series_from_its_minimum() -> None:
    """Its height is at its bound in half of the spectra, where its place means nothing."""
    case = series(100)
    pair = MODEL + Gaussian("q")
    changes = {
        "q.height": ParameterChange(start=0.2, min=0.0, max=5.0),
        "q.center": ParameterChange(start=2.0, min=1.0, max=3.0),
        "q.fwhm": ParameterChange(min=0.3, max=3.0),
    }
    own = Problem(Spectrum(X, case.y[0], SIGMA), pair, start=START, parameters=changes)
    found = fit_shared(own, case.y, case.laws, sigma=SIGMA)
    assert found.converged.all()
    assert found.flag(Flag.AT_BOUND).mean() > 0.3
    pull = (found.value("p.fwhm") - case.truth["p.fwhm"]) / found.sigma("p.fwhm")
    assert np.abs(pull[[0, 50, 99]]).max() < 4.0


def test_the_call_limit_is_a_reason() -> None:
    case = series(6)
    found = fit_shared(problem(), case.y, case.laws, sigma=SIGMA, max_evaluations=1)
    assert found.flag(Flag.CALL_LIMIT).all()
    assert not found.converged.any()
    assert found.reason("p.height", 2) == "call limit"
    assert found.coefficients.sigma("p.fwhm slope") is None
    assert found.test.p_value is None
    assert "call limit" in found.test.reason


def test_data_without_noise_have_no_error_when_it_is_estimated() -> None:
    case = series(6, noise=0.0)
    found = fit_shared(problem(None), case.y, case.laws)
    assert found.converged.all()
    assert found.reason("p.fwhm", 0) == "no residual"
    assert np.allclose(found.value("p.height"), case.truth["p.height"], rtol=1e-10)


def test_no_freedom_is_a_reason() -> None:
    x = np.linspace(-1.0, 1.0, 3)
    rng = np.random.default_rng(2)
    own = Problem(Spectrum(x, np.zeros(3), None), Polynomial(2, name="b"))
    found = fit_shared(own, rng.standard_normal((1, 3)), {"b.c0": constant_law(1)})
    assert found.reason("b.c1", 0) == "no degrees of freedom"
    assert found.test.p_value is None


def refused(laws: dict[str, SharedLaw], match: str, **more: object) -> None:
    case = series(6)
    own = more.pop("own", problem())
    assert isinstance(own, Problem)
    with pytest.raises(SettingsError, match=match):
        fit_shared(own, case.y, laws, **{"sigma": SIGMA, **more})


def test_what_cannot_be_asked_for_is_refused() -> None:
    refused({"p.width": constant_law(6)}, r"p\.width")
    refused({"p.fwhm": constant_law(5)}, "for 5 spectra, not 6")
    refused({}, "0 laws")
    refused({"p.fwhm": constant_law(6)}, "counts and sigma", counts=True)
    fixed = problem(changes={"p.fwhm": ParameterChange(fixed=True)})
    refused({"p.fwhm": constant_law(6)}, "fixed", own=fixed)
    narrow = problem(changes={"p.fwhm": ParameterChange(min=1.0, max=2.0)})
    # proportional to something that changes sign: nothing but zero would do
    through_zero = SharedLaw(np.linspace(-1.0, 1.0, 6)[:, None])
    refused({"p.fwhm": through_zero}, "no coefficients", own=narrow)


def test_laws_that_spectra_do_not_tell_apart_are_refused() -> None:
    with pytest.raises(SettingsError, match="do not tell 2 columns"):
        linear_law([80.0, 80.0, 80.0])
    with pytest.raises(SettingsError, match="not finite"):
        linear_law([80.0, np.nan])
    with pytest.raises(SettingsError, match="2 columns, names a"):
        SharedLaw(np.eye(3)[:, :2], ("a",))
    with pytest.raises(SettingsError, match="shape"):
        SharedLaw(np.ones(4))
    # two temperatures, of which one has no spectrum that can be fitted
    case = series(4)
    y = case.y.copy()
    y[2:] = np.nan
    with pytest.raises(SettingsError, match="do not tell 2 columns"):
        fit_shared(problem(), y, {"p.fwhm": linear_law([80.0, 80.0, 90.0, 90.0])}, sigma=SIGMA)


numbers = st.floats(-3.0, 3.0, allow_nan=False)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_the_least_of_a_parabola_in_a_box_is_scipys(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((size + 3, size)), rng.standard_normal(size + 3)
    low, high = -rng.uniform(0.0, 0.5, size), rng.uniform(0.0, 0.5, size)
    found = Walls(np.eye(size), low, high).least(a.T @ a, a.T @ b)
    right = lsq_linear(a, b, bounds=(low - 1e-15, high + 1e-15), method="bvls", tol=1e-14).x
    assert np.allclose(found, right, atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 4), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_no_other_step_between_walls_is_lower(size: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, slope = rng.standard_normal((size + 3, size)), 3.0 * rng.standard_normal(size)
    square = a.T @ a
    matrix = rng.standard_normal((count, size))
    walls = Walls(matrix, -rng.uniform(0.0, 1.0, count), rng.uniform(0.0, 1.0, count))
    found = walls.least(square, slope)

    def height(step: Array) -> float:
        return float(step @ square @ step / 2.0 - slope @ step)

    at = matrix @ found
    assert (at >= walls.low - 1e-9).all()
    assert (at <= walls.high + 1e-9).all()
    for other in rng.standard_normal((200, size)):
        # as far that way as the walls allow
        moved = matrix @ other
        far = np.where(moved > 0.0, walls.high, walls.low) / moved
        step = other * min(1.0, float(far.min())) * rng.uniform()
        assert height(found) <= height(step) + 1e-9


@settings(deadline=None, max_examples=40)
@given(st.lists(numbers, min_size=2, max_size=2))
def test_a_place_outside_the_walls_is_brought_inside(w: list[float]) -> None:
    basis = linear_law(np.linspace(0.0, 10.0, 7)).basis
    walls = Walls(basis, np.full(7, 0.5), np.full(7, 2.0))
    found = walls.inside(np.array(w))
    assert ((basis @ found >= 0.5 - 1e-9) & (basis @ found <= 2.0 + 1e-9)).all()
    at = basis @ np.array(w)
    if (at >= 0.5).all() and (at <= 2.0).all():
        assert np.array_equal(found, w)
