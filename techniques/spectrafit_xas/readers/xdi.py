"""The reader of XDI files: XAS Data Interchange 1.0.

Specification: M. Newville, B. Ravel, V. A. Solé, G. Wellenreuther, *XAS Data Interchange Format
Draft Specification, version 1.0* and *Dictionary of XAS Data Interchange Metadata*, repository
XraySpectroscopy/XAS-Data-Interchange.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.cell import is_number
from spectrafit.constants import HC_EV_ANGSTROM
from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.history import file_source
from spectrafit.labels import safe_unit, unique_names
from spectrafit.layout import Layout, text_layout
from spectrafit.recording import Column, Recording
from spectrafit.table import axis_notices, says_simulated
from spectrafit.units import converted, unit
from spectrafit_xas.readers.detector_elements import with_element_sums
from spectrafit_xas.readers.scan_file import range_words
from spectrafit_xas.readers.xdi_header import XdiHeader, is_xdi, xdi_conditions, xdi_header

__all__ = ["XdiReader", "xdi_reader"]

_MU = frozenset({"mutrans", "mufluor", "normtrans", "normfluor"})


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


def _with_energy(
    columns: Sequence[Column], header: XdiHeader, where: str
) -> tuple[tuple[Column, ...], str, tuple[Alert, ...]]:
    """Return columns with the energy in eV, and its name; empty where no column is one."""
    axis = next((c for c in columns if c.name.lower() == "energy"), columns[0])
    quantity = unit(axis.unit).quantity
    if axis.name.lower() == "angle" or quantity == "angle":
        return _with_energy_of_angle(columns, axis, header, where)
    stated = [value.split("||")[0].split() for value in header.fields.values()]
    foreign = any(w[0] == axis.name and len(w) > 1 for w in stated if w)
    if quantity != "photon energy" and (axis.name.lower() != "energy" or foreign):
        text = f"{axis.name} is neither energy nor angle in a unit that is known: no axis proposed"
        return tuple(columns), "", _alerts([("READ-003", text)], where)
    notices: list[tuple[str, str]] = []
    if axis.unit == "keV":
        values = converted(axis.values, "keV", "eV")
        axis = Column(axis.name, values, "eV", made_from=f"1000 {axis.name} (keV in the file)")
        columns = [axis if column.name == axis.name else column for column in columns]
        notices.append(("READ-001", f"{axis.name} was converted from keV to eV"))
    elif axis.unit == "1":
        notices.append(("READ-003", f"{axis.name} has no unit in the header"))
    notices += _range_notices(axis, header)
    return tuple(columns), axis.name, _alerts(notices, where)


def _with_energy_of_angle(
    columns: Sequence[Column], axis: Column, header: XdiHeader, where: str
) -> tuple[tuple[Column, ...], str, tuple[Alert, ...]]:
    """Return columns with the energy E = hc / (2 d sin theta) of Bragg's law added."""
    written = (header.value("Mono.d_spacing").split() or [""])[0]
    spacing = float(written) if is_number(written, ".") and "d" not in written.lower() else 0.0
    if not (spacing > 0 and unit(axis.unit).quantity == "angle"):
        text = f"{axis.name} needs its unit and Mono.d_spacing to become an energy"
        return tuple(columns), "", _alerts([("READ-003", text)], where)
    angle = np.deg2rad(converted(axis.values, axis.unit, "deg"))
    usable = (angle > 0) & (angle <= np.pi / 2)
    energy = np.full(angle.shape, np.nan)
    energy[usable] = HC_EV_ANGSTROM / (2.0 * spacing * np.sin(angle[usable]))
    name = "energy" if all(column.name != "energy" for column in columns) else "energy_of_angle"
    made_from = f"hc / (2 d sin({axis.name})), d = {spacing:g} angstrom"
    column = Column(name, energy, "eV", made_from)
    notices = [("READ-001", f"{name} was computed from {axis.name}: {made_from}")]
    outside = int((~usable & np.isfinite(angle)).sum())
    if outside:
        notices.append(("READ-002", f"{outside} angles are not between 0 and 90 degrees"))
    notices += _range_notices(column, header)
    return (*columns, column), name, _alerts(notices, where)


def _range_notices(axis: Column, header: XdiHeader) -> list[tuple[str, str]]:
    """Return what speaks against the unit of an energy axis."""
    finite = axis.values[np.isfinite(axis.values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    notices = []
    against = range_words(axis)
    if against:
        notices.append(("READ-003", against))
    written = header.value("Scan.edge_energy")
    edge = re.match(r"\d+(?:\.\d*)?", written)
    eV = float(edge[0]) * (1000.0 if "kev" in written.lower() else 1.0) if edge else 0.0
    if eV > 0 and not low / 2 <= eV <= 2 * high:
        text = f"edge energy {written} in the header, but {axis.name} runs from {low:g} to {high:g}"
        notices.append(("READ-003", text))
    return notices


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
        return 1.0 if lines and is_xdi(lines[0]) else 0.0

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
        columns, energy, axis = _with_energy(columns, header, path.name)
        columns, summed = with_element_sums(columns, path.name)
        conditions, stated = xdi_conditions(header, path.name)
        entries = {"XDI": header.version, **header.fields}
        if header.comments:
            entries["comments"] = "\n".join(header.comments)
        simulated = says_simulated(entries)
        notices = layout.notices + header.notices + named + axis + stated + summed
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
