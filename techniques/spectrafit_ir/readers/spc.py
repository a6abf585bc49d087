"""The reader of Galactic SPC files of the new little-endian kind: one spectrum or several.

The numbers are read here: the package spc-io scales a single spectrum by the exponent of its
sub-header where the format says that of the file's header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert
from spectrafit.encoding import file_content
from spectrafit.recording import Recording
from spectrafit.table import header_mapping
from spectrafit.units import converted
from spectrafit_ir.readers.gates import kind_of_unit, require_wavenumber
from spectrafit_ir.readers.notices import notice
from spectrafit_ir.readers.spc_header import NEW_LSB, VERSIONS, SpcHead, spc_head
from spectrafit_ir.readers.spc_layout import SpcSpectrum, spc_spectra
from spectrafit_ir.readers.spc_log import spc_log
from spectrafit_ir.readers.spectral_file import Block, SpectralFile

__all__ = ["SpcReader", "spc_reader"]

_X_TYPES = {
    0: "arbitrary units",
    1: "cm-1",
    2: "um",
    3: "nm",
    4: "s",
    5: "min",
    13: "Raman shift",
    14: "eV",
    22: "points",
    255: "points of an interferogram",
}
_Y_TYPES = {
    1: "interferogram",
    2: "absorbance",
    128: "transmittance",
    129: "reflectance",
    130: "single beam",
    131: "single beam",
}
_CELSIUS, _KELVIN = 20, 21
_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:cm-?1|1/cm)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class SpcReader:
    """The reader of Galactic SPC files."""

    name: str = "spc"
    title: str = "Galactic SPC (new, little-endian): one spectrum or several, even or own axes"
    extensions: tuple[str, ...] = (".spc",)

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.9 for a new header of wavenumbers, 0.6 for another .spc of Galactic, else 0.

        Parameters
        ----------
        path : Path
            Its ending counts for what is recognised only to be refused with its reason.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        if len(head) < 2 or head[1] not in VERSIONS:
            return 0.0
        if head[1] == NEW_LSB and len(head) >= 512 and head[28] == 1 and not any(head[325:512]):
            return 0.9  # wavenumbers, and the reserved bytes at the end of the header are zero
        return 0.6 if path.suffix.lower() == ".spc" else 0.0

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
        content = file_content(path)
        head = spc_head(content, path.name)
        x_label = head.labels[0] if head.labels else ""
        require_wavenumber(x_label or _X_TYPES.get(head.x_type, f"unit {head.x_type}"), path.name)
        spectra = spc_spectra(content, head, path.name)
        header = _header(head, spc_log(content, head, path.name))
        kind, percent = _kind(head)
        temperatures, notices = _temperatures(head, spectra, path.name)
        file = SpectralFile(path, content, self.name, notices)
        name = "intensity" if kind == "unknown" else kind
        recordings = []
        for number, one in enumerate(spectra, start=1):
            ends = (head.first or None, head.last or None) if head.has_x_values else (None, None)
            block = Block(name, one.x, one.y, kind, percent, first=ends[0], last=ends[1])
            recordings.append(
                file.recording(
                    [block],
                    header,
                    scan=str(number) if len(spectra) > 1 else "",
                    conditions={"T": temperatures[number - 1]} if temperatures else None,
                )
            )
        return tuple(recordings)


def _kind(head: SpcHead) -> tuple[str, bool]:
    if len(head.labels) > 1 and head.labels[1]:
        return kind_of_unit(head.labels[1])
    return _Y_TYPES.get(head.y_type, "unknown"), False


def _temperatures(
    head: SpcHead, spectra: tuple[SpcSpectrum, ...], where: str
) -> tuple[list[float], tuple[Alert, ...]]:
    """Return T of each spectrum in K where z is a temperature in K or degrees Celsius."""
    if len(spectra) < 2 or head.z_type not in (_CELSIUS, _KELVIN):
        return [], ()
    z = np.array([one.z for one in spectra])
    if head.is_even_in_z:
        step = head.z_step or spectra[0].next_z - spectra[0].z
        even = spectra[0].z + step * np.arange(len(spectra))
        if z[1:].any() and not np.allclose(z, even, rtol=1e-5, atol=1e-3):
            text = (
                "the temperatures of the spectra are not the even ones of the header: T is not set"
            )
            return [], (notice(where, text, "READ-002"),)
        z = even
    kelvin = converted(z, "degC", "K") if head.z_type == _CELSIUS else z
    if not np.isfinite(kelvin).all() or np.unique(kelvin).size < kelvin.size or kelvin.min() <= 0:
        text = "the temperatures of the spectra are not usable: T is not set"
        return [], (notice(where, text, "READ-002"),)
    return [float(T) for T in kelvin], ()


def _header(head: SpcHead, log: str) -> Mapping[str, str]:
    """Return the texts of the header and the log, and what all readers give."""
    header = {
        key: value
        for key, value in (
            ("comment", head.comment),
            ("source", head.source),
            ("method", head.method),
            ("res", head.resolution),
        )
        if value
    }
    lines = ("".join(c for c in line if c.isprintable()) for line in log.splitlines())
    header = {**header_mapping(line for line in lines if line.strip()), **header}
    resolution = _NUMBER.fullmatch(head.resolution)
    if resolution:
        header["resolution"] = f"{resolution[1]} cm-1"
    time = _date(head.date)
    if time:
        header["acquisition time"] = time
    if re.search(r"\bATR\b", f"{head.comment} {head.method} {log}", re.IGNORECASE):
        header["technique"] = "ATR"
    return header


def _date(packed: int) -> str:
    parts = packed >> 20, packed >> 16 & 15, packed >> 11 & 31, packed >> 6 & 31, packed & 63
    try:
        return datetime(*parts).isoformat(timespec="minutes") if packed else ""
    except ValueError:
        return ""


spc_reader = SpcReader()
