"""The header of an XDI file, and what it states without doubt.

Specification: M. Newville, B. Ravel, V. A. Solé, G. Wellenreuther, *XAS Data Interchange Format
Draft Specification, version 1.0* and *Dictionary of XAS Data Interchange Metadata*, repository
XraySpectroscopy/XAS-Data-Interchange.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from spectrafit.alert import Alert, alert_spec
from spectrafit.encoding import Text
from spectrafit.errors import ReadError
from spectrafit.labels import safe_unit
from spectrafit.units import converted, unit

__all__ = ["ELEMENT_SYMBOLS", "XdiHeader", "is_xdi", "xdi_conditions", "xdi_header"]

_VERSION = re.compile(r"\s*#\s*XDI/(?P<version>\d+(?:\.\d+)*.*)")
_FIELD = re.compile(
    r"\s*(?P<key>[A-Za-z][A-Za-z0-9_-]*\.[A-Za-z0-9_-]+)\s*:(?P<value>.*)", re.DOTALL
)
_COMMENTS_BEGIN = re.compile(r"\s*/{3,}.*")
_HEADER_ENDS = re.compile(r"\s*-{2,}\s*")
_TEMPERATURE = re.compile(r"(?P<value>[+-]?\d+(?:\.\d*)?)\s*(?:degrees?\s+)?(?P<unit>[^\W\d]+|°C)")
_SYMBOLS = """
H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb
Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf
Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
ELEMENT_SYMBOLS = frozenset(_SYMBOLS.split())
_EDGES = "K L L1 L2 L3 M M1 M2 M3 M4 M5 N N1 N2 N3 N4 N5 N6 N7 O O1 O2 O3 O4 O5 O6 O7"
_STATED = (
    ("element", "Element.symbol", "ScanParameters.element", ELEMENT_SYMBOLS),
    ("edge", "Element.edge", "ScanParameters.edge", frozenset(_EDGES.split())),
)


@dataclass(frozen=True)
class XdiHeader:
    """The header of an XDI file.

    Parameters
    ----------
    version : str
        What stands behind ``XDI/``, programs included.
    fields : mapping of str to str
        ``Family.Key`` and value; of a key that comes again the last one, as specified.
    comments : tuple of str
        The user's own lines.
    labels : tuple of str
        Words of the line above the rows.
    notices : tuple of Alert
        What does not follow the specification and can be read nevertheless.
    """

    version: str
    fields: Mapping[str, str]
    comments: tuple[str, ...]
    labels: tuple[str, ...]
    notices: tuple[Alert, ...]

    def value(self, key: str) -> str:
        """Return the value of a field, empty where there is none; keys have no case.

        Parameters
        ----------
        key : str
            Like ``Element.symbol``.

        Returns
        -------
        str
        """
        found = [value for name, value in self.fields.items() if name.lower() == key.lower()]
        return found[-1] if found else ""


def is_xdi(line: str) -> bool:
    """Return whether a first line names the XDI version.

    Parameters
    ----------
    line : str
        First line of a file.

    Returns
    -------
    bool
    """
    return bool(_VERSION.fullmatch(line))


def xdi_header(text: Text, where: str) -> XdiHeader:
    """Return the header of an XDI file.

    Parameters
    ----------
    text : Text
        The whole file.
    where : str
        File name, for messages.

    Returns
    -------
    XdiHeader

    Raises
    ------
    ReadError
        When the first line names no version, or a field is not ``Family.Key: value``.
    """
    version = _VERSION.fullmatch(text.lines[0])
    if version is None:
        raise ReadError(
            "no XDI version in the first line",
            where=f"{where}:1",
            do="begin the file with '# XDI/1.0', or read it with --reader columns",
        )
    lines = []
    for line in text.lines[1:]:
        if not line.lstrip().startswith("#"):
            break
        lines.append(line.lstrip()[1:])
    fields: dict[str, str] = {}
    comments: list[str] = []
    twice: list[str] = []
    in_comments = False
    end = len(lines)
    for place, line in enumerate(lines):
        if _HEADER_ENDS.fullmatch(line):
            end = place
            break
        field = _FIELD.fullmatch(line)
        if in_comments:
            comments.append(line.removeprefix(" ").rstrip())
        elif _COMMENTS_BEGIN.fullmatch(line):
            in_comments = True
        elif field:
            key = next((k for k in fields if k.lower() == field["key"].lower()), field["key"])
            twice += [f"{key}: {fields[key]}"] if key in fields else []
            fields[key] = field["value"].strip()
        elif line.strip() and place < len(lines) - 1:
            raise ReadError(
                f"{line.strip()[:60]!r} is no 'Family.Key: value'",
                where=f"{where}:{place + 2}",
                do="mend the line, or read the file with --reader columns",
            )
    notices = [f"given twice, the last one holds; before it stood {entry}" for entry in twice]
    if end == len(lines):
        notices.append("no line of dashes ends the header")
        labels = lines[-1].split() if lines and not _FIELD.fullmatch(lines[-1]) else []
    else:
        labels = next((line.split() for line in lines[end + 1 :] if line.strip()), [])
    return XdiHeader(
        version["version"].strip(),
        fields,
        tuple(comments),
        tuple(labels),
        tuple(alert_spec("READ-001").alert(where=where, text=words) for words in notices),
    )


def xdi_conditions(
    header: XdiHeader, where: str
) -> tuple[dict[str, float | str], tuple[Alert, ...]]:
    """Return element, edge and temperature where the header states them without doubt.

    Parameters
    ----------
    header : XdiHeader
        The header.
    where : str
        File name, for messages.

    Returns
    -------
    conditions : dict
        ``element`` and ``edge`` as text, ``T`` in K.
    notices : tuple of Alert
        What is missing or not valid, times that are none included.
    """
    found: dict[str, float | str] = {}
    notices: list[tuple[str, str]] = []
    for name, key, other, valid in _STATED:
        written = header.value(key) or header.value(other)
        value = written.capitalize() if name == "element" else written.upper()
        if not header.value(key):
            instead = f", {other} ({written}) stands in" if value in valid else ""
            notices.append(("READ-001", f"no {key}{instead}"))
        elif value not in valid:
            notices.append(("READ-001", f"{key} is {written!r}, no {name}"))
        if value in valid:
            found[name] = value
    temperature = header.value("Sample.temperature")
    if temperature:
        match = _TEMPERATURE.fullmatch(temperature)
        written = {"C": "degC"}.get(match["unit"], match["unit"]) if match else ""
        if match and safe_unit(written) and unit(written).quantity == "temperature":
            kelvin = converted(float(match["value"]), written, "K")
            if kelvin > 0:
                found["T"] = kelvin
        if "T" not in found:
            words = f"Sample.temperature is {temperature!r}: no number with a unit, T is not set"
            notices.append(("READ-001", words))
    for key in ("Scan.start_time", "Scan.end_time"):
        if header.value(key) and not _is_time(header.value(key)):
            notices.append(("READ-001", f"{key} is {header.value(key)!r}, no time of ISO 8601"))
    if not header.value("Mono.d_spacing"):
        notices.append(("READ-001", "no Mono.d_spacing: the axis cannot be corrected in angle"))
    return found, tuple(alert_spec(code).alert(where=where, text=text) for code, text in notices)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
