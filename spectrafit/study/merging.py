"""Scans of equal conditions as one task: their merged spectrum is observed in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from spectrafit.alert import Alert, alert_spec
from spectrafit.conditions import conditions_text
from spectrafit.errors import Mistake, SpectrafitError, StudyError, nearest
from spectrafit.fit.problem import ParameterChange
from spectrafit.study.conditions import conditions_of
from spectrafit.study.mistakes import shown
from spectrafit.study.outcome import FileResult
from spectrafit.study.schema import Measurement
from spectrafit.study.tasks import Task, readings

__all__ = ["check_merge_conditions", "merge_tasks"]

Observed = Sequence[tuple[Task, tuple[FileResult, ...]]]
_Member = tuple[Path, int, FileResult]


def check_merge_conditions(
    measurement: Measurement, files: Sequence[Path], folder: Path, allow_outside: bool
) -> None:
    """Refuse a measurement whose scans are to be merged by a condition that no file has.

    Parameters
    ----------
    measurement : Measurement
        With `merge_by`.
    files : sequence of Path
        Its files without those that are left out.
    folder : Path
        Folder of the study.
    allow_outside : bool
        Whether a table of conditions may be outside the folder.

    Raises
    ------
    StudyError
        With the nearest condition that a file has.
    """
    missing = set(measurement.merge_by)
    known: dict[str, None] = {}
    for path in files if missing else ():
        try:
            scans = readings(measurement, path)
            found = [conditions_of(measurement, s, path, folder, allow_outside) for s in scans]
        except SpectrafitError:
            continue
        known.update(dict.fromkeys(name for conditions in found for name in conditions))
        missing -= known.keys()
        if not missing:
            return
    if missing and known:
        place = f"$.measurement[{measurement.name}].merge_by"
        raise StudyError(
            tuple(
                Mistake(
                    place,
                    f"no file has a condition {shown(name)}",
                    nearest(name, known, noun="the conditions"),
                )
                for name in sorted(missing)
            )
        )


def merge_tasks(
    measurement: Measurement,
    observed: Observed,
    *,
    settings: Any,
    parameters: Mapping[str, ParameterChange],
    apart: frozenset[Path],
) -> tuple[tuple[Task, ...], tuple[Alert, ...]]:
    """Return a task for each group of scans of equal conditions, and what is in no group.

    Parameters
    ----------
    measurement : Measurement
        With `merge_by`.
    observed : sequence of (Task, tuple of FileResult)
        Its files, with a result each scan of them; only scans that gave observables are merged.
    settings : object
        Of the technique, for the merged spectra.
    parameters : mapping of str to ParameterChange
        Changed fit parameters, for the merged spectra.
    apart : frozenset of Path
        Files that the study gives settings of their own: they are not merged.

    Returns
    -------
    tasks : tuple of Task
        In the order of the groups' first scans.
    alerts : tuple of Alert
        One for each reason why scans are in no group.
    """
    groups: dict[tuple[float | str, ...], list[_Member]] = {}
    own: list[str] = []
    for task, results in observed:
        (path,) = task.paths
        for scan, result in enumerate(results):
            values = tuple(result.conditions.get(name) for name in measurement.merge_by)
            if result.status != "done" or any(value is None for value in values):
                continue
            if path in apart:
                own.append(result.file)
                continue
            key = tuple(value for value in values if value is not None)
            groups.setdefault(key, []).append((path, scan, result))
    first = observed[0][0] if observed else None
    tasks = tuple(
        _task(measurement, first, key, members, settings, parameters)
        for key, members in groups.items()
        if first is not None and len(members) > 1
    )
    single = [members[0][2].file for members in groups.values() if len(members) == 1]
    alerts = [
        alert_spec("RUN-012").alert(where=measurement.name, files=", ".join(files), why=why)
        for files, why in (
            (own, "the study gives them settings of their own"),
            (single, "no other scan has their conditions"),
        )
        if files
    ]
    return tasks, tuple(alerts)


def _task(
    measurement: Measurement,
    like: Task,
    key: tuple[float | str, ...],
    members: Sequence[_Member],
    settings: Any,
    parameters: Mapping[str, ParameterChange],
) -> Task:
    conditions = dict(zip(measurement.merge_by, key, strict=True))
    words = [
        f"{name}-{value if isinstance(value, str) else f'{value:g}'}"
        for name, value in conditions.items()
    ]
    return replace(
        like,
        file=f"merged: {len(members)} scans, {conditions_text(conditions)}",
        paths=tuple(path for path, _, _ in members),
        merges=tuple(scan for _, scan, _ in members),
        label="-".join(("merged", *words)),
        settings=settings,
        parameters=parameters,
        series=None,
    )
