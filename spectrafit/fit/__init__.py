"""Fitting: a problem, an engine, a result."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit.fit.fit_stack import FitStack
    from spectrafit.fit.many import fit_many
    from spectrafit.fit.problem import ParameterChange, Problem
    from spectrafit.fit.result import FitResult, Flag
    from spectrafit.fit.shared.curved import CurvedFit, CurvedLaw, fit_curved
    from spectrafit.fit.shared.fit_shared import fit_shared
    from spectrafit.fit.shared.law import SharedLaw, constant_law, linear_law
    from spectrafit.fit.shared.shared_fit import SharedFit
    from spectrafit.fit.single import fit

_HOME = {
    "CurvedFit": "shared.curved",
    "CurvedLaw": "shared.curved",
    "FitResult": "result",
    "FitStack": "fit_stack",
    "Flag": "result",
    "ParameterChange": "problem",
    "Problem": "problem",
    "SharedFit": "shared.shared_fit",
    "SharedLaw": "shared.law",
    "constant_law": "shared.law",
    "fit": "single",
    "fit_curved": "shared.curved",
    "fit_many": "many",
    "fit_shared": "shared.fit_shared",
    "linear_law": "shared.law",
}

__all__ = [
    "CurvedFit",
    "CurvedLaw",
    "FitResult",
    "FitStack",
    "Flag",
    "ParameterChange",
    "Problem",
    "SharedFit",
    "SharedLaw",
    "constant_law",
    "fit",
    "fit_curved",
    "fit_many",
    "fit_shared",
    "linear_law",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit.fit.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
