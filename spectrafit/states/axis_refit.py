"""The best pure states of mapped populations, x_upper -> a n + b x_upper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit.states.axis_objective import AxisObjective
from spectrafit.states.near_minimum import least_near

__all__ = ["mapped_fit"]

_CALLS = 40  # of the objective; a few do where the rules are linear
_TOLERANCE = 1e-4  # fall of chi2 that ends a refit


@dataclass(frozen=True, eq=False)
class _Rest:
    """An objective by all of its numbers but the first few, which are held."""

    objective: AxisObjective
    told: FloatArray

    @property
    def low(self) -> FloatArray:
        return self.objective.low[self.told.size :]

    @property
    def high(self) -> FloatArray:
        return self.objective.high[self.told.size :]

    def residuals_and_jacobian(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        residuals, jacobian = self.objective.residuals_and_jacobian(
            np.concatenate([self.told, theta])
        )
        return residuals, jacobian[:, self.told.size :]


def mapped_fit(
    objective: AxisObjective, theta: FloatArray, told: tuple[float, ...]
) -> tuple[float, FloatArray]:
    """Return the least chi2 of a map, all else refitted.

    Parameters
    ----------
    objective : AxisObjective
        By the map of a step.
    theta : ndarray, shape (P,)
        Its free numbers at the minimum of another map.
    told : tuple of float
        What tells the map, as in `Axis`.

    Returns
    -------
    chi2 : float
    theta : ndarray, shape (P,)
        The numbers there.
    """
    begin = _transformed(objective, theta, told)
    rest = _Rest(objective, begin[: len(told)])
    chi2, found = least_near(rest, begin[len(told) :], enough=_TOLERANCE, most=_CALLS)
    return chi2, np.concatenate([rest.told, found])


def _transformed(
    objective: AxisObjective, theta: FloatArray, told: tuple[float, ...]
) -> FloatArray:
    """Return numbers in which pure-state values are those that undo a map where rules are linear.

    With ``x' = a n + b x`` and both branches one state, ``d_lower' = d_lower - (a/b) D`` and
    ``d_upper' = d_lower + ((1-a)/b) D`` with ``D = d_upper - d_lower`` give the same sums.
    """
    axis, numbers = objective.law.axis, objective.numbers
    before = axis.map_of(tuple(theta[: len(told)]))
    after = axis.map_of(told)
    b = after[1] / before[1]  # the map from where theta is
    a = after[0] - b * before[0]
    begin = theta.copy()
    begin[: len(told)] = told
    place = {number.name: row for row, number in enumerate(numbers.every)}
    values = numbers.values(theta)
    for key in objective.data.keys:
        names = [f"{key}.{axis.step.lower}", f"{key}.{axis.step.upper}"]
        if not all(name in place for name in names):
            continue
        lower, upper = (values[name] for name in names)
        moved = (lower - a / b * (upper - lower), lower + (1.0 - a) / b * (upper - lower))
        for name, value in zip(names, moved, strict=True):
            owner = numbers.owner[place[name]]
            if owner >= 0:
                begin[owner] = value
    return begin
