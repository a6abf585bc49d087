"""Digests of program code: which lines, of which versions, a result was computed with."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from importlib import metadata, util
from pathlib import Path

__all__ = ["code_changed", "environment_versions", "package_digest"]

# The first digest of each package that this process has seen: what it has imported is of that state.
_FIRST: dict[tuple[str, tuple[str, ...]], str] = {}

# Parts that no result depends on.
_EXTRAS = re.compile(r"""extra\s*==\s*['"](test|docs|lint|dev)['"]""")


def package_digest(name: str, leaving_out: Collection[str] = ()) -> str:
    """Return the sha256 of the files of an import package, its sources and its data.

    Parameters
    ----------
    name : str
        Name of a top-level package or module.
    leaving_out : collection of str, optional
        Names of subpackages that do not count.

    Returns
    -------
    str
        Hexadecimal; that of nothing where no file is found.
    """
    places = _places(name)
    digest = hashlib.sha256()
    for place in places:
        for relative, file in sorted(_files(place, set(leaving_out))):
            try:
                content = file.read_bytes()
            except OSError:  # what an editor keeps for a moment
                continue
            digest.update(f"{relative}\0{len(content)}\0".encode("utf-8", "backslashreplace"))
            digest.update(content)
    found = digest.hexdigest()
    _FIRST.setdefault(_identity(places, leaving_out), found)
    return found


def code_changed(name: str, leaving_out: Collection[str] = ()) -> bool:
    """Return whether the files of a package changed since this process first looked at them.

    What runs may then be neither the old lines nor the new ones.

    Parameters
    ----------
    name : str
        Name of a top-level package or module.
    leaving_out : collection of str, optional
        As for `package_digest`.

    Returns
    -------
    bool
    """
    now = package_digest(name, leaving_out)
    return now != _FIRST[_identity(_places(name), leaving_out)]


def environment_versions(distributions: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return Python, the kind of machine, and the versions of distributions and what they need.

    Parameters
    ----------
    distributions : iterable of str
        Names of installed distributions; of their requirements those count that are installed and
        not for tests or documentation.

    Returns
    -------
    tuple of (str, str)
        Name and version, sorted.
    """
    named = set(distributions)
    needed = {
        re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        for name in named
        for requirement in _requirements(name)
        if not _EXTRAS.search(requirement)
    }
    found = {
        ("python", ".".join(map(str, sys.version_info[:3]))),
        (sys.platform, platform.machine()),
    }
    for name in named | needed:
        try:
            found.add((name.lower(), metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(sorted(found))


def _requirements(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def _identity(places: list[Path], leaving_out: Collection[str]) -> tuple[str, tuple[str, ...]]:
    return "\n".join(map(str, places)), tuple(sorted(leaving_out))


def _places(name: str) -> list[Path]:
    """Return the folders of a package, or the file of a module."""
    try:
        spec = util.find_spec(name)
    except (ImportError, ValueError):
        return []
    if spec is None:
        return []
    if spec.submodule_search_locations is not None:
        return [Path(place) for place in spec.submodule_search_locations]
    return [Path(spec.origin)] if spec.origin else []


def _files(place: Path, leaving_out: set[str]) -> Iterator[tuple[str, Path]]:
    if place.is_file():
        yield place.name, place
        return
    for file in place.rglob("*"):
        parts = file.relative_to(place).parts
        if parts[0] in leaving_out or "__pycache__" in parts or not file.is_file():
            continue
        yield "/".join(parts), file
