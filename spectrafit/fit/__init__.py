"""Fitting: a problem, an engine, a result."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit.fit.problem import ParameterChange, Problem
    from spectrafit.fit.result import FitResult, Flag
    from spectrafit.fit.single import fit

_HOME = {
    "FitResult": "result",
    "Flag": "result",
    "ParameterChange": "problem",
    "Problem": "problem",
    "fit": "single",
}

__all__ = ["FitResult", "Flag", "ParameterChange", "Problem", "fit"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit.fit.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
