"""The closed table of units, and conversion where data enters.

One letter means one thing: ``A`` is the ångström, ``D`` the debye, ``T`` the tesla. The ampere and
the coulomb are written out, and a bare ``C`` is refused, since it could be a charge or a temperature.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import UnitError

__all__ = ["UNITS", "Unit", "checked_unit", "converted", "printed_unit", "same_quantity", "unit"]

Number = TypeVar("Number", float, NDArray[np.float64])


@dataclass(frozen=True)
class Unit:
    """One unit of the table.

    Parameters
    ----------
    name : str
        How it is written in files, studies and tables; ASCII.
    quantity : str
        What it measures; only units of one quantity convert into each other.
    factor : float
        Value of one unit in the first unit of its quantity.
    offset : float
        Added after the factor (degrees Celsius).
    pint : str
        The same unit in pint's words; tests verify the table with it.
    aliases : tuple of str
        Other spellings that are read.
    """

    name: str
    quantity: str
    factor: float = 1.0
    offset: float = 0.0
    pint: str = ""
    aliases: tuple[str, ...] = ()


UNITS: tuple[Unit, ...] = (
    Unit(
        "1", "number", pint="dimensionless", aliases=("", "a.u.", "arb. units", "none", "unitless")
    ),
    Unit("%", "number", 0.01, pint="percent"),
    Unit("counts", "counts", pint="count", aliases=("cts", "count")),
    Unit("counts/s", "count rate", pint="count/s", aliases=("cps",)),
    Unit("eV", "photon energy", pint="eV", aliases=("ev", "EV")),
    Unit("keV", "photon energy", 1000.0, pint="keV", aliases=("kev",)),
    Unit("cm-1", "wavenumber", pint="1/cm", aliases=("cm^-1", "1/cm")),
    Unit("cm-1 K-1", "wavenumber by temperature", pint="1/cm/kelvin", aliases=("cm-1/K",)),
    Unit("nm", "wavelength", pint="nm"),
    Unit("um", "wavelength", 1000.0, pint="um", aliases=("μm", "micron")),
    Unit("mm/s", "velocity", pint="mm/s", aliases=("mm s-1", "mm s^-1")),
    Unit("K", "temperature", pint="K", aliases=("kelvin", "Kelvin")),
    Unit("K-1", "inverse temperature", pint="1/kelvin", aliases=("1/K",)),
    Unit("degC", "temperature", 1.0, 273.15, pint="degC", aliases=("°C", "deg C", "Celsius")),
    Unit("s", "time", pint="s", aliases=("sec", "seconds")),
    Unit("min", "time", 60.0, pint="minute"),
    Unit("h", "time", 3600.0, pint="hour", aliases=("hour", "hours")),
    Unit("s-1", "rate", pint="1/s", aliases=("Hz", "1/s", "s^-1")),
    Unit("MHz", "rate", 1e6, pint="MHz"),
    Unit("GHz", "rate", 1e9, pint="GHz"),
    Unit("K min-1", "heating rate", pint="K/minute", aliases=("K/min",)),
    Unit("K s-1", "heating rate", 60.0, pint="K/s", aliases=("K/s",)),
    Unit("deg", "angle", pint="degree", aliases=("degrees", "degree")),
    Unit("rad", "angle", 180.0 / math.pi, pint="radian", aliases=("radian", "radians")),
    Unit("A", "length", pint="angstrom", aliases=("angstrom", "Å")),
    Unit("pm", "length", 0.01, pint="pm"),
    Unit("A3", "volume", pint="angstrom**3", aliases=("angstrom^3", "Å^3", "Å3")),
    Unit("ampere", "current", pint="ampere"),
    Unit("mA", "current", 1e-3, pint="mA"),
    Unit("uA", "current", 1e-6, pint="uA"),
    Unit("nA", "current", 1e-9, pint="nA"),
    Unit("pA", "current", 1e-12, pint="pA"),
    Unit("fA", "current", 1e-15, pint="fA"),
    Unit("V", "voltage", pint="volt", aliases=("volt",)),
    Unit("mV", "voltage", 1e-3, pint="mV"),
    Unit("coulomb", "charge", pint="coulomb"),
    Unit("nC", "charge", 1e-9, pint="nC"),
    Unit("pC", "charge", 1e-12, pint="pC"),
    Unit("nC cm-2 K-1", "pyroelectric coefficient", pint="nC/cm**2/K"),
    Unit("uC m-2 K-1", "pyroelectric coefficient", 0.1, pint="uC/m**2/K"),
    Unit("C m-2 K-1", "pyroelectric coefficient", 1e5, pint="C/m**2/K"),
    Unit("uC cm-2", "polarisation", pint="uC/cm**2"),
    Unit("nC cm-2", "polarisation", 1e-3, pint="nC/cm**2"),
    Unit("C m-2", "polarisation", 100.0, pint="C/m**2"),
    Unit("D", "dipole moment", pint="debye", aliases=("debye",)),
    Unit("cm3 K mol-1", "chi T", pint="cm**3*K/mol", aliases=("emu K mol-1",)),
    Unit("cm3 mol-1", "molar susceptibility", pint="cm**3/mol", aliases=("emu mol-1",)),
    Unit("cm3 g-1", "mass susceptibility", pint="cm**3/g"),
    Unit("emu", "magnetic moment", pint="erg/gauss", aliases=("erg/G",)),
    Unit("A m2", "magnetic moment", 1000.0, pint="ampere*m**2"),
    Unit("Oe", "magnetic field", pint="oersted"),
    Unit("kOe", "magnetic field", 1000.0, pint="kilooersted"),
    Unit("J mol-1", "molar energy", pint="J/mol"),
    Unit("kJ mol-1", "molar energy", 1000.0, pint="kJ/mol"),
    Unit("J mol-1 K-1", "molar entropy", pint="J/mol/K"),
    Unit("km mol-1", "integrated absorption", pint="km/mol", aliases=("km/mol", "km mol^-1")),
    Unit("mg", "mass", pint="mg"),
    Unit("g", "mass", 1000.0, pint="gram"),
    Unit("g mol-1", "molar mass", pint="g/mol"),
    Unit("m", "distance", pint="m"),
    Unit("mm", "distance", 1e-3, pint="mm"),
    Unit("cm", "distance", 0.01, pint="cm"),
    Unit("mm2", "area", pint="mm**2", aliases=("mm^2",)),
    Unit("cm2", "area", 100.0, pint="cm**2", aliases=("cm^2",)),
    Unit("T", "flux density", pint="tesla", aliases=("tesla",)),
    Unit("mT", "flux density", 1e-3, pint="mT"),
    Unit("G", "flux density", 1e-4, pint="gauss", aliases=("gauss",)),
)


def _spelling(name: str) -> str:
    """Return a name with one form of each sign: superscripts, micro, ångström, minus, spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).replace("\N{MINUS SIGN}", "-").split())


