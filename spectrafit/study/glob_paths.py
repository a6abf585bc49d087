"""The paths that a glob of a study matches; links can neither make it endless nor lead it out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from glob import has_magic
from pathlib import Path

__all__ = ["GlobPaths", "glob_paths"]

_ANY_DEPTH = "**"


@dataclass(frozen=True)
class GlobPaths:
    """What a glob matches.

    Parameters
    ----------
    paths : tuple of str
        Files and folders, as the glob writes them, with forward slashes.
    left : tuple of str
        Links to folders elsewhere that it would have to follow, and did not.
    """

    paths: tuple[str, ...]
    left: tuple[str, ...] = ()


def glob_paths(pattern: str, folder: Path, *, follow: bool = False) -> GlobPaths:
    """Return what a glob matches below a folder.

    It matches what `glob.glob` does: ``**`` is any depth, a name that begins with a dot is matched
    by one that does. Of a folder to which several names lead the first is taken.

    Parameters
    ----------
    pattern : str
        With forward slashes.
    folder : Path
        Where it begins.
    follow : bool, optional
        Whether a link to a folder outside of `folder` is followed.

    Returns
    -------
    GlobPaths
    """
    anchor = Path(pattern).anchor.replace("\\", "/")
    parts = pattern[len(anchor) :].split("/")
    root = os.path.realpath(folder)
    walk = _Walk(folder, None if follow else root)
    # folders by where they really are, so that each is gone through once at every depth
    level: Mapping[str, str] = {os.path.realpath(folder / anchor): anchor}
    last = len(parts) - 1
    for number, part in enumerate(parts):
        if number == last:
            return GlobPaths(tuple(walk.found(level, part)), tuple(dict.fromkeys(walk.left)))
        if part and not (part == _ANY_DEPTH and parts[number + 1] == _ANY_DEPTH):
            level = walk.below(level, part)
    raise AssertionError("a pattern has at least one part")


class _Walk:
    """The steps of one glob; a limit of None lets it go anywhere."""

    def __init__(self, folder: Path, limit: str | None) -> None:
        self.folder, self.limit = folder, limit
        self.left: list[str] = []

    def below(self, level: Mapping[str, str], part: str) -> dict[str, str]:
        """Return the folders that a part of the glob leads to."""
        if part == _ANY_DEPTH:
            return self._every_depth(level)
        found: dict[str, str] = {}
        for here in level.values():
            for name, linked in self._names(here, part):
                self._enter(found, here + name, linked)
        return found

    def found(self, level: Mapping[str, str], part: str) -> Iterator[str]:
        """Give what the last part of a glob matches."""
        if part == _ANY_DEPTH:
            for here in self._every_depth(level).values():
                yield from [here] if here else []
                yield from (here + name for name, _ in self._names(here, "*"))
            return
        for here in level.values():
            if not part:
                yield from [here] if here else []
            else:
                yield from (here + name for name, _ in self._names(here, part))

    def _every_depth(self, level: Mapping[str, str]) -> dict[str, str]:
        found = dict(level)
        waiting = list(level.values())
        links: list[str] = []
        while waiting or links:  # links come last, so that a folder has its own name
            linked = not waiting
            here = links.pop(0) if linked else waiting.pop(0)
            if linked and not self._enter(found, here, True):
                continue
            start = f"{here}/" if linked else here
            for name, is_link in self._names(start, "*"):
                if is_link:
                    links.append(start + name)
                elif self._enter(found, start + name, False):
                    waiting.append(f"{start}{name}/")
        return found

    def _enter(self, found: dict[str, str], path: str, linked: bool) -> bool:
        """Add a folder that is not there yet; return whether it was added."""
        place = self.folder / path
        if not place.is_dir():
            return False
        real = os.path.realpath(place)
        if self.limit is not None and (linked or path.endswith("..")):
            inside = real == self.limit or real.startswith(self.limit.rstrip(os.sep) + os.sep)
            if not inside:
                self.left.append(path)
                return False
        if real in found:
            return False
        found[real] = f"{path}/"
        return True

    def _names(self, here: str, part: str) -> Iterator[tuple[str, bool]]:
        """Give the names in a folder that a part matches, and whether each is a link."""
        if not has_magic(part):
            path = self.folder / here / part
            if os.path.lexists(path):
                yield part, path.is_symlink()
            return
        try:
            with os.scandir(self.folder / here) as entries:
                names = sorted((entry.name, entry.is_symlink()) for entry in entries)
        except OSError:  # no folder, or one that may not be read
            return
        hidden = part.startswith(".")
        for name, linked in names:
            if (hidden or not name.startswith(".")) and fnmatch(name, part):
                yield name, linked
