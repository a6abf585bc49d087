"""Pyroelectric current: signed coefficients and polarisation from currents of both branches."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit_pyro.readers.current_log import current_log_reader
    from spectrafit_pyro.technique import pyro

__all__ = ["current_log_reader", "pyro"]

_HOME = {"current_log_reader": "readers.current_log", "pyro": "technique"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit_pyro.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
