"""Laws across a series: a parameter of each spectrum is known columns times shared coefficients.

A known part of each spectrum can be added, which no coefficient multiplies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["SharedLaw", "constant_law", "linear_law"]

# of the largest singular value of columns of unit length
_DEPENDENT = 1e-10


@dataclass(frozen=True, eq=False)
class SharedLaw:
    """A parameter of spectrum i is ``offset[i] + basis[i] @ coefficients``, these shared by all.

    Parameters
    ----------
    basis : array_like, shape (N, k)
        One row a spectrum; one column of ones is a parameter with one value for all.
    names : tuple of str, optional
        Of the coefficients; they follow the parameter's name. Left out, ``c0``, ``c1``, ...
    per : tuple of str, optional
        Units of the columns, ``"1"`` where there is none: a slope against K has ``"K"``, and a
        coefficient in K whose column is in the parameter's unit by K has ``"mm/s/K"``.
    offset : array_like, shape (N,), optional
        Known part of each spectrum, in the parameter's unit; 0 if left out.

    Raises
    ------
    SettingsError
        When columns or offsets are not finite, columns are not independent, or names, columns and
        offsets differ in number.
    """

    basis: FloatArray
    names: tuple[str, ...] = ()
    per: tuple[str, ...] = ()
    offset: FloatArray | None = None

    def __post_init__(self) -> None:
        basis = read_only(self.basis)
        if basis.ndim != 2 or not basis.shape[1] or not np.isfinite(basis).all():
            raise SettingsError(
                f"the basis of a law has shape {basis.shape} or is not finite",
                do="give one row a spectrum and one column a coefficient",
            )
        size = basis.shape[1]
        offset = np.zeros(len(basis)) if self.offset is None else read_only(self.offset)
        if offset.shape != (len(basis),) or not np.isfinite(offset).all():
            raise SettingsError(
                f"the offset of a law has shape {offset.shape} or is not finite",
                do="give one number a spectrum, as many as the basis has rows",
            )
        put = object.__setattr__
        put(self, "offset", read_only(offset))
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
        units = [_coefficient_unit(unit, per) for per in self.per]
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
        return SharedLaw(self.basis[some], self.names, self.per, self.known[some])

    @property
    def known(self) -> FloatArray:
        """Known part of each spectrum, shape (N,)."""
        assert self.offset is not None
        return self.offset

    def plus(self, offset: ArrayLike) -> SharedLaw:
        """Return the law with a further known part of each spectrum.

        Parameters
        ----------
        offset : array_like, shape (N,)
            In the parameter's unit.

        Returns
        -------
        SharedLaw

        Raises
        ------
        SettingsError
            When it is not one finite number a spectrum.
        """
        more = np.asarray(offset, dtype=float)
        return replace(self, offset=more + self.known if more.shape == self.known.shape else more)

    def values(self, coefficients: FloatArray) -> FloatArray:
        """Return the parameter of each spectrum.

        Parameters
        ----------
        coefficients : ndarray, shape (k,)
            Of the columns.

        Returns
        -------
        ndarray, shape (N,)
        """
        return self.known + self.basis @ coefficients


def _coefficient_unit(unit: str, per: str) -> str:
    if per == "1":
        return unit
    # a column in the parameter's own unit by something else leaves that something
    return per.removeprefix(f"{unit}/") if per.startswith(f"{unit}/") else f"{unit}/{per}"


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
