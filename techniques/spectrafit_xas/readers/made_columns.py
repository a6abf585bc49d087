"""Columns that a scan's own columns make: sums that the settings name, and yield without dead time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray

__all__ = ["corrected_yield", "dead_time_misfit", "with_made_columns"]

PLUS = " + "


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


def with_made_columns(recording: Recording, columns: Mapping[str, str]) -> Recording:
    """Return a scan with the columns that its own make.

    Parameters
    ----------
    recording : Recording
        All columns of a scan.
    columns : mapping of str to str
        Column names by role; ``"vortDT + vortDT2"`` is the sum of two.

    Returns
    -------
    Recording
        FY_c is added where FY and DeadTime are there without it.

    Raises
    ------
    SettingsError
        When a term of a sum is no column, or the terms have different units.
    """
    added = []
    for name in columns.values():
        if PLUS in name and name not in recording.names:
            terms = [recording.column(term.strip()) for term in name.split(PLUS)]
            if len({term.unit for term in terms}) > 1:
                raise SettingsError(
                    f"the columns of {name!r} have different units",
                    where=recording.name,
                    do="sum columns of one unit",
                )
            total = np.sum([term.values for term in terms], axis=0)
            added.append(Column(name, total, terms[0].unit, f"sum of {name}"))
    found = _lucia(recording)
    if "fy_c" not in found and len(found) == 2:
        values = corrected_yield(found["fy"].values, found["deadtime"].values)
        made_from = f"{found['fy'].name}/(1 - {found['deadtime'].name}/100)"
        added.append(Column("FY_c", values, found["fy"].unit, made_from))
    return recording.with_columns(*added) if added else recording
