"""Mean-square displacements of atoms along a bond, from the anisotropic parameters of a CIF."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit_structure.crystal import Atom, Cell
from spectrafit_structure.geometry import Neighbour, cell_matrix
from spectrafit_structure.uncertainty import Measured, weighted_mean

__all__ = ["displacement_along", "excess_along_bonds"]

_PLACES = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))


def displacement_along(atom: Atom, cell: Cell, direction: ArrayLike) -> Measured | None:
    """Return the mean-square displacement of an atom along a direction.

    Parameters
    ----------
    atom : Atom
    cell : Cell
    direction : array_like, shape (3,)
        Cartesian, of any length above 0.

    Returns
    -------
    Measured or None
        Å2; None where the atom has no anisotropic parameters. With A the matrix of the cell and N
        the diagonal matrix of a*, b*, c*, the Cartesian tensor is A N U N A^T (R. W.
        Grosse-Kunstleve and P. D. Adams, J. Appl. Cryst. 35, 477 (2002)).

    Raises
    ------
    SettingsError
        For a direction without length.
    """
    if atom.displacement is None:
        return None
    vector = np.asarray(direction, dtype=float)
    norm = float(np.linalg.norm(vector)) if vector.shape == (3,) else math.nan
    if not (math.isfinite(norm) and norm > 0):
        raise SettingsError("the bond has no direction")
    axes = cell_matrix(cell)
    reciprocal = np.linalg.norm(np.linalg.inv(axes), axis=1)
    weights = (axes * reciprocal).T @ (vector / norm)
    # off-diagonal parameters count twice
    factors = [(1.0 if i == j else 2.0) * weights[i] * weights[j] for i, j in _PLACES]
    pairs = list(zip(factors, atom.displacement, strict=True))
    value = math.fsum(factor * each.value for factor, each in pairs)
    # parameters fixed by symmetry are written without s.u.
    errors = [factor * each.su for factor, each in pairs if each.su is not None]
    su = math.hypot(*errors)
    return Measured(value, su) if su > 0 else Measured(value)


def excess_along_bonds(centre: Atom, ligands: Sequence[Neighbour], cell: Cell) -> Measured | None:
    """Return by how much ligand atoms move more than their metal along the bonds.

    Parameters
    ----------
    centre : Atom
        The metal.
    ligands : sequence of Neighbour
        Those of one kind; images by symmetry are left out, as their tensors are turned.
    cell : Cell

    Returns
    -------
    Measured or None
        Å2, mean over the bonds of U(ligand) - U(metal) along each; None without parameters. It is
        small for a stiff bond (F. L. Hirshfeld, Acta Cryst. A32, 239 (1976)); a mixture of two
        lengths adds x(1 - x)(dL)^2.
    """
    excesses = []
    for each in ligands:
        if each.vector is None or each.symmetry:
            continue
        inner = displacement_along(centre, cell, each.vector)
        outer = displacement_along(each.atom, cell, each.vector)
        if inner is not None and outer is not None:
            su = math.hypot(inner.su or 0.0, outer.su or 0.0)
            value = outer.value - inner.value
            excesses.append(Measured(value, su) if su > 0 else Measured(value))
    return weighted_mean(excesses).mean if excesses else None
