"""What the scans of a measurement show together, by techniques that fit series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import SpectrafitError
from spectrafit.executor import Executor
from spectrafit.files import safe_names
from spectrafit.registry import technique
from spectrafit.study.ahead import SeriesWork, computed_ahead, outcome_of
from spectrafit.study.comparison_sides import ObservedScan, observed_scans
from spectrafit.study.outcome import FileResult, SeriesResult
from spectrafit.study.resume import Resumption
from spectrafit.study.schema import Measurement, Study
from spectrafit.study.tasks import Progress, Task
from spectrafit.technique import FitsSeries, Observables, Technique

__all__ = ["observed_series"]


def observed_series(
    study: Study,
    observed: Mapping[str, Sequence[tuple[Task, tuple[FileResult, ...]]]],
    resumption: Resumption,
    executor: Executor,
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
    executor : Executor
        What does the work; the results do not depend on it.
    progress : callable, optional
        ``progress(done, total, text)``, called with each series that is computed; done and total
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

    works = [
        work
        for m in study.measurement
        if m.name in observed and (work := _work(m, observed_scans(observed[m.name]))) is not None
    ]
    missing = [one for one in works if not resumption.has_series(one.technique, one.scans)]
    ahead = computed_ahead(missing, executor, told)
    every = (_observed(work, ahead.get(work.name), resumption, told) for work in works)
    return tuple(one for one in every if one is not None)


def _work(m: Measurement, scans: Sequence[ObservedScan]) -> SeriesWork | None:
    if not isinstance(technique(m.technique), FitsSeries) or not scans:
        return None
    labels = safe_names(Path(scan.result.file).stem for scan in scans)
    return SeriesWork(m.technique, m.name, dict(zip(labels, scans, strict=True)))


def _observed(
    work: SeriesWork,
    ahead: Observables | SpectrafitError | None,
    resumption: Resumption,
    told: Callable[[str], None],
) -> SeriesResult | None:
    blank = SeriesResult(work.name, "refused")

    def observe() -> Observables:
        if ahead is None:
            told(work.name)
        found = outcome_of(work) if ahead is None else ahead
        if isinstance(found, SpectrafitError):
            raise found
        return found

    try:
        found = resumption.series(work.technique, work.scans, observe)
    except SpectrafitError as error:
        return _refused(blank, technique(work.technique), error)
    if not (found.items or found.charts or found.alerts):
        return None
    return replace(
        blank, status="done", scans=tuple(work.scans), observables=found, alerts=found.alerts
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
