"""What one structure shows: its observables, alerts and the chart of its shells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit.technique import Observables
from spectrafit_structure.alerts import structure_alert
from spectrafit_structure.crystal import Crystal
from spectrafit_structure.crystal_recording import CrystalRecording
from spectrafit_structure.metal_sites import MetalSite, bonds_of_kinds, metal_sites
from spectrafit_structure.origin import origin_of
from spectrafit_structure.polarity_items import polarity_of
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.shell_chart import shell_chart
from spectrafit_structure.shell_items import distortion_items, length_items, spin_state_items
from spectrafit_structure.specs import LIGAND_ELEMENTS
from spectrafit_structure.uncertainty import Measured

__all__ = ["JudgedStructure", "judged_structure", "observed_structure"]


@dataclass(frozen=True)
class JudgedStructure:
    """One recording with the shells it is judged by.

    Parameters
    ----------
    recording : CrystalRecording
    sites : tuple of MetalSite
    kinds : mapping of str to mapping
        Å by bond, by kind of bond like ``Fe-O``.
    alerts : tuple of Alert
        Of the shells and of the temperature.
    """

    recording: CrystalRecording
    sites: tuple[MetalSite, ...]
    kinds: Mapping[str, Mapping[str, Measured]]
    alerts: tuple[Alert, ...]

    @property
    def crystal(self) -> Crystal:
        """Its structure."""
        return self.recording.crystal

    @property
    def T(self) -> float | None:
        """K, of the study's conditions; None where it is not known."""
        T = self.recording.conditions.get("T")
        return None if T is None or isinstance(T, str) else float(T)


def judged_structure(recording: Recording, settings: StructureSettings) -> JudgedStructure:
    """Return a recording with its shells.

    Parameters
    ----------
    recording : Recording
    settings : StructureSettings

    Returns
    -------
    JudgedStructure

    Raises
    ------
    SettingsError
        When it holds no structure, no metal or no shell, or a setting does not fit it.
    """
    _require(settings)
    if not isinstance(recording, CrystalRecording):
        raise SettingsError(
            "this is no crystal structure",
            where=recording.name,
            do="give a CIF, or a table with the columns T, atom_1, atom_2, length",
        )
    sites, alerts = metal_sites(recording.crystal, settings)
    if not sites:
        raise SettingsError(
            f"no metal has a neighbour within {settings.farthest_A:g} Å",
            where=recording.name,
            do="check the bonds, ligands and farthest_A",
        )
    temperature = recording.crystal.temperature
    T = recording.conditions.get("T")
    if T is None and temperature.kelvin is None:
        code = "STR-102" if "which one holds" in temperature.reason else "STR-103"
        alert = structure_alert(code).alert(where=recording.name, why=temperature.reason)
        alerts = (*alerts, alert)
    kinds = bonds_of_kinds(recording.crystal, sites)
    return JudgedStructure(recording, sites, kinds, alerts)


def _require(settings: StructureSettings) -> None:
    for name in ("farthest_A", "limit_A"):
        value = getattr(settings, name)
        if not (math.isfinite(value) and value > 0.0):
            raise SettingsError(f"{name} is {value:g}", where="structure", do="give it above 0 Å")
    if settings.expected_A and not settings.expected_source.strip():
        raise SettingsError(
            "an expected change without a source", where="expected_A",
            do="cite where it is from with expected_source",
        )  # fmt: skip
    odd = [one for one in settings.ligands if one not in LIGAND_ELEMENTS]
    if odd:
        raise SettingsError(
            f"{odd[0]!r} is no ligand element", where="ligands",
            do=f"the elements are: {', '.join(LIGAND_ELEMENTS)}",
        )  # fmt: skip


def observed_structure(recording: Recording, settings: StructureSettings) -> Observables:
    """Return what one structure shows.

    Parameters
    ----------
    recording : Recording
    settings : StructureSettings

    Returns
    -------
    Observables

    Raises
    ------
    SettingsError
        When it holds no structure with metals, or a setting does not fit it.
    """
    judged = judged_structure(recording, settings)
    crystal, sites = judged.crystal, judged.sites
    origin = origin_of(judged.recording, settings)
    distortions, of_distortion = distortion_items(sites, origin, crystal.name)
    states, of_state = spin_state_items(sites, settings, origin, crystal.name)
    polarity = polarity_of(crystal, sites, settings, origin)
    alerts = (*judged.alerts, *of_distortion, *of_state, *polarity.alerts)
    items = (*length_items(judged.kinds, origin), *distortions, *states, *polarity.items)
    chart = shell_chart(judged.recording, sites, settings)
    return Observables("structure", items, charts=(chart,), alerts=tuple(dict.fromkeys(alerts)))
