"""What the scans of a measurement show together, by techniques that fit series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import SpectrafitError
from spectrafit.files import safe_names
from spectrafit.registry import technique
from spectrafit.study.comparison_sides import ObservedScan, observed_scans
from spectrafit.study.outcome import FileResult, SeriesResult
from spectrafit.study.resume import Resumption
from spectrafit.study.schema import Measurement, Study
from spectrafit.study.tasks import SAMPLE, Progress, Task, fault_of
from spectrafit.technique import FitsSeries, Observables, SeriesScan, Technique

__all__ = ["observed_series"]


def observed_series(
    study: Study,
    observed: Mapping[str, Sequence[tuple[Task, tuple[FileResult, ...]]]],
    resumption: Resumption,
    progress: Progress | None = None,
) -> tuple[SeriesResult, ...]:
    """Return what comes of each measurement as a whole; one that is refused never stops the others.

    Parameters
    ----------
    study : Study
        Its measurements.
    observed : mapping of str to sequence of (Task, tuple of FileResult)
        The files of each sample measurement, with a result each scan of them.
    resumption : Resumption
        What it holds is not computed again.
    progress : callable, optional
        ``progress(done, total, text)``, called before each series that is computed; done and total
        are files, as while they were observed.

    Returns
    -------
    tuple of SeriesResult
        In the order of the study; none of a technique that does not fit series, and none where
        no scan was observed or there is nothing to say.
    """
    files = sum(map(len, observed.values()))

    def told(name: str) -> None:
        if progress is not None:
            progress(files, files, f"series {name}")

    every = (
        _observed(m, observed_scans(observed[m.name]), resumption, told)
        for m in study.measurement
        if m.name in observed
    )
    return tuple(one for one in every if one is not None)


def _observed(
    m: Measurement,
    scans: Sequence[ObservedScan],
    resumption: Resumption,
    told: Callable[[str], None],
) -> SeriesResult | None:
    owner = technique(m.technique)
    if not isinstance(owner, FitsSeries) or not scans:
        return None
    blank = SeriesResult(m.name, "refused")
    try:
        labels = safe_names(Path(scan.result.file).stem for scan in scans)
        labelled = dict(zip(labels, scans, strict=True))

        def observe() -> Observables:
            told(m.name)
            return owner.observe_series(
                [_series_scan(scan, label) for label, scan in labelled.items()]
            )

        found = resumption.series(m.technique, labelled, observe)
    except SpectrafitError as error:
        return _refused(blank, owner, error)
    except Exception as error:  # whatever a third party's code raises
        return _refused(blank, owner, fault_of(f"the technique {owner.name}", m.name, error))
    if not (found.items or found.charts or found.alerts):
        return None
    return replace(
        blank, status="done", scans=tuple(labels), observables=found, alerts=found.alerts
    )


def _series_scan(scan: ObservedScan, label: str) -> SeriesScan:
    task, result = scan.task, scan.result
    if result.observables is None:
        raise SpectrafitError("a scan without observables", where=result.file)
    return SeriesScan(
        label,
        {**task.inputs, SAMPLE: scan.recording()},
        task.settings,
        task.parameters,
        result.observables,
    )


def _refused(blank: SeriesResult, owner: Technique, error: SpectrafitError) -> SeriesResult:
    """Return a refusal, with the technique's own alert where the error has the code of one."""
    spec = next((spec for spec in owner.alerts if spec.code == error.code), None)
    place = error.where or blank.measurement
    why = f"{error.what}; {error.do}" if error.do else error.what
    if spec is None:
        alert = alert_spec("RUN-014").alert(where=place, why=error.what)
        alert = replace(alert, do=error.do or alert.do)
    else:
        alert = Alert(spec.code, spec.level, f"not taken together: {error.what}", error.do, place)
    return replace(blank, why=why, alerts=(alert,))
