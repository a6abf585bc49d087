"""Parts of pages made of what the code declares, so that no table is typed twice.

Every function returns MyST Markdown; equal code gives equal text. `declared.py` puts them into
pages.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import distribution
from typing import Any, Literal

import click
import numpy as np

from spectrafit import lines
from spectrafit.alert import CORE_ALERTS, AlertSpec, Level
from spectrafit.cli.main import commands as command_group
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.result import Flag
from spectrafit.lines.line import Line
from spectrafit.registry import TECHNIQUES
from spectrafit.reporting.results import results_schema
from spectrafit.study import schema, truth
from spectrafit.study.toml_writer import value_text
from spectrafit.technique import Technique
from spectrafit.units import UNITS

__all__ = ["PARTS"]

DISTRIBUTION = "spectrafit-suite"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; bars and line breaks inside a cell are escaped."""
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines_ = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines_, *(f"| {' | '.join(row)} |" for row in cells)]) + "\n"


def code(text: str) -> str:
    """Return text as code; nothing for an empty one."""
    return f"`{text}`" if text else ""


def plain(text: str) -> str:
    """Return text in which no character means markup."""
    return re.sub(r"([\\`*_<>\[\]$])", r"\\\1", text)


def own_techniques() -> tuple[Technique, ...]:
    """Return the techniques of this distribution; others that are installed do not change a page."""
    found = distribution(DISTRIBUTION).entry_points.select(group=TECHNIQUES)
    return tuple(entry.load() for entry in found)


# --- alerts and flags -----------------------------------------------------------------------------


def levels() -> str:
    """Return the levels and what they ask."""
    return table(("level", "what it asks"), ((f"**{level}**", level.words) for level in Level))


def alerts() -> str:
    """Return every alert code once, in a table for the core and each technique, with an anchor each."""
    named: dict[str, tuple[AlertSpec, list[str]]] = {}
    sources = [("core", CORE_ALERTS), *((each.name, each.alerts) for each in own_techniques())]
    for source, specs in sources:
        for spec in specs:
            named.setdefault(spec.code, (spec, []))[1].append(source)
    groups: dict[str, list[AlertSpec]] = {}
    for spec, owners in named.values():
        groups.setdefault(", ".join(owners), []).append(spec)
    parts = []
    for owners, group in groups.items():
        rows = (
            (
                f'<span id="{spec.code}"></span>{code(spec.code)}',
                f"**{spec.level}**",
                _with_fields(spec.text),
                _with_fields(spec.do),
            )
            for spec in sorted(group, key=lambda one: one.code)
        )
        head = ("code", "level", "text", "what to do; at B, what to quote")
        parts.append(f"### {owners}\n\n{table(head, rows)}")
    return "\n".join(parts)


def _with_fields(text: str) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda field: f"*{field[1]}*", text)


def flags() -> str:
    """Return the flags of a fit."""
    return "\n".join(f"- {flag.value}" for flag in Flag) + "\n"


# --- keys of files and settings -------------------------------------------------------------------


