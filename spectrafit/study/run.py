"""From a loaded study to its outcome: read, observe, compare with a declared truth."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from spectrafit import __version__
from spectrafit.errors import SpectrafitError
from spectrafit.files import safe_names
from spectrafit.history import Source
from spectrafit.recording import Recording
from spectrafit.registry import TECHNIQUES, technique
from spectrafit.study.conditions import conditions_of
from spectrafit.study.files import exceptions_of, file_inside, relative_name, study_files
from spectrafit.study.load import LoadedStudy
from spectrafit.study.outcome import FileResult, Outcome
from spectrafit.study.schema import Measurement, MeasurementException, Study
from spectrafit.study.settings import settings_of
from spectrafit.study.tasks import SAMPLE, Progress, Task, observed, readings, refused
from spectrafit.study.truth import Truth, load_truth
from spectrafit.study.truth_rows import truth_rows

__all__ = ["Progress", "run_study"]

Served = Mapping[str, list[tuple[FileResult, tuple[Recording, ...]]]]


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
    truth = _truth(loaded)
    used = {name for m in study.measurement for sources in m.uses.values() for name in sources}
    auxiliary = {
        m.name: _read_auxiliary(m, files[m.name], excepted[m.name], loaded)
        for m in study.measurement
        if m.role != SAMPLE or m.name in used
    }
    tasks: list[Task] = []
    slots: list[FileResult | None] = []
    for m in study.measurement:
        if m.role != SAMPLE:
            slots.extend(result for result, _ in auxiliary[m.name])
            continue
        for path in files[m.name]:
            outcome = _task_of(m, path, excepted[m.name].get(path), loaded, auxiliary)
            if isinstance(outcome, Task):
                tasks.append(outcome)
                slots.append(None)
            else:
                slots.append(outcome)
    found = iter(observed(tasks, jobs, progress))
    results = [
        result for slot in slots for result in ((slot,) if slot is not None else next(found))
    ]
    return _outcome(loaded, tuple(_labelled(results)), truth)


def _truth(loaded: LoadedStudy) -> Truth | None:
    head = loaded.study.study
    if not head.truth:
        return None
    return load_truth(file_inside(head.truth, loaded.folder, head.allow_outside, "$.study.truth"))


def _read_auxiliary(
    m: Measurement,
    paths: Sequence[Path],
    excepted: Mapping[Path, MeasurementException],
    loaded: LoadedStudy,
) -> list[tuple[FileResult, tuple[Recording, ...]]]:
    outside = loaded.study.study.allow_outside
    found: list[tuple[FileResult, tuple[Recording, ...]]] = []
    for path in paths:
        name = relative_name(path, loaded.folder)
        exception = excepted.get(path)
        if exception is not None and not exception.use:
            found.append((_left_out(m, name, exception), ()))
            continue
        try:
            recordings = tuple(
                replace(one, conditions=conditions_of(m, one, path, loaded.folder, outside))
                for one in readings(m, path)
            )
        except SpectrafitError as error:
            found.append((refused(m, name, error), ()))
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


def _task_of(
    m: Measurement,
    path: Path,
    exception: MeasurementException | None,
    loaded: LoadedStudy,
    auxiliary: Served,
) -> Task | FileResult:
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
                f"{result.file}: {result.why}"
                for other in sources
                for result, _ in auxiliary[other]
                if result.why
            )
            return refused(
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
    return Task(m, name, path, loaded.folder, outside, inputs, chosen, parameters)


def _labelled(results: Sequence[FileResult]) -> Iterable[FileResult]:
    """Give each result a short unique name that is safe as a file name: the file's stem if it can."""
    files = dict.fromkeys((result.measurement, result.file) for result in results)
    stems = Counter(Path(file).stem.casefold() for _, file in files)
    alone = len(stems) == len(files)
    wanted = [
        Path(result.file).stem if alone else f"{result.measurement}-{Path(result.file).stem}"
        for result in results
    ]
    scans, number = Counter(wanted), Counter[str]()
    for i, text in enumerate(wanted):
        if scans[text] > 1:
            number[text] += 1
            wanted[i] = f"{text}-{number[text]}"
    for result, label in zip(results, safe_names(wanted), strict=True):
        yield replace(result, label=label)


def _outcome(loaded: LoadedStudy, results: tuple[FileResult, ...], truth: Truth | None) -> Outcome:
    study = loaded.study
    simulated = any(result.source.simulated for result in results)
    rows, failed = truth_rows(truth, results) if truth is not None else ((), ())
    return Outcome(
        study,
        results,
        rows,
        loaded.notices,
        {f"{w.code} {w.measurement}".strip(): w.reason for w in study.waive},
        (*_not_performed(study), *failed),
        _silent_keys(study, results),
        _assumed(study),
        simulated,
        _versions(study),
        loaded.text,
        loaded.file,
    )


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


def _versions(study: Study) -> dict[str, str]:
    from importlib.metadata import entry_points, version

    python = ".".join(str(part) for part in sys.version_info[:3])
    found = {"spectrafit-suite": __version__, "python": python}
    found |= {name: version(name) for name in ("numpy", "scipy")}
    used = {m.technique for m in study.measurement}
    for entry in entry_points(group=TECHNIQUES):
        if entry.name in used and entry.dist is not None:
            found.setdefault(entry.dist.name, entry.dist.version)
    return found
