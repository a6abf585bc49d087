"""Where the fit of a series begins: fits of each spectrum alone, laid on the laws."""

from __future__ import annotations

import numpy as np

from spectrafit.fit.shared.layout import SharedLayout
from spectrafit.spectrum import FloatArray

__all__ = ["coefficients_of", "start_on_laws"]

# Cauchy's weights are 95 % efficient for normal scatter (Holland, Welsch, Commun. Stat. A 6, 813
# (1977)); a median deviation is 0.6745 standard deviations
_CAUCHY, _MEDIAN = 2.385, 0.6745
_PASSES = 20
# standard errors of a spectrum that make no difference to a start
_STAYS = 0.01


def coefficients_of(basis: FloatArray, values: FloatArray, errors: FloatArray) -> FloatArray:
    """Return the coefficients of a law that most of the values follow.

    Parameters
    ----------
    basis : ndarray, shape (N, k)
        Of the law.
    values : ndarray, shape (N,)
        Of the parameter, each from its spectrum alone.
    errors : ndarray, shape (N,)
        Not a number where there is none; such values count only when the others do not suffice.

    Returns
    -------
    ndarray, shape (k,)
    """
    usable = np.isfinite(errors) & (errors > 0.0)
    if np.linalg.matrix_rank(basis[usable]) < basis.shape[1]:
        usable, errors = np.ones(len(values), dtype=bool), np.ones(len(values))
    basis, value, error = basis[usable], values[usable], errors[usable]
    # a fit that found another peak may have the smallest error of all: none counts more than most
    error = np.maximum(error, np.median(error))
    weights: FloatArray = 1.0 / error
    found: FloatArray = np.zeros(basis.shape[1])
    for _ in range(_PASSES):
        solved = np.linalg.lstsq(basis * weights[:, None], value * weights, rcond=None)[0]
        moved = np.abs(basis @ (solved - found)) / error
        found = np.asarray(solved, dtype=float)
        if moved.max() < _STAYS:
            break
        away = np.abs(value - basis @ found) / error
        scale = _CAUCHY * max(1.0, float(np.median(away)) / _MEDIAN)
        weights = 1.0 / (error * np.hypot(1.0, away / scale))
    return found


def start_on_laws(
    layout: SharedLayout, free: FloatArray, covariance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return own parameters and coefficients to begin with, inside the bounds.

    Parameters
    ----------
    layout : SharedLayout
        Coordinates.
    free : ndarray, shape (N, Q)
        Free parameters of each spectrum.
    covariance : ndarray, shape (N, Q, Q)
        Theirs; 0 where there is none.

    Returns
    -------
    local : ndarray, shape (N, U)
    w : ndarray, shape (K,)
    """
    # in coordinates that were made orthogonal, values of different spectra can be averaged
    from_q = layout.layout.from_q
    z = free @ from_q.T
    errors = np.sqrt(np.einsum("qa,nab,qb->nq", from_q, covariance, from_q))
    w = np.empty(layout.owner.size)
    for owner, place in enumerate(layout.shared):
        own = layout.owner == owner
        beyond = z[:, place] - layout.offset[:, owner]
        w[own] = coefficients_of(layout.basis[:, own], beyond, errors[:, place])
    low, high = layout.low[layout.local], layout.high[layout.local]
    return np.clip(z[:, layout.local], low, high), layout.walls.inside(w)
