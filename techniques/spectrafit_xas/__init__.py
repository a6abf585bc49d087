"""X-ray absorption at the K edge: XANES and HERFD."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit_xas.readers.athena import athena_reader
    from spectrafit_xas.readers.nexus import nexus_reader
    from spectrafit_xas.readers.spec import spec_reader
    from spectrafit_xas.readers.ssrl import ssrl_reader
    from spectrafit_xas.readers.xdi import xdi_reader
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
    "athena_reader": "readers.athena",
    "herfd": "technique",
    "nexus_reader": "readers.nexus",
    "spec_reader": "readers.spec",
    "ssrl_reader": "readers.ssrl",
    "xanes": "technique",
    "xdi_reader": "readers.xdi",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit_xas.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
