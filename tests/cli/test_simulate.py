"""`spectrafit simulate` and `spectrafit new-technique`."""

from __future__ import annotations

import tomllib

import pytest

from spectrafit.reader import read


def test_a_file_is_simulated_and_says_so(cli, tmp_path):
    out = tmp_path / "scan.dat"
    words = ["simulate", "xanes", "--set", "T_K=8", "--out", out]
    assert cli(*words, "--seed", 3).last == str(out)
    (recording,) = read(out)
    assert recording.source.simulated
    first = out.read_bytes()
    out.unlink()
    cli(*words, "--seed", 3)
    assert out.read_bytes() == first
    out.unlink()
    cli(*words, "--seed", 4)
    assert out.read_bytes() != first


def test_a_file_that_is_there_is_never_overwritten(cli, tmp_path):
    out = tmp_path / "scan.dat"
    out.write_text("mine", encoding="utf-8")
    said = cli("simulate", "xanes", "--seed", 1, "--out", out)
    assert said.code == 2
    assert "there is such a file already" in said.err
    assert out.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("more", [[], ["--set", "?"]])
def test_what_can_be_set_is_listed_as_toml(cli, more):
    said = cli("simulate", "xanes", *more)
    assert said.code == 0
    assert tomllib.loads(said.out)["element"] == "Fe"
    assert "[K]" in said.out


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["simulate", "xanes", "--seed", 1], "--out is missing; type: spectrafit simulate xanes"),
        (["simulate", "xanes", "--out", "x.dat"], "--seed is missing"),
        (["simulate", "xans", "--seed", 1, "--out", "x.dat"], "did you mean xanes"),
        (["simulate", "xanes", "--seed", 1, "--out", "x.dat", "--set", "T=3"], "no such key"),
        (["simulate", "xanes", "--seed", -1, "--out", "x.dat"], "not in the range"),
        (["new-technique", "2d"], "spectrafit new-technique epr"),
        (["new-technique", "epr", "--into", "nowhere"], "name an existing folder"),
        (["new-technique"], "Example: spectrafit new-technique epr"),
    ],
)
def test_wrong_words_are_answered(cli, tmp_path, monkeypatch, words, answer):
    monkeypatch.chdir(tmp_path)
    said = cli(*words)
    assert (said.code, said.out) == (2, "")
    assert answer in said.err
    assert not list(tmp_path.iterdir())


def test_a_written_technique_is_told_with_the_lines_to_type(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = cli("new-technique", "endor")
    assert said.code == 0
    assert "pip install ./spectrafit-endor" in said.out
    assert said.last == "spectrafit-endor"
    assert (tmp_path / "spectrafit-endor" / "pyproject.toml").is_file()
