"""Every way to mu in the columns of a scan, usual names first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spectrafit.errors import SpectrafitError
from spectrafit.recording import Recording
from spectrafit.spectrum import Spectrum
from spectrafit_xas.readers.detector_elements import SUM
from spectrafit_xas.scans.absorption import ROLE_NAMES, absorption_spectrum, absorption_ways
from spectrafit_xas.settings import XanesSettings

__all__ = ["Signal", "signals"]


@dataclass(frozen=True, eq=False)
class Signal:
    """One way to mu.

    Parameters
    ----------
    name : str
        ``transmission``, ``fluorescence`` or ``mu``.
    formula : str
        In the file's own column names.
    columns : mapping of str to str
        Setting that it needs; empty where the columns have usual names.
    spectrum : Spectrum
        mu against energy.
    note : str
        What to know of it.
    """

    name: str
    formula: str
    columns: Mapping[str, str]
    spectrum: Spectrum
    note: str = ""


def signals(recording: Recording) -> list[Signal]:
    """Return every way to mu that gives numbers: usual columns first, then those of the element.

    Parameters
    ----------
    recording : Recording
        All columns of a scan.

    Returns
    -------
    list of Signal
        Empty where no columns make mu.

    Raises
    ------
    SettingsError
        When no column is the energy.
    """
    ways = absorption_ways(recording, XanesSettings())
    found = []
    for name in ways:
        signal = _signal(recording, name, {}, _sum_note(recording, ways[name].columns))
        if signal is not None:
            found.append(signal)
    i0 = any("i0" in way.columns for way in ways.values()) or _has_i0(recording)
    if i0 and "fluorescence" not in ways:
        found += _unusual_signals(recording)
    return found


def _has_i0(recording: Recording) -> bool:
    return bool({name.lower() for name in recording.names} & set(ROLE_NAMES["i0"]))


def _signal(
    recording: Recording, name: Any, columns: Mapping[str, str], note: str = ""
) -> Signal | None:
    try:
        settings = XanesSettings(signal=name, columns=columns)
        spectrum, roles, _ = absorption_spectrum(recording, settings)
    except SpectrafitError:
        return None
    return Signal(roles.signal, roles.formula, columns, spectrum, note)


def _sum_note(recording: Recording, columns: Mapping[str, str]) -> str:
    """Return what the sum of a detector's channels holds, where the signal is one."""
    name = columns.get("fluorescence", "")
    return f"{name} is the {recording.column(name).made_from}" if name.endswith(SUM) else ""


def _unusual_signals(recording: Recording) -> list[Signal]:
    """Return signals from a region of interest that is named after the line, or from the yield."""
    element = str(recording.conditions.get("element", "")) or "[A-Z][a-z]?"
    line = re.compile(rf"((?i:sum|total)_?)?{element}_?K(a|alpha)?1?(_?(?i:sum|total|mca_?\d+))?")
    rois = [name for name in recording.names if line.fullmatch(name)]
    whole = [name for name in rois if "mca" not in name.lower()]
    chosen = (whole or rois)[:1]
    note = (
        f"{chosen[0]} is one of {len(rois)} detector elements"
        if not whole and len(rois) > 1
        else ""
    )
    names = [(name, note) for name in chosen]
    names += [(name, "electron yield") for name in recording.names if name.lower() == "tey"]
    found = (_signal(recording, "fluorescence", {"fluorescence": n}, note) for n, note in names)
    return [signal for signal in found if signal is not None]
