"""What the Jacobian says of a solution: covariance, undetermined parameters, distance to go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.problem import Problem
from spectrafit.spectrum import FloatArray

__all__ = ["BoolArray", "Curvature", "basis", "curvature"]

BoolArray = NDArray[np.bool_]

# beyond this condition an error has lost its digits in double precision
_CONDITION = 1e12
# any visible share in a direction without information makes an error infinite; rounding leaves 1e-15
_NULL_SHARE = 1e-8


def basis(problem: Problem, jacobian: FloatArray) -> FloatArray:
    """Return T of ``q = T z`` in which the Jacobian's columns are comparable.

    Columns are scaled to unit length; unbounded linear parameters (the coefficients of a
    polynomial in absolute energies, say) are made orthogonal to each other besides, so that a far
    origin of x does not pass for a lack of information.

    Parameters
    ----------
    problem : Problem
        The problem.
    jacobian : ndarray, shape (N, Q)
        By the free parameters.

    Returns
    -------
    ndarray, shape (Q, Q)
    """
    lengths = np.sqrt(np.einsum("nq,nq->q", jacobian, jacobian))
    scale = np.where((lengths > 0) & np.isfinite(lengths), lengths, 1.0)
    matrix = np.diag(1.0 / scale)
    loose = np.flatnonzero(
        _linear(problem) & np.isinf(problem.free_min) & np.isinf(problem.free_max)
    )
    if loose.size > 1 and np.isfinite(jacobian).all():
        columns = jacobian[:, loose] / scale[loose]
        # twice: one pass leaves the columns of an ill-conditioned block visibly oblique
        first = np.linalg.qr(columns)[1]
        if _conditioned(first):
            second = np.linalg.qr(np.linalg.solve(first.T, columns.T).T)[1]
            if _conditioned(second):
                inverse = np.linalg.inv(second @ first)
                matrix[np.ix_(loose, loose)] = np.diag(1.0 / scale[loose]) @ inverse
    return matrix


def _conditioned(triangle: FloatArray) -> bool:
    size = np.abs(np.diag(triangle))
    return bool(size.min() > 1e-14 * size.max())


def _linear(problem: Problem) -> BoolArray:
    """Return which free parameters act only through parameters the value is proportional to."""
    linear = {
        name
        for model in problem.model
        for c in model.components
        for name, row in zip(c.parameter_names, c.line.parameters, strict=True)
        if row.linear
    }
    rough = np.array([name not in linear for name in problem.names], dtype=bool)
    acts: BoolArray = (problem.tie_matrix[rough] != 0.0).any(axis=0)
    return ~acts


@dataclass(frozen=True)
class Curvature:
    """What the Jacobian says of the free parameters.

    Parameters
    ----------
    covariance : ndarray, shape (Q, Q)
        For unit noise; directions without information left out.
    singular : ndarray of bool, shape (Q,)
        Parameters that a direction without information touches.
    newton : ndarray, shape (Q,)
        Step to the minimum of the local parabola, in standard errors for unit noise.
    factor : ndarray, shape (Q, k)
        One standard error along each determined direction; covariance = factor factor^T.
    finite : bool
        False where a derivative is not a number; nothing else is known then.
    """

    covariance: FloatArray
    singular: BoolArray
    newton: FloatArray
    factor: FloatArray
    finite: bool = True


def curvature(
    problem: Problem, residuals: FloatArray, jacobian: FloatArray, held: BoolArray
) -> Curvature:
    """Return covariance, undetermined parameters and distance from the minimum.

    Singular values below 1e-12 of the largest, of columns made comparable, carry no information
    (the condition at which errors lose all digits in double precision).

    Parameters
    ----------
    problem : Problem
        The problem.
    residuals : ndarray, shape (N,)
        At the solution.
    jacobian : ndarray, shape (N, Q)
        At the solution.
    held : ndarray of bool, shape (Q,)
        Parameters that are held: as if fixed.

    Returns
    -------
    Curvature
    """
    size = jacobian.shape[1]
    zeros = np.zeros((size, size))
    some = np.flatnonzero(~held)
    none = Curvature(zeros, np.zeros(size, dtype=bool), np.zeros(size), np.zeros((size, 0)))
    if not some.size:
        return none
    if not np.isfinite(jacobian[:, some]).all():
        return Curvature(zeros, none.singular, none.newton, none.factor, finite=False)
    to_q = basis(problem, np.where(held, 0.0, jacobian))[np.ix_(some, some)]
    left, values, right = np.linalg.svd(jacobian[:, some] @ to_q, full_matrices=False)
    # comparable columns have length 1, unless all are zero or underflow
    good = values > values.max(initial=1.0) / _CONDITION
    directions = to_q @ right.T
    usable = directions[:, good] / values[good]
    singular = none.singular.copy()
    lost = directions[:, ~good]
    if lost.size:
        reach = np.sqrt((to_q**2).sum(axis=1, keepdims=True))
        singular[some] = (np.abs(lost) > _NULL_SHARE * reach).any(axis=1)
    factor = np.zeros((size, usable.shape[1]))
    factor[some] = usable
    covariance = factor @ factor.T
    step = usable @ (left[:, good].T @ residuals)
    sigma = np.sqrt(np.diag(covariance)[some])
    newton = np.zeros(size)
    newton[some] = -np.divide(step, sigma, out=np.zeros_like(step), where=sigma > 0)
    return Curvature(covariance, singular, newton, factor)
