"""xraylarch, for those who have it: asked for only where something needs it."""

from __future__ import annotations

import logging
import warnings
from importlib import import_module
from typing import Any

from spectrafit.errors import SettingsError

__all__ = ["larch_module"]

INSTALL = 'install it: pip install "spectrafit-suite[xas]"'


def larch_module(name: str, purpose: str) -> Any:
    """Return a module of xraylarch.

    Parameters
    ----------
    name : str
        Like ``"larch.xafs"``.
    purpose : str
        What needs it, for the message.

    Returns
    -------
    module

    Raises
    ------
    SettingsError
        Where xraylarch is not installed; one line with the command that installs it.

    Notes
    -----
    xraylarch silences all warnings and the root logger when it is imported; both are put back.
    """
    logger = logging.getLogger()
    level = logger.level
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(name)
    except ImportError as error:
        missing = error.name or name
        raise SettingsError(
            f"{purpose} needs xraylarch, and {missing} is not installed", do=INSTALL
        ) from error
    finally:
        logger.setLevel(level)
