"""Everything that a run of the command line loads: imported once, split off often."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from spectrafit.reporting.document import Document
from spectrafit.reporting.html import html_text
from spectrafit.study.code_version import code_version

GROUPS = ("spectrafit.readers", "spectrafit.techniques")
LATER = (
    "jinja2",
    "lmfit",
    "numba",
    "openpyxl",
    "scipy.optimize",
    "spectrafit.cli.main",
    "spectrafit.delimited",
    "spectrafit.fit.result_json",
    "spectrafit.fit.single",
    "spectrafit.reporting.last_run",
    "spectrafit.reporting.write",
    "spectrafit.study.load",
    "spectrafit.study.run",
)
"""What commands load only where they use it."""

LOADED = tuple(
    import_module(name)
    for name in (
        *LATER,
        *{entry.module for group in GROUPS for entry in entry_points(group=group)},
    )
)

CODE = code_version({"xanes"})
"""The digests of the sources of the core, which the process keeps."""

PAGE = html_text(Document("nothing", (), ()))
"""The template of a report is compiled once."""
