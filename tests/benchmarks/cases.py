"""Simulated problems of known truth: many spectra, their starts and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.lines import (
    Doublet,
    ErfStep,
    Pearson7,
    Polynomial,
    PseudoVoigtByHeight,
)
from spectrafit.lines.line import Line, Model
from spectrafit.spectrum import FloatArray, Spectrum

Values = Mapping[str, FloatArray]
Bounds = Mapping[str, tuple[float, float]]

_PEAKS = {
    1: (2.6,),
    2: (2.0, 3.6),
    3: (1.4, 2.9, 4.7),
    4: (0.8, 2.0, 3.4, 5.0),
}
_SITES = ((0.55, 0.85), (1.10, 2.70), (0.35, 0.40))
_BANDS = (1296.0, 1329.0, 1485.0, 1514.0, 1556.0)


@dataclass(frozen=True, eq=False)
class Case:
    """Many spectra of one problem, of which every method gets the same.

    Parameters
    ----------
    name : str
        In words.
    problem : Problem
        Model and bounds, on the first spectrum.
    truth, start : mapping of str to ndarray of shape (N,)
        Of the free parameters.
    y, sigma : ndarray, shape (N, n)
        Values and their standard deviations.
    """

    name: str
    problem: Problem
    truth: Values
    start: Values
    y: FloatArray
    sigma: FloatArray

    def __len__(self) -> int:
        return len(self.y)

    @property
    def x(self) -> FloatArray:
        return self.problem.data[0].x

    def rows(self, some: Any) -> Case:
        """Return some of the spectra."""
        return replace(
            self,
            truth={name: value[some] for name, value in self.truth.items()},
            start={name: value[some] for name, value in self.start.items()},
            y=self.y[some],
            sigma=self.sigma[some],
        )

    def from_truth(self) -> Case:
        """Return the same spectra, to be fitted from the truth."""
        return replace(self, start=self.truth)

    def fitted(self, engine: str, **options: Any) -> FitStack:
        """Return the fits by one of our engines."""
        start = {name: self.start[name] for name in self.problem.free_names}
        return fit_many(
            self.problem, self.y, sigma=self.sigma, start=start, engine=engine, **options
        )


def pre_edge(
    count: int,
    state: int,
    *,
    peaks: int = 3,
    line: Line = Pearson7,
    edge: Line = ErfStep,
    points: int = 150,
    noise: float = 4e-4,
    away: float = 1.0,
) -> Case:
    """Return pre-edges of K-edges: peaks on the foot of the edge and a line, an edge step of 1.

    `away` multiplies how far the starts lie from the truth.
    """
    rng = np.random.default_rng(state)
    truth: dict[str, FloatArray] = {}
    start: dict[str, FloatArray] = {}
    bounds: dict[str, tuple[float, float]] = {}

    def shifted(values: FloatArray, by: float) -> FloatArray:
        return values + away * rng.uniform(-by, by, count)

    def scaled(values: FloatArray, by: float) -> FloatArray:
        return values * np.exp(away * rng.uniform(-by, by, count))

    for k, center in enumerate(_PEAKS[peaks], start=1):
        own = f"peak{k}."
        truth[own + "center"] = center + rng.uniform(-0.15, 0.15, count)
        truth[own + "fwhm"] = rng.uniform(1.0, 1.8, count)
        truth[own + "height"] = rng.uniform(0.03, 0.09, count)
        start[own + "center"] = shifted(truth[own + "center"], 0.35)
        start[own + "fwhm"] = scaled(truth[own + "fwhm"], 0.35)
        start[own + "height"] = scaled(truth[own + "height"], 0.6)
        bounds[own + "center"] = (center - 1.2, center + 1.2)
        bounds[own + "fwhm"] = (0.4, 4.0)
        bounds[own + "height"] = (0.0, 1.0)
    truth["edge.center"] = rng.uniform(10.0, 11.0, count)
    truth["edge.width"] = rng.uniform(3.0, 4.0, count)
    truth["edge.height"] = rng.uniform(0.8, 1.1, count)
    truth["line.c0"] = rng.uniform(-0.01, 0.02, count)
    truth["line.c1"] = rng.uniform(-0.001, 0.002, count)
    start["edge.center"] = shifted(truth["edge.center"], 0.6)
    start["edge.width"] = scaled(truth["edge.width"], 0.25)
    start["edge.height"] = scaled(truth["edge.height"], 0.25)
    start["line.c0"] = shifted(truth["line.c0"], 0.01)
    start["line.c1"] = shifted(truth["line.c1"], 0.002)
    bounds["edge.center"] = (8.0, 14.0)
    bounds["edge.width"] = (1.0, 8.0)
    bounds["edge.height"] = (0.1, 3.0)
    bounds["line.c0"] = (-0.2, 0.2)
    bounds["line.c1"] = (-0.05, 0.05)
    model = edge("edge") + Polynomial(1, "line")
    for k in range(peaks, 0, -1):
        model = line(f"peak{k}") + model
    x = np.linspace(-4.0, 9.0, points)
    curves = clean(model, x, truth)
    sigma = np.full(curves.shape, noise)
    y = curves + sigma * rng.standard_normal(curves.shape)
    words = f"{peaks} {_WORDS[line.name]} + {_WORDS[edge.name]} + line, {points} points"
    return _case(words, model, x, y, sigma, truth, start, bounds)


def moessbauer(
    count: int,
    state: int,
    *,
    doublets: int = 2,
    points: int = 512,
    counts: float = 1e6,
    depth: tuple[float, float] = (0.02, 0.06),
) -> Case:
    """Return Mössbauer spectra in transmission: doublets on a number of counts a channel.

    `depth` is the range of the heights as shares of the counts; sigma is the root of the values.
    """
    rng = np.random.default_rng(state)
    truth: dict[str, FloatArray] = {}
    start: dict[str, FloatArray] = {}
    bounds: dict[str, tuple[float, float]] = {}
    for k, (center, splitting) in enumerate(_SITES[:doublets], start=1):
        own = f"site{k}."
        truth[own + "center"] = center + rng.uniform(-0.05, 0.05, count)
        truth[own + "splitting"] = splitting + rng.uniform(-0.1, 0.1, count)
        truth[own + "fwhm"] = rng.uniform(0.26, 0.40, count)
        truth[own + "height"] = -counts * rng.uniform(*depth, count)
        start[own + "center"] = truth[own + "center"] + rng.uniform(-0.12, 0.12, count)
        start[own + "splitting"] = truth[own + "splitting"] + rng.uniform(-0.2, 0.2, count)
        start[own + "fwhm"] = truth[own + "fwhm"] * np.exp(rng.uniform(-0.4, 0.4, count))
        start[own + "height"] = truth[own + "height"] * np.exp(rng.uniform(-0.6, 0.6, count))
        bounds[own + "center"] = (-1.0, 2.0)
        bounds[own + "splitting"] = (0.0, 4.0)
        bounds[own + "fwhm"] = (0.15, 1.2)
        bounds[own + "height"] = (-counts, 0.0)
    truth["line.c0"] = np.full(count, counts)
    truth["line.c1"] = counts * rng.uniform(-1e-4, 1e-4, count)
    model = Doublet("site1") + Polynomial(1, "line")
    for k in range(2, doublets + 1):
        model = model + Doublet(f"site{k}")
    x = np.linspace(-4.0, 4.0, points)
    y = rng.poisson(clean(model, x, truth)).astype(float)
    start["line.c0"] = y.max(axis=1)
    start["line.c1"] = np.zeros(count)
    number = {1: "1 doublet", 2: "2 doublets", 3: "3 doublets"}[doublets]
    name = f"{number} + line, {points} channels"
    return _case(name, model, x, y, np.sqrt(y), truth, start, bounds)


def infrared(count: int, state: int, *, points: int = 800, noise: float = 2e-3) -> Case:
    """Return infrared spectra: five bands on a line, wavenumbers from 1425 in units of 100 /cm."""
    rng = np.random.default_rng(state)
    truth: dict[str, FloatArray] = {}
    start: dict[str, FloatArray] = {}
    bounds: dict[str, tuple[float, float]] = {}
    model = Model((Polynomial(1, "line"),))
    for k, wavenumber in enumerate(_BANDS, start=1):
        own, center = f"band{k}.", (wavenumber - 1425.0) / 100.0
        truth[own + "center"] = center + rng.uniform(-0.03, 0.03, count)
        truth[own + "fwhm"] = rng.uniform(0.12, 0.22, count)
        truth[own + "height"] = rng.uniform(0.1, 0.6, count)
        start[own + "center"] = truth[own + "center"] + rng.uniform(-0.06, 0.06, count)
        start[own + "fwhm"] = truth[own + "fwhm"] * np.exp(rng.uniform(-0.4, 0.4, count))
        start[own + "height"] = truth[own + "height"] * np.exp(rng.uniform(-0.6, 0.6, count))
        bounds[own + "center"] = (center - 0.15, center + 0.15)
        bounds[own + "fwhm"] = (0.03, 0.6)
        bounds[own + "height"] = (0.0, 3.0)
        model = model + PseudoVoigtByHeight(f"band{k}")
    truth["line.c0"] = rng.uniform(0.0, 0.05, count)
    truth["line.c1"] = rng.uniform(-0.01, 0.01, count)
    start["line.c0"] = np.zeros(count)
    start["line.c1"] = np.zeros(count)
    bounds["line.c0"] = (-1.0, 1.0)
    bounds["line.c1"] = (-0.5, 0.5)
    x = np.linspace(-1.6, 1.6, points)
    curves = clean(model, x, truth)
    sigma = np.full(curves.shape, noise)
    y = curves + sigma * rng.standard_normal(curves.shape)
    name = f"5 {_WORDS['pseudo_voigt_by_height']} + line, {points} points"
    return _case(name, model, x, y, sigma, truth, start, bounds)


_WORDS = {
    "pearson7": "Pearson VII",
    "pseudo_voigt_by_height": "50:50 pseudo-Voigt",
    "erf_step": "erf step",
    "arctan_step": "arctangent step",
}


def clean(model: Model, x: FloatArray, truth: Values) -> FloatArray:
    """Return the values of every spectrum without noise."""
    total = np.zeros((len(next(iter(truth.values()))), x.size))
    for component in model.components:
        rows = zip(component.parameter_names, component.line.parameters, strict=True)
        own = [truth[name][:, None] if name in truth else row.default for name, row in rows]
        total += component.line.function(x, *own)[0]
    return total


def _case(
    name: str, model: Model, x: FloatArray, y: FloatArray, sigma: FloatArray,
    truth: Values, start: Mapping[str, FloatArray], bounds: Bounds,
) -> Case:  # fmt: skip
    inside = dict(start)
    for key, (low, high) in bounds.items():
        # a start on a bound would stop some methods at once
        edge = 1e-6 * (high - low)
        inside[key] = np.clip(start[key], low + edge, high - edge)
    changes = {
        key: ParameterChange(
            start=float(value[0]),
            min=bounds[key][0] if key in bounds else None,
            max=bounds[key][1] if key in bounds else None,
        )
        for key, value in inside.items()
    }
    problem = Problem(Spectrum(x, y[0], sigma[0]), model, parameters=changes)
    return Case(name, problem, truth, inside, y, sigma)
