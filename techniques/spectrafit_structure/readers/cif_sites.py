"""Sites and bonds of a CIF block, with displacements where they are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from spectrafit.errors import ReadError
from spectrafit.rounding import number_text
from spectrafit_structure.crystal import Atom, Bond
from spectrafit_structure.readers.cif_values import CifBlock, CifRow, element_of
from spectrafit_structure.uncertainty import Measured

__all__ = ["LONGEST_A", "listed_atoms", "listed_bonds"]

LONGEST_A = 10.0
"""Å; lists of bonds hold contacts too, but a longer one is in pm or has lost its decimal point."""


def listed_atoms(block: CifBlock) -> tuple[Atom, ...]:
    """Return the sites of a block.

    Parameters
    ----------
    block : CifBlock

    Returns
    -------
    tuple of Atom
        In the order of the file.

    Raises
    ------
    ReadError
        When two have one label, or a value cannot be read.
    """
    columns = (
        "type_symbol", "fract_x", "fract_y", "fract_z", "occupancy", "disorder_group"
    )  # fmt: skip
    moved = _displacements(block)
    atoms = tuple(_atom(row, moved) for row in block.rows("_atom_site", "label", columns))
    twice = [label for label, n in Counter(atom.label for atom in atoms).items() if n > 1]
    if twice:
        raise ReadError(
            f"two atoms have the label {twice[0]!r}",
            where=block.where,
            do="give each atom a label of its own: bonds are found by them",
        )
    return atoms


def _displacements(block: CifBlock) -> dict[str, tuple[Measured, ...]]:
    """Return U11, U22, U33, U23, U13, U12 by label, of sites that have all six."""
    columns = tuple(f"U_{each}" for each in ("11", "22", "33", "23", "13", "12"))
    found = {}
    for row in block.rows("_atom_site_aniso", "label", columns):
        six = [row.number(column) for column in columns]
        known = tuple(each for each in six if each is not None)
        if len(known) == len(six):
            found[row.text("label")] = known
    return found


def _atom(row: CifRow, moved: Mapping[str, tuple[Measured, ...]]) -> Atom:
    label = row.text("label")
    x, y, z = (row.number(f"fract_{axis}") for axis in "xyz")
    position = None if x is None or y is None or z is None else (x, y, z)
    occupancy = row.number("occupancy")
    group = row.text("disorder_group")
    return Atom(
        label,
        element_of(row.text("type_symbol"), label, where=row.where),
        position,
        "" if group == "0" else group,
        1.0 if occupancy is None else occupancy.value,
        moved.get(label),
    )


def listed_bonds(block: CifBlock) -> tuple[Bond, ...]:
    """Return the bonds that a block lists.

    Parameters
    ----------
    block : CifBlock

    Returns
    -------
    tuple of Bond
        Without those of unknown length.

    Raises
    ------
    ReadError
        When a length cannot be read, is not above 0 or is above `LONGEST_A`.
    """
    columns = ("atom_site_label_2", "distance", "site_symmetry_1", "site_symmetry_2")
    found = []
    for row in block.rows("_geom_bond", "atom_site_label_1", columns):
        first, second = row.text("atom_site_label_1"), row.text("atom_site_label_2")
        length = row.number("distance")
        if length is not None:
            found.append(_bond(row, first, second, length))
    return tuple(found)


def _bond(row: CifRow, first: str, second: str, length: Measured) -> Bond:
    if not 0.0 < length.value <= LONGEST_A:
        raise ReadError(
            f"{first}-{second} has a length of {number_text(length.value)} Å",
            where=row.where,
            do=f"write lengths in Å, above 0 and at most {LONGEST_A:g}",
        )
    at_first, at_second = row.text("site_symmetry_1"), row.text("site_symmetry_2")
    return Bond(first, second, length, _moved(at_first), _moved(at_second))


def _moved(code: str) -> str:
    return "" if code in ("1", "1_555") else code
