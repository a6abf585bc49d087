"""What the last run wrote into a results folder, so that the same is not written again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from spectrafit.exact_json import value_digest
from spectrafit.files import file_digest, write_whole
from spectrafit.reporting.results import path_from
from spectrafit.strict_json import json_text, json_value
from spectrafit.study.outcome import Outcome

__all__ = ["JOURNAL", "record_run", "unchanged_since"]

JOURNAL = "journal"
_RECORD = "last-run.json"
_SCHEMA = 1


def record_run(outcome: Outcome, folder: Path, files: Iterable[Path]) -> None:
    """Note what was written, and from what; nothing where the outcome has no digest.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.
    folder : Path
        Results folder.
    files : iterable of Path
        What was written into it.

    Raises
    ------
    SpectrafitError
        When the note cannot be written.
    """
    if not outcome.reuse.digest:
        return
    sums = {file.relative_to(folder).as_posix(): file_digest(file) for file in files}
    record = {
        "schema": _SCHEMA,
        "outcome": _digest(outcome, folder),
        "written": _written(folder),
        "files": sums,
    }
    write_whole(folder / JOURNAL / _RECORD, json_text(record, indent=1) + "\n")


def unchanged_since(outcome: Outcome, folder: Path) -> str:
    """Return when exactly this outcome was written, if its files are all as they were.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.
    folder : Path
        Results folder.

    Returns
    -------
    str
        Time in ISO 8601; empty where anything was computed, differs, is missing or is not known.
    """
    if outcome.reuse.computed or not outcome.reuse.digest:
        return ""
    # a record that cannot be read is none
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        record = json_value((folder / JOURNAL / _RECORD).read_text(encoding="utf-8"))
        if (record["schema"], record["outcome"]) == (_SCHEMA, _digest(outcome, folder)) and all(
            _is_as_written(folder, name, digest) for name, digest in record["files"].items()
        ):
            return str(record["written"])
    return ""


def _is_as_written(folder: Path, name: str, digest: str) -> bool:
    """Return whether a file of the folder has a digest; a record may have come from elsewhere."""
    place = folder / name
    inside = place.resolve().is_relative_to(folder.resolve())
    return inside and place.is_file() and file_digest(place) == digest


def _digest(outcome: Outcome, folder: Path) -> str:
    """Return the digest of an outcome as results of this folder, which name the study's place."""
    return value_digest((outcome.reuse.digest, path_from(folder, outcome.study_file)))


def _written(folder: Path) -> str:
    return str(json_value((folder / "results.json").read_text(encoding="utf-8"))["written"])
