"""Spectra whose fits are profiled, and fits of some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.problem import Problem
from spectrafit.fit.profile.row_fits import RowFits, row_fits
from spectrafit.spectrum import FloatArray

__all__ = ["Subject"]

IntArray = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Subject:
    """Spectra with their minima.

    Parameters
    ----------
    problem : Problem
        Model, bounds and ties.
    y : array_like, shape (N, n)
        Values of the first spectrum, one row a fit.
    sigma : ndarray, shape (n,) or (N, n), or None
        Its standard deviations.
    engine : str
        ``"scipy"``, ``"batch"`` or ``"compiled"``.
    """

    problem: Problem
    y: Any
    sigma: Any
    engine: str

    def data(self, rows: IntArray) -> tuple[FloatArray, FloatArray | None]:
        """Return values and standard deviations of some rows.

        Parameters
        ----------
        rows : ndarray of int
            Which; a row may occur more than once.

        Returns
        -------
        y : ndarray, shape (k, n)
        sigma : ndarray, shape (n,) or (k, n), or None
        """
        y = np.array(self.y[rows], dtype=float)
        if self.sigma is None:
            return y, None
        sigma = np.asarray(self.sigma, dtype=float)
        return y, sigma if sigma.ndim == 1 else sigma[rows]

    def fits(self, rows: IntArray, starts: FloatArray) -> RowFits:
        """Return fits with nothing held.

        Parameters
        ----------
        rows : ndarray of int
            Which spectra.
        starts : ndarray, shape (k, P)
            All parameters.

        Returns
        -------
        RowFits
        """
        y, sigma = self.data(rows)
        return row_fits(self.problem, y, sigma, starts, engine=self.engine)
