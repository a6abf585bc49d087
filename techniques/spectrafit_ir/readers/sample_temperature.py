"""The temperature of a sample, where a header or a file name states it with its unit."""

from __future__ import annotations

import re
from collections.abc import Mapping

from spectrafit.alert import Alert, alert_spec
from spectrafit.labels import safe_unit
from spectrafit.rounding import number_text
from spectrafit.units import converted, unit

__all__ = ["notice", "sample_temperature", "temperature_of_name"]

_KEY = re.compile(
    r"T(?:_?sample)?(?: ?[\[(]K[\])])?|(?:sample[ _.]?)?temp(?:erature)?(?: ?[\[(]K[\])])?",
    re.IGNORECASE,
)
_KEY_IN_KELVIN = re.compile(r".*[\[(]K[\])]")
_VALUE = re.compile(r"\s*(?P<value>[-+]?[0-9]+(?:\.[0-9]*)?)\s*(?P<unit>[^\s0-9.]\S*)?\s*")
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_END = r"(?![A-Za-z0-9])"
# an edge in a name, as in "Fe K-edge", is no temperature
_KELVIN = re.compile(rf"(?<![0-9.,])({_NUMBER}) ?K{_END}(?![-_ ]?edge)")
_CELSIUS = re.compile(
    rf"(?<![A-Za-z0-9.,])(?P<T>[Tt][_ ]?-?)?(?P<value>{_NUMBER}) ?(?P<unit>deg ?C|°C|C){_END}"
)
_FAHRENHEIT = re.compile(
    rf"(?<![A-Za-z0-9.,])(?:[Tt][_ ]?-?{_NUMBER} ?F|{_NUMBER} ?(?:deg ?F|°F)){_END}"
)
_NO_UNIT = re.compile(
    rf"(?<![A-Za-z0-9])T[_ ]?-?{_NUMBER}(?!\.[0-9])(?![0-9]| ?K| ?C| ?F| ?deg| ?°)"
)
_ISOTOPES = frozenset({"11", "12", "13", "14"})  # 13C in a name is carbon-13, no temperature
_PLAUSIBLE_K = (0.01, 2000.0)
_SIDECAR = "give it in a table of files and temperatures"


def notice(where: str, text: str, code: str = "READ-001") -> Alert:
    """Return a notice of a reader.

    Parameters
    ----------
    where : str
        File, with a line where there is one.
    text : str
        What was noticed.
    code : str
        ``READ-001`` to note, ``READ-002`` to look at, ``READ-003`` for a missing role or unit.

    Returns
    -------
    Alert
    """
    return alert_spec(code).alert(where=where, text=text)


def _plausible(values: set[float]) -> set[float]:
    return {T for T in values if _PLAUSIBLE_K[0] <= T <= _PLAUSIBLE_K[1]}


def temperature_of_name(name: str) -> tuple[set[float], str]:
    """Return the temperatures that a file name states with a unit, and why one is not taken.

    Parameters
    ----------
    name : str
        File name, like ``T50C.csv`` (323.15 K) or ``feco_80K_heating.0``.

    Returns
    -------
    temperatures : set of float
        K; more than one where the name gives several.
    reason : str
        Empty, or what the name gives that is no temperature: Fahrenheit, no unit, a sign that
        may be a hyphen.
    """
    found = {float(match[1]) for match in _KELVIN.finditer(name)}
    reason = ""
    for match in _CELSIUS.finditer(name):
        before, value = match["T"] or "", float(match["value"])
        if not before and name[max(match.start() - 1, 0)] == "-":
            reason = f"the sign before {match[0]!r} may be a minus or a hyphen"
            continue
        if not before and match["unit"] == "C" and match["value"] in _ISOTOPES:
            reason = f"{match[0]!r} may be an isotope"
            continue
        found.add(float(converted(-value if before.endswith("-") else value, "degC", "K")))
    for pattern, fault in ((_FAHRENHEIT, "is in Fahrenheit"), (_NO_UNIT, "has no unit")):
        odd = pattern.search(name)
        if odd and not found and not reason:
            reason = f"{odd[0]!r} {fault}"
    return _plausible({round(T, 9) for T in found}), reason


def _header_temperatures(header: Mapping[str, str]) -> set[float]:
    found = set()
    for key, written in header.items():
        match = _VALUE.fullmatch(written)
        if not _KEY.fullmatch(key.strip()) or match is None:
            continue
        name = match["unit"] or ("K" if _KEY_IN_KELVIN.fullmatch(key.strip()) else "")
        name = {"C": "degC"}.get(name, name)
        if safe_unit(name) and unit(name).quantity == "temperature":
            found.add(float(converted(float(match["value"]), name, "K")))
    return _plausible(found)


def sample_temperature(
    header: Mapping[str, str], name: str
) -> tuple[dict[str, float | str], tuple[Alert, ...]]:
    """Return T of the header, else of the file name, where one number with a unit is given.

    Parameters
    ----------
    header : mapping of str to str
        A temperature counts only with a unit.
    name : str
        File name.

    Returns
    -------
    conditions : dict
        ``T`` in K, or empty.
    notices : tuple of Alert
        Where T comes from, or why there is none.
    """
    given = _header_temperatures(header)
    named, reason = temperature_of_name(name)
    if len(given) > 1:
        words = ", ".join(f"{number_text(T)} K" for T in sorted(given))
        text = f"the header gives several temperatures ({words}): T is not set"
        return {}, (notice(name, text, "READ-002"),)
    if len(given) == 1:
        T = given.pop()
        if len(named) == 1 and named != {T}:
            text = f"T = {number_text(T)} K by the header, {number_text(named.pop())} K by the name"
            return {"T": T}, (notice(name, text, "READ-002"),)
        return {"T": T}, ()
    if len(named) == 1:
        T = named.pop()
        return {"T": T}, (notice(name, f"T = {number_text(T)} K, by the file name"),)
    if len(named) > 1:
        reason = "several are there"
    if reason:
        text = f"the file name gives no temperature for sure ({reason}): {_SIDECAR}"
        return {}, (notice(name, text, "READ-002"),)
    return {}, ()
