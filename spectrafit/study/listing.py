"""What is below a folder: files in natural order, and what is passed over."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from spectrafit.study.files import natural_key

__all__ = ["Listing", "Passed", "fingerprint", "listing"]

RESULTS = ("results.json", "journal")
RESULT_FOLDERS = ("history", "journal")
STUDY_FILES = ("study.schema.json",)


@dataclass(frozen=True)
class Passed:
    """A file or folder that is not looked into.

    Parameters
    ----------
    name : str
        Path below the folder, with forward slashes.
    why : str
        Like ``"hidden"``.
    """

    name: str
    why: str


@dataclass(frozen=True)
class Listing:
    """The files below a folder.

    Parameters
    ----------
    folder : Path
        The folder.
    files : tuple of str
        Paths below it with forward slashes, in natural order.
    passed : tuple of Passed
        What was passed over.
    """

    folder: Path
    files: tuple[str, ...]
    passed: tuple[Passed, ...] = ()


def listing(folder: Path, *, besides: Path | None = None) -> Listing:
    """Return the files below a folder, at any depth.

    Passed over are names that begin with a dot, folders of results (with a ``results.json`` or a
    journal), ``history`` and ``journal``, links to folders, and studies.

    Parameters
    ----------
    folder : Path
        Where to look.
    besides : Path, optional
        A folder below it that is passed over too: that of the results.

    Returns
    -------
    Listing
    """
    files: list[str] = []
    passed: list[Passed] = []
    apart = None if besides is None else besides.resolve()

    def unreadable(error: OSError) -> None:
        name = Path(str(error.filename))
        shown = name.relative_to(folder).as_posix() if name.is_relative_to(folder) else name.name
        passed.append(Passed(f"{shown}/", error.strerror or "cannot be opened"))

    for here, folders, names in os.walk(folder, onerror=unreadable):
        below = Path(here).relative_to(folder)
        for name in sorted(folders):
            if why := _folder_passed(Path(here) / name, apart):
                passed.append(Passed(f"{(below / name).as_posix()}/", why))
                folders.remove(name)
        for name in names:
            path = (below / name).as_posix()
            if why := _file_passed(Path(here) / name):
                passed.append(Passed(path, why))
            else:
                files.append(path)
    return Listing(
        folder,
        tuple(sorted(files, key=natural_key)),
        tuple(sorted(passed, key=lambda one: natural_key(one.name))),
    )


def fingerprint(found: Listing) -> str:
    """Return a short digest of the names and sizes of files.

    Parameters
    ----------
    found : Listing
        Of a folder.

    Returns
    -------
    str
        12 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for name in found.files:
        try:
            size = (found.folder / name).stat().st_size
        except OSError:
            size = -1
        digest.update(f"{name}\0{size}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:12]


def _folder_passed(path: Path, apart: Path | None) -> str:
    if path.name.startswith("."):
        return "hidden"
    if path.is_symlink():
        return "a link to a folder"
    if path.name in RESULT_FOLDERS or any((path / name).exists() for name in RESULTS):
        return "results"
    return "results" if apart is not None and path.resolve() == apart else ""


def _file_passed(path: Path) -> str:
    if path.name.startswith("."):
        return "hidden"
    if path.suffix.lower() == ".toml" or path.name in STUDY_FILES:
        return "a study or settings"
    return "" if path.is_file() else "no file, or a link that leads nowhere"
