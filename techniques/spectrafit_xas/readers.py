"""The reader of XDI files: XAS Data Interchange 1.0.

Specification: M. Newville, B. Ravel, V. A. Solé, G. Wellenreuther, *XAS Data Interchange Format
Draft Specification, version 1.0* and *Dictionary of XAS Data Interchange Metadata*, repository
XraySpectroscopy/XAS-Data-Interchange.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.constants import HC_EV_ANGSTROM
from spectrafit.encoding import Text, decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.history import file_source
from spectrafit.labels import safe_unit, unique_names
from spectrafit.layout import Layout, text_layout
from spectrafit.recording import Column, Recording
from spectrafit.table import axis_notices, says_simulated
from spectrafit.units import converted, unit

__all__ = ["XdiReader", "XdiHeader", "xdi_header", "xdi_reader"]

_VERSION = re.compile(r"\s*#\s*XDI/(?P<version>\d+(?:\.\d+)*.*)")
_FIELD = re.compile(
    r"\s*(?P<key>[A-Za-z][A-Za-z0-9_-]*\.[A-Za-z0-9_-]+)\s*:(?P<value>.*)", re.DOTALL
)
_COMMENTS_BEGIN = re.compile(r"\s*/{3,}.*")
_HEADER_ENDS = re.compile(r"\s*-{2,}\s*")
_TEMPERATURE = re.compile(r"(?P<value>[+-]?\d+(?:\.\d*)?)\s*(?:degrees?\s+)?(?P<unit>[^\W\d]+|°C)")
_ELEMENTS = frozenset(
    [
        "H",
        "He",
        "Li",
        "Be",
        "B",
        "C",
        "N",
        "O",
        "F",
        "Ne",
        "Na",
        "Mg",
        "Al",
        "Si",
        "P",
        "S",
        "Cl",
        "Ar",
        "K",
        "Ca",
        "Sc",
        "Ti",
        "V",
        "Cr",
        "Mn",
        "Fe",
        "Co",
        "Ni",
        "Cu",
        "Zn",
        "Ga",
        "Ge",
        "As",
        "Se",
        "Br",
        "Kr",
        "Rb",
        "Sr",
        "Y",
        "Zr",
        "Nb",
        "Mo",
        "Tc",
        "Ru",
        "Rh",
        "Pd",
        "Ag",
        "Cd",
        "In",
        "Sn",
        "Sb",
        "Te",
        "I",
        "Xe",
        "Cs",
        "Ba",
        "La",
        "Ce",
        "Pr",
        "Nd",
        "Pm",
        "Sm",
        "Eu",
        "Gd",
        "Tb",
        "Dy",
        "Ho",
        "Er",
        "Tm",
        "Yb",
        "Lu",
        "Hf",
        "Ta",
        "W",
        "Re",
        "Os",
        "Ir",
        "Pt",
        "Au",
        "Hg",
        "Tl",
        "Pb",
        "Bi",
        "Po",
        "At",
        "Rn",
        "Fr",
        "Ra",
        "Ac",
        "Th",
        "Pa",
        "U",
        "Np",
        "Pu",
        "Am",
        "Cm",
        "Bk",
        "Cf",
        "Es",
        "Fm",
        "Md",
        "No",
        "Lr",
        "Rf",
        "Db",
        "Sg",
        "Bh",
        "Hs",
        "Mt",
        "Ds",
        "Rg",
        "Cn",
        "Nh",
        "Fl",
        "Mc",
        "Lv",
        "Ts",
        "Og",
    ]
)
_EDGES = frozenset(
    [
        "K",
        "L",
        "L1",
        "L2",
        "L3",
        "M",
        "M1",
        "M2",
        "M3",
        "M4",
        "M5",
        "N",
        "N1",
        "N2",
        "N3",
        "N4",
        "N5",
        "N6",
        "N7",
        "O",
        "O1",
        "O2",
        "O3",
        "O4",
        "O5",
        "O6",
        "O7",
    ]
)
_MU = frozenset({"mutrans", "mufluor", "normtrans", "normfluor"})
_LOWEST_EDGE_EV = 200.0


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


def _columns(
    header: XdiHeader, layout: Layout, where: str
) -> tuple[tuple[Column, ...], tuple[Alert, ...]]:
    """Return the columns, named by the fields Column.N or colN, counted from 1."""
    block = layout.block
    filled = [j for j in range(block.values.shape[1]) if j not in block.empty]
    given = {
        int(key.partition(".")[2]): value.split("||")[0].split()
        for key, value in header.fields.items()
        if re.fullmatch(r"column\.\d{1,6}", key, re.IGNORECASE)
    }
    words = [given.get(number + 1, []) for number in range(len(filled))]
    names, double = unique_names([w[0] if w else "" for w in words], range(len(filled)), first=1)
    notices: list[tuple[str, str]] = []
    missing = [name for name, w in zip(names, words, strict=True) if not w]
    if missing:
        line = f" (the line above the rows: {' '.join(header.labels)})" if header.labels else ""
        notices.append(("READ-001", f"no label for {', '.join(missing)}{line}"))
    if double:
        notices.append(("READ-002", f"several columns are labelled {', '.join(double)}: renamed"))
    extra = sorted(number for number in given if not 1 <= number <= len(filled))
    if extra:
        ignored = ", ".join(f"Column.{number}" for number in extra)
        notices.append(("READ-001", f"{ignored} left out: the rows have {len(filled)} columns"))
    if block.decimal == "," or block.separator in ";,":
        notices.append(("READ-002", "decimal commas or separators that XDI does not allow"))
    columns = []
    for name, label, j in zip(names, words, filled, strict=True):
        if j in block.text:
            continue
        written = " ".join(label[1:])
        found = safe_unit(written) if written else ""
        if written and not found:
            notices.append(("READ-001", f"not read as a unit: {written} of {name}"))
        columns.append(Column(name, block.values[:, j], found or "1"))
    return tuple(columns), _alerts(notices, where)


def _energy(
    columns: Sequence[Column], header: XdiHeader, where: str
) -> tuple[tuple[Column, ...], str, tuple[Alert, ...]]:
    """Return columns with the energy in eV, and its name; empty where no column is one."""
    axis = next((c for c in columns if c.name.lower() == "energy"), columns[0])
    quantity = unit(axis.unit).quantity
    notices: list[tuple[str, str]] = []
    if axis.name.lower() == "angle" or quantity == "angle":
        return _from_angle(columns, axis, header, where)
    if quantity != "photon energy" and axis.name.lower() != "energy":
        text = f"the first column ({axis.name}) is neither energy nor angle: no axis proposed"
        return tuple(columns), "", _alerts([("READ-003", text)], where)
    if axis.unit == "keV":
        values = converted(axis.values, "keV", "eV")
        axis = Column(axis.name, values, "eV", made_from=f"1000 {axis.name} (keV in the file)")
        columns = [axis if column.name == axis.name else column for column in columns]
        notices.append(("READ-001", f"{axis.name} was converted from keV to eV"))
    elif axis.unit == "1":
        notices.append(("READ-003", f"{axis.name} has no unit in the header"))
    finite = axis.values[np.isfinite(axis.values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if high < _LOWEST_EDGE_EV:
        text = f"{axis.name} runs from {low:g} to {high:g}: no X-ray edge in eV; perhaps keV"
        notices.append(("READ-003", text))
    edge = re.match(r"\d+(?:\.\d*)?", header.value("Scan.edge_energy"))
    in_keV = "kev" in header.value("Scan.edge_energy").lower()
    eV = float(edge[0]) * (1000.0 if in_keV else 1.0) if edge else 0.0
    if eV > 0 and not low / 2 <= eV <= 2 * high:
        written = header.value("Scan.edge_energy")
        text = f"edge energy {written} in the header, but {axis.name} runs from {low:g} to {high:g}"
        notices.append(("READ-003", text))
    return tuple(columns), axis.name, _alerts(notices, where)


def _from_angle(
    columns: Sequence[Column], axis: Column, header: XdiHeader, where: str
) -> tuple[tuple[Column, ...], str, tuple[Alert, ...]]:
    """Return columns with the energy E = hc / (2 d sin theta) of Bragg's law added."""
    try:
        spacing = float(header.value("Mono.d_spacing").split()[0])
    except (IndexError, ValueError):
        spacing = np.nan
    if not (spacing > 0 and np.isfinite(spacing) and unit(axis.unit).quantity == "angle"):
        text = f"{axis.name} needs its unit and Mono.d_spacing to become an energy"
        return tuple(columns), "", _alerts([("READ-003", text)], where)
    angle = np.deg2rad(converted(axis.values, axis.unit, "deg"))
    usable = (angle > 0) & (angle <= np.pi / 2)
    energy = np.full(angle.shape, np.nan)
    energy[usable] = HC_EV_ANGSTROM / (2.0 * spacing * np.sin(angle[usable]))
    name = "energy" if all(column.name != "energy" for column in columns) else "energy_from_angle"
    made_from = f"hc / (2 d sin({axis.name})), d = {spacing:g} angstrom"
    notices = [("READ-001", f"{name} was computed from {axis.name}: {made_from}")]
    outside = int((~usable & np.isfinite(angle)).sum())
    if outside:
        notices.append(("READ-002", f"{outside} angles are not between 0 and 90 degrees"))
    return (*columns, Column(name, energy, "eV", made_from)), name, _alerts(notices, where)


