"""`spectrafit read` and `spectrafit plot`: what a reader makes of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spectrafit.cli.console import echo_json, typed
from spectrafit.text import one_line, printable

if TYPE_CHECKING:
    from spectrafit.recording import Recording

__all__ = ["plot", "read"]

# a console may have no raised signs
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@click.command(
    short_help="Show what a reader makes of a file.", epilog="Example: spectrafit read scan.dat"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reader", default="", help="Name of a reader.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def read(file: Path, reader: str, as_json: bool) -> int:
    """Show what a reader makes of FILE: columns, units, conditions, notices."""
    from spectrafit.reader import read as read_file
    from spectrafit.strict_json import json_text

    recordings = read_file(file, reader=reader)
    if as_json:
        echo_json(json_text({"schema": 1, "spectra": [_as_json(one) for one in recordings]}))
        return 0
    for recording in recordings:
        for line in _lines(recording):
            click.echo(printable(line))
    return 0


def _lines(recording: Recording) -> Iterator[str]:
    from spectrafit.cli.lists import loadable_techniques

    yield f"{recording.name}: {len(recording)} rows, reader {recording.reader}"
    for column in recording.columns:
        low, high = _ends(column.values)
        made = f"; made from {column.made_from}" if column.made_from else ""
        yield f"  {column.name} [{column.unit}]: {low:.6g} to {high:.6g}{made}"
    for key, value in recording.conditions.items():
        yield f"  condition {key} = {value}"
    if recording.roles:
        yield f"  proposed: {', '.join(f'{k} = {v}' for k, v in recording.roles.items())}"
    else:
        yield "  proposed: nothing; the technique or you say which columns are meant"
    for notice in recording.notices:
        yield f"  {one_line(str(notice))}"
    found, faults = loadable_techniques()
    for name, technique in found.items():
        try:
            judged = technique.suits(recording)
        except Exception as error:  # whatever a third party's code raises
            yield f"  {name}: broken: it cannot judge: {type(error).__name__}: {error}"
        else:
            word = "suits" if judged.suits else "does not suit"
            yield f"  {name}: {word}: {one_line(judged.why)}"
    for name, fault in faults.items():
        yield f"  {name}: broken: {one_line(str(fault))}"


def _ends(values: Any) -> tuple[float, float]:
    import numpy as np

    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (np.nan, np.nan)


def _as_json(recording: Recording) -> dict[str, Any]:
    from spectrafit.errors import SpectrafitError

    found: dict[str, Any] = {
        "reader": recording.reader,
        "name": recording.name,
        "n": len(recording),
        "x_unit": None,
        "y_unit": None,
        "range": None,
        "x": None,
        "y": None,
        "sigma": None,
        "conditions": recording.conditions,
        "columns": [
            {"name": c.name, "unit": c.unit, "made_from": c.made_from, "values": c.values}
            for c in recording.columns
        ],
        "notices": [{"code": n.code, "level": n.level, "text": n.text} for n in recording.notices],
    }
    if "x" in recording.roles and "y" in recording.roles:
        try:
            spectrum = recording.spectrum()
        except SpectrafitError as error:
            found["refused"] = str(error)
        else:
            found |= {
                "n": len(spectrum),
                "x_unit": spectrum.x_unit,
                "y_unit": spectrum.y_unit,
                "range": [spectrum.x[0], spectrum.x[-1]],
                "x": spectrum.x,
                "y": spectrum.y,
                "sigma": spectrum.sigma,
            }
    return found


@click.command(
    short_help="Draw raw curves over each other.",
    epilog="Example: spectrafit plot scan1.dat scan2.dat --x energy --y IF",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--x", "x_name", default="", help="Column of the x axis [proposed one, else first].")
@click.option("--y", "y_name", default="", help="Column to draw [proposed one, else all].")
@click.option("--reader", default="", help="Name of a reader.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("plot.svg"),
    show_default=True,
    help="Figure to write: .svg, .pdf or .png.",
)
@click.option(
    "--width",
    type=click.Choice(["89", "183"]),
    default="89",
    show_default=True,
    help="Width in print, mm: a column or a page.",
)
def plot(
    files: tuple[Path, ...], x_name: str, y_name: str, reader: str, out: Path, width: str
) -> int:
    """Draw the raw curves of FILES over each other, a panel for each column."""
    from spectrafit.errors import SettingsError
    from spectrafit.figures.chart import chart_figure
    from spectrafit.figures.raw import raw_chart
    from spectrafit.files import write_whole
    from spectrafit.reader import read as read_file
    from spectrafit.style import FORMATS, figure_bytes

    file_format = out.suffix.lower().removeprefix(".")
    if file_format not in FORMATS:
        raise SettingsError(f"{out.name} is no figure", do="end it with .svg, .pdf or .png")
    recordings = [one for file in files for one in read_file(file, reader=reader)]
    line = typed(["spectrafit", "plot", "FILES", "--x", "COLUMN", "--y", "COLUMN"])
    chart = raw_chart(recordings, x_name, y_name, do=f"type: {line}")
    write_whole(out, figure_bytes(chart_figure(chart, float(width)), file_format))
    if not y_name:
        drawn = ", ".join(one_line(panel.y_label) for panel in chart.panels)
        line = f"{drawn} against {one_line(chart.x_label)}; others: --x and --y"
        click.echo(line.translate(_SUPERSCRIPTS))
    click.echo(str(out))
    return 0
