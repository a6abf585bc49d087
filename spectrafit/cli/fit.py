"""`spectrafit fit`: one technique on files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from spectrafit.cli.run import exit_code, progress_bar, summary_lines
from spectrafit.cli.values import joined, set_values, settings_file
from spectrafit.errors import SettingsError

__all__ = ["fit"]


@click.command()
@click.argument("technique")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--settings", type=click.Path(path_type=Path), help="TOML file of settings.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="One setting.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=FILE", help="A further input.")
@click.option("--calibration", multiple=True, type=click.Path(path_type=Path), help="A foil scan.")
@click.option("--reader", default="", help="Name of a reader.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the report.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
def fit(
    technique: str,
    files: tuple[Path, ...],
    settings: Path | None,
    pairs: tuple[str, ...],
    inputs: tuple[str, ...],
    calibration: tuple[Path, ...],
    reader: str,
    out: Path | None,
    as_json: bool,
    jobs: int,
) -> int:
    """Fit FILES with TECHNIQUE and print what they show.

    Settings come from --settings and --set, which is read as TOML, else as text:
    --set peaks=2 --set 'window_eV=[7106, 7118]' --set columns.i0=Io. A table [parameters] in the
    settings file, or --set 'parameters."peak1.center".min=7112', changes fit parameters.
    """
    from spectrafit.study.adhoc import adhoc_study
    from spectrafit.study.run import run_study

    if Path(technique).exists() and not files:
        raise SettingsError(
            "which technique?", where=technique, do=f"type: spectrafit fit xanes {technique}"
        )
    values: dict[str, Any] = settings_file(settings) if settings else {}
    values = joined(values, set_values(pairs))
    parameters = values.pop("parameters", {})
    others: dict[str, list[Path]] = {"calibration": list(calibration)} if calibration else {}
    for text in inputs:
        name, equals, path = text.partition("=")
        if not equals:
            raise SettingsError(f"--input {text!r} has no '='", do="write --input NAME=FILE")
        others.setdefault(name, []).append(Path(path))
    loaded = adhoc_study(
        technique, files, settings=values, parameters=parameters, inputs=others, reader=reader,
        folder=out,
    )
    with progress_bar("fitting") as progress:
        outcome = run_study(loaded, jobs=jobs, progress=progress)
    if as_json:
        from spectrafit.reporting.results import fit_json

        click.echo(fit_json(outcome))
    else:
        for line in summary_lines(outcome):
            click.echo(line)
    if out is not None:
        from spectrafit.reporting.write import write_report

        write_report(outcome, out)
        (out / "study.toml").write_text(loaded.text, encoding="utf-8")
        if not as_json:
            click.echo(str(out))
    return exit_code(outcome)
