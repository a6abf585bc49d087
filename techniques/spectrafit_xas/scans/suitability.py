"""Whether a recording is a scan over a K edge, what it is for, and which signal to take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from spectrafit.errors import SpectrafitError
from spectrafit.recording import Recording
from spectrafit.spectrum import Spectrum
from spectrafit.technique import Suitability
from spectrafit_xas.emission.energy import emission_energy, herfd_reason
from spectrafit_xas.scans.absorption import (
    absorber,
    absorption_spectrum,
    column_suggestion,
    edges_inside,
    tabulated_edge,
)
from spectrafit_xas.scans.foil_words import foil_reason
from spectrafit_xas.scans.signals import Signal, signals
from spectrafit_xas.scans.visible_edge import edge_clarity, rise_clarity, steepest_rise
from spectrafit_xas.settings import HerfdSettings, XanesSettings

__all__ = ["suitability"]

SHOWN = 5.0  # an edge shows from this many times the scatter of the points below it
CLEAR = 50.0  # transmission has no self-absorption: it is taken before fluorescence from here on
APART = 10.0  # of several edges in range, the one that is so many times clearer is meant
ELSEWHERE_EV = 30.0  # no convention or chemical shift moves an edge so far from the table
SMALL_RISE = 0.1  # of the steepest rise of a scan: what lies there is not its edge
LEAST_EV = {"below": 10.0, "above": 15.0}
COLUMNS = (
    'the names of its columns, like { i0 = "...", transmitted = "..." }; fluorescence instead of '
    "transmitted, or mu alone"
)


def suitability(recording: Recording, kind: type[XanesSettings]) -> Suitability:
    """Return whether a recording looks like a scan over a K edge, and what it needs.

    Parameters
    ----------
    recording : Recording
        Any; its name may have folders in front.
    kind : type
        `HerfdSettings` for a HERFD scan, else `XanesSettings`.

    Returns
    -------
    Suitability
        Role: ``calibration`` for a foil, by the words of its name or header. Settings: the signal;
        where several could be meant, fluorescence of a HERFD scan, else the one that the header
        names, else transmission where its edge is at least 50 times the scatter, else the clearest.
    """
    try:
        found = signals(recording)
        if not found:
            seen = column_suggestion(recording, kind())
            why = f"which columns make mu? {seen}".rstrip()
            return Suitability(False, why, missing=_missing_columns(kind))
        element, by_step = _element(recording, found)
    except SpectrafitError as error:
        return Suitability(False, error.what)
    edge = tabulated_edge(element)
    other = _other_edge(found[0].spectrum, element)
    if other and not recording.conditions.get("element"):
        return Suitability(False, other)
    foil = foil_reason(recording, element)
    clarity = [_clarity(signal.spectrum, edge, short=bool(foil)) for signal in found]
    if all(each is None for each in clarity):
        x = found[0].spectrum.x
        return Suitability(
            False,
            f"a scan from {x[0]:.1f} to {x[-1]:.1f} eV is too short to be normalised at the K edge of "
            f"{element}, {edge:.1f} eV",
        )
    shown = [
        (signal, value)
        for signal, value in zip(found, clarity, strict=True)
        if value is not None and value >= SHOWN
    ]
    if not shown:
        formulas = " or ".join(signal.formula for signal in found)
        return Suitability(False, f"no K edge of {element} shows at {edge:.1f} eV in {formulas}")
    fault = _other_technique(recording, herfd=issubclass(kind, HerfdSettings))
    if fault:
        return Suitability(False, fault)
    chosen, reason = _chosen(recording, kind, shown)
    others = [signal for signal in found if signal is not chosen]
    why = f"energies hold the K edge of {element}"
    why += ", whose step is the clearest" if by_step else ""
    why += f"; signal {chosen.formula}{_instead_of(others, shown, reason)}"
    why += f"; {chosen.note}" if chosen.note else ""
    conditions = {"element": element, "signal": chosen.name}
    if foil:
        return Suitability(
            True,
            f"{why}; taken for a foil: {foil}",
            conditions,
            "calibration",
            _foil_settings(recording, chosen, edge),
            {
                "foil_eV": f"the energy in eV that you give the foil's first inflection; "
                f"{edge:.1f} is tabulated, other conventions are in use"
            },
        )
    return Suitability(
        True,
        why,
        conditions,
        settings=_sample_settings(kind, chosen, element),
        missing=_missing_emission(recording, kind),
    )


def _element(recording: Recording, found: Sequence[Signal]) -> tuple[str, bool]:
    """Return the absorber, and whether it was told by the clearest step of several edges."""
    x = found[0].spectrum.x
    candidates = edges_inside(float(x[0]), float(x[-1]))
    if recording.conditions.get("element") or len(candidates) < 2:
        return absorber(recording, x, XanesSettings()), False
    clarity = {
        symbol: max(
            edge_clarity(signal.spectrum, tabulated_edge(symbol)) or 0.0 for signal in found
        )
        for symbol in candidates
    }
    first, second = sorted(clarity, key=lambda symbol: -clarity[symbol])[:2]
    if clarity[first] >= SHOWN and clarity[first] > APART * clarity[second]:
        return first, True
    return absorber(recording, x, XanesSettings()), False


def _other_edge(spectrum: Spectrum, element: str) -> str:
    """Return why the edge of a scan is not the K edge in its range, or an empty text."""
    edge = tabulated_edge(element)
    rise, share = steepest_rise(spectrum, (edge - ELSEWHERE_EV, edge + ELSEWHERE_EV))
    if share > SMALL_RISE or (edge_clarity(spectrum, rise) or 0.0) < SHOWN:
        return ""
    return (
        f"the edge is at {rise:.0f} eV, {abs(rise - edge):.0f} eV from the K edge of {element}, the "
        "nearest in range: another element's L edge?"
    )


def _other_technique(recording: Recording, *, herfd: bool) -> str:
    """Return why a scan belongs to the other technique, or an empty text."""
    reason = herfd_reason(recording)
    if herfd:
        return "" if reason else "the header names no emission energy"
    return reason


def _clarity(spectrum: Spectrum, edge_eV: float, *, short: bool) -> float | None:
    whole = edge_clarity(spectrum, edge_eV)
    reaches = (
        edge_eV - spectrum.x[0] >= LEAST_EV["below"]
        and spectrum.x[-1] - edge_eV >= LEAST_EV["above"]
    )
    if whole is not None and reaches:
        return whole
    return rise_clarity(spectrum) if short else None


def _chosen(
    recording: Recording, kind: type[XanesSettings], shown: Sequence[tuple[Signal, float]]
) -> tuple[Signal, str]:
    """Return the signal that is taken, and why where another shows an edge too."""
    by_name = {signal.name: signal for signal, _ in reversed(shown)}
    clarity = dict((signal.name, value) for signal, value in reversed(shown))
    if len(shown) == 1:
        return shown[0][0], ""
    if issubclass(kind, HerfdSettings) and "fluorescence" in by_name:
        return by_name["fluorescence"], "HERFD is fluorescence"
    said = _said_by_header(recording, shown)
    if said in by_name:
        return by_name[said], f"the header says {said}"
    if clarity.get("transmission", 0.0) >= CLEAR:
        return by_name["transmission"], "transmission is free of self-absorption"
    best = max(shown, key=lambda pair: pair[1])[0]
    return best, "its edge is the clearest"


def _said_by_header(recording: Recording, shown: Sequence[tuple[Signal, float]]) -> str:
    """Return the one signal that the header names, by word or by formula."""
    text = "\n".join(recording.header.values())
    named = {
        signal.name
        for signal, _ in shown
        if re.search(rf"\b{signal.name}\b", text, re.IGNORECASE) or f"= {signal.formula}" in text
    }
    return named.pop() if len(named) == 1 else ""


def _instead_of(
    others: Sequence[Signal], shown: Sequence[tuple[Signal, float]], reason: str
) -> str:
    if not others:
        return ""
    seen = [signal.formula for signal in others if any(signal is each for each, _ in shown)]
    unseen = [signal.formula for signal in others if signal.formula not in seen]
    words = []
    if seen:
        words.append(f"not {' or '.join(seen)}: {reason}")
    if unseen:
        words.append(f"not {' or '.join(unseen)}: no edge shows there")
    return f" and {'; '.join(words)}"


def _sample_settings(kind: type[XanesSettings], chosen: Signal, element: str) -> Mapping[str, Any]:
    settings: dict[str, Any] = {"element": element}
    if chosen.name != kind().signal:
        settings["signal"] = chosen.name
    if chosen.columns:
        settings["columns"] = dict(chosen.columns)
    return settings


def _foil_settings(recording: Recording, chosen: Signal, edge_eV: float) -> Mapping[str, Any]:
    settings: dict[str, Any] = {"foil_eV": edge_eV}
    try:
        _, roles, _ = absorption_spectrum(recording, XanesSettings())
        plain = roles.signal == chosen.name and not chosen.columns
    except SpectrafitError:
        plain = False
    if not plain:
        settings["foil_signal"] = chosen.name
    if chosen.columns:
        settings["foil_columns"] = dict(chosen.columns)
    return settings


def _missing_columns(kind: type[XanesSettings]) -> Mapping[str, str]:
    return {} if issubclass(kind, HerfdSettings) else {"columns": COLUMNS}


def _missing_emission(recording: Recording, kind: type[XanesSettings]) -> Mapping[str, str]:
    if not issubclass(kind, HerfdSettings) or emission_energy(recording):
        return {}
    return {"emission_eV": "the emission energy in eV; the header names none"}
