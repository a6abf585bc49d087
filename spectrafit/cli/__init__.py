"""The command line: `spectrafit` and `spectrafit-suite`."""

from __future__ import annotations

from spectrafit.cli.main import main

__all__ = ["main"]
