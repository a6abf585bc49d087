"""Coefficients of laws with their joint covariance; an error is a number or a named reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.fit_stack import flag_bit
from spectrafit.fit.result import Flag
from spectrafit.spectrum import FloatArray

__all__ = ["Coefficients", "gravest"]

# the gravest first, as a single fit names them
_REASONS = (
    Flag.AT_BOUND,
    Flag.SINGULAR,
    Flag.CALL_LIMIT,
    Flag.NOT_AT_MINIMUM,
    Flag.NO_FREEDOM,
    Flag.NO_RESIDUAL,
)


def gravest(bits: int) -> str:
    """Return the gravest reason among flags.

    Parameters
    ----------
    bits : int
        Of `flag_bit`.

    Returns
    -------
    str
        Empty where there is none.
    """
    return next((flag.value for flag in _REASONS if bits & flag_bit(flag)), "")


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Coefficients that a series of spectra shares.

    Parameters
    ----------
    names : tuple of str
        The parameter's name and the coefficient's, like ``"peak.fwhm slope"``.
    units : tuple of str
        The parameter's unit by that of the column, like ``"mm/s/K"``.
    values : ndarray, shape (K,)
        In the order of `names`.
    covariance : ndarray, shape (K, K)
        Rows and columns of those without an error are 0.
    flags : ndarray of int, shape (K,)
        Bits of the flags that tell why there is no error, 0 where there is one.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    values: FloatArray
    covariance: FloatArray
    flags: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.names)

    def value(self, name: str) -> float:
        """Return a coefficient.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        float

        Raises
        ------
        SettingsError
            When there is no such coefficient.
        """
        return float(self.values[self._place(name)])

    def sigma(self, name: str) -> float | None:
        """Return a standard error, None where there is none (see `sigma_reason`).

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        float or None
        """
        place = self._place(name)
        return None if self.flags[place] else float(np.sqrt(self.covariance[place, place]))

    def sigma_reason(self, name: str) -> str:
        """Return why there is no standard error, empty where there is one.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        str
        """
        return gravest(int(self.flags[self._place(name)]))

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise SettingsError(
                f"no coefficient {name!r} in the fit",
                do=nearest(name, self.names, noun="the coefficients"),
            )
        return self.names.index(name)
