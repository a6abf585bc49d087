"""The reader of SPEC files: every ``#S`` is a scan of its own.

Layout: G. Swislow, *spec* manual, Certified Scientific Software: ``#F`` file, ``#O`` motor names
divided by two blanks, ``#P`` their positions, ``#S`` number and command, ``#L`` labels divided by
two blanks, rows, ``@`` lines of spectra. In the layout of SSRL beamline 15-2 the ``#P`` rows hold
pairs ``name=value``, the emission energy among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert
from spectrafit.cell import is_number
from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.labels import unique_names
from spectrafit.recording import Column, Recording
from spectrafit_xas.emission.energy import EMISSION_CONDITION, EMISSION_NAMES, PLAUSIBLE_EV
from spectrafit_xas.readers.detector_elements import with_element_sums
from spectrafit_xas.readers.scan_file import ScanFile, energy_name, notice, plain_number

__all__ = ["SpecReader", "spec_reader"]

_SCAN = re.compile(r"#S\s+(?P<number>\d+)\s*(?P<command>.*)")
_CONTROL = re.compile(r"#(?P<letter>[A-Za-z])(?P<place>\d*)(?:\s+(?P<text>.*))?$")
_PAIR = re.compile(r"(?P<name>[A-Za-z_][\w.]*)\s*=\s*(?P<value>\S+)")
_EMISSION_SPREAD_EV = 0.1
_KEPT = {"D": "date", "C": "comments", "T": "count time / s", "M": "monitor counts", "U": "user"}


@dataclass
class _Scan:
    """One scan while its lines are collected."""

    number: str
    line: int
    header: dict[str, list[str]] = field(default_factory=dict)
    motors: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    declared: int = 0
    rows: list[list[float]] = field(default_factory=list)
    spectra: int = 0
    short: int = 0


def _motor_names(text: str) -> list[str]:
    names = re.split(r"\s{2,}", text.strip())
    return names if len(names) > 1 else text.split()


def _labels(text: str, declared: int) -> list[str]:
    labels = re.split(r"\s{2,}", text.strip())
    words = text.split()
    return words if len(labels) != declared and len(words) == declared else labels


def _scans(lines: Sequence[str], where: str) -> list[_Scan]:
    scans: list[_Scan] = []
    motors: dict[str, list[str]] = {}
    shared: dict[str, list[str]] = {}
    going_on = False
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        begins = _SCAN.match(stripped)
        scan = scans[-1] if scans else None
        if begins:
            scans.append(_Scan(begins["number"], number))
            scans[-1].header["command"] = [begins["command"].strip()]
        elif stripped.startswith("@") or going_on:
            going_on = stripped.endswith("\\")
            if scan is not None and stripped.startswith("@"):
                scan.spectra += 1
        elif stripped.startswith("#"):
            _control(stripped, scan, motors, shared)
        elif stripped and scan is not None:
            _row(stripped, scan, f"{where}:{number}")
        elif stripped:
            raise ReadError(
                f"{stripped[:40]!r} stands before the first scan",
                where=f"{where}:{number}",
                do="read it with --reader columns",
            )
    for scan in scans:
        scan.header = {**shared, **scan.header}
    return scans


def _control(
    line: str, scan: _Scan | None, motors: dict[str, list[str]], shared: dict[str, list[str]]
) -> None:
    """Take in a line that begins with ``#``."""
    match = _CONTROL.match(line)
    if match is None:
        return
    letter, place, text = match["letter"], match["place"], (match["text"] or "").strip()
    if letter == "O":
        motors[place] = _motor_names(text)
    elif letter == "P" and scan is not None:
        pairs = {m["name"]: m["value"] for m in _PAIR.finditer(text)}
        scan.motors |= pairs or dict(zip(motors.get(place, ()), text.split(), strict=False))
    elif letter == "N" and scan is not None and text.split()[:1] and text.split()[0].isdigit():
        scan.declared = int(text.split()[0][:6])
    elif letter == "L" and scan is not None:
        scan.labels = _labels(text, scan.declared)
    elif letter in _KEPT and text:
        target = shared if scan is None else scan.header
        target.setdefault(_KEPT[letter], []).append(text)
    elif letter == "F" and text:
        shared["file"] = [text]


def _row(line: str, scan: _Scan, where: str) -> None:
    words = line.split()
    if scan.short:
        raise ReadError(
            f"row {scan.short} of scan {scan.number} is shorter than the others",
            where=where,
            do="mend or leave out the row",
        )
    width = len(scan.rows[0]) if scan.rows else len(words)
    values = [_number(word) for word in words]
    if any(value is None for value in values) or len(words) > width:
        raise ReadError(
            f"{line[:40]!r} is no row of {width} numbers", where=where, do="mend the row"
        )
    if len(words) < width:
        scan.short = len(scan.rows) + 1
        return
    scan.rows.append([value for value in values if value is not None])


def _number(word: str) -> float | None:
    if word.lower() in ("nan", "-nan"):
        return float("nan")
    if not is_number(word, "."):
        return None
    value = plain_number(word)
    return value if np.isfinite(value) else None


