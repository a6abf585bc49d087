"""What a fit with shared parameters found: coefficients of the laws, and every spectrum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.curvature import BoolArray
from spectrafit.fit.fit_stack import FitStack, flag_bit
from spectrafit.fit.problem import Noise, Problem
from spectrafit.fit.result import FIXED, Flag
from spectrafit.fit.shared.coefficients import Coefficients, gravest
from spectrafit.fit.shared.law import SharedLaw
from spectrafit.fit.shared.law_test import LawTest
from spectrafit.history import frozen_mapping
from spectrafit.spectrum import FloatArray

__all__ = ["SharedFit"]


@dataclass(frozen=True, eq=False)
class SharedFit:
    """Fits of many spectra in which some parameters follow laws.

    An error is a number, or NaN with the reason from `reason`. Errors of a spectrum's own parameters
    include the uncertainty of the coefficients. A spectrum with a value that is not finite is kept
    as a row: it has the values of the laws, and NaN for its own parameters.

    Parameters
    ----------
    problem : Problem
        Model, bounds and ties, of one spectrum.
    laws : mapping of str to SharedLaw
        By full name of the parameter.
    coefficients : Coefficients
        Of the laws, with their joint covariance.
    values : ndarray, shape (N, P)
        Every parameter of every spectrum, in the order of `names`.
    free_covariance : ndarray, shape (N, Q, Q)
        Of the free parameters, shared ones included.
    free_flags : ndarray of int, shape (N, Q)
        Bits of the flags that tell why there is no error.
    free_factor : ndarray, shape (N, Q, m)
        Between two spectra the covariance is ``free_factor[i] @ free_factor[j].T``.
    chi2 : ndarray, shape (N,)
        Sum of squared weighted residuals; NaN for a row left out.
    freedom : ndarray, shape (N,)
        Points of the spectrum less what its own parameters and its share of the laws take.
    flags : ndarray of int, shape (N,)
        Bits of `flag_bit`.
    left_out : tuple of str
        Why a row was left out, empty where it was not.
    noise : str
        ``"known"``, or ``"estimated"`` (covariances scaled by the reduced chi2 of all spectra).
    evaluations, starts : int
        Calls of the model for every spectrum, and starts that were tried.
    independent : FitStack
        Fits of the rows that were not left out, each by itself, with the same sigma.
    test : LawTest
        Whether the laws hold.
    y, y_sigma : array_like
        What was fitted; y_sigma None where the noise is not known.
    """

    problem: Problem
    laws: Mapping[str, SharedLaw]
    coefficients: Coefficients
    values: FloatArray
    free_covariance: FloatArray
    free_flags: NDArray[np.int64]
    free_factor: FloatArray
    chi2: FloatArray
    freedom: FloatArray
    flags: NDArray[np.int64]
    left_out: tuple[str, ...]
    noise: Noise
    evaluations: int
    starts: int
    independent: FitStack
    test: LawTest
    y: Any
    y_sigma: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "laws", frozen_mapping(self.laws))

    def __len__(self) -> int:
        return len(self.chi2)

    @property
    def names(self) -> tuple[str, ...]:
        """Full names of all parameters of a spectrum."""
        return self.problem.names

    @property
    def units(self) -> tuple[str, ...]:
        """Units of all parameters of a spectrum."""
        return self.problem.units

    @property
    def used(self) -> BoolArray:
        """Which rows were fitted."""
        return np.array([not why for why in self.left_out], dtype=bool)

    @property
    def converged(self) -> BoolArray:
        """Which rows reached the minimum: all that were fitted, or none."""
        return self.flag(Flag.CONVERGED)

    @property
    def nfree(self) -> int:
        """Points less own parameters and coefficients, of all rows that were fitted."""
        own = self.problem.ndata - len(self.problem.free_names) + len(self.laws)
        return int(self.used.sum()) * own - len(self.coefficients)

    @property
    def redchi(self) -> float:
        """Reduced chi2 of the whole series."""
        return float(np.nansum(self.chi2)) / max(1, self.nfree)

    @property
    def covariance(self) -> FloatArray:
        """Covariance of all parameters of each spectrum, shape (N, P, P)."""
        matrix = self.problem.tie_matrix
        return np.asarray(matrix @ self.free_covariance @ matrix.T)

    def flag(self, flag: Flag) -> BoolArray:
        """Return which spectra have a flag.

        Parameters
        ----------
        flag : Flag
            The flag.

        Returns
        -------
        ndarray of bool, shape (N,)
        """
        return np.asarray(self.flags & flag_bit(flag) != 0)

    def value(self, name: str) -> FloatArray:
        """Return a parameter of every spectrum; a shared one as its law gives it.

        Parameters
        ----------
        name : str
            Full name.

        Returns
        -------
        ndarray, shape (N,)

        Raises
        ------
        SettingsError
            When there is no such parameter.
        """
        return self.values[:, self._place(name)].copy()

    def sigma(self, name: str) -> FloatArray:
        """Return the standard error of a parameter of every spectrum, NaN where there is none.

        Parameters
        ----------
        name : str
            Full name.

        Returns
        -------
        ndarray, shape (N,)
        """
        row = self.problem.tie_matrix[self._place(name)]
        variance = np.einsum("nab,a,b->n", self.free_covariance, row, row)
        usable = (variance > 0.0) & ~self.free_flags[:, row != 0.0].any(axis=1)
        usable &= np.isfinite(self.value(name))
        return np.sqrt(np.where(usable, variance, np.nan))

    def reason(self, name: str, row: int) -> str:
        """Return why a parameter of a spectrum has no error, empty where it has one.

        Parameters
        ----------
        name : str
            Full name.
        row : int
            Which spectrum.

        Returns
        -------
        str
        """
        if np.isfinite(self.sigma(name)[row]):
            return ""
        place = self.names.index(name)
        flags = self.free_flags[row, self.problem.tie_matrix[place] != 0.0]
        reasons = [gravest(int(bits)) for bits in flags if bits]
        if reasons or np.isfinite(self.values[row, place]):
            return next(iter(reasons), FIXED)
        return self.left_out[row]

    def covariance_across(self, name: str) -> FloatArray:
        """Return the covariance of a parameter between all spectra: the laws connect them.

        Parameters
        ----------
        name : str
            Full name.

        Returns
        -------
        ndarray, shape (N, N)
            NaN in rows and columns of spectra that have no error.
        """
        row = self.problem.tie_matrix[self._place(name)]
        follows = np.einsum("nqm,q->nm", self.free_factor, row)
        errors = self.sigma(name)
        across = follows @ follows.T
        np.fill_diagonal(across, errors**2)
        none = np.isnan(errors)
        return np.where(none[:, None] | none[None, :], np.nan, across)

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise SettingsError(
                f"no parameter {name!r} in the fits",
                do=nearest(name, self.names, noun="the parameters"),
            )
        return self.names.index(name)
