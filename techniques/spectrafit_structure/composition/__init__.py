"""Composition: formulas, mass fractions and isotope patterns against what was found."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit_structure.composition.readers.elemental_analysis import (
        elemental_analysis_reader,
    )
    from spectrafit_structure.composition.readers.mass_spectrum import mass_spectrum_reader
    from spectrafit_structure.composition.technique import composition

__all__ = ["composition", "elemental_analysis_reader", "mass_spectrum_reader"]

_HOME = {
    "composition": "technique",
    "elemental_analysis_reader": "readers.elemental_analysis",
    "mass_spectrum_reader": "readers.mass_spectrum",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit_structure.composition.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
