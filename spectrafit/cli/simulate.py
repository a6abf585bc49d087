"""`spectrafit simulate`: synthetic raw data in an instrument's own format."""

from __future__ import annotations

from pathlib import Path

import click

from spectrafit.cli.values import joined, set_values, settings_file
from spectrafit.errors import PluginError

__all__ = ["simulate"]


@click.command()
@click.argument("technique")
@click.option("--settings", type=click.Path(path_type=Path), help="TOML file of settings.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="One setting.")
@click.option("--seed", type=click.IntRange(0), required=True, help="Seed of the noise.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write.")
def simulate(
    technique: str, settings: Path | None, pairs: tuple[str, ...], seed: int, out: Path
) -> int:
    """Write simulated raw data of TECHNIQUE; the file says that it is simulated.

    What can be set: spectrafit simulate TECHNIQUE --set ? --seed 0 --out x
    """
    from spectrafit.files import write_whole
    from spectrafit.registry import technique as named
    from spectrafit.study.settings import settings_of
    from spectrafit.technique import Simulates

    found = named(technique)
    if not isinstance(found, Simulates):
        raise PluginError(f"{technique} simulates nothing", do="see spectrafit techniques")
    if "?" in pairs:
        import dataclasses

        for row in dataclasses.fields(found.simulation):
            click.echo(f"{row.name}: {row.metadata.get('meaning', '')}")
        return 0
    values = settings_file(settings) if settings else {}
    chosen = settings_of(found.simulation, joined(values, set_values(pairs)), "--set")
    write_whole(out, found.simulated_text(chosen, seed))
    click.echo(str(out))
    return 0
