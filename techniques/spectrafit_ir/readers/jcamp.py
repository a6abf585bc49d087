"""The reader of JCAMP-DX files: one spectrum, or a LINK of several.

Source of the labels: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151 (JCAMP-DX 4.24).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.recording import Recording
from spectrafit.size_limits import require_rows
from spectrafit_ir.readers.asdf import ordinates, pairs
from spectrafit_ir.readers.gates import kind_of_unit, require_wavenumber
from spectrafit_ir.readers.jcamp_labels import (
    NUMBER,
    TABLES,
    JcampBlock,
    half_digit,
    jcamp_blocks,
    number_of,
    without_comment,
)
from spectrafit_ir.readers.spectral_file import Block, SpectralFile

__all__ = ["JcampReader", "jcamp_reader"]

_FIRST = re.compile(r"\s*##\s*(?:TITLE|JCAMP-?DX)\s*=", re.IGNORECASE)
_POINTS = re.compile(rb"##\s{0,9}NPOINTS\s{0,9}=\s{0,9}(?P<count>[0-9]{1,18})", re.IGNORECASE)
_LONGDATE = re.compile(
    r"(\d{4})/(\d{1,2})/(\d{1,2})(?: (\d{2}:\d{2}:\d{2}))?(?:\.\d+)?(?: ([-+]\d{2}):?(\d{2}))?"
)
# repeated values are one letter and a count: a short table may stand for many points, not for all
_MOST_POINTS, _SPARE_POINTS, _POINTS_A_LETTER = 10_000_000, 100_000, 10
_AGAIN = "the file is damaged or cut off: export it again"


@dataclass(frozen=True)
class JcampReader:
    """The reader of JCAMP-DX files with infrared spectra."""

    name: str = "jcamp"
    title: str = "JCAMP-DX: infrared spectra, plain or compressed, one or a LINK of several"
    extensions: tuple[str, ...] = (".jdx", ".dx", ".jcm")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.95 for ``##TITLE=`` or ``##JCAMP-DX=`` in the first line, else 0.

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
        lines = [line for line in head_lines(head) if without_comment(line).strip()]
        return 0.95 if lines and _FIRST.match(lines[0]) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return a recording for every spectrum of a file.

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
        return self.recordings(file_content(path), path)

    def recordings(self, content: bytes, path: Path) -> tuple[Recording, ...]:
        """Return a recording for every spectrum of the bytes of a file.

        Parameters
        ----------
        content : bytes
            Of a file that may have been written only in memory.
        path : Path
            Its name.

        Returns
        -------
        tuple of Recording

        Raises
        ------
        ReadError
            When it is refused.
        """
        for told in _POINTS.finditer(content):
            # a number that the file is too short for is a damaged one: told with its line below
            if int(told["count"]) <= _SPARE_POINTS + _POINTS_A_LETTER * len(content):
                require_rows(int(told["count"]), where=path.name, noun="points")
        text = decoded(content, path.name)
        file = SpectralFile(path, content, self.name, text.notices)
        found = list(jcamp_blocks(text.lines, path.name, len(content)))
        spectra = [one for one in found if one.form]
        if not spectra:
            raise ReadError("the file holds no spectrum", where=path.name, do="leave it out")
        for link in found:
            _require_blocks(link, path.name)
        recordings = []
        for number, one in enumerate(spectra, start=1):
            block = _block(one, path.name)
            scan = str(number) if len(spectra) > 1 else ""
            recordings.append(file.recording([block], _header(one), scan=scan))
        return tuple(recordings)


def _require_blocks(link: JcampBlock, where: str) -> None:
    """Refuse a LINK of fewer blocks than it says; some programs count the LINK itself."""
    stated = link.values.get("BLOCKS", "")
    if link.inner and stated.isdecimal() and int(stated) not in (link.inner, link.inner + 1):
        text = f"{link.inner} blocks where the header says {stated}"
        raise ReadError(text, where=f"{where}:{link.line}", do=_AGAIN)


def _block(one: JcampBlock, where: str) -> Block:
    """Return the checked spectrum of a block of labels."""
    data_type = one.values.get("DATATYPE", "")
    if data_type.strip() and not re.search(r"INFRARED|\bF?T?-?IR\b|\bNIR\b", data_type.upper()):
        text = f"the data type is {data_type.strip()[:40]!r}, no infrared spectrum"
        raise ReadError(text, where=f"{where}:{one.line}", do="read it with another program")
    require_wavenumber(one.values.get("XUNITS", ""), f"{where}:{one.line}")
    needed = {label: number_of(one, label, where) for label in ("FIRSTX", "LASTX", "NPOINTS")}
    lacking = [label for label, value in needed.items() if value is None]
    first, last, count = (value or 0.0 for value in needed.values())
    most = _SPARE_POINTS + _POINTS_A_LETTER * sum(len(text) for _, text in one.table)
    if lacking or count != int(count) or not 2 <= count <= min(_MOST_POINTS, most):
        text = f"no {lacking[0]}" if lacking else f"NPOINTS is {count:g}"
        raise ReadError(text, where=f"{where}:{one.line}", do="mend the header")
    points = int(count)
    require_rows(points, where=f"{where}:{one.line}", noun="points")
    x_factor = _factor(one, "XFACTOR", where)
    y_factor = _factor(one, "YFACTOR", where)
    if one.form == "(XY..XY)":
        x, y = pairs(one.table, where)
        x = x * x_factor
    else:
        step = (last - first) / (points - 1)
        _require_step(one, step, where)
        y = ordinates(one.table, where, first=first, step=step, x_factor=x_factor, points=points)
        x = np.linspace(first, last, points)
    y = y * y_factor
    kind, percent = kind_of_unit(one.values.get("YUNITS", ""))
    extremes = {label: number_of(one, label, where) for label in ("MINY", "MAXY")}
    slack = max(
        (half_digit(one.values[label]) for label in extremes if one.values.get(label)), default=0.0
    )
    _require_first(one, y, where)
    return Block(
        "intensity" if kind == "unknown" else kind,
        x,
        y,
        kind,
        percent,
        count=points,
        first=first,
        last=last,
        lowest=extremes["MINY"],
        highest=extremes["MAXY"],
        slack=slack,
    )


def _factor(one: JcampBlock, label: str, where: str) -> float:
    value = number_of(one, label, where)
    if value == 0:
        raise ReadError(f"{label} is 0", where=f"{where}:{one.line}", do="mend the header")
    return 1.0 if value is None else value


def _require_step(one: JcampBlock, step: float, where: str) -> None:
    stated = number_of(one, "DELTAX", where)
    if not stated:
        return
    allowed = 0.01 * abs(step) + half_digit(one.values["DELTAX"])
    if abs(abs(stated) - abs(step)) > allowed:
        text = f"DELTAX is {stated:g}; FIRSTX, LASTX and NPOINTS give {step:g}"
        raise ReadError(text, where=f"{where}:{one.line}", do=_AGAIN)


def _require_first(one: JcampBlock, y: np.ndarray, where: str) -> None:
    """Refuse a first y other than FIRSTY; 0 stands in files that never filled it in."""
    stated = number_of(one, "FIRSTY", where)
    if not stated or not y.size:
        return
    allowed = 0.01 * float(np.abs(y).max()) + half_digit(one.values["FIRSTY"])
    if not abs(stated - y[0]) <= allowed:
        text = f"the first y is {y[0]:g}, FIRSTY is {stated:g}"
        raise ReadError(text, where=f"{where}:{one.line}", do=_AGAIN)


def _header(one: JcampBlock) -> Mapping[str, str]:
    """Return the labels as written, and what all readers give."""
    header = {
        one.written[label]: value
        for label, value in one.values.items()
        if label not in TABLES and value
    }
    resolution = one.values.get("RESOLUTION", "").split()
    if resolution and NUMBER.fullmatch(resolution[0]):
        header["resolution"] = f"{resolution[0]} cm-1"
    for label in ("TEMPERATURE", "$TEMPERATURE"):
        # a private label is as good: what it says is judged with its unit
        if one.values.get(label, "").strip():
            header["temperature"] = one.values[label].strip()
    date = _LONGDATE.fullmatch(one.values.get("LONGDATE", "").strip())
    if date:
        clock = f"T{date[4]}" if date[4] else ""
        zone = f"{date[5]}:{date[6]}" if date[5] and date[4] else ""
        header["acquisition time"] = f"{date[1]}-{date[2]:0>2}-{date[3]:0>2}{clock}{zone}"
    sampling = " ".join(one.values.get(key, "") for key in ("SAMPLINGPROCEDURE", "TITLE"))
    if re.search(r"\bATR\b|attenuated total reflec", sampling, re.IGNORECASE):
        header["technique"] = "ATR"
    return header


jcamp_reader = JcampReader()
