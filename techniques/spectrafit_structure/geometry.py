"""Bonds and bond vectors: as a CIF lists them, or from coordinates and symmetry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_structure.crystal import Atom, Cell, Crystal
from spectrafit_structure.optional_gemmi import gemmi_module
from spectrafit_structure.uncertainty import NO_COVARIANCE, Measured

__all__ = [
    "Neighbour",
    "bond_vector",
    "cell_matrix",
    "is_metal",
    "neighbours",
    "site_position",
]

_SAME_PLACE = 0.05  # Å; images of one site on a symmetry element that are closer are one atom
_LISTED_TOLERANCE = 0.02  # Å, between a listed length and the coordinates
_CODE = re.compile(r"(?P<operation>[0-9]+)(?:[_ ](?P<shifts>[0-9]{3}))?")


@dataclass(frozen=True, eq=False)
class Neighbour:
    """An atom bound to another.

    Parameters
    ----------
    atom : Atom
    length : Measured
        Å.
    vector : ndarray, shape (3,), or None
        Å, Cartesian, from the central atom; None where the coordinates are not known or
        contradict the listed length.
    reason : str
        Why there is no vector.
    symmetry : str
        Where the atom is, as listed; empty for the atom as listed.
    """

    atom: Atom
    length: Measured
    vector: FloatArray | None
    reason: str = ""
    symmetry: str = ""


def is_metal(element: str) -> bool:
    """Return whether an element is a metal, by the table of gemmi.

    Parameters
    ----------
    element : str
        Symbol.

    Returns
    -------
    bool
    """
    return bool(gemmi_module().Element(element).is_metal)


def cell_matrix(cell: Cell) -> FloatArray:
    """Return the matrix that turns fractional into Cartesian coordinates.

    Parameters
    ----------
    cell : Cell

    Returns
    -------
    ndarray, shape (3, 3)
        Å; its columns are a, b and c, with a along x and b in the plane of x and y.
    """
    edges = [each.value for each in (*cell.lengths, *cell.angles)]
    return np.array(gemmi_module().UnitCell(*edges).orth.mat.tolist(), dtype=float)


def site_position(atom: Atom) -> FloatArray | None:
    """Return the fractional coordinates of a site, None where it has none.

    Parameters
    ----------
    atom : Atom

    Returns
    -------
    ndarray, shape (3,), or None
    """
    return None if atom.position is None else np.array([each.value for each in atom.position])


def neighbours(crystal: Crystal, centre: Atom, farthest: float) -> tuple[Neighbour, ...]:
    """Return the atoms within a distance of an atom, nearest first.

    Lengths listed in the file are taken, with their s.u.; only where it lists none for this atom
    they are computed from coordinates and symmetry, which gives no s.u., as the covariance of the
    coordinates is not in a CIF.

    Parameters
    ----------
    crystal : Crystal
    centre : Atom
        One of its atoms.
    farthest : float
        Å.

    Returns
    -------
    tuple of Neighbour
    """
    listed = _listed(crystal, centre)
    found = listed or _computed(crystal, centre, farthest)
    near = [each for each in found if each.length.value <= farthest]
    return tuple(sorted(near, key=lambda each: each.length.value))


def _listed(crystal: Crystal, centre: Atom) -> list[Neighbour]:
    found: list[Neighbour] = []
    backward: list[Neighbour] = []
    for bond in crystal.bonds:
        here, there = (bond.first, bond.first_symmetry), (bond.second, bond.second_symmetry)
        for (own, at), (other, place), target in (
            (here, there, found),
            (there, here, backward),
        ):
            if own != centre.label:
                continue
            atom = crystal.atom(other)
            if atom is None:
                raise SettingsError(
                    f"the bond list names {other!r}, which is no atom of the structure",
                    where=crystal.name,
                )
            direct = bond_vector(crystal, centre, atom, place, at)
            vector, reason = _checked(direct, bond.length.value)
            target.append(Neighbour(atom, bond.length, vector, reason, place))
    known = {(each.atom.label, round(each.length.value, 4)) for each in found}
    # a program lists a bond from one end, or from both
    return found + [
        each for each in backward if (each.atom.label, round(each.length.value, 4)) not in known
    ]


def _checked(vector: FloatArray | None, length: float) -> tuple[FloatArray | None, str]:
    if vector is None:
        return None, "no coordinates, or a symmetry code that is not known"
    if abs(float(np.linalg.norm(vector)) - length) > _LISTED_TOLERANCE:
        return None, "the coordinates contradict the listed length"
    return vector, ""


def bond_vector(
    crystal: Crystal, centre: Atom, other: Atom, symmetry: str = "", centre_symmetry: str = ""
) -> FloatArray | None:
    """Return the vector between two atoms at places of their symmetry.

    Parameters
    ----------
    crystal : Crystal
    centre, other : Atom
        Two of its atoms.
    symmetry, centre_symmetry : str
        Where they are: empty, ``3`` or ``3_655``, number of the operation in the order of the
        file and cells moved plus 5 (core CIF dictionary, ``_geom_bond_site_symmetry_``).

    Returns
    -------
    ndarray, shape (3,), or None
        Å, Cartesian, turned to where the central atom is the one listed; None where coordinates,
        cell or operation are not known.
    """
    first, second = site_position(centre), site_position(other)
    own, place = _placed(crystal, centre_symmetry), _placed(crystal, symmetry)
    if first is None or second is None or own is None or place is None or crystal.cell is None:
        return None
    apart = place[0] @ second + place[1] - own[0] @ first - own[1]
    turned = np.linalg.solve(own[0], apart)
    return np.asarray(cell_matrix(crystal.cell) @ turned, dtype=float)


def _placed(crystal: Crystal, symmetry: str) -> tuple[FloatArray, FloatArray] | None:
    """Return rotation and shift of a symmetry code, None where there is no such operation."""
    if not symmetry:
        return np.eye(3), np.zeros(3)
    match = _CODE.fullmatch(symmetry)
    if match is None or not 1 <= int(match["operation"]) <= len(crystal.operations):
        return None
    rotation, shift = _seitz(crystal.operations[int(match["operation"]) - 1])
    return rotation, shift + np.array([int(each) - 5.0 for each in match["shifts"] or "555"])


def _seitz(operation: str) -> tuple[FloatArray, FloatArray]:
    parsed: Any = gemmi_module().Op(operation)
    matrix = np.array(parsed.float_seitz(), dtype=float)
    return matrix[:3, :3], matrix[:3, 3]


def _computed(crystal: Crystal, centre: Atom, farthest: float) -> list[Neighbour]:
    origin = site_position(centre)
    if origin is None or crystal.cell is None:
        return []
    if not crystal.operations:
        raise SettingsError(
            "no bond list and no symmetry: the neighbours cannot be found", where=crystal.name
        )
    axes = cell_matrix(crystal.cell)
    operations = [_seitz(each) for each in crystal.operations]
    found = []
    for atom in crystal.atoms:
        position = site_position(atom)
        if position is None:
            continue
        images = np.array([rotation @ position + shift for rotation, shift in operations])
        for vector in _distinct(_near(axes, images - origin, farthest)):
            length = Measured(float(np.linalg.norm(vector)), None, NO_COVARIANCE)
            found.append(Neighbour(atom, length, vector))
    return found


def _near(axes: FloatArray, differences: FloatArray, farthest: float) -> FloatArray:
    """Return all lattice images of vectors that are no longer than a distance, in Å."""
    # a sphere reaches as many cells along an axis as its radius holds spacings of the planes
    reach = np.ceil(farthest * np.linalg.norm(np.linalg.inv(axes), axis=1)).astype(int)
    cells = np.array(list(product(*(range(-int(n) - 1, int(n) + 2) for n in reach))), dtype=float)
    wrapped = differences - np.round(differences)
    vectors = (wrapped[:, None, :] + cells[None, :, :]).reshape(-1, 3) @ axes.T
    lengths: NDArray[np.float64] = np.linalg.norm(vectors, axis=1)
    return np.asarray(vectors[(lengths <= farthest) & (lengths > _SAME_PLACE)], dtype=float)


def _distinct(vectors: FloatArray) -> Sequence[FloatArray]:
    kept: list[FloatArray] = []
    for vector in vectors:
        if all(np.linalg.norm(vector - each) > _SAME_PLACE for each in kept):
            kept.append(vector)
    return kept
