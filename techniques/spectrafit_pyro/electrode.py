"""Area and polarity of a run: those of the settings, else those that its header states."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError, UnitError
from spectrafit.recording import Recording
from spectrafit.units import converted
from spectrafit_pyro.alerts import pyro_alert
from spectrafit_pyro.log import Area
from spectrafit_pyro.settings import PyroSettings

__all__ = ["Electrode", "Stated", "electrode_of", "stated_area", "stated_polarity"]

_AREA = re.compile(r"(?:.*[ _])?area\b.*|(?:.*[ _])?area_.*", re.IGNORECASE)
_POLARITY = re.compile(r"(?:.*[ _])?polarity", re.IGNORECASE)
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*(\S*)")
_UNIT = re.compile(r"[(\[]\s*([^)\]]+?)\s*[)\]]\s*$|[_ ]([mcu]m(?:\^?2|²))\s*$")
_SMALLEST_COSINE = 0.1


@dataclass(frozen=True)
class Stated:
    """What a header states, or why its field cannot be used.

    Parameters
    ----------
    field : str
        Name of the field; empty where there is none.
    value : float or None
        mm2 of an area, +1 or -1 of a polarity; None where it is not told without doubt.
    why : str
        Why not; empty where it is.
    """

    field: str = ""
    value: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Electrode:
    """What turns a current into a coefficient.

    Parameters
    ----------
    area : Area
        Across the polar axis: the electrode's times the cosine of the tilt.
    stated_mm2 : float
        The electrode's, mm2.
    polarity : int or None
        +1, -1, or None where it was not told.
    tilt_deg : float
        Degrees.
    alerts : tuple of Alert
        Where the two are from.
    """

    area: Area
    stated_mm2: float
    polarity: int | None
    tilt_deg: float
    alerts: tuple[Alert, ...]


def stated_area(header: Mapping[str, str]) -> Stated:
    """Return the area that a header states with its unit.

    Parameters
    ----------
    header : mapping of str to str
        Of a recording.

    Returns
    -------
    Stated
    """
    for key, text in header.items():
        if not _AREA.fullmatch(key.strip()):
            continue
        number = _NUMBER.fullmatch(text.strip())
        if number is None:
            return Stated(key, None, f"{text!r} is no number")
        by_key = _UNIT.search(key)
        unit = number[2] or (next(filter(None, by_key.groups()), "") if by_key else "")
        if not unit:
            return Stated(key, None, "its unit is not told")
        try:
            return Stated(key, converted(float(number[1]), unit.replace("²", "2"), "mm2"))
        except UnitError:
            return Stated(key, None, f"{unit!r} is no unit of an area")
    return Stated()


def stated_polarity(header: Mapping[str, str]) -> Stated:
    """Return the polarity that a header states.

    Parameters
    ----------
    header : mapping of str to str
        Of a recording.

    Returns
    -------
    Stated
    """
    for key, text in header.items():
        if _POLARITY.fullmatch(key.strip()):
            if text.strip() in ("1", "+1", "-1"):
                return Stated(key, float(text))
            return Stated(key, None, f"{text!r} is neither +1 nor -1")
    return Stated()


def electrode_of(
    recording: Recording, settings: PyroSettings, *, reference: bool = False
) -> Electrode:
    """Return area and polarity of a run, and where they are from.

    Parameters
    ----------
    recording : Recording
        With the header.
    settings : PyroSettings
        They come before the header.
    reference : bool, optional
        Whether it is the reference crystal.

    Returns
    -------
    Electrode

    Raises
    ------
    SettingsError
        Where no area is told, with the line to type, or a number cannot be.
    """
    prefix = "reference_" if reference else ""
    size: float = getattr(settings, f"{prefix}area_mm2")
    error: float = getattr(settings, f"{prefix}area_error_mm2")
    sign: int = getattr(settings, f"{prefix}polarity")
    if sign not in (0, 1, -1):
        raise SettingsError(f"{prefix}polarity is {sign}", where=recording.name, do="give 1 or -1")
    alerts: list[Alert] = []
    area_said, sign_said = stated_area(recording.header), stated_polarity(recording.header)
    mm2 = _chosen(size, area_said, f"{prefix}area_mm2", "mm2", recording.name, alerts)
    polarity = _chosen(float(sign), sign_said, f"{prefix}polarity", "", recording.name, alerts)
    if mm2 is None:
        raise SettingsError(
            "the area of the electrode is not told: there is a current and no coefficient",
            where=recording.name,
            do=f"type --set {prefix}area_mm2=0.30 --set {prefix}area_error_mm2=0.02 --set "
            f"{prefix}polarity=1 with your own numbers (polarity -1 where the leads are the other way "
            "round); `spectrafit plot` draws the current without them",
        )
    if not 0.0 < mm2 < math.inf:
        raise SettingsError(
            f"an area of {mm2:g} mm2", where=recording.name, do=f"give {prefix}area_mm2 above 0"
        )
    if not 0.0 <= error < math.inf:
        raise SettingsError(
            f"{prefix}area_error_mm2 is {error:g}", where=recording.name, do="give it above 0"
        )
    tilt = 0.0 if reference else settings.tilt_deg
    cosine = math.cos(math.radians(tilt)) if math.isfinite(tilt) else 0.0
    if abs(cosine) < _SMALLEST_COSINE or abs(tilt) > 90.0:
        raise SettingsError(
            f"tilt_deg is {tilt:g}: next to nothing of the polarisation is measured",
            where=recording.name,
            do="give the angle between the normal of the electrode and the polar axis",
        )
    if tilt:
        alerts.append(pyro_alert("PYRO-113").alert(where=recording.name, tilt=tilt))
    scale = 1e-2 * cosine
    area = Area(mm2 * scale, error * scale if error else None)
    return Electrode(area, mm2, None if polarity is None else int(polarity), tilt, tuple(alerts))


def _chosen(
    given: float, said: Stated, setting: str, unit: str, where: str, alerts: list[Alert]
) -> float | None:
    """Return the number of the settings, else of the header, and say which."""
    if given:
        if said.value is not None and not math.isclose(said.value, given, rel_tol=1e-3):
            alerts.append(
                pyro_alert("PYRO-102").alert(
                    where=where, setting=setting, given=f"{given:g}", field=said.field,
                    said=f"{said.value:g}",
                )
            )  # fmt: skip
        return given
    if said.value is not None:
        what = (
            f"area {said.value:g} {unit}" if unit else f"polarity {said.value:+g}"
        )  # fmt: skip
        alerts.append(
            pyro_alert("PYRO-101").alert(where=where, what=what, field=said.field, setting=setting)
        )
        return said.value
    if said.why:
        alerts.append(
            pyro_alert("PYRO-103").alert(
                where=where, field=said.field, why=said.why, setting=setting
            )
        )
    return None
