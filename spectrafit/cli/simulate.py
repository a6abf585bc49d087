"""`spectrafit simulate`: synthetic raw data in an instrument's own format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spectrafit.errors import PluginError, SettingsError

if TYPE_CHECKING:
    from spectrafit.technique import Simulates

__all__ = ["simulate"]


@click.command(
    short_help="Write simulated raw data.",
    epilog="Example: spectrafit simulate xanes --set T_K=8 --seed 1 --out scan.dat",
)
@click.argument("technique")
@click.option("--settings", type=click.Path(path_type=Path), help="TOML file of settings.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="One setting.")
@click.option("--seed", type=click.IntRange(0), help="Seed of the noise.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write.")
def simulate(
    technique: str,
    settings: Path | None,
    pairs: tuple[str, ...],
    seed: int | None,
    out: Path | None,
) -> int:
    """Write simulated raw data of TECHNIQUE; the file says that it is simulated.

    Without --seed and --out it lists what can be set.
    """
    from spectrafit.cli.values import joined, set_values, settings_file
    from spectrafit.files import write_whole
    from spectrafit.registry import technique as named
    from spectrafit.study.settings import settings_of
    from spectrafit.technique import Simulates

    found = named(technique)
    if not isinstance(found, Simulates):
        raise PluginError(f"{technique} simulates nothing", do="type: spectrafit techniques")
    if (seed is None and out is None) or "?" in pairs:
        _list_settings(found)
        return 0
    if seed is None or out is None:
        missing = "--seed" if seed is None else "--out"
        raise SettingsError(
            f"{missing} is missing",
            do=f"type: spectrafit simulate {technique} --seed 1 --out scan.dat",
        )
    values = settings_file(settings) if settings else {}
    chosen = settings_of(found.simulation, joined(values, set_values(pairs)), "--set")
    if out.exists():
        raise SettingsError("there is such a file already", where=str(out), do="name a new one")
    write_whole(out, found.simulated_text(chosen, seed))
    click.echo(str(out))
    return 0


def _list_settings(found: Simulates) -> None:
    from spectrafit.cli.lists import setting_lines

    for line in setting_lines(found.simulation):
        click.echo(line)
