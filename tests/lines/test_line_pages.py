"""Every line has its page, which is a script that runs and finds the line's own parameters again."""

from __future__ import annotations

import importlib
import re
import runpy
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from docs_pages import DOCS

from spectrafit import lines
from spectrafit.lines.line import Line, LineParameter


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(DOCS))
    return importlib.import_module("line_pages")


NAMES = sorted(set(lines.__all__) - {"Component", "Line", "LineParameter", "Model"})


def test_every_line_has_a_page_of_its_own(made: ModuleType) -> None:
    shown = made.shown_lines()
    assert sorted(shown) == NAMES
    assert "Doublet" in shown
    assert len(made.line_pages()) == len(NAMES)


def test_a_page_holds_the_declaration(made: ModuleType) -> None:
    for name, one in made.shown_lines().items():
        text = made.page_text(name, one)
        assert text.startswith(f'"""\n{name}\n')
        for row in one.line.parameters:
            assert f"#    * - ``{row.name}``" in text
            assert made._rst(row.meaning) in text
        for source in one.line.sources:
            assert made._rst(source) in text


@pytest.mark.parametrize("name", NAMES)
def test_a_page_runs_and_recovers_the_line(
    name: str, made: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = made.shown_lines()[name]
    path = tmp_path / "page.py"
    path.write_text(made.page_text(name, shown), encoding="utf-8")
    space = runpy.run_path(str(path))
    # what the script makes is what its page was made of
    assert space["line"].name == shown.line.name
    assert [row.name for row in space["line"].parameters] == list(space["truth"])
    printed = capsys.readouterr().out
    if shown.line.area is not None:
        analytic, integral = re.findall(r"[\d.]{8,}", printed)[:2]
        assert float(analytic) == pytest.approx(float(integral), abs=2e-7)
    free = [row.name for row in shown.line.parameters if not row.fixed]
    defaults = {row.name: row.default for row in shown.line.parameters}
    assert all(space["truth"][each] != defaults[each] for each in free)
    # each parameter is seen to do something
    curve = space["curve_of"]
    for each, values in space["steps"].items():
        assert values[0] < values[1] < values[2]
        assert not np.allclose(curve(**{each: values[0]}), curve(**{each: values[2]}))


def ramp(x: np.ndarray, slope: float) -> tuple[np.ndarray, ...]:
    """Return ``slope x`` and its derivative."""
    return slope * x, x


def test_a_new_line_gets_its_page_by_being_declared(
    made: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.write_line_pages(tmp_path)
    before = {path.name for path in tmp_path.glob("plot_*.py")}
    row = LineParameter("slope", "y/x", 1.0, meaning="rise", linear=True)
    line = Line("ramp", "straight line through 0", ramp, (row,), sources=("definition",))
    monkeypatch.setattr(lines, "Ramp", line, raising=False)
    monkeypatch.setattr(lines, "__all__", [*lines.__all__, "Ramp"])
    made.write_line_pages(tmp_path)
    assert {path.name for path in tmp_path.glob("plot_*.py")} - before == {"plot_ramp.py"}
    monkeypatch.undo()
    monkeypatch.syspath_prepend(str(DOCS))
    made.write_line_pages(tmp_path)
    assert {path.name for path in tmp_path.glob("plot_*.py")} == before
