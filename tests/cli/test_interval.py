"""`spectrafit interval`: what the alert on weak peaks names."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from spectrafit.cli.main import commands
from spectrafit.registry import technique

WEAK = ["--set", 'bands={ "1485"=[1475,1495] }', "--set", "mixing=0.5"]


@pytest.fixture
def weak(tmp_path):
    """A simulated band that stands some five errors above the noise."""
    kind = technique("ir")
    settings = kind.simulation(heights=((0.0012,),), range_cm=(1440.0, 1530.0))
    path = tmp_path / "weak.jdx"
    path.write_text(kind.simulated_text(settings, 5), encoding="ascii")
    return path


def run(*arguments):
    return CliRunner().invoke(commands, [str(one) for one in arguments], standalone_mode=False)


def test_the_alert_names_it_and_it_gives_an_interval(weak):
    fitted = json.loads(run("fit", "ir", weak, *WEAK, "--json").stdout)
    (alert,) = (a for a in fitted["results"][0]["alerts"] if a["code"] == "FIT-009")
    assert "spectrafit interval TECHNIQUE FILE --of 1485.area" in alert["do"]
    found = run("interval", "ir", weak, *WEAK, "--of", "1485.center", "--draws", "39", "--json")
    (row,) = json.loads(found.stdout)["intervals"]
    assert row["parameter"] == "1485.center"
    assert row["unit"] == "cm-1"
    assert row["low"] < row["value"] < row["high"]
    assert row["high"] - row["low"] > 2.0 * row["sigma"]


def test_an_unknown_parameter_is_answered_with_those_there_are(weak):
    found = run("interval", "ir", weak, *WEAK, "--of", "1485.centre")
    assert "1485.center" in str(found.exception)
    assert "add --of NAME" in str(run("interval", "ir", weak, *WEAK).exception)


def test_a_technique_without_such_a_fit_says_so(tmp_path):
    kind = technique("structure")
    path = tmp_path / "one.cif"
    path.write_text(kind.simulated_text(kind.simulation(), 1), encoding="utf-8")
    found = run("interval", "structure", path, "--of", "a.b")
    assert "gives no fit" in str(found.exception)
