"""One spectrum, 5 windows, 3 backgrounds, 1 to 4 peaks: the ensemble of a pre-edge area."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.quantity import Quantity
from spectrafit.lines import ArctanStep, ErfStep, Exponential, Pearson7, Polynomial
from spectrafit.spectrum import Spectrum

PLACES = {1: (2.9,), 2: (1.9, 4.0), 3: (1.4, 2.9, 4.7), 4: (0.9, 2.1, 3.5, 5.0)}
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "window": {f"{a} to {b}": (a, b) for a, b in ((-4, 9), (-3.5, 8.5), (-3, 9), (-4, 8), (-3, 8))},
    "background": {"erf": ErfStep, "arctan": ArctanStep, "exponential": None},
    "count": {str(n): n for n in PLACES},
}


def spectrum(seed: int = 1, noise: float = 4e-4) -> Spectrum:
    """Return three peaks before an error-function edge; simulated."""
    x = np.linspace(-4.0, 9.0, 150)
    model = (
        Pearson7("p1") + Pearson7("p2") + Pearson7("p3") + ErfStep("edge") + Polynomial(1, "base")
    )
    heights = {"p1": 0.05, "p2": 0.08, "p3": 0.04}
    truth = {
        "edge.center": 10.5,
        "edge.width": 3.5,
        "edge.height": 0.95,
        "base.c0": 0.005,
        "base.c1": 0.001,
    }
    for (name, height), place in zip(heights.items(), PLACES[3], strict=True):
        truth |= {
            f"{name}.center": place,
            f"{name}.fwhm": 1.4,
            f"{name}.height": height,
            f"{name}.exponent": 1.91,
        }
    y = model.evaluate(x, truth) + noise * np.random.default_rng(seed).standard_normal(x.size)
    return Spectrum(x, y, np.full(x.size, noise))


class Recipe:
    """Makes the problem of each combination."""

    def __init__(self, measured: Spectrum) -> None:
        self.measured = measured

    def __call__(self, window: tuple[float, float], background: Any, count: int) -> Problem:
        """Return peaks on a background inside a window."""
        whole = self.measured
        inside = (whole.x >= window[0]) & (whole.x <= window[1])
        assert whole.sigma is not None
        cut = Spectrum(whole.x[inside], whole.y[inside], whole.sigma[inside])
        changes: dict[str, ParameterChange] = {}
        if background is None:
            edge = Exponential("edge", origin=8.0)
            changes["edge.amplitude"] = ParameterChange(start=0.2)
            changes["edge.rate"] = ParameterChange(start=0.5, min=0.0, max=5.0)
        else:
            edge = background("edge")
            changes["edge.center"] = ParameterChange(start=10.4, min=8.0, max=14.0)
            changes["edge.width"] = ParameterChange(start=3.0, min=0.5, max=8.0)
            changes["edge.height"] = ParameterChange(start=0.9, min=0.1, max=3.0)
        peaks = [Pearson7(f"p{k + 1}") for k in range(count)]
        for k, place in enumerate(PLACES[count]):
            changes[f"p{k + 1}.center"] = ParameterChange(
                start=place, min=place - 1.2, max=place + 1.2
            )
            changes[f"p{k + 1}.fwhm"] = ParameterChange(start=1.4, min=0.4, max=4.0)
            changes[f"p{k + 1}.height"] = ParameterChange(start=0.05, min=0.0, max=1.0)
        model = reduce(add, [edge + Polynomial(1, "base"), *peaks])
        return Problem(cut, model, parameters=changes)


def area(problem: Problem, values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the area of all peaks, of a Pearson VII of one exponent."""
    shape = Pearson7("p").line
    unit = shape.area(0.0, 1.0, 1.0, 1.91) if shape.area else 0.0
    names = [name for name in values if name.endswith(".fwhm")]
    parts = [values[name] * values[name.replace("fwhm", "height")] for name in names]
    return unit * np.sum(parts, axis=0)


QUANTITIES = {"area": Quantity(area, "eV")}
