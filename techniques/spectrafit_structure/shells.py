"""The first shell of each metal, disorder groups apart, and the bonds of its quinoid ligand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spectrafit.errors import SettingsError
from spectrafit_structure.crystal import Atom, Crystal
from spectrafit_structure.geometry import Neighbour, is_metal, neighbours
from spectrafit_structure.uncertainty import Measured, ShellMean, weighted_mean

__all__ = [
    "FARTHEST_LIGAND",
    "SHELL_SIZE",
    "MatchedBonds",
    "Shell",
    "first_shells",
    "ligand_bonds",
    "matched_bonds",
    "mean_lengths",
    "metal_atoms",
]

SHELL_SIZE = 6
FARTHEST_LIGAND = 2.6
"""Å; an atom beyond it is not bound to a metal of the first transition series."""
_FARTHEST_C_O = 1.5
_FARTHEST_C_C = 1.65


@dataclass(frozen=True)
class Shell:
    """The atoms bound to one metal.

    Parameters
    ----------
    metal : Atom
    group : str
        Disorder group; empty where all atoms are ordered.
    ligands : tuple of Neighbour
        Six at most, nearest first.
    reason : str
        Why they are not six, else empty.
    """

    metal: Atom
    group: str
    ligands: tuple[Neighbour, ...]
    reason: str = ""

    def bonds(self) -> dict[str, Measured]:
        """Return the lengths in Å by bond, like ``Fe1-O1``; symmetry where a label comes again."""
        found: dict[str, Measured] = {}
        for each in self.ligands:
            name = f"{self.metal.label}-{each.atom.label}"
            if name in found:
                name = f"{name} ({each.symmetry or len(found) + 1})"
            found[name] = each.length
        return found


def metal_atoms(crystal: Crystal) -> tuple[Atom, ...]:
    """Return the metal atoms of a structure.

    Parameters
    ----------
    crystal : Crystal

    Returns
    -------
    tuple of Atom
        In the order of the file.

    Raises
    ------
    SettingsError
        When there is none.
    """
    metals = tuple(atom for atom in crystal.atoms if is_metal(atom.element))
    if not metals:
        raise SettingsError(
            "the structure holds no metal atom",
            where=crystal.name,
            do="give the structure of the complex, with its atoms",
        )
    return metals


def first_shells(
    crystal: Crystal,
    metal: Atom,
    *,
    farthest: float = FARTHEST_LIGAND,
    elements: Sequence[str] = (),
) -> tuple[Shell, ...]:
    """Return the first shell of a metal, one for each disorder group that takes part in it.

    Parameters
    ----------
    crystal : Crystal
    metal : Atom
    farthest : float
        Å.
    elements : sequence of str
        Elements that count as ligand atoms; all but hydrogen and metals when empty.

    Returns
    -------
    tuple of Shell
        The six nearest atoms that are neither hydrogen nor metal; of a disordered shell the
        ordered atoms with those of one group each.
    """
    near = [
        each
        for each in neighbours(crystal, metal, farthest)
        if each.atom.element != "H" and not is_metal(each.atom.element)
        if not elements or each.atom.element in elements
    ]
    if metal.disorder_group:
        groups = [metal.disorder_group]
    else:
        groups = sorted({each.atom.disorder_group for each in near} - {""}) or [""]
    shells = []
    for group in groups:
        kept = tuple(each for each in near if each.atom.disorder_group in ("", group))[:SHELL_SIZE]
        noun = "atom" if len(kept) == 1 else "atoms"
        few = f"{len(kept)} {noun} within {farthest:g} Å, not {SHELL_SIZE}"
        shells.append(Shell(metal, group, kept, "" if len(kept) == SHELL_SIZE else few))
    return tuple(shells)


def mean_lengths(shell: Shell) -> dict[str, ShellMean]:
    """Return the mean length to each element of a shell.

    Parameters
    ----------
    shell : Shell

    Returns
    -------
    dict of str to ShellMean
        Å, by kind of bond, like ``Fe-O``.
    """
    elements = sorted({each.atom.element for each in shell.ligands})
    return {
        f"{shell.metal.element}-{element}": weighted_mean(
            [each.length for each in shell.ligands if each.atom.element == element]
        )
        for element in elements
    }


@dataclass(frozen=True)
class MatchedBonds:
    """The bonds of one shell at two temperatures under common names.

    Parameters
    ----------
    earlier, later : mapping of str to Measured
        Å, by the earlier name.
    renamed : mapping of str to str
        Later name by earlier name, where they differ.
    """

    earlier: Mapping[str, Measured]
    later: Mapping[str, Measured]
    renamed: Mapping[str, str]


def matched_bonds(earlier: Shell, later: Shell) -> MatchedBonds:
    """Return the bonds of a metal in two structures, matched by label, else by element and order.

    Parameters
    ----------
    earlier, later : Shell
        Of the same metal.

    Returns
    -------
    MatchedBonds

    Raises
    ------
    SettingsError
        When the shells hold different elements.
    """
    first, second = earlier.bonds(), later.bonds()
    if set(first) == set(second):
        return MatchedBonds(first, second, {})
    before, after = _ranked(earlier), _ranked(later)
    if set(before) != set(after):
        raise SettingsError(
            f"the shells of {earlier.metal.label} and {later.metal.label} hold different atoms",
            do="compare structures of one compound",
        )
    pairs = {before[rank]: after[rank] for rank in before}
    matched = {old: second[new] for old, new in pairs.items()}
    return MatchedBonds(first, matched, {old: new for old, new in pairs.items() if old != new})


def _ranked(shell: Shell) -> dict[tuple[str, int], str]:
    """Return the bonds' names by element and order of length."""
    counts: dict[str, int] = {}
    ranked = {}
    for name, each in zip(shell.bonds(), shell.ligands, strict=True):
        element = each.atom.element
        counts[element] = counts.get(element, 0) + 1
        ranked[element, counts[element]] = name
    return ranked


def ligand_bonds(crystal: Crystal, shell: Shell) -> dict[str, dict[str, Measured]]:
    """Return the C-O bonds of a metal's oxygen atoms and the C-C bonds of those carbon atoms.

    In a dihydroxybenzoquinone bridge these are all bonds of the ring; C-O shortens and the two
    C-C bonds between oxygen-bearing carbons lengthen from dhbq3- to dhbq2-.

    Parameters
    ----------
    crystal : Crystal
    shell : Shell
        Of one of its metals.

    Returns
    -------
    dict of str to dict
        ``C-O`` and ``C-C``: Å, by bond, each bond once.
    """
    oxygens = [each.atom for each in shell.ligands if each.atom.element == "O"]
    found: dict[str, dict[str, Measured]] = {"C-O": {}, "C-C": {}}
    for oxygen in oxygens:
        for carbon in _bound_carbons(crystal, oxygen, _FARTHEST_C_O, shell.group):
            found["C-O"][f"{carbon.atom.label}-{oxygen.label}"] = carbon.length
            for each in _bound_carbons(crystal, carbon.atom, _FARTHEST_C_C, shell.group):
                name = "-".join(sorted((carbon.atom.label, each.atom.label)))
                found["C-C"][name] = each.length
    return found


def _bound_carbons(crystal: Crystal, atom: Atom, farthest: float, group: str) -> list[Neighbour]:
    return [
        each
        for each in neighbours(crystal, atom, farthest)
        if each.atom.element == "C" and each.atom.disorder_group in ("", group)
    ]
