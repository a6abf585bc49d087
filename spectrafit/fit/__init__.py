"""Fitting: a problem, an engine, a result."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit.fit.fit_stack import FitStack
    from spectrafit.fit.many import fit_many
    from spectrafit.fit.problem import ParameterChange, Problem
    from spectrafit.fit.result import FitResult, Flag
    from spectrafit.fit.single import fit

_HOME = {
    "FitResult": "result",
    "FitStack": "fit_stack",
    "Flag": "result",
    "ParameterChange": "problem",
    "Problem": "problem",
    "fit": "single",
    "fit_many": "many",
}

__all__ = ["FitResult", "FitStack", "Flag", "ParameterChange", "Problem", "fit", "fit_many"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit.fit.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
