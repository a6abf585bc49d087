"""Files with all that their technique needs, observed one by one or in several processes."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from spectrafit.alert import alert_spec
from spectrafit.errors import PluginError, SpectrafitError
from spectrafit.fit.problem import ParameterChange
from spectrafit.history import Source
from spectrafit.processes import workers
from spectrafit.reader import read
from spectrafit.recording import Recording
from spectrafit.registry import technique
from spectrafit.start_time import start_time
from spectrafit.study.conditions import conditions_of
from spectrafit.study.outcome import FileResult
from spectrafit.study.schema import Measurement

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

__all__ = ["SAMPLE", "Progress", "Task", "observed", "readings", "refused"]

Progress = Callable[[int, int, str], None]
SAMPLE = "sample"

Results = tuple[FileResult, ...]


@dataclass(frozen=True, eq=False)
class Task:
    """One file with all that its technique needs; what a worker is handed.

    Parameters
    ----------
    measurement : Measurement
        Its recipe.
    file : str
        Path relative to the study, with forward slashes.
    path : Path
        The file.
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
    """

    measurement: Measurement
    file: str
    path: Path
    folder: Path
    allow_outside: bool
    inputs: Mapping[str, tuple[Recording, ...]]
    settings: Any
    parameters: Mapping[str, ParameterChange]


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
        raise _fault("the reader", path.name, error) from error


def observed(tasks: Sequence[Task], jobs: int, progress: Progress | None = None) -> list[Results]:
    """Return the results of each task, in their order; they do not depend on `jobs`.

    Parameters
    ----------
    tasks : sequence of Task
        What to observe.
    jobs : int
        Processes.
    progress : callable, optional
        ``progress(done, total, text)``, called after each file.

    Returns
    -------
    list of tuple of FileResult
        A result each scan of a file.
    """
    done: list[Results] = []
    alone = min(jobs, len(tasks)) <= 1
    with closing(_one_by_one(tasks) if alone else _in_pool(tasks, jobs)) as stream:
        for results in stream:
            done.append(results)
            if progress is not None:
                progress(len(done), len(tasks), results[0].file)
    return done


def _one_by_one(tasks: Sequence[Task]) -> Generator[Results]:
    for task in tasks:
        yield _results_of(task)


def _in_pool(tasks: Sequence[Task], jobs: int) -> Generator[Results]:
    from concurrent.futures.process import BrokenProcessPool

    delivered = False
    with workers(min(jobs, len(tasks))) as pool:
        futures = [_submitted(pool, task) for task in tasks]
        for task, future in zip(tasks, futures, strict=True):
            try:
                results = future.result()
                delivered = True
            except BrokenProcessPool:
                results = (_lost(task),) if delivered else _results_of(task)
            except Exception:  # what came of it cannot be handed over: it is computed here
                results = _results_of(task)
            yield results


def _submitted(pool: ProcessPoolExecutor, task: Task) -> Future[Results]:
    """Return the future of a task; where the pool is broken already, one that has failed."""
    from concurrent.futures import Future

    try:
        return pool.submit(_results_of, task)
    except RuntimeError as error:
        failed: Future[Results] = Future()
        failed.set_exception(error)
        return failed


def _lost(task: Task) -> FileResult:
    error = SpectrafitError(
        "the process that worked on it has ended, perhaps for want of memory",
        where=task.file,
        do="run again with --jobs 1",
    )
    return refused(task.measurement, task.file, error)


def _results_of(task: Task) -> Results:
    try:
        recordings = readings(task.measurement, task.path)
    except SpectrafitError as error:
        return (refused(task.measurement, task.file, error),)
    return tuple(_result_of(task, recording) for recording in recordings)


def _result_of(task: Task, recording: Recording) -> FileResult:
    m = task.measurement
    try:
        own = conditions_of(m, recording, task.path, task.folder, task.allow_outside)
        sample = replace(recording, conditions=own)
        inputs = {**task.inputs, SAMPLE: (sample,)}
        found = technique(m.technique).observe(inputs, task.settings, task.parameters)
    except SpectrafitError as error:
        return replace(refused(m, task.file, error), source=recording.source)
    except Exception as error:  # whatever a third party's code raises
        fault = _fault(f"the technique {m.technique}", task.file, error)
        return replace(refused(m, task.file, fault), source=recording.source)
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
        started=start_time(recording.header),
    )


def _fault(who: str, where: str, error: Exception) -> PluginError:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return PluginError(
        f"{who} failed: {type(error).__name__}: {error} ({Path(place.filename).name}:"
        f"{place.lineno})",
        where=where,
        do="report it to its authors: this is a fault of the program, not of the file",
    )
