"""Tables of the documentation hold all that is declared, and every page asks for one that exists."""

from __future__ import annotations

import dataclasses
import importlib
import re

import pytest
from docs_pages import declarations, pages

from spectrafit import lines
from spectrafit.alert import CORE_ALERTS, Level
from spectrafit.cli.main import commands
from spectrafit.registry import technique
from spectrafit.study import schema, truth
from spectrafit.units import UNITS

PARTS = declarations().PARTS
ASKED = re.compile(r"^```\{declared\} (.+)$", re.MULTILINE)


def asked() -> list[str]:
    return [name for page in pages() for name in ASKED.findall(page.read_text(encoding="utf-8"))]


def test_every_part_is_in_one_page():
    assert sorted(asked()) == sorted(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_text_that_does_not_change(name: str):
    first = PARTS[name]()
    assert first.strip()
    assert first == PARTS[name]()
    for row in (line for line in first.splitlines() if line.startswith("|")):
        assert len(re.findall(r"(?<!\\)\|", row)) >= 3


def test_every_alert_is_listed_once_with_its_level():
    text = PARTS["alerts"]()
    for spec in (*CORE_ALERTS, *technique("xanes").alerts):
        anchor = f'| <span id="{spec.code}"></span>`{spec.code}` |'
        (row,) = (line for line in text.splitlines() if line.startswith(anchor))
        assert f"| **{spec.level}** |" in row
        assert "{" not in row
    for level in Level:
        assert level.words in PARTS["levels"]()


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("study", schema.Study),
        ("study-head", schema.StudyHead),
        ("measurement", schema.Measurement),
        ("condition", schema.Condition),
        ("except", schema.MeasurementException),
        ("expect", schema.ExpectedValue),
        ("truth", truth.Truth),
        ("paper", truth.PaperValue),
    ],
)
def test_every_key_has_its_row(part: str, kind: type):
    text = PARTS[part]()
    for row in dataclasses.fields(kind):
        key = row.metadata.get("toml", row.name)
        assert f"| `{key}` |" in text
        assert row.metadata["meaning"].split()[0] in text


def test_types_and_defaults_are_in_the_words_of_toml():
    text = PARTS["measurement"]()
    assert "| `files` | list, each text | **required** |" in text
    assert '| `role` | one of `"sample"`, `"calibration"`, `"reference"`, `"background"` |' in text
    assert "| `use` | true or false | `true` |" in PARTS["except"]()
    assert "| `sigma` | number above 0 | not given |" in PARTS["expect"]()


def test_every_command_and_option_is_listed():
    text = PARTS["commands"]()
    for name, command in commands.commands.items():
        assert f"### spectrafit {name}\n" in text
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or option in text


def test_every_setting_and_key_of_a_technique_is_listed():
    text = PARTS["techniques"]()
    for name in ("xanes", "herfd"):
        found = technique(name)
        for row in dataclasses.fields(found.settings):
            assert f"| `{row.name}` |" in text
        for spec in found.observables:
            assert f"| `{spec.key}` |" in text


def test_every_line_is_listed_and_its_area_agrees_with_the_integral():
    text = PARTS["line-summary"]()
    for name in set(lines.__all__) - {"Component", "Line", "LineParameter", "Model"}:
        assert re.search(rf"^\| `{name}\b", text, re.MULTILINE)
    areas = re.findall(r"area ([\d.]+), integrated numerically ([\d.]+)\.", PARTS["line-details"]())
    assert len(areas) >= 6
    for analytic, numeric in areas:
        assert float(analytic) == pytest.approx(float(numeric), abs=2e-7)


def test_every_unit_is_listed():
    text = PARTS["units"]()
    assert all(f"`{unit.name}`" in text for unit in UNITS)


def test_exit_codes_of_the_page_are_those_of_the_program():
    program = importlib.import_module("spectrafit.cli.main")
    page = next(page for page in pages() if page.name == "command-line.md")
    listed = re.findall(r"^\| (\d+) \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    names = (name for name in program.__all__ if isinstance(getattr(program, name), int))
    assert {int(code) for code in listed} == {getattr(program, name) for name in names}
