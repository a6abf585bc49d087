"""How the documentation is built; nothing is fetched from a network."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version as installed_version

sys.path.insert(0, os.path.abspath("."))

project = "spectrafit-suite"
author = "the spectrafit-suite developers"
copyright = "2026, the spectrafit-suite developers"
version = release = installed_version("spectrafit-suite")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "declared",
    "line_pages",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "_templates", "changes", "gallery_examples", "Thumbs.db", ".DS_Store"]
html_theme = "furo"
html_title = f"spectrafit-suite {release}"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
default_role = "code"
smartquotes = False
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
suppress_warnings = ["config.cache"]

autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
nitpicky = False

sphinx_gallery_conf = {
    "examples_dirs": ["gallery_examples"],
    "gallery_dirs": ["gallery"],
    "filename_pattern": r"/plot_",
    "within_subsection_order": "gallery_settings.NewcomerOrder",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "write_computation_times": False,
    "min_reported_time": 1e9,
    "backreferences_dir": None,
    "reset_modules": (),
    "image_scrapers": ("gallery_settings.figure_scraper",),
}


def _is_left_out(_app, _what, _name, member, _skip, _options):
    """Leave out names of tuple types: autodoc takes them for classes and finds no signature."""
    return True if getattr(member, "__origin__", None) is tuple else None


def setup(app):
    """Register what the configuration itself does."""
    app.connect("autodoc-skip-member", _is_left_out)
