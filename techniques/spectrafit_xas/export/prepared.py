"""Prepared spectra and fits for other programs."""

from __future__ import annotations

from spectrafit_xas.export.larch import to_larch, write_athena
from spectrafit_xas.export.nexus import NXXAS_VERSIONS, write_nxfit, write_nxxas
from spectrafit_xas.export.table import convention_text, write_csv

__all__ = [
    "NXXAS_VERSIONS",
    "convention_text",
    "to_larch",
    "write_athena",
    "write_csv",
    "write_nxfit",
    "write_nxxas",
]