def _columns(scan: _Scan, where: str) -> tuple[tuple[Column, ...], list[Alert]]:
    notices: list[Alert] = []
    values = np.array(scan.rows)
    labels = scan.labels
    if len(labels) != values.shape[1]:
        text = f"scan {scan.number}: {len(labels)} labels for {values.shape[1]} columns"
        notices.append(notice(where, f"{text}: the columns are called by their place", "READ-002"))
        labels = [""] * values.shape[1]
    if scan.declared and scan.declared != values.shape[1]:
        text = f"scan {scan.number}: #N says {scan.declared} columns, the rows have"
        notices.append(notice(where, f"{text} {values.shape[1]}", "READ-002"))
    names, double = unique_names(labels, range(len(labels)))
    if double:
        text = f"scan {scan.number}: several columns are labelled {', '.join(double)}: renamed"
        notices.append(notice(where, text, "READ-002"))
    columns = tuple(Column(name, values[:, j]) for j, name in enumerate(names))
    return columns, notices


def _emission(
    columns: Sequence[Column], motors: Mapping[str, str]
) -> tuple[Mapping[str, float | str], str]:
    """Return the emission energy as a condition, and what speaks against one."""
    for column in columns:
        if column.name.lower() in EMISSION_NAMES:
            values = column.values[np.isfinite(column.values)]
            inside = bool(values.size) and PLAUSIBLE_EV[0] < values.min() <= values.max()
            if not inside or values.max() > PLAUSIBLE_EV[1]:
                continue
            if np.ptp(values) <= _EMISSION_SPREAD_EV:
                return {EMISSION_CONDITION: float(np.median(values))}, ""
            low, high = values.min(), values.max()
            return {}, f"{column.name} runs from {low:g} to {high:g} eV: an emission scan"
    for name, word in motors.items():
        value = _number(word) if name.lower() in EMISSION_NAMES else None
        if value is not None and PLAUSIBLE_EV[0] < value < PLAUSIBLE_EV[1]:
            return {EMISSION_CONDITION: value}, ""
    return {}, ""


@dataclass(frozen=True)
class SpecReader:
    """The reader of SPEC files."""

    name: str = "spec"
    title: str = "SPEC file: a recording for every scan (#S)"
    extensions: tuple[str, ...] = (".spec", ".dat")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 1 where a line ``#S number`` and ``#L`` are there, 0.8 after ``#F``, else 0.

        Parameters
        ----------
        path : Path
            Not looked at.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        lines = head_lines(head)
        scan = any(_SCAN.match(line) for line in lines)
        if scan and any(line.startswith("#L") for line in lines):
            return 1.0
        first = next((line for line in lines if line.strip()), "")
        spec_head = first.startswith("#F ") and any(
            line.startswith(("#E ", "#O0")) for line in lines
        )
        return 0.8 if scan or spec_head else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return a recording for every scan that holds rows.

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
            When no scan holds two rows, or a row is damaged.
        """
        content = file_content(path)
        text = decoded(content, path.name)
        scans = _scans(text.lines, path.name)
        file = ScanFile(path, content, self.name, text.notices)
        if not scans:
            raise ReadError("no scan (#S)", where=path.name, do="read it with --reader columns")
        usable = [scan for scan in scans if len(scan.rows) > 1]
        empty = ", ".join(scan.number for scan in scans if len(scan.rows) < 2)
        if not usable:
            raise ReadError(f"no rows in scan {empty}", where=path.name, do="leave the file out")
        left_out = (
            (notice(path.name, f"scans without two rows left out: {empty}"),) if empty else ()
        )
        names = [scan.number for scan in usable]
        found = []
        for place, scan in enumerate(usable):
            again = names[:place].count(scan.number)
            label = f"{scan.number}.{again + 1}" if again else scan.number
            single = len(scans) == 1
            found.append(_recording(scan, file, "" if single else label, left_out))
        return tuple(found)


def _recording(scan: _Scan, file: ScanFile, label: str, said: Sequence[Alert]) -> Recording:
    columns, found = _columns(scan, file.name)
    notices = [*said, *found]
    if scan.short:
        text = f"scan {scan.number}: the last row is short and left out: an aborted scan"
        notices.append(notice(f"{file.name}:{scan.line}", text, "READ-002"))
    if scan.spectra:
        text = f"scan {scan.number}: {scan.spectra} lines of detector spectra (@) left out"
        notices.append(notice(file.name, text))
    conditions, against = _emission(columns, scan.motors)
    if against:
        notices.append(notice(file.name, f"scan {scan.number}: {against}", "READ-002"))
    columns, summed = with_element_sums(columns, file.name)
    header = {"scan": scan.number, **{k: "\n".join(v) for k, v in scan.header.items()}}
    header |= {name: value for name, value in scan.motors.items() if name not in header}
    x = energy_name(columns)
    return file.recording(
        columns,
        header,
        scan=label,
        roles={"x": x} if x else {},
        conditions=conditions,
        notices=(*notices, *summed),
    )


spec_reader = SpecReader()
