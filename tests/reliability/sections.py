"""The sections of the page "Reliability": each is a module here that runs it in its full size."""

from __future__ import annotations

from importlib import import_module

from reliability.promise import Section

NAMES = (
    "mutations",
    "faulty",
    "dialects",
    "recorded",
    "scales",
    "error_bars",
    "coverage",
    "identical",
    "killed",
    "unwritable",
    "huge",
    "archives",
    "code_in_data",
    "hostile_names",
    "study_paths",
    "registered_alerts",
    "supply",
)
"""In the order of the page."""


def measured(name: str) -> Section:
    """Return a section, run in its full size.

    Parameters
    ----------
    name : str
        One of `NAMES`.

    Returns
    -------
    Section
    """
    found = import_module(f"reliability.{name}").section()
    assert isinstance(found, Section)
    return found
