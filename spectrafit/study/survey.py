"""A folder of files sorted into measurements: by technique, subject, role, settings and folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit.study.examine import SAMPLE, Examined, Progress, Wish, examined, loadable_names
from spectrafit.study.files import natural_key
from spectrafit.study.listing import Listing, Passed, listing
from spectrafit.study.temperature import T_IN_NAME
from spectrafit.text import one_line

__all__ = ["Group", "LeftOut", "Survey", "survey"]

_HEATING = re.compile(r"(?<![a-z])(heat|warm)(ing|ed)?(?![a-z])")
_COOLING = re.compile(r"(?<![a-z])cool(ing|ed)?(?![a-z])")
_SAMPLE_KEYS = ("sample.name", "sample name", "sample_name", "sample")
_FORMULA_KEYS = ("sample.formula", "sample formula", "formula")
_LONGEST_SAMPLE = 60


@dataclass(frozen=True, eq=False)
class Group:
    """Files for one measurement.

    Parameters
    ----------
    technique : str
        Its name.
    role : str
        What the files are for.
    marks : tuple of (str, str)
        What the technique says of them in words; the first is the subject, like the element.
    files : tuple of str
        Paths below the folder, in natural order.
    settings, missing : mapping
        As in `Suitability`.
    whys : mapping of str to int
        What the technique says of them, with the number of files.
    recordings : mapping of str to tuple of Recording
        Scans of each file, without their columns.
    folder : str
        Folder that the files have in common, temperatures in it as ``{}K``; empty for the top.
    branch : str
        ``heating``, ``cooling`` or empty: a word in the names.
    sample : tuple of (str, str)
        Name and formula that every header gives; empty texts where they do not.
    samples : tuple of str
        Sample names of the headers, where they are several.
    """

    technique: str
    role: str
    marks: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    settings: Mapping[str, Any]
    missing: Mapping[str, str]
    whys: Mapping[str, int]
    recordings: Mapping[str, tuple[Recording, ...]] = field(repr=False)
    folder: str = ""
    branch: str = ""
    sample: tuple[str, str] = ("", "")
    samples: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The first mark, like the element; empty where the technique says none."""
        return self.marks[0][1] if self.marks else ""


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
    kinds: dict[tuple[Any, ...], list[tuple[Examined, Wish]]] = {}
    for one in found:
        for plugin, fault in one.faults.items():
            broken.setdefault(plugin, one_line(f"{one.file}: {fault}"))
        wish = _the_wish(one, techniques)
        if isinstance(wish, LeftOut):
            left_out.append(wish)
        else:
            kinds.setdefault(_kind(one, wish), []).append((one, wish))
    groups = [
        group
        for (*_, place, branch), members in kinds.items()
        for group in _groups(members, place, branch)
    ]
    groups.sort(key=lambda g: (g.role != SAMPLE, g.technique, natural_key(g.files[0])))
    left_out.sort(key=lambda one: natural_key(one.file))
    copies = _copies(groups)
    return Survey(folder, tuple(groups), tuple(left_out), listed.passed, broken, listed, copies)


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
    kinds = {(w.role, w.marks, _key(w.settings)) for (w,) in wanted}
    if len(kinds) > 1:
        return LeftOut(one.file, "its scans are of different kinds", True)
    return wanted[0][0]


def _unwanted(one: Examined, techniques: Sequence[str]) -> LeftOut:
    by_reason: dict[str, list[str]] = {}
    for name in techniques:
        if name in one.faults:
            by_reason.setdefault(f"failed: {one_line(one.faults[name])}", []).append(name)
        elif name in one.refusals:
            by_reason.setdefault(one_line(one.refusals[name]), []).append(name)
    if len(by_reason) == 1 and not one.faults:
        why = next(iter(by_reason))
    else:
        why = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())
    nearly = next(iter(one.nearly)) if len(one.nearly) == 1 else ""
    missing = one.nearly.get(nearly, {})
    why = why or "no technique is installed"
    return LeftOut(one.file, why, bool(one.faults), nearly, missing)


def _key(settings: Mapping[str, Any]) -> str:
    return json.dumps(settings, sort_keys=True)


def _kind(one: Examined, wish: Wish) -> tuple[Any, ...]:
    """Return what files of one measurement share; the last two are folder and branch."""
    place = PurePosixPath(one.file).parent.as_posix()
    # folders that differ in their temperature alone are one series
    place = T_IN_NAME.sub(r"{}\2K", "" if place == "." else place)
    return (
        wish.technique,
        wish.role,
        wish.marks,
        _key(wish.settings),
        tuple(sorted(wish.missing)),
        place,
        _branch(one.file),
    )


def _branch(file: str) -> str:
    """Return whether a path says heating or cooling; empty where it says both or neither."""
    text = file.lower()
    heating, cooling = bool(_HEATING.search(text)), bool(_COOLING.search(text))
    return "" if heating == cooling else "heating" if heating else "cooling"


def _groups(members: Sequence[tuple[Examined, Wish]], place: str, branch: str) -> Iterable[Group]:
    """Give one group, or one for each sample where the headers name several of two files or more."""
    by_sample: dict[tuple[str, str], list[tuple[Examined, Wish]]] = {}
    for one, wish in members:
        by_sample.setdefault(_sample(one), []).append((one, wish))
    named = all(name for name, _ in by_sample)
    is_sample = members[0][1].role == SAMPLE
    if is_sample and named and all(len(part) > 1 for part in by_sample.values()):
        for sample, part in by_sample.items():
            yield _group(part, place, branch, sample, ())
        return
    only = next(iter(by_sample)) if is_sample and named and len(by_sample) == 1 else ("", "")
    several = tuple(dict.fromkeys(name for name, _ in by_sample if name))
    yield _group(members, place, branch, only, several if not only[0] and is_sample else ())


def _group(
    members: Sequence[tuple[Examined, Wish]],
    place: str,
    branch: str,
    sample: tuple[str, str],
    samples: tuple[str, ...],
) -> Group:
    whys: dict[str, int] = {}
    for one, wish in members:
        unwanted = sum(1 for wishes in one.wishes if not wishes)
        why = one_line(wish.why)
        if unwanted:
            why += f"; {unwanted} of {len(one.wishes)} scans in the file are no scan of it"
        whys[why] = whys.get(why, 0) + 1
    wish = members[0][1]
    return Group(
        wish.technique,
        wish.role,
        wish.marks,
        tuple(one.file for one, _ in members),
        wish.settings,
        wish.missing,
        whys,
        {one.file: one.recordings for one, _ in members},
        place,
        branch,
        sample,
        samples,
    )


def _sample(one: Examined) -> tuple[str, str]:
    """Return name and formula of the sample as all headers of a file say them, else empty texts."""

    def said(keys: Sequence[str]) -> str:
        found = set()
        for recording in one.recordings:
            folded = {key.casefold(): text for key, text in recording.header.items()}
            texts = [one_line(folded[key]) for key in keys if folded.get(key, "").strip()]
            found.add(texts[0] if texts else "")
        text = found.pop() if len(found) == 1 else ""
        return text if len(text) <= _LONGEST_SAMPLE else ""

    return said(_SAMPLE_KEYS), said(_FORMULA_KEYS)
