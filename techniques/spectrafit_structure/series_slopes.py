"""Slopes of lengths and of V/Z with temperature."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit.history import HistoryEntry
from spectrafit.observable import Observable
from spectrafit.recording import joint_origin
from spectrafit_structure.alerts import structure_alert
from spectrafit_structure.dipole import volume_per_formula
from spectrafit_structure.one_structure import JudgedStructure
from spectrafit_structure.origin import key_part, origin_of
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.slope import Slope, length_slope
from spectrafit_structure.uncertainty import Measured

__all__ = ["plain_mean", "slope_items"]

_FEWEST = 3
"""Fewer structures make a line that no scatter can test."""
_SURE = 2.0
"""A slope of more s.u. is one."""

_UNLIKELY = 0.01
"""A reduced chi2 less probable than this is no straight line."""

Row = tuple[float, Measured]


def slope_items(
    rows: Sequence[JudgedStructure], settings: StructureSettings
) -> tuple[tuple[Observable, ...], tuple[Alert, ...]]:
    """Return slopes of mean lengths and the expansion of V/Z.

    Parameters
    ----------
    rows : sequence of JudgedStructure
        By temperature, all with one.
    settings : StructureSettings
        Its range of temperatures.

    Returns
    -------
    items : tuple of Observable
        Å per 100 K, and for V/Z relative per kelvin. Of single bonds of one kind the mean is
        taken with the s.u. of the bonds alone: what tells bonds of a kind apart does not change
        with temperature and is no error of a slope.
    alerts : tuple of Alert
        Why there are none.
    """
    low, high = settings.slope_K or (-math.inf, math.inf)
    used = [row for row in rows if row.T is not None and low <= row.T <= high]
    if len({row.T for row in used}) < _FEWEST:
        if settings.slope_K is None:
            return (), ()
        why = f"{len(used)} structures lie between {low:g} and {high:g} K, {_FEWEST} are needed"
        alert = structure_alert("STR-112").alert(where="series", what="slopes", why=why)
        return (), (alert,)
    items = []
    for kind in dict.fromkeys(k for row in used for k in row.kinds):
        points = _points(used, kind)
        if len(points) == len(used):
            found = length_slope([T for T, _ in points], [length for _, length in points])
            per_100 = _scaled(found.slope, 100.0)
            items.append(_item(f"{key_part(kind)}.per_100K", "A", per_100, found, used, settings))
    volumes = _volumes(used)
    if len(volumes) == len(used):
        found = length_slope([T for T, _ in volumes], [volume for _, volume in volumes])
        relative = _scaled(found.slope, 1.0 / found.at_middle.value)
        items.append(_item("VZ.expansion", "K-1", relative, found, used, settings))
    return tuple(items), ()


def _points(rows: Sequence[JudgedStructure], kind: str) -> list[Row]:
    found = []
    for row in rows:
        lengths = row.kinds.get(kind)
        if lengths and row.T is not None:
            found.append((row.T, plain_mean(tuple(lengths.values()))))
    return found


def plain_mean(lengths: Sequence[Measured]) -> Measured:
    """Return the mean of equal weights with the s.u. of the bonds, without their spread.

    Parameters
    ----------
    lengths : sequence of Measured
        At least one.

    Returns
    -------
    Measured
        Without s.u., and with the reason, where one of them has none.
    """
    value = math.fsum(each.value for each in lengths) / len(lengths)
    bare = next((each for each in lengths if each.su is None), None)
    if bare is not None:
        return Measured(value, None, bare.reason)
    return Measured(value, math.hypot(*(each.su or 0.0 for each in lengths)) / len(lengths))


def _volumes(rows: Sequence[JudgedStructure]) -> list[Row]:
    found: list[Row] = []
    for row in rows:
        if row.crystal.cell is None or row.T is None:
            continue
        try:
            found.append((row.T, volume_per_formula(row.crystal)))
        except SettingsError:
            # the structure's own observables say why it has none
            continue
    return found


def _scaled(value: Measured, factor: float) -> Measured:
    su = None if value.su is None else value.su * factor
    return Measured(value.value * factor, su, value.reason)


def _item(
    key: str, unit: str, value: Measured, found: Slope, rows: Sequence[JudgedStructure],
    settings: StructureSettings,
) -> Observable:  # fmt: skip
    source, conditions = joint_origin([row.recording for row in rows])
    temperatures = [row.T for row in rows if row.T is not None]
    verdict = _verdict(found, len(temperatures))
    step = HistoryEntry(
        "line over temperature",
        {"T_K": temperatures, "chi2_red": found.chi2_red, "middle_K": found.middle},
    )
    origin = origin_of(rows[0].recording, settings)
    origin = replace(
        origin, source=source,
        conditions={k: v for k, v in conditions.items() if k != "T"},
        history=(*origin.history, step),
    )  # fmt: skip
    told = {"slope_K": [min(temperatures), max(temperatures)]}
    return origin.value(key, unit, value, conventions=told, verdict=verdict)


def _verdict(found: Slope, count: int) -> str:
    if found.z is None or found.chi2_red is None:
        return "not tested: no s.u."
    from scipy.special import gammaincc

    freedom = count - 2
    p_value = float(gammaincc(freedom / 2.0, found.chi2_red * freedom / 2.0))
    if p_value < _UNLIKELY:
        return f"no straight line: reduced chi2 {found.chi2_red:.1f}"
    return f"z = {found.z:.1f}: " + ("a slope" if abs(found.z) > _SURE else "no slope seen")
