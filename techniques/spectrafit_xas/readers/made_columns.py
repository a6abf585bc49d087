"""Columns that a scan's own columns make: weighted sums that the settings name, yield without dead time."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray
from spectrafit.units import converted
from spectrafit_xas.readers.detector_elements import SUM, VARIANCE

__all__ = [
    "DEAD_PERCENT",
    "LIVE",
    "busy_share",
    "corrected_yield",
    "dead_time_misfit",
    "live_fluorescence",
    "with_made_columns",
]

PLUS = " + "
TIMES = "*"
LIVE = "_live"
DEAD_PERCENT = "_dead_time"


def corrected_yield(counts: FloatArray, dead_time: FloatArray) -> FloatArray:
    """Return fluorescence counts corrected for dead time, F / (1 - d / 100).

    Parameters
    ----------
    counts : ndarray
        As counted.
    dead_time : ndarray
        Share of the time in which the detector was blind, in percent.

    Returns
    -------
    ndarray
        Not a number where the dead time is not between 0 and 100 %.

    Notes
    -----
    The formula of SOLEIL's LUCIA beamline, whose columns FY, DeadTime and FY_c it joins.
    """
    live = np.where((dead_time >= 0) & (dead_time < 100), 1.0 - dead_time / 100.0, np.nan)
    return np.asarray(counts / live, dtype=np.float64)


def _lucia(recording: Recording) -> Mapping[str, Column]:
    lower = {column.name.lower(): column for column in reversed(recording.columns)}
    return {name: lower[name] for name in ("fy", "deadtime", "fy_c") if name in lower}


def dead_time_misfit(recording: Recording) -> float:
    """Return how far the corrected yield of a file is from the formula, as a share.

    Parameters
    ----------
    recording : Recording
        With columns FY, DeadTime and FY_c.

    Returns
    -------
    float
        Largest difference over the rows with counts; 0 where a column is missing.
    """
    found = _lucia(recording)
    if len(found) < 3:
        return 0.0
    expected = corrected_yield(found["fy"].values, found["deadtime"].values)
    usable = np.isfinite(expected) & (expected > 0) & np.isfinite(found["fy_c"].values)
    if not usable.any():
        return 0.0
    return float(np.max(np.abs(found["fy_c"].values[usable] / expected[usable] - 1.0)))


def busy_share(counts: FloatArray, time_s: FloatArray, dead_time_s: float) -> FloatArray:
    """Return the share of the time in which a counting detector was blind, rate times dead time.

    Parameters
    ----------
    counts : ndarray
        As counted.
    time_s : ndarray
        Counting time of each point, in seconds.
    dead_time_s : float
        Dead time of one pulse, in seconds.

    Returns
    -------
    ndarray
        Not a number where it is not between 0 and 1.

    Notes
    -----
    Of a detector whose dead time pulses do not prolong: true counts are those counted over one
    minus this share (G. F. Knoll, Radiation Detection and Measurement, 4th ed., 2010, section 4.VII).
    """
    rate = counts / np.where(time_s > 0, time_s, np.nan)
    share = dead_time_s * rate
    return np.where((share >= 0) & (share < 1), share, np.nan)


def live_fluorescence(
    recording: Recording, expression: str, time_name: str, dead_time_s: float
) -> Recording:
    """Return a scan with a fluorescence column corrected for the dead time of each of its channels.

    Parameters
    ----------
    recording : Recording
        All columns of a scan.
    expression : str
        A column of raw counts, or a weighted sum of some.
    time_name : str
        Column of the counting time.
    dead_time_s : float
        Dead time of one pulse, in seconds, of every channel.

    Returns
    -------
    Recording
        With F = sum w F_d k_d, k = 1/(1 - rate x dead time), its counting variance sum (w k)^2 F_d,
        and the largest share of dead time in percent.

    Raises
    ------
    SettingsError
        When the column is corrected already, or the time has a unit that is no time.
    """
    if expression + LIVE in recording.names:
        return recording
    if expression.lower() == "fy_c" or expression.endswith(SUM):
        raise SettingsError(
            f"dead_time_s with {expression}, which holds a correction of its own",
            where=recording.name,
            do="name the columns of raw counts in columns.fluorescence, or leave dead_time_s out",
        )
    if not (math.isfinite(dead_time_s) and dead_time_s > 0):
        raise SettingsError(
            f"dead_time_s is {dead_time_s:g}", where=recording.name, do="give a positive number"
        )
    clock = recording.column(time_name)
    seconds = clock.values if clock.unit == "1" else converted(clock.values, clock.unit, "s")
    terms = _terms(recording, expression)
    shares = [busy_share(term.values, seconds, dead_time_s) for _, term in terms]
    factors = [1.0 / (1.0 - share) for share in shares]
    pairs = list(zip(terms, factors, strict=True))
    total = np.sum([w * k * term.values for (w, term), k in pairs], axis=0)
    variance = np.sum([(w * k) ** 2 * term.values for (w, term), k in pairs], axis=0)
    name, unit = expression + LIVE, terms[0][1].unit
    made_from = f"{expression}, each divided by 1 - rate x {dead_time_s:g} s"
    return recording.with_columns(
        Column(name, total, unit, made_from),
        Column(name + VARIANCE, variance, "1", f"counting variance of {name}"),
        Column(name + DEAD_PERCENT, 100.0 * np.max(shares, axis=0), "1", "rate x dead time / %"),
    )


def _sum_of(expression: str) -> str:
    return f"sum of {expression}"


def _terms(recording: Recording, expression: str) -> list[tuple[float, Column]]:
    """Return weights and columns of a sum such as ``0.8*a + b``; a column's own name comes first."""
    if expression in recording.names:
        whole = recording.column(expression)
        if whole.made_from != _sum_of(expression):
            return [(1.0, whole)]
    found = []
    for text in expression.split(PLUS):
        factor, times, name = text.strip().partition(TIMES)
        if not times or text.strip() in recording.names:
            found.append((1.0, recording.column(text.strip())))
            continue
        try:
            weight = float(factor)
        except ValueError:
            weight = math.nan
        if not (math.isfinite(weight) and weight > 0):
            raise SettingsError(
                f"{factor.strip()!r} in {expression!r} is no weight",
                where=recording.name,
                do='write positive numbers before *, like "0.8*vortDT + 1.1*vortDT2"',
            )
        found.append((weight, recording.column(name.strip())))
    if len({term.unit for _, term in found}) > 1:
        raise SettingsError(
            f"the columns of {expression!r} have different units",
            where=recording.name,
            do="sum columns of one unit",
        )
    return found


