"""Scans with all that their technique needs, observed one by one or in several processes."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from spectrafit.alert import alert_spec
from spectrafit.errors import PluginError, SpectrafitError
from spectrafit.executor import Executor, WorkerLost
from spectrafit.fit.problem import ParameterChange
from spectrafit.history import Source
from spectrafit.reader import read
from spectrafit.recording import Recording, joint_notices, joint_origin
from spectrafit.registry import technique
from spectrafit.start_time import start_time
from spectrafit.study.conditions import conditions_of
from spectrafit.study.outcome import FileResult
from spectrafit.study.schema import Measurement

__all__ = [
    "SAMPLE",
    "LongSeries",
    "Progress",
    "Task",
    "fault_of",
    "observed",
    "readings",
    "refused",
]

Progress = Callable[[int, int, str], None]
SAMPLE = "sample"

Results = tuple[FileResult, ...]


@dataclass(frozen=True, eq=False)
class LongSeries:
    """The scans that decide for all scans of a measurement, with what their technique needs.

    The recipe follows from the bytes of `paths` and from its other fields alone.

    Parameters
    ----------
    measurement : Measurement
        Its recipe.
    paths : tuple of Path
        Files that can be read, spread evenly over the natural order; their first scans decide.
    folder : Path
        Folder of the study.
    allow_outside : bool
        Whether a table of conditions may be outside the folder.
    inputs : mapping of str to tuple of Recording
        Every input but the sample.
    settings : object
        Of the technique, as the study gives them.
    parameters : mapping of str to ParameterChange
        Fit parameters that the study changes.
    """

    measurement: Measurement
    paths: tuple[Path, ...]
    folder: Path
    allow_outside: bool
    inputs: Mapping[str, tuple[Recording, ...]]
    settings: Any
    parameters: Mapping[str, ParameterChange]


@dataclass(frozen=True, eq=False)
class Task:
    """What a worker is handed: a file, or several scans to merge, and all that their technique needs.

    Its results follow from the bytes of `paths` and from its other fields alone.

    Parameters
    ----------
    measurement : Measurement
        Its recipe.
    file : str
        Path relative to the study, with forward slashes; words where scans are merged.
    paths : tuple of Path
        The file, or the file of each scan that is merged.
    folder : Path
        Folder of the study.
    allow_outside : bool
        Whether a table of conditions may be outside the folder.
    inputs : mapping of str to tuple of Recording
        Every input but the sample.
    settings : object
        Of the technique.
    parameters : mapping of str to ParameterChange
        Changed fit parameters.
    merges : tuple of int
        Which scan of each of `paths` is merged, counted from 0; empty for a file whose scans are
        observed one by one.
    label : str
        Name of the one result of merged scans; empty for a file.
    series : LongSeries or None
        The scans that have yet to decide for it; None once they have, and where it decides for
        itself.
    """

    measurement: Measurement
    file: str
    paths: tuple[Path, ...]
    folder: Path
    allow_outside: bool
    inputs: Mapping[str, tuple[Recording, ...]]
    settings: Any
    parameters: Mapping[str, ParameterChange]
    merges: tuple[int, ...] = ()
    label: str = ""
    series: LongSeries | None = None


def _without_file(error: SpectrafitError, file: str) -> str:
    """Return the words of an error; the file's name only where it is another or has a line."""
    if PurePosixPath(error.where.replace("\\", "/")).name != PurePosixPath(file).name:
        return str(error)
    return f"{error.what}; {error.do}" if error.do else error.what


def refused(m: Measurement, file: str, error: SpectrafitError) -> FileResult:
    """Return the result of a file that is refused.

    Parameters
    ----------
    m : Measurement
        Whose file.
    file : str
        Path relative to the study.
    error : SpectrafitError
        Why.

    Returns
    -------
    FileResult
    """
    alert = alert_spec("RUN-002").alert(where=file, why=f"{error.code} {error.what}")
    alert = replace(alert, do=error.do or alert.do)
    return FileResult(
        m.name,
        m.technique,
        file,
        "",
        "refused",
        why=_without_file(error, file),
        source=Source(file),
        alerts=(alert,),
    )


def readings(m: Measurement, path: Path) -> tuple[Recording, ...]:
    """Return the recordings of a file; whatever a reader raises is a refusal.

    Parameters
    ----------
    m : Measurement
        Names the reader.
    path : Path
        The file.

    Returns
    -------
    tuple of Recording

    Raises
    ------
    SpectrafitError
        When the file is refused or the reader fails.
    """
    try:
        return read(path, reader=m.reader)
    except SpectrafitError:
        raise
    except Exception as error:  # whatever a third party's code raises
        raise fault_of("the reader", path.name, error) from error


