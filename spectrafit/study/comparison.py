"""The comparisons of a study: which scans each names, and what their technique makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import SpectrafitError
from spectrafit.executor import Executor
from spectrafit.registry import technique
from spectrafit.study.ahead import ComparisonWork, computed_ahead, outcome_of
from spectrafit.study.comparison_sides import ObservedScan, Sides, observed_scans
from spectrafit.study.outcome import ComparisonResult, FileResult
from spectrafit.study.resume import Resumption
from spectrafit.study.schema import Comparison, Study
from spectrafit.study.settings import settings_of
from spectrafit.study.tasks import Progress, Task, fault_of
from spectrafit.technique import ComparesSpectra, Observables, Technique

__all__ = ["compared_spectra"]

Observed = Mapping[str, Sequence[tuple[Task, tuple[FileResult, ...]]]]


def compared_spectra(
    study: Study,
    observed: Observed,
    resumption: Resumption,
    executor: Executor,
    progress: Progress | None = None,
) -> tuple[ComparisonResult, ...]:
    """Return what comes of each comparison; one that is refused never stops the others.

    Parameters
    ----------
    study : Study
        Its comparisons and measurements.
    observed : mapping of str to sequence of (Task, tuple of FileResult)
        The files of each sample measurement, with a result each scan of them; only scans that gave
        observables are compared.
    resumption : Resumption
        What it holds is not compared again.
    executor : Executor
        What does the work; the results do not depend on it.
    progress : callable, optional
        ``progress(done, total, text)``, called with each comparison that is computed; done and
        total are files, as while they were observed.

    Returns
    -------
    tuple of ComparisonResult
        In the order of the study.
    """
    if not study.comparison:
        return ()
    scans = {name: observed_scans(rows) for name, rows in observed.items()}
    files = sum(map(len, observed.values()))

    def told(name: str) -> None:
        if progress is not None:
            progress(files, files, f"comparison {name}")

    prepared = {one.name: _prepared(one, study, scans) for one in study.comparison}
    missing = [
        one
        for one in prepared.values()
        if isinstance(one, ComparisonWork)
        and not resumption.has_comparison(one.a, one.b, one.ends, one.settings)
    ]
    ahead = computed_ahead(missing, executor, told)
    found = []
    for name, work in prepared.items():
        if isinstance(work, ComparisonResult):
            found.append(work)
        else:
            found.append(_compared(work, ahead.get(name), resumption, told))
    return tuple(found)


def _prepared(
    one: Comparison, study: Study, scans: Mapping[str, Sequence[ObservedScan]]
) -> ComparisonWork | ComparisonResult:
    """Return the sides of a comparison, or why there are none."""
    names = {m.name: m.technique for m in study.measurement}
    owner = technique(names[one.measurement])
    blank = ComparisonResult(one.name, one.measurement, "refused")
    try:
        return _work(one, owner, scans)
    except SpectrafitError as error:
        return _refused(blank, owner, error)
    except Exception as error:  # whatever a third party's code raises
        return _refused(blank, owner, fault_of(f"the technique {owner.name}", one.name, error))


def _work(
    one: Comparison, owner: Technique, scans: Mapping[str, Sequence[ObservedScan]]
) -> ComparisonWork:
    if not isinstance(owner, ComparesSpectra):
        raise SpectrafitError(f"{owner.name} compares no spectra")
    settings = settings_of(owner.comparison_settings, one.settings, f"comparison {one.name}")
    sides = Sides(one, scans)
    b = sides.side(one.b)
    a = sides.along(one.along, one.b) if one.along else [sides.side(one.a)]
    ends = [sides.side(end) for end in one.ends]
    if any(side is b for side in a):
        raise SpectrafitError(f"a and b are both {b.label}", do="name two different spectra")
    return ComparisonWork(owner.name, one.name, one.measurement, a, b, ends, settings)


def _compared(
    work: ComparisonWork,
    ahead: Observables | SpectrafitError | None,
    resumption: Resumption,
    told: Callable[[str], None],
) -> ComparisonResult:
    blank = ComparisonResult(work.name, work.measurement, "refused")

    def compare() -> Observables:
        if ahead is None:
            told(work.name)
        found = outcome_of(work) if ahead is None else ahead
        if isinstance(found, SpectrafitError):
            raise found
        return found

    try:
        found = resumption.compared(work.a, work.b, work.ends, work.settings, compare)
    except SpectrafitError as error:
        return _refused(blank, technique(work.technique), error)
    return replace(
        blank,
        status="done",
        a=tuple(side.label for side in work.a),
        b=work.b.label,
        observables=found,
        alerts=found.alerts,
    )


def _refused(blank: ComparisonResult, owner: Technique, error: SpectrafitError) -> ComparisonResult:
    """Return a refusal, with the technique's own alert where the error has the code of one."""
    spec = next((spec for spec in owner.alerts if spec.code == error.code), None)
    place = error.where or blank.name
    if spec is None:
        alert = alert_spec("RUN-013").alert(where=place, why=error.what)
        alert = replace(alert, do=error.do or alert.do)
    else:
        alert = Alert(spec.code, spec.level, f"not compared: {error.what}", error.do, place)
    why = f"{error.what}; {error.do}" if error.do else error.what
    return replace(blank, why=why, alerts=(alert,))
