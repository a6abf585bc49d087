"""A page of the gallery for every line shape, written of the line's own declaration.

Before the gallery runs, each line of `spectrafit.lines` gets a script in ``gallery_examples/lines``:
its table of parameters, formula and sources, curves, and a fit that finds known values again. A new
line gets its page by being declared.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from declarations import page_file

from spectrafit import lines
from spectrafit.lines.line import Component, Line, LineParameter

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["Shown", "line_pages", "setup", "shown_lines", "write_line_pages"]

FOLDER = Path(__file__).parent / "gallery_examples" / "lines"
HEADER = """Line shapes
-----------

One page a line, made of its declaration when the documentation is built. What all lines have in
common, and values that are known: :doc:`/explanation/line-shapes`.
"""


@dataclass(frozen=True)
class Shown:
    """A line as its page shows it.

    Parameters
    ----------
    line : Line
        The line.
    made : str
        How it is had in Python.
    before : str
        What has to be there for that.
    span : tuple of float or None
        Ends of x, where they do not follow from the declaration.
    """

    line: Line
    made: str
    before: str = ""
    span: tuple[float, float] | None = None


def stretched(x: Any, height: Any, rate: Any, power: Any) -> Any:
    """Return a stretched exponential."""
    return height * np.exp(-((rate * x) ** power))


def _function() -> Shown:
    defaults = {"height": 1.0, "rate": 0.5, "power": 0.8}
    line = lines.Function(stretched, parameters=defaults).line
    before = inspect.getsource(stretched).replace(": Any", "").replace(" -> Any", "")
    return Shown(line, f"Function(stretched, parameters={defaults!r}).line", before, (0.05, 8.0))


def _template() -> Shown:
    column = np.linspace(-4.0, 4.0, 33)
    line = lines.Template(column, np.exp(-np.abs(column))).line
    made = "Template(column, np.exp(-np.abs(column))).line"
    return Shown(line, made, "column = np.linspace(-4.0, 4.0, 33)\n", (-4.0, 4.0))


# lines that are made from arguments; one that needs none is not here
_MADE: Mapping[str, Callable[[], Shown]] = {
    "Function": _function,
    "Polynomial": lambda: Shown(lines.Polynomial(2).line, "Polynomial(2).line"),
    "Template": _template,
}


def shown_lines() -> dict[str, Shown]:
    """Return every line of `spectrafit.lines` by name, those made from arguments with some."""
    found = {}
    for name in lines.__all__:
        one = getattr(lines, name)
        if isinstance(one, Line):
            found[name] = Shown(one, name)
        elif name in _MADE:
            found[name] = _MADE[name]()
        elif not isinstance(one, type):
            component: Component = one()
            found[name] = Shown(component.line, f"{name}().line")
    return found


def line_pages() -> dict[str, str]:
    """Return the scripts of all pages by file name."""
    return {f"{page_file(name)}.py": page_text(name, one) for name, one in shown_lines().items()}


def page_text(name: str, shown: Shown) -> str:
    """Return the script of a line's page."""
    line = shown.line
    base = {row.name: _base(row) for row in line.parameters}
    low, high = shown.span or _span(line)
    return _PAGE.format(
        title=name,
        rule="=" * len(name),
        meaning=line.meaning[:1].upper() + line.meaning[1:],
        formula=_formula(line),
        module=inspect.getmodule(type(line.function) if _is_object(line) else line.function).__name__,  # type: ignore[union-attr]
        table=_commented(_parameter_table(line)),
        sources=_commented("\n".join(f"* {_rst(source)}" for source in line.sources)),
        names=", ".join(sorted({name})),
        before=f"\n\n{shown.before.strip()}\n\n" if shown.before.startswith("def") else _spaced(shown.before),
        made=shown.made,
        low=low,
        high=high,
        base=_dictionary(base),
        steps=_dictionary({row.name: _steps(line, row) for row in line.parameters}),
        truth=_dictionary({row.name: _truth(line, row) for row in line.parameters}),
    )  # fmt: skip


def _spaced(before: str) -> str:
    return f"\n{before.strip()}\n" if before else "\n"


def _is_object(line: Line) -> bool:
    return not inspect.isfunction(line.function)


def _formula(line: Line) -> str:
    """Return the first sentence of what the line's function says of itself."""
    words = inspect.getdoc(type(line.function) if _is_object(line) else line.function) or ""
    sentence = " ".join(words.partition("\n\n")[0].split()).rstrip(".")
    for end in (" and its derivatives", " and their derivatives", ", and its derivatives"):
        sentence = sentence.removesuffix(end)
    sentence = sentence.replace(", and its derivatives", "").removeprefix("Return ")
    return sentence[:1].upper() + sentence[1:] if not sentence.startswith("`") else sentence


def _parameter_table(line: Line) -> str:
    head = ("parameter", "unit", "default", "bounds", "", "meaning")
    rows = [head]
    for row in line.parameters:
        marks = [word for word, there in (("linear", row.linear), ("fixed", row.fixed)) if there]
        bounds = f"{row.low:g} to {row.high:g}"
        rows.append(
            (f"``{row.name}``", row.unit, f"{row.default:g}", bounds, ", ".join(marks), row.meaning)
        )
    parts = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        first, *others = (_rst(cell) if "``" not in cell else cell for cell in row)
        parts += [f"   * - {first}", *(f"     - {cell}".rstrip() for cell in others)]
    return "\n".join(parts)


def _rst(text: str) -> str:
    """Return text in which no character means markup."""
    return "".join(f"\\{c}" if c in "\\`*_|" else c for c in text)


def _commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


