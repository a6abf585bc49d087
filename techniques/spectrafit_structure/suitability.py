"""Whether a recording is a crystal structure with metal atoms."""

from __future__ import annotations

from collections import Counter

from spectrafit.errors import SpectrafitError
from spectrafit.recording import Recording
from spectrafit.technique import Suitability
from spectrafit_structure.crystal_recording import CrystalRecording
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
        example that the user confirms.
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
    if len(metals) != 2 or recording.crystal.cell is None:
        return Suitability(True, why, {"metals": subject})
    axis = f"{metals[0].label}->{metals[1].label}"
    return Suitability(
        True, why, {"metals": subject}, settings={"axis": axis},
        missing={"axis": "which way does u point along the polar axis: from which metal to which?"},
    )  # fmt: skip
