"""Many spectra on one grid with one model, put into the form that the batch engines work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.problem import Noise, Problem
from spectrafit.lines.line import Component
from spectrafit.spectrum import FloatArray

__all__ = ["Layout", "Stack", "by_row", "layout_of", "starts_of"]

IntArray = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Stack:
    """Spectra that share points, model, bounds and ties; starts and fixed values may differ.

    Free parameters q make those of the moving components ``p = A q + b``. Components whose
    derivatives do not depend on their parameters (a polynomial, a template) are kept as columns;
    unbounded ones are made orthogonal, so that energies far from zero do not spoil the digits:
    the engines work on ``z``, of which ``q = to_q z``.

    Parameters
    ----------
    problem : Problem
        Model, bounds and ties; of one spectrum, which gives the points.
    y : array_like, shape (N, n)
        Values; a memory-mapped array stays on disk.
    sigma : ndarray, shape (N, n) or (n,), or None
        Standard deviations; None where the noise is not known.
    """

    problem: Problem
    y: Any
    sigma: Any

    def __post_init__(self) -> None:
        if len(self.problem.data) != 1:
            raise FitError(
                f"a stack is described by a problem of one spectrum, not {len(self.problem.data)}",
                do="share parameters across spectra with fit_shared",
            )
        n = self.x.size
        shape = np.shape(self.y)
        if len(shape) != 2 or shape[1] != n:
            raise FitError(
                f"values of shape {shape} for {n} points", do=f"give one row of {n} a spectrum"
            )
        if self.sigma is not None and np.shape(self.sigma) not in ((n,), shape):
            raise FitError(
                f"sigma of shape {np.shape(self.sigma)} for values of shape {shape}",
                do="give one a point, or one a value",
            )

    def __len__(self) -> int:
        return int(self.y.shape[0])

    @property
    def x(self) -> FloatArray:
        """Points."""
        return self.problem.data[0].x

    @property
    def noise(self) -> Noise:
        """Whether sigma is known."""
        return "estimated" if self.sigma is None else "known"

    def values(self, rows: slice | IntArray) -> FloatArray:
        """Return the values of some spectra, in double precision; not to be changed.

        Parameters
        ----------
        rows : slice or ndarray of int
            Which.

        Returns
        -------
        ndarray, shape (k, n)

        Raises
        ------
        FitError
            When one is not finite.
        """
        y: FloatArray = self.y[rows]
        plain = type(y) is np.ndarray and y.dtype == np.float64 and y.flags.c_contiguous
        if not plain or not y.flags.writeable:
            y = np.array(y, dtype=float)
        # one pass where all is well
        if not np.isfinite(y.sum()) and not np.isfinite(y).all():
            bad = int(np.flatnonzero(~np.isfinite(y).all(axis=1))[0])
            row = (rows.start or 0) + bad if isinstance(rows, slice) else int(rows[bad])
            raise FitError(
                "a value is not finite", where=f"row {row}", do="leave out the row, or its points"
            )
        return y

    def weights(self, rows: slice | IntArray) -> FloatArray:
        """Return 1/sigma of some spectra, ones where sigma is not known.

        Parameters
        ----------
        rows : slice or ndarray of int
            Which.

        Returns
        -------
        ndarray, shape (n,) or (k, n)

        Raises
        ------
        FitError
            When a sigma is not positive.
        """
        if self.sigma is None:
            return np.ones(self.x.size)
        sigma = self.sigma if np.ndim(self.sigma) == 1 else self.sigma[rows]
        with np.errstate(all="ignore"):
            weights = 1.0 / np.asarray(sigma, dtype=float)
        if weights.size and not (weights.min() > 0.0 and weights.max() < np.inf):
            raise FitError("a sigma is not a positive number", do="give a positive sigma a point")
        return np.asarray(weights)


@dataclass(frozen=True, eq=False)
class Layout:
    """How a problem's parameters become lines and columns.

    Parameters
    ----------
    moving : tuple of Component
        Components whose derivatives depend on their parameters.
    starts : tuple of int
        Where the parameters of each begin among those of all moving ones.
    places : ndarray of int, shape (M,)
        Parameters of the moving components among the problem's.
    matrix : ndarray, shape (M, Q)
        A.
    used : ndarray of int
        Rows of A that are not zero.
    columns : ndarray, shape (C, n)
        What z multiplies, one row a parameter of `column_of`.
    column_of : ndarray of int, shape (C,)
        Free parameter of each column.
    constants : ndarray, shape (K, n), and constant_places : ndarray of int, shape (K,)
        Derivatives of the constant components and their places among the problem's parameters;
        the share of what is fixed is taken off the values.
    to_q, from_q : ndarray, shape (Q, Q)
        ``q = to_q z`` and back.
    """

    moving: tuple[Component, ...]
    starts: tuple[int, ...]
    places: IntArray
    matrix: FloatArray
    used: IntArray
    columns: FloatArray
    column_of: IntArray
    constants: FloatArray
    constant_places: IntArray
    to_q: FloatArray
    from_q: FloatArray


def by_row(matrix: FloatArray, rows: FloatArray) -> FloatArray:
    """Return a matrix times each row; one product for all would round by how many rows there are.

    Parameters
    ----------
    matrix : ndarray, shape (M, Q)
        The same for all.
    rows : ndarray, shape (N, Q)
        One after another.

    Returns
    -------
    ndarray, shape (N, M)
    """
    return np.asarray((matrix @ rows[:, :, None])[:, :, 0])


@lru_cache(maxsize=8)
def layout_of(problem: Problem) -> Layout:
    """Return how a problem's parameters become lines and columns.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.

    Returns
    -------
    Layout
    """
    x = problem.data[0].x
    model = problem.model[0]
    index = {name: i for i, name in enumerate(problem.names)}
    moving: list[Component] = []
    places: list[int] = []
    starts: list[int] = []
    constants: list[FloatArray] = []
    constant_places: list[int] = []
    for component in model.components:
        own = [index[name] for name in component.parameter_names]
        if all(row.linear for row in component.line.parameters):
            slopes = component.line.function(x, *np.zeros(len(own)))[1:]
            constants += [np.broadcast_to(slope, x.shape) for slope in slopes]
            constant_places += own
        else:
            starts.append(len(places))
            moving.append(component)
            places += own
    matrix = problem.tie_matrix[places]
    fixed: FloatArray = np.array(constants, dtype=float).reshape(len(constants), x.size)
    by_free = problem.tie_matrix[constant_places].T @ fixed
    column_of = np.flatnonzero(problem.tie_matrix[constant_places].any(axis=0))
    columns = by_free[column_of]
    to_q = _orthogonal(problem, matrix, columns, column_of)
    from_q = np.asarray(np.linalg.inv(to_q), dtype=float)
    columns = np.asarray(to_q[np.ix_(column_of, column_of)].T @ columns, dtype=float)
    return Layout(
        tuple(moving), tuple(starts), np.array(places, dtype=np.intp), matrix,
        np.flatnonzero(matrix.any(axis=1)), columns, column_of, fixed,
        np.array(constant_places, dtype=np.intp), to_q, from_q,
    )  # fmt: skip


def _orthogonal(
    problem: Problem, matrix: FloatArray, columns: FloatArray, column_of: IntArray
) -> FloatArray:
    """Return T of ``q = T z`` that makes the columns of unbounded parameters orthonormal."""
    to_q = np.eye(len(problem.free_names))
    open_ends = np.isinf(problem.free_min) & np.isinf(problem.free_max)
    acts: NDArray[np.bool_] = (matrix != 0.0).any(axis=0)
    loose = open_ends[column_of] & ~acts[column_of]
    if loose.sum() > 1:
        own = column_of[loose]
        # twice: one pass leaves the columns of an ill-conditioned block visibly oblique
        first = np.linalg.qr(columns[loose].T)[1]
        if np.abs(np.diag(first)).min() > 1e-14 * np.abs(np.diag(first)).max():
            second = np.linalg.qr(np.linalg.solve(first.T, columns[loose]).T)[1]
            scale = np.sqrt(columns.shape[1])
            to_q[np.ix_(own, own)] = np.linalg.inv(second @ first) * scale
    return to_q


def starts_of(
    problem: Problem, start: Mapping[str, ArrayLike] | None, count: int
) -> tuple[FloatArray, FloatArray]:
    """Return the free starts and the constants b of every spectrum.

    Parameters
    ----------
    problem : Problem
        Its own starts serve where no other is given.
    start : mapping of str to float or ndarray of shape (N,)
        By full name; of a fixed parameter the value at which it is held.
    count : int
        N.

    Returns
    -------
    free : ndarray, shape (N, Q)
        Inside the bounds.
    offset : ndarray, shape (N, P)

    Raises
    ------
    SettingsError
        For an unknown or tied name, a wrong number of values, or a value that is not finite or
        outside its bounds.
    """
    free = np.tile(problem.free_start, (count, 1))
    offset = np.tile(problem.tie_offset, (count, 1))
    column = {name: j for j, name in enumerate(problem.free_names)}
    index = {name: i for i, name in enumerate(problem.names)}
    for name, given in (start or {}).items():
        values = np.asarray(given, dtype=float)
        if name not in index:
            raise SettingsError(
                f"no parameter {name!r}", do=nearest(name, problem.names, noun="the parameters")
            )
        if name in problem.tied:
            raise SettingsError(f"{name} is tied", where=name, do="give no start for it")
        if values.shape not in ((), (count,)) or not np.isfinite(values).all():
            raise SettingsError(
                f"the starts of {name} have shape {values.shape} or are not finite",
                where=name,
                do=f"give one number, or {count}",
            )
        i = index[name]
        low, high = problem.min_values[i], problem.max_values[i]
        if (values < low).any() or (values > high).any():
            raise SettingsError(
                f"{name} starts outside its bounds {low:g} to {high:g}",
                where=name,
                do="give a start inside, or widen min and max",
            )
        if name in column:
            free[:, column[name]] = values
        else:
            change = values - problem.start_values[i]
            offset[:, i] += change
            for other, form in problem.tied.items():
                offset[:, index[other]] += form.factors.get(name, 0.0) * change
    return np.clip(free, problem.free_min, problem.free_max), offset
