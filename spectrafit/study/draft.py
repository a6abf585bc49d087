"""What a first study of a folder holds: measurements with names, globs, and what they use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from spectrafit.errors import SettingsError
from spectrafit.registry import technique
from spectrafit.study.examine import SAMPLE
from spectrafit.study.globs import Cover, covering_globs, numbered_names
from spectrafit.study.grouping import Group
from spectrafit.study.survey import LeftOut, Survey
from spectrafit.study.temperature import TemperatureSource, temperature_source

__all__ = ["DraftedMeasurement", "by_reason", "drafted_measurements", "family", "short_names"]

MOST_NAMES = 6


@dataclass(frozen=True, eq=False)
class DraftedMeasurement:
    """One measurement of a first study.

    Parameters
    ----------
    name : str
        As in the study.
    group : Group
        Its files.
    cover : Cover
        Globs for them, relative to the surveyed folder.
    temperature : TemperatureSource or None
        Where T stands; None for what is no sample.
    uses : mapping of str to tuple of str
        Measurements by input that are used.
    waiting : mapping of str to tuple of str
        Measurements by input that are used once the user gives what is missing.
    doubtful : mapping of str to tuple of str
        Measurements by input of which the user must choose one.
    settings : mapping
        What the files need.
    missing : mapping of str to str
        Settings and inputs that the user must give, each with a sentence.
    examples : mapping
        Values to show beside what is missing.
    elsewhere : tuple of str
        Folders of what it uses, where that is not its own.
    """

    name: str
    group: Group
    cover: Cover
    temperature: TemperatureSource | None
    uses: Mapping[str, tuple[str, ...]]
    waiting: Mapping[str, tuple[str, ...]]
    doubtful: Mapping[str, tuple[str, ...]]
    settings: Mapping[str, Any]
    missing: Mapping[str, str]
    examples: Mapping[str, Any]
    elsewhere: tuple[str, ...] = ()

    @property
    def asks(self) -> tuple[str, ...]:
        """What is missing, by name, ``T`` included."""
        no_T = self.temperature is not None and not self.temperature.values
        return (*self.missing, *(("T",) if no_T else ()))

    @property
    def lacking_inputs(self) -> tuple[str, ...]:
        """Inputs without which its files are refused, and which no file of the folder gives."""
        inputs = {spec.name for spec in technique(self.group.technique).inputs}
        return tuple(name for name in self.missing if name in inputs)


def drafted_measurements(found: Survey, study_folder: Path) -> tuple[DraftedMeasurement, ...]:
    """Return the measurements of a first study.

    Parameters
    ----------
    found : Survey
        Of a folder.
    study_folder : Path
        Folder of the study that will name the files.

    Returns
    -------
    tuple of DraftedMeasurement
        In the order of the groups.

    Raises
    ------
    SettingsError
        When no technique wants any file.
    """
    if not found.groups:
        reasons = "; ".join(
            f"{short_names([one.file for one in part])}: {why}"
            for why, part in by_reason(found.left_out).items()
        )
        what = "no technique wants a file of this folder" if reasons else "there are no files"
        do = reasons or "name a folder of raw files"
        raise SettingsError(what, where=str(found.folder), do=do)
    names = _names(found.groups)
    strays = [one.file for one in found.left_out if one.nameable]
    return tuple(_drafted(group, names, found, strays, study_folder) for group in found.groups)


def family(name: str) -> str:
    """Return the package of a technique: techniques of one package share their foils.

    Parameters
    ----------
    name : str
        Of a technique.

    Returns
    -------
    str
    """
    return type(technique(name)).__module__.partition(".")[0]


def by_reason(left_out: Sequence[LeftOut]) -> dict[str, list[LeftOut]]:
    """Return files that are left out by their reason.

    Parameters
    ----------
    left_out : sequence of LeftOut
        In natural order.

    Returns
    -------
    dict of str to list of LeftOut
    """
    reasons: dict[str, list[LeftOut]] = {}
    for one in left_out:
        reasons.setdefault(one.why, []).append(one)
    return reasons


def short_names(files: Sequence[str], most: int = MOST_NAMES) -> str:
    """Return names for reading: those that differ in numbers as one, a long list cut.

    Parameters
    ----------
    files : sequence of str
        Paths.
    most : int
        Names that are written.

    Returns
    -------
    str
    """
    families = numbered_names(files)
    words = [name if count == 1 else f"{name} ({count} files)" for name, count in families[:most]]
    rest = sum(count for _, count in families[most:])
    return ", ".join(words) + (f" and {rest} more" if rest else "")


def _drafted(
    group: Group,
    names: Mapping[int, str],
    found: Survey,
    strays: Sequence[str],
    study_folder: Path,
) -> DraftedMeasurement:
    cover = covering_globs(group.files, strays, found.folder)
    settings, missing = dict(group.settings), dict(group.missing)
    uses: dict[str, tuple[str, ...]] = {}
    waiting: dict[str, tuple[str, ...]] = {}
    doubtful: dict[str, tuple[str, ...]] = {}
    elsewhere: list[str] = []
    temperature = None
    if group.role == SAMPLE:
        inputs = technique(group.technique).inputs
        if all(spec.one_temperature for spec in inputs if spec.name == SAMPLE):
            temperature = temperature_source(group.recordings, found.folder, study_folder)
        for spec in inputs:
            nearest = _nearest(group, spec.name, found.groups)
            if nearest:
                missing.pop(spec.name, None)
            if len(nearest) > 1:
                doubtful[spec.name] = tuple(names[id(one)] for one in nearest)
            elif nearest:
                (used,) = nearest
                settings |= used.settings
                missing |= used.missing
                place = waiting if used.missing else uses
                place[spec.name] = (names[id(used)],)
                if used.folder != group.folder:
                    elsewhere.append(used.folder or "the top")
    examples = {key: settings.pop(key) for key in missing if key in settings}
    if group.role != SAMPLE:
        settings, missing = {}, {}
    return DraftedMeasurement(
        names[id(group)],
        group,
        cover,
        temperature,
        uses,
        waiting,
        doubtful,
        settings,
        missing,
        examples,
        tuple(elsewhere),
    )


def _nearest(sample: Group, role: str, groups: Sequence[Group]) -> list[Group]:
    """Return the groups for an input that share the sample's subject: the nearest ones.

    Nearest by folder, then those of the sample's own technique.
    """
    fitting = [
        group
        for group in groups
        if group.role == role != SAMPLE
        and group.subject == sample.subject
        and family(group.technique) == family(sample.technique)
    ]
    if not fitting:
        return []
    distances = [
        (_distance(sample.folder, group.folder), group.technique != sample.technique)
        for group in fitting
    ]
    least = min(distances)
    return [group for group, far in zip(fitting, distances, strict=True) if far == least]


def _distance(first: str, second: str) -> int:
    """Return how many folders lie between two."""
    a, b = PurePosixPath(first).parts, PurePosixPath(second).parts
    same = 0
    while same < min(len(a), len(b)) and a[same] == b[same]:
        same += 1
    return len(a) + len(b) - 2 * same


def _names(groups: Sequence[Group]) -> dict[int, str]:
    """Return a name for each group, by identity: as short as it can be and be unique."""
    names = {id(group): _word("-".join(filter(None, _base(group)))) for group in groups}
    parts: tuple[Callable[[Group], str], ...] = (
        lambda group: group.branch,
        lambda group: group.sample[0],
        lambda group: PurePosixPath(group.folder).name,
        lambda group: group.folder,
        lambda group: "-".join(value for _, value in group.marks[1:]),
    )
    for part in parts:
        for alike in _alike(groups, names):
            if len({part(group) for group in alike}) > 1:
                for group in alike:
                    names[id(group)] += f"-{_word(part(group))}" if part(group) else ""
    for alike in _alike(groups, names):
        for number, group in enumerate(alike[1:], 2):
            names[id(group)] += f"-{number}"
    return names


def _base(group: Group) -> tuple[str, ...]:
    return (group.technique, group.subject, "" if group.role == SAMPLE else group.role)


def _alike(groups: Sequence[Group], names: Mapping[int, str]) -> list[list[Group]]:
    found: dict[str, list[Group]] = {}
    for group in groups:
        found.setdefault(names[id(group)].casefold(), []).append(group)
    return [part for part in found.values() if len(part) > 1]


def _word(text: str) -> str:
    """Return a text as part of a measurement's name, which becomes a file name."""
    return re.sub(r'[\x00-\x1f/\\:*?"<>|{}\s]+', "_", text).strip("_.") or "unnamed"
