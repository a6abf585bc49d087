"""How the molecules of a cell point along the polar direction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_structure.crystal import Crystal
from spectrafit_structure.geometry import bond_vector, cell_matrix
from spectrafit_structure.polar_axis import PolarDirections, require_polar, rotation_parts
from spectrafit_structure.uncertainty import NO_COVARIANCE, Measured

__all__ = ["Alignment", "cell_dipole", "dipole_alignment", "metal_vector"]


def metal_vector(crystal: Crystal, first: str, second: str, *, symmetry: str = "") -> FloatArray:
    """Return the vector between two metals of one molecule.

    Parameters
    ----------
    crystal : Crystal
    first, second : str
        Labels, like ``Fe1`` and ``Co1``.
    symmetry : str
        Where the second one is, like ``3_655``; empty for the atom as listed.

    Returns
    -------
    ndarray, shape (3,)
        Å, Cartesian, from the first to the second.

    Raises
    ------
    SettingsError
        When an atom or its place is not known, or the bond list does not connect the two.
    """
    atoms = []
    for label in (first, second):
        atom = crystal.atom(label)
        if atom is None:
            element = label.rstrip("0123456789()'")
            same = [each.label for each in crystal.atoms if each.element == element]
            raise SettingsError(
                f"there is no atom {label!r}",
                where=crystal.name,
                do=f"atoms of {element} are {', '.join(same)}" if same else "",
            )
        atoms.append(atom)
    if not symmetry and crystal.bonds and not _connected(crystal, first, second):
        raise SettingsError(
            f"the bond list does not connect {first} with {second} as they are listed",
            where=crystal.name,
            do="name the symmetry code of the second one, so that both are in one molecule",
        )
    vector = bond_vector(crystal, atoms[0], atoms[1], symmetry)
    if vector is None:
        raise SettingsError(
            f"the place of {first} or {second} is not known",
            where=crystal.name,
            do="check coordinates, symmetry operations and the symmetry code",
        )
    return vector


def _connected(crystal: Crystal, first: str, second: str) -> bool:
    """Return whether bonds between atoms as listed lead from one atom to another."""
    reached, new = {first}, {first}
    plain = [each for each in crystal.bonds if not each.first_symmetry + each.second_symmetry]
    while new:
        new = {
            other
            for bond in plain
            for own, other in ((bond.first, bond.second), (bond.second, bond.first))
            if own in reached
        } - reached
        reached |= new
    return second in reached


@dataclass(frozen=True)
class Alignment:
    """How the molecules of a cell point along the polar direction.

    Parameters
    ----------
    axis : tuple of float
        Fractional components of u, with the sense along which the first molecule points.
    cos_u : tuple of Measured
        Cosine between u and each molecule given; negative where one points against the first.
    alignment : float
        ``|sum of all projections in the cell|`` over the sum of their magnitudes: 1 where all
        molecules point one way.
    """

    axis: tuple[float, float, float]
    cos_u: tuple[Measured, ...]
    alignment: float


def dipole_alignment(
    crystal: Crystal,
    vectors: Sequence[ArrayLike],
    polar: PolarDirections,
    *,
    axis: Sequence[float] = (),
) -> Alignment:
    """Return the projection of all molecules of the cell on the polar direction.

    Parameters
    ----------
    crystal : Crystal
    vectors : sequence of array_like, shape (3,)
        Å, Cartesian, one for each molecule of the asymmetric unit, from `metal_vector`.
    polar : PolarDirections
        Of its space group.
    axis : sequence of float
        [uvw] of the direction that was measured; needed where symmetry does not fix it.

    Returns
    -------
    Alignment

    Raises
    ------
    SettingsError
        When the group is not polar, symmetry does not fix the axis and none is given, the given
        one is not polar, or a molecule has no direction.
    """
    require_polar(polar, where=crystal.name)
    if crystal.cell is None or not vectors:
        raise SettingsError("a cell and a molecule are needed", where=crystal.name)
    cell = cell_matrix(crystal.cell)
    chosen = _chosen_axis(polar, axis, crystal.name)
    along = cell @ chosen
    unit = along / np.linalg.norm(along)
    molecules = [np.asarray(each, dtype=float) for each in vectors]
    lengths = [float(np.linalg.norm(each)) for each in molecules]
    if not all(math.isfinite(each) and each > 0 for each in lengths):
        raise SettingsError("a molecule has no direction", where=crystal.name)
    cosines = np.array([each @ unit for each in molecules]) / lengths
    sense = -1.0 if cosines[0] < 0 else 1.0
    inverse = np.linalg.inv(cell)
    projections = np.array(
        [
            cell @ rotation @ inverse @ molecule @ unit
            for rotation in rotation_parts(crystal.operations, where=crystal.name)
            for molecule in molecules
        ]
    )
    size = float(np.abs(projections).sum())
    u, v, w = (float(each) for each in sense * chosen)
    return Alignment(
        (u, v, w),
        tuple(Measured(float(each), None, NO_COVARIANCE) for each in sense * cosines),
        abs(float(projections.sum())) / size if size > 0 else 0.0,
    )


def _chosen_axis(polar: PolarDirections, axis: Sequence[float], where: str) -> FloatArray:
    basis = np.array(polar.directions, dtype=float)
    if not len(axis):
        if polar.rank > 1:
            raise SettingsError(
                f"symmetry does not fix the polar axis ({polar.words})",
                where=where,
                do="name the direction that was measured",
            )
        return np.asarray(basis[0], dtype=float)
    given = np.asarray(axis, dtype=float)
    if given.shape != (3,) or not np.isfinite(given).all() or not given.any():
        raise SettingsError(f"{tuple(axis)} is no direction [uvw]", where=where)
    if np.linalg.matrix_rank(np.vstack([basis, given]), tol=1e-6) > polar.rank:
        raise SettingsError(
            f"{tuple(axis)} is not a polar direction of the group ({polar.words})", where=where
        )
    return given


def cell_dipole(dipole: float, alignment: Alignment, formula_units: int) -> float:
    """Return the dipole moment of a cell along u from that of its molecules.

    Parameters
    ----------
    dipole : float
        Of one molecule along its own direction, in any unit; the same for all.
    alignment : Alignment
    formula_units : int
        Z.

    Returns
    -------
    float
        Z times the dipole times the mean cosine. An operation of a polar class keeps the
        projection on u, so that the molecules of the asymmetric unit stand for all.
    """
    cosines = [each.value for each in alignment.cos_u]
    return formula_units * dipole * math.fsum(cosines) / len(cosines)
