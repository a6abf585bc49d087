"""What one structure says of polarity: axis, direction of the molecules, Flack parameter, V/Z."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from spectrafit.alert import Alert
from spectrafit.constants import ELEMENTARY_CHARGE
from spectrafit.errors import SettingsError
from spectrafit.observable import Observable
from spectrafit.spectrum import FloatArray
from spectrafit_structure.alerts import structure_alert
from spectrafit_structure.alignment import dipole_alignment, metal_vector
from spectrafit_structure.crystal import Crystal
from spectrafit_structure.dipole import volume_per_formula
from spectrafit_structure.flack import flack_reading
from spectrafit_structure.metal_sites import MetalSite
from spectrafit_structure.origin import Origin
from spectrafit_structure.polar_axis import PolarDirections, polar_directions
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.uncertainty import NO_COVARIANCE, Measured

__all__ = ["Polarity", "polarity_of"]

_AXIS = re.compile(r"\s*(\S+?)\s*->\s*(\S+)(?:\s+(\S+))?\s*")
_AGAINST = 0.999
"""An alignment below it means that some molecules point against others."""
_UC_CM2 = ELEMENTARY_CHARGE * 1e-10 / 1e-30 * 1e2  # from e Å / Å3 to µC cm-2


@dataclass(eq=False)
class Polarity:
    """Observables and alerts of the polarity of one structure.

    Parameters
    ----------
    items : list of Observable
    alerts : list of Alert
    """

    items: list[Observable] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)


@dataclass(frozen=True)
class _Axis:
    """First and second atom, and symmetry code of the second, of each molecule."""

    molecules: tuple[tuple[str, str, str], ...]
    assumed: bool

    @property
    def words(self) -> str:
        """As in the settings."""
        return ", ".join(f"{a}->{b} {code}".rstrip() for a, b, code in self.molecules)


def polarity_of(
    crystal: Crystal, sites: tuple[MetalSite, ...], settings: StructureSettings, origin: Origin
) -> Polarity:
    """Return what symmetry, cell and direction of the molecules say of polarity.

    Parameters
    ----------
    crystal : Crystal
    sites : tuple of MetalSite
        Two of them give the direction where the settings name none.
    settings : StructureSettings
    origin : Origin

    Returns
    -------
    Polarity
        Nothing for a table of bonds, which has no cell.

    Raises
    ------
    SettingsError
        When the axis of the settings cannot be read.
    """
    found = Polarity()
    axis = _axis(sites, settings)
    if crystal.cell is None:
        return found
    volume = _volume(crystal, origin, found)
    if crystal.flack is not None:
        reading = flack_reading(crystal.flack)
        verdict = "absolute structure known" if reading.allows else reading.reason
        found.items.append(origin.value("flack", "1", crystal.flack, verdict=verdict))
    if not crystal.operations:
        _withheld(found, crystal, "the polar axis", "the symmetry is not known")
        return found
    polar = polar_directions(crystal.operations, where=crystal.name)
    found.items.append(
        origin.category(
            "polar_axis", polar.words, verdict=f"space group {crystal.group or 'not named'}"
        )
    )
    if not polar.rank:
        asked = settings.axis or settings.axis_uvw is not None
        alert = structure_alert("STR-100" if asked else "STR-114")
        found.alerts.append(alert.alert(where=crystal.name, group=crystal.group or "(not named)"))
    elif axis is not None:
        try:
            _direction(crystal, axis, polar, volume, settings, origin, found)
        except SettingsError as error:
            why = f"{error.what}; {error.do}" if error.do else error.what
            _withheld(found, crystal, "cos_u", why)
    return found


def _withheld(found: Polarity, crystal: Crystal, what: str, why: str) -> None:
    found.alerts.append(structure_alert("STR-112").alert(where=crystal.name, what=what, why=why))


def _axis(sites: tuple[MetalSite, ...], settings: StructureSettings) -> _Axis | None:
    if not settings.axis:
        if len(sites) != 2:
            return None
        first, second = (site.shell.metal.label for site in sites)
        return _Axis(((first, second, ""),), assumed=True)
    molecules = []
    for text in settings.axis.split(","):
        match = _AXIS.fullmatch(text)
        if match is None:
            raise SettingsError(
                f"the axis {text!r} names no two atoms", where="axis",
                do="write it like Fe1->Co1, or Fe1->Co1 2_655",
            )  # fmt: skip
        molecules.append((match[1], match[2], match[3] or ""))
    return _Axis(tuple(molecules), assumed=False)


def _volume(crystal: Crystal, origin: Origin, found: Polarity) -> Measured | None:
    try:
        volume = volume_per_formula(crystal)
    except SettingsError as error:
        _withheld(found, crystal, "V/Z", error.what)
        return None
    found.items.append(origin.value("VZ", "A3", volume, verdict=f"Z = {crystal.formula_units}"))
    return volume


def _direction(
    crystal: Crystal, axis: _Axis, polar: PolarDirections, volume: Measured | None,
    settings: StructureSettings, origin: Origin, found: Polarity,
) -> None:  # fmt: skip
    vectors: list[FloatArray] = [
        metal_vector(crystal, first, second, symmetry=code)
        for first, second, code in axis.molecules
    ]
    alignment = dipole_alignment(crystal, vectors, polar, axis=settings.axis_uvw or ())
    told = {"axis": axis.words, "uvw": list(alignment.axis)}
    lengths = [float(np.linalg.norm(vector)) for vector in vectors]
    cosines = [each.value for each in alignment.cos_u]
    cosine = Measured(float(np.mean(cosines)), None, NO_COVARIANCE)
    found.items.append(origin.value("cos_u", "1", cosine, conventions=told))
    found.items.append(
        origin.value(
            "alignment", "1",
            Measured(alignment.alignment, None, "it follows from symmetry and the direction"),
        )
    )  # fmt: skip
    distance = Measured(float(np.mean(lengths)), None, NO_COVARIANCE)
    found.items.append(origin.value("distance", "A", distance, conventions=told))
    if volume is not None:
        # operations of a polar class keep the projection on u: the asymmetric unit stands for all
        value = float(np.mean(np.multiply(cosines, lengths))) / volume.value * _UC_CM2
        found.items.append(
            origin.value(
                "electron_P", "uC cm-2", Measured(value, None, NO_COVARIANCE), conventions=told
            )
        )
    _say(crystal, axis, alignment.alignment, found)


def _say(crystal: Crystal, axis: _Axis, aligned: float, found: Polarity) -> None:
    where = crystal.name
    reading = flack_reading(crystal.flack)
    if not reading.allows:
        found.alerts.append(structure_alert("STR-101").alert(where=where, why=reading.reason))
    if aligned < _AGAINST:
        found.alerts.append(structure_alert("STR-113").alert(where=where, share=aligned))
    if axis.assumed:
        alert = structure_alert("STR-108")
        first, second, _ = axis.molecules[0]
        found.alerts.append(alert.alert(where=where, first=first, second=second))