def _dictionary(values: Mapping[str, Any]) -> str:
    inner = "".join(f"    {key!r}: {value!r},\n" for key, value in values.items())
    return f"{{\n{inner}}}".replace("'", '"')


def _base(row: LineParameter) -> float:
    """Return the value that the curves are drawn with: the default, but of a factor not 0."""
    return 1.0 if row.linear and row.default == 0.0 else row.default


def _steps(line: Line, row: LineParameter) -> tuple[float, float, float]:
    """Return three values of a parameter, the middle one that of the other curves."""
    base = _base(row)
    if row.name == line.amplitude:
        return 0.5 * base, base, 2.0 * base
    if row.high - row.low <= 1.0:
        return row.low, base, row.high
    if row.low >= 0.0:
        # a number without a unit changes the form, which is seen over larger factors
        factor = 4.0 if row.unit == "1" else 2.0
        return max(row.low, base / factor), base, min(row.high, base * factor)
    size = (abs(base) if row.linear else 0.5 * abs(base)) or 1.0
    return base - size, base, base + size


def _truth(line: Line, row: LineParameter) -> float:
    """Return the value that a fit from the default has to find; of a fixed parameter the default."""
    if row.fixed:
        return row.default
    base = _base(row)
    return round(base + 0.3 * (abs(base) or 1.0), 6)


def _span(line: Line) -> tuple[float, float]:
    """Return ends of x: five widths, or where an exponential changes by e squared."""
    rates = [abs(row.default) for row in line.parameters if row.unit == "1/x" and row.default]
    reach = 2.0 / rates[0] if rates else 5.0
    return -reach, reach


def write_line_pages(folder: Path) -> None:
    """Write the scripts of all pages; what is there of lines that are gone is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {**line_pages(), "GALLERY_HEADER.rst": HEADER}
    for old in folder.glob("plot_*.py"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        path = folder / name
        # the time of an equal file stays, so that its page is not run again
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages before the gallery looks for its scripts."""
    app.connect("builder-inited", lambda _: write_line_pages(FOLDER), priority=5)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


_PAGE = '''"""
{title}
{rule}

{meaning}. Everything on this page is computed from the line's declaration; all data are simulated.
"""

# %%
# Declaration
# -----------
# {formula}. Code: :py:mod:`{module}`.
#
{table}
#
# x and y are the units of the spectrum's axes. A linear parameter scales the line; a fixed one is held
# unless it is freed. Sources:
#
{sources}

import numpy as np

from spectrafit.lines import {names}
{before}line = {made}
shown = {base}

# %%
# Area and width
# --------------
# The analytic area beside the integral over all x, with x = tan(angle).

if line.area is None:
    print("no finite area")
else:
    angle = ((np.arange(20_000) + 0.5) / 20_000 - 0.5) * np.pi
    curve = line.function(np.tan(angle), *shown.values())[0]
    integral = np.sum(curve / np.cos(angle) ** 2) * np.pi / angle.size
    print(f"analytic area {{line.area(*shown.values()):.8f}}, integral {{integral:.8f}}")
if line.fwhm is None:
    print("no single full width at half maximum is declared")
else:
    print(f"full width at half maximum {{line.fwhm(*shown.values()):.8f}}")

# %%
# What each parameter does
# ------------------------
# One parameter at a time has three values, the others their second ones.

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import DOUBLE_MM

x = np.linspace({low!r}, {high!r}, 801)
steps = {steps}


def curve_of(**changed):
    """Return the line with some parameters changed."""
    value = line.function(x, *(shown | changed).values())[0]
    return np.broadcast_to(value, x.shape)


panels = []
for name, values in steps.items():
    traces = tuple(
        Trace(f"{{word}} value", x, curve_of(**{{name: value}}), TraceKind.TOTAL)
        for word, value in zip(("first", "second", "third"), values, strict=True)
    )
    words = ", ".join(f"{{value:g}}" for value in values).replace("-", "−")
    panels.append(Panel(f"{{name}}: {{words}}", traces))
shapes = chart_figure(
    Chart("shape", "{title} and its parameters", "x", tuple(panels), simulated=True), DOUBLE_MM
)

# %%
# A fit finds them again
# ----------------------
# Simulated without noise, from the defaults to other values; sigma is 1 % of the largest value.

from spectrafit.fit import Problem, fit
from spectrafit.lines import Component
from spectrafit.spectrum import Spectrum

truth = {truth}
points = np.linspace({low!r}, {high!r}, 121)
y = np.broadcast_to(line.function(points, *truth.values())[0], points.shape)
spectrum = Spectrum(points, y, np.full(points.size, 0.01 * np.abs(y).max()))
result = fit(Problem(spectrum, Component(line, "line")))
for name, value in truth.items():
    found = result.value(f"line.{{name}}")
    print(f"{{name:14}} truth {{value:10.6f}}  found {{found:.12f}}  less truth {{found - value:+.1e}}")
    assert abs(found - value) <= 1e-6 * max(1.0, abs(value))

# %%
# The data, the start and the fit.

start = np.broadcast_to(line.function(points, *(row.default for row in line.parameters))[0], y.shape)
found = [result.value(f"line.{{name}}") for name in truth]
fitted = np.broadcast_to(line.function(points, *found)[0], y.shape)
print(f"largest |y - fit|/sigma: {{np.abs((y - fitted) / spectrum.sigma).max():.1e}}")
traces = (
    Trace("simulated, no noise", points, y, TraceKind.DATA),
    Trace("start", points, start, TraceKind.BACKGROUND),
    Trace("fit", points, fitted, TraceKind.TOTAL),
)
panels = (Panel("y", traces),)
recovery = chart_figure(
    Chart("recovery", "{title} fitted to itself", "x", panels, simulated=True), DOUBLE_MM
)
'''
