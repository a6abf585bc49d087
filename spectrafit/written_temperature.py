"""The temperature of a sample, where a header or a file name states it with its unit."""

from __future__ import annotations

import re
from collections.abc import Mapping

from spectrafit.alert import Alert, alert_spec
from spectrafit.labels import safe_unit
from spectrafit.rounding import number_text
from spectrafit.units import converted, unit

__all__ = [
    "PLAUSIBLE_K",
    "T_IN_NAME",
    "T_IN_NAME_CELSIUS",
    "sample_temperature",
    "temperature_of_name",
]

PLAUSIBLE_K = (0.01, 2000.0)
"""Numbers outside count for no temperature."""
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_END = r"(?![A-Za-z0-9])"
# an edge in a name, as in "Fe K-edge", is no temperature
T_IN_NAME = re.compile(rf"(?<![0-9.,])({_NUMBER})( ?)K{_END}(?![-_ ]?edge)")
"""A number in K in a name; its groups are the number and the blank before the unit."""
T_IN_NAME_CELSIUS = re.compile(
    rf"(?P<before>(?<![A-Za-z])[Tt](?:_| ?= ?)?|(?<![A-Za-z])[Tt]emp[=_ ]?|(?<![A-Za-z0-9.,]))"
    rf"(?P<value>(?:(?<![^\W_])[-+−])?{_NUMBER})(?P<unit> ?(?:deg ?C|°C|C)){_END}"
)
"""A number in degrees Celsius in a name: alone, or after T or temp."""
_FAHRENHEIT = re.compile(
    rf"(?<![A-Za-z])[Tt](?:emp)?[_= ]?[-+−]?{_NUMBER} ?F{_END}"
    rf"|(?<![A-Za-z0-9.,]){_NUMBER} ?(?:deg ?F|°F|F){_END}"
)
_NO_UNIT = re.compile(
    rf"(?<![A-Za-z0-9])T[_= ]?[-+−]?{_NUMBER}(?!\.[0-9])(?![0-9]|[ _]?K|[ _]?C|[ _]?F| ?deg| ?°)"
)
_ISOTOPES = frozenset({"11", "12", "13", "14"})  # 13C in a name is carbon-13 as likely as 13 °C
_KEY = re.compile(
    r"T(?:_?sample)?(?: ?[\[(]K[\])])?|(?:sample[ _.]?)?temp(?:erature)?(?: ?[\[(]K[\])])?",
    re.IGNORECASE,
)
_KEY_IN_KELVIN = re.compile(r".*[\[(]K[\])]")
_VALUE = re.compile(r"\s*(?P<value>[-+]?[0-9]+(?:\.[0-9]*)?)\s*(?P<unit>[^\s0-9.]\S*)?\s*")
_ASK = "give it in a table: [measurement.conditions] T = { table = ..., column = ..., unit = ... }"


def temperature_of_name(name: str) -> tuple[frozenset[float], str]:
    """Return the temperatures that a file name states with a unit, and why one is not taken.

    A hyphen after a letter or digit may join words or be a sign. Before kelvin it joins, since no
    temperature is negative; before degrees Celsius it is not decided.

    Parameters
    ----------
    name : str
        File name, like ``T50C.csv`` (323.15 K), ``-20C.0`` (253.15 K) or ``FeCo-80K.dat``.

    Returns
    -------
    temperatures : frozenset of float
        K; more than one where the name gives several.
    reason : str
        Empty, or what the name gives that is no temperature: Fahrenheit, a number without unit, a
        sign that may be a hyphen, an isotope.
    """
    found = {float(match[1]) for match in T_IN_NAME.finditer(name)}
    in_kelvin = bool(found)
    doubts = []
    for match in T_IN_NAME_CELSIUS.finditer(name):
        value = match["value"].replace("−", "-")
        joined = not match["before"] and name[: match.start("value")][-1:] in ("-", "−", "+")
        if joined:
            doubts.append(f"the sign before {match[0]!r} may be a minus or a hyphen")
        elif not match["before"] and match["unit"] == "C" and value in _ISOTOPES:
            if not in_kelvin:
                doubts.append(f"{match[0]!r} may be an isotope")
        else:
            found.add(float(converted(float(value), "degC", "K")))
    if not found and not doubts:
        for pattern, fault in ((_FAHRENHEIT, "is in Fahrenheit"), (_NO_UNIT, "has no unit")):
            odd = pattern.search(name)
            if odd:
                doubts.append(f"{odd[0]!r} {fault}")
                break
    return _plausible(found), doubts[0] if doubts else ""


def _plausible(values: set[float]) -> frozenset[float]:
    return frozenset(T for T in values if PLAUSIBLE_K[0] <= T <= PLAUSIBLE_K[1])


def _temperatures_of_header(header: Mapping[str, str]) -> frozenset[float]:
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
    given = _temperatures_of_header(header)
    named, reason = temperature_of_name(name)
    if len(given) > 1:
        return {}, (_look(name, f"the header gives several temperatures ({_listed(given)})"),)
    if len(given) == 1:
        T = next(iter(given))
        if len(named) == 1 and named != given:
            text = f"T = {_listed(given)} by the header, {_listed(named)} by the name"
            return {"T": T}, (alert_spec("READ-002").alert(where=name, text=text),)
        return {"T": T}, ()
    if reason:
        return {}, (_look(name, f"the file name gives no temperature for sure ({reason})"),)
    if len(named) > 1:
        return {}, (_look(name, f"the file name gives several temperatures ({_listed(named)})"),)
    if not named:
        return {}, ()
    text = f"T = {_listed(named)}, by the file name"
    return {"T": next(iter(named))}, (alert_spec("READ-001").alert(where=name, text=text),)


def _listed(temperatures: frozenset[float]) -> str:
    return ", ".join(f"{number_text(T)} K" for T in sorted(temperatures))


def _look(name: str, text: str) -> Alert:
    return alert_spec("READ-002").alert(where=name, text=f"{text}: T is not set; {_ASK}")
