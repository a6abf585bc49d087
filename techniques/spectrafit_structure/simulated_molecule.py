"""Coordinates of a simulated dinuclear complex with given bond lengths: first shells and bridge."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["SimulatedLengths", "molecule_atoms", "molecule_bonds"]

_HALF_BITE = 1.28  # Å, half the distance of the two oxygen atoms of one chelate
_FOLD = math.radians(8.0)  # axial nitrogen atoms lean away from the bridge, so that Sigma is not 0
_EQUATORIAL = math.radians(45.0)


@dataclass(frozen=True)
class SimulatedLengths:
    """The bond lengths of one molecule, Å.

    Parameters
    ----------
    Fe_O, Co_O : tuple of two floats
        To the bridge.
    Fe_N, Co_N : tuple of four floats
        To the other ligand: two equatorial, two axial.
    C_O : float
        The four C-O bonds of the bridge.
    C_C : float
        The two C-C bonds between carbon atoms that bear oxygen.
    C_CH : float
        The other four C-C bonds of its ring.
    """

    Fe_O: tuple[float, float]
    Fe_N: tuple[float, float, float, float]
    Co_O: tuple[float, float]
    Co_N: tuple[float, float, float, float]
    C_O: float
    C_C: float
    C_CH: float


def molecule_bonds(lengths: SimulatedLengths) -> dict[tuple[str, str], float]:
    """Return every bond of the molecule with its length.

    Parameters
    ----------
    lengths : SimulatedLengths

    Returns
    -------
    dict of (str, str) to float
        Å, by the two labels.
    """
    bonds: dict[tuple[str, str], float] = {}
    for metal, oxygens, nitrogens, to_o, to_n in (
        ("Fe1", ("O1", "O2"), ("N1", "N2", "N3", "N4"), lengths.Fe_O, lengths.Fe_N),
        ("Co1", ("O3", "O4"), ("N5", "N6", "N7", "N8"), lengths.Co_O, lengths.Co_N),
    ):
        bonds |= {(metal, o): d for o, d in zip(oxygens, to_o, strict=True)}
        bonds |= {(metal, n): d for n, d in zip(nitrogens, to_n, strict=True)}
    bonds |= {
        pair: lengths.C_O for pair in (("O1", "C1"), ("O2", "C2"), ("O3", "C4"), ("O4", "C5"))
    }
    bonds |= {pair: lengths.C_C for pair in (("C1", "C2"), ("C4", "C5"))}
    ring = (("C2", "C3"), ("C3", "C4"), ("C5", "C6"), ("C6", "C1"))
    return bonds | dict.fromkeys(ring, lengths.C_CH)


def molecule_atoms(lengths: SimulatedLengths) -> Mapping[str, FloatArray]:
    """Return where the atoms are, so that every bond has its length.

    Parameters
    ----------
    lengths : SimulatedLengths

    Returns
    -------
    mapping of str to ndarray, shape (3,)
        Å by label, Cartesian: the first axis from iron to cobalt, the second in the plane of the
        bridge; the middle of the ring is at the origin.

    Raises
    ------
    SettingsError
        When no such molecule exists.
    """
    half = lengths.C_C / 2.0
    deep = lengths.C_CH * math.cos(math.pi / 6)
    wide = half + lengths.C_CH * 0.5
    out = deep + _leg(lengths.C_O, _HALF_BITE - half, "C-O")
    plane = {
        "C1": (-deep, half), "C2": (-deep, -half), "C3": (0.0, -wide),
        "C4": (deep, -half), "C5": (deep, half), "C6": (0.0, wide),
        "O1": (-out, _HALF_BITE), "O2": (-out, -_HALF_BITE),
        "O3": (out, -_HALF_BITE), "O4": (out, _HALF_BITE),
    }  # fmt: skip
    atoms = {label: np.array([x, y, 0.0]) for label, (x, y) in plane.items()}
    for metal, side, (upper, lower), nitrogens, to_n in (
        ("Fe1", -1.0, lengths.Fe_O, ("N1", "N2", "N3", "N4"), lengths.Fe_N),
        ("Co1", 1.0, lengths.Co_O[::-1], ("N5", "N6", "N7", "N8"), lengths.Co_N),
    ):
        # the two circles about its oxygen atoms meet where the metal is
        y = (lower**2 - upper**2) / (4.0 * _HALF_BITE)
        atoms[metal] = np.array([side * (out + _leg(upper, _HALF_BITE - y, metal)), y, 0.0])
        directions = _nitrogen_directions(side)
        atoms |= {
            label: atoms[metal] + length * direction
            for label, length, direction in zip(nitrogens, to_n, directions, strict=True)
        }
    return atoms


def _leg(long: float, short: float, what: str) -> float:
    if not long > abs(short):
        raise SettingsError(
            f"no molecule has bonds of {long:g} Å there",
            where=f"simulate, {what}",
            do="lengthen it",
        )
    return math.sqrt(long**2 - short**2)


def _nitrogen_directions(side: float) -> Sequence[FloatArray]:
    """Return unit vectors away from the bridge: two in its plane, two across it."""
    outward = side * math.cos(_EQUATORIAL), math.sin(_EQUATORIAL)
    axial = side * math.sin(_FOLD), math.cos(_FOLD)
    return (
        np.array([outward[0], outward[1], 0.0]),
        np.array([outward[0], -outward[1], 0.0]),
        np.array([axial[0], 0.0, axial[1]]),
        np.array([axial[0], 0.0, -axial[1]]),
    )
