"""Whether a recording is a magnetometer's run or a table of chi T, and what it is for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from spectrafit.recording import Recording
from spectrafit.technique import Suitability
from spectrafit_magnetism.header_sample import UNREAD
from spectrafit_magnetism.readers.moment_columns import FIELDS, MOMENTS, TEMPERATURE

__all__ = ["suitability"]

_EMPTY = re.compile(
    r"(?<![a-z])(empty|blank|holder|background|straw|capsule)(?![a-z])", re.IGNORECASE
)
_OTHER_TEMPERATURE = re.compile(r"(T|temp(erature)?)\b", re.IGNORECASE)
_OTHER_MOMENT = re.compile(r"((DC|long)\s+)?(M|moment|magneti[sz]ation)\b", re.IGNORECASE)
_OTHER_FIELD = re.compile(r"(magnetic\s+)?field\b|[HB]\b", re.IGNORECASE)
_MASS = "mass of the sample in mg"
_MOLAR = "molar mass in g/mol of the unit that chi is given for"
_MASS_ERROR = "standard uncertainty of the mass in mg: without it chi T has no uncertainty"
_DIA = "diamagnetic susceptibility in emu/(mol Oe), below 0, as -6.3e-4; it is subtracted"


def suitability(recording: Recording) -> Suitability:
    """Return whether a recording holds moments against temperature or field, or chi T.

    Parameters
    ----------
    recording : Recording
        Any; its name may have folders in front.

    Returns
    -------
    Suitability
        Role ``background`` for an empty holder by its name; mass, molar mass and diamagnetism are
        asked for where the header has none.
    """
    names = recording.names
    if recording.reader == "chi-table":
        asked = {"scale_error": "relative standard uncertainty of chi T as a whole, as 0.01"}
        return Suitability(True, "chi T against temperature", {"curve": "chi T"}, missing=asked)
    moment = next((one for one in MOMENTS if one.moment in names), None)
    field = next((name for name in FIELDS if name in names), None)
    if TEMPERATURE not in names or moment is None:
        return Suitability(False, _no_columns(recording.names))
    if field is None:
        if any(_OTHER_FIELD.match(name) for name in names):
            return Suitability(
                False, f"a field in another unit; the label must be one of {', '.join(FIELDS)}"
            )
        return Suitability(False, "a moment without a field")
    swept = recording.roles.get("x") == field
    why = f"{moment.moment} against {'field' if swept else 'temperature'}"
    conditions: dict[str, float | str] = {"curve": "M(H)" if swept else "chi T"}
    H = recording.column(field).values
    finite = H[np.isfinite(H)]
    if not swept and finite.size:
        conditions["field_Oe"] = float(f"{np.median(finite):.3g}")
    if _EMPTY.search(recording.name.rsplit("/", 1)[-1]):
        return Suitability(
            True, f"{why}; an empty holder by its name", conditions, role="background"
        )
    return Suitability(True, why, conditions, missing=_missing(recording, swept=swept))


def _no_columns(names: Sequence[str]) -> str:
    """Return why a file is no run: nothing of the kind, or labels of a kind that is not known."""
    if not any(_OTHER_TEMPERATURE.match(name) for name in names) or not any(
        _OTHER_MOMENT.match(name) for name in names
    ):
        return "no columns of temperature and moment, and no table of chi T"
    moments = ", ".join(one.moment for one in MOMENTS)
    return (
        "labels or units of temperature and moment are not known: values in K, Oe and emu are read below "
        f"[Data] and the labels {TEMPERATURE}, {FIELDS[0]} and one of {moments}"
    )


def _missing(recording: Recording, *, swept: bool) -> dict[str, Any]:
    header = recording.header
    asked = {}
    if not (header.get("SAMPLE_MASS", "").strip() or _weight(header.get("WEIGHT", ""))):
        asked["mass_mg"] = _MASS
    asked["mass_error_mg"] = _MASS_ERROR
    if not header.get("SAMPLE_MOLECULAR_WEIGHT", "").strip() and not swept:
        asked["molar_mass"] = _MOLAR
    unread = [key for key in UNREAD if header.get(key, "").strip()]
    if unread:
        asked["header_convention"] = (
            f"magnetopy where {' and '.join(unread)} of the header stand for mg of eicosane and chi_dia, "
            "else none"
        )
    elif not swept:
        asked["chi_dia"] = _DIA
    return asked


def _weight(text: str) -> bool:
    """Return whether an older header holds a weight: it writes 0 for one that nobody entered."""
    return bool(text.strip()) and text.strip(" 0.") != ""
