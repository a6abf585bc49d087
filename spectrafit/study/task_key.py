"""The key of a piece of work in the journal: a digest of everything that its result depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from spectrafit.errors import ReadError
from spectrafit.exact_json import value_digest
from spectrafit.files import file_digest
from spectrafit.recording import Recording
from spectrafit.size_limits import require_size
from spectrafit.study.files import relative_name
from spectrafit.study.schema import Measurement
from spectrafit.study.tasks import LongSeries, Task
from spectrafit.technique import ComparedScans, Inputs

__all__ = ["comparison_key", "series_key", "task_key"]

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
    parts["paths"] = [(relative_name(path, task.folder), _file_part(path)) for path in task.paths]
    parts["inputs"] = _input_digests(task.inputs)
    # what these say is in the task itself, where its exceptions are applied
    parts["measurement"] = replace(
        m, files=(), uses={}, settings={}, parameters={}, exceptions=(), merge_by=()
    )
    parts["tables"] = _tables(m, task.folder)
    parts["code"] = code[m.technique]
    return value_digest(parts)


def comparison_key(
    a: Sequence[ComparedScans],
    b: ComparedScans,
    ends: Sequence[ComparedScans],
    settings: Any,
    code: Mapping[str, str],
) -> str:
    """Return the key of a comparison: equal only where its observables are.

    It depends on all that the technique is handed: the content of every scan and of the other
    inputs, settings and parameters of every side, margins and what else the comparison sets, which
    sides are one and the same, and on the code.

    Parameters
    ----------
    a : sequence of ComparedScans
        What is compared.
    b : ComparedScans
        What it is held against.
    ends : sequence of ComparedScans
        End members of the population, or none.
    settings : object
        Of the comparison, defaults filled in.
    code : mapping of str to str
        Digest of the code by technique.

    Returns
    -------
    str
        Hexadecimal sha256.

    Raises
    ------
    TypeError
        When a setting is of a type that has no digest.
    LookupError
        When a side is of a technique without a digest.
    """
    sides = list({id(one): one for one in (*a, b, *ends)}.values())
    number = {id(one): place for place, one in enumerate(sides)}
    return value_digest(
        {
            "kind": "comparison",
            "a": [number[id(one)] for one in a],
            "b": number[id(b)],
            "ends": [number[id(one)] for one in ends],
            "sides": [_side_parts(one) for one in sides],
            "settings": settings,
            "code": {one.technique: code[one.technique] for one in sides},
        }
    )


def series_key(technique: str, scans: Sequence[tuple[str, str, int]], code: str) -> str:
    """Return the key of what the scans of a measurement give together: equal only where that is.

    Parameters
    ----------
    technique : str
        Whose scans they are.
    scans : sequence of (str, str, int)
        Of each its label, the key of its file's task, and which scan of that file it is.
    code : str
        Digest of the technique's code.

    Returns
    -------
    str
        Hexadecimal sha256.
    """
    return value_digest({"kind": "series", "scans": scans, "technique": technique, "code": code})


def _side_parts(side: ComparedScans) -> dict[str, Any]:
    parts = {one.name: getattr(side, one.name) for one in fields(side) if one.name != "inputs"}
    return {**parts, "inputs": _input_digests(side.inputs)}


def _input_digests(inputs: Inputs) -> dict[str, list[str]]:
    return {
        role: [
            _recording_digest(one) for one in ([given] if isinstance(given, Recording) else given)
        ]
        for role, given in inputs.items()
    }


def _tables(m: Measurement, folder: Path) -> dict[str, str]:
    """Return the digests of the tables that conditions come from; one that is not there is none."""
    names = {one.table.replace("\\", "/") for one in m.conditions.values() if one.table}
    paths = {name: folder / name for name in sorted(names)}
    return {name: _file_part(path) for name, path in paths.items() if path.is_file()}


def _file_part(path: Path) -> str:
    """Return the digest of a file, or why it will be refused before any of it is read."""
    try:
        require_size(path, where=path.name)
    except ReadError as refusal:
        return refusal.what
    return file_digest(path)


@lru_cache(maxsize=64)
def _recording_digest(recording: Recording) -> str:
    """Return the digest of a recording, kept: a foil serves every scan of a series."""
    return value_digest(recording)
