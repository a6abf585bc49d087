"""The files of a measurement: globs below the study's folder, in natural order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from glob import has_magic
from pathlib import Path

from spectrafit.errors import Mistake, StudyError, nearest
from spectrafit.study.glob_paths import glob_paths
from spectrafit.study.mistakes import Wrong, shown
from spectrafit.study.rules import outside_reason
from spectrafit.study.schema import Measurement, MeasurementException

__all__ = ["exceptions_of", "file_inside", "natural_key", "relative_name", "study_files"]

_LINK = "{} is a symbolic link that leaves the study's folder"
_ALLOW = "copy the files below the study, or set allow_outside = true in [study]"


def study_files(
    measurement: Measurement, folder: Path, allow_outside: bool = False
) -> tuple[Path, ...]:
    """Return the files of a measurement, each once, in natural order (2 before 10).

    Names that begin with a dot are taken only by a glob that begins with one.

    Parameters
    ----------
    measurement : Measurement
        Whose globs.
    folder : Path
        Folder of the study file.
    allow_outside : bool, optional
        Whether a glob or a symbolic link may leave the folder.

    Returns
    -------
    tuple of Path
        Below `folder` as given.

    Raises
    ------
    StudyError
        For every glob that matches no file, and every one that leaves the folder.
    """
    place = f"$.measurement[{measurement.name}].files"
    return _matched(measurement.files, folder, allow_outside, place)


def exceptions_of(
    measurement: Measurement, folder: Path, allow_outside: bool = False
) -> Mapping[Path, MeasurementException]:
    """Return the exception of each file that has one.

    Parameters
    ----------
    measurement : Measurement
        Whose ``[[measurement.except]]``.
    folder : Path
        Folder of the study file.
    allow_outside : bool, optional
        Whether a glob or a symbolic link may leave the folder.

    Returns
    -------
    mapping of Path to MeasurementException
        Paths as `study_files` gives them; the rest of the files is not in it.

    Raises
    ------
    StudyError
        When an exception matches no file of the measurement, or two match the same one.
    """
    files = {path.resolve(): path for path in study_files(measurement, folder, allow_outside)}
    found: dict[Path, MeasurementException] = {}
    mistakes = []
    for index, exception in enumerate(measurement.exceptions):
        place = f"$.measurement[{measurement.name}].except[{index}].files"
        excepted = _matched(exception.files, folder, allow_outside, place)
        own = [files[path.resolve()] for path in excepted if path.resolve() in files]
        if not own:
            what = "none of these files belongs to the measurement"
            mistakes.append(Mistake(place, what, "the measurement's own files are meant"))
        for path in own:
            if path in found:
                what = f"{path.name} has another exception already"
                mistakes.append(Mistake(place, what, "leave it out of one"))
            found[path] = exception
    if mistakes:
        raise StudyError(tuple(mistakes))
    return found


def file_inside(name: str, folder: Path, allow_outside: bool, where: str) -> Path:
    r"""Return a single file that a study names.

    Parameters
    ----------
    name : str
        Path relative to the study, with ``/`` or ``\\``.
    folder : Path
        Folder of the study file.
    allow_outside : bool
        Whether it may be elsewhere.
    where : str
        Place in the study, for messages.

    Returns
    -------
    Path

    Raises
    ------
    StudyError
        When it does not exist or leaves the folder.
    """
    path = folder / _slashed(name)
    try:
        if not allow_outside:
            _refuse_outside(name, [path], folder)
        if not path.is_file():
            raise Wrong(f"there is no file {shown(name)}", _near_files(_slashed(name), folder))
    except Wrong as wrong:
        raise StudyError((Mistake(where, wrong.what, wrong.do),)) from None
    return path


def relative_name(path: Path, folder: Path) -> str:
    """Return a file's path relative to the study, with forward slashes.

    Parameters
    ----------
    path : Path
        The file.
    folder : Path
        Folder of the study file.

    Returns
    -------
    str
        The file's name alone where it is outside the folder.
    """
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return path.name


def natural_key(text: str) -> tuple[tuple[tuple[str, int], ...], str]:
    """Return the sorting key under which 2 comes before 10.

    Parameters
    ----------
    text : str
        A name.

    Returns
    -------
    tuple
    """
    parts = re.findall(r"([^0-9]*)([0-9]*)", text.casefold())
    return tuple((words, int(digits[:4000] or -1)) for words, digits in parts), text


def _matched(
    patterns: Sequence[str], folder: Path, allow_outside: bool, place: str
) -> tuple[Path, ...]:
    found: dict[Path, Path] = {}
    mistakes = []
    for index, pattern in enumerate(patterns):
        try:
            for path in _matched_by(pattern, folder, allow_outside):
                found.setdefault(path.resolve(), path)
        except Wrong as wrong:
            mistakes.append(Mistake(f"{place}[{index}]", wrong.what, wrong.do))
    if mistakes:
        raise StudyError(tuple(mistakes))
    return tuple(sorted(found.values(), key=lambda path: natural_key(path.as_posix())))


def _matched_by(pattern: str, folder: Path, allow_outside: bool) -> list[Path]:
    slashed = _slashed(pattern)
    if not allow_outside:
        _refuse_outside(pattern, [], folder)
    found = glob_paths(slashed, folder, follow=allow_outside)
    if found.left:
        raise Wrong(_LINK.format(found.left[0]), _ALLOW)
    matches = [folder / match for match in found.paths]
    files = [path for path in matches if path.is_file()]
    if matches and not files:
        raise Wrong(f"{shown(pattern)} matches folders only", f'write "{slashed.rstrip("/")}/*"')
    if not files:
        raise Wrong(f"{shown(pattern)} matches no file", _near_files(slashed, folder))
    if not allow_outside:
        _refuse_outside(pattern, files, folder)
    return files


def _refuse_outside(name: str, paths: Sequence[Path], folder: Path) -> None:
    reason = outside_reason(name)
    if reason:
        raise Wrong(reason, _ALLOW)
    root = folder.resolve()
    for path in paths:
        if not path.resolve().is_relative_to(root):
            raise Wrong(_LINK.format(relative_name(path, folder)), _ALLOW)


def _slashed(pattern: str) -> str:
    return pattern.replace("\\", "/")


def _near_files(pattern: str, folder: Path) -> str:
    """Return advice that names what is there, at the first part of the path that is not."""
    here = folder
    for part in pattern.split("/"):
        if has_magic(part) or not (here / part).is_dir():
            break
        here = here / part
    else:
        part = "*"
    try:
        names = [entry.name for entry in here.iterdir()]
    except OSError:
        return f"there is no folder {relative_name(here, folder)}"
    inside = f"{relative_name(here, folder)}/" if here != folder else "the study's folder"
    visible = sorted((name for name in names if not name.startswith(".")), key=natural_key)
    return nearest(part, visible, noun=f"in {inside}", limit=5)
