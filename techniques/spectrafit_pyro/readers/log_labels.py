"""What the labels of a log's columns say: time, temperature or current, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["ROLES", "Label", "label_of", "role_of", "splits"]

_SHAPE = re.compile(
    r"\s*(?P<name>.*?)\s*(?:[(\[{](?P<in>[^()\[\]{}]*)[)\]}]|(?:/|,)\s*(?P<by>\S+)|[ _](?P<last>\S+))?\s*"
)
_UNITS: Mapping[str, Mapping[str, str]] = {
    "time": {
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
        **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
        **dict.fromkeys(("h", "hr", "hour", "hours"), "h"),
    },
    "temperature": {
        **dict.fromkeys(("K", "kelvin", "Kelvin"), "K"),
        **dict.fromkeys(("C", "°C", "degC", "deg C", "Celsius"), "degC"),
    },
    "current": {
        **dict.fromkeys(("A", "amp", "amps", "Amp", "Amps", "ampere", "Ampere"), "ampere"),
        **dict.fromkeys(("uA", "µA", "\N{GREEK SMALL LETTER MU}A"), "uA"),
        **{unit: unit for unit in ("mA", "nA", "pA", "fA")},
    },
}
ROLES = tuple(_UNITS)
"""Time, temperature, current."""
_NAMES: Mapping[str, re.Pattern[str]] = {
    "time": re.compile(r"t|(?i:.*\b(?:time|timestamp)|time\b.*|.*\belapsed\b.*)"),
    "temperature": re.compile(
        r"T|T[ _](?:sample|stage|crystal)|(?i:(?:.*[ _])?temp(?:erature)?\b.*)"
    ),
    "current": re.compile(r"I|(?i:(?:.*[ _])?current|current\b.*|reading|ammeter\b.*)"),
}
_ONLY_SET = re.compile(r"set|target|heater|program|rate", re.IGNORECASE)


@dataclass(frozen=True)
class Label:
    """One label of a column.

    Parameters
    ----------
    name : str
        Without its unit.
    role : str
        One of `ROLES`, empty for another column.
    unit : str
        Of the unit table; empty where the label tells none that fits the role.
    """

    name: str
    role: str
    unit: str


def role_of(name: str) -> str:
    """Return what a column of a name is.

    Parameters
    ----------
    name : str
        Without a unit.

    Returns
    -------
    str
        One of `ROLES`; empty for another column, and for set points and rates.
    """
    if _ONLY_SET.search(name):
        return ""
    return next((role for role in ROLES if _NAMES[role].fullmatch(name.strip())), "")


def label_of(text: str, unit: str = "1") -> Label:
    """Return role and unit of a label such as ``Current (A)``, ``T/K`` or ``time_s``.

    Parameters
    ----------
    text : str
        As in the file.
    unit : str, optional
        That was told apart from the label before, ``"1"`` for none.

    Returns
    -------
    Label
        ``A`` is ampere and ``C`` degrees Celsius, as the role decides.
    """
    whole = role_of(text)
    shape = _SHAPE.fullmatch(text)
    if shape is not None:
        word = next((shape[key] for key in ("in", "by", "last") if shape[key]), "").strip()
        role = role_of(shape["name"])
        if role and word in _UNITS[role]:
            return Label(shape["name"].strip(), role, _UNITS[role][word])
        if role and shape["in"] is not None:
            return Label(shape["name"].strip(), role, _UNITS[role].get(unit, ""))
    return Label(text.strip(), whole, _UNITS[whole].get(unit, "") if whole else "")


def splits(line: str) -> Sequence[str]:
    """Return the cells of a line of labels.

    Parameters
    ----------
    line : str
        Comment marks in front are left out.

    Returns
    -------
    sequence of str
    """
    text = line.strip().lstrip("#%!").strip()
    mark = next((mark for mark in "\t;," if mark in text), "")
    cells = text.split(mark) if mark else re.split(r"\s{2,}", text)
    if not mark and len(cells) < len(ROLES):
        cells = re.sub(r"\s+(?=[(\[{])", "", text).split()
    return [cell.strip(' "') for cell in cells]