def type_words(hint: Any, rules: Mapping[str, Any] = types.MappingProxyType({})) -> str:
    """Return a type in the words of TOML, with the rules of its field."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if rules.get("is_unit"):
        return "a [unit](#units)"
    if origin in (typing.Union, types.UnionType):
        ways = (type_words(each, rules) for each in arguments if each is not types.NoneType)
        return " or ".join(dict.fromkeys(ways))
    if origin is Literal:
        return f"one of {_choices(arguments)}"
    if origin is tuple:
        inner = f"one of {_choices(rules['choices'])}" if "choices" in rules else ""
        inner = inner or type_words(arguments[0])
        return (
            f"list, each {inner}" if arguments[-1] is ... else f"list of {len(arguments)}: {inner}"
        )
    if "choices" in rules:
        return _choices(rules["choices"])
    if dataclasses.is_dataclass(hint) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return "table"
    words = {bool: "true or false", int: "integer", float: "number", str: "text", Any: "any"}[hint]
    return f"{words} above {rules['above']:g}" if "above" in rules else words


def _choices(choices: Iterable[Any]) -> str:
    return ", ".join(code(value_text(choice)) for choice in choices)


def default_words(row: dataclasses.Field[Any]) -> str:
    """Return the default of a field as TOML, or in words."""
    if row.default is dataclasses.MISSING and row.default_factory is dataclasses.MISSING:
        return "**required**"
    default = row.default if row.default_factory is dataclasses.MISSING else row.default_factory()
    if default is None:
        return "not given"
    if dataclasses.is_dataclass(default) or not (
        default or isinstance(default, bool | int | float)
    ):
        return "empty"
    return code(value_text(default))


def key_table(kind: type[Any]) -> str:
    """Return the keys of a table of a file, from its dataclass."""
    hints = typing.get_type_hints(kind)
    rows = (
        (
            code(row.metadata.get("toml", row.name)),
            type_words(hints[row.name], row.metadata),
            default_words(row),
            plain(row.metadata["meaning"]),
        )
        for row in dataclasses.fields(kind)
    )
    return table(("key", "type", "default", "meaning"), rows)


def ways_of(kind: type[Any]) -> str:
    """Return the rule between the keys of a table of a study, in words."""
    needs = schema.NEEDS.get(kind)

    def words(choice: Iterable[tuple[str, ...]]) -> str:
        ways = (
            f"{code(way[1])}, or {code(way[0])} with it"
            if way == needs
            else ", ".join(map(code, way))
            for way in choice
        )
        return f"One way excludes the others: {'; or '.join(ways)}.\n"

    choices = (schema.EXACTLY_ONE[kind], schema.ALSO_EXACTLY_ONE.get(kind))
    return "\n".join(words(choice) for choice in choices if choice)


def ways_and_keys(kind: type[Any]) -> str:
    """Return the rule between the keys of a table of a study, and its keys."""
    return f"{ways_of(kind)}\n{key_table(kind)}"


def units() -> str:
    """Return the closed table of units by what they measure."""
    named: dict[str, list[str]] = {}
    for unit in UNITS:
        others = [alias for alias in unit.aliases if alias]
        also = f" ({', '.join(map(code, others))})" if others else ""
        named.setdefault(unit.quantity, []).append(f"{code(unit.name)}{also}")
    rows = ((quantity, ", ".join(names)) for quantity, names in named.items())
    return table(("of", "units, with other spellings that are read"), rows)


def techniques() -> str:
    """Return settings, fit parameters and keys of each technique."""
    return "\n".join(_technique(each) for each in own_techniques())


def _technique(technique: Technique) -> str:
    hints = typing.get_type_hints(technique.settings)
    settings = (
        (
            code(row.name),
            type_words(hints[row.name]),
            row.metadata["unit"] if row.metadata["unit"] != "1" else "",
            default_words(row),
            plain(row.metadata["meaning"]),
        )
        for row in dataclasses.fields(technique.settings)
    )
    inputs = (
        (code(one.name), "required" if one.required else "optional", plain(one.meaning))
        for one in technique.inputs
    )
    parameters = (
        (code(one.name), one.unit, plain(one.default), plain(one.bounds), plain(one.meaning))
        for one in technique.parameters
    )
    observables = (
        (
            code(one.key),
            one.unit,
            str(one.kind),
            "yes" if one.additive else "no",
            plain(one.meaning),
        )
        for one in technique.observables
    )
    return "\n".join(
        [
            f"## {technique.name}: {technique.title}\n",
            f"### Inputs of {technique.name}\n",
            table(("input", "", "meaning"), inputs),
            f"### Settings of {technique.name}\n",
            table(("setting", "type", "unit", "default", "meaning"), settings),
            f"### Fit parameters of {technique.name}\n",
            "For the default shape and rising edge; `<i>` is the number of a peak.\n",
            table(("parameter", "unit", "start", "bounds", "meaning"), parameters),
            f"### Keys of {technique.name}\n",
            table(("key", "unit", "states a", "adds over populations", "meaning"), observables),
        ]
    )


# --- commands -------------------------------------------------------------------------------------


def commands() -> str:
    """Return every command with its arguments and options."""
    return "\n".join(_command(name, one) for name, one in command_group.commands.items())


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    usage = " ".join(["spectrafit", name, *command.collect_usage_pieces(context)])
    rows = [
        record
        for parameter in command.get_params(context)
        if "--help" not in parameter.opts and (record := parameter.get_help_record(context))
        if record[1]
    ]
    options = table(("option", "meaning"), ((code(o), plain(m)) for o, m in rows)) if rows else ""
    words = plain(inspect.cleandoc(command.help or ""))
    return f"### spectrafit {name}\n\n```text\n{usage}\n```\n\n{words}\n\n{options}"


# --- results as JSON ------------------------------------------------------------------------------


def json_keys(path: Sequence[str]) -> str:
    """Return the keys of an object of ``results.json`` with their types, from its schema."""
    part: Any = results_schema()
    for step in path:
        part = part[step]
    rows = ((code(key), _json_type(value)) for key, value in part["properties"].items())
    return table(("key", "type"), rows)


def _json_type(value: Mapping[str, Any]) -> str:
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return {"number": "number or null", "texts": "list of texts"}.get(name, name)
    if "anyOf" in value:
        return " or ".join(map(_json_type, value["anyOf"]))
    if "enum" in value:
        return f"one of {_choices(value['enum'])}"
    if "const" in value:
        return code(value_text(value["const"]))
    names = [value["type"]] if isinstance(value["type"], str) else value["type"]
    words = {"string": "text", "array": "list", "object": "table", "boolean": "true or false"}
    return " or ".join(words.get(name, name) for name in names)


# --- line shapes ----------------------------------------------------------------------------------

_X = np.linspace(-1.0, 1.0, 3)
_MADE: Mapping[str, tuple[str, Callable[[], Any]]] = {
    "Exponential": ("Exponential(origin=...)", lambda: lines.Exponential()),
    "Polynomial": ("Polynomial(degree, origin=...)", lambda: lines.Polynomial(1)),
    "Template": ("Template(x, y)", lambda: lines.Template(_X, _X)),
    "Function": ("Function(f, jacobian)", lambda: lines.Function(np.multiply, None, ("...",))),
}


def line_shapes() -> dict[str, Line]:
    """Return every line by how it is written in Python."""
    found = {}
    for name in lines.__all__:
        one = getattr(lines, name)
        if isinstance(one, Line):
            found[name] = one
        elif name in _MADE:
            written, make = _MADE[name]
            found[written] = make().line
    return found


def page_file(name: str) -> str:
    """Return the name of a line's page in the gallery."""
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
    return f"plot_{snake}"


