"""Where in each of many spectra a weak peak may be: starts from a linear scan over its shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FitResult
from spectrafit.fit.search import model_curves
from spectrafit.lines.line import Component
from spectrafit.spectrum import FloatArray

__all__ = ["scanned_starts", "weakest_peak"]

# shapes that are tried, and how many of them start a fit
_SHAPES, _KEPT = 400, 2
# cosine of two shapes above which they lead to one minimum
_ALIKE = 0.7
# an open range: so many times narrower and wider than the fit
_OPEN = 3.0


def weakest_peak(problem: Problem, result: FitResult, name: str) -> Component | None:
    """Return the peak that a parameter belongs to, else the one with the least height over its error.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    result : FitResult
        Its fit.
    name : str
        Full name of a parameter.

    Returns
    -------
    Component or None
        None where no peak has a height or area and a shape that are free.
    """
    found: list[tuple[float, Component]] = []
    for component in problem.model[0].components:
        line = component.line
        amplitude = f"{component.name}.{line.amplitude}"
        if (
            line.area is None
            or amplitude not in problem.free_names
            or not _shape(problem, component)
        ):
            continue
        if name in component.parameter_names:
            return component
        sigma = result.sigma(amplitude) if amplitude in result.names else None
        found.append((abs(result.value(amplitude)) / sigma if sigma else 0.0, component))
    return min(found, key=lambda one: one[0])[1] if found else None


def scanned_starts(
    problem: Problem,
    peak: Component,
    y: FloatArray,
    values: FloatArray,
    rng: np.random.Generator,
) -> Sequence[Mapping[str, ArrayLike]]:
    """Return for every spectrum the places and widths of a peak that lower chi2 most.

    Each of some hundred shapes, drawn evenly over the ranges, is fitted with its height and all that
    else is free to first order, so one scan is two products of matrices. What the peak is fitted in
    is what the others leave.

    Parameters
    ----------
    problem : Problem
        Of one spectrum, the peak free.
    peak : Component
        Of its model.
    y : ndarray, shape (N, n)
        Spectra.
    values : ndarray, shape (N, P)
        All parameters of a fit of each, which the others start from.
    rng : numpy.random.Generator
        For the shapes.

    Returns
    -------
    sequence of mapping of str to ndarray of shape (N,)
        Starts of all free parameters, the best first.
    """
    names, free = list(problem.names), problem.free_names
    amplitude = f"{peak.name}.{peak.line.amplitude}"
    own = _shape(problem, peak)
    first = dict(zip(names, map(float, values[0]), strict=True))
    drawn = np.stack([_drawn(problem, name, first[name], rng) for name in own], axis=1)
    x, sigma = problem.data[0].x, problem.data[0].sigma
    weight = np.ones(x.size) if sigma is None else 1.0 / sigma
    with np.errstate(all="ignore"):
        shapes = np.array(
            [
                peak.evaluate(x, {**first, **dict(zip(own, row, strict=True)), amplitude: 1.0})
                for row in drawn.tolist()
            ]
        )
    usable = np.isfinite(shapes).all(axis=1)
    drawn, shapes = drawn[usable], shapes[usable] * weight
    without = values.copy()
    without[:, names.index(amplitude)] = 0.0
    rest = (y - model_curves(problem, without)) * weight
    basis = _others(problem, values[0], {amplitude, *own})
    shapes = shapes - (shapes @ basis) @ basis.T
    rest = rest - (rest @ basis) @ basis.T
    length = np.sqrt(np.einsum("kn,kn->k", shapes, shapes))
    seen = length > 1e-9 * max(1e-300, float(length.max(initial=0.0)))
    drawn, shapes, length = drawn[seen], shapes[seen] / length[seen, None], length[seen]
    if not length.size:
        return ()
    height = rest @ shapes.T / length
    place = free.index(amplitude)
    height = np.clip(height, problem.free_min[place], problem.free_max[place])
    gain = length * height * (2.0 * rest @ shapes.T - length * height)
    rows = np.arange(len(y))
    best = np.argmax(gain, axis=1)
    chosen = [best]
    for _ in range(_KEPT - 1):
        alike = np.abs(shapes[chosen[-1]] @ shapes.T) > _ALIKE
        gain = np.where(alike, -math.inf, gain)
        chosen.append(np.argmax(gain, axis=1))
    common = {name: values[:, names.index(name)] for name in free}
    return [
        common
        | {name: drawn[one, k] for k, name in enumerate(own)}
        | {amplitude: height[rows, one]}
        for one in chosen
    ]


def _shape(problem: Problem, component: Component) -> list[str]:
    """Return the free parameters of a line but for the one that scales it."""
    amplitude = f"{component.name}.{component.line.amplitude}"
    return [
        name
        for name in component.parameter_names
        if name in problem.free_names and name != amplitude
    ]


def _drawn(problem: Problem, name: str, value: float, rng: np.random.Generator) -> FloatArray:
    """Return values spread over the range of a parameter, evenly, or by logarithm what is positive."""
    j = problem.free_names.index(name)
    low, high = float(problem.free_min[j]), float(problem.free_max[j])
    unit = problem.units[problem.names.index(name)]
    spectrum = problem.data[0]
    x = spectrum.x
    share = (rng.permutation(_SHAPES) + rng.uniform(size=_SHAPES)) / _SHAPES
    if not math.isfinite(high - low) and math.isinf(low) and unit == spectrum.x_unit:
        low, high = max(low, float(x[0])), min(high, float(x[-1]))
    if 0.0 < low < high < math.inf and high > _OPEN * low:
        return np.asarray(low * (high / low) ** share)
    if math.isfinite(high - low):
        return np.asarray(low + share * (high - low))
    spread = _OPEN ** (2.0 * share - 1.0)
    return np.asarray(np.clip(value * spread, low, high))


def _others(problem: Problem, values: FloatArray, own: set[str]) -> FloatArray:
    """Return an orthonormal basis of what the other free parameters change, to first order."""
    columns: NDArray[np.intp] = np.array(
        [j for j, name in enumerate(problem.free_names) if name not in own], dtype=np.intp
    )
    q = np.array([values[problem.names.index(name)] for name in problem.free_names])
    _, jacobian = problem.residuals_and_jacobian(q)
    slopes = np.nan_to_num(jacobian[:, columns])
    scale = np.sqrt(np.einsum("nj,nj->j", slopes, slopes))
    left, size, _ = np.linalg.svd(slopes[:, scale > 0.0] / scale[scale > 0.0], full_matrices=False)
    return np.asarray(left[:, size > 1e-8 * size.max(initial=0.0)])
