"""Magnetism: moments become chi_m T, transitions, spins and exchange."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit_magnetism.readers.chi_table import chi_table_reader
    from spectrafit_magnetism.readers.quantum_design import quantum_design_reader
    from spectrafit_magnetism.technique import magnetism

__all__ = ["chi_table_reader", "magnetism", "quantum_design_reader"]

_HOME = {
    "chi_table_reader": "readers.chi_table",
    "magnetism": "technique",
    "quantum_design_reader": "readers.quantum_design",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit_magnetism.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
