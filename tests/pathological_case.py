"""Fits that ought to fail, by kind, and what is wrong with errors that are given all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spectrafit.fit import FitResult, ParameterChange, Problem
from spectrafit.lines import (
    ArctanStep,
    ErfStep,
    Exponential,
    Function,
    Gaussian,
    Lorentzian,
    Pearson7,
    Polynomial,
    PseudoVoigtByArea,
    Voigt,
)
from spectrafit.spectrum import FloatArray, Spectrum

X = np.linspace(-5.0, 5.0, 50)
Random = np.random.Generator


def change(**fields: Any) -> ParameterChange:
    return ParameterChange(**fields)


def noisy(rng: Random, y: FloatArray, x: FloatArray = X) -> Spectrum:
    noise = 10 ** rng.uniform(-3, 0)
    values = y + noise * rng.standard_normal(x.size)
    return Spectrum(x, values, np.full(x.size, noise) if rng.random() < 0.6 else None)


def peak(rng: Random, height: float = 1.0) -> FloatArray:
    return np.asarray(Gaussian.function(X, rng.uniform(-2, 2), rng.uniform(0.8, 2.5), height)[0])


def twins(rng: Random) -> Problem:
    """Two equal lines at one place, of which only the sum is determined."""
    start = {f"{name}.center": 0.1 for name in "ab"}
    return Problem(noisy(rng, peak(rng)), Gaussian("a") + Gaussian("b"), start=start)


def two_constants(rng: Random) -> Problem:
    model = Gaussian("p") + Polynomial(1, "one") + Polynomial(int(rng.integers(0, 2)), "two")
    return Problem(noisy(rng, peak(rng)), model)


def only_noise(rng: Random) -> Problem:
    model = rng.choice([Gaussian, Lorentzian, Voigt, Pearson7])("p") + Polynomial(0, "base")
    bounds = {"p.center": change(min=-5.0, max=5.0)}
    return Problem(noisy(rng, np.zeros(X.size)), model, parameters=bounds)


def narrow_bounds(rng: Random) -> Problem:
    low = rng.uniform(-4, 3)
    bounds = {
        "p.center": change(start=low + 0.05, min=low, max=low + 0.1),
        "p.fwhm": change(start=1.0, min=0.9, max=1.1),
        "p.height": change(min=0.0),
    }
    return Problem(noisy(rng, peak(rng)), Gaussian("p"), parameters=bounds)


def far_start(rng: Random) -> Problem:
    start = {"p.center": rng.choice([-60.0, 60.0, 4.9]), "p.fwhm": 10 ** rng.uniform(-2, 2)}
    return Problem(noisy(rng, peak(rng)), Gaussian("p"), start=start)


def step_outside(rng: Random) -> Problem:
    line = rng.choice([ErfStep, ArctanStep])
    y = 0.05 * np.exp(0.3 * X)
    return Problem(noisy(rng, y), line("s"), start={"s.center": rng.uniform(4, 20)})


def two_tails(rng: Random) -> Problem:
    model = Exponential("a") + Exponential("b") + Polynomial(0, "base")
    return Problem(noisy(rng, 0.3 * np.exp(0.2 * X)), model, start={"b.rate": 0.1 + 1e-9})


def free_shape(rng: Random) -> Problem:
    line = rng.choice([Pearson7, PseudoVoigtByArea])
    name = "p.exponent" if line is Pearson7 else "p.fraction"
    return Problem(noisy(rng, peak(rng)), line("p"), parameters={name: change(fixed=False)})


def many_peaks(rng: Random) -> Problem:
    model = Polynomial(0, "base") + Gaussian("a") + Gaussian("b") + Gaussian("c")
    start = {f"{name}.center": rng.uniform(-4, 4) for name in "abc"}
    bounds = {f"{name}.height": change(min=0.0) for name in "abc"}
    return Problem(noisy(rng, peak(rng)), model, start=start, parameters=bounds)


def few_points(rng: Random) -> Problem:
    x = np.sort(rng.uniform(-3, 3, 4))
    y = np.exp(-(x**2))
    return Problem(noisy(rng, y, x), Gaussian("p") + Polynomial(0, "base"))


def no_effect(rng: Random) -> Problem:
    component = Function(lambda x, a, b: a * x + 0.0 * b, name="f")
    return Problem(noisy(rng, 2 * X), component)


def product(rng: Random) -> Problem:
    component = Function(lambda x, a, b: a * b * x, name="f")
    return Problem(noisy(rng, 2 * X), component, start={"f.a": rng.uniform(0.5, 2)})


def saddle(rng: Random) -> Problem:
    """A start on the symmetry axis of even data."""
    y = Gaussian.function(X, -2.0, 1.0, 1.0)[0] + Gaussian.function(X, 2.0, 1.0, 1.0)[0]
    spectrum = Spectrum(X, y, np.full(X.size, 10 ** rng.uniform(-3, -1)))
    bounds = {"p.fwhm": change(start=1.0, min=0.1, max=1.5)}
    return Problem(spectrum, Lorentzian("p"), parameters=bounds)


def fourth_power(rng: Random) -> Problem:
    """A parameter whose minimum is flat."""
    component = Function(lambda x, a, c: a**2 * x + c, name="f")
    spectrum = noisy(rng, -0.5 * X)
    return Problem(spectrum, component, start={"f.a": rng.uniform(-1, 1), "f.c": 1.0})


KINDS: list[Callable[[Random], Problem]] = [
    twins,
    two_constants,
    only_noise,
    narrow_bounds,
    far_start,
    step_outside,
    two_tails,
    free_shape,
    many_peaks,
    few_points,
    no_effect,
    product,
    saddle,
    fourth_power,
]


def faults(problem: Problem, result: FitResult) -> list[str]:
    """What is wrong with errors that are given as numbers, found by other means than the fit's."""
    found = []
    for name, reason in zip(result.names, result.reasons, strict=True):
        error = result.sigma(name)
        if (error is None) != bool(reason):
            found.append(f"{name}: neither number nor reason")
        if error is not None and not (np.isfinite(error) and error > 0):
            found.append(f"{name}: error {error}")
    given = [
        j
        for j, name in enumerate(problem.free_names)
        if not result.reasons[result.names.index(name)]
    ]
    if not given:
        return found
    q = np.array([result.value(name) for name in problem.free_names])
    noise = 1.0 if problem.noise == "known" else np.sqrt(result.redchi)
    errors = np.array([result.sigma(name) or 0.0 for name in problem.free_names])
    normal = normal_matrix(problem, q, errors)
    for j in given:
        name = problem.free_names[j]
        error = result.sigma(name)
        assert error is not None
        if min(q[j] - problem.free_min[j], problem.free_max[j] - q[j]) <= 0:
            found.append(f"{name}: an error on a bound")
        # the conditional error bounds the full one from below
        if normal[j, j] > 0 and error < 0.5 * noise / np.sqrt(normal[j, j]):
            found.append(f"{name}: error {error} below the conditional one")
        for sign in (-1, 1):
            beside = q.copy()
            beside[j] = np.clip(q[j] + sign * 0.3 * error, problem.free_min[j], problem.free_max[j])
            fall = result.chi2 - float(np.sum(problem.residuals(beside) ** 2))
            # less than chi2 can be told to is no fall
            if fall > 1e-3 * noise**2 + 1e-14 * result.chi2:
                found.append(f"{name}: chi2 falls by {fall} beside it")
    return found


def normal_matrix(problem: Problem, q: FloatArray, errors: FloatArray) -> FloatArray:
    """Normal matrix from differences of the residuals alone."""
    columns = []
    for j in range(q.size):
        step = 1e-3 * errors[j] or 1e-6 * max(1e-3, abs(q[j]))
        # an error far beyond the value says nothing of where the model is straight
        step = min(step, 1e-2 * abs(q[j])) or step
        up, down = q.copy(), q.copy()
        up[j] += step
        down[j] -= step
        columns.append((problem.residuals(up) - problem.residuals(down)) / (2 * step))
    jacobian = np.nan_to_num(np.array(columns).T)
    return np.asarray(jacobian.T @ jacobian)
