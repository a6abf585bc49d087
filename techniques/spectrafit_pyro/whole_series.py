"""What the runs of a measurement say as curves and together: p(T), dP(T), and the lag of several rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit.technique import InputSpec, Observables, SeriesScan, inputs_of
from spectrafit_pyro.change_items import curve_items, reference_curve_items
from spectrafit_pyro.current_items import rate_items
from spectrafit_pyro.findings import Findings
from spectrafit_pyro.observed import run_findings
from spectrafit_pyro.origin import origin_of
from spectrafit_pyro.run import Run, measured_run
from spectrafit_pyro.settings import PyroSettings

__all__ = ["observed_series"]


def observed_series(scans: Sequence[SeriesScan], specs: Sequence[InputSpec]) -> Observables:
    """Return the points of the curves, and what runs say together.

    Parameters
    ----------
    scans : sequence of SeriesScan
        Those that were observed.
    specs : sequence of InputSpec
        Of the technique.

    Returns
    -------
    Observables
        Points of each run; where each file holds one branch, those of both branches together with
        all that `observe` says of a run; hysteresis and lag where runs have several rates.

    Raises
    ------
    SettingsError
        Where files of one branch have different settings.
    """
    given = [inputs_of(scan.inputs, tuple(specs), where="pyro") for scan in scans]
    runs = [
        measured_run(one["sample"], scan.settings) for one, scan in zip(given, scans, strict=True)
    ]
    found = Findings()
    together = _both_branches(runs, scans)
    if together is not None:
        other = _reference(given[0]["reference"], together.settings)
        told = run_findings(together, other)
        found.items += told.items
        found.alerts += told.alerts
        found.charts += told.charts
        runs = [together]
    else:
        other = _reference(given[0]["reference"], scans[0].settings)
    several = len(runs) > 1
    for run, scan in zip(runs, scans, strict=False):
        origin = origin_of(run)
        if several:
            origin = replace(origin, conditions={**origin.conditions, "run": scan.label})
        points = curve_items(origin)
        found.items += points.items
        found.alerts += points.alerts
    if other is not None:
        # one crystal serves the whole measurement
        curve = reference_curve_items(origin_of(other), origin_of(runs[0]))
        found.items += curve.items
        found.alerts += curve.alerts
    if several:
        lags = tuple(lag for run in runs for lag in run.lags)
        found.items += rate_items(origin_of(runs[0]), lags)
    return Observables(
        "pyro", tuple(found.items), charts=tuple(found.charts),
        alerts=tuple(dict.fromkeys(found.alerts)),
    )  # fmt: skip


def _reference(recordings: Sequence[Recording], settings: PyroSettings) -> Run | None:
    return measured_run(recordings, settings, reference=True) if recordings else None


def _both_branches(runs: Sequence[Run], scans: Sequence[SeriesScan]) -> Run | None:
    """Return runs of one branch each as one run; None where that is not what they are."""
    if {run.branch for run in runs} != {"heating", "cooling"}:
        return None
    settings: PyroSettings = scans[0].settings
    if any(scan.settings != settings for scan in scans):
        raise SettingsError(
            "the files of the branches have different settings",
            where="pyro",
            do="give them one set of settings",
        )
    return measured_run([one for run in runs for one in run.recordings], settings)
