"""Short globs for a set of files, each tried on the disk before it is used."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from spectrafit.study.glob_paths import glob_paths

__all__ = ["Cover", "covering_globs", "family_key", "numbered_names"]

MANY_GLOBS = 6
MANY_NAMES = 40
FEW_STRAYS = 3


@dataclass(frozen=True)
class Cover:
    """Globs that match some files, each file by one glob alone.

    Parameters
    ----------
    globs : tuple of str
        Relative to the folder, with forward slashes.
    strays : tuple of str
        Files that they match besides; each is one of those allowed.
    """

    globs: tuple[str, ...]
    strays: tuple[str, ...] = ()


def covering_globs(files: Sequence[str], allowed: Collection[str], folder: Path) -> Cover:
    """Return globs that match every one of some files.

    Parameters
    ----------
    files : sequence of str
        Paths below `folder`, at least one, in natural order.
    allowed : collection of str
        Files that may be matched besides, where a few of them spare a long list.
    folder : Path
        Where the globs are tried.

    Returns
    -------
    Cover
        One glob without strays where there is one, else up to six that spare a list, else one
        with strays, no more than there are files, else the names; of more than forty files as
        many globs as it takes. No file is matched by two: to strike one out leaves its files out.
    """
    if len(files) == 1:
        return Cover((glob.escape(files[0]),))
    wanted, others = set(files), set(allowed) - set(files)
    most = max(FEW_STRAYS, len(files))
    singles = {pattern: _matched(pattern, folder) for pattern in _single_globs(files)}
    for pattern, matched in singles.items():
        if matched == wanted:
            return Cover((pattern,))
    exact = _by_numbers(files, wanted, folder)
    if len(exact) <= MANY_GLOBS and len(exact) < len(files):
        return Cover(exact)
    for pattern, matched in singles.items():
        strays = matched - wanted
        if wanted <= matched and strays <= others and len(strays) <= most:
            return Cover((pattern,), tuple(name for name in allowed if name in strays))
    loose = _by_numbers(files, wanted | others, folder)
    strays = set().union(*(_matched(pattern, folder) for pattern in loose)) - wanted
    if len(loose) <= MANY_GLOBS and len(loose) < len(files) and len(strays) <= most:
        return Cover(loose, tuple(name for name in allowed if name in strays))
    return Cover(exact if len(files) > MANY_NAMES else tuple(map(glob.escape, files)))


def numbered_names(files: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Return names in which every run of digits is a ``*``, for reading, with their counts.

    Parameters
    ----------
    files : sequence of str
        Paths.

    Returns
    -------
    tuple of (str, int)
        A name that is alone keeps its digits.
    """
    return tuple((_family_name(members), len(members)) for members in _families(files).values())


def family_key(name: str) -> str:
    """Return a name with a ``*`` for each number: equal for names that differ in numbers alone.

    Parameters
    ----------
    name : str
        A path.

    Returns
    -------
    str
    """
    return re.sub(r"[0-9]+(?:[.,][0-9]+)*", "*", name)


def _families(names: Sequence[str]) -> Mapping[str, list[str]]:
    """Return names that differ in their numbers alone, together."""
    families: dict[str, list[str]] = {}
    for name in names:
        families.setdefault(family_key(name), []).append(name)
    return families


def _family_name(members: Sequence[str]) -> str:
    """Return the name of a family: a ``*`` for each number in which its members differ."""
    pieces = zip(*(re.split(r"([0-9]+(?:[.,][0-9]+)*)", name) for name in members), strict=True)
    return "".join(same[0] if len(set(same)) == 1 else "*" for same in pieces)


def _by_numbers(files: Sequence[str], within: Collection[str], folder: Path) -> tuple[str, ...]:
    """Return a glob for each family of names that differ in numbers, else the names themselves.

    A glob that matches a file of another family is not used.
    """
    found: list[str] = []
    free = set(within)
    names = {glob.escape(name): name for name in files}
    for members in _families(list(names)).values():
        pattern = _family_name(members)
        own = {names[member] for member in members}
        matched = _matched(pattern, folder) if len(members) > 1 else set()
        if matched and matched <= free and matched & set(files) == own:
            found.append(pattern)
            free -= matched
        else:
            found += members
    return tuple(found)


def _single_globs(files: Sequence[str]) -> Iterator[str]:
    """Give globs that match every file by their form, the plainest first."""
    names = [PurePosixPath(name).name for name in files]
    folders = sorted({PurePosixPath(name).parent.as_posix() for name in files})
    ending = PurePosixPath(names[0]).suffix
    if any(PurePosixPath(name).suffix != ending for name in names):
        ending = ""
    prefix = _shared_start(names).rstrip("0123456789")
    if len(prefix) == 1 and prefix.isalnum():
        prefix = ""  # one letter in common is chance
    suffix = _shared_start([name[::-1] for name in names])[::-1].lstrip("0123456789")
    if not ending:
        suffix = ""
    ends = dict.fromkeys(
        f"{glob.escape(start)}*{glob.escape(end)}"
        for end in (ending, suffix)
        for start in ("", prefix)
    )
    if len(folders) == 1:
        starts = ["" if folders[0] == "." else f"{glob.escape(folders[0])}/"]
    else:
        shared = os.path.commonpath(folders).replace(os.sep, "/") if "." not in folders else ""
        start = f"{glob.escape(shared)}/" if shared else ""
        last = {PurePosixPath(folder).name for folder in folders}
        starts = [f"{start}*/", f"{start}**/"]
        if len(last) == 1:
            starts.insert(0, f"{start}*/{glob.escape(last.pop())}/")
    for start in starts:
        for end in ends:
            yield start + end


def _shared_start(names: Sequence[str]) -> str:
    first, last = min(names), max(names)
    same = next(
        (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first)
    )
    return first[:same]


def _matched(pattern: str, folder: Path) -> set[str]:
    """Return the files that a glob matches, and links out of the folder that make it unusable."""
    found = glob_paths(pattern, folder)
    files = {Path(name).as_posix() for name in found.paths if (folder / name).is_file()}
    return files | set(found.left)
