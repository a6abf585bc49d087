"""A series with shared parameters: its model, and what chi2 is like at a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spectrafit.fit.shared.layout import SharedLayout
from spectrafit.fit.stack import Stack
from spectrafit.fit.stack_values import values_and_rows
from spectrafit.spectrum import FloatArray

__all__ = ["SharedPlace", "SharedWork"]

# derivatives at a time: they stay in the processor's cache
_BLOCK = 160_000
# of a value: what chi2 cannot tell from rounding
_DIGITS = 1e-14


@dataclass(frozen=True, eq=False)
class SharedPlace:
    """A place in the parameters of all spectra, and what chi2 is like there.

    Parameters
    ----------
    local : ndarray, shape (N, U)
        Own parameters.
    w : ndarray, shape (K,)
        Shared coefficients.
    chi2 : ndarray, shape (N,)
        Sum of squared weighted residuals of each spectrum.
    normals : ndarray, shape (N, Q, Q)
        Jacobian's products.
    gradients : ndarray, shape (N, Q)
        Half the fall of chi2 by each parameter.
    """

    local: FloatArray
    w: FloatArray
    chi2: FloatArray
    normals: FloatArray
    gradients: FloatArray


@dataclass(frozen=True, eq=False)
class SharedWork:
    """A series of spectra, what is fixed in each, and the coordinates to be fitted.

    Parameters
    ----------
    stack : Stack
        Points, values and sigma.
    shared : SharedLayout
        Coordinates.
    offset : ndarray, shape (N, P)
        Constants b of ``p = A q + b``.
    """

    stack: Stack
    shared: SharedLayout
    offset: FloatArray

    @property
    def freedom(self) -> int:
        """Points less own parameters and coefficients."""
        own = len(self.stack) * self.shared.local.size + self.shared.owner.size
        return len(self.stack) * self.stack.x.size - own

    def noise(self, chi2: float) -> float:
        """Return the variance of a weighted residual: 1 where sigma is known.

        Parameters
        ----------
        chi2 : float
            Of all spectra.

        Returns
        -------
        float
        """
        return 1.0 if self.stack.noise == "known" else chi2 / max(1, self.freedom)

    @property
    def least(self) -> float:
        """Chi2 that rounding of the values makes."""
        squares = [
            float(((self.stack.values(rows) * self.stack.weights(rows)) ** 2).sum())
            for rows in self._blocks()
        ]
        return sum(squares) * _DIGITS**2

    def models(self, at: SharedPlace) -> FloatArray:
        """Return the models of all spectra.

        Parameters
        ----------
        at : SharedPlace
            Where.

        Returns
        -------
        ndarray, shape (N, points)
        """
        with np.errstate(all="ignore"):
            parts = [self._model(at.local, at.w, rows)[0] for rows in self._blocks()]
        return np.concatenate(parts)

    def at(self, local: FloatArray, w: FloatArray) -> SharedPlace:
        """Return what chi2 is like at a place.

        Parameters
        ----------
        local : ndarray, shape (N, U)
            Own parameters.
        w : ndarray, shape (K,)
            Coefficients.

        Returns
        -------
        SharedPlace
            chi2 is infinite where the model or a derivative is not finite.
        """
        count, size = len(self.stack), self.shared.low.size
        chi2, gradients = np.empty(count), np.empty((count, size))
        normals = np.empty((count, size, size))
        with np.errstate(all="ignore"):
            for rows in self._blocks():
                values, slopes = self._model(local, w, rows)
                weights = self.stack.weights(rows)
                residuals = (self.stack.values(rows) - values) * weights
                slopes *= weights if weights.ndim == 1 else weights[:, None, :]
                chi2[rows] = np.einsum("bn,bn->b", residuals, residuals)
                normals[rows] = slopes @ slopes.transpose(0, 2, 1)
                gradients[rows] = (slopes @ residuals[:, :, None])[:, :, 0]
            finite = np.isfinite(chi2 + normals.sum(axis=(1, 2)) + gradients.sum(axis=1))
        return SharedPlace(local, w, np.where(finite, chi2, np.inf), normals, gradients)

    def _model(
        self, local: FloatArray, w: FloatArray, rows: slice
    ) -> tuple[FloatArray, FloatArray]:
        layout = self.shared.layout
        z = np.clip(self.shared.free(local, w, rows), self.shared.low, self.shared.high)
        offset = self.offset[rows]
        values, slopes = values_and_rows(layout, self.stack.x, z, offset[:, layout.places])
        fixed = offset[:, layout.constant_places]
        return values + (fixed @ layout.constants if fixed.any() else 0.0), slopes

    def _blocks(self) -> Iterator[slice]:
        step = max(8, _BLOCK // max(1, self.shared.low.size * self.stack.x.size))
        for begin in range(0, len(self.stack), step):
            yield slice(begin, min(begin + step, len(self.stack)))
