"""Stacks of simulated spectra with known truth, for the batch engines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.lines import ErfStep, Pearson7, Polynomial
from spectrafit.lines.line import Model
from spectrafit.spectrum import Spectrum

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A problem, its data and what they were made of."""

    problem: Problem
    y: Array
    sigma: Array
    start: dict[str, Array]
    truth: dict[str, Array]


def edge_model(peaks: int, origin: float = 0.0) -> Model:
    """Return Pearson VII peaks on an error-function edge and a line."""
    model = Pearson7("p1") + ErfStep("edge")
    for k in range(2, peaks + 1):
        model = model + Pearson7(f"p{k}")
    return model + Polynomial(1, "base", origin=origin)


def edge_case(
    count: int, *, peaks: int = 2, seed: int = 1, noise: float = 4e-4, far: float = 1.0
) -> Case:
    """Return spectra of a rising edge with peaks before it; starts are off by `far` of the usual."""
    rng = np.random.default_rng(seed)
    x = np.linspace(-4.0, 9.0, 120)
    places = {1: [2.6], 2: [1.8, 3.8], 3: [1.4, 2.9, 4.7]}[peaks]
    truth: dict[str, Array] = {}
    changes: dict[str, ParameterChange] = {}
    for k, place in enumerate(places, start=1):
        truth[f"p{k}.center"] = place + rng.uniform(-0.15, 0.15, count)
        truth[f"p{k}.fwhm"] = rng.uniform(1.0, 1.8, count)
        truth[f"p{k}.height"] = rng.uniform(0.03, 0.09, count)
        changes[f"p{k}.center"] = ParameterChange(start=place, min=place - 1.2, max=place + 1.2)
        changes[f"p{k}.fwhm"] = ParameterChange(start=1.4, min=0.4, max=4.0)
        changes[f"p{k}.height"] = ParameterChange(start=0.06, min=0.0, max=1.0)
    truth["edge.center"] = rng.uniform(10.0, 11.0, count)
    truth["edge.width"] = rng.uniform(3.0, 4.0, count)
    truth["edge.height"] = rng.uniform(0.8, 1.1, count)
    truth["base.c0"] = rng.uniform(-0.01, 0.02, count)
    truth["base.c1"] = rng.uniform(-0.001, 0.002, count)
    changes["edge.center"] = ParameterChange(start=10.5, min=8.0, max=14.0)
    changes["edge.width"] = ParameterChange(start=3.5, min=1.0, max=8.0)
    changes["edge.height"] = ParameterChange(start=0.95, min=0.1, max=3.0)
    model = edge_model(peaks)
    exact = np.array(
        [
            model.evaluate(x, {**{n: float(v[i]) for n, v in truth.items()}, **_exponents(peaks)})
            for i in range(count)
        ]
    )
    y = exact + noise * rng.standard_normal(exact.shape)
    problem = Problem(Spectrum(x, y[0], np.full(x.size, noise)), model, parameters=changes)
    start = {name: _moved(rng, name, values, far, problem) for name, values in truth.items()}
    return Case(problem, y, np.full(y.shape, noise), start, truth)


def _exponents(peaks: int) -> dict[str, float]:
    return {f"p{k}.exponent": 1.91 for k in range(1, peaks + 1)}


def _moved(
    rng: np.random.Generator, name: str, values: Array, far: float, problem: Problem
) -> Array:
    if name.endswith("center"):
        moved = values + far * rng.uniform(-0.35, 0.35, values.size)
    elif name.startswith("base"):
        moved = values + far * rng.uniform(-0.002, 0.002, values.size)
    else:
        moved = values * np.exp(far * rng.uniform(-0.35, 0.35, values.size))
    i = problem.names.index(name)
    return np.clip(moved, problem.min_values[i], problem.max_values[i])
