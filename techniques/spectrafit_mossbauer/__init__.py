"""Mössbauer spectroscopy of 57Fe in transmission: raw counts to isomer shift and quadrupole splitting."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit_mossbauer.readers.counts_text import counts_reader
    from spectrafit_mossbauer.readers.exp import exp_reader
    from spectrafit_mossbauer.readers.mca import mca_reader
    from spectrafit_mossbauer.readers.mcs import mcs_reader
    from spectrafit_mossbauer.readers.moe import moe_reader
    from spectrafit_mossbauer.readers.velocity_table import velocity_reader
    from spectrafit_mossbauer.readers.wissel import wissel_reader
    from spectrafit_mossbauer.technique import mossbauer

__all__ = [
    "counts_reader",
    "exp_reader",
    "mca_reader",
    "mcs_reader",
    "moe_reader",
    "mossbauer",
    "velocity_reader",
    "wissel_reader",
]

_HOME = {
    "counts_reader": "readers.counts_text",
    "exp_reader": "readers.exp",
    "mca_reader": "readers.mca",
    "mcs_reader": "readers.mcs",
    "moe_reader": "readers.moe",
    "mossbauer": "technique",
    "velocity_reader": "readers.velocity_table",
    "wissel_reader": "readers.wissel",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit_mossbauer.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