def observed(
    tasks: Sequence[Task],
    executor: Executor,
    progress: Progress | None = None,
    finished: Callable[[int, Results], None] | None = None,
) -> list[Results]:
    """Return the results of each task, in their order; they do not depend on the executor.

    Parameters
    ----------
    tasks : sequence of Task
        What to observe.
    executor : Executor
        What does the work.
    progress : callable, optional
        ``progress(done, total, text)``, called after each file.
    finished : callable, optional
        ``finished(number of the task, its results)``, called as each is done, in any order.

    Returns
    -------
    list of tuple of FileResult
        A result each scan of a file.
    """
    done: dict[int, Results] = {}
    with closing(_stream(tasks, executor)) as stream:
        for number, results in stream:
            done[number] = results
            if finished is not None:
                finished(number, results)
            if progress is not None:
                progress(len(done), len(tasks), results[0].file)
    return [done[number] for number in range(len(tasks))]


def _stream(tasks: Sequence[Task], executor: Executor) -> Generator[tuple[int, Results]]:
    delivered = False
    given = [_absolute(task) for task in tasks] if executor.elsewhere else tasks
    for one in executor.completed(_results_of, given):
        task = tasks[one.number]
        if one.value is not None:
            delivered = True
            yield one.number, one.value
        elif isinstance(one.error, WorkerLost) and delivered:
            yield one.number, (_refused_of(task, one.error),)
        else:  # what came of it cannot be handed over, or no process begins: it is computed here
            yield one.number, _results_of(task)


def _absolute(task: Task) -> Task:
    paths = tuple(path.absolute() for path in task.paths)
    return replace(task, paths=paths, folder=task.folder.absolute())


def _refused_of(task: Task, error: SpectrafitError) -> FileResult:
    result = refused(task.measurement, task.file, error)
    return replace(result, label=task.label, scans=max(1, len(task.merges)))


def _results_of(task: Task) -> Results:
    m = task.measurement
    try:
        files = {path: readings(m, path) for path in dict.fromkeys(task.paths)}
    except SpectrafitError as error:
        return (_refused_of(task, error),)
    if task.merges:
        members = zip(task.paths, task.merges, strict=True)
        return (_result_of(task, [(path, files[path][scan]) for path, scan in members]),)
    (path,) = task.paths
    return tuple(_result_of(task, [(path, recording)]) for recording in files[path])


def _result_of(task: Task, scans: Sequence[tuple[Path, Recording]]) -> FileResult:
    """Return the result of one scan, or of several that are merged."""
    m = task.measurement
    source, _ = joint_origin([recording for _, recording in scans])
    try:
        samples = tuple(
            replace(one, conditions=conditions_of(m, one, path, task.folder, task.allow_outside))
            for path, one in scans
        )
        source, conditions = joint_origin(samples)
        inputs = {**task.inputs, SAMPLE: samples}
        found = technique(m.technique).observe(inputs, task.settings, task.parameters)
    except SpectrafitError as error:
        return replace(_refused_of(task, error), source=source)
    except Exception as error:  # whatever a third party's code raises
        fault = fault_of(f"the technique {m.technique}", task.file, error)
        return replace(_refused_of(task, fault), source=source)
    # a notice of the reader that the technique already repeats is not listed twice
    return FileResult(
        m.name,
        m.technique,
        task.file,
        task.label,
        "done",
        source=source,
        conditions=conditions,
        observables=found,
        alerts=tuple(dict.fromkeys((*joint_notices(samples), *found.alerts))),
        started=start_time(samples[0].header),
        scans=len(samples),
    )


def fault_of(who: str, where: str, error: Exception) -> PluginError:
    """Return what a third party's code raised as a refusal that names its place.

    Parameters
    ----------
    who : str
        What failed, like ``"the technique epr"``.
    where : str
        What it worked on.
    error : Exception
        What it raised.

    Returns
    -------
    PluginError
    """
    place = traceback.extract_tb(error.__traceback__)[-1]
    return PluginError(
        f"{who} failed: {type(error).__name__}: {error} ({Path(place.filename).name}:"
        f"{place.lineno})",
        where=where,
        do="report it to its authors: this is a fault of the program, not of the file",
    )
