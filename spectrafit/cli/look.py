"""`spectrafit read` and `spectrafit plot`: what a reader makes of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from spectrafit.recording import Recording

__all__ = ["plot", "read"]


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reader", default="", help="Name of a reader.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def read(file: Path, reader: str, as_json: bool) -> int:
    """Show what a reader makes of FILE: columns, units, conditions, notices."""
    from spectrafit.reader import read as read_file
    from spectrafit.registry import techniques
    from spectrafit.strict_json import json_text

    recordings = read_file(file, reader=reader)
    if as_json:
        click.echo(json_text({"schema": 1, "spectra": [_as_json(r) for r in recordings]}))
        return 0
    for recording in recordings:
        click.echo(f"{recording.name}: {len(recording)} rows, reader {recording.reader}")
        for column in recording.columns:
            low, high = _ends(column.values)
            click.echo(f"  {column.name} [{column.unit}]: {low:.6g} to {high:.6g}")
        for key, value in recording.conditions.items():
            click.echo(f"  condition {key} = {value}")
        if recording.roles:
            click.echo(f"  proposed: {', '.join(f'{k} = {v}' for k, v in recording.roles.items())}")
        for notice in recording.notices:
            click.echo(f"  {notice}")
        for name, technique in techniques().items():
            judged = technique.suits(recording)
            click.echo(f"  {name}: {'suits' if judged.suits else 'does not suit'}: {judged.why}")
    return 0


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
        "x_unit": None, "y_unit": None, "range": None, "x": None, "y": None, "sigma": None,
        "conditions": recording.conditions,
        "columns": [
            {"name": c.name, "unit": c.unit, "made_from": c.made_from, "values": c.values}
            for c in recording.columns
        ],
        "notices": [
            {"code": n.code, "level": n.level, "text": n.text} for n in recording.notices
        ],
    }
    if "x" in recording.roles and "y" in recording.roles:
        try:
            spectrum = recording.spectrum()
        except SpectrafitError as error:
            found["refused"] = str(error)
        else:
            found |= {
                "n": len(spectrum),
                "x_unit": spectrum.x_unit, "y_unit": spectrum.y_unit,
                "range": [spectrum.x[0], spectrum.x[-1]],
                "x": spectrum.x, "y": spectrum.y, "sigma": spectrum.sigma,
            }
    return found


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--x", "x_name", default="", help="Column of the x axis.")
@click.option("--y", "y_name", default="", help="Column of the y axis.")
@click.option("--reader", default="", help="Name of a reader.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("plot.svg"), show_default=True,
    help="Figure to write: .svg, .pdf or .png.",
)
def plot(files: tuple[Path, ...], x_name: str, y_name: str, reader: str, out: Path) -> int:
    """Draw the raw curves of FILES over each other."""
    from spectrafit.errors import SettingsError
    from spectrafit.figures.chart import write_chart
    from spectrafit.panel import Chart, Panel, Trace
    from spectrafit.reader import read as read_file

    if out.suffix not in (".svg", ".pdf", ".png"):
        raise SettingsError(f"{out.name} is no figure", do="end it with .svg, .pdf or .png")
    traces: list[Trace] = []
    labels: set[tuple[str, str]] = set()
    simulated = False
    chosen = {role: name for role, name in (("x", x_name), ("y", y_name)) if name}
    for file in files:
        for recording in read_file(file, reader=reader):
            roles = {**recording.roles, **chosen}
            spectrum = recording.spectrum(**chosen)
            x, y = recording.column(roles["x"]), recording.column(roles["y"])
            labels.add((f"{x.name} / {x.unit}", f"{y.name} / {y.unit}"))
            traces.append(Trace(recording.name, spectrum.x, spectrum.y))
            simulated |= recording.source.simulated
    if len(labels) > 1:
        found = "; ".join(f"{a} against {b}" for b, a in sorted(labels))
        raise SettingsError(f"the files do not share axes: {found}", do="name --x and --y")
    x_label, y_label = next(iter(labels))
    chart = Chart("raw", "raw data", x_label, (Panel(y_label, tuple(traces)),), simulated=simulated)
    write_chart(chart, out)
    click.echo(str(out))
    return 0
