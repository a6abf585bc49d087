"""The key of a piece of work in the journal: a digest of everything that its result depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from spectrafit.exact_json import value_digest
from spectrafit.files import file_digest
from spectrafit.recording import Recording
from spectrafit.study.files import relative_name
from spectrafit.study.schema import Measurement
from spectrafit.study.tasks import LongSeries, Task

__all__ = ["task_key"]

# Where the files and their folder are does not matter, only what is in them and their names; what a
# long series has decided is in the settings and parameters.
_APART = ("measurement", "inputs", "paths", "folder", "series")


def task_key(task: Task | LongSeries, code: Mapping[str, str]) -> str:
    """Return the key of a task, or of a long series: equal only where its results are.

    It depends on the names and bytes of the files and of the tables their conditions come from, on
    the other inputs, on the settings and parameters as they are handed to the technique, on
    whatever else the task holds, and on the code.

    Parameters
    ----------
    task : Task or LongSeries
        What is to be observed, or decided.
    code : mapping of str to str
        Digest of the code by technique.

    Returns
    -------
    str
        Hexadecimal sha256.

    Raises
    ------
    OSError
        When a file cannot be read.
    TypeError
        When a setting is of a type that has no digest.
    """
    m = task.measurement
    parts: dict[str, Any] = {"kind": type(task).__name__}
    parts |= {one.name: getattr(task, one.name) for one in fields(task) if one.name not in _APART}
    # part of a condition may come from the path below the study's folder
    parts["paths"] = [(relative_name(path, task.folder), file_digest(path)) for path in task.paths]
    parts["inputs"] = {
        role: [_recording_digest(one) for one in recordings]
        for role, recordings in task.inputs.items()
    }
    # what these say is in the task itself, where its exceptions are applied
    parts["measurement"] = replace(
        m, files=(), uses={}, settings={}, parameters={}, exceptions=(), merge_by=()
    )
    parts["tables"] = _tables(m, task.folder)
    parts["code"] = code[m.technique]
    return value_digest(parts)


def _tables(m: Measurement, folder: Path) -> dict[str, str]:
    """Return the digests of the tables that conditions come from; one that is not there is none."""
    names = {one.table.replace("\\", "/") for one in m.conditions.values() if one.table}
    paths = {name: folder / name for name in sorted(names)}
    return {name: file_digest(path) for name, path in paths.items() if path.is_file()}


@lru_cache(maxsize=64)
def _recording_digest(recording: Recording) -> str:
    """Return the digest of a recording, kept: a foil serves every scan of a series."""
    return value_digest(recording)
