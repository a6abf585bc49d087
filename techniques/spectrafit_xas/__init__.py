"""X-ray absorption at the K edge: XANES and HERFD."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit_xas.readers import xdi_reader
    from spectrafit_xas.technique import herfd, xanes

__all__ = ["herfd", "xanes", "xdi_reader"]

_HOME = {"herfd": "technique", "xanes": "technique", "xdi_reader": "readers"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit_xas.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
