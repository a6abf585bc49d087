"""Normal equations of arrow shape: one block a spectrum, and a border of shared coefficients.

Own parameters are eliminated by the Schur complement of their blocks (Triggs et al., *Bundle
adjustment - a modern synthesis* (2000), section 6.1), so that time and memory grow with the number
of spectra, not with its cube and square.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.fit.bounded_step import Walls
from spectrafit.fit.curvature import BoolArray
from spectrafit.fit.shared.layout import SharedLayout
from spectrafit.spectrum import FloatArray

__all__ = ["LEAST_SQUARE", "ArrowInverse", "ArrowNormals", "arrow_normals"]

# square of a derivative below which products and quotients leave the range of doubles: no information
LEAST_SQUARE = 1e-200
# beyond this inflation by correlation a variance is rounding
_INFLATION = 1e11
# share in a direction without information that adds a variance at the largest inflation
_NULL_SHARE = 1.0 / np.sqrt(_INFLATION)


@dataclass(frozen=True, eq=False)
class ArrowInverse:
    """What the normal equations say of errors, for unit noise.

    Parameters
    ----------
    own : ndarray, shape (N, U, U)
        Covariance of each spectrum's own parameters, were the coefficients known.
    response : ndarray, shape (N, U, K)
        How far own parameters follow a change of the coefficients.
    factor : ndarray, shape (K, m)
        One standard error along each determined direction of the coefficients, own parameters free:
        their covariance is factor factor^T.
    blind_own : ndarray of bool, shape (N, U)
        Own parameters that the data do not determine.
    blind_ways : ndarray, shape (K, m)
        Changes of the coefficients that the data do not see.
    size : ndarray, shape (K,)
        Length that makes changes of the coefficients comparable.
    """

    own: FloatArray
    response: FloatArray
    factor: FloatArray
    blind_own: BoolArray
    blind_ways: FloatArray
    size: FloatArray

    def sees(self, slopes: FloatArray, variance: FloatArray) -> BoolArray:
        """Return which numbers do not depend on what the data do not see.

        Parameters
        ----------
        slopes : ndarray, shape (..., K)
            Derivatives of the numbers by the coefficients.
        variance : ndarray, shape (...)
            What else they vary by.

        Returns
        -------
        ndarray of bool, shape (...)
        """
        reach = np.sqrt(((slopes * self.size) ** 2).sum(axis=-1) + variance)
        lost = np.sqrt(((slopes @ self.blind_ways) ** 2).sum(axis=-1))
        return np.asarray(lost <= _NULL_SHARE * reach)


@dataclass(frozen=True, eq=False)
class ArrowNormals:
    """Products of the Jacobian of a whole series.

    Parameters
    ----------
    own : ndarray, shape (N, U, U)
        Of each spectrum's own parameters.
    mixed : ndarray, shape (N, U, K)
        Of own parameters and coefficients.
    shared : ndarray, shape (K, K)
        Of the coefficients.
    own_push : ndarray, shape (N, U), and push : ndarray, shape (K,)
        Half the fall of chi2 by each.
    """

    own: FloatArray
    mixed: FloatArray
    shared: FloatArray
    own_push: FloatArray
    push: FloatArray

    def step(
        self, walls: Walls, own_damping: FloatArray, damping: FloatArray, free: BoolArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the damped step of own parameters and of the coefficients.

        Parameters
        ----------
        walls : Walls
            Of the step of the coefficients.
        own_damping : ndarray, shape (N, U), and damping : ndarray, shape (K,)
            What is added to the diagonal; a coefficient with none stays.
        free : ndarray of bool, shape (N, U)
            Own parameters that may move.

        Returns
        -------
        own : ndarray, shape (N, U)
        shared : ndarray, shape (K,)
        """
        size = self.push.size
        right = np.concatenate([self.mixed, self.own_push[:, :, None]], axis=2)
        square = np.einsum("nuu->nu", self.own) + own_damping
        matrix, right, root = _scaled(self.own, right, square, free)
        answers = np.linalg.solve(matrix, right) / root[:, :, None]
        taken = _summed(self.mixed, answers)
        reduced = self.shared - taken[:, :size] + np.diag(damping)
        slope = self.push - taken[:, size]
        bend = np.zeros(size)
        seen = np.flatnonzero(damping > 0.0)
        bend[seen] = walls.of(seen).least(reduced[np.ix_(seen, seen)], slope[seen])
        return answers[:, :, size] - answers[:, :, :size] @ bend, bend

    def inverse(self, held: BoolArray, on: FloatArray) -> ArrowInverse:
        """Return what the normal equations say of errors.

        Parameters
        ----------
        held : ndarray of bool, shape (N, U)
            Own parameters that are held: as if fixed.
        on : ndarray, shape (R, K)
            Combinations of coefficients that are held.

        Returns
        -------
        ArrowInverse
        """
        square = np.einsum("nuu->nu", self.own)
        seen = ~held & (square > LEAST_SQUARE)
        matrix, mixed, root = _scaled(self.own, self.mixed, square, seen)
        roots, blind = _inverse_roots(matrix)
        own = roots @ roots.transpose(0, 2, 1)
        own = np.where(seen[:, :, None] & seen[:, None, :], own, 0.0)
        response = (own @ mixed) / root[:, :, None]
        own /= root[:, :, None] * root[:, None, :]
        blind_own = ~held & (
            (square <= LEAST_SQUARE) | (seen & (np.abs(blind) > _NULL_SHARE).any(axis=2))
        )
        length = np.sqrt(np.diag(self.shared))
        size = 1.0 / np.where(length > 0.0, length, 1.0)
        reduced = (self.shared - _summed(self.mixed, response)) * np.outer(size, size)
        ways = _along(on * size) if on.size else np.eye(size.size)
        roots, lost = _inverse_roots((ways.T @ reduced @ ways)[None])
        ways = size[:, None] * ways
        return ArrowInverse(own, response, ways @ roots[0], blind_own, ways @ lost[0], size)


