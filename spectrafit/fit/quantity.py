"""Numbers that are read off fits: functions of the parameters, of many fits at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit.problem import Problem
from spectrafit.spectrum import FloatArray

__all__ = ["Quantity", "area_of", "parameter"]

Values = Mapping[str, FloatArray]


@dataclass(frozen=True)
class Quantity:
    """A number that is read off a fit.

    Parameters
    ----------
    function : callable
        ``function(problem, values) -> array of shape (N,)``; values are arrays of shape (N,) by
        full name, one element a fit. Not a number where a fit does not have the quantity.
    unit : str
        Of what it returns.
    gradient : callable, optional
        ``gradient(problem, values) -> arrays of shape (N,) by full name``, 0 for names left out;
        central differences when None.
    """

    function: Callable[[Problem, Values], ArrayLike]
    unit: str = "1"
    gradient: Callable[[Problem, Values], Mapping[str, ArrayLike]] | None = None

    def of(self, problem: Problem, values: FloatArray) -> FloatArray:
        """Return the quantity of some fits.

        Parameters
        ----------
        problem : Problem
            Model and data.
        values : ndarray, shape (N, P)
            Parameters, in the order of the problem's names.

        Returns
        -------
        ndarray, shape (N,)

        Raises
        ------
        FitError
            When the function returns another shape.
        """
        by_name = dict(zip(problem.names, values.T, strict=True))
        with np.errstate(all="ignore"):
            found = np.asarray(self.function(problem, by_name), dtype=float)
        if found.shape not in ((), (len(values),)):
            raise FitError(
                f"a quantity of {len(values)} fits has shape {found.shape}",
                do="return one number a fit",
            )
        return np.array(np.broadcast_to(found, (len(values),)))

    def slopes(self, problem: Problem, values: FloatArray, steps: FloatArray) -> FloatArray:
        """Return the derivatives of the quantity of one fit.

        Parameters
        ----------
        problem : Problem
            Model and data.
        values : ndarray, shape (P,)
            Parameters.
        steps : ndarray, shape (P,)
            Of the central differences; 0 for what is not varied.

        Returns
        -------
        ndarray, shape (P,)
            0 where the step is 0.
        """
        slopes = np.zeros(len(values))
        varied = np.flatnonzero(steps)
        if self.gradient is not None:
            by_name = dict(zip(problem.names, values[:, None], strict=True))
            for name, slope in self.gradient(problem, by_name).items():
                slopes[problem.names.index(name)] = float(np.ravel(slope)[0])
            return np.where(steps == 0.0, 0.0, slopes)
        aside = np.zeros((varied.size, len(values)))
        aside[np.arange(varied.size), varied] = steps[varied]
        both = self.of(problem, np.concatenate([values + aside, values - aside]))
        slopes[varied] = (both[: varied.size] - both[varied.size :]) / (2.0 * steps[varied])
        return slopes


def parameter(name: str, unit: str = "1") -> Quantity:
    """Return the quantity that is one parameter.

    Parameters
    ----------
    name : str
        Full name; fits without it do not have the quantity.
    unit : str, optional
        Of the parameter.

    Returns
    -------
    Quantity
    """

    def value(problem: Problem, values: Values) -> ArrayLike:
        return values.get(name, np.nan)

    def gradient(problem: Problem, values: Values) -> Mapping[str, ArrayLike]:
        return {name: 1.0}

    return Quantity(value, unit, gradient)


def area_of(prefix: str, unit: str = "1", scale: float = 1.0) -> Quantity:
    """Return the quantity that is the sum of the analytic areas of some components.

    Parameters
    ----------
    prefix : str
        Components whose name begins with it, like ``"peak"``; fits without one do not have the
        quantity.
    unit : str, optional
        Of the area.
    scale : float, optional
        Multiplies it.

    Returns
    -------
    Quantity

    Raises
    ------
    SettingsError
        When the prefix is empty.
    """
    if not prefix:
        raise SettingsError("an area of all components", do='name their beginning, like "peak"')

    def value(problem: Problem, values: Values) -> ArrayLike:
        areas = []
        for component in problem.model[0].components:
            if component.name.startswith(prefix):
                if component.line.area is None:
                    raise FitError(f"{component.line.name} has no area", where=component.name)
                own = [values[name] for name in component.parameter_names]
                areas.append(component.line.area(*own))
        return scale * np.sum(areas, axis=0) if areas else np.nan

    return Quantity(value, unit)
