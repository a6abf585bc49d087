"""From a loaded study to its outcome: read, observe, compare with a declared truth."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spectrafit import __version__
from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import SpectrafitError
from spectrafit.files import safe_names
from spectrafit.fit.problem import ParameterChange
from spectrafit.history import Source
from spectrafit.reader import read
from spectrafit.recording import Recording
from spectrafit.registry import spec_for, technique
from spectrafit.states.mixing import mixed_value
from spectrafit.study.conditions import conditions_of
from spectrafit.study.files import exceptions_of, file_inside, relative_name, study_files
from spectrafit.study.load import LoadedStudy
from spectrafit.study.outcome import FileResult, Outcome, TruthRow
from spectrafit.study.schema import Measurement, MeasurementException, Study
from spectrafit.study.settings import settings_of
from spectrafit.study.truth import Truth, load_truth
from spectrafit.units import converted

__all__ = ["Progress", "run_study"]

Progress = Callable[[int, int, str], None]
SAMPLE = "sample"


@dataclass(frozen=True, eq=False)
class _Task:
    """One scan of one file with all that its technique needs; what a worker is handed."""

    measurement: Measurement
    file: str
    path: Path
    folder: Path
    allow_outside: bool
    inputs: Mapping[str, tuple[Recording, ...]]
    settings: Any
    parameters: Mapping[str, ParameterChange]


def run_study(loaded: LoadedStudy, *, jobs: int = 1, progress: Progress | None = None) -> Outcome:
    """Return what comes of a study; a file that is refused never stops the others.

    Parameters
    ----------
    loaded : LoadedStudy
        The study and its folder.
    jobs : int
        Processes; the result does not depend on it.
    progress : callable, optional
        ``progress(done, total, text)``, called after each file.

    Returns
    -------
    Outcome

    Raises
    ------
    SpectrafitError
        When the study itself cannot be followed (settings, missing files, truth).
    """
    study = loaded.study
    outside = study.study.allow_outside
    files = {m.name: study_files(m, loaded.folder, outside) for m in study.measurement}
    excepted = {m.name: exceptions_of(m, loaded.folder, outside) for m in study.measurement}
    auxiliary = {
        m.name: _read_auxiliary(m, files[m.name], excepted[m.name], loaded.folder)
        for m in study.measurement
        if m.role != SAMPLE
    }
    tasks: list[_Task] = []
    slots: list[FileResult | None] = []
    for m in study.measurement:
        if m.role != SAMPLE:
            slots.extend(result for result, _ in auxiliary[m.name])
            continue
        for path in files[m.name]:
            outcome = _task_of(m, path, excepted[m.name].get(path), loaded, auxiliary)
            if isinstance(outcome, _Task):
                tasks.append(outcome)
                slots.append(None)
            else:
                slots.append(outcome)
    observed = iter(_observed(tasks, jobs, progress))
    results = [
        result for slot in slots for result in ((slot,) if slot is not None else next(observed))
    ]
    return _outcome(loaded, tuple(_labelled(results)))


def _read_auxiliary(
    m: Measurement,
    paths: Sequence[Path],
    excepted: Mapping[Path, MeasurementException],
    folder: Path,
) -> list[tuple[FileResult, tuple[Recording, ...]]]:
    found = []
    for path in paths:
        name = relative_name(path, folder)
        exception = excepted.get(path)
        if exception is not None and not exception.use:
            found.append((_left_out(m, name, exception), ()))
            continue
        try:
            recordings = read(path, reader=m.reader)
        except SpectrafitError as error:
            found.append((_refused(m, name, error), ()))
            continue
        notices = tuple(alert for recording in recordings for alert in recording.notices)
        result = FileResult(
            m.name, m.technique, name, "", "done", source=recordings[0].source, alerts=notices
        )
        found.append((result, recordings))
    return found


def _left_out(m: Measurement, name: str, exception: MeasurementException) -> FileResult:
    return FileResult(
        m.name, m.technique, name, "", "left out", why=exception.reason, source=Source(name)
    )


def _refused(m: Measurement, name: str, error: SpectrafitError) -> FileResult:
    alert = alert_spec("RUN-002").alert(where=name, why=f"{error.code} {error.what}")
    return FileResult(
        m.name,
        m.technique,
        name,
        "",
        "refused",
        why=str(error),
        source=Source(name),
        alerts=(replace(alert, do=error.do or alert.do),),
    )


def _task_of(
    m: Measurement,
    path: Path,
    exception: MeasurementException | None,
    loaded: LoadedStudy,
    auxiliary: Mapping[str, list[tuple[FileResult, tuple[Recording, ...]]]],
) -> _Task | FileResult:
    name = relative_name(path, loaded.folder)
    settings, parameters = dict(m.settings), dict(m.parameters)
    if exception is not None:
        if not exception.use:
            return _left_out(m, name, exception)
        settings.update(exception.settings)
        parameters.update(exception.parameters)
    inputs: dict[str, tuple[Recording, ...]] = {}
    for role, sources in m.uses.items():
        recordings = tuple(
            recording for other in sources for _, found in auxiliary[other] for recording in found
        )
        if not recordings:
            refusals = "; ".join(
                result.why for other in sources for result, _ in auxiliary[other] if result.why
            )
            return _refused(
                m,
                name,
                SpectrafitError(
                    f"no usable {role} in {', '.join(sources)}",
                    where=name,
                    do=refusals or "give it files",
                ),
            )
        inputs[role] = recordings
    chosen = settings_of(technique(m.technique), settings, f"measurement {m.name}")
    outside = loaded.study.study.allow_outside
    return _Task(m, name, path, loaded.folder, outside, inputs, chosen, parameters)


def _observed(
    tasks: Sequence[_Task], jobs: int, progress: Progress | None
) -> list[tuple[FileResult, ...]]:
    done: list[tuple[FileResult, ...]] = []

    def report(results: tuple[FileResult, ...]) -> None:
        done.append(results)
        if progress is not None:
            progress(len(done), len(tasks), results[0].file)

    if jobs <= 1 or len(tasks) <= 1:
        for task in tasks:
            report(_observed_file(task))
        return done
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=context) as pool:
        for results in pool.map(_observed_file, tasks):
            report(results)
    return done


def _observed_file(task: _Task) -> tuple[FileResult, ...]:
    m = task.measurement
    try:
        recordings = read(task.path, reader=m.reader)
    except SpectrafitError as error:
        return (_refused(m, task.file, error),)
    return tuple(_observed_recording(task, recording) for recording in recordings)


def _observed_recording(task: _Task, recording: Recording) -> FileResult:
    m = task.measurement
    try:
        own = conditions_of(m, recording, task.path, task.folder, task.allow_outside)
        sample = replace(recording, conditions=own)
        inputs = {**task.inputs, SAMPLE: (sample,)}
        found = technique(m.technique).observe(inputs, task.settings, task.parameters)
    except SpectrafitError as error:
        return replace(_refused(m, task.file, error), source=recording.source)
    # a notice of the reader that the technique already repeats is not listed twice
    alerts = dict.fromkeys((*recording.notices, *found.alerts))
    return FileResult(
        m.name,
        m.technique,
        task.file,
        "",
        "done",
        source=recording.source,
        conditions=sample.conditions,
        observables=found,
        alerts=tuple(alerts),
    )


def _labelled(results: Sequence[FileResult]) -> Iterable[FileResult]:
    """Give each result a short unique name that is safe as a file name."""
    wanted = [f"{result.measurement}-{Path(result.file).stem}" for result in results]
    for i, text in enumerate(wanted):
        if wanted.count(text) > 1:
            wanted[i] = f"{text}-{wanted[: i + 1].count(text)}"
    for result, label in zip(results, safe_names(wanted), strict=True):
        yield replace(result, label=label)


def _outcome(loaded: LoadedStudy, results: tuple[FileResult, ...]) -> Outcome:
    study = loaded.study
    simulated = any(result.source.simulated for result in results)
    alerts: tuple[Alert, ...] = tuple(loaded.notices)
    truth: tuple[TruthRow, ...] = ()
    if study.study.truth:
        file = file_inside(
            study.study.truth, loaded.folder, study.study.allow_outside, "$.study.truth"
        )
        truth = _truth_rows(load_truth(file), results)
    return Outcome(
        study,
        results,
        truth,
        alerts,
        {f"{w.code} {w.measurement}".strip(): w.reason for w in study.waive},
        _not_performed(study),
        _silent_keys(study, results),
        _assumed(study),
        simulated,
        _versions(),
        loaded.text,
    )


def _truth_rows(truth: Truth, results: Sequence[FileResult]) -> tuple[TruthRow, ...]:
    """Compare each value with what the declared populations make of its key."""
    rows = []
    for result in results:
        temperature = result.conditions.get("T")
        if result.observables is None or not isinstance(temperature, float):
            continue
        for item in result.observables.items:
            member, spec = truth.member(item.key), spec_for(item.key)
            if member is None or spec is None or not isinstance(item.value, int | float):
                continue
            populations = truth.populations(temperature)
            mixed = mixed_value(spec, populations, member.values, truth.nuisances, temperature)
            expected = converted(mixed, member.unit, item.unit)
            pull = None if item.sigma is None else (item.value - expected) / item.sigma
            printed = truth.paper_value(item.key, temperature)
            paper = None if printed is None else converted(printed, member.unit, item.unit)
            rows.append(TruthRow(result.label, item, expected, pull, paper))
    return tuple(rows)


def _silent_keys(study: Study, results: Sequence[FileResult]) -> tuple[str, ...]:
    keys = {key for r in results if r.observables is not None for key in r.observables.keys}
    mentioned = {key for state in study.state.values() for key in state.expect}
    return tuple(sorted(keys - mentioned))


def _assumed(study: Study) -> tuple[str, ...]:
    return tuple(
        f"{name}, {key}: {value.source}"
        for name, state in study.state.items()
        for key, value in state.expect.items()
        if value.source.startswith("assumed:")
    )


def _not_performed(study: Study) -> tuple[str, ...]:
    missing = ["populations and evidence: this version reports observables only"]
    if not study.study.truth:
        missing.append("comparison with a declared truth: the study names none")
    return tuple(missing)


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    names = ("numpy", "scipy")
    python = ".".join(str(part) for part in sys.version_info[:3])
    return {"spectrafit-suite": __version__, "python": python} | {n: version(n) for n in names}
