"""The emission energy of a scan, wherever its file states it."""

from __future__ import annotations

import re

from spectrafit.recording import Recording

__all__ = [
    "EMISSION_CONDITION",
    "EMISSION_NAMES",
    "PLAUSIBLE_EV",
    "emission_energy",
    "header_number",
    "herfd_reason",
]

EMISSION_CONDITION = "emission_eV"
EMISSION_NAMES = frozenset({"emiss", "emission", "emission_energy", "emission energy", "emiss_ev"})
PLAUSIBLE_EV = (1000.0, 100_000.0)  # where the K lines of the elements from Na on are


def emission_energy(recording: Recording) -> float | None:
    """Return the emission energy that a scan was taken at.

    Parameters
    ----------
    recording : Recording
        The condition of its reader goes before its header.

    Returns
    -------
    float or None
        In eV; None where the file does not say.
    """
    stated = recording.conditions.get(EMISSION_CONDITION)
    if isinstance(stated, float):
        return stated
    return header_number(recording, "emission energy")


def herfd_reason(recording: Recording) -> str:
    """Return what says that a scan is HERFD, or an empty text.

    Parameters
    ----------
    recording : Recording
        Its conditions, header and name; of the header's names and titles, not its comments.

    Returns
    -------
    str
    """
    if emission_energy(recording) is not None:
        return "the header names an emission energy"
    if "herfd" in recording.name.lower():
        return "its name says HERFD"
    for key, text in recording.header.items():
        if re.search(r"name|title|mode", key, re.IGNORECASE) and "herfd" in text.lower():
            return f"the header ({key}) says HERFD"
    return ""


def header_number(recording: Recording, key: str) -> float | None:
    """Return the first number of a header entry.

    Parameters
    ----------
    recording : Recording
        Whose header.
    key : str
        Part of the entry's name, in lower case with blanks.

    Returns
    -------
    float or None
        None where there is no such entry or no number in it.
    """
    for name, text in recording.header.items():
        if key in name.lower().replace("_", " "):
            match = re.search(r"[-+]?\d+(?:\.\d+)?", text)
            if match:
                return float(match.group())
    return None
