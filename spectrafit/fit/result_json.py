"""The strict JSON of a fit result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from spectrafit.fit.result import FitResult, Flag
from spectrafit.spectrum import FloatArray
from spectrafit.strict_json import json_text, json_value, plain

__all__ = ["result_fields", "result_text"]

_SCHEMA = 1
_TUPLES: Mapping[str, type] = {
    "names": str,
    "free": bool,
    "reasons": str,
    "at_bound": str,
    "units": str,
    "weak": str,
}
_PLAIN: Mapping[str, type] = {
    "ndata": int,
    "nvary": int,
    "engine": str,
    "evaluations": int,
    "digest": str,
    "data_digest": str,
    "message": str,
}
_ARRAYS = ("values", "covariance", "starts")


def result_text(result: FitResult) -> str:
    """Return the strict JSON text of a result.

    Parameters
    ----------
    result : FitResult
        Any.

    Returns
    -------
    str
    """
    body = {one.name: plain(getattr(result, one.name)) for one in fields(result)}
    return json_text({"schema": _SCHEMA, **body})


def result_fields(text: str) -> dict[str, Any]:
    """Return the fields of the result that a text holds.

    Parameters
    ----------
    text : str
        Strict JSON.

    Returns
    -------
    dict of str to object

    Raises
    ------
    ValueError
        When the text is not such a result.
    """
    body = json_value(text)
    if not isinstance(body, dict) or body.pop("schema", None) != _SCHEMA:
        raise ValueError(f"no object of schema {_SCHEMA}")
    # results of before it was looked for
    body.setdefault("weak", [])
    expected = {one.name for one in fields(FitResult)}
    if set(body) != expected:
        raise ValueError(f"fields {sorted(set(body) ^ expected)} are missing or unknown")
    out: dict[str, Any] = {}
    for name, kind in _TUPLES.items():
        items = body[name]
        if not isinstance(items, list) or any(type(item) is not kind for item in items):
            raise ValueError(f"{name} is no list of {kind.__name__}")
        out[name] = tuple(items)
    for name, kind in _PLAIN.items():
        if type(body[name]) is not kind:
            raise ValueError(f"{name} is no {kind.__name__}")
        out[name] = body[name]
    for name in _ARRAYS:
        out[name] = _array(body[name], name)
    if out["covariance"].size == 0:
        out["covariance"] = out["covariance"].reshape(0, 0)
    if type(body["chi2"]) not in (int, float):
        raise ValueError("chi2 is no number")
    if body["noise"] not in ("known", "estimated"):
        raise ValueError(f"noise is {body['noise']!r}")
    flags = tuple(Flag(flag) for flag in body["flags"])
    return {**out, "chi2": float(body["chi2"]), "noise": body["noise"], "flags": flags}


def _array(value: Any, name: str) -> FloatArray:
    rows = value if isinstance(value, list) else [value]
    flat = [item for row in rows for item in (row if isinstance(row, list) else [row])]
    if not isinstance(value, list) or any(type(item) not in (int, float) for item in flat):
        raise ValueError(f"{name} is no list of numbers")
    return np.array(value, dtype=np.float64)
