"""`spectrafit read` and `spectrafit plot`: what a reader makes of a file."""

from __future__ import annotations

import json
import re

import pytest

from spectrafit.reference import entries, root

SHIPPED = [entry.path for entry in entries()]
SCAN = root() / "feco" / "raw" / "xanes_fe_008K.dat"


@pytest.mark.parametrize("path", SHIPPED)
def test_every_shipped_file_reads_with_units_and_says_that_it_is_simulated(cli, path):
    said = cli("read", root() / path)
    assert (said.code, said.err) == (0, "")
    kind = "magnetism" if "/magnetism/" in path else path[path.rindex(".") :]
    reader, techniques, first, unit = {
        "magnetism": ("quantum-design", ("magnetism",), "Temperature (K)", "K"),
        ".csv": ("pyro-log", ("pyro",), "time", "s"),
        ".cif": ("cif", ("structure",), "length", "A"),
        ".ws5": ("wissel", ("mossbauer",), "channel", "1"),
        ".jdx": ("jcamp", ("ir",), "wavenumber", "cm-1"),
        ".dat": ("columns", ("xanes", "herfd"), "energy", "eV"),
    }[kind]
    assert f"{first} [{unit}]: " in said.out
    assert "simulated data" in said.out
    assert any(f"{name}: suits" in said.out for name in techniques)
    found = json.loads(cli("read", root() / path, "--json").out)
    (spectrum,) = found["spectra"]
    assert spectrum["reader"] == reader
    if kind != "magnetism":  # the first column of a magnetometer's file is its time stamp
        assert spectrum["columns"][0]["unit"] == unit
    assert len(spectrum["columns"][0]["values"]) == spectrum["n"]


def test_json_of_a_spectrum_holds_axes_units_and_notices(cli, tmp_path):
    file = tmp_path / "a.xy"
    file.write_text("# energy(eV) mu sigma\n1 2 0.1\n2 4 0.1\n3 8 0.1\n", encoding="utf-8")
    (found,) = json.loads(cli("read", file, "--json").out)["spectra"]
    assert found["name"] == "a.xy"
    assert found["n"] == 3
    assert [column["name"] for column in found["columns"]] == ["energy", "mu", "sigma"]
    assert isinstance(found["notices"], list)
    assert isinstance(found["conditions"], dict)
    if found["x"] is not None:
        assert found["range"] == [1.0, 3.0]
        assert found["x_unit"] == "eV"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "empty"), ("no numbers\nat all\n", "a.dat"), ("\x00\x01\x02" * 50, "a.dat")],
)
def test_a_refusal_goes_to_stderr_with_code_2(cli, tmp_path, text, words):
    file = tmp_path / "a.dat"
    file.write_text(text, encoding="utf-8")
    said = cli("read", file, "--json")
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert ";" in said.err


def test_a_raw_file_is_drawn_without_naming_columns(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = cli("plot", SCAN, SCAN.with_name("xanes_fe_135K.dat"))
    assert (said.code, said.last) == (0, "plot.svg")
    assert "I0 / counts, IF / counts against energy / eV; others: --x and --y" in said.out
    text = (tmp_path / "plot.svg").read_text(encoding="utf-8")
    assert "xanes_fe_135K.dat" in text
    assert "simulated data" in text


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
def test_a_column_is_drawn_in_every_format(cli, tmp_path, ending):
    out = tmp_path / f"figure.{ending}"
    assert cli("plot", SCAN, "--y", "IF", "--out", out).code == 0
    assert out.stat().st_size > 1000


def test_what_cannot_be_drawn_is_answered_with_the_line_to_type(cli, tmp_path):
    other = tmp_path / "ir.dat"
    rows = "".join(f"{1400 + i} {0.1 * i}\n" for i in range(20))
    other.write_text(f"# wavenumber(cm-1) absorbance\n{rows}", encoding="utf-8")
    said = cli("plot", SCAN, other, "--out", tmp_path / "x.svg")
    assert said.code == 2
    assert "do not share an x axis" in said.err
    assert "type: spectrafit plot FILES --x COLUMN --y COLUMN" in said.err


def test_a_figure_is_as_wide_as_a_page_when_asked(cli, tmp_path):
    out = tmp_path / "wide.svg"
    assert cli("plot", SCAN, "--y", "IF", "--width", "183", "--out", out).code == 0
    assert re.search(r'width="518\.7\d*pt"', out.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["plot", SCAN, "--y", "mu"], "the columns are: energy, I0, IF"),
        (["plot", SCAN, "--out", "x.txt"], "end it with .svg, .pdf or .png"),
        (["plot", "nowhere.dat"], "nowhere.dat: No such file"),
        (["plot"], "Example: spectrafit plot"),
        (["read", "."], "this is a folder"),
        (["read", SCAN, "--reader", "nexus"], "no reader 'nexus'"),
    ],
)
def test_wrong_words_are_answered(cli, tmp_path, monkeypatch, words, answer):
    monkeypatch.chdir(tmp_path)
    said = cli(*words)
    assert (said.code, said.out) == (2, "")
    assert answer in said.err
    assert not list(tmp_path.iterdir())
