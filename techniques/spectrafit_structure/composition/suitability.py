"""Whether a recording is an elemental analysis or a mass spectrum."""

from __future__ import annotations

from typing import Literal

from spectrafit.recording import Recording
from spectrafit.technique import Suitability
from spectrafit_structure.composition.determinations import CALCULATED, SU
from spectrafit_structure.composition.element_symbols import ELEMENT_SYMBOLS
from spectrafit_structure.composition.readers.mass_spectrum import mz_column
from spectrafit_structure.composition.subject import header_value

__all__ = ["recording_kind", "suitability"]


def recording_kind(recording: Recording) -> Literal["analysis", "mass spectrum", ""]:
    """Return what a recording is.

    Parameters
    ----------
    recording : Recording
        Any.

    Returns
    -------
    str
        ``analysis`` where every column is an element in percent, ``mass spectrum`` where the axis
        is called m/z, else empty.
    """
    names = [each.name for each in recording.columns if not each.name.endswith((SU, CALCULATED))]
    if names and ELEMENT_SYMBOLS.issuperset(names):
        percent = all(each.unit == "%" for each in recording.columns)
        return "analysis" if percent else ""
    axis, y = mz_column(recording.names), recording.roles.get("y", "")
    return "mass spectrum" if axis and y and y != axis else ""


def suitability(recording: Recording) -> Suitability:
    """Return whether a recording is an elemental analysis or a mass spectrum.

    Parameters
    ----------
    recording : Recording
        Any.

    Returns
    -------
    Suitability
        It asks for the formula, and for the charge of the ion of a mass spectrum.
    """
    kind = recording_kind(recording)
    if not kind:
        return Suitability(False, "no percentages of elements and no m/z")
    missing = {}
    if not header_value(recording, "formula"):
        missing["formula"] = "formula of the compound, like C38H74N8O4F18P3FeCo"
    if kind == "mass spectrum" and not header_value(recording, "charge"):
        missing["charge"] = "charge of the ion with its sign, and what it lost (lost) or took up"
    why = "percentages of elements" if kind == "analysis" else "intensity against m/z"
    return Suitability(True, why, {"kind": kind}, missing=missing)
