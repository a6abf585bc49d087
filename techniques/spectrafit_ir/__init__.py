"""Infrared spectroscopy: bands followed through temperature, and what they can and cannot say."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit_ir.readers.condition_table import condition_table_reader
    from spectrafit_ir.readers.excel import excel_reader
    from spectrafit_ir.readers.jcamp import jcamp_reader
    from spectrafit_ir.readers.omnic import omnic_reader
    from spectrafit_ir.readers.opus import opus_reader
    from spectrafit_ir.readers.spc import spc_reader
    from spectrafit_ir.readers.spectrum_text import spectrum_reader
    from spectrafit_ir.readers.vibrations import vibrations_reader
    from spectrafit_ir.technique import infrared

__all__ = [
    "condition_table_reader",
    "excel_reader",
    "infrared",
    "jcamp_reader",
    "omnic_reader",
    "opus_reader",
    "spc_reader",
    "vibrations_reader",
    "spectrum_reader",
]

_HOME = {
    "condition_table_reader": "readers.condition_table",
    "excel_reader": "readers.excel",
    "infrared": "technique",
    "jcamp_reader": "readers.jcamp",
    "omnic_reader": "readers.omnic",
    "opus_reader": "readers.opus",
    "spc_reader": "readers.spc",
    "vibrations_reader": "readers.vibrations",
    "spectrum_reader": "readers.spectrum_text",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit_ir.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