_BY_NAME = {_spelling(name): entry for entry in UNITS for name in (entry.name, *entry.aliases)}


def unit(name: str) -> Unit:
    """Return the unit of a name.

    Parameters
    ----------
    name : str
        Name or alias.

    Returns
    -------
    Unit

    Raises
    ------
    UnitError
        When the table does not have it.
    """
    entry = _BY_NAME.get(_spelling(name)) if isinstance(name, str) else None
    if entry is None:
        known = ", ".join(entry.name for entry in UNITS)
        raise UnitError(f"unit {name!r} is not known", do=f"use one of: {known}")
    return entry


def checked_unit(name: str) -> str:
    """Return the table's own spelling of a unit.

    Parameters
    ----------
    name : str
        Name or alias.

    Returns
    -------
    str

    Raises
    ------
    UnitError
        When the table does not have it.
    """
    return unit(name).name


def same_quantity(first: str, second: str) -> bool:
    """Return whether two units measure the same quantity.

    Parameters
    ----------
    first, second : str
        Unit names.

    Returns
    -------
    bool
    """
    return unit(first).quantity == unit(second).quantity


def converted(values: Number, source: str, target: str) -> Number:
    """Return values in another unit of the same quantity.

    Parameters
    ----------
    values : float or ndarray
        In the unit `source`.
    source, target : str
        Unit names.

    Returns
    -------
    float or ndarray
        In the unit `target`.

    Raises
    ------
    UnitError
        When the two do not measure the same quantity.
    """
    have, want = unit(source), unit(target)
    if have.quantity != want.quantity:
        raise UnitError(
            f"{have.name} is a {have.quantity}, {want.name} a {want.quantity}",
            do=f"give a value in {want.name}",
        )
    if have.name == want.name:
        return values
    return (values * have.factor + have.offset - want.offset) / want.factor


_PRINTED = {"A": "Å", "A3": "Å³", "um": "µm", "uA": "µA", "degC": "°C", "deg": "°"}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def printed_unit(name: str) -> str:
    """Return a unit as it is printed: ``cm⁻¹`` for cm-1, ``Å`` for A, nothing for a plain number.

    Parameters
    ----------
    name : str
        Of the table.

    Returns
    -------
    str
    """
    if name == "1":
        return ""
    words = (_PRINTED.get(word, word) for word in name.split(" "))
    raised = (re.sub(r"(?<=[A-Za-zÅ])-?\d+$", lambda m: m[0].translate(_RAISED), w) for w in words)
    return " ".join(f"µ{w[1:]}" if w[:2] in ("uC", "uA") else w for w in raised)
