"""What is compared: formula, ion and charge, from the settings, else from the file's header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit_structure.composition.formula import formula_counts, formula_text, without
from spectrafit_structure.composition.settings import CompositionSettings

__all__ = ["Ion", "formula_told", "header_value", "ion_counts", "ion_of", "weighed_counts"]

_CHARGE = re.compile(r"(?P<before>[+-]?)(?P<size>\d+)(?P<after>[+-]?)")


@dataclass(frozen=True)
class Ion:
    """The ion that is looked for.

    Parameters
    ----------
    counts : mapping of str to float
        Its atoms.
    charge : int
        With its sign.
    name : str
        Like ``[M−PF6]+``.
    """

    counts: Mapping[str, float]
    charge: int
    name: str


def header_value(recording: Recording, key: str) -> str:
    """Return the value of a header line, empty where there is none; case does not matter."""
    return next((v.strip() for k, v in recording.header.items() if k.strip().lower() == key), "")


def formula_told(recording: Recording, settings: CompositionSettings) -> str:
    """Return the formula as it was written.

    Parameters
    ----------
    recording : Recording
        Its header may have a line ``formula: ...``.
    settings : CompositionSettings
        Goes first.

    Returns
    -------
    str

    Raises
    ------
    SettingsError
        When neither has one, with the line to type.
    """
    told = settings.formula.strip() or header_value(recording, "formula")
    if not told:
        raise SettingsError(
            "the formula is missing",
            where=recording.name,
            do="type --set formula=C38H74N8O4F18P3FeCo with your own, or write "
            "'# formula: ...' into the file",
        )
    return told


def weighed_counts(recording: Recording, settings: CompositionSettings) -> dict[str, float]:
    """Return the atoms of what was weighed: the formula with the solvent.

    Parameters
    ----------
    recording : Recording
        The file.
    settings : CompositionSettings
        Formula and solvent.

    Returns
    -------
    dict of str to float

    Raises
    ------
    SettingsError
        When the formula is missing, or is none.
    """
    told, solvent = formula_told(recording, settings), settings.solvent.strip()
    return formula_counts(f"{told}·{solvent}" if solvent else told)


def ion_counts(counts: Mapping[str, float], lost: str, gained: str) -> dict[str, float]:
    """Return the atoms of the ion that a compound makes.

    Parameters
    ----------
    counts : mapping of str to float
        Of the compound.
    lost, gained : str
        Formulas of the parts; empty for none.

    Returns
    -------
    dict of str to float

    Raises
    ------
    SettingsError
        When a part is no formula, or cannot leave.
    """
    left = without(counts, formula_counts(lost)) if lost else dict(counts)
    for element, count in (formula_counts(gained) if gained else {}).items():
        left[element] = left.get(element, 0.0) + count
    return left


def ion_of(recording: Recording, settings: CompositionSettings) -> Ion | None:
    """Return the ion that is looked for.

    Parameters
    ----------
    recording : Recording
        Its header may have lines ``charge``, ``lost`` and ``gained``.
    settings : CompositionSettings
        Go first.

    Returns
    -------
    Ion or None
        None where no charge is told.

    Raises
    ------
    SettingsError
        When the charge is no whole number, or a part cannot leave.
    """
    charge = settings.charge or _charge(header_value(recording, "charge"), recording.name)
    if not charge:
        return None
    lost = settings.lost.strip() or header_value(recording, "lost")
    gained = settings.gained.strip() or header_value(recording, "gained")
    counts = ion_counts(formula_counts(formula_told(recording, settings)), lost, gained)
    size = "" if abs(charge) == 1 else str(abs(charge))
    parts = (f"−{lost}" if lost else "") + (f"+{gained}" if gained else "")
    name = f"[M{parts}]{size}{'+' if charge > 0 else '−'}"
    return Ion(counts, charge, f"{name}, {formula_text(counts)}")


def _charge(text: str, where: str) -> int:
    if not text:
        return 0
    match = _CHARGE.fullmatch(text)
    if match is None or (match["before"] and match["after"]):
        raise SettingsError(
            f"{text!r} is no charge", where=where, do="write it like 1, 2+ or -1, or --set charge=1"
        )
    size = int(match["size"])
    return -size if "-" in (match["before"], match["after"]) else size
