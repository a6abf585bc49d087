"""`spectrafit export`: what a technique makes of scans, as files of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spectrafit.cli.console import typed
from spectrafit.errors import PluginError, SettingsError, SpectrafitError, nearest
from spectrafit.text import one_line, printable

if TYPE_CHECKING:
    from spectrafit.study.exported import ScansToExport
    from spectrafit.study.load import LoadedStudy
    from spectrafit.technique import ExportFormat, Technique

__all__ = ["export", "study_of_files"]


@click.command(
    short_help="Write scans for other programs.",
    epilog="Example: spectrafit export feco-results --measurement xanes-fe --to csv --out fe.csv",
)
@click.argument("sources", metavar="RESULTS-or-STUDY-or-FILES", nargs=-1, required=True)
@click.option("--to", "kind", default="", help="Kind of file; without it they are listed.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write.")
@click.option("--measurement", default="", help="One measurement of the study [all of them].")
@click.option("--technique", default="", help="Of raw files [the one that they look like].")
@click.option("--settings", type=click.Path(path_type=Path), help="TOML file of settings.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="One setting.")
@click.option(
    "--calibration",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A foil scan, or an alpha-iron run.",
)
@click.option("--input", "inputs", multiple=True, metavar="NAME=FILE", help="A further input.")
@click.option("--reader", default="", help="Name of a reader.")
def export(
    sources: tuple[str, ...],
    kind: str,
    out: Path | None,
    measurement: str,
    technique: str,
    settings: Path | None,
    pairs: tuple[str, ...],
    calibration: tuple[Path, ...],
    inputs: tuple[str, ...],
    reader: str,
) -> int:
    """Write the scans of a results folder, of a study (.toml), or raw FILES, for other programs.

    They are read and prepared as `spectrafit run` and `fit` do, with the settings of the study or of
    --settings and --set. Repeats are written one by one. What was not right with a scan is said on
    the way: a file carries numbers on, not what was wrong with them.
    """
    from spectrafit.study.exported import scans_to_export
    from spectrafit.technique import ExportsScans

    raw: dict[str, Any] = {
        "technique": technique,
        "settings": settings,
        "pairs": pairs,
        "reader": reader,
    }
    raw |= {"calibration": calibration, "inputs": inputs}
    found = scans_to_export(_study(tuple(map(Path, sources)), measurement, raw), measurement)
    owner = found.owner
    if not isinstance(owner, ExportsScans):
        raise PluginError(
            f"{owner.name} writes no files for other programs", do="type: spectrafit techniques"
        )
    given = [*sources, *(["--measurement", measurement] if measurement else [])]
    if not kind:
        for one in owner.export_formats:
            click.echo(f"{one.name:8} {one.suffix:6} {one.meaning}")
        return 0
    _check(owner, owner.export_formats, kind, out, given)
    assert out is not None  # it was missing otherwise
    told = dict(owner.export(found.scans, kind, out)) if found.scans else {}
    return _said(found, told, out)


def _study(sources: Sequence[Path], measurement: str, raw: dict[str, Any]) -> LoadedStudy:
    """Return the study of results, a study itself, or one written for raw files."""
    from spectrafit.cli.check import of_results, results_of, study_file
    from spectrafit.study.load import load_study

    first = sources[0]
    results = first.is_dir() or first.suffix == ".json"
    if not results and first.suffix != ".toml":
        if measurement:
            raise SettingsError("raw files are of no measurement", do="leave --measurement out")
        return study_of_files(sources, raw)
    given = [f"--{name}" for name, value in raw.items() if value]
    if len(sources) > 1 or given:
        what = " and ".join(["further files"] * (len(sources) > 1) + given).replace("pairs", "set")
        raise SettingsError(
            f"{what.replace('--inputs', '--input')} beside a study",
            where=str(first),
            do="change the study, or name raw files alone",
        )
    if first.suffix == ".toml":
        return load_study(first)
    old = results_of(first)
    file = of_results(first, lambda: study_file(old, first))
    if file is None or not file.is_file():
        raise SettingsError(
            f"its study is not there: {file or 'it names none'}",
            where=str(first),
            do="name the study file in place of the results",
        )
    return load_study(file)


def study_of_files(files: Sequence[Path], raw: dict[str, Any]) -> LoadedStudy:
    """Return the study that raw files and the options of a command stand for.

    Parameters
    ----------
    files : sequence of Path
        Raw files.
    raw : dict
        ``technique`` (the one they look like where empty), ``settings``, ``pairs``, ``inputs``,
        ``calibration`` and ``reader`` of the command line.

    Returns
    -------
    LoadedStudy

    Raises
    ------
    SpectrafitError
        For files of no technique, and settings or inputs that cannot serve.
    """
    from spectrafit.cli.fit import named_inputs, suiting
    from spectrafit.cli.values import joined, set_values, settings_file
    from spectrafit.reader import read
    from spectrafit.study.adhoc import adhoc_study

    name = raw["technique"] or (suiting(files[0]) if files[0].is_file() else "")
    if not name and files[0].is_file():
        read(files[0], reader=raw["reader"])  # whose refusal says more
        raise SettingsError(
            "it looks like a file of no technique", where=str(files[0]), do="add --technique NAME"
        )
    values: dict[str, Any] = settings_file(raw["settings"]) if raw["settings"] else {}
    values = joined(values, set_values(raw["pairs"]))
    parameters = values.pop("parameters", {})
    return adhoc_study(
        name,
        files,
        settings=values,
        parameters=parameters,
        inputs=named_inputs(raw["inputs"], raw["calibration"]),
        reader=raw["reader"],
    )


def _check(
    owner: Technique,
    formats: Sequence[ExportFormat],
    kind: str,
    out: Path | None,
    given: Sequence[str],
) -> None:
    """Refuse an unknown kind, a missing or wrong name of a file, and one that is there."""
    names = {one.name: one for one in formats}
    if kind not in names:
        raise SettingsError(
            f"{owner.name} writes no {kind!r}",
            where="--to",
            do=nearest(kind, list(names), noun="the kinds"),
        )
    suffix = names[kind].suffix
    if out is None or out.suffix.lower() != suffix:
        line = typed(["spectrafit", "export", *given, "--to", kind, "--out", f"scans{suffix}"])
        what = "--out is missing" if out is None else f"{out.name} does not end with {suffix}"
        raise SettingsError(what, do=f"type: {line}")
    if out.exists():
        raise SettingsError("there is such a file already", where=str(out), do="name a new one")


def _said(found: ScansToExport, told: dict[str, Any], out: Path) -> int:
    """Print what was left out and what to know of the rest; return the exit code."""
    from spectrafit.alert import Level

    lines = [f"{one.status}: {one.file}: {one.why}" for one in found.left]
    written = 0
    for name, one in told.items():
        if isinstance(one, SpectrafitError):
            lines.append(f"refused: {name}: {one}")
            continue
        written += 1
        lines += [f"{name}: {alert}" for alert in one if alert.level is not Level.G]
    for line in lines:
        click.echo(printable(one_line(line)), err=True)
    if not written:
        raise SettingsError("no scan could be written", where=str(out), do="see the lines above")
    click.echo(f"{written} scan{'s' if written > 1 else ''} written")
    click.echo(str(out))
    refused = any(one.status == "refused" for one in found.left)
    return 1 if refused or written < len(told) else 0
