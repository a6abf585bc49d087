"""A folder of files sorted into measurements: by technique, subject, role, settings and folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from spectrafit.errors import SettingsError
from spectrafit.study.examine import SAMPLE, Examined, Progress, Wish, examined, loadable_names
from spectrafit.study.files import natural_key
from spectrafit.study.grouping import Group, grouped, settings_key
from spectrafit.study.listing import Listing, Passed, listing
from spectrafit.text import one_line

__all__ = ["Group", "LeftOut", "Survey", "survey"]


@dataclass(frozen=True)
class LeftOut:
    """A file that belongs to no measurement.

    Parameters
    ----------
    file : str
        Path below the folder.
    why : str
        The reason, one line.
    refused : bool
        Whether a reader or technique failed on it or refused it, so that a scan may be lost.
    nearly : str
        Technique that would take it if it knew what is missing.
    missing : mapping of str to str
        What that technique asks for.
    nameable : bool
        Whether a study can name it apart from the others.
    """

    file: str
    why: str
    refused: bool = False
    nearly: str = ""
    missing: Mapping[str, str] = field(default_factory=dict)
    nameable: bool = True


@dataclass(frozen=True, eq=False)
class Survey:
    """What is in a folder.

    Parameters
    ----------
    folder : Path
        The folder.
    groups : tuple of Group
        Samples first, each kind in natural order.
    left_out : tuple of LeftOut
        In natural order.
    passed : tuple of Passed
        What was not looked into.
    faults : mapping of str to str
        What went wrong in plugins, by name.
    listed : Listing
        The files it is about.
    copies : tuple of tuple of str
        Files of groups that have the same content.
    """

    folder: Path
    groups: tuple[Group, ...]
    left_out: tuple[LeftOut, ...]
    passed: tuple[Passed, ...]
    faults: Mapping[str, str]
    listed: Listing
    copies: tuple[tuple[str, ...], ...] = ()


def survey(
    folder: Path,
    *,
    besides: Path | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Survey:
    """Return what each technique makes of the files below a folder.

    Every file is in exactly one group or among those left out.

    Parameters
    ----------
    folder : Path
        Where to look, at any depth.
    besides : Path, optional
        Folder of results below it, which is passed over.
    jobs : int
        Processes.
    progress : callable, optional
        ``progress(done, total, text)``.

    Returns
    -------
    Survey

    Raises
    ------
    SettingsError
        When `folder` is no folder.
    """
    if not folder.is_dir():
        what = "this is a file" if folder.exists() else "there is no such folder"
        raise SettingsError(what, where=str(folder), do="name a folder of raw files")
    listed = listing(folder, besides=besides)
    techniques, faults = loadable_names()
    unusable = _unusable(listed)
    names = [name for name in listed.files if name not in unusable]
    found = examined(folder, names, techniques, jobs, progress)
    broken = dict(faults)
    left_out = [LeftOut(name, why, nameable=False) for name, why in unusable.items()]
    members: list[tuple[Examined, Wish]] = []
    for one in found:
        for plugin, fault in one.faults.items():
            broken.setdefault(plugin, one_line(f"{one.file}: {fault}"))
        wish = _the_wish(one, techniques)
        if isinstance(wish, LeftOut):
            left_out.append(wish)
        else:
            members.append((one, wish))
    groups = grouped(members)
    left_out.sort(key=lambda one: natural_key(one.file))
    copies = _copies(groups)
    return Survey(folder, groups, tuple(left_out), listed.passed, broken, listed, copies)


def _copies(groups: Sequence[Group]) -> tuple[tuple[str, ...], ...]:
    by_content: dict[str, list[str]] = {}
    for group in groups:
        for name, recordings in group.recordings.items():
            if recordings and recordings[0].source.sha256:
                by_content.setdefault(recordings[0].source.sha256, []).append(name)
    return tuple(tuple(names) for names in by_content.values() if len(names) > 1)


def _unusable(listed: Listing) -> dict[str, str]:
    """Return why a study cannot name a file, by file."""
    reasons: dict[str, str] = {}
    places: dict[Path, str] = {}
    for name in listed.files:
        if "\\" in name or any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in name):
            reasons[name] = "a study cannot write its name: rename it"
            continue
        first = places.setdefault((listed.folder / name).resolve(), name)
        if first != name:
            reasons[name] = f"a link to {first}"
    return reasons


def _the_wish(one: Examined, techniques: Sequence[str]) -> Wish | LeftOut:
    """Return what the one technique wants that takes a file, or why the file is left out."""
    if one.unread:
        return LeftOut(one.file, one_line(one.unread), one.refused)
    wanted = [wishes for wishes in one.wishes if wishes]
    if not wanted:
        return _unwanted(one, techniques)
    names = {wish.technique for wishes in wanted for wish in wishes}
    if len(names) > 1:
        both = " and ".join(sorted(names))
        return LeftOut(one.file, f"{both} want it alike: name the technique", True)
    kinds = {(w.role, w.marks, settings_key(w.settings)) for (w,) in wanted}
    if len(kinds) > 1:
        samples = [w for (w,) in wanted if w.role == SAMPLE]
        if len({(w.marks, settings_key(w.settings)) for w in samples}) == 1:
            # a file belongs to one measurement: its foils are fitted beside its samples
            others = len(wanted) - len(samples)
            why = f"{samples[0].why}; {others} of its scans would serve as calibration"
            return replace(samples[0], why=why)
        return LeftOut(one.file, "its scans are of different kinds", True)
    return wanted[0][0]


def _unwanted(one: Examined, techniques: Sequence[str]) -> LeftOut:
    by_reason: dict[str, list[str]] = {}
    for name in techniques:
        if name in one.faults:
            by_reason.setdefault(f"failed: {one_line(one.faults[name])}", []).append(name)
        elif name in one.refusals:
            by_reason.setdefault(one_line(one.refusals[name]), []).append(name)
    nearly = next(iter(one.nearly)) if len(one.nearly) == 1 else ""
    if nearly and not one.faults:
        # why others refuse a file is no help to one that a technique nearly takes
        why = one_line(one.refusals[nearly])
    elif len(by_reason) == 1 and not one.faults:
        why = next(iter(by_reason))
    else:
        why = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())
    missing = one.nearly.get(nearly, {})
    why = why or "no technique is installed"
    return LeftOut(one.file, why, bool(one.faults), nearly, missing)
