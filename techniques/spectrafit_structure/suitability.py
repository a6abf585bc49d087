"""Whether a recording is a crystal structure with metal atoms."""

from __future__ import annotations

from collections import Counter

from spectrafit.errors import SpectrafitError
from spectrafit.recording import Recording
from spectrafit.technique import Suitability
from spectrafit_structure.crystal import Crystal
from spectrafit_structure.crystal_recording import CrystalRecording
from spectrafit_structure.polar_axis import polar_directions
from spectrafit_structure.shells import metal_atoms

__all__ = ["suitability"]


def suitability(recording: Recording) -> Suitability:
    """Return whether a recording holds a crystal structure with metal atoms.

    Parameters
    ----------
    recording : Recording
        Any.

    Returns
    -------
    Suitability
        The subject is the metals; where there are two sites in all, the axis through them is an
        example that the user confirms. No axis is asked for where the symmetry is not polar.
    """
    if not isinstance(recording, CrystalRecording):
        return Suitability(False, "no crystal structure")
    try:
        metals = metal_atoms(recording.crystal)
    except SpectrafitError as error:
        return Suitability(False, error.what)
    subject = "-".join(sorted({atom.element for atom in metals}))
    sites = Counter(atom.element for atom in metals)
    said = ", ".join(f"{count} × {element}" for element, count in sorted(sites.items()))
    why = f"a structure with {said}, {len(recording.crystal.bonds)} listed bonds"
    if len(metals) != 2 or recording.crystal.cell is None or _forbids_polarity(recording.crystal):
        return Suitability(True, why, {"metals": subject})
    axis = f"{metals[0].label}->{metals[1].label}"
    return Suitability(
        True, why, {"metals": subject}, settings={"axis": axis},
        missing={"axis": "which way does u point along the polar axis: from which metal to which?"},
    )  # fmt: skip


def _forbids_polarity(crystal: Crystal) -> bool:
    """Return whether the known symmetry leaves no polar direction; unread symmetry forbids nothing."""
    if not crystal.operations:
        return False
    try:
        return not polar_directions(crystal.operations, where=crystal.name).rank
    except SpectrafitError:
        return False  # the evaluation tells the user what is wrong with the operations
