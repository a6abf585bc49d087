"""What a study asks for, before anything is fitted: the files of each measurement as tasks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spectrafit.errors import SpectrafitError
from spectrafit.history import Source
from spectrafit.recording import Recording
from spectrafit.registry import technique
from spectrafit.study.conditions import conditions_of
from spectrafit.study.files import exceptions_of, relative_name, study_files
from spectrafit.study.load import LoadedStudy
from spectrafit.study.long_series import long_series
from spectrafit.study.merging import check_merge_conditions
from spectrafit.study.outcome import FileResult
from spectrafit.study.schema import Measurement, MeasurementException
from spectrafit.study.settings import settings_of
from spectrafit.study.tasks import SAMPLE, Task, readings, refused

__all__ = ["StudyPlan", "study_plan"]

STILL_WRITTEN = "it was new, or still being written"

Served = Mapping[str, list[tuple[FileResult, tuple[Recording, ...]]]]


@dataclass(frozen=True, eq=False)
class StudyPlan:
    """What is to be done with each file of a study.

    Parameters
    ----------
    rows : mapping of str to list of FileResult or Task
        By measurement: a task for each file that is to be observed, a result for what needs none.
    excepted : mapping of str to mapping of Path to MeasurementException
        By measurement: what the study says of single files.
    """

    rows: Mapping[str, Sequence[FileResult | Task]]
    excepted: Mapping[str, Mapping[Path, MeasurementException]]


def study_plan(loaded: LoadedStudy, resting: Collection[Path] | None = None) -> StudyPlan:
    """Return what a study asks for; what serves others, like a foil, is read.

    Parameters
    ----------
    loaded : LoadedStudy
        The study and its folder.
    resting : collection of Path, optional
        Files of its globs that nobody writes any more: the others are left out, with that reason.
        All of them are read when None.

    Returns
    -------
    StudyPlan

    Raises
    ------
    SpectrafitError
        When the study cannot be followed (settings, missing files).
    """
    study = loaded.study
    outside = study.study.allow_outside
    files = {m.name: study_files(m, loaded.folder, outside) for m in study.measurement}
    excepted = {
        m.name: {
            **exceptions_of(m, loaded.folder, outside),
            **_unfinished(files[m.name], resting),
        }
        for m in study.measurement
    }
    used = {name for m in study.measurement for sources in m.uses.values() for name in sources}
    auxiliary = {
        m.name: _read_auxiliary(m, files[m.name], excepted[m.name], loaded)
        for m in study.measurement
        if m.role != SAMPLE or m.name in used
    }
    rows = {
        m.name: [result for result, _ in auxiliary[m.name]]
        if m.role != SAMPLE
        else _planned(m, files[m.name], excepted[m.name], loaded, auxiliary)
        for m in study.measurement
    }
    return StudyPlan(rows, excepted)


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


def _unfinished(
    paths: Sequence[Path], resting: Collection[Path] | None
) -> Mapping[Path, MeasurementException]:
    """Return an exception for each file that is not at rest."""
    if resting is None:
        return {}
    exception = MeasurementException(files=(), reason=STILL_WRITTEN, use=False)
    return {path: exception for path in paths if path not in resting}


def _left_out(m: Measurement, name: str, exception: MeasurementException) -> FileResult:
    return FileResult(
        m.name, m.technique, name, "", "left out", why=exception.reason, source=Source(name)
    )


def _planned(
    m: Measurement,
    paths: Sequence[Path],
    excepted: Mapping[Path, MeasurementException],
    loaded: LoadedStudy,
    auxiliary: Served,
) -> list[FileResult | Task]:
    """Return a task for each file of a measurement, a result for what needs none."""
    owner, outside = technique(m.technique), loaded.study.study.allow_outside
    used = [path for path in paths if path not in excepted or excepted[path].use]
    check_merge_conditions(m, used, loaded.folder, outside)
    inputs = _inputs(m, auxiliary)
    common = None
    if not isinstance(inputs, SpectrafitError):
        common = long_series(
            m,
            used,
            folder=loaded.folder,
            allow_outside=outside,
            inputs=inputs,
            settings=settings_of(owner, m.settings, f"measurement {m.name}"),
            parameters=dict(m.parameters),
        )
    rows: list[FileResult | Task] = []
    for path in paths:
        name, exception = relative_name(path, loaded.folder), excepted.get(path)
        if exception is not None and not exception.use:
            rows.append(_left_out(m, name, exception))
            continue
        if isinstance(inputs, SpectrafitError):
            rows.append(refused(m, name, inputs))
            continue
        settings, parameters = dict(m.settings), dict(m.parameters)
        if exception is not None:
            settings.update(exception.settings)
            parameters.update(exception.parameters)
        chosen = settings_of(owner, settings, f"measurement {m.name}")
        folder = loaded.folder
        task = Task(m, name, (path,), folder, outside, inputs, chosen, parameters, series=common)
        rows.append(task)
    return rows


def _inputs(
    m: Measurement, auxiliary: Served
) -> Mapping[str, tuple[Recording, ...]] | SpectrafitError:
    """Return every input but the sample, or why one of them has no recording."""
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
            what = f"no usable {role} in {', '.join(sources)}"
            return SpectrafitError(what, do=refusals or "give it files")
        inputs[role] = recordings
    return inputs
