"""`spectrafit fit`: one technique on files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spectrafit.cli.console import echo_json, processors, typed, writable_folder
from spectrafit.cli.run import computed, exit_code, run_journal, summary_lines, written
from spectrafit.errors import PluginError, SettingsError, SpectrafitError
from spectrafit.text import printable

if TYPE_CHECKING:
    from spectrafit.study.schema import Condition

__all__ = ["fit", "named_inputs", "suiting"]


@click.command(epilog="Example: spectrafit fit xanes scan.dat --calibration foil.dat")
@click.argument("technique", required=False)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--settings", type=click.Path(path_type=Path), help="TOML file of settings.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="One setting.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=FILE", help="A further input.")
@click.option(
    "--calibration",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A foil scan, or an alpha-iron run.",
)
@click.option("--reader", default="", help="Name of a reader.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the report.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--jobs", type=click.IntRange(1), help="Processes [all processors].")
@click.option("--fresh", is_flag=True, help="Compute everything anew.")
def fit(
    technique: str | None,
    files: tuple[Path, ...],
    settings: Path | None,
    pairs: tuple[str, ...],
    inputs: tuple[str, ...],
    calibration: tuple[Path, ...],
    reader: str,
    out: Path | None,
    as_json: bool,
    jobs: int | None,
    fresh: bool,
) -> int:
    """Fit FILES with TECHNIQUE and print what they show.

    Settings come from --settings and --set, which is read as TOML, else as text:
    --set peaks=2 --set 'window_eV=[7106, 7118]' --set columns.i0=Io. A table [parameters] in the
    settings file, or --set 'parameters."peak1.center".min=7112', changes fit parameters.
    """
    from spectrafit.cli.values import joined, set_values, settings_file
    from spectrafit.executor import LocalExecutor
    from spectrafit.study.adhoc import adhoc_study

    name = _technique_name(technique, files)
    values: dict[str, Any] = settings_file(settings) if settings else {}
    values = joined(values, set_values(pairs))
    parameters = values.pop("parameters", {})
    if out is not None:
        _refuse_own_study(writable_folder(out))
    loaded = adhoc_study(
        name,
        files,
        settings=values,
        parameters=parameters,
        inputs=named_inputs(inputs, calibration),
        reader=reader,
        folder=out,
    )
    _tell_temperature(loaded.study.measurement[-1].conditions)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)  # the study's paths are relative to it
    journal = None if out is None else run_journal(out, fresh=fresh)
    outcome = computed(loaded, LocalExecutor(jobs or processors()), journal=journal)
    done = ""
    if out is not None:
        _write_study(out / "study.toml", loaded.text)
        done = written(outcome, out, jobs or processors(), fresh=fresh).text
    if as_json:
        from spectrafit.reporting.results import fit_json

        echo_json(fit_json(outcome))
        return exit_code(outcome)
    for line in summary_lines(outcome):
        click.echo(line)
    if out is None:
        line = "for the report with its figures: the same line with --out FOLDER"
        click.echo(line, err=True)
    else:
        click.echo(done)
        click.echo(str(out))
    return exit_code(outcome)


def _refuse_own_study(out: Path) -> None:
    """Refuse a folder whose study was not written for results that lie beside it."""
    if (out / "study.toml").is_file() and not (out / "results.json").is_file():
        raise SettingsError(
            "this folder holds a study already, and no results",
            where=str(out),
            do="name another folder with --out",
        )


def _tell_temperature(conditions: Mapping[str, Condition]) -> None:
    if "T" not in conditions:
        return
    T = conditions["T"]
    if T.header:
        place = f"headers: {T.header}"
    else:
        place = f"file names: {T.pattern}" if T.pattern else f"folder's name: {T.value} {T.unit}"
    click.echo(printable(f"T is read from the {place}"), err=True)


def _technique_name(technique: str | None, files: Sequence[Path]) -> str:
    """Return the technique that is meant, or refuse with the line to type."""
    from spectrafit import registry

    names = registry.technique_names()
    if technique in names:
        return technique
    advice = f"the techniques are: {', '.join(names)}"
    if technique is None:
        raise SettingsError(
            "neither a technique nor a file is named",
            do=f"type: spectrafit fit TECHNIQUE FILE; {advice}",
        )
    if Path(technique).exists():
        every = [Path(technique), *files]
        line = typed(["spectrafit", "fit", suiting(every[0]) or "TECHNIQUE", *every])
        raise SettingsError("no technique is named", where=technique, do=f"type: {line}; {advice}")
    try:
        registry.technique(technique)
    except PluginError as error:
        from difflib import get_close_matches

        close = get_close_matches(technique.lower(), names, 1, 0.6)
        line = typed(["spectrafit", "fit", *close, *(files or [Path("FILE")])]) if close else ""
        raise PluginError(error.what, do=f"type: {line}" if line else error.do) from error
    return technique


def suiting(file: Path) -> str:
    """Return the first technique that a file looks like one of; empty where none does.

    Parameters
    ----------
    file : Path
        A raw file.

    Returns
    -------
    str
    """
    from spectrafit import registry
    from spectrafit.reader import read

    try:
        recordings = read(file)
    except SpectrafitError:
        return ""
    for name in registry.technique_names():
        try:
            if all(registry.technique(name).suits(one).suits for one in recordings):
                return name
        except SpectrafitError:
            continue
    return ""


def named_inputs(pairs: Sequence[str], calibration: Sequence[Path]) -> dict[str, list[Path]]:
    """Return the files of further inputs by name.

    Parameters
    ----------
    pairs : sequence of str
        Like ``background=empty.dat``.
    calibration : sequence of Path
        Files of the input ``calibration``.

    Returns
    -------
    dict of str to list of Path

    Raises
    ------
    SettingsError
        For a text that is no pair.
    """
    others: dict[str, list[Path]] = {"calibration": list(calibration)} if calibration else {}
    for text in pairs:
        name, equals, path = text.partition("=")
        if not equals or not name or not path:
            raise SettingsError(f"--input {text!r} is no pair", do="write --input NAME=FILE")
        others.setdefault(name, []).append(Path(path))
    return others


def _write_study(file: Path, text: str) -> None:
    from spectrafit.files import write_whole
    from spectrafit.reporting.earlier import keep_earlier

    if file.is_file():
        if file.read_bytes() == text.encode("utf-8"):
            return
        keep_earlier(file)
    write_whole(file, text)
