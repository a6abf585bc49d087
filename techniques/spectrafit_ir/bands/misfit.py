"""Whether a model fits: beside the noise error of a value stands the scale of the misfit, and which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray

__all__ = ["MISFIT_FROM", "Misfit"]

# reduced chi2 beyond which errors that suppose the model say too little
MISFIT_FROM = 1.5


@dataclass(frozen=True, eq=False)
class Misfit:
    """How well the rows of a series are fitted.

    Parameters
    ----------
    redchi : ndarray, shape (N,)
        Reduced chi2; NaN for a row that was not fitted.
    """

    redchi: FloatArray

    @property
    def rows(self) -> NDArray[np.bool_]:
        """Which rows the model misses: reduced chi2 above 1.5."""
        return np.asarray(self.redchi > MISFIT_FROM)

    @property
    def scale(self) -> FloatArray:
        """Factor on the noise error that gives the misfit scale: root of reduced chi2, or 1."""
        return np.where(self.rows, np.sqrt(np.where(self.rows, self.redchi, 1.0)), 1.0)

    def sigma_of(self, noise: FloatArray) -> FloatArray:
        """Return errors that the misfit scales.

        A misfit is no measurement error: where the model is wrong, a value may be further off.

        Parameters
        ----------
        noise : ndarray, shape (N, ...)
            Errors by noise, one row a spectrum.

        Returns
        -------
        ndarray
            Of the same shape.
        """
        shape = (-1,) + (1,) * (np.ndim(noise) - 1)
        return np.asarray(noise * self.scale.reshape(shape))

    def sentence(self) -> str:
        """Return what is to be said of the errors of the series.

        Returns
        -------
        str
            Empty where the model fits every row.
        """
        missed = self.redchi[self.rows]
        if not missed.size:
            return ""
        low, high = float(missed.min()), float(missed.max())
        extent = f"{low:.3g}" if missed.size == 1 else f"{low:.3g} to {high:.3g}"
        return (
            f"the model misses {missed.size} of {self.redchi.size} spectra (reduced chi2 {extent}): "
            f"the noise error is given, and the misfit scale, up to {np.sqrt(high):.3g} times it, "
            "which is not a measurement error"
        )
