"""From a recording to its curve of chi T: rows chosen, branches told, errors judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.history import HistoryEntry
from spectrafit.recording import Recording
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.alerts import magnetism_alert
from spectrafit_magnetism.branches import branches as branches_of
from spectrafit_magnetism.curve import BranchCurve, MeasuredCurve
from spectrafit_magnetism.log import MomentLog, moment_log
from spectrafit_magnetism.plausible import plausibility
from spectrafit_magnetism.reading_groups import group_starts
from spectrafit_magnetism.sample import Holder, Sample
from spectrafit_magnetism.sample_settings import given_sample
from spectrafit_magnetism.scatter import error_over_scatter, point_scatter
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.susceptibility import Susceptibility, molar_susceptibility
from spectrafit_magnetism.transition import Steepest, steepest

__all__ = ["chosen_log", "holder_of", "measured_curve"]

_SAME_FIELD = 0.05
_FEWEST = 4
_LEAST_SPAN = 2.0
_TRUSTED = 3.0
"""Stated errors up to this factor above the scatter are taken as they are; smaller ones are raised to
the scatter."""
_TIME = "Time Stamp (sec)"


@dataclass(frozen=True, eq=False)
class _Points:
    """Points of a whole file in its order."""

    T: FloatArray
    chiT: FloatArray
    raw: FloatArray | None
    stated: FloatArray | None
    centre: FloatArray | None
    time: FloatArray | None


def chosen_log(recording: Recording, settings: MagnetismSettings) -> MomentLog:
    """Return the rows of a run in the field that the settings ask for.

    Parameters
    ----------
    recording : Recording
        Of a magnetometer.
    settings : MagnetismSettings
        Moment and field.

    Returns
    -------
    MomentLog

    Raises
    ------
    SpectrafitError
        When no row has this field, or as `moment_log`.
    """
    log = moment_log(recording, moment=settings.moment, most_left_out=settings.most_left_out)
    if not settings.field_Oe:
        return log
    keep = np.abs(log.H - settings.field_Oe) <= _SAME_FIELD * abs(settings.field_Oe)
    if not keep.any():
        raise SettingsError(
            f"no row at {settings.field_Oe:g} Oe", where=log.name, do=f"there are: {_fields(log)}"
        )
    return replace(
        log, T=log.T[keep], H=log.H[keep], moment=log.moment[keep], row=log.row[keep],
        error=None if log.error is None else log.error[keep],
        other=None if log.other is None else log.other[keep],
    )  # fmt: skip


def _fields(log: MomentLog) -> str:
    """Return the fields of a run in words, equal ones once."""
    found: list[float] = []
    for field in log.H:
        if not any(abs(field - one) <= _SAME_FIELD * max(abs(one), 1.0) for one in found):
            found.append(float(field))
    listed = ", ".join(number_text(one, 4) for one in found[:8])
    return f"{listed}{' and others' if len(found) > 8 else ''} Oe"


def holder_of(recording: Recording, settings: MagnetismSettings) -> Holder:
    """Return the empty holder from its own run.

    Parameters
    ----------
    recording : Recording
        Of a magnetometer, at one or several temperatures.
    settings : MagnetismSettings
        Which moment.

    Returns
    -------
    Holder
        Readings within 0.05 K are averaged.

    Raises
    ------
    SpectrafitError
        When its field is zero, or as `moment_log`.
    """
    log = moment_log(recording, moment=settings.moment, most_left_out=settings.most_left_out)
    if (log.H == 0.0).any():
        raise SettingsError("a row in zero field", where=log.name, do="leave it out")
    order = np.argsort(log.T, kind="stable")
    T, ratio = log.T[order], (log.moment / log.H)[order]
    starts = group_starts(T)
    counts = np.diff(np.append(starts, T.size))
    mean_T, mean = (np.add.reduceat(values, starts) / counts for values in (T, ratio))
    return Holder(mean_T, mean, source=f"empty holder of {recording.name}")


def measured_curve(
    recording: Recording, settings: MagnetismSettings, background: Sequence[Recording] = ()
) -> MeasuredCurve:
    """Return chi T of a temperature sweep, or of a table that gives it.

    Parameters
    ----------
    recording : Recording
        Of a magnetometer, or a table of chi T.
    settings : MagnetismSettings
        As chosen.
    background : sequence of Recording, optional
        The empty holder.

    Returns
    -------
    MeasuredCurve

    Raises
    ------
    SpectrafitError
        When mass, molar mass or a column is missing, a number cannot be in its unit, or no branch
        is left.
    """
    if recording.reader == "chi-table":
        if background:
            raise SettingsError(
                "a holder for a table of chi T", where=recording.name, do="leave background out"
            )
        return _of_table(recording, settings)
    log = chosen_log(recording, settings)
    if np.ptp(log.H) > _SAME_FIELD * np.abs(log.H).max():
        raise SettingsError(
            f"the temperature was swept in several fields: {_fields(log)}",
            where=log.name,
            do="choose one: --set field_Oe=VALUE",
        )
    holder = holder_of(background[0], settings) if background else None
    given = given_sample(recording.header, settings, log.name, holder=holder)
    data = molar_susceptibility(log, given.sample)
    alerts = [*given.alerts, *_no_dia(given.sample, data, log.name)]
    if log.left_out:
        total = log.left_out + len(log)
        left = magnetism_alert("MAG-118").alert(where=log.name, count=log.left_out, total=total)
        alerts.append(left)
    time = recording.column(_TIME).values[log.row] if _TIME in recording.names else None
    points = _Points(data.T, data.chiT, data.chiT_raw, data.budget.moment, data.budget.centre, time)
    made, found = _branch_curves(points, settings, log.name, log.why_no_error)
    alerts += found
    alerts += _centres(made, log.name)
    alerts += plausibility(made, settings, log.name, H=float(np.median(log.H)))
    sample = given.sample
    return MeasuredCurve(
        made,
        data.budget.scale,
        ""
        if sample.mass_error is not None
        else "the error of the mass is not told (mass_error_mg)",
        abs(data.chi_dia) * settings.chi_dia_share,
        data.chi_dia,
        data.correction_slope,
        float(np.median(log.H)),
        _conventions(data, sample, log),
        _history(log, sample, data, given.words),
        recording.source,
        log.name,
        tuple(alerts),
    )


def _of_table(recording: Recording, settings: MagnetismSettings) -> MeasuredCurve:
    where = recording.name
    T, y = (recording.column(recording.roles[role]).values for role in "xy")
    keep = np.isfinite(T) & np.isfinite(y)
    if not keep.any():
        raise SettingsError("no row has T and chi T", where=where)
    stated = None
    if "sigma" in recording.roles:
        errors = recording.column(recording.roles["sigma"]).values[keep]
        stated = errors if np.isfinite(errors).all() and (errors > 0.0).all() else None
    points = _Points(T[keep], y[keep], None, stated, None, None)
    made, alerts = _branch_curves(points, settings, where, "the table has no errors")
    alerts.append(magnetism_alert("MAG-121").alert(where=where))
    if not settings.scale_error:
        what = magnetism_alert("MAG-104")
        alerts.append(what.alert(where=where, what="scale_error is", line="scale_error=0.01"))
    alerts += plausibility(made, settings, where, H=None)
    step = HistoryEntry("table", {"rows": int(keep.sum()), "rows_left_out": int((~keep).sum())})
    return MeasuredCurve(
        made,
        settings.scale_error or None,
        "" if settings.scale_error else "the error of the scale is not told (scale_error)",
        0.0,
        0.0,
        None,
        None,
        {"diamagnetism": "as in the table", "matrix": "as in the table"},
        (step,),
        recording.source,
        where,
        tuple(alerts),
    )


def _no_dia(sample: Sample, data: Susceptibility, where: str) -> tuple[Alert, ...]:
    if sample.diamagnetism is not None:
        return ()
    hottest = float(data.T.max())
    size = 0.5e-6 * sample.molar_mass * hottest
    return (magnetism_alert("MAG-102").alert(where=where, size=size, T=hottest),)


def _branch_curves(
    points: _Points, settings: MagnetismSettings, where: str, why_no_error: str
) -> tuple[tuple[BranchCurve, ...], list[Alert]]:
    found = branches_of(points.T, reversal=settings.reversal_K)
    alerts: list[Alert] = []
    directions = [one.direction for one in found]
    # a sweep comes once or twice, the second back; a table of anything else is in no order of time
    unordered = points.time is None and len(set(directions)) < len(directions)
    if unordered:
        rows: list[tuple[str, Any]] = [("points", np.argsort(points.T, kind="stable"))]
    else:
        rows = [(one.direction, one.rows) for one in found]
    made: list[BranchCurve] = []
    ratios: list[float] = []
    left = 0
    for direction, place in rows:
        T = points.T[place]
        if direction == "constant" or np.unique(T).size < _FEWEST or np.ptp(T) < _LEAST_SPAN:
            left += T.size
            continue
        count = sum(one.direction == direction for one in made) + 1
        name = direction if count == 1 else f"{direction}_{count}"
        branch, ratio = _branch(points, place, name, why_no_error)
        made.append(branch)
        ratios += [] if ratio is None else [ratio]
    if not made:
        raise SettingsError(
            f"no branch with {_FEWEST} temperatures over {_LEAST_SPAN:g} K or more",
            where=where,
            do="is the field swept at one temperature? Then the file must say so in its field column",
        )
    if left:
        why = f"{left} rows at a temperature that stands still"
        alerts.append(magnetism_alert("MAG-117").alert(where=where, what="branches", why=why))
    far = [one for one in ratios if not 1.0 / _TRUSTED < one < _TRUSTED]
    if far:
        alerts.append(magnetism_alert("MAG-105").alert(where=where, ratio=float(np.median(far))))
    return tuple(made), alerts


def _branch(
    points: _Points, place: Any, name: str, why_no_error: str
) -> tuple[BranchCurve, float | None]:
    T, chiT = points.T[place], points.chiT[place]
    raw, centre = (
        None if values is None else values[place] for values in (points.raw, points.centre)
    )
    stated = None if points.stated is None else points.stated[place]
    stat, why, ratio = _statistical(T, chiT, stated, why_no_error)
    rate = None
    if points.time is not None:
        minutes = (points.time[place][-1] - points.time[place][0]) / 60.0
        rate = float(np.ptp(T) / minutes) if minutes > 0.0 else None
    try:
        rise: Steepest | None = steepest(T, chiT)
    except SpectrafitError:
        rise = None  # fewer than eight temperatures: no transition is told
    return BranchCurve(name, T, chiT, raw, stat, centre, rise, rate, why), ratio


def _statistical(
    T: FloatArray, chiT: FloatArray, stated: FloatArray | None, why_no_error: str
) -> tuple[FloatArray | None, str, float | None]:
    """Return the errors of points, why there are none, and how far stated ones are from the scatter."""
    try:
        if stated is None:
            scatter = point_scatter(T, chiT)
            if scatter == 0.0:
                return None, "the points do not scatter", None
            return np.full_like(chiT, scatter), "", None
        ratio = error_over_scatter(T, chiT, stated)
    except SpectrafitError:  # too few to tell a scatter: what is stated is all there is
        return stated, "" if stated is not None else why_no_error, None
    # a scatter above the stated errors is real, as that of the temperature; far too large errors are none
    return (stated / ratio if ratio < 1.0 or ratio > _TRUSTED else stated), "", ratio


def _centres(made: Sequence[BranchCurve], where: str) -> tuple[Alert, ...]:
    shares = [
        np.abs(one.centre / one.chiT)[one.chiT != 0.0] for one in made if one.centre is not None
    ]
    if not shares or not sum(part.size for part in shares):
        return ()
    middle = float(np.median(np.concatenate(shares)))
    return (
        (magnetism_alert("MAG-106").alert(where=where, percent=100.0 * middle),)
        if middle > 0.01
        else ()
    )


def _conventions(data: Susceptibility, sample: Sample, log: MomentLog) -> dict[str, Any]:
    matrix, holder, dia = (words.split(": ", 1)[1] for words in data.words)
    return {
        "diamagnetism": dia,
        "matrix": matrix,
        "holder": holder,
        "field_Oe": float(np.median(log.H)),
        "mass_mg": sample.mass,
        "molar_mass": sample.molar_mass,
        "moment": log.column,
    }


def _history(
    log: MomentLog, sample: Sample, data: Susceptibility, words: Sequence[str]
) -> tuple[HistoryEntry, ...]:
    return (
        HistoryEntry(
            "moment",
            {"column": log.column, "rows": len(log), "rows_left_out": log.left_out},
        ),
        HistoryEntry(
            "molar susceptibility",
            {"mass_mg": sample.mass, "molar_mass": sample.molar_mass, "header": list(words)},
        ),
        HistoryEntry(
            "corrections",
            {"words": list(data.words), "correction_slope": data.correction_slope},
        ),
    )
