"""The fits of a study in the order in which somebody should look at them: the worst first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fnmatch import fnmatchcase
from statistics import median

from spectrafit.alert import Level
from spectrafit.reporting.alerts import file_alerts
from spectrafit.study.outcome import FileResult, Outcome

__all__ = [
    "SHOWN_FITS",
    "asked_labels",
    "drawn_labels",
    "fits_worst_first",
    "misfit",
    "paged_fits",
    "shown_fits",
]

SHOWN_FITS = 12


def fits_worst_first(outcome: Outcome) -> tuple[FileResult, ...]:
    """Return the files that were fitted, the worst first.

    First those with the gravest alert that stands (A, then B), then by misfit; equal ones in
    the order of the study.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of FileResult
    """
    medians = _medians(outcome.done)
    return tuple(
        sorted(
            (one for one in outcome.done if one.observables is not None),
            key=lambda one: (_gravest(outcome, one), -_relative(one, medians)),
        )
    )


def shown_fits(outcome: Outcome) -> tuple[FileResult, ...]:
    """Return the fits that the report itself shows: all of them, or the 12 worst.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of FileResult
        In the order of the study where all are shown, else the worst first.
    """
    fitted = tuple(one for one in outcome.done if one.observables is not None)
    return fitted if len(fitted) <= SHOWN_FITS else fits_worst_first(outcome)[:SHOWN_FITS]


def paged_fits(outcome: Outcome) -> tuple[FileResult, ...]:
    """Return the fits that have a page of their own: those that the report does not show.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of FileResult
        In the order of the study.
    """
    shown = {one.label for one in shown_fits(outcome)}
    return tuple(
        one for one in outcome.done if one.observables is not None and one.label not in shown
    )


def drawn_labels(outcome: Outcome) -> frozenset[str]:
    """Return the labels of the fits whose figures become files.

    Parameters
    ----------
    outcome : Outcome
        What came of a study; its ``[report]`` decides.

    Returns
    -------
    frozenset of str
        Those of the fits that the report shows, and those that the study asks for.
    """
    if outcome.study.report.figures == "none":
        return frozenset()
    return asked_labels(outcome) | {one.label for one in shown_fits(outcome)}


def asked_labels(outcome: Outcome) -> frozenset[str]:
    """Return the labels of the fits whose figures the study asks for.

    Parameters
    ----------
    outcome : Outcome
        What came of a study; its ``[report]`` decides.

    Returns
    -------
    frozenset of str
    """
    options = outcome.study.report
    wanted = ("*",) if options.figures == "all" else options.draw
    return frozenset(
        one.label for one in outcome.done if any(fnmatchcase(one.label, text) for text in wanted)
    )


def misfit(result: FileResult) -> float:
    """Return the reduced chi2 of a fit; without a fit, or where it is not finite, zero.

    Parameters
    ----------
    result : FileResult
        Of any status.

    Returns
    -------
    float
        In squared units of y where the errors of the points are not known.
    """
    fit = result.observables.fit if result.observables is not None else None
    return fit.redchi if fit is not None and math.isfinite(fit.redchi) else 0.0


def _medians(results: Sequence[FileResult]) -> dict[str, float]:
    """Return the median misfit of each measurement, which makes different ones comparable."""
    every: dict[str, list[float]] = {}
    for one in results:
        every.setdefault(one.measurement, []).append(misfit(one))
    return {name: median(values) for name, values in every.items()}


def _relative(result: FileResult, medians: dict[str, float]) -> float:
    usual = medians[result.measurement]
    return misfit(result) / usual if usual > 0 else misfit(result)


def _gravest(outcome: Outcome, result: FileResult) -> int:
    levels = [
        (Level.A, Level.B).index(alert.level)
        for alert in file_alerts(result)
        if alert.level in (Level.A, Level.B)
        and not outcome.waiver_reason(alert.code, result.measurement)
    ]
    return min(levels, default=2)
