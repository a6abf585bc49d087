"""Earlier results of a folder, kept before new ones take their place, put back where these fail."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from spectrafit.errors import SpectrafitError
from spectrafit.files import write_whole
from spectrafit.strict_json import json_value

__all__ = ["keep_earlier", "put_back"]

_RESULTS, _STUDY = "results.json", "study.toml"


def keep_earlier(*files: Path) -> Path | None:
    """Move files and folders to ``history/TIME`` beside them, TIME being that of the first one.

    With a ``results.json`` goes the text of its study, as ``study.toml``.

    Parameters
    ----------
    *files : Path
        Files or folders in one folder; those that are not there are left out.

    Returns
    -------
    Path or None
        Where they are now; None where there was none.

    Raises
    ------
    SpectrafitError
        When one cannot be moved; then none is.
    """
    there = [file for file in files if file.is_file() or file.is_dir()]
    if not there:
        return None
    try:
        folder = _new_folder(there[0])
        try:
            _move_to(folder, there)
        except BaseException:  # where one cannot be moved, or the user stops it, all stay
            put_back(folder, there)
            raise
    except OSError as error:
        raise SpectrafitError(
            f"earlier results cannot be moved to history: {error.strerror or error}",
            where=str(there[0]),
            do="close them in other programs, or choose another folder with --out",
            code="RUN-010",
        ) from error
    return folder


def put_back(folder: Path, files: Sequence[Path]) -> None:
    """Undo `keep_earlier`, as far as that is possible; ``results.json`` is there again last.

    Parameters
    ----------
    folder : Path
        Where they were moved to.
    files : sequence of Path
        Where they were, in the same order; what is in the place of one is replaced.
    """
    for file in reversed(files):
        with contextlib.suppress(OSError):
            if not (folder / file.name).exists():
                continue
            if file.is_dir():
                shutil.rmtree(file)
            os.replace(folder / file.name, file)
    with contextlib.suppress(OSError):
        if not {path.name for path in folder.iterdir()} - {_STUDY}:
            shutil.rmtree(folder)
            folder.parent.rmdir()


def _move_to(folder: Path, files: Sequence[Path]) -> None:
    names = {file.name for file in files}
    text = _study_text(files[0].with_name(_RESULTS)) if _RESULTS in names else ""
    if text and _STUDY not in names:
        write_whole(folder / _STUDY, text)
    for file in files:
        os.replace(file, folder / file.name)


def _new_folder(file: Path) -> Path:
    stamp = datetime.fromtimestamp(file.stat().st_mtime, UTC).strftime("%Y%m%dT%H%M%SZ")
    number = 1
    while True:
        name = stamp if number == 1 else f"{stamp}-{number}"
        try:
            (folder := file.parent / "history" / name).mkdir(parents=True)
        except FileExistsError:
            number += 1
        else:
            return folder


def _study_text(results: Path) -> str:
    try:
        text = json_value(results.read_text(encoding="utf-8"))["study"]["text"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return text if isinstance(text, str) else ""
