"""Make a plugin visible as an installer does, without network and without a build."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

import spectrafit


def write_metadata(
    site: Path,
    distribution: str,
    entry_points: Mapping[str, Mapping[str, str]],
    *,
    version: str = "0.1.0",
) -> Path:
    """Write the dist-info folder of a distribution into a folder of the module search path.

    Parameters
    ----------
    site : Path
        A folder that is, or will be, on ``sys.path``.
    distribution : str
        Name of the distribution.
    entry_points : mapping
        ``{group: {name: "module:object"}}``.
    version : str
        Its version.

    Returns
    -------
    Path
        The dist-info folder.
    """
    folder = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    head = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
    (folder / "METADATA").write_text(head, encoding="utf-8")
    lines = [
        line
        for group, entries in entry_points.items()
        for line in (f"[{group}]", *(f"{name} = {value}" for name, value in entries.items()), "")
    ]
    (folder / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder


def install(project: Path, site: Path) -> Path:
    """Copy the packages of a project to a folder and write its metadata beside them.

    Parameters
    ----------
    project : Path
        Folder with a ``pyproject.toml`` and import packages.
    site : Path
        Where to put them; put it on ``sys.path``, or use `environment`.

    Returns
    -------
    Path
        `site`.
    """
    text = (project / "pyproject.toml").read_text(encoding="utf-8")
    declared = tomllib.loads(text)["project"]
    for package in sorted(path.parent for path in project.glob("*/__init__.py")):
        shutil.copytree(package, site / package.name)
    write_metadata(site, declared["name"], declared["entry-points"], version=declared["version"])
    return site


def environment(site: Path) -> dict[str, str]:
    """Return the environment of a process that sees the plugin and this spectrafit.

    Parameters
    ----------
    site : Path
        Folder of `install`.

    Returns
    -------
    dict of str to str
    """
    root = Path(spectrafit.__file__).parents[1]
    places = [str(site), str(root), str(root / "techniques"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}
