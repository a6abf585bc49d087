"""`spectrafit check`, `verify` and `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from spectrafit.cli.console import processors
from spectrafit.errors import PluginError, ReadError
from spectrafit.text import one_line, printable

__all__ = ["check", "doctor", "of_results", "results_of", "study_file", "verify"]

Answer = TypeVar("Answer")


@click.command(short_help="Print the alerts, waivers and checks not performed.")
@click.argument("path", metavar="STUDY-or-RESULTS", type=click.Path(path_type=Path))
@click.option("--jobs", type=click.IntRange(1), help="Processes [all processors].")
def check(path: Path, jobs: int | None) -> int:
    """Print the alerts of a study (a .toml file, which is run) or of a results folder.

    With them: waivers with their reasons, and checks that were not performed.
    """
    from spectrafit.reporting.check import check_lines, stands

    results = _run_again(path, jobs) if path.suffix == ".toml" else results_of(path)
    for line in of_results(path, lambda: check_lines(results)):
        click.echo(line)
    return 1 if stands(results) else 0


def _run_again(study: Path, jobs: int | None) -> dict[str, Any]:
    from spectrafit.cli.run import computed
    from spectrafit.executor import LocalExecutor
    from spectrafit.reporting.results import results_dict
    from spectrafit.strict_json import json_text, json_value
    from spectrafit.study.load import load_study

    outcome = computed(load_study(study), LocalExecutor(jobs or processors()))
    found: dict[str, Any] = json_value(json_text(results_dict(outcome)))
    return found


def results_of(path: Path) -> dict[str, Any]:
    """Return the content of a results file.

    Parameters
    ----------
    path : Path
        A results folder or its ``results.json``.

    Returns
    -------
    dict

    Raises
    ------
    ReadError
        When there is none.
    """
    from spectrafit.size_limits import limited_content
    from spectrafit.strict_json import json_value

    file = path / "results.json" if path.is_dir() else path
    do = "name a study, a results folder or its results.json"
    try:
        found = json_value(limited_content(file, where=str(file)).decode("utf-8"))
    except OSError as error:
        raise ReadError(error.strerror or "cannot be read", where=str(file), do=do) from error
    except (ValueError, RecursionError) as error:
        raise ReadError(f"no strict JSON: {error}", where=str(file), do=do) from error
    if not isinstance(found, dict) or found.get("schema") != 1 or "results" not in found:
        raise ReadError("these are no results of this suite", where=str(file), do=do)
    return found


def of_results(path: Path, answer: Callable[[], Answer]) -> Answer:
    """Return an answer from results, or say that they lack what every results file has.

    Parameters
    ----------
    path : Path
        Where they are.
    answer : callable
        Makes it.

    Returns
    -------
    object
        What it makes.

    Raises
    ------
    ReadError
        When it cannot.
    """
    try:
        return answer()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ReadError(
            f"these results are not whole: {type(error).__name__}: {error}",
            where=str(path),
            do="run the study again",
        ) from error


@click.command(short_help="Compute results again and compare.")
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--study", type=click.Path(path_type=Path), help="The study file, where it has moved."
)
@click.option("--jobs", type=click.IntRange(1), help="Processes [all processors].")
def verify(results: Path, study: Path | None, jobs: int | None) -> int:
    """Compute RESULTS again from the raw files and compare within stated tolerances."""
    from spectrafit.reporting.verify import differences

    old = results_of(results)
    file = study or of_results(results, lambda: study_file(old, results))
    if file is None or not file.is_file():
        raise ReadError(
            f"its study is not there: {file or 'it names none'}",
            where=str(results),
            do=f"type: spectrafit verify {results} --study STUDY.toml",
        )
    new = _run_again(file, jobs)
    found = of_results(results, lambda: differences(old, new))
    for line in found.lines:
        click.echo(line)
    return 1 if found.differ else 0


def study_file(old: dict[str, Any], results: Path) -> Path | None:
    """Return where the study of results is.

    Parameters
    ----------
    old : dict
        Content of the results.
    results : Path
        Their folder or file.

    Returns
    -------
    Path or None
        None where they name no study file.
    """
    name = old["study"]["file"]
    folder = results if results.is_dir() else results.parent
    return folder / str(name) if name else None


@click.command(short_help="Print versions, parts and what is broken.")
def doctor() -> int:
    """Print versions, optional parts, plugins and what is wrong with them."""
    import sys

    from spectrafit import __version__
    from spectrafit.reference import root
    from spectrafit.registry import broken_plugins, name_clash, reader_names, technique_names

    click.echo(f"spectrafit-suite {__version__}, Python {sys.version.split()[0]}, {sys.platform}")
    for line in _parts():
        click.echo(line)
    faults = broken_plugins()
    for noun, names in (("techniques", technique_names), ("readers", reader_names)):
        try:
            click.echo(f"{noun}: {', '.join(names())}")
        except PluginError:
            click.echo(f"{noun}: cannot be listed")
    for fault in faults:
        click.echo(f"broken: {one_line(str(fault))}")
    if not faults:
        click.echo("plugins: all of them load")
    click.echo(f"reference spectra: {printable(str(root()))}")
    clash = name_clash()
    click.echo(clash or "name clash: none; the unrelated distribution spectrafit is not installed")
    return 1 if clash or faults else 0


def _parts() -> Iterator[str]:
    """Give a line for each distribution that the suite or one of its parts needs."""
    import re
    from importlib.metadata import PackageNotFoundError, requires, version

    try:
        needed = requires("spectrafit-suite") or []
    except PackageNotFoundError:
        yield "  spectrafit-suite itself is not installed: it runs from a folder"
        return
    for requirement in needed:
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        extra = re.search(r"extra == ['\"](.*?)['\"]", requirement)
        part = extra[1] if extra else "core"
        if name == "spectrafit-suite" or part not in _PARTS:
            continue
        try:
            state = version(name)
        except PackageNotFoundError:
            state = "missing: install the suite again"
            if part != "core":
                state = f'not installed: pip install "spectrafit-suite[{part}]"'
        yield f"  {part:9} {name:20} {state}"


_PARTS = ("core", "xas", "formats", "fast", "cluster", "calc", "sampling")
