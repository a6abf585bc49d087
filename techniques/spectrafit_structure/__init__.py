"""Structure and composition: bonds, spin states, polar axes, formulas."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit_structure.readers.bond_table import bond_table_reader
    from spectrafit_structure.readers.cif import cif_reader
    from spectrafit_structure.technique import structure

__all__ = ["bond_table_reader", "cif_reader", "structure"]

_HOME = {
    "bond_table_reader": "readers.bond_table",
    "cif_reader": "readers.cif",
    "structure": "technique",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit_structure.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
