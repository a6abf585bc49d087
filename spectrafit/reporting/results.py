"""Results as strict JSON: one form for ``results.json`` and for ``--json`` on the command line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.resources import files
from itertools import takewhile
from pathlib import Path
from typing import Any

from spectrafit.history import HistoryEntry
from spectrafit.reporting.alerts import file_alerts, raised_alerts
from spectrafit.reporting.fitted import fit_parameters
from spectrafit.reporting.seal import sealed
from spectrafit.reporting.typed_values import typed_verdict
from spectrafit.strict_json import json_text, json_value, plain
from spectrafit.study.outcome import ComparisonResult, FileResult, Outcome, SeriesResult

__all__ = ["SCHEMA", "fit_json", "path_from", "result_dict", "results_dict", "results_schema"]

SCHEMA = 1


def result_dict(result: FileResult) -> dict[str, Any]:
    """Return one file's result as plain JSON values.

    The keys up to ``alerts`` are a contract; those after it say more of the fit and where the
    result comes from.

    Parameters
    ----------
    result : FileResult
        Of any status.

    Returns
    -------
    dict
        Numbers that do not exist are None.
    """
    observables = result.observables
    items = observables.items if observables is not None else ()
    fit = observables.fit if observables is not None else None
    return {
        "file": result.file,
        "technique": result.technique,
        "status": result.status,
        "engine": fit.engine if fit is not None else None,
        "ndata": fit.ndata if fit is not None else None,
        "nfree": fit.nfree if fit is not None else None,
        "chi2": fit.chi2 if fit is not None else None,
        "redchi": fit.redchi if fit is not None else None,
        "parameters": {
            row.name: {
                "value": row.measured.value,
                "sigma": row.measured.sigma,
                "sigma_reason": row.measured.reason,
                "unit": row.unit,
                "at_bound": row.at_bound,
                "fixed": row.fixed,
            }
            for row in fit_parameters(result)
        },
        "observables": [plain(item) for item in items],
        "alerts": [
            {"code": one.code, "level": one.level.value, "text": one.text, "do": one.do}
            for one in file_alerts(result)
        ],
        "aic": fit.aic if fit is not None else None,
        "bic": fit.bic if fit is not None else None,
        "why": result.why,
        "measurement": result.measurement,
        "label": result.label,
        "conditions": plain(result.conditions),
        "source": plain(result.source),
        "covariance": None
        if observables is None or observables.covariance is None
        else {
            "keys": list(observables.covariance_keys),
            "matrix": plain(observables.covariance),
        },
        "parameter_covariance": None
        if fit is None
        else {"names": list(fit.names), "matrix": plain(fit.covariance)},
        "history": [plain(entry) for entry in _shared_history([item.history for item in items])],
    }


def fit_json(outcome: Outcome) -> str:
    """Return what ``--json`` prints: the results alone, as one strict JSON object.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    str
    """
    results = [result_dict(result) for result in outcome.results]
    return json_text({"schema": SCHEMA, "results": results}, indent=1)


def results_dict(outcome: Outcome, written: str = "", folder: Path | None = None) -> dict[str, Any]:
    """Return the content of ``results.json``.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    written : str
        Time of writing; with ``versions`` the only part that differs between equal runs.
    folder : Path, optional
        Results folder, which the study file is named from; the current one when None.

    Returns
    -------
    dict
        Plain JSON values, with the checksum of all of them but the time of writing.
    """
    inputs = {
        (result.file, result.source.sha256): {
            "file": result.file,
            "measurement": result.measurement,
            "sha256": result.source.sha256,
            "simulated": result.source.simulated,
        }
        for result in outcome.results
    }
    content = {
        "schema": SCHEMA,
        "written": written,
        "versions": plain(outcome.versions),
        "simulated": outcome.simulated,
        "study": {
            "file": path_from(folder or Path(), outcome.study_file),
            "text": outcome.settings_toml,
            **_object(plain(outcome.study)),
        },
        "inputs": list(inputs.values()),
        "results": [result_dict(result) for result in outcome.results],
        "states": {name: plain(state) for name, state in outcome.study.state.items()},
        "assignment": plain(outcome.assignment),
        "truth": [
            {
                "label": row.label,
                "key": row.observable.key,
                "unit": row.observable.unit,
                "paper": row.paper,
                "truth": row.truth,
                "recovered": plain(row.observable.value),
                "sigma": row.observable.sigma,
                "sigma_reason": row.observable.sigma_reason,
                "pull": row.pull,
            }
            for row in outcome.truth
        ],
        "series": [_series_dict(one) for one in outcome.series],
        "comparisons": [_comparison_dict(one) for one in outcome.comparisons],
        "alerts": [
            {
                "code": one.alert.code,
                "level": one.alert.level.value,
                "text": one.alert.text,
                "do": one.alert.do,
                "where": one.alert.where,
                "measurement": one.measurement,
                "label": one.label,
                "waived": one.waived,
            }
            for one in raised_alerts(outcome)
        ],
        "typed": [
            _object(plain(one)) | {"verdict": typed_verdict(one)} for one in outcome.study.typed
        ],
        "assumed": list(outcome.assumed),
        "silent_keys": list(outcome.silent_keys),
        "checks_not_performed": list(outcome.checks_not_performed),
    }
    return sealed(content)


def _series_dict(one: SeriesResult) -> dict[str, Any]:
    items = one.observables.items if one.observables is not None else ()
    return {
        "measurement": one.measurement,
        "status": one.status,
        "why": one.why,
        "scans": list(one.scans),
        "observables": [plain(item) for item in items],
    }


def _comparison_dict(one: ComparisonResult) -> dict[str, Any]:
    items = one.observables.items if one.observables is not None else ()
    return {
        "name": one.name,
        "measurement": one.measurement,
        "status": one.status,
        "why": one.why,
        "a": list(one.a),
        "b": one.b,
        "observables": [plain(item) for item in items],
    }


def results_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``results.json``.

    Returns
    -------
    dict
    """
    path = files("spectrafit.reporting") / "results.schema.json"
    return _object(json_value(path.read_text(encoding="utf-8")))


def path_from(folder: Path, file: Path | None) -> str:
    """Return a file's path relative to a folder.

    Parameters
    ----------
    folder : Path
        Where the path is to begin.
    file : Path or None
        The file.

    Returns
    -------
    str
        With forward slashes; empty without a file.
    """
    if file is None:
        return ""
    place = file.parent.resolve() / file.name  # a link is kept: its folder is what paths begin at
    try:
        return Path(os.path.relpath(place, folder.resolve())).as_posix()
    except ValueError:  # another drive on Windows has no relative path
        return place.as_posix()


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _shared_history(histories: Sequence[tuple[HistoryEntry, ...]]) -> list[HistoryEntry]:
    """Return the steps that all observables of a file have gone through."""
    if not histories:
        return []
    steps = takewhile(lambda row: all(one == row[0] for one in row), zip(*histories, strict=False))
    return [row[0] for row in steps]
