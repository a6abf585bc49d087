"""The scans of a study as they are handed to a technique that writes them for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spectrafit.errors import SettingsError, SpectrafitError, nearest
from spectrafit.history import Source
from spectrafit.recording import Recording
from spectrafit.registry import technique
from spectrafit.study.conditions import conditions_of
from spectrafit.study.load import LoadedStudy
from spectrafit.study.outcome import FileResult
from spectrafit.study.plan import study_plan
from spectrafit.study.run import labelled_results
from spectrafit.study.schema import Measurement
from spectrafit.study.tasks import SAMPLE, Task, readings, refused
from spectrafit.technique import ExportedScan, Technique

__all__ = ["ScansToExport", "scans_to_export"]


@dataclass(frozen=True, eq=False)
class ScansToExport:
    """Scans of one technique, and the files that gave none.

    Parameters
    ----------
    owner : Technique
        Whose scans they are.
    scans : tuple of ExportedScan
        In the order of the study, with the names that the report gives them.
    left : tuple of FileResult
        Files that are refused or left out, with the reason.
    """

    owner: Technique
    scans: tuple[ExportedScan, ...]
    left: tuple[FileResult, ...]


def scans_to_export(loaded: LoadedStudy, measurement: str = "") -> ScansToExport:
    """Return the sample scans of a study, each with its inputs, settings and parameters.

    Parameters
    ----------
    loaded : LoadedStudy
        The study.
    measurement : str
        Name of one measurement; all of them when empty, where they have one technique.

    Returns
    -------
    ScansToExport

    Raises
    ------
    SettingsError
        For an unknown measurement, or where several techniques would share a file.
    SpectrafitError
        When the study cannot be followed.
    """
    chosen = _chosen(loaded, measurement)
    rows = study_plan(loaded).rows
    given: dict[str, tuple[Task, Recording]] = {}
    left: list[FileResult] = []
    every: list[FileResult] = []
    origin: list[tuple[Task, Recording] | None] = []
    for m in loaded.study.measurement:  # all of them: a name is unique in the whole study
        if m.role != SAMPLE:
            every += [row for row in rows[m.name] if isinstance(row, FileResult)]
            origin += [None] * (len(every) - len(origin))
            continue
        for row in rows[m.name]:
            found = [row] if isinstance(row, FileResult) else _scans_of(row)
            for one in found:
                every.append(one if isinstance(one, FileResult) else _placeholder(one[0]))
                origin.append(None if isinstance(one, FileResult) else one)
    wanted = {m.name for m in chosen}
    for result, source in zip(labelled_results(every), origin, strict=True):
        if result.measurement not in wanted:
            continue
        if source is None:
            left.append(result)
        else:
            given[result.label] = source
    scans = tuple(
        ExportedScan(name, {**task.inputs, SAMPLE: recording}, task.settings, task.parameters)
        for name, (task, recording) in given.items()
    )
    return ScansToExport(technique(chosen[0].technique), scans, tuple(left))


def _chosen(loaded: LoadedStudy, measurement: str) -> Sequence[Measurement]:
    samples = {m.name: m for m in loaded.study.measurement if m.role == SAMPLE}
    if measurement:
        if measurement not in samples:
            raise SettingsError(
                f"there is no sample measurement {measurement!r}",
                where=loaded.study.study.name,
                do=nearest(measurement, list(samples), noun="the sample measurements"),
            )
        return [samples[measurement]]
    techniques = dict.fromkeys(m.technique for m in samples.values())
    if len(techniques) > 1:
        raise SettingsError(
            f"the study has scans of {' and '.join(techniques)}, and a file holds those of one",
            where=loaded.study.study.name,
            do=f"add --measurement NAME; the sample measurements are: {', '.join(samples)}",
        )
    if not samples:
        raise SettingsError("the study has no sample measurement", where=loaded.study.study.name)
    return list(samples.values())


def _scans_of(task: Task) -> list[tuple[Task, Recording] | FileResult]:
    """Return the scans of a file with their conditions, or its refusal."""
    m, (path,) = task.measurement, task.paths
    try:
        return [
            (
                task,
                replace(
                    one, conditions=conditions_of(m, one, path, task.folder, task.allow_outside)
                ),
            )
            for one in readings(m, path)
        ]
    except SpectrafitError as error:
        return [refused(m, task.file, error)]


def _placeholder(task: Task) -> FileResult:
    m = task.measurement
    return FileResult(m.name, m.technique, task.file, "", "done", source=Source(task.file))
