"""A function of the parameters held near a value, as one more point of the data.

The point's residual is ``(g(p) - t)/s``. Where chi2 with it is least, chi2 without it is least among
all p of the same g: a lower place of the same g would lower the sum. So the fit lies on the profile of
g exactly, at the g that it has, however soft the point is (Everett, Oper. Res. 11, 399 (1963),
theorem 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.quantity import Quantity
from spectrafit.lines.line import Component, Line, LineParameter, Model
from spectrafit.spectrum import FloatArray, Spectrum

__all__ = ["constrained_problem", "step_names"]


def constrained_problem(problem: Problem, quantity: Quantity) -> Problem:
    """Return a problem with one more point, at which the model is a quantity of the parameters.

    Parameters
    ----------
    problem : Problem
        Its first spectrum gets the point, as the last.
    quantity : Quantity
        What the model is there.

    Returns
    -------
    Problem
        Of known noise, with all parameters of the given one. Those of `step_names` are fixed:
        steps of central differences, for a quantity without derivatives, 0 for what is not
        varied. The last value and sigma of the first spectrum are placeholders.
    """
    first, *others = problem.data
    own, *models = problem.model
    padded = Model(tuple(_padded(component) for component in own.components))
    count = len(problem.names)
    rows = tuple(LineParameter(f"p{i}", "1", 0.0) for i in range(count))
    rows += tuple(LineParameter(f"step{i}", "1", 0.0, low=0.0, fixed=True) for i in range(count))
    line = Line(
        "constraint",
        "a function of the parameters, at the last point",
        _Constraint(problem, quantity),
        rows,
    )
    component = line(_free_name(problem))
    ties = {
        own_name: ParameterChange(equals=name)
        for own_name, name in zip(component.parameter_names, problem.names, strict=False)
    }
    last = first.x[-1] + (first.x[-1] - first.x[0] or 1.0)
    longer = replace(
        first,
        x=np.append(first.x, last),
        y=np.append(first.y, 0.0),
        sigma=np.ones(first.x.size + 1),
    )
    rest = [_with_sigma(spectrum) for spectrum in others]
    return Problem(
        [longer, *rest],
        [padded + component, *models],
        start=problem.start,
        parameters={**problem.parameters, **ties},
    )


def step_names(constrained: Problem) -> tuple[str, ...]:
    """Return the names of the steps of a constrained problem.

    Parameters
    ----------
    constrained : Problem
        From `constrained_problem`.

    Returns
    -------
    tuple of str
        In the order of the parameters of the problem it was made of.
    """
    names = constrained.model[0].components[-1].parameter_names
    return names[len(names) // 2 :]


def _with_sigma(spectrum: Spectrum) -> Spectrum:
    if spectrum.sigma is not None:
        return spectrum
    return replace(spectrum, sigma=np.ones(len(spectrum)))


def _free_name(problem: Problem) -> str:
    taken = {component.name for model in problem.model for component in model.components}
    name = "constraint"
    while name in taken:
        name += "_"
    return name


def _padded(component: Component) -> Component:
    """Return a component that is 0 at the last point and knows nothing of it elsewhere."""
    line = component.line
    # a user's function keeps its name, by which the batch engine knows to call it row by row
    name = line.name if line.name == "function" else f"padded {line.name}"
    other = replace(
        line,
        name=name,
        function=_Padded(line.function),
        held=None if line.held is None else _Padded(line.held),
        check=None if line.check is None else _shortened(line.check),
        known=(),
    )
    return Component(other, component.name)


def _shortened(check: Callable[..., None]) -> Callable[..., None]:
    def checked(x: FloatArray, *p: float) -> None:
        check(x[:-1], *p)

    return checked


@dataclass(frozen=True)
class _Padded:
    """A line's function on all points but the last, where it is 0."""

    function: Callable[..., tuple[Any, ...]]

    def __call__(self, x: Any, *p: Any) -> tuple[Any, ...]:
        inner = x[:-1]
        shape = np.broadcast_shapes(inner.shape, *(np.shape(one) for one in p))
        return tuple(_extended(part, shape) for part in self.function(inner, *p))


def _extended(part: Any, shape: tuple[int, ...]) -> FloatArray:
    longer = np.zeros((*shape[:-1], shape[-1] + 1))
    longer[..., :-1] = part
    return longer


@dataclass(frozen=True, eq=False)
class _Constraint:
    """The quantity at the last point, 0 elsewhere, with derivatives by what is not a step."""

    problem: Problem
    quantity: Quantity

    def __call__(self, x: Any, *p: Any) -> tuple[Any, ...]:
        shape = np.broadcast_shapes(*(np.shape(one) for one in p))
        both = np.stack([np.broadcast_to(one, shape).ravel() for one in p], axis=1)
        values, steps = np.split(both, 2, axis=1)
        value = self.quantity.of(self.problem, values)
        parts = (value, *self._slopes(values, steps, value).T)
        flat = np.zeros(shape[:-1] + (1,) if shape else (1,))
        placed = [self._placed(part, x.size, shape) for part in parts]
        return (*placed, *(flat for _ in range(values.shape[1])))

    def _placed(self, part: FloatArray, size: int, shape: tuple[int, ...]) -> FloatArray:
        placed = np.zeros((*shape[:-1], size))
        placed[..., -1] = part.reshape(shape[:-1])
        return placed

    def _slopes(self, values: FloatArray, steps: FloatArray, value: FloatArray) -> FloatArray:
        """Return the derivatives, shape (N, P), one-sided where one side has none."""
        count, size = values.shape
        slopes = np.zeros((count, size))
        if self.quantity.gradient is not None:
            by_name = dict(zip(self.problem.names, values.T, strict=True))
            for name, slope in self.quantity.gradient(self.problem, by_name).items():
                slopes[:, self.problem.names.index(name)] = slope
            return slopes
        varied = np.flatnonzero(steps.any(axis=0))
        aside = np.zeros((varied.size, count, size))
        aside[np.arange(varied.size), :, varied] = steps[:, varied].T
        moved = np.concatenate([values + aside, values - aside]).reshape(-1, size)
        up, down = self.quantity.of(self.problem, moved).reshape(2, varied.size, count)
        with np.errstate(all="ignore"):
            single = np.where(np.isfinite(up), up - value, value - down) / steps[:, varied].T
            central = (up - down) / (2.0 * steps[:, varied].T)
        slopes[:, varied] = np.where(np.isfinite(central), central, single).T
        return np.nan_to_num(slopes)