def arrow_normals(layout: SharedLayout, normals: FloatArray, gradients: FloatArray) -> ArrowNormals:
    """Return the normal equations of a series.

    Parameters
    ----------
    layout : SharedLayout
        Coordinates.
    normals : ndarray, shape (N, Q, Q)
        By the free parameters of each spectrum.
    gradients : ndarray, shape (N, Q)
        Half the fall of chi2 by them.

    Returns
    -------
    ArrowNormals
    """
    own, place, basis = layout.local, layout.shared[layout.owner], layout.basis
    by_spectrum = normals[:, place[:, None], place]
    return ArrowNormals(
        own=normals[:, own[:, None], own],
        mixed=normals[:, own[:, None], place] * basis[:, None, :],
        shared=np.einsum("nkl,nk,nl->kl", by_spectrum, basis, basis),
        own_push=gradients[:, own],
        push=(gradients[:, place] * basis).sum(axis=0),
    )


def _scaled(
    own: FloatArray, right: FloatArray, square: FloatArray, free: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return blocks with ones on the diagonal, right sides, and the roots that scaled them.

    What is not free is left out.
    """
    root = np.sqrt(np.where(free, square, 1.0))
    both = free[:, :, None] & free[:, None, :]
    matrix = np.where(both, own, 0.0) / (root[:, :, None] * root[:, None, :])
    place = np.arange(root.shape[1])
    matrix[:, place, place] = 1.0
    return matrix, np.where(free[:, :, None], right, 0.0) / root[:, :, None], root


def _summed(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the sum of one^T other over the spectra."""
    rows = one.shape[0] * one.shape[1]
    return one.reshape(rows, one.shape[2]).T @ other.reshape(rows, other.shape[2])


def _inverse_roots(matrices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return R of ``inverse = R R^T`` of what is determined, and directions of what is not."""
    values, vectors = np.linalg.eigh(matrices)
    good = (values > 1.0 / _INFLATION)[:, None, :]
    lengths = np.sqrt(np.maximum(values, 1.0 / _INFLATION))[:, None, :]
    return np.where(good, vectors / lengths, 0.0), np.where(good, 0.0, vectors)


def _along(rows: FloatArray) -> FloatArray:
    """Return orthonormal directions that leave every row's product as it is."""
    right = np.linalg.svd(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    rank = int((right[1] > 1e-10).sum())
    return np.asarray(right[2][rank:].T)
