"""The shells that one structure is judged by: which metals, which disorder group, which names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError, nearest
from spectrafit_structure.alerts import structure_alert
from spectrafit_structure.crystal import Atom, Crystal
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.shells import (
    Shell,
    first_shells,
    ligand_bonds,
    metal_atoms,
)
from spectrafit_structure.specs import LIGAND_ELEMENTS
from spectrafit_structure.uncertainty import Measured

__all__ = ["BRIDGE_KINDS", "MetalSite", "bonds_of_kinds", "bridge_bonds", "metal_sites"]

BRIDGE_KINDS = ("C-O", "C-C", "C-CH")
"""Kinds of bond of a bridge: to oxygen, between carbon atoms that bear oxygen, the others."""


@dataclass(frozen=True)
class MetalSite:
    """One metal with the shell that it is judged by.

    Parameters
    ----------
    name : str
        Of its keys: the element where it has one site, else the label.
    shell : Shell
        Of the disorder group that was taken.
    """

    name: str
    shell: Shell

    @property
    def element(self) -> str:
        """Symbol of the metal."""
        return self.shell.metal.element

    def kinds(self) -> Mapping[str, Mapping[str, Measured]]:
        """Return the lengths in Å by kind of bond, like ``Fe-O``, and by bond."""
        found: dict[str, dict[str, Measured]] = {}
        for bond, each in zip(self.shell.bonds().items(), self.shell.ligands, strict=True):
            found.setdefault(f"{self.name}-{each.atom.element}", {})[bond[0]] = bond[1]
        order = {element: place for place, element in enumerate(LIGAND_ELEMENTS)}
        ends = sorted(found, key=lambda kind: order.get(kind.rpartition("-")[2], len(order)))
        return {kind: found[kind] for kind in ends}


def metal_sites(
    crystal: Crystal, settings: StructureSettings
) -> tuple[tuple[MetalSite, ...], tuple[Alert, ...]]:
    """Return the metals of a structure with their shells, and what to know of them.

    Parameters
    ----------
    crystal : Crystal
    settings : StructureSettings

    Returns
    -------
    sites : tuple of MetalSite
        In the order of the file; without those that have no neighbour at all.
    alerts : tuple of Alert

    Raises
    ------
    SettingsError
        When there is no metal, or one that is named is not there.
    """
    metals = _chosen(metal_atoms(crystal), settings.metals, crystal.name)
    several = Counter(atom.element for atom in metals)
    alerts = [
        structure_alert("STR-110").alert(
            where=crystal.name, element=element,
            labels=", ".join(atom.label for atom in metals if atom.element == element),
        )
        for element, count in several.items() if count > 1
    ]  # fmt: skip
    sites = []
    for metal in metals:
        shells = first_shells(
            crystal,
            metal,
            farthest=settings.farthest_A,
            elements=settings.ligands or LIGAND_ELEMENTS,
        )
        shell = _of_group(crystal, shells, settings.disorder)
        if len(shells) > 1:
            others = ", ".join(each.group for each in shells if each is not shell)
            what = (
                f"the shell of {metal.label} is that of group {shell.group}; there are {others} too"
            )
            alerts.append(structure_alert("STR-106").alert(where=crystal.name, what=what))
        if shell.reason:
            what = f"{metal.label} has {shell.reason}"
            alerts.append(structure_alert("STR-105").alert(where=crystal.name, what=what))
        alerts += _doubts(crystal, shell)
        if shell.ligands:
            name = metal.element if several[metal.element] == 1 else metal.label
            sites.append(MetalSite(name, shell))
    return tuple(sites), tuple(alerts)


def _chosen(metals: Sequence[Atom], names: Sequence[str], where: str) -> list[Atom]:
    known = [name for atom in metals for name in (atom.element, atom.label)]
    missing = [name for name in names if name not in known]
    if missing:
        raise SettingsError(
            f"there is no metal {missing[0]!r}",
            where=f"{where}, metals",
            do=nearest(missing[0], tuple(dict.fromkeys(known)), noun="the metals"),
        )
    return [atom for atom in metals if not names or {atom.element, atom.label} & set(names)]


def _of_group(crystal: Crystal, shells: Sequence[Shell], wanted: str) -> Shell:
    """Return the shell of a disorder group; without a wish that of the largest occupancy."""
    groups = {shell.group: shell for shell in shells}
    if wanted in groups or len(groups) == 1:
        return groups.get(wanted, shells[0])
    if wanted:
        raise SettingsError(
            f"there is no disorder group {wanted!r} about {shells[0].metal.label}",
            where=f"{crystal.name}, disorder",
            do=f"the groups are: {', '.join(groups)}",
        )

    def occupancy(shell: Shell) -> float:
        own = [each.atom.occupancy for each in shell.ligands if each.atom.disorder_group]
        return sum(own) / len(own) if own else 0.0

    return max(shells, key=occupancy)


def _doubts(crystal: Crystal, shell: Shell) -> list[Alert]:
    bare = [name for name, length in shell.bonds().items() if length.su is None]
    alerts = []
    if bare:
        reason = next(each.length.reason for each in shell.ligands if each.length.su is None)
        verb = "has" if len(bare) == 1 else "have"
        what = bare[0] if len(bare) == 1 else f"{len(bare)} bonds of {shell.metal.label}"
        alert = structure_alert("STR-104")
        alerts.append(alert.alert(where=crystal.name, what=what, verb=verb, why=reason))
    odd = [each.atom.label for each in shell.ligands if "contradict" in each.reason]
    if odd:
        what = (
            f"{shell.metal.label} to {', '.join(odd)}: the coordinates contradict the listed length"
        )
        alerts.append(structure_alert("STR-109").alert(where=crystal.name, what=what))
    return alerts


def bridge_bonds(
    crystal: Crystal, sites: Sequence[MetalSite]
) -> Mapping[str, Mapping[str, Measured]]:
    """Return the bonds of the ligands that bind through oxygen on carbon, by kind.

    Parameters
    ----------
    crystal : Crystal
    sites : sequence of MetalSite
        Their metals.

    Returns
    -------
    mapping of str to mapping
        Å by bond, for each of `BRIDGE_KINDS` that there is. C-O shortens and C-C lengthens where
        dhbq3- becomes dhbq2-; C-CH are the other bonds of the ring.
    """
    found = [ligand_bonds(crystal, site.shell) for site in sites]
    to_oxygen = {name: length for each in found for name, length in each["C-O"].items()}
    carbons = {name: length for each in found for name, length in each["C-C"].items()}
    labels = {atom.label for atom in crystal.atoms if atom.element == "C"}
    bearing = {label for label in labels for name in to_oxygen if name.startswith(f"{label}-")}
    between = {"-".join(sorted((a, b))) for a in bearing for b in bearing}
    kinds = {
        "C-O": to_oxygen,
        "C-C": {name: length for name, length in carbons.items() if name in between},
        "C-CH": {name: length for name, length in carbons.items() if name not in between},
    }
    return {kind: bonds for kind, bonds in kinds.items() if bonds}


def bonds_of_kinds(
    crystal: Crystal, sites: Sequence[MetalSite]
) -> Mapping[str, Mapping[str, Measured]]:
    """Return every length that is judged, by kind of bond and by bond.

    Parameters
    ----------
    crystal : Crystal
    sites : sequence of MetalSite

    Returns
    -------
    mapping of str to mapping
        Å; kinds like ``Fe-O``, then those of the bridge.
    """
    own = {kind: bonds for site in sites for kind, bonds in site.kinds().items()}
    return own | dict(bridge_bonds(crystal, sites))
