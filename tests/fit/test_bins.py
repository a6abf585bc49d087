"""Bins of points: a quicker way to the same minimum, never to another one."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spectrafit.fit import many
from spectrafit.fit.bins import PER_BIN, Bins, bins_of, broadening
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.stack import Layout, layout_of, starts_of
from spectrafit.lines import (
    Doublet,
    Exponential,
    Function,
    Gaussian,
    Lorentzian,
    Polynomial,
    PseudoVoigtByHeight,
    Template,
)
from spectrafit.lines.line import Component, Model
from spectrafit.spectrum import FloatArray, Spectrum

pytestmark = pytest.mark.xdist_group("compiled")

BoolArray = NDArray[np.bool_]
COMPILED = pytest.param(
    "compiled",
    marks=pytest.mark.skipif(find_spec("numba") is None, reason="the extra fast is not installed"),
)
BATCHES = ["batch", COMPILED]
X = np.linspace(-4.0, 4.0, 512)


def layout(x: FloatArray, model: Model | Component) -> Layout:
    whole = model if isinstance(model, Model) else Model((model,))
    spectrum = Spectrum(x, np.zeros(x.size), np.ones(x.size))
    return layout_of(Problem(spectrum, whole, start={}))


def bins(x: FloatArray, model: Model | Component) -> Bins:
    found = bins_of(layout(x, model), x)
    assert found is not None
    return found


def test_the_broadening_of_a_bin() -> None:
    # of points at -1.5, -0.5, 0.5, 1.5 the mean square is 1.25; bins 4 apart, of 2 x^2/2
    assert broadening(4) == pytest.approx(1.25 / (2.0 * 16.0))
    assert broadening(1) == 0.0


def test_the_values_amid_the_bins_of_a_parabola_are_exact() -> None:
    y = np.array([3.0 - 0.4 * X + 0.7 * X * X, 1.0 + X])
    w = np.full(y.shape, 5.0)
    made = bins(X, Gaussian("a") + Polynomial(1))
    values, weights = made.spectra(y, w)
    inner = slice(1, -1)
    assert np.allclose(made.x, X.reshape(-1, PER_BIN).mean(axis=1))
    assert np.allclose(values[0, inner], (3.0 - 0.4 * made.x + 0.7 * made.x**2)[inner], atol=1e-12)
    assert np.allclose(values[1], 1.0 + made.x, atol=1e-12)
    assert np.allclose(weights, 10.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(400, 530), st.integers(0, 2**32 - 1))
def test_a_constant_stays_one_whatever_the_weights(count: int, state: int) -> None:
    rng = np.random.default_rng(state)
    x = np.linspace(0.0, 1.0, count)
    w = rng.uniform(0.1, 10.0, (3, count))
    values, weights = bins(x, Gaussian("a")).spectra(np.full((3, count), -7.0), w)
    assert values.shape == (3, count // PER_BIN)
    assert np.allclose(values, -7.0)
    used = w[:, : count // PER_BIN * PER_BIN].reshape(3, -1, PER_BIN)
    assert np.allclose(weights**2, (used**2).sum(axis=-1))


def sharp(x: FloatArray, fwhm: float) -> FloatArray:
    return np.exp(-((x / fwhm) ** 2))


def test_where_there_are_no_bins() -> None:
    known = Gaussian("a") + Polynomial(1)
    assert bins_of(layout(X, known), X) is not None
    assert bins_of(layout(X, known + Exponential("e")), X) is not None
    few = X[:399]
    assert bins_of(layout(few, known), few) is None
    # too few bins a parameter: 17 parameters ask for 544 points
    many_lines = known
    for k in range(5):
        many_lines = PseudoVoigtByHeight(f"b{k}") + many_lines
    assert bins_of(layout(X, many_lines), X) is None

    # a column that goes up and down from point to point is nothing in bins
    wave = Template(X.tolist(), np.where(np.arange(X.size) % 2, 1.0, -1.0).tolist(), "t")
    assert bins_of(layout(X, known + wave), X) is None
    smooth = Template(X.tolist(), np.sin(X).tolist(), "t")
    assert bins_of(layout(X, known + smooth), X) is not None

    # what a user's own function calls a width need not be one
    assert bins_of(layout(X, Function(sharp, parameters=("fwhm",), name="f")), X) is None


def test_the_narrowest_line_of_each_spectrum() -> None:
    model = Lorentzian("a") + Doublet("d") + Polynomial(0, "l")
    spectrum = Spectrum(X, np.zeros(X.size), np.ones(X.size))
    changes = {"d.fwhm": ParameterChange(equals="0.5*a.fwhm + 0.1")}
    problem = Problem(spectrum, model, start={}, parameters=changes)
    own = layout_of(problem)
    free, offset = starts_of(problem, {"a.fwhm": np.array([0.2, 0.6])}, 2)
    found = bins_of(own, X)
    assert found is not None
    z = free @ own.from_q.T
    assert np.allclose(found.narrowest(own, z, offset[:, own.places]), [0.2, 0.4])
    assert found.least_width == pytest.approx(12 * (X[1] - X[0]))


MODEL = Doublet("a") + Doublet("b") + Polynomial(1, "l")
TRUTH = {
    "a.center": 0.5, "a.splitting": 0.9, "a.fwhm": 0.3, "a.height": -0.05,
    "b.center": 1.1, "b.splitting": 2.7, "b.fwhm": 0.35, "b.height": -0.03,
    "l.c0": 1.0, "l.c1": 0.001,
}  # fmt: skip


def fitted(
    monkeypatch: pytest.MonkeyPatch, engine: str, on_bins: bool, width: float = 0.3, **more: object
) -> FitStack:
    rng = np.random.default_rng(12)
    truth = TRUTH | {"a.fwhm": width}
    y = MODEL.evaluate(X, truth) + 1e-3 * rng.standard_normal((40, X.size))
    start = {name: value * rng.uniform(0.85, 1.15, 40) for name, value in truth.items()}
    start["a.fwhm"] = np.full(40, width)
    with monkeypatch.context() as patch:
        if not on_bins:
            patch.setattr(many, "bins_of", lambda layout, x: None)
        sigma = np.full(X.size, 1e-3)
        changes = {"a.fwhm": ParameterChange(min=1e-3), "b.fwhm": ParameterChange(min=1e-3)}
        return fit_many(
            X, y, MODEL, start=start, sigma=sigma, parameters=changes, engine=engine, **more
        )


@pytest.mark.parametrize("engine", BATCHES)
def test_the_minimum_is_the_one_of_all_points(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = fitted(monkeypatch, engine, on_bins=False)
    quick = fitted(monkeypatch, engine, on_bins=True)
    assert not np.array_equal(plain.evaluations, quick.evaluations)
    assert np.allclose(quick.chi2, plain.chi2, rtol=1e-6)
    for name in plain.free_names:
        sigma = plain.sigma(name)
        assert (np.abs(quick.value(name) - plain.value(name)) < 0.01 * sigma).all()
        assert np.allclose(quick.sigma(name), sigma, rtol=0.01)


@pytest.mark.parametrize("engine", BATCHES)
def test_a_narrow_line_is_looked_for_on_all_points(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # two points wide: between two bins it would not be seen
    plain = fitted(monkeypatch, engine, on_bins=False, width=0.03, restarts=0)
    quick = fitted(monkeypatch, engine, on_bins=True, width=0.03, restarts=0)
    assert np.array_equal(quick.values, plain.values)
    assert np.array_equal(quick.evaluations, plain.evaluations)


@pytest.mark.parametrize("engine", BATCHES)
def test_a_line_that_becomes_narrow_on_the_bins_is_looked_for_again(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(on_bins: bool) -> FitStack:
        x = np.linspace(0.0, 100.0, 801)
        model = Gaussian("a") + Polynomial(0, "l")
        rng = np.random.default_rng(2)
        truth = {"a.center": 60.0, "a.fwhm": 1.0, "a.height": 1.0, "l.c0": 0.1}
        y = model.evaluate(x, truth) + 0.02 * rng.standard_normal((20, x.size))
        # 8 points wide, looked for with 16
        start = {"a.center": 60.3, "a.fwhm": 2.0, "a.height": 0.8, "l.c0": 0.0}
        with monkeypatch.context() as patch:
            if not on_bins:
                patch.setattr(many, "bins_of", lambda layout, x: None)
            return fit_many(x, y, model, start=start, sigma=np.full(x.size, 0.02), engine=engine)

    plain, quick = found(on_bins=False), found(on_bins=True)
    assert np.array_equal(quick.values, plain.values)
    # what the bins took in vain is told
    assert (quick.evaluations > plain.evaluations).all()


@pytest.mark.parametrize("engine", BATCHES)
def test_a_limit_holds_on_bins_too(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = fitted(monkeypatch, engine, on_bins=True, max_evaluations=3, restarts=0)
    assert (found.evaluations <= 3).all()
    assert not found.converged.any()


def test_both_engines_take_the_same_bins() -> None:
    pytest.importorskip("numba", reason="the extra fast is not installed")
    from spectrafit.fit.compiled.engine import _code

    _code()
    from spectrafit.fit.compiled.bins import bin_spectrum

    rng = np.random.default_rng(4)
    x = np.linspace(0.0, 1.0, 531)
    y, w = rng.standard_normal((2, x.size)), rng.uniform(0.5, 2.0, (2, x.size))
    values, weights = bins(x, Gaussian("a")).spectra(y, w)
    count = values.shape[1]
    room = np.zeros((4, 544))
    for row in range(2):
        padded = np.zeros((2, 544))
        padded[:, : x.size] = y[row], w[row]
        bin_spectrum(padded[0], padded[1], room[0], room[1], count, room[2], room[3])
        assert np.allclose(room[2, :count], values[row], rtol=1e-13)
        assert np.allclose(room[3, :count], weights[row], rtol=1e-13)
        assert not room[2:, count:].any()


@pytest.mark.parametrize("engine", BATCHES)
@pytest.mark.parametrize("noise", ["known", "estimated"])
def test_ties_on_bins_agree_with_single_fits(engine: str, noise: str) -> None:
    rng = np.random.default_rng(6)
    truth = TRUTH | {"b.fwhm": 0.3, "b.center": 1.1}
    y = MODEL.evaluate(X, truth) + 1e-3 * rng.standard_normal((4, X.size))
    changes = {
        "b.fwhm": ParameterChange(equals="a.fwhm"),
        "b.center": ParameterChange(equals="a.center + 0.6"),
        "b.height": ParameterChange(equals="0.5*a.height - 0.005"),
    }
    start = {"a.center": 0.45, "a.splitting": 0.95, "a.fwhm": 0.36, "a.height": -0.04}
    start |= {"b.splitting": 2.6, "l.c0": 0.99, "l.c1": 0.0}
    sigma = np.full(X.size, 1e-3) if noise == "known" else None

    def found(by: str) -> FitStack:
        return fit_many(X, y, MODEL, start=start, sigma=sigma, parameters=changes, engine=by)

    quick, single = found(engine), found("scipy")
    assert np.allclose(quick.chi2, single.chi2, rtol=1e-6)
    for name in single.free_names:
        sigma_one = single.sigma(name)
        assert (np.abs(quick.value(name) - single.value(name)) < 0.01 * sigma_one).all()
        assert np.allclose(quick.sigma(name), sigma_one, rtol=0.01)


@pytest.mark.parametrize("engine", BATCHES)
def test_a_doubtful_fit_is_looked_for_on_all_points_from_its_own_start(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # two points wide and looked for with 24: on bins some slip between
    rng = np.random.default_rng(5)
    x = np.linspace(0.0, 100.0, 801)
    step = float(x[1] - x[0])
    model = Gaussian("a") + Lorentzian("b") + Polynomial(1, "l")
    truth = {"a.center": 40.0, "a.fwhm": 20.0, "a.height": 1.0, "l.c0": 0.1, "l.c1": 0.0}
    truth |= {"b.fwhm": 2.0 * step, "b.height": 0.8}
    centers = 60.0 + rng.uniform(-1.0, 1.0, 200)
    y = np.array([model.evaluate(x, truth | {"b.center": c}) for c in centers])
    y += 0.02 * rng.standard_normal(y.shape)
    start: dict[str, float | FloatArray] = {"a.center": 42.0, "a.fwhm": 17.0, "a.height": 0.8}
    start |= {"b.fwhm": 24.0 * step, "b.height": 0.5}
    start["b.center"] = centers + 7.2 * step * rng.choice([-1.0, 1.0], 200)
    changes = {
        "b.fwhm": ParameterChange(min=0.05 * step, max=60.0 * step),
        "a.fwhm": ParameterChange(min=1.0, max=60.0),
    }

    def right(restarts: int) -> BoolArray:
        found = fit_many(
            x, y, model, start=start, sigma=np.full(x.size, 0.02), parameters=changes,
            engine=engine, restarts=restarts,
        )  # fmt: skip
        return np.asarray(np.abs(found.value("b.center") - centers) < step)

    at_once, again = right(0), right(1)
    monkeypatch.setattr(many, "bins_of", lambda layout, x: None)
    on_all_points = right(0)
    slipped = on_all_points & ~at_once
    assert slipped.sum() >= 3
    assert again[on_all_points].all()
