"""`spectrafit techniques`, `readers` and `reference`: what is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from spectrafit.cli.console import echo_json
from spectrafit.errors import PluginError, SettingsError, nearest
from spectrafit.text import one_line

if TYPE_CHECKING:
    from spectrafit.technique import Technique

__all__ = [
    "loadable_techniques",
    "readers",
    "reference",
    "setting_lines",
    "technique_lines",
    "techniques",
]


@click.command(
    short_help="List techniques, or all about one.", epilog="Example: spectrafit techniques xanes"
)
@click.argument("name", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a study, for an editor.")
def techniques(name: str | None, schema: bool) -> int:
    """List the techniques, or all settings, parameters and observables of NAME as TOML to paste."""
    from spectrafit.registry import technique

    if schema:
        from spectrafit.strict_json import json_text
        from spectrafit.study.json_schema import study_schema

        found, _ = loadable_techniques()
        echo_json(json_text(study_schema(found), indent=1))
        return 0
    if name:
        for line in technique_lines(technique(name)):
            click.echo(line)
        return 0
    found, faults = loadable_techniques()
    for each in found.values():
        click.echo(f"{each.name:12} {each.title}")
    for key, fault in faults.items():
        click.echo(f"{key:12} broken: {one_line(str(fault))}")
    click.echo("more: spectrafit techniques NAME")
    return 0


def loadable_techniques() -> tuple[dict[str, Technique], dict[str, PluginError]]:
    """Return the techniques that can be loaded by name, and what is wrong with the others.

    Returns
    -------
    tuple of (dict of str to Technique, dict of str to PluginError)
    """
    from spectrafit.registry import technique, technique_names

    found, faults = {}, {}
    for name in technique_names():
        try:
            found[name] = technique(name)
        except PluginError as fault:
            faults[name] = fault
    return found, faults


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
    from spectrafit.study.settings import in_unit

    yield f"# {found.name}: {found.title}"
    yield "#"
    yield "# inputs"
    for spec in found.inputs:
        kind = "required" if spec.required else "optional"
        yield f"#   {spec.name} ({kind}{', several' if spec.many else ''}): {spec.meaning}"
    yield ""
    yield "[measurement.settings]"
    yield from setting_lines(found.settings)
    yield ""
    yield "[measurement.parameters]"
    yield "# each takes start, min, max and fixed = true, or equals"
    for parameter in found.parameters:
        yield (
            f'# "{parameter.name}" = {{ }}  # {in_unit(parameter.meaning, parameter.unit)}; '
            f"start {parameter.default}; {parameter.bounds}"
        )
    yield ""
    yield "# observables"
    for observable in found.observables:
        yield f"#   {observable.key}: {in_unit(observable.meaning, observable.unit)}"
    yield ""
    yield "# alerts"
    for alert in found.alerts:
        yield f"#   {alert.code} {alert.level.value} ({alert.level.words}): {alert.text}"


def setting_lines(kind: type[Any]) -> Iterator[str]:
    """Give the fields of a settings dataclass as TOML: meaning, unit, choices, default.

    Parameters
    ----------
    kind : type
        A dataclass whose fields carry ``meaning`` and ``unit``.

    Yields
    ------
    str
        A field without a default in TOML is a comment.
    """
    from spectrafit.study.settings import setting_rows
    from spectrafit.study.toml_writer import value_text

    for row in setting_rows(kind):
        choices = ", ".join(map(value_text, row.choices))
        yield f"# {row.meaning}{f'; one of {choices}' if choices else ''}"
        none = row.default is None
        yield f"# {row.name} =" if none else f"{row.name} = {value_text(row.default)}"


@click.command()
def readers() -> int:
    """List the readers with their usual file endings."""
    from spectrafit.registry import readers as installed

    for reader in installed():
        click.echo(f"{reader.name:12} {reader.title} ({', '.join(reader.extensions)})")
    return 0


@click.command(
    short_help="List the spectra that ship.", epilog="Example: spectrafit reference feco"
)
@click.argument("name", required=False)
def reference(name: str | None) -> int:
    """List the reference spectra that ship, or print the paths of those that begin with NAME."""
    from spectrafit.reference import entries, root

    if name:
        matching = [entry for entry in entries() if entry.path.startswith(name)]
        if not matching:
            raise SettingsError(
                f"no reference spectrum {name!r}",
                do=nearest(name, [entry.path for entry in entries()], noun="they", limit=4)
                + "; type: spectrafit reference",
            )
        for entry in matching:
            click.echo(str(root() / entry.path))
        return 0
    for entry in entries():
        mark = "SIMULATED" if entry.simulated else "measured"
        click.echo(f"{entry.path:36} {mark:10} {entry.what}")
    click.echo(str(root()))
    return 0
