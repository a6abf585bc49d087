"""The scans that a comparison names, read again and handed over with all their technique needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from spectrafit.conditions import CONDITION_UNITS, conditions_text
from spectrafit.errors import SpectrafitError
from spectrafit.recording import Recording
from spectrafit.rounding import number_text
from spectrafit.study.conditions import conditions_of
from spectrafit.study.outcome import FileResult
from spectrafit.study.schema import Comparison, Selected
from spectrafit.study.tasks import SAMPLE, Task, readings
from spectrafit.technique import ComparedScans

__all__ = ["FILE", "MEASUREMENT", "ObservedScan", "Sides", "observed_scans"]

MEASUREMENT, FILE = "measurement", "file"
SAME = 1e-9
MOST_LISTED = 8


@dataclass(frozen=True, eq=False)
class ObservedScan:
    """One scan of a measurement that gave observables.

    Parameters
    ----------
    task : Task
        What it was observed with.
    number : int
        Which scan of its file, from 0.
    result : FileResult
        What came of it.
    """

    task: Task
    number: int
    result: FileResult

    @property
    def key(self) -> tuple[str, str, int]:
        """Measurement, file and number of the scan."""
        return self.result.measurement, self.result.file, self.number

    def recording(self) -> Recording:
        """Return the scan, read again, with its conditions."""
        task = self.task
        (path,) = task.paths
        one = readings(task.measurement, path)[self.number]
        conditions = conditions_of(task.measurement, one, path, task.folder, task.allow_outside)
        return replace(one, conditions=conditions)


def observed_scans(
    rows: Sequence[tuple[Task, tuple[FileResult, ...]]],
) -> tuple[ObservedScan, ...]:
    """Return the scans of a measurement that can be compared.

    Parameters
    ----------
    rows : sequence of (Task, tuple of FileResult)
        Its files.

    Returns
    -------
    tuple of ObservedScan
        Those that gave observables, in the order of the files.
    """
    return tuple(
        ObservedScan(task, number, result)
        for task, results in rows
        for number, result in enumerate(results)
        if result.status == "done"
    )


class Sides:
    """The spectra of one comparison; equal scans are one object, whatever names them.

    Parameters
    ----------
    comparison : Comparison
        Names them.
    scans : mapping of str to sequence of ObservedScan
        By measurement.
    """

    def __init__(self, comparison: Comparison, scans: Mapping[str, Sequence[ObservedScan]]) -> None:
        self._comparison = comparison
        self._scans = scans
        self._made: dict[tuple[tuple[str, str, int], ...], ComparedScans] = {}

    def side(self, selected: Selected) -> ComparedScans:
        """Return the scans that conditions name, as one side.

        Parameters
        ----------
        selected : mapping
            Conditions, and ``measurement`` or ``file``.

        Returns
        -------
        ComparedScans

        Raises
        ------
        SpectrafitError
            Where none is named.
        """
        every = self._of(selected)
        found = [scan for scan in every if _is_selected(scan.result, selected)]
        if not found:
            raise SpectrafitError(
                f"no scan with {_words(selected) or 'any condition'}",
                where=self._comparison.name,
                do=f"there are: {_listed(scan.result for scan in every)}",
            )
        return self._side(found)

    def along(self, name: str, apart: Selected) -> list[ComparedScans]:
        """Return the spectra of a measurement in the order of a condition.

        Parameters
        ----------
        name : str
            The condition; scans that agree in it are repeats.
        apart : mapping
            Conditions of the scans that are left out.

        Returns
        -------
        list of ComparedScans

        Raises
        ------
        SpectrafitError
            Where no other scan has the condition.
        """
        every = self._of({key: value for key, value in apart.items() if key == MEASUREMENT})
        groups: dict[float | str, list[ObservedScan]] = {}
        for scan in every:
            value = scan.result.conditions.get(name)
            if value is not None and not _is_selected(scan.result, apart):
                groups.setdefault(value, []).append(scan)
        if not groups:
            raise SpectrafitError(
                f"no other scan has a condition {name}",
                where=self._comparison.name,
                do=f"there are: {_listed(scan.result for scan in every)}",
            )
        ordered = sorted(groups, key=lambda value: (isinstance(value, str), value))
        return [self._side(groups[value]) for value in ordered]

    def _of(self, selected: Selected) -> Sequence[ObservedScan]:
        name = selected.get(MEASUREMENT, self._comparison.measurement)
        return self._scans.get(str(name), ())

    def _side(self, scans: Sequence[ObservedScan]) -> ComparedScans:
        key = tuple(scan.key for scan in scans)
        if key not in self._made:
            self._made[key] = self._compared(scans)
        return self._made[key]

    def _compared(self, scans: Sequence[ObservedScan]) -> ComparedScans:
        first = scans[0]
        task, m = first.task, first.task.measurement
        if any(scan.task.settings != task.settings for scan in scans[1:]):
            raise SpectrafitError(
                "repeats with different settings are no repeats",
                where=", ".join(scan.result.file for scan in scans),
            )
        recordings = tuple(scan.recording() for scan in scans)
        same = {
            name: value
            for name, value in first.result.conditions.items()
            if all(scan.result.conditions.get(name) == value for scan in scans)
        }
        shown = {name: same[name] for name in m.conditions if name in same}
        head = conditions_text(shown) or first.result.file
        repeats = f", {len(scans)} scans" if len(scans) > 1 else ""
        return ComparedScans(
            self._unique(_key_part(shown) or _plain(first.result.file), m.name),
            f"{m.name}, {head}{repeats}",
            m.technique,
            {**task.inputs, SAMPLE: recordings},
            task.settings,
            task.parameters,
        )

    def _unique(self, name: str, measurement: str) -> str:
        taken = {side.name for side in self._made.values()}
        if name in taken:
            name = f"{_plain(measurement)}-{name}"
        number, wanted = 2, name
        while name in taken:
            name, number = f"{wanted}-{number}", number + 1
        return name


def _is_selected(result: FileResult, selected: Selected) -> bool:
    for name, wanted in selected.items():
        if name == MEASUREMENT:
            continue
        value = result.file if name == FILE else result.conditions.get(name)
        if name == FILE and isinstance(wanted, str):
            if not fnmatchcase(result.file, wanted):
                return False
        elif isinstance(wanted, str) or not isinstance(value, float | int):
            if value != wanted:
                return False
        elif isinstance(wanted, tuple):
            if not wanted[0] <= value <= wanted[1]:
                return False
        elif abs(value - wanted) > SAME * max(abs(value), abs(wanted)):
            return False
    return True


def _words(selected: Selected) -> str:
    plain: dict[str, float | str] = {
        name: value
        if not isinstance(value, tuple)
        else f"{number_text(value[0])} to {number_text(value[1])}"
        for name, value in selected.items()
    }
    return conditions_text(plain)


def _listed(results: Iterable[FileResult]) -> str:
    texts = list(
        dict.fromkeys(f"{result.file} ({conditions_text(result.conditions)})" for result in results)
    )
    more = f" and {len(texts) - MOST_LISTED} more" if len(texts) > MOST_LISTED else ""
    return (", ".join(texts[:MOST_LISTED]) + more) or "none that was fitted"


def _key_part(conditions: Mapping[str, float | str]) -> str:
    """Return conditions as part of a key, like ``135K``; empty without any."""
    parts = []
    for name, value in conditions.items():
        text = value if isinstance(value, str) else number_text(value, 6)
        unit = CONDITION_UNITS.get(name, "")
        parts.append(f"{text}{unit}" if unit else f"{name}-{text}")
    return _plain("-".join(parts))


def _plain(text: str) -> str:
    """Return a text with the letters that a part of a key may have."""
    return re.sub(r"[^A-Za-z0-9_+-]+", "_", text.replace("−", "-")).strip("_")
