"""Errors of a series with shared parameters: the inverse of the whole arrow matrix, in blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.at_bound import at_bound
from spectrafit.fit.curvature import BoolArray
from spectrafit.fit.fit_stack import flag_bit
from spectrafit.fit.result import Flag
from spectrafit.fit.shared.layout import SharedLayout
from spectrafit.fit.shared.minimum import SharedMinimum
from spectrafit.fit.shared.normals import ArrowInverse, arrow_normals
from spectrafit.fit.shared.work import SharedWork
from spectrafit.spectrum import FloatArray

__all__ = ["SharedErrors", "shared_errors"]

# of a variance, and of a value: what rounding leaves of nothing
_NOTHING = 1e-12


@dataclass(frozen=True, eq=False)
class SharedErrors:
    """Errors of a series.

    Parameters
    ----------
    coefficient_factor : ndarray, shape (K, m)
        Of the user's coefficients; their covariance is factor factor^T.
    coefficient_flags : ndarray of int, shape (K,)
        Bits of the flags that tell why there is no error, 0 where there is one.
    factor : ndarray, shape (N, Q, m)
        How far each free parameter follows: between spectra the covariance is factor_i factor_j^T.
    covariance : ndarray, shape (N, Q, Q)
        Of the free parameters of each spectrum, the uncertainty of the coefficients included.
    flags : ndarray of int, shape (N, Q)
        As `coefficient_flags`, of the free parameters.
    freedom : ndarray, shape (N,)
        Expected chi2 of each spectrum for unit noise: points less what its parameters take.
    held : int
        Own parameters at a bound and independent combinations of coefficients that are held at one.
    """

    coefficient_factor: FloatArray
    coefficient_flags: NDArray[np.int64]
    factor: FloatArray
    covariance: FloatArray
    flags: NDArray[np.int64]
    freedom: FloatArray
    held: int


def shared_errors(
    work: SharedWork, found: SharedMinimum, start: tuple[FloatArray, FloatArray]
) -> SharedErrors:
    """Return the errors of a series.

    The covariance of a spectrum's own parameters is ``L^-1 + L^-1 C S^-1 C^T L^-1``, L being their
    block of the normal matrix, C the border and S the Schur complement.

    Parameters
    ----------
    work : SharedWork
        The series.
    found : SharedMinimum
        Where it ended.
    start : tuple of ndarray
        Own parameters and coefficients where it began.

    Returns
    -------
    SharedErrors
    """
    place, shared = found.place, work.shared
    variance = work.noise(float(place.chi2.sum()))
    normals = arrow_normals(shared, place.normals, place.gradients)
    held, on = _at_bounds(work, found, start, variance, np.diag(normals.shared))
    inverse = normals.inverse(held, shared.walls.matrix[on])
    slopes = _slopes(shared)
    response = np.empty((len(held), shared.low.size, shared.owner.size))
    response[:, shared.local] = -inverse.response
    response[:, shared.shared] = slopes
    factor = response @ inverse.factor
    covariance = factor @ factor.transpose(0, 2, 1)
    own = shared.local
    covariance[:, own[:, None], own] += inverse.own
    freedom = work.stack.x.size - np.einsum("nab,nab->n", place.normals, covariance)
    to_q, to_coefficients = shared.layout.to_q, shared.to_coefficients
    coefficient_factor = to_coefficients @ inverse.factor
    common = _common_flags(work, found)
    bound, blind = np.zeros((2, *covariance.shape[:2]), dtype=bool)
    bound[:, own] = held
    own_variance = np.einsum("nuu->nu", inverse.own)
    blind[:, own] = ~held & (inverse.blind_own | ~inverse.sees(inverse.response, own_variance))
    bound[:, shared.shared] = _pinned(inverse, slopes, factor[:, shared.shared])
    blind[:, shared.shared] = ~inverse.sees(slopes, np.zeros(slopes.shape[:2]))
    blind = (blind @ (to_q != 0.0).T) & ~bound
    pinned = _pinned(inverse, to_coefficients, coefficient_factor)
    unseen = ~inverse.sees(to_coefficients, np.zeros(len(to_coefficients))) & ~pinned
    level = np.sqrt(variance)
    count = int(held.sum()) + shared.owner.size - inverse.factor.shape[1]
    return SharedErrors(
        level * coefficient_factor, _bits(pinned, unseen, common), level * (to_q @ factor),
        variance * (to_q @ covariance @ to_q.T), _bits(bound, blind, common), freedom, count,
    )  # fmt: skip


def _at_bounds(
    work: SharedWork, found: SharedMinimum, start: tuple[FloatArray, FloatArray],
    variance: float, square: FloatArray,
) -> tuple[BoolArray, BoolArray]:  # fmt: skip
    """Return which own parameters are at a bound, and which walls the coefficients touch."""
    place, shared = found.place, work.shared
    own, walls = shared.local, shared.walls
    by_own = np.einsum("nqq->nq", place.normals)[:, own]
    errors = np.sqrt(variance) * _inverse_root(by_own)
    held = at_bound(place.local, errors, shared.low[own], shared.high[own], start[0])
    at, began = walls.matrix @ place.w, walls.matrix @ start[1]
    for wall in (walls.low, walls.high):
        real = np.isfinite(wall)
        touches = real & (np.abs(at - wall) <= _NOTHING * (1.0 + np.abs(wall)))
        at = np.where(touches, wall, at)
    errors = np.sqrt(variance * (walls.matrix**2 @ _inverse_root(square) ** 2))
    return held, at_bound(at, errors, walls.low, walls.high, began)


def _inverse_root(square: FloatArray) -> FloatArray:
    return np.where(square > 0.0, 1.0 / np.sqrt(np.where(square > 0.0, square, 1.0)), 0.0)


def _slopes(shared: SharedLayout) -> FloatArray:
    """Return the derivatives of the shared parameters by w, shape (N, L, K)."""
    belongs = shared.owner == np.arange(shared.shared.size)[:, None]
    return np.where(belongs, shared.basis[:, None, :], 0.0)


def _pinned(inverse: ArrowInverse, slopes: FloatArray, factor: FloatArray) -> BoolArray:
    """Return which numbers a wall leaves no room although the data see them."""
    alone = ((slopes * inverse.size) ** 2).sum(axis=-1)
    rest = (factor**2).sum(axis=-1)
    seen = inverse.sees(slopes, np.zeros(alone.shape)) & (alone > 0.0)
    return np.asarray((rest <= _NOTHING * alone) & seen)


def _common_flags(work: SharedWork, found: SharedMinimum) -> int:
    """Return the flags for which nothing has an error."""
    chi2 = float(found.place.chi2.sum())
    flags = {1: 0, 0: flag_bit(Flag.CALL_LIMIT), -1: flag_bit(Flag.NOT_AT_MINIMUM)}[found.end]
    if work.stack.noise == "estimated":
        flags |= flag_bit(Flag.NO_FREEDOM) if work.freedom < 1 else 0
        flags |= flag_bit(Flag.NO_RESIDUAL) if chi2 <= work.least else 0
    return flags


def _bits(bound: BoolArray, blind: BoolArray, common: int) -> NDArray[np.int64]:
    flags = np.full(bound.shape, common, dtype=np.int64)
    flags |= np.where(bound, flag_bit(Flag.AT_BOUND), 0)
    return flags | np.where(blind, flag_bit(Flag.SINGULAR), 0)
