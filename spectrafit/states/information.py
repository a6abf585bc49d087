"""What residuals tell of the numbers they depend on: what they see, how well, and what not at all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray

__all__ = ["Information", "information_of"]

_SHARE = 1e-4
"""Of a gradient: what is not seen of it, and still none."""
_NULL = 1e-6
"""Of the largest singular value: directions below are not seen."""


@dataclass(frozen=True, eq=False)
class Information:
    """Directions of the numbers, from the best seen to those that are not seen.

    Parameters
    ----------
    scale : ndarray, shape (P,)
        Of the numbers: one over the norm of each column of the Jacobian, 1 for a column of zeros.
    singular : ndarray, shape (Q,)
        Singular value of each direction in scaled numbers, falling; 0 beyond the last row.
    directions : ndarray, shape (Q, P)
        Of unit length in scaled numbers; 0 in the P - Q numbers that are held.
    felt : ndarray of bool, shape (P,)
        Whether any residual depends on the number.
    """

    scale: FloatArray
    singular: FloatArray
    directions: FloatArray
    felt: NDArray[np.bool_]

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """Whether each direction is seen."""
        return np.asarray(self.singular > _NULL * self.singular.max(initial=0.0))

    @property
    def null(self) -> FloatArray:
        """Directions that are not seen, shape (Z, P)."""
        return self.directions[~self.seen]

    @cached_property
    def root(self) -> FloatArray:
        """Matrix whose product with its own transpose is the covariance, shape (P, R)."""
        inverse = self.directions[self.seen] / self.singular[self.seen][:, None]
        return np.asarray((inverse * self.scale).T)

    @property
    def covariance(self) -> FloatArray:
        """Covariance of what is seen, numbers that are held at 0, shape (P, P)."""
        return np.asarray(self.root @ self.root.T)

    def sigma(self, slope: FloatArray) -> float:
        """Return the standard uncertainty of a quantity, of its part that is seen.

        Parameters
        ----------
        slope : ndarray, shape (P,)
            Its derivatives by the numbers.

        Returns
        -------
        float
        """
        return float(np.linalg.norm(slope @ self.root))

    def null_share(self, slope: FloatArray) -> float:
        """Return which share of a quantity's gradient is not seen.

        Parameters
        ----------
        slope : ndarray, shape (P,)
            Its derivatives by the numbers.

        Returns
        -------
        float
            Of the norm of the gradient by scaled numbers that are not held; 1 where the quantity
            depends on a number on which no residual depends, 0 where it depends on none.
        """
        moving = self.directions.any(axis=0)
        if np.any(slope[moving & ~self.felt]):
            return 1.0
        scaled = np.where(moving, slope * self.scale, 0.0)
        whole = float(np.linalg.norm(scaled))
        return float(np.linalg.norm(self.null @ scaled)) / whole if whole > 0.0 else 0.0

    def sees(self, slope: FloatArray) -> bool:
        """Return whether a quantity is determined: less than 1e-4 of its gradient is not seen.

        Parameters
        ----------
        slope : ndarray, shape (P,)
            Its derivatives by the numbers.

        Returns
        -------
        bool
        """
        return self.null_share(slope) < _SHARE


def information_of(jacobian: FloatArray, held: NDArray[np.bool_] | None = None) -> Information:
    """Return what residuals tell of numbers.

    All right singular vectors are taken: fewer rows than numbers would otherwise hide what is not
    seen, and give finite uncertainties of what is not determined.

    Parameters
    ----------
    jacobian : ndarray, shape (M, P)
        Derivatives of residuals over their standard uncertainties.
    held : ndarray of bool, shape (P,), optional
        Numbers that do not move, like those on a bound.

    Returns
    -------
    Information
    """
    count = jacobian.shape[1]
    moving = np.ones(count, dtype=bool) if held is None else ~held
    length = np.linalg.norm(jacobian, axis=0)
    felt = length > 0.0
    scale = np.divide(1.0, length, out=np.ones(count), where=felt)
    scaled = (jacobian * scale)[:, moving]
    if scaled.shape[0] > scaled.shape[1]:  # the same directions from fewer rows
        scaled = np.linalg.qr(scaled, mode="r")
    _, found, rows = np.linalg.svd(scaled, full_matrices=True)
    singular = np.zeros(rows.shape[0])
    singular[: found.size] = found
    directions = np.zeros((rows.shape[0], count))
    directions[:, moving] = rows
    return Information(scale, singular, directions, felt)
