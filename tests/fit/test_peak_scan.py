"""Where a weak peak may be: starts that a linear scan over its shapes gives."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.profile.peak_scan import scanned_starts, weakest_peak
from spectrafit.fit.single import fit
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.spectrum import Spectrum

X = np.linspace(-4.0, 4.0, 80)
SIGMA = np.full(X.size, 0.01)
MODEL = Gaussian("weak") + Gaussian("strong") + Polynomial(1, "base")
TRUTH = {
    "strong.center": 1.5, "strong.fwhm": 0.8, "strong.height": 5.0,
    "base.c0": 0.3, "base.c1": -0.1,
}  # fmt: skip
BOUNDS = {
    "weak.center": ParameterChange(start=0.0, min=-3.8, max=0.5),
    "weak.fwhm": ParameterChange(start=1.0, min=0.3, max=3.0),
    "weak.height": ParameterChange(start=0.05, min=0.0),
    "strong.center": ParameterChange(start=1.5),
    "strong.fwhm": ParameterChange(start=0.8),
    "strong.height": ParameterChange(start=5.0),
}


def drawn(center: float, fwhm: float, height: float) -> np.ndarray:
    weak = {"weak.center": center, "weak.fwhm": fwhm, "weak.height": height}
    return MODEL.evaluate(X, TRUTH | weak)


def problem_of(y: np.ndarray, **more: ParameterChange) -> Problem:
    changes = BOUNDS | {name.replace("_", "."): one for name, one in more.items()}
    return Problem(Spectrum(X, y, SIGMA), MODEL, parameters=changes)


def test_a_peak_is_found_wherever_it_is_beside_what_the_others_leave() -> None:
    rng = np.random.default_rng(11)
    told = np.stack([rng.uniform(-3.0, 0.0, 12), rng.uniform(0.6, 1.5, 12)], axis=1)
    spectra = np.array([drawn(*one, 0.1) for one in told])
    problem = problem_of(spectra[0])
    peak = weakest_peak(problem, fit(problem), "weak.height")
    assert peak is not None
    # the others somewhat off: what they change to first order has no part in the scan
    others = TRUTH | {"base.c0": 0.32, "strong.height": 5.01}
    wrong = {"weak.center": -3.0, "weak.fwhm": 1.0, "weak.height": 0.0}
    values = np.tile([(others | wrong)[name] for name in problem.names], (12, 1))
    best, *_ = scanned_starts(problem, peak, spectra, values, np.random.default_rng(1))
    assert best["weak.center"] == pytest.approx(told[:, 0], abs=0.25)
    assert best["weak.fwhm"] == pytest.approx(told[:, 1], rel=0.5)
    assert best["weak.height"] == pytest.approx(np.full(12, 0.1), rel=0.35)
    assert best["strong.height"] == pytest.approx(np.full(12, 5.01))


def test_every_start_lies_within_the_bounds_and_they_differ() -> None:
    rng = np.random.default_rng(5)
    spectra = drawn(-1.0, 1.0, 0.0) + 0.01 * rng.standard_normal((30, X.size))
    problem = problem_of(spectra[0])
    peak = weakest_peak(problem, fit(problem), "weak.height")
    assert peak is not None
    values = np.tile(
        [(TRUTH | {"weak.center": -1.0, "weak.fwhm": 1.0, "weak.height": 0.0})[name]
         for name in problem.names], (30, 1),
    )  # fmt: skip
    first, second = scanned_starts(problem, peak, spectra, values, np.random.default_rng(1))
    for start in (first, second):
        assert np.all((start["weak.center"] >= -3.8) & (start["weak.center"] <= 0.5))
        assert np.all((start["weak.fwhm"] >= 0.3) & (start["weak.fwhm"] <= 3.0))
        assert np.all(start["weak.height"] >= 0.0)
    moved = np.abs(first["weak.center"] - second["weak.center"])
    wider = np.abs(np.log(first["weak.fwhm"] / second["weak.fwhm"]))
    assert np.all((moved > 0.05) | (wider > 0.1))


def test_the_peak_is_that_of_the_parameter_or_the_weakest() -> None:
    y = drawn(-1.0, 1.0, 0.04) + 0.01 * np.random.default_rng(2).standard_normal(X.size)
    problem = problem_of(y)
    result = fit(problem)
    for name, peak in (("strong.center", "strong"), ("weak.fwhm", "weak"), ("base.c0", "weak")):
        found = weakest_peak(problem, result, name)
        assert found is not None
        assert found.name == peak


def test_a_peak_whose_shape_is_held_is_not_looked_for() -> None:
    held = ParameterChange(fixed=True)
    problem = problem_of(
        drawn(0.0, 1.0, 0.1), weak_center=ParameterChange(start=0.0, fixed=True),
        weak_fwhm=ParameterChange(start=1.0, fixed=True), strong_center=held, strong_fwhm=held,
    )  # fmt: skip
    assert weakest_peak(problem, fit(problem), "base.c0") is None