def with_made_columns(recording: Recording, columns: Mapping[str, str]) -> Recording:
    """Return a scan with the columns that its own make.

    Parameters
    ----------
    recording : Recording
        All columns of a scan.
    columns : mapping of str to str
        Column names by role; ``"vortDT + 0.8*vortDT2"`` is the weighted sum of two.

    Returns
    -------
    Recording
        Each sum with its counting variance; FY_c where FY and DeadTime are there without it.

    Raises
    ------
    SettingsError
        When a term of a sum is no column, a weight is no number above 0, or the terms have
        different units.
    """
    added = []
    for name in columns.values():
        if (PLUS in name or TIMES in name) and name not in recording.names:
            terms = _terms(recording, name)
            total = np.sum([weight * term.values for weight, term in terms], axis=0)
            variance = np.sum([weight**2 * term.values for weight, term in terms], axis=0)
            added.append(Column(name, total, terms[0][1].unit, _sum_of(name)))
            if name + VARIANCE not in recording.names:
                made_from = f"counting variance of {name}"
                added.append(Column(name + VARIANCE, variance, "1", made_from))
    found = _lucia(recording)
    if "fy_c" not in found and len(found) == 2:
        values = corrected_yield(found["fy"].values, found["deadtime"].values)
        made_from = f"{found['fy'].name}/(1 - {found['deadtime'].name}/100)"
        added.append(Column("FY_c", values, found["fy"].unit, made_from))
    return recording.with_columns(*added) if added else recording
