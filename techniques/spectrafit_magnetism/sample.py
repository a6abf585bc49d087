"""What was in the magnetometer: mass, molar mass, matrix, holder and diamagnetism, with sources.

Two fields of the newer header, SAMPLE_VOLUME and SAMPLE_SIZE, are used by some laboratories for
other quantities than their names say. They are read only by a named convention, and what was read
or left unread is put into words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError, nearest
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.constants import EICOSANE_CHI, EICOSANE_MOLAR_MASS

__all__ = [
    "Diamagnetism",
    "HeaderConvention",
    "HeaderSample",
    "Holder",
    "Matrix",
    "Sample",
    "eicosane",
    "header_sample",
    "rule_of_thumb",
]

HeaderConvention = Literal["none", "magnetopy"]
_UNREAD = ("SAMPLE_VOLUME", "SAMPLE_SIZE")


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


@dataclass(frozen=True)
class HeaderSample:
    """What a header says of the sample.

    Parameters
    ----------
    mass : float or None
        mg; None where the header has none.
    molar_mass : float or None
        g/mol.
    matrix : Matrix or None
        Read by convention only.
    diamagnetism : Diamagnetism or None
        Read by convention only.
    words : tuple of str
        What was read and what was left unread, each in a sentence.
    """

    mass: float | None
    molar_mass: float | None
    matrix: Matrix | None
    diamagnetism: Diamagnetism | None
    words: tuple[str, ...]

    def sample(self) -> Sample:
        """Return the sample of the header alone.

        Returns
        -------
        Sample

        Raises
        ------
        SettingsError
            When mass or molar mass is missing: no molar quantity without both.
        """
        if self.mass is None or self.molar_mass is None:
            name = "mass" if self.mass is None else "molar mass"
            raise SettingsError(
                f"{name} missing", where="sample", do=f"give the {name}; the moment can be read"
            )
        return Sample(
            self.mass, self.molar_mass, matrix=self.matrix, diamagnetism=self.diamagnetism
        )


def header_sample(header: Mapping[str, str], convention: HeaderConvention = "none") -> HeaderSample:
    """Return what a magnetometer's header says of the sample.

    Parameters
    ----------
    header : mapping of str to str
        From the reader of Quantum Design files.
    convention : str, optional
        ``none`` leaves SAMPLE_VOLUME and SAMPLE_SIZE unread. ``magnetopy`` takes them for mg of
        eicosane and for the diamagnetic susceptibility in emu/(mol Oe), as MagnetoPy writes them.

    Returns
    -------
    HeaderSample

    Raises
    ------
    SettingsError
        For an unknown convention, or a field that is no number.
    """
    if convention not in get_args(HeaderConvention):
        advice = nearest(convention, get_args(HeaderConvention), noun="the conventions")
        raise SettingsError(f"no header convention {convention!r}", do=advice)
    mass_key = "SAMPLE_MASS" if "SAMPLE_MASS" in header else "WEIGHT"
    mass, molar_mass = _number(header, mass_key), _number(header, "SAMPLE_MOLECULAR_WEIGHT")
    words = [f"{mass_key} = {mass:g} read as the mass in mg"] if mass is not None else []
    if molar_mass is not None:
        words.append(f"SAMPLE_MOLECULAR_WEIGHT = {molar_mass:g} read as the molar mass in g/mol")
    filled = [key for key in _UNREAD if header.get(key, "").strip()]
    if convention == "none":
        if filled:
            written = " and ".join(f"{key} = {header[key].strip()}" for key in filled)
            words.append(
                f"{written} not read: laboratories use these fields for different quantities;"
                " set header_convention to read them"
            )
        return HeaderSample(mass, molar_mass, None, None, tuple(words))
    volume, size = (_number(header, key) for key in _UNREAD)
    if volume is not None:
        words.append(f"SAMPLE_VOLUME = {volume:g} read as mg of eicosane (convention magnetopy)")
    if size is not None:
        words.append(
            f"SAMPLE_SIZE = {size:g} read as chi_dia in emu/(mol Oe) (convention magnetopy)"
        )
    return HeaderSample(
        mass,
        molar_mass,
        None if volume is None else eicosane(volume),
        None if size is None else Diamagnetism(size, "SAMPLE_SIZE of the file's header"),
        tuple(words),
    )


def _number(header: Mapping[str, str], key: str) -> float | None:
    text = header.get(key, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SettingsError(
            f"{key} is {text[:40]!r}, no number", where="header", do="give the value in the study"
        )
    # an old header writes 0 for a quantity that nobody entered
    return value if value != 0.0 or key not in ("WEIGHT", "AREA", "LENGTH") else None
