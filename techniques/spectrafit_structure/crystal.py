"""What one crystal structure gives: cell, symmetry, atoms and listed bonds."""

from __future__ import annotations

from dataclasses import dataclass

from spectrafit_structure.uncertainty import Measured

__all__ = ["Atom", "Bond", "Cell", "Crystal", "Temperature"]

NO_DISORDER = ""


@dataclass(frozen=True)
class Cell:
    """A unit cell.

    Parameters
    ----------
    lengths : tuple of Measured
        a, b, c in Å.
    angles : tuple of Measured
        alpha, beta, gamma in degrees.
    volume : Measured or None
        Å3, as written; None where it is not.
    """

    lengths: tuple[Measured, Measured, Measured]
    angles: tuple[Measured, Measured, Measured]
    volume: Measured | None = None


@dataclass(frozen=True)
class Temperature:
    """The temperature of a structure.

    Parameters
    ----------
    kelvin : Measured or None
        None where it is not known or contradicted.
    reason : str
        Why there is none.
    """

    kelvin: Measured | None
    reason: str = ""


@dataclass(frozen=True)
class Atom:
    """One site of the asymmetric unit.

    Parameters
    ----------
    label : str
        Unique in its structure.
    element : str
        Symbol.
    position : tuple of Measured or None
        Fractional coordinates; None where they are not known.
    disorder_group : str
        Empty for an ordered atom.
    occupancy : float
        1 for a full site.
    displacement : tuple of six Measured, or None
        Mean-square displacements U11, U22, U33, U23, U13, U12 in Å2 as in a CIF; None where they
        are not known.
    """

    label: str
    element: str
    position: tuple[Measured, Measured, Measured] | None = None
    disorder_group: str = NO_DISORDER
    occupancy: float = 1.0
    displacement: tuple[Measured, ...] | None = None


@dataclass(frozen=True)
class Bond:
    """One bond between two sites.

    Parameters
    ----------
    first, second : str
        Labels.
    length : Measured
        Å.
    first_symmetry, second_symmetry : str
        Where the atom is, like ``3_655``; empty for the atom as listed.
    """

    first: str
    second: str
    length: Measured
    first_symmetry: str = ""
    second_symmetry: str = ""


@dataclass(frozen=True)
class Crystal:
    """One structure.

    Parameters
    ----------
    name : str
        File and data block, for messages.
    temperature : Temperature
    cell : Cell or None
        None for a typed table.
    operations : tuple of str
        Symmetry operations, like ``-x,y+1/2,-z``, in the order of the file; empty where unknown.
    group : str
        Hermann-Mauguin symbol as written, else empty.
    formula_units : int or None
        Z.
    formula : str
        Sum formula as written, else empty.
    flack : Measured or None
        Flack parameter x.
    atoms : tuple of Atom
    bonds : tuple of Bond
        As listed in the file.
    notices : tuple of str
        What a reader had to decide, in words.
    """

    name: str
    temperature: Temperature
    cell: Cell | None = None
    operations: tuple[str, ...] = ()
    group: str = ""
    formula_units: int | None = None
    formula: str = ""
    flack: Measured | None = None
    atoms: tuple[Atom, ...] = ()
    bonds: tuple[Bond, ...] = ()
    notices: tuple[str, ...] = ()

    def atom(self, label: str) -> Atom | None:
        """Return the atom of a label, or None."""
        return next((atom for atom in self.atoms if atom.label == label), None)
