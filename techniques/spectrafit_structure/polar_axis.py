"""Polar directions of a crystal from its symmetry operations alone, without tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit_structure.optional_gemmi import gemmi_module

__all__ = [
    "PolarDirections",
    "averaging_operator",
    "group_operations",
    "polar_directions",
    "require_polar",
    "rotation_parts",
]

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class PolarDirections:
    """The directions along which a crystal may have a dipole moment.

    Parameters
    ----------
    directions : tuple of tuple of int
        Basis of the polar directions as lattice directions [uvw] of the cell axes; empty where
        the crystal class is not polar.
    """

    directions: tuple[tuple[int, int, int], ...]

    @property
    def rank(self) -> int:
        """0 not polar, 1 an axis, 2 any direction in a plane, 3 any direction."""
        return len(self.directions)

    @property
    def words(self) -> str:
        """Like ``[010]``, ``any direction in the plane of [100] and [001]`` or ``not polar``."""
        names = [_bracketed(each) for each in self.directions]
        if self.rank == 2:
            return f"any direction in the plane of {names[0]} and {names[1]}"
        return ("not polar", names[0] if names else "", "", "any direction")[self.rank]


def _bracketed(direction: tuple[int, int, int]) -> str:
    gap = " " if any(not 0 <= index <= 9 for index in direction) else ""
    return f"[{gap.join(str(index) for index in direction)}]"


def group_operations(name: str, *, where: str = "") -> tuple[str, ...]:
    """Return all operations of a space group, centring included.

    Parameters
    ----------
    name : str
        Hermann-Mauguin symbol, short or full, like ``P 21`` or ``R 3 c:H``.
    where : str
        File and field, for messages.

    Returns
    -------
    tuple of str
        Like ``-x,y+1/2,-z``; from the tables of gemmi.

    Raises
    ------
    SettingsError
        When there is no such group.
    """
    group = gemmi_module().find_spacegroup_by_name(name)
    if group is None:
        raise SettingsError(
            f"{name!r} is no space group", where=where, do="write its symbol like 'P 21'"
        )
    return tuple(operation.triplet() for operation in group.operations())


def rotation_parts(operations: Sequence[str], *, where: str = "") -> IntArray:
    """Return the rotation parts of symmetry operations, each one once.

    Parameters
    ----------
    operations : sequence of str
        Like ``-x,y+1/2,-z``; all of the group, or enough to generate its crystal class.
    where : str
        File and field, for messages.

    Returns
    -------
    ndarray of int, shape (g, 3, 3)
        They act on columns of fractional coordinates. The closed group: products that are not
        in the list are added.

    Raises
    ------
    SettingsError
        When there are none, or one cannot be read or is no rotation of a lattice.
    """
    if not operations:
        raise SettingsError(
            "no symmetry operations are known", where=where, do="add the space group to the CIF"
        )
    found = {_rotation(each, where) for each in operations} | {_IDENTITY}
    size = 0
    while len(found) > size:
        size = len(found)
        found |= {_product(first, second) for first in found for second in found}
        if len(found) > _LARGEST_CLASS:
            raise SettingsError(
                "the symmetry operations belong to no crystal class",
                where=where,
                do="check the list of operations",
            )
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 3, 3)


_Rotation = tuple[int, ...]
_IDENTITY: _Rotation = (1, 0, 0, 0, 1, 0, 0, 0, 1)
_LARGEST_CLASS = 48


def _rotation(operation: str, where: str) -> _Rotation:
    gemmi: Any = gemmi_module()
    try:
        parsed = gemmi.Op(operation)
    except (RuntimeError, ValueError) as error:
        raise SettingsError(
            f"{operation!r} is no symmetry operation", where=where, do="write it like '-x,y+1/2,-z'"
        ) from error
    matrix = np.array(parsed.rot)
    whole = matrix // gemmi.Op.DEN
    if (whole * gemmi.Op.DEN != matrix).any() or abs(round(float(np.linalg.det(whole)))) != 1:
        raise SettingsError(
            f"{operation!r} maps no lattice on itself", where=where, do="check the operations"
        )
    return tuple(int(each) for each in whole.ravel())


def _product(first: _Rotation, second: _Rotation) -> _Rotation:
    return tuple(
        sum(first[3 * i + k] * second[3 * k + j] for k in range(3))
        for i in range(3)
        for j in range(3)
    )


def averaging_operator(rotations: IntArray) -> NDArray[np.float64]:
    """Return ``Q = (1/|G|) sum R``, which keeps of a vector what the whole crystal class keeps.

    Parameters
    ----------
    rotations : ndarray of int, shape (g, 3, 3)
        From `rotation_parts`.

    Returns
    -------
    ndarray, shape (3, 3)
        A projector on the invariant vectors (the mean over a group, as in the theory of
        representations); its rank is the number of polar directions.
    """
    return np.asarray(rotations.sum(axis=0) / len(rotations), dtype=float)


def polar_directions(operations: Sequence[str], *, where: str = "") -> PolarDirections:
    """Return the polar directions that symmetry operations leave.

    Parameters
    ----------
    operations : sequence of str
        Of the space group.
    where : str
        File and field, for messages.

    Returns
    -------
    PolarDirections
        The column space of the averaging operator, in exact arithmetic.

    Raises
    ------
    SettingsError
        When there are none, or one cannot be read.
    """
    total = rotation_parts(operations, where=where).sum(axis=0)
    return PolarDirections(tuple(_whole_numbers(row) for row in _reduced_rows(total.T.tolist())))


def require_polar(polar: PolarDirections, *, where: str = "") -> PolarDirections:
    """Return the polar directions, or refuse a class that has none.

    Parameters
    ----------
    polar : PolarDirections
        Of the space group.
    where : str
        File and field, for messages.

    Returns
    -------
    PolarDirections

    Raises
    ------
    SettingsError
        When there are none.
    """
    if not polar.rank:
        raise SettingsError(
            "not polar: pyroelectricity forbidden", where=where, do="check the group"
        )
    return polar


def _reduced_rows(rows: list[list[int]]) -> list[list[Fraction]]:
    """Return the rows that are not zero of the reduced row echelon form."""
    left = [[Fraction(each) for each in row] for row in rows]
    done: list[list[Fraction]] = []
    for column in range(3):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        unit = [each / pivot[column] for each in pivot]
        left = [_minus(row, unit, column) for row in left]
        done = [_minus(row, unit, column) for row in done] + [unit]
    return done


def _minus(row: list[Fraction], unit: list[Fraction], column: int) -> list[Fraction]:
    return [a - row[column] * b for a, b in zip(row, unit, strict=True)]


def _whole_numbers(row: list[Fraction]) -> tuple[int, int, int]:
    common = math.lcm(*(each.denominator for each in row))
    u, v, w = (int(each * common) for each in row)
    return u, v, w
