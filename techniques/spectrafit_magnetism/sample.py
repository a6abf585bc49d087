"""What was in the magnetometer: mass, molar mass, matrix, holder and diamagnetism, with sources."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.constants import EICOSANE_CHI, EICOSANE_MOLAR_MASS

__all__ = [
    "Diamagnetism",
    "Holder",
    "Matrix",
    "Sample",
    "eicosane",
    "rule_of_thumb",
]


@dataclass(frozen=True)
class Diamagnetism:
    """The molar diamagnetic susceptibility of a compound.

    Parameters
    ----------
    chi : float
        emu/(mol Oe), below 0; it is subtracted.
    source : str
        Where it is from: a measurement, a table with its citation, or a rule.
    is_rule : bool
        Whether it is the rule of thumb, good to some 20 %.

    Raises
    ------
    SettingsError
        For a value that is not negative, or without a source.
    """

    chi: float
    source: str
    is_rule: bool = False

    def __post_init__(self) -> None:
        if not -1.0 < self.chi < 0.0:
            raise SettingsError(
                f"a diamagnetic susceptibility of {self.chi:g} emu/(mol Oe)",
                where="chi_dia",
                do="give a negative number, as -3.2e-4",
            )
        if not self.source.strip():
            raise SettingsError("a diamagnetic susceptibility without a source", where="chi_dia")


@dataclass(frozen=True)
class Matrix:
    """What the sample was fixed in.

    Parameters
    ----------
    mass : float
        mg.
    molar_mass : float
        g/mol.
    chi : float
        Molar susceptibility, emu/(mol Oe).
    name : str
        Like ``eicosane``.
    source : str
        Where chi and molar mass are from.

    Raises
    ------
    SettingsError
        For a negative mass, or a molar mass that is not positive.
    """

    mass: float
    molar_mass: float
    chi: float
    name: str
    source: str

    def __post_init__(self) -> None:
        if not (0.0 <= self.mass < math.inf and 0.0 < self.molar_mass < math.inf):
            raise SettingsError(
                f"{self.mass:g} mg of {self.name} of {self.molar_mass:g} g/mol", where="matrix"
            )

    @property
    def moment_by_field(self) -> float:
        """Moment per field of the matrix, emu/Oe."""
        return self.chi * self.mass * 1e-3 / self.molar_mass


def eicosane(mass: float) -> Matrix:
    """Return an amount of eicosane as the matrix.

    Parameters
    ----------
    mass : float
        mg.

    Returns
    -------
    Matrix
        With the constants of MagnetoPy (doi 10.5281/zenodo.8319969).
    """
    source = "MagnetoPy, doi 10.5281/zenodo.8319969"
    return Matrix(mass, EICOSANE_MOLAR_MASS, EICOSANE_CHI, "eicosane", source)


@dataclass(frozen=True, eq=False)
class Holder:
    """The moment of the empty holder, measured by itself.

    Parameters
    ----------
    T : array_like, shape (m,)
        K, rising; one value for a moment that does not depend on temperature.
    moment_by_field : array_like, shape (m,)
        emu/Oe.
    source : str
        File or note.

    Raises
    ------
    SettingsError
        When the two differ in length or the temperatures do not rise.
    """

    T: ArrayLike
    moment_by_field: ArrayLike
    source: str

    def __post_init__(self) -> None:
        T, m = (np.atleast_1d(np.asarray(v, float)) for v in (self.T, self.moment_by_field))
        if T.shape != m.shape or (np.diff(T) <= 0).any() or not np.isfinite(T + m).all():
            raise SettingsError("the holder needs rising T and one moment for each", where="holder")
        object.__setattr__(self, "T", T)
        object.__setattr__(self, "moment_by_field", m)

    def at(self, T: FloatArray) -> FloatArray:
        """Return the moment per field at temperatures of the sample.

        Parameters
        ----------
        T : ndarray, shape (n,)
            K.

        Returns
        -------
        ndarray, shape (n,)
            emu/Oe, between the measured points by straight lines.

        Raises
        ------
        SettingsError
            When a temperature lies more than 1 K outside what was measured.
        """
        x, y = np.asarray(self.T), np.asarray(self.moment_by_field)
        if x.size > 1 and (T.min() < x[0] - 1.0 or T.max() > x[-1] + 1.0):
            raise SettingsError(
                f"the holder was measured from {x[0]:g} to {x[-1]:g} K only",
                where="holder",
                do="leave out the temperatures beyond, or measure the holder there",
            )
        return np.asarray(np.interp(T, x, y))


@dataclass(frozen=True)
class Sample:
    """A weighed sample of a compound.

    Parameters
    ----------
    mass : float
        mg.
    molar_mass : float
        g/mol, of the unit that chi is given for.
    mass_error : float or None
        Standard error, mg; None where it is not known.
    molar_mass_error : float
        Standard error, g/mol (solvent that may be lost).
    matrix : Matrix or None
        What it was fixed in.
    holder : Holder or None
        The empty holder.
    diamagnetism : Diamagnetism or None
        None leaves it uncorrected.

    Raises
    ------
    SettingsError
        For a mass or molar mass that is not positive, or a negative error.
    """

    mass: float
    molar_mass: float
    mass_error: float | None = None
    molar_mass_error: float = 0.0
    matrix: Matrix | None = None
    holder: Holder | None = None
    diamagnetism: Diamagnetism | None = None

    def __post_init__(self) -> None:
        for name, value, unit in (
            ("mass", self.mass, "mg"),
            ("molar mass", self.molar_mass, "g/mol"),
        ):
            if not 0.0 < value < math.inf:
                raise SettingsError(
                    f"a {name} of {value:g} {unit}", where="sample", do="give a number above 0"
                )
        if min(self.mass_error or 0.0, self.molar_mass_error) < 0.0:
            raise SettingsError("a negative standard error of a mass", where="sample")

    @property
    def moles(self) -> float:
        """Amount of substance, mol."""
        return self.mass * 1e-3 / self.molar_mass


def rule_of_thumb(molar_mass: float) -> Diamagnetism:
    """Return ``-M/2 x 1e-6`` emu/(mol Oe), a rule of thumb good to some 20 %.

    Parameters
    ----------
    molar_mass : float
        g/mol.

    Returns
    -------
    Diamagnetism
        Marked as a rule. G. A. Bain and J. F. Berry, J. Chem. Educ. 85, 532 (2008).
    """
    return Diamagnetism(-0.5e-6 * molar_mass, "rule of thumb, -M/2 x 1e-6 emu/mol", is_rule=True)
