"""Earlier results of a folder, kept before new ones take their place."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from spectrafit.errors import SpectrafitError
from spectrafit.files import write_whole
from spectrafit.strict_json import json_value

__all__ = ["keep_earlier"]


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
        When one cannot be moved.
    """
    there = [file for file in files if file.is_file() or file.is_dir()]
    if not there:
        return None
    try:
        folder = _new_folder(there[0])
        for file in there:
            os.replace(file, folder / file.name)
    except OSError as error:
        raise SpectrafitError(
            f"earlier results cannot be moved to history: {error.strerror or error}",
            where=str(there[0]),
            do="close them in other programs, or choose another folder with --out",
            code="RUN-010",
        ) from error
    study = folder / "study.toml"
    text = _study_text(folder / "results.json")
    if text and not study.exists():
        write_whole(study, text)
    return folder


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
