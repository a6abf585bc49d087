"""Files that share technique, subject, role, settings and folder become one group."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from spectrafit.recording import Recording
from spectrafit.study.examine import SAMPLE, Examined, Wish
from spectrafit.study.files import natural_key
from spectrafit.study.temperature import T_IN_NAME
from spectrafit.text import one_line

__all__ = ["Group", "grouped", "settings_key"]

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


def grouped(members: Iterable[tuple[Examined, Wish]]) -> tuple[Group, ...]:
    """Return groups of files that one measurement can take.

    Parameters
    ----------
    members : iterable of (Examined, Wish)
        Each file with what a technique wants of it.

    Returns
    -------
    tuple of Group
        Samples first, then by technique and in natural order.
    """
    kinds: dict[tuple[Any, ...], list[tuple[Examined, Wish]]] = {}
    for one, wish in members:
        kinds.setdefault(_kind(one, wish), []).append((one, wish))
    groups = [
        group
        for (*_, place, branch), part in kinds.items()
        for group in _groups(part, place, branch)
    ]
    groups.sort(key=lambda g: (g.role != SAMPLE, g.technique, natural_key(g.files[0])))
    return tuple(groups)


def settings_key(settings: Mapping[str, Any]) -> str:
    """Return settings as text that is equal for equal settings.

    Parameters
    ----------
    settings : mapping
        Plain values.

    Returns
    -------
    str
    """
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
        settings_key(wish.settings),
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