def line_summary() -> str:
    """Return the lines with their parameters in one table."""
    rows = (
        (
            code(name),
            _meaning(name, line),
            ", ".join(code(row.name) for row in line.parameters),
            f"{{doc}}`see </gallery/lines/{page_file(name.partition('(')[0])}>`",
        )
        for name, line in line_shapes().items()
    )
    return table(("in Python", "meaning", "parameters", "curves"), rows)


def _meaning(written: str, line: Line) -> str:
    """Return the meaning of a line; of one that is made from arguments, its docstring's first."""
    if written.isidentifier():
        return plain(line.meaning)
    words = inspect.getdoc(getattr(lines, written.partition("(")[0])) or ""
    first = words.partition("\n")[0].replace("``", "`").rstrip(".")
    return first.removeprefix("Return a component ").removeprefix("of ")


def line_details() -> str:
    """Return parameter table, checks and sources of each line that is declared as it stands."""
    found = line_shapes().items()
    return "\n".join(_line(name, line) for name, line in found if name.isidentifier())


def _line(name: str, line: Line) -> str:
    rows = (
        (
            code(row.name),
            row.unit,
            f"{row.default:g}{', fixed' if row.fixed else ''}",
            f"{row.low:g} to {row.high:g}",
            plain(row.meaning),
        )
        for row in line.parameters
    )
    known = (
        (
            f"{one.x:g}",
            ", ".join(f"{p:.6g}" for p in one.parameters),
            f"{one.value:.10g}",
            one.source,
        )
        for one in line.known
    )
    parts = [
        f"### {name}\n",
        f"{plain(line.meaning)}.\n",
        table(("parameter", "unit", "default", "bounds", "meaning"), rows),
        _area_check(line),
        "Values that are known, and tested:\n",
        table(("x", "parameters", "value", "why"), ((*r[:3], plain(r[3])) for r in known)),
        f"Sources: {plain('; '.join(line.sources))}.\n",
    ]
    return "\n".join(parts)


