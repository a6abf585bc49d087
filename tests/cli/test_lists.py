"""`spectrafit techniques`, `readers` and `reference`."""

from __future__ import annotations

import json
import sys
import tomllib

import pytest
from plugin_install import write_metadata

from spectrafit.cli.lists import technique_lines
from spectrafit.reference import entries, root
from spectrafit.registry import technique, technique_names
from spectrafit.study.load import study_of_text

HEAD = '[study]\nname = "x"\n[[measurement]]\nname = "m"\ntechnique = "{}"\nfiles = ["*.dat"]\n'


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Install a technique and a reader that cannot be loaded."""
    (tmp_path / "torn_plugin.py").write_text("import nothing_of_this_name\n", encoding="utf-8")
    points = {
        "spectrafit.techniques": {"nmr": "torn_plugin:nmr"},
        "spectrafit.readers": {"torn": "torn_plugin:reader"},
    }
    write_metadata(tmp_path, "spectrafit-nmr", points)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])


def test_techniques_are_listed_with_a_line_each(cli, epr):
    said = cli("techniques")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()[:-1]] == list(technique_names())
    assert "epr          one Gaussian line over a polynomial" in said.out
    assert said.last == "more: spectrafit techniques NAME"


@pytest.mark.parametrize("name", ["xanes", "herfd"])
def test_what_is_printed_of_a_technique_can_be_pasted_into_a_study(cli, name):
    said = cli("techniques", name)
    assert said.code == 0
    study_of_text(HEAD.format(name) + said.out, folder=root())
    settings = tomllib.loads(said.out)["measurement"]["settings"]
    found = technique(name)
    assert settings["max_peaks"] == 4
    for spec in found.observables:
        assert f"#   {spec.key}: " in said.out
    for row in found.parameters:
        assert f'# "{row.name}" = ' in said.out
    for alert in found.alerts:
        assert f"#   {alert.code} {alert.level.value} " in said.out


def test_closed_choices_are_printed_also_of_named_types():
    text = "\n".join(technique_lines(technique("xanes")))
    assert 'one of "pearson7", "pseudo-voigt by height", "pseudo-voigt by area"' in text
    assert "[eV]" in text


def test_no_line_is_empty_within_the_settings():
    lines = list(technique_lines(technique("xanes")))
    start = lines.index("[measurement.settings]")
    assert "" not in lines[start : lines.index("", start)]


def test_an_unknown_technique_is_answered_with_the_nearest(cli):
    said = cli("techniques", "xans")
    assert said.code == 2
    assert "did you mean xanes?" in said.err


def test_a_broken_technique_stops_no_list(cli, broken):
    said = cli("techniques")
    assert said.code == 0
    (line,) = [line for line in said.out.splitlines() if line.startswith("nmr")]
    assert "broken: " in line
    assert "No module named 'nothing_of_this_name'" in line
    assert "spectrafit-nmr 0.1.0" in line
    assert "xanes        K-edge" in said.out


def test_a_broken_reader_is_said_once_in_one_line(cli, broken):
    said = cli("read", root() / "feco" / "raw" / "foil_co.dat")
    assert said.code == 0
    (line,) = said.err.splitlines()
    assert line.startswith("left out: ")
    assert "the reader 'torn' of spectrafit-nmr 0.1.0 cannot be loaded" in line
    assert "xanes: suits" in said.out
    assert "nmr: broken: " in said.out


def test_the_doctor_names_what_is_broken(cli, broken):
    said = cli("doctor")
    assert said.code == 1
    assert said.out.count("broken: ") == 2
    assert "nmr" in technique_names()
    assert ", ".join(technique_names()) in said.out


def test_the_doctor_finds_a_sound_installation_sound(cli):
    said = cli("doctor")
    assert said.code == 0
    assert "plugins: all of them load" in said.out
    assert "name clash: none" in said.out
    assert "numpy" in said.out


def test_the_schema_covers_what_is_installed(cli, epr):
    found = json.loads(cli("techniques", "--schema").out)
    names = found["$defs"]["Measurement"]["properties"]["technique"]["enum"]
    assert names == list(technique_names())


def test_readers_are_listed_with_endings(cli):
    said = cli("readers")
    assert said.code == 0
    assert ".xdi" in said.out


def test_reference_spectra_are_listed_and_found(cli):
    said = cli("reference")
    assert said.last == str(root())
    assert said.out.count("SIMULATED") == len(entries())
    assert cli("reference", "feco/raw/foil_co").out.strip() == str(root() / "feco/raw/foil_co.dat")
    missing = cli("reference", "feco/raw/foil_cu.dat")
    assert missing.code == 2
    assert "did you mean feco/raw/foil_co.dat" in missing.err
