"""X-ray absorption at the K edge: XANES and HERFD."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit_xas.athena import athena_reader
    from spectrafit_xas.nexus import nexus_reader
    from spectrafit_xas.readers import xdi_reader
    from spectrafit_xas.spec import spec_reader
    from spectrafit_xas.ssrl import ssrl_reader
    from spectrafit_xas.technique import herfd, xanes

__all__ = [
    "athena_reader",
    "herfd",
    "nexus_reader",
    "spec_reader",
    "ssrl_reader",
    "xanes",
    "xdi_reader",
]

_HOME = {
    "athena_reader": "athena",
    "herfd": "technique",
    "nexus_reader": "nexus",
    "spec_reader": "spec",
    "ssrl_reader": "ssrl",
    "xanes": "technique",
    "xdi_reader": "readers",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit_xas.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
