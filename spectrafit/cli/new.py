"""`spectrafit new-technique`: a plugin package with its conformance test."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["new_technique"]


@click.command("new-technique")
@click.argument("name")
@click.option(
    "--into", type=click.Path(path_type=Path), default=Path(), help="Folder to write it into [.]."
)
def new_technique(name: str, into: Path) -> int:
    """Write a plugin package spectrafit-NAME that works and tests itself."""
    from spectrafit.new_technique import write_technique

    folder = write_technique(name, into)
    click.echo(f"install it: pip install {folder}")
    click.echo(f"test it:    pytest {folder}")
    click.echo(str(folder))
    return 0