def _conditions(header: XdiHeader, where: str) -> tuple[dict[str, float | str], tuple[Alert, ...]]:
    """Return element, edge and temperature where the header states them without doubt."""
    found: dict[str, float | str] = {}
    notices: list[tuple[str, str]] = []
    for name, key, other, valid in (
        ("element", "Element.symbol", "ScanParameters.element", _ELEMENTS),
        ("edge", "Element.edge", "ScanParameters.edge", _EDGES),
    ):
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
    return found, _alerts(notices, where)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _alerts(notices: Sequence[tuple[str, str]], where: str) -> tuple[Alert, ...]:
    return tuple(alert_spec(code).alert(where=where, text=text) for code, text in notices)


@dataclass(frozen=True)
class XdiReader:
    """The reader of XDI files."""

    name: str = "xdi"
    title: str = "XAS Data Interchange (XDI 1.0)"
    extensions: tuple[str, ...] = (".xdi",)

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 1 where the first line names the XDI version, else 0.

        Parameters
        ----------
        path : Path
            Not looked at: some files are only called ``.xdi``.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        lines = head_lines(head)
        return 1.0 if lines and _VERSION.fullmatch(lines[0]) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the one scan of a file.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording

        Raises
        ------
        ReadError
            When the file is refused.
        """
        content = file_content(path)
        text = decoded(content, path.name)
        header = xdi_header(text, path.name)
        layout = text_layout(text, path.name)
        columns, named = _columns(header, layout, path.name)
        if not columns:
            raise ReadError("no column of numbers", where=path.name, do="leave the file out")
        columns, energy, axis = _energy(columns, header, path.name)
        conditions, stated = _conditions(header, path.name)
        entries = {"XDI": header.version, **header.fields}
        if header.comments:
            entries["comments"] = "\n".join(header.comments)
        simulated = says_simulated(entries)
        notices = layout.notices + header.notices + named + axis + stated
        roles = {"x": energy} if energy else {}
        mu = [column.name for column in columns if column.name.lower() in _MU]
        if energy:
            on_axis = next(column for column in columns if column.name == energy)
            notices += axis_notices(on_axis, path.name)
            roles |= {"y": mu[0]} if len(mu) == 1 else {}
        if simulated:
            notices += (alert_spec("RUN-003").alert(where=path.name),)
        return (
            Recording(
                path.name,
                columns,
                entries,
                roles,
                conditions,
                file_source(path, content, simulated=simulated),
                notices,
                self.name,
            ),
        )


xdi_reader = XdiReader()
