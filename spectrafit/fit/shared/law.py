"""Laws across a series: a parameter of every spectrum as known columns times shared coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["SharedLaw", "constant_law", "linear_law"]

# of the largest singular value of columns of unit length
_DEPENDENT = 1e-10


@dataclass(frozen=True, eq=False)
class SharedLaw:
    """A parameter of spectrum i is ``basis[i] @ coefficients``, the coefficients shared by all.

    Parameters
    ----------
    basis : array_like, shape (N, k)
        One row a spectrum; one column of ones is a parameter with one value for all.
    names : tuple of str, optional
        Of the coefficients; they follow the parameter's name. Left out, ``c0``, ``c1``, ...
    per : tuple of str, optional
        Units of the columns, ``"1"`` where there is none: a slope against K has ``"K"``.

    Raises
    ------
    SettingsError
        When columns are not finite or not independent, or names and columns differ in number.
    """

    basis: FloatArray
    names: tuple[str, ...] = ()
    per: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        basis = read_only(self.basis)
        if basis.ndim != 2 or not basis.shape[1] or not np.isfinite(basis).all():
            raise SettingsError(
                f"the basis of a law has shape {basis.shape} or is not finite",
                do="give one row a spectrum and one column a coefficient",
            )
        size = basis.shape[1]
        put = object.__setattr__
        put(self, "basis", basis)
        put(self, "names", tuple(self.names) or tuple(f"c{k}" for k in range(size)))
        put(self, "per", tuple(self.per) or ("1",) * size)
        if len(self.names) != size or len(self.per) != size or len(set(self.names)) != size:
            raise SettingsError(
                f"{size} columns, names {', '.join(self.names)} and units {', '.join(self.per)}",
                do="give each column a name and a unit of its own",
            )
        length = np.sqrt((basis**2).sum(axis=0))
        unit = basis / np.where(length > 0, length, 1.0)
        if np.linalg.svd(unit, compute_uv=False).min() <= _DEPENDENT or len(basis) < size:
            raise SettingsError(
                f"{len(basis)} spectra do not tell {size} columns of a law apart",
                do="leave out a column: one is zero, or a sum of others, in these spectra",
            )

    def labels(self, name: str, unit: str) -> list[tuple[str, str]]:
        """Return full name and unit of each coefficient.

        Parameters
        ----------
        name, unit : str
            Of the parameter.

        Returns
        -------
        list of tuple of str
            Like ``("peak.fwhm slope", "mm/s/K")``.
        """
        units = [unit if per == "1" else f"{unit}/{per}" for per in self.per]
        return [(f"{name} {own}", by) for own, by in zip(self.names, units, strict=True)]

    def rows(self, some: NDArray[np.intp]) -> SharedLaw:
        """Return the law of some spectra.

        Parameters
        ----------
        some : ndarray of int
            Which.

        Returns
        -------
        SharedLaw
        """
        return SharedLaw(self.basis[some], self.names, self.per)


def constant_law(count: int) -> SharedLaw:
    """Return the law of a parameter that has one value for all spectra.

    Parameters
    ----------
    count : int
        Number of spectra.

    Returns
    -------
    SharedLaw
        Its coefficient is ``value``.
    """
    return SharedLaw(np.ones((count, 1)), ("value",))


def linear_law(variable: ArrayLike, *, at: float | None = None, unit: str = "1") -> SharedLaw:
    """Return the law of a parameter that is linear in some condition of the spectra.

    Parameters
    ----------
    variable : array_like, shape (N,)
        The condition of each spectrum, like its temperature.
    at : float, optional
        Where the first coefficient is the parameter's value; the middle of the range if left out.
    unit : str, optional
        Of the variable.

    Returns
    -------
    SharedLaw
        Coefficients ``at 150 K`` (in the parameter's unit) and ``slope``.

    Raises
    ------
    SettingsError
        When the variable has one value only, or is not finite.
    """
    values = np.asarray(variable, dtype=float)
    if values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise SettingsError(
            f"the variable of a law has shape {values.shape} or is not finite",
            do="give one number a spectrum",
        )
    origin = 0.5 * float(values.min() + values.max()) if at is None else float(at)
    place = f"at {origin:g}" if unit == "1" else f"at {origin:g} {unit}"
    basis = np.column_stack([np.ones(values.size), values - origin])
    return SharedLaw(basis, (place, "slope"), ("1", unit))
