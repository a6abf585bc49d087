"""Whether a recording is an infrared spectrum, and what it is for."""

from __future__ import annotations

import re

from spectrafit.errors import SpectrafitError
from spectrafit.recording import Recording
from spectrafit.technique import Suitability
from spectrafit_ir.absorbance import absorbance_of

__all__ = ["suitability"]

_GAS = re.compile(r"vapou?r|(?<![a-z])h2o(?![a-z])|(?<![a-z])co2(?![a-z])", re.IGNORECASE)


def suitability(recording: Recording) -> Suitability:
    """Return whether a recording holds absorbance or transmittance against wavenumber.

    Parameters
    ----------
    recording : Recording
        Any; its name may have folders in front.

    Returns
    -------
    Suitability
        Role ``reference`` for calculated vibrations, ``background`` for a gas by its name.
    """
    names = recording.names
    if {"frequency", "intensity"} <= set(names):
        return Suitability(True, "calculated vibrations", {"axis": "wavenumber"}, role="reference")
    if "wavenumber" not in names:
        return Suitability(False, "no column of wavenumbers")
    kind = recording.header.get("y kind", "")
    if recording.roles.get("y"):
        try:
            found = absorbance_of(recording)
        except SpectrafitError as error:
            return Suitability(False, error.what)
        role = "background" if _GAS.search(recording.name.rsplit("/", 1)[-1]) else "sample"
        return Suitability(
            True, f"{found.kind} against wavenumber", {"axis": "wavenumber"}, role=role
        )
    blocks = [name for name in names if not name.startswith(("wavenumber", "point"))]
    if kind in ("reflectance", "single beam", "interferogram"):
        return Suitability(False, f"{kind}: no absorbance")
    if not blocks:
        return Suitability(False, "no ordinate beside the wavenumbers")
    listed = ", ".join(blocks)
    return Suitability(
        True,
        f"several blocks against wavenumber: {listed}",
        {"axis": "wavenumber"},
        settings={"block": blocks[0]},
        missing={"block": f"which block is the spectrum: {listed}"},
    )
