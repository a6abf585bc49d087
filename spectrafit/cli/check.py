"""`spectrafit check`, `verify` and `doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from spectrafit.errors import ReadError

__all__ = ["check", "doctor", "verify"]


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
def check(path: Path) -> int:
    """Print the alerts of a STUDY.toml or of RESULTS, with waivers and checks not performed."""
    from spectrafit.reporting.check import check_lines, stands

    results = _results(path) if path.suffix != ".toml" else _checked_study(path)
    for line in check_lines(results):
        click.echo(line)
    return 1 if stands(results) else 0


def _checked_study(path: Path) -> dict[str, Any]:
    from spectrafit.reporting.results import results_dict
    from spectrafit.strict_json import plain
    from spectrafit.study.load import load_study
    from spectrafit.study.run import run_study

    found = plain(results_dict(run_study(load_study(path))))
    assert isinstance(found, dict)
    return found


def _results(path: Path) -> dict[str, Any]:
    from spectrafit.strict_json import json_value

    file = path / "results.json" if path.is_dir() else path
    try:
        found = json_value(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReadError(
            error.strerror or "cannot be read", where=str(file),
            do="name a study, a results folder or its results.json",
        ) from error
    except ValueError as error:
        raise ReadError(f"no strict JSON: {error}", where=str(file)) from error
    if not isinstance(found, dict) or found.get("schema") != 1 or "results" not in found:
        raise ReadError("these are no results of this suite", where=str(file))
    return found


@click.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--study", type=click.Path(path_type=Path), help="The study file, where it has moved."
)
def verify(results: Path, study: Path | None) -> int:
    """Compute RESULTS again from the raw files and compare within stated tolerances."""
    from spectrafit.reporting.results import results_dict
    from spectrafit.reporting.verify import differences
    from spectrafit.strict_json import plain
    from spectrafit.study.load import load_study
    from spectrafit.study.run import run_study

    old = _results(results)
    folder = results if results.is_dir() else results.parent
    file = study or folder / str(old["study"].get("file") or "study.toml")
    if not file.is_file():
        raise ReadError(
            "the study is not there", where=str(file), do="name it with --study STUDY.toml"
        )
    new = plain(results_dict(run_study(load_study(file))))
    assert isinstance(new, dict)
    found = differences(old, new)
    for line in found.lines:
        click.echo(line)
    return 1 if found.differ else 0


@click.command()
def doctor() -> int:
    """Print versions, optional parts, plugins and the name clash."""
    import importlib.metadata
    import sys

    from spectrafit import __version__
    from spectrafit.registry import name_clash, reader_names, technique_names

    click.echo(f"spectrafit-suite {__version__}, Python {sys.version.split()[0]}, {sys.platform}")
    for part, names in _PARTS.items():
        for name in names:
            try:
                state = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                state = "missing" if part == "core" else "not installed"
            hint = "" if part == "core" or state != "not installed" else (
                f'  (pip install "spectrafit-suite[{part}]")'
            )
            click.echo(f"  {part:9} {name:20} {state}{hint}")
    click.echo(f"techniques: {', '.join(technique_names())}")
    click.echo(f"readers: {', '.join(reader_names())}")
    clash = name_clash()
    click.echo(clash or "no name clash: the unrelated distribution 'spectrafit' is not installed")
    return 1 if clash else 0


_PARTS = {
    "core": (
        "numpy", "scipy", "lmfit", "pandas", "matplotlib", "cattrs", "click", "rich", "jinja2",
        "xraydb", "pybaselines",
    ),
    "xas": ("xraylarch",),
    "formats": ("h5py", "silx", "gemmi", "brukeropus", "jcamp", "spc-io", "openpyxl"),
    "fast": ("numba",),
    "cluster": ("dask", "distributed"),
    "calc": ("cclib",),
    "sampling": ("emcee", "iminuit"),
}
