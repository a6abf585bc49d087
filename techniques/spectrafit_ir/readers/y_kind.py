"""What a file says of its axes: the kind of y and the unit of x, from words, never from values."""

from __future__ import annotations

import re

from spectrafit.errors import ReadError

__all__ = ["Y_KINDS", "kind_of_unit", "require_wavenumber"]

Y_KINDS = (
    "absorbance",
    "transmittance",
    "reflectance",
    "single beam",
    "interferogram",
    "unknown",
)

_PERCENT = re.compile(r"%|percent|per cent", re.IGNORECASE)
_KINDS = (
    ("interferogram", re.compile(r"interferogram|^volts?$|^v$|detector signal", re.IGNORECASE)),
    ("single beam", re.compile(r"single[- ]?(?:beam|channel)|^sbeam$|emission", re.IGNORECASE)),
    (
        "transmittance",
        re.compile(r"transmit|transmission|^%\s*t$|^t\s*[\[(]?%[\])]?$", re.IGNORECASE),
    ),
    ("unknown", re.compile(r"kubelka|photoacoustic|raman|log\s*\(?\s*1\s*/\s*r", re.IGNORECASE)),
    ("reflectance", re.compile(r"reflect|^%\s*r$", re.IGNORECASE)),
    ("absorbance", re.compile(r"absorbance|^abs\.?$|^a\.?u\.? abs|^absorption$", re.IGNORECASE)),
)


def kind_of_unit(written: str) -> tuple[str, bool]:
    """Return the y kind that a unit string states, and whether it is in percent.

    Parameters
    ----------
    written : str
        As in the file, like ``"ABSORBANCE"`` or ``"% TRANSMITTANCE"``.

    Returns
    -------
    kind : str
        One of `Y_KINDS`; ``"unknown"`` where the words state none of the others. Never guessed
        from the values.
    percent : bool
        Whether 100 stands for 1.
    """
    words = " ".join(written.split())
    kind = next((kind for kind, pattern in _KINDS if pattern.search(words)), "unknown")
    percent = kind in ("transmittance", "reflectance") and bool(_PERCENT.search(words))
    return kind, percent


def require_wavenumber(written: str, where: str) -> None:
    """Refuse an axis whose unit is not the wavenumber.

    Parameters
    ----------
    written : str
        Unit of the axis as in the file.
    where : str
        File name, for messages.

    Raises
    ------
    ReadError
        When it is a wavelength, a Raman shift, a time or not known: nothing is converted silently.
    """
    words = " ".join(written.lower().replace("^", "").replace("**", "").split())
    if words in {"1/cm", "cm-1", "cm−1", "cm⁻¹", "wavenumber", "wavenumbers", "wavenumber (cm-1)"}:
        return
    if words == "wavenumbers (cm-1)":
        return
    raise ReadError(
        f"the axis is in {written.strip() or 'an unnamed unit'!r}, not in wavenumbers",
        where=where,
        do="export the spectrum against wavenumbers in cm-1",
    )