def _area_check(line: Line) -> str:
    """Return the analytic area at the defaults beside the integral computed numerically."""
    if line.area is None:
        return "It has no finite area.\n"
    values = [row.default for row in line.parameters]
    named = ", ".join(
        f"{row.name} {value:g}" for row, value in zip(line.parameters, values, strict=True)
    )
    width = "" if line.fwhm is None else f" FWHM {line.fwhm(*values):.6g}."
    return (
        f"At {named}: analytic area {line.area(*values):.8f}, integrated numerically "
        f"{_integral(line, values):.8f}.{width}\n"
    )


def _integral(line: Line, values: Sequence[float]) -> float:
    """Return the integral over all x, with x = tan(angle) and the midpoint rule."""
    count = 20_000
    angle = ((np.arange(count) + 0.5) / count - 0.5) * np.pi
    curve = line.function(np.tan(angle), *values)[0]
    return float(np.sum(curve / np.cos(angle) ** 2) * np.pi / count)


PARTS: Mapping[str, Callable[[], str]] = {
    "levels": levels,
    "alerts": alerts,
    "flags": flags,
    "units": units,
    "techniques": techniques,
    "commands": commands,
    "result": lambda: json_keys(("$defs", "result")),
    "result-parameter": lambda: json_keys(("$defs", "parameter")),
    "result-observable": lambda: json_keys(("$defs", "observable")),
    "results": lambda: json_keys(()),
    "line-summary": line_summary,
    "line-details": line_details,
    "study": lambda: key_table(schema.Study),
    "study-head": lambda: key_table(schema.StudyHead),
    "sample": lambda: key_table(schema.Sample),
    "measurement": lambda: key_table(schema.Measurement),
    "condition": lambda: ways_and_keys(schema.Condition),
    "parameter": lambda: ways_and_keys(ParameterChange),
    "except": lambda: key_table(schema.MeasurementException),
    "comparison": lambda: key_table(schema.Comparison),
    "waive": lambda: key_table(schema.Waiver),
    "state": lambda: key_table(schema.StateDeclaration),
    "expect": lambda: ways_and_keys(schema.ExpectedValue),
    "typed": lambda: ways_and_keys(schema.TypedValue),
    "step": lambda: key_table(schema.StepDeclaration),
    "joint": lambda: key_table(schema.Joint),
    "joint-parameter": lambda: ways_and_keys(schema.JointParameter),
    "story": lambda: key_table(schema.StoryDeclaration),
    "require": lambda: key_table(schema.StoryRequirement),
    "candidate": lambda: key_table(schema.Candidate),
    "claim": lambda: key_table(schema.Claim),
    "claim-test": lambda: ways_and_keys(schema.ClaimTest),
    "consistency": lambda: key_table(schema.Consistency),
    "report": lambda: key_table(schema.ReportOptions),
    "truth": lambda: key_table(truth.Truth),
    "truth-head": lambda: key_table(truth.TruthHead),
    "population": lambda: key_table(truth.Population),
    "member": lambda: key_table(truth.Member),
    "paper": lambda: key_table(truth.PaperValue),
}
