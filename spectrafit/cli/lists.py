"""`spectrafit techniques`, `readers` and `reference`: what is there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from spectrafit.technique import Technique

__all__ = ["readers", "reference", "technique_lines", "techniques"]


@click.command()
@click.argument("name", required=False)
def techniques(name: str | None) -> int:
    """List the techniques, or every setting, parameter and observable of NAME as TOML to paste."""
    from spectrafit.registry import technique
    from spectrafit.registry import techniques as installed

    if name:
        for line in technique_lines(technique(name)):
            click.echo(line)
        return 0
    for key, found in installed().items():
        click.echo(f"{key:12} {found.title}")
    click.echo("more: spectrafit techniques NAME")
    return 0


def technique_lines(found: Technique) -> Iterator[str]:
    """Give the lines that describe a technique as TOML with comments.

    Parameters
    ----------
    found : Technique
        Any.

    Yields
    ------
    str
    """
    yield f"# {found.name}: {found.title}"
    yield "# inputs:"
    for spec in found.inputs:
        kind = "required" if spec.required else "optional"
        yield f"#   {spec.name} ({kind}{', several' if spec.many else ''}): {spec.meaning}"
    yield ""
    yield "[measurement.settings]"
    for row in dataclasses.fields(found.settings):
        default = row.default_factory() if callable(row.default_factory) else row.default
        unit = row.metadata.get("unit", "1")
        shown = "" if unit == "1" else f" [{unit}]"
        yield f"# {row.metadata.get('meaning', '')}{shown}"
        yield f"#   {_choices(row.type)}" if _choices(row.type) else ""
        yield _setting(row.name, default)
    yield ""
    yield "[measurement.parameters]  # start, min, max, fixed, equals"
    for parameter in found.parameters:
        yield f"# {parameter.meaning} [{parameter.unit}]; start {parameter.default}; {parameter.bounds}"
        yield f'# "{parameter.name}" = {{ start = , min = , max = , fixed = false }}'
    yield ""
    yield "# observables"
    for observable in found.observables:
        yield f"# {observable.key} [{observable.unit}]: {observable.meaning}"
    yield ""
    yield "# alerts"
    for alert in found.alerts:
        yield f"# {alert.code} {alert.level.value} ({alert.level.words}): {alert.text}"


def _choices(annotation: Any) -> str:
    text = str(annotation)
    if "Literal[" not in text:
        return ""
    return f"one of {text[text.index('Literal[') + 8 : text.rindex(']')]}"


def _setting(name: str, default: Any) -> str:
    from spectrafit.study.toml_writer import value_text

    if default is None:
        return f"# {name} = "
    return f"{name} = {value_text(default)}"


@click.command()
def readers() -> int:
    """List the readers with their usual file endings."""
    from spectrafit.registry import readers as installed

    for reader in installed():
        click.echo(f"{reader.name:12} {reader.title} ({', '.join(reader.extensions)})")
    return 0


@click.command()
@click.argument("name", required=False)
def reference(name: str | None) -> int:
    """List the reference spectra that ship, or print the path of NAME."""
    from spectrafit.reference import entries, root

    if name:
        matching = [entry for entry in entries() if entry.path.startswith(name)]
        if not matching:
            raise click.UsageError(f"no reference spectrum {name!r}; type: spectrafit reference")
        for entry in matching:
            click.echo(str(root() / entry.path))
        return 0
    for entry in entries():
        mark = "SIMULATED" if entry.simulated else "measured"
        click.echo(f"{entry.path:36} {mark:10} {entry.what}")
    click.echo(str(root()))
    return 0
