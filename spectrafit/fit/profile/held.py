"""What is profiled, a parameter or a quantity, and fits in which it is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.profile.branch import Ask
from spectrafit.fit.profile.constraint import constrained_problem, step_names
from spectrafit.fit.profile.row_fits import row_fits
from spectrafit.fit.profile.subject import Subject
from spectrafit.fit.quantity import Quantity, parameter
from spectrafit.spectrum import FloatArray

__all__ = ["Held", "HeldFits", "held"]

IntArray = NDArray[np.intp]

# how stiff the constraint is: the share of the rise that a miss of one step costs, its root
_STIFFNESS = 10.0


@dataclass(frozen=True, eq=False)
class HeldFits:
    """Fits on the profile.

    Parameters
    ----------
    theta : ndarray, shape (k,)
        Of what is held.
    chi2 : ndarray, shape (k,)
        Of the data.
    total : ndarray, shape (k,)
        What was made least: chi2, with the constraint's share where it has one.
    values : ndarray, shape (k, P)
        All parameters.
    faults : tuple of str
        Why a fit does not count, empty where it does.
    """

    theta: FloatArray
    chi2: FloatArray
    total: FloatArray
    values: FloatArray
    faults: tuple[str, ...]

    def lower(self, other: HeldFits) -> HeldFits:
        """Return the better of two fits for each row.

        Parameters
        ----------
        other : HeldFits
            From other starts.

        Returns
        -------
        HeldFits
        """
        own, its = (
            np.where([bool(fault) for fault in one.faults], np.inf, one.total)
            for one in (self, other)
        )
        take = its < own
        pairs = zip(take, self.faults, other.faults, strict=True)
        return HeldFits(
            np.where(take, other.theta, self.theta),
            np.where(take, other.chi2, self.chi2),
            np.where(take, other.total, self.total),
            np.where(take[:, None], other.values, self.values),
            tuple(theirs if taken else mine for taken, mine, theirs in pairs),
        )


class Held(Protocol):
    """A number that can be held while all else is fitted."""

    @property
    def quantity(self) -> Quantity:
        """What is held."""

    @property
    def name(self) -> str:
        """Full name of a parameter, empty for a quantity."""

    @property
    def subject(self) -> Subject:
        """The spectra."""

    def bounds(self, row: int) -> tuple[float, float]:
        """Return the bounds of the number; infinite where it has none of its own.

        Parameters
        ----------
        row : int
            Of which spectrum.

        Returns
        -------
        low, high : float
        """

    def fits(
        self, rows: IntArray, asks: Sequence[Ask], sides: IntArray, level: FloatArray
    ) -> HeldFits:
        """Return fits with the number held.

        Parameters
        ----------
        rows : ndarray of int
            Which spectra.
        asks : sequence of Ask
            Where, from which start.
        sides : ndarray of int
            -1 below the minimum, 1 above.
        level : ndarray, shape (k,)
            Standard deviation of a weighted residual.

        Returns
        -------
        HeldFits
        """


def held(subject: Subject, of: str | Quantity, values: FloatArray, steps: FloatArray) -> Held:
    """Return what is profiled, ready to be held.

    Parameters
    ----------
    subject : Subject
        Spectra.
    of : str or Quantity
        Full name of a parameter, or a quantity.
    values : ndarray, shape (N, P)
        At the minima.
    steps : ndarray, shape (N, P)
        Of derivatives of a quantity that gives none; 0 for what is not varied.

    Returns
    -------
    Held

    Raises
    ------
    SettingsError
        When there is no such parameter, or it is fixed.
    FitError
        When a quantity is asked of the compiled engine.
    """
    problem = subject.problem
    if isinstance(of, str):
        if of not in problem.names:
            raise SettingsError(
                f"no parameter {of!r}", do=nearest(of, problem.names, noun="the parameters")
            )
        i = problem.names.index(of)
        owners = np.flatnonzero(problem.tie_matrix[i])
        if not owners.size:
            raise SettingsError(f"{of} is fixed", where=of, do="free it to profile it")
        if owners.size == 1:
            return _held_parameter(subject, i, int(owners[0]), values)
        name, of = of, parameter(of, problem.units[i])
    else:
        name = ""
    if subject.engine == "compiled":
        raise FitError(
            "the compiled engine holds parameters, not functions of several",
            do='leave out engine="compiled", or write engine="batch"',
        )
    return _HeldQuantity(subject, of, name, constrained_problem(problem, of), steps)


def _held_parameter(subject: Subject, i: int, j: int, values: FloatArray) -> Held:
    problem = subject.problem
    owner = problem.free_names[j]
    place = problem.names.index(owner)
    change = problem.parameters.get(owner, ParameterChange())
    changes = {
        **problem.parameters,
        owner: replace(change, start=float(problem.start_values[place]), fixed=True),
    }
    pattern = Problem(problem.data, problem.model, start=problem.start, parameters=changes)
    factor = float(problem.tie_matrix[i, j])
    # what is fixed of a tie may differ by row
    constant = values[:, i] - factor * values[:, place]
    own = parameter(problem.names[i], problem.units[i])
    if not pattern.free_names:
        subject = replace(subject, engine="scipy")
    return _HeldParameter(subject, own, problem.names[i], pattern, j, place, factor, constant)


@dataclass(frozen=True, eq=False)
class _HeldParameter:
    """A parameter that is, or is tied to, one free parameter: that one is fixed."""

    subject: Subject
    quantity: Quantity
    name: str
    pattern: Problem
    free: int
    place: int
    factor: float
    constant: FloatArray

    def bounds(self, row: int) -> tuple[float, float]:
        problem = self.subject.problem
        ends = np.array([problem.free_min[self.free], problem.free_max[self.free]])
        low, high = sorted(map(float, self.factor * ends + self.constant[row]))
        return low, high

    def fits(
        self, rows: IntArray, asks: Sequence[Ask], sides: IntArray, level: FloatArray
    ) -> HeldFits:
        problem = self.subject.problem
        theta = np.array([ask.theta for ask in asks])
        starts = np.array([ask.values for ask in asks])
        own = (theta - self.constant[rows]) / self.factor
        starts[:, self.place] = np.clip(
            own, problem.free_min[self.free], problem.free_max[self.free]
        )
        y, sigma = self.subject.data(rows)
        found = row_fits(self.pattern, y, sigma, starts, engine=self.subject.engine)
        return HeldFits(theta, found.chi2, found.chi2, found.values, found.faults)


@dataclass(frozen=True, eq=False)
class _HeldQuantity:
    """A function of several parameters: one more point of the data holds it near a value."""

    subject: Subject
    quantity: Quantity
    name: str
    pattern: Problem
    steps: FloatArray

    def bounds(self, row: int) -> tuple[float, float]:
        return -np.inf, np.inf

    def fits(
        self, rows: IntArray, asks: Sequence[Ask], sides: IntArray, level: FloatArray
    ) -> HeldFits:
        problem = self.subject.problem
        own = [self.pattern.names.index(name) for name in problem.names]
        weight = _STIFFNESS * np.array([ask.slope for ask in asks])
        # where chi2 is expected to pull back, the point lies so much farther out
        pull = sides * np.array([ask.root * ask.slope for ask in asks]) / weight**2
        target = np.array([ask.theta for ask in asks]) + pull
        y, sigma = self.subject.data(rows)
        estimated = sigma is None
        if sigma is None:
            sigma = np.repeat(level[:, None], y.shape[1], axis=1)
        known = np.broadcast_to(sigma, y.shape)
        starts = np.zeros((len(asks), len(self.pattern.names)))
        starts[:, own] = [ask.values for ask in asks]
        starts[:, [self.pattern.names.index(name) for name in step_names(self.pattern)]] = (
            self.steps[rows]
        )
        found = row_fits(
            self.pattern,
            np.column_stack([y, target]),
            np.column_stack([known, 1.0 / weight]),
            starts,
            engine=self.subject.engine,
            level=level if estimated else None,
        )
        values = found.values[:, own]
        theta = self.quantity.of(problem, values)
        # the point's residual is in units of the noise
        scale = level**2 if estimated else np.ones(len(asks))
        chi2 = scale * (found.chi2 - (weight * (theta - target)) ** 2)
        faults = tuple(
            fault or ("" if np.isfinite(value) else "the quantity is no number there")
            for fault, value in zip(found.faults, theta, strict=True)
        )
        return HeldFits(theta, chi2, scale * found.chi2, values, faults)
