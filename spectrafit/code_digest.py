"""Digests of program code: which lines, of which versions, a result was computed with."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from importlib import metadata, util
from pathlib import Path

from spectrafit.files import file_digest

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
                status = file.stat()
                content = _content_digest(file, status.st_mtime_ns, status.st_size)
            except OSError:  # what an editor keeps for a moment
                continue
            digest.update(f"{relative}\0{content}\0".encode("utf-8", "backslashreplace"))
    found = digest.hexdigest()
    _FIRST.setdefault(_identity(places, leaving_out), found)
    return found


def code_changed(name: str, digest: str, leaving_out: Collection[str] = ()) -> bool:
    """Return whether a package is not as this process first saw it.

    What runs may then be neither the old lines nor the new ones.

    Parameters
    ----------
    name : str
        Name of a top-level package or module.
    digest : str
        What `package_digest` returns now.
    leaving_out : collection of str, optional
        As for `package_digest`.

    Returns
    -------
    bool
    """
    return digest != _FIRST.get(_identity(_places(name), leaving_out), digest)


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
    return _versions(frozenset(distributions), tuple(sys.path))


@lru_cache(maxsize=16)
def _versions(named: frozenset[str], search_path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the versions, kept: what is imported stays when another is installed meanwhile."""
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


@lru_cache(maxsize=4096)
def _content_digest(file: Path, changed: int, size: int) -> str:
    """Return the digest of a file in the state given by its time and size."""
    return file_digest(file)


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
    for folder, inner, names in os.walk(place):
        below = Path(folder).relative_to(place)
        apart = {"__pycache__"} if below.parts else {"__pycache__", *leaving_out}
        inner[:] = [name for name in inner if name not in apart]
        for name in names:
            yield (below / name).as_posix(), Path(folder, name)
