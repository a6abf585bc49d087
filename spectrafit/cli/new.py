"""`spectrafit new-technique`: a plugin package with its conformance test."""

from __future__ import annotations

from pathlib import Path

import click

from spectrafit.cli.console import typed

__all__ = ["new_technique"]


@click.command(
    "new-technique",
    short_help="Write a plugin package to start from.",
    epilog="Example: spectrafit new-technique epr",
)
@click.argument("name")
@click.option(
    "--into", type=click.Path(path_type=Path), default=Path(), help="Folder to write it into [.]."
)
def new_technique(name: str, into: Path) -> int:
    """Write a plugin package spectrafit-NAME that works and tests itself."""
    from spectrafit.new_technique import write_technique

    folder = write_technique(name, into)
    place = folder if folder.is_absolute() else f"./{folder.as_posix()}"
    click.echo(f"install it: {typed(['pip', 'install', place])}")
    click.echo(f"test it:    {typed(['pytest', place])}")
    click.echo(str(folder))
    return 0
