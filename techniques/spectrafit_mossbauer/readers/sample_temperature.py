"""The temperature of a sample, where a header or a file name states it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from spectrafit.alert import Alert
from spectrafit.labels import safe_unit
from spectrafit.rounding import number_text
from spectrafit.units import converted, unit
from spectrafit_mossbauer.readers.count_checks import notice

__all__ = ["sample_temperature"]

_TEMPERATURE_KEY = re.compile(
    r"T(?:_?sample)?(?: ?[\[(]K[\])])?|(?:sample[ _.]?)?temp(?:erature)?(?: ?[\[(]K[\])])?",
    re.IGNORECASE,
)
_IN_KELVIN = re.compile(r".*[\[(]K[\])]")
_VALUE = re.compile(r"\s*(?P<value>[-+]?[0-9]+(?:\.[0-9]*)?)\s*(?P<unit>[^\s0-9.]\S*)?\s*")
# a number in K in a file name, by the rule that a study follows for the names of its files
_KELVIN_IN_NAME = re.compile(r"(?<![0-9.,])([0-9]+(?:\.[0-9]+)?) ?K(?![A-Za-z0-9])(?![-_ ]?edge)")
_PLAUSIBLE_K = (0.01, 2000.0)


def _header_temperatures(header: Mapping[str, str]) -> set[float]:
    found = set()
    for key, written in header.items():
        match = _VALUE.fullmatch(written)
        if not _TEMPERATURE_KEY.fullmatch(key.strip()) or match is None:
            continue
        name = match["unit"] or ("K" if _IN_KELVIN.fullmatch(key.strip()) else "")
        name = {"C": "degC"}.get(name, name)
        if safe_unit(name) and unit(name).quantity == "temperature":
            found.add(float(converted(float(match["value"]), name, "K")))
    return {T for T in found if _PLAUSIBLE_K[0] <= T <= _PLAUSIBLE_K[1]}


def sample_temperature(
    header: Mapping[str, str], name: str
) -> tuple[dict[str, float | str], tuple[Alert, ...]]:
    """Return T of the header, else of the file name, where one number is given.

    Parameters
    ----------
    header : mapping of str to str
        A temperature counts only with a unit.
    name : str
        File name; a number counts only before K.

    Returns
    -------
    conditions : dict
        ``T`` in K, or empty.
    notices : tuple of Alert
        Where T comes from, or why there is none.
    """
    named = {float(match[1]) for match in _KELVIN_IN_NAME.finditer(name)}
    named = {T for T in named if _PLAUSIBLE_K[0] <= T <= _PLAUSIBLE_K[1]}
    given = _header_temperatures(header)
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
    return {}, ()
