"""Standard atomic weights and isotopes of the elements, as periodictable holds them.

Weights: T. Prohaska et al., *Standard atomic weights of the elements 2021*, Pure Appl. Chem. 94,
573 (2022), doi:10.1515/pac-2019-0603, abridged. Abundances: CIAAW, *Isotopic compositions of the
elements 2021*; the middle where a range is given. Isotope masses: M. Wang et al., *The AME 2020
atomic mass evaluation*, Chin. Phys. C 45, 030003 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from spectrafit.errors import SettingsError

__all__ = ["Isotope", "atomic_weight", "is_element", "natural_isotopes"]


@dataclass(frozen=True)
class Isotope:
    """One isotope in natural abundance.

    Parameters
    ----------
    nucleons : int
        Nominal mass.
    mass : float
        u, of the neutral atom.
    abundance : float
        Fraction of the atoms, 0 to 1.
    """

    nucleons: int
    mass: float
    abundance: float


def _table() -> Any:
    try:
        return import_module("periodictable").elements
    except ImportError as error:
        raise SettingsError(
            "atomic weights and isotopes need periodictable, which is not installed",
            do="install it: pip install 'spectrafit-suite[calc]'",
        ) from error


def is_element(symbol: str) -> bool:
    """Return whether there is an element of this symbol.

    Parameters
    ----------
    symbol : str
        Like ``Fe``.

    Returns
    -------
    bool
    """
    return any(each.symbol == symbol and each.number > 0 for each in _table())


def _element(symbol: str) -> Any:
    if not is_element(symbol):
        raise SettingsError(f"{symbol!r} is no element", do="write symbols like Fe, Co, N")
    return _table().symbol(symbol)


def atomic_weight(symbol: str) -> float:
    """Return the standard atomic weight of an element.

    Parameters
    ----------
    symbol : str

    Returns
    -------
    float
        u, or g/mol.

    Raises
    ------
    SettingsError
        When there is no such element.
    """
    return float(_element(symbol).mass)


def natural_isotopes(symbol: str) -> tuple[Isotope, ...]:
    """Return the isotopes of an element in natural abundance.

    Parameters
    ----------
    symbol : str

    Returns
    -------
    tuple of Isotope
        Lightest first; the abundances add up to 1.

    Raises
    ------
    SettingsError
        When there is no such element, or nature holds none of it.
    """
    found = [each for each in _element(symbol) if each.abundance > 0]
    total = sum(float(each.abundance) for each in found)
    if not found:
        raise SettingsError(f"{symbol} has no natural isotopes", do="leave the isotope pattern out")
    return tuple(
        Isotope(int(each.isotope), float(each.mass), float(each.abundance) / total)
        for each in sorted(found, key=lambda each: int(each.isotope))
    )
