"""Known truth: errors are as large as the scatter, and intervals cover as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.fit import FitResult, Flag, ParameterChange, Problem, fit
from spectrafit.lines import Gaussian, Lorentzian, Polynomial
from spectrafit.spectrum import Spectrum

DRAWS = [200, pytest.param(5000, marks=pytest.mark.accept)]
X = np.linspace(-4.0, 4.0, 60)
MODEL = Gaussian("p") + Polynomial(0, "base")
TRUTH = {"p.center": 0.3, "p.fwhm": 1.6, "p.height": 1.0, "base.c0": 0.2}
START = {"p.center": 0.0, "p.fwhm": 1.2, "p.height": 0.8}


def drawn(kind: str, draws: int) -> list[FitResult]:
    """Fits of independent spectra of one truth; the generator's state is fixed per kind."""
    rng = np.random.default_rng({"known": 11, "estimated": 12}[kind])
    y = MODEL.evaluate(X, TRUTH)
    sigma = np.full(X.size, 0.02)
    results = []
    for _ in range(draws):
        noisy = y + sigma * rng.standard_normal(X.size)
        spectrum = Spectrum(X, noisy, sigma if kind == "known" else None)
        results.append(fit(Problem(spectrum, MODEL, start=START)))
    return results


@pytest.mark.parametrize("draws", DRAWS)
@pytest.mark.parametrize("kind", ["known", "estimated"])
def test_errors_are_those_of_the_scatter(kind: str, draws: int) -> None:
    """Bands are the design's, or three Monte Carlo errors where those are wider."""
    results = drawn(kind, draws)
    assert all(result.flags == (Flag.CONVERGED,) for result in results)
    # Student's t of 56 degrees of freedom is 1.018 wide
    width = 1.0 if kind == "known" else np.sqrt(56 / 54)

    names = results[0].names
    truth = np.array([TRUTH[name] for name in names])
    values = np.array([result.values for result in results])
    errors = np.array([np.sqrt(np.diag(result.covariance)) for result in results])
    pulls = (values - truth) / errors
    assert np.abs(pulls.mean(axis=0)).max() < max(0.05, 3 / np.sqrt(draws))
    assert np.abs(pulls.std(axis=0) - width).max() < max(0.03, 3 / np.sqrt(2 * draws))
    covered = (np.abs(pulls) < 1).mean(axis=0)
    assert np.abs(covered - 0.683).max() < max(0.045, 3 * np.sqrt(0.683 * 0.317 / draws))

    covariance = np.mean([result.covariance for result in results], axis=0)
    sigma = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sigma, sigma)
    assert np.abs(np.corrcoef(values.T) - correlation).max() < 3 / np.sqrt(draws)

    area = Gaussian("p").area
    propagated = [result.propagate(area)[:2] for result in results]
    pull = np.array([(value - area(TRUTH)) / error for value, error in propagated if error])
    assert pull.size == draws
    assert abs(pull.mean()) < 3 / np.sqrt(draws)
    assert abs(pull.std() - width) < 3 / np.sqrt(2 * draws)


def test_a_tied_pair_is_covered_too() -> None:
    model = Lorentzian("a") + Lorentzian("b")
    truth = {"a.center": -1.0, "a.fwhm": 0.8, "a.height": 1.0}
    truth |= {"b.center": 1.2, "b.fwhm": 0.8, "b.height": 0.5}
    ties = {
        "b.fwhm": ParameterChange(equals="a.fwhm"),
        "b.center": ParameterChange(equals="a.center + 2.2"),
    }
    rng = np.random.default_rng(13)
    sigma = np.full(X.size, 0.03)
    pull = []
    for _ in range(120):
        y = model.evaluate(X, truth) + sigma * rng.standard_normal(X.size)
        start = {"a.center": -0.8, "b.height": 0.7}
        result = fit(Problem(Spectrum(X, y, sigma), model, start=start, parameters=ties))
        errors = np.sqrt(np.diag(result.covariance))
        pull.append(
            [(result.value(n) - truth[n]) / e for n, e in zip(result.names, errors, strict=True)]
        )
    found = np.array(pull)
    assert np.abs(found.mean(axis=0)).max() < 3 / np.sqrt(120)
    assert np.abs(found.std(axis=0) - 1).max() < 3 / np.sqrt(240)
    assert found[:, 1] == pytest.approx(found[:, 4])
