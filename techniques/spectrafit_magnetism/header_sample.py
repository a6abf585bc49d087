"""What a magnetometer's header says of the sample, read by a named convention only.

Two fields of the newer header, SAMPLE_VOLUME and SAMPLE_SIZE, are used by some laboratories for
other quantities than their names say. What was read or left unread is put into words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from spectrafit.errors import SettingsError, nearest
from spectrafit_magnetism.sample import Diamagnetism, Matrix, Sample, eicosane

__all__ = ["UNREAD", "HeaderConvention", "HeaderSample", "header_sample"]

HeaderConvention = Literal["none", "magnetopy"]
UNREAD = ("SAMPLE_VOLUME", "SAMPLE_SIZE")
"""Fields of the header that laboratories use for other quantities than their names say."""


@dataclass(frozen=True)
class HeaderSample:
    """What a header says of the sample.

    Parameters
    ----------
    mass : float or None
        mg; None where the header has none.
    molar_mass : float or None
        g/mol.
    matrix : Matrix or None
        Read by convention only.
    diamagnetism : Diamagnetism or None
        Read by convention only.
    words : tuple of str
        What was read and what was left unread, each in a sentence.
    """

    mass: float | None
    molar_mass: float | None
    matrix: Matrix | None
    diamagnetism: Diamagnetism | None
    words: tuple[str, ...]

    def sample(self) -> Sample:
        """Return the sample of the header alone.

        Returns
        -------
        Sample

        Raises
        ------
        SettingsError
            When mass or molar mass is missing: no molar quantity without both.
        """
        if self.mass is None or self.molar_mass is None:
            name = "mass" if self.mass is None else "molar mass"
            raise SettingsError(
                f"{name} missing", where="sample", do=f"give the {name}; the moment can be read"
            )
        return Sample(
            self.mass, self.molar_mass, matrix=self.matrix, diamagnetism=self.diamagnetism
        )


def header_sample(header: Mapping[str, str], convention: HeaderConvention = "none") -> HeaderSample:
    """Return what a magnetometer's header says of the sample.

    Parameters
    ----------
    header : mapping of str to str
        From the reader of Quantum Design files.
    convention : str, optional
        ``none`` leaves SAMPLE_VOLUME and SAMPLE_SIZE unread. ``magnetopy`` takes them for mg of
        eicosane and for the diamagnetic susceptibility in emu/(mol Oe), as MagnetoPy writes them.

    Returns
    -------
    HeaderSample

    Raises
    ------
    SettingsError
        For an unknown convention, or a field that is no number.
    """
    if convention not in get_args(HeaderConvention):
        advice = nearest(convention, get_args(HeaderConvention), noun="the conventions")
        raise SettingsError(f"no header convention {convention!r}", do=advice)
    mass_key = "SAMPLE_MASS" if "SAMPLE_MASS" in header else "WEIGHT"
    mass, molar_mass = _number(header, mass_key), _number(header, "SAMPLE_MOLECULAR_WEIGHT")
    words = [f"{mass_key} = {mass:g} read as the mass in mg"] if mass is not None else []
    if molar_mass is not None:
        words.append(f"SAMPLE_MOLECULAR_WEIGHT = {molar_mass:g} read as the molar mass in g/mol")
    filled = [key for key in UNREAD if header.get(key, "").strip()]
    if convention == "none":
        if filled:
            written = " and ".join(f"{key} = {header[key].strip()}" for key in filled)
            words.append(
                f"{written} not read: laboratories use these fields for different quantities;"
                " set header_convention to read them"
            )
        return HeaderSample(mass, molar_mass, None, None, tuple(words))
    volume, size = (_number(header, key) for key in UNREAD)
    if volume is not None:
        words.append(f"SAMPLE_VOLUME = {volume:g} read as mg of eicosane (convention magnetopy)")
    if size is not None:
        words.append(
            f"SAMPLE_SIZE = {size:g} read as chi_dia in emu/(mol Oe) (convention magnetopy)"
        )
    return HeaderSample(
        mass,
        molar_mass,
        None if volume is None else eicosane(volume),
        None if size is None else Diamagnetism(size, "SAMPLE_SIZE of the file's header"),
        tuple(words),
    )


def _number(header: Mapping[str, str], key: str) -> float | None:
    text = header.get(key, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SettingsError(
            f"{key} is {text[:40]!r}, no number", where="header", do="give the value in the study"
        )
    # an old header writes 0 for a quantity that nobody entered
    return value if value != 0.0 or key not in ("WEIGHT", "AREA", "LENGTH") else None
