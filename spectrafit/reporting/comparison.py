"""Two results side by side: what was set and read differently, and what became of the values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from spectrafit.reporting.paired_results import Pair, paired
from spectrafit.reporting.setting_changes import SettingChange, setting_changes
from spectrafit.reporting.value_changes import ValueChange, value_changes
from spectrafit.reporting.verify import IN_SIGMA

__all__ = [
    "FileChange",
    "FlagChange",
    "ResultsComparison",
    "VersionChange",
    "compared",
]

Results = Mapping[str, Any]


@dataclass(frozen=True)
class FileChange:
    """One file that is not on both sides with the same content.

    Parameters
    ----------
    measurement, file : str
        Name of the measurement, and path as the later results have it.
    change : str
        ``added``, ``removed``, ``changed``, ``renamed`` or ``status``.
    before, after : str
        Checksum, path or status on both sides; empty where there is none.
    """

    measurement: str
    file: str
    change: Literal["added", "removed", "changed", "renamed", "status"]
    before: str
    after: str


@dataclass(frozen=True)
class VersionChange:
    """One part of the program in another version.

    Parameters
    ----------
    name : str
        Distribution.
    before, after : str
        Versions; empty where it was not used.
    """

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class FlagChange:
    """An alert that is on one side only.

    Parameters
    ----------
    measurement, file : str
        What it is about.
    code, level : str
        Its code and level.
    change : str
        ``raised`` or ``gone``.
    """

    measurement: str
    file: str
    code: str
    level: str
    change: Literal["raised", "gone"]


@dataclass(frozen=True)
class ResultsComparison:
    """Everything in which two results differ.

    Parameters
    ----------
    tolerance : float
        In standard uncertainties.
    settings : tuple of SettingChange
        What the studies say differently.
    files : tuple of FileChange
        Files that were added, removed or changed, and those that are now refused or no longer.
    versions : tuple of VersionChange
        Of the program and what it computes with.
    values : tuple of ValueChange
        Every observable, also those that agree.
    flags : tuple of FlagChange
        Alerts newly raised and gone; notes are left out.
    """

    tolerance: float
    settings: tuple[SettingChange, ...]
    files: tuple[FileChange, ...]
    versions: tuple[VersionChange, ...]
    values: tuple[ValueChange, ...]
    flags: tuple[FlagChange, ...]

    @property
    def differing(self) -> tuple[ValueChange, ...]:
        """The values beyond the tolerance, the largest in standard uncertainties first."""
        found = [one for one in self.values if one.differs]
        return tuple(sorted(found, key=lambda one: -abs(one.in_sigma or 0.0)))

    @property
    def agree(self) -> bool:
        """Whether the results say the same: every value, every flag, every file's status.

        Changed settings, checksums and versions are no difference of results but what may explain
        one.
        """
        lost = any(one.change in ("added", "removed", "status") for one in self.files)
        return not (self.differing or self.flags or lost)


def compared(before: Results, after: Results, tolerance: float = IN_SIGMA) -> ResultsComparison:
    """Return in what two results differ.

    Parameters
    ----------
    before, after : mapping
        Contents of two ``results.json``.
    tolerance : float, optional
        In standard uncertainties: values (and their uncertainties) that lie closer agree. Numbers
        without one agree within 1e-9 of their size.

    Returns
    -------
    ResultsComparison

    Raises
    ------
    KeyError, TypeError, ValueError, SpectrafitError
        When one lacks what every results file has.
    """
    pairs = paired(before["results"], after["results"])
    return ResultsComparison(
        tolerance,
        setting_changes(before, after),
        tuple(change for pair in pairs for change in _file_changes(pair)),
        tuple(_versions(before["versions"], after["versions"])),
        tuple(change for pair in pairs for change in value_changes(pair, tolerance)),
        tuple(change for pair in pairs for change in _flag_changes(pair)),
    )


def _file_changes(pair: Pair) -> Iterator[FileChange]:
    old, new = pair.before, pair.after
    if old is None or new is None:
        only = "added" if old is None else "removed"
        sums = ["" if one is None else _sum(one) for one in (old, new)]
        yield FileChange(pair.measurement, pair.file, only, *sums)  # type: ignore[arg-type]
        return
    if _sum(old) != _sum(new):
        yield FileChange(pair.measurement, pair.file, "changed", _sum(old), _sum(new))
    if old["file"] != new["file"]:
        yield FileChange(pair.measurement, pair.file, "renamed", old["file"], new["file"])
    if old["status"] != new["status"]:
        yield FileChange(pair.measurement, pair.file, "status", old["status"], new["status"])


def _sum(row: Mapping[str, Any]) -> str:
    return str(row["source"]["sha256"] or "not read")


def _versions(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[VersionChange]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield VersionChange(name, before.get(name, ""), after.get(name, ""))


def _flag_changes(pair: Pair) -> Iterator[FlagChange]:
    if pair.before is None or pair.after is None:
        return
    old, new = (
        {row["code"]: row["level"] for row in side["alerts"] if row["level"] != "G"}
        for side in (pair.before, pair.after)
    )
    for code in sorted(set(old) ^ set(new)):
        level, change = (new[code], "raised") if code in new else (old[code], "gone")
        yield FlagChange(pair.measurement, pair.file, code, level, change)  # type: ignore[arg-type]
