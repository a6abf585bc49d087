"""gemmi, where it is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from spectrafit.errors import ReadError

__all__ = ["gemmi_module"]


def gemmi_module() -> Any:
    """Return the module gemmi.

    Returns
    -------
    module

    Raises
    ------
    ReadError
        When it is not installed.
    """
    try:
        return import_module("gemmi")
    except ImportError as error:
        raise ReadError(
            "reading CIFs and space groups needs gemmi, which is not installed",
            where="gemmi",
            do="install it: pip install 'spectrafit-suite[formats]'",
        ) from error
