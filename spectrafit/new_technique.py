"""A plugin package to start from: a technique that works, with its conformance test."""

from __future__ import annotations

import importlib.resources
import importlib.util
import keyword
import re
import shutil
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from string import Template

from spectrafit.errors import PluginError
from spectrafit.registry import technique_names

__all__ = ["write_technique"]

_NAME = re.compile(r"[a-z](?:[a-z0-9_]*[a-z0-9])?")
_ENDING = ".tmpl"


def write_technique(name: str, folder: str | Path) -> Path:
    """Write a plugin package for a new technique and return its folder.

    The package works as it is: it fits one Gaussian line over a polynomial, simulates its own raw
    data, and passes the conformance suite.

    Parameters
    ----------
    name : str
        Name of the technique: a lower-case identifier that no installed technique has.
    folder : str or Path
        Existing folder in which ``spectrafit-NAME`` is made.

    Returns
    -------
    Path
        ``folder/spectrafit-NAME``.

    Raises
    ------
    PluginError
        For a name that is no identifier or is taken, a folder that is missing or cannot be
        written, or a package that is there already; nothing is ever overwritten.
    """
    _refuse_bad_name(name)
    target = Path(folder) / f"spectrafit-{name}"
    words = {
        "name": name,
        "package": f"spectrafit_{name}",
        "distribution": f"spectrafit-{name}",
        "class_name": "".join(part.capitalize() for part in name.split("_")),
        "code": name.replace("_", "").upper(),
    }
    texts = {
        Path(*path.with_suffix("").parts): Template(text).substitute(words)
        for path, text in _templates()
    }
    try:
        target.mkdir()
    except FileExistsError:
        raise PluginError(
            "there is something of that name already",
            where=str(target),
            do="choose another name or folder; nothing was changed",
        ) from None
    except OSError as error:
        raise _not_written(target, error) from error
    try:
        for path, text in texts.items():
            place = target / _in_package(path, words["package"])
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)  # made here a moment ago: half a package is none
        raise _not_written(target, error) from error
    return target


def _not_written(target: Path, error: OSError) -> PluginError:
    return PluginError(
        f"cannot be written: {error.strerror or error}",
        where=str(target),
        do="name an existing folder that you may write to",
    )


def _refuse_bad_name(name: str) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name) or "__" in name:
        raise PluginError(
            f"{name!r} cannot name a technique",
            do="use a lower-case identifier, like: spectrafit new-technique epr",
        )
    if name in technique_names():
        raise PluginError(
            f"a technique {name!r} is installed already",
            do=f"choose another name; to see that one, type: spectrafit techniques {name}",
        )
    if name == "suite" or importlib.util.find_spec(f"spectrafit_{name}") is not None:
        raise PluginError(
            f"a package spectrafit-{name} or spectrafit_{name} is installed already",
            do="choose another name",
        )


def _templates() -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the path and text of every template file."""
    yield from _below(importlib.resources.files("spectrafit") / "_plugin_template", PurePosixPath())


def _below(place: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for each in sorted(place.iterdir(), key=lambda item: item.name):
        if each.is_dir():
            yield from _below(each, path / each.name)
        elif each.name.endswith(_ENDING):
            yield path / each.name, each.read_text(encoding="utf-8")


def _in_package(path: Path, package: str) -> Path:
    first, *rest = path.parts
    return Path(package if first == "package" else first, *rest)
