"""A cheap technique, installed for a test as a third party's is, and studies of its files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from plugin_install import install

from spectrafit import registry
from spectrafit.new_technique import write_technique

NAME = "epr"
AREA = 4.0 * 1.0644670194312262  # of a Gaussian of height 1 and FWHM 4 mT

STUDY = """
[study]
name = "lines"
title = "one line"

[[measurement]]
name = "field"
technique = "epr"
files = ["raw/*.dat"]

[measurement.conditions]
T = { pattern = "_{}K", unit = "K" }
"""

TRUTH = """
[truth]
name = "declared"
simulated = true
states = ["A", "B"]

[[population]]
T = 8.0
x = [0.75, 0.25]

[[population]]
T = 20.0
x = [0.5, 0.5]

[member."epr.area"]
A = 4.257868
B = 12.773604
unit = "mT"
"""


def write_project(folder: Path, changes: Mapping[str, str]) -> Path:
    """Write the plugin package as its author would go on with it; return its folder.

    Parameters
    ----------
    folder : Path
        Where to.
    changes : mapping of str to str
        Text of its ``technique.py`` that is replaced, each once.
    """
    project = write_technique(NAME, folder)
    module = project / f"spectrafit_{NAME}" / "technique.py"
    text = module.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    module.write_text(text, encoding="utf-8")
    return project


@contextmanager
def installed(folder: Path, changes: Mapping[str, str] | None = None) -> Iterator[Path]:
    """Hold the technique ``epr`` of a written plugin package installed in this process.

    Parameters
    ----------
    folder : Path
        Empty folder to write into.
    changes : mapping of str to str, optional
        Text of its ``technique.py`` that is replaced.

    Yields
    ------
    Path
        The folder that is on the module search path.
    """
    site = install(write_project(folder, changes or {}), folder / "site")
    sys.path.insert(0, str(site))
    try:
        yield site
    finally:
        sys.path.remove(str(site))
        for cached in (registry._loaded, registry._outcome):
            cached.cache_clear()  # the next one of this name is another object
        for name in [name for name in sys.modules if name.split(".")[0] == f"spectrafit_{NAME}"]:
            del sys.modules[name]


def line_text(height: float = 2.5, seed: int = 1, **changes: float) -> str:
    """Return the text of a simulated file."""
    epr = registry.technique(NAME)
    return epr.simulated_text(epr.simulation(height=height, **changes), seed)


def write_study(folder: Path, texts: Mapping[str, str], study: str = STUDY) -> Path:
    """Write a study and its raw files; return the study file.

    Parameters
    ----------
    folder : Path
        Where to.
    texts : mapping of str to str
        Text of each file by its path below ``raw``.
    study : str, optional
        Text of the study.
    """
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / "raw" / name).write_text(text, encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(study, encoding="utf-8")
    return path
