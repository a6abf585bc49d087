"""Emphasis on the second derivative: the ordinary fit at 0, honest errors, edges that matter less."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.fit import fit
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.spectrum import Spectrum
from spectrafit_xas.preedge.emphasis import emphasised_fit

X = np.arange(-5.0, 5.05, 0.1)
MODEL = Gaussian("peak1") + Polynomial(1, "base")
TRUTH = {"peak1.center": 0.2, "peak1.fwhm": 1.6, "peak1.height": 0.05}
TRUTH |= {"base.c0": 0.02, "base.c1": 0.003}
NOISE = 4e-4


def problem(seed: int, bend: float = 0.0, *, sigma: bool = True) -> Problem:
    curve = MODEL.evaluate(X, TRUTH) + bend * X**2
    y = curve + NOISE * np.random.default_rng(seed).standard_normal(X.size)
    data = Spectrum(X, y, np.full(X.size, NOISE) if sigma else None, "eV")
    changes = {name: ParameterChange(start=value) for name, value in TRUTH.items()}
    return Problem(data, MODEL, parameters=changes)


@pytest.mark.parametrize("sigma", [True, False])
def test_without_emphasis_it_is_the_ordinary_fit(sigma: bool) -> None:
    found, plain = emphasised_fit(problem(1, sigma=sigma), 0.0, 1.0), fit(problem(1, sigma=sigma))
    assert list(found.values.values()) == pytest.approx(list(plain.values), rel=1e-6)
    assert np.diag(found.covariance) == pytest.approx(np.diag(plain.covariance), rel=1e-4)


def test_errors_are_those_of_the_scatter() -> None:
    centers, errors = [], []
    for seed in range(120):
        found = emphasised_fit(problem(seed), 0.7, 1.0)
        centers.append(found.values["peak1.center"])
        i = found.names.index("peak1.center")
        errors.append(np.sqrt(found.covariance[i, i]))
    pulls = (np.array(centers) - TRUTH["peak1.center"]) / np.array(errors)
    # 120 draws know a standard deviation to 0.065; three errors
    assert np.std(pulls) == pytest.approx(1.0, abs=0.2)
    assert abs(np.mean(pulls)) < 0.3


def test_a_bent_background_moves_the_area_less() -> None:
    def area(emphasis: float) -> float:
        values = emphasised_fit(problem(3, bend=4e-4), emphasis, 1.0).values
        return values["peak1.height"] * values["peak1.fwhm"]

    true = TRUTH["peak1.height"] * TRUTH["peak1.fwhm"]
    # a parabola has a second derivative too, but a small one
    assert abs(area(0.95) - true) < 0.9 * abs(area(0.0) - true)


def test_an_emphasis_beyond_one_is_refused() -> None:
    with pytest.raises(SettingsError, match="0 to 1"):
        emphasised_fit(problem(1), 1.2, 1.0)
