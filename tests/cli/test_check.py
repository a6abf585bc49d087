"""`spectrafit check` and `verify`: what stands against results, and whether they come again."""

from __future__ import annotations

import json
import shutil

import pytest
from line_study import STUDY


@pytest.fixture
def results(cli, study):
    """Return the folder of results of the study, without figures."""
    study.write_text(f"{STUDY}\n[report]\nfigures = 'none'\n", encoding="utf-8")
    assert cli("run", study).code == 0
    return study.parent / "lines-results"


def test_results_and_their_study_are_checked_alike(cli, study, results):
    said = cli("check", results)
    assert said.code == 0
    assert said.out.startswith("check of lines: one line\nsimulated data: ")
    assert said.last.startswith("verdict: clean: no alert of level A stands")
    assert cli("check", results / "results.json").out == said.out
    assert cli("check", study).out == said.out


def test_a_refused_file_is_1(cli, study):
    (study.parent / "raw" / "b_9K.dat").write_text("torn", encoding="utf-8")
    said = cli("check", study)
    assert said.code == 1
    assert "files refused: 1" in said.out


def test_results_come_again(cli, results):
    said = cli("verify", results)
    assert said.code == 0
    assert said.last.startswith("verdict: the same; ")


def test_a_changed_raw_file_is_named_first(cli, results):
    file = results.parent / "raw" / "s_20K.dat"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("326.000 ", "326.000 1"), encoding="utf-8")
    said = cli("verify", results)
    assert said.code == 1
    assert said.out.startswith("raw/s_20K.dat: sha256: was ")
    assert said.last.startswith("verdict: not the same; 1 input changed")


def test_a_number_that_was_changed_by_hand_is_found(cli, results):
    file = results / "results.json"
    found = json.loads(file.read_text(encoding="utf-8"))
    found["results"][0]["observables"][0]["value"] += 1
    file.write_text(json.dumps(found), encoding="utf-8")
    said = cli("verify", results)
    assert said.code == 1
    assert said.out.startswith("raw/s_8K.dat: epr.position, value: was 336.")


def test_a_study_that_has_moved_is_asked_for(cli, study, results):
    moved = study.parent / "moved" / "study.toml"
    moved.parent.mkdir()
    shutil.move(study, moved)
    shutil.move(study.parent / "raw", moved.parent / "raw")
    said = cli("verify", results)
    assert said.code == 2
    assert f"type: spectrafit verify {results} --study STUDY.toml" in said.err
    assert cli("verify", results, "--study", moved).code == 0


def test_a_raw_file_that_is_gone_is_named(cli, results):
    (results.parent / "raw" / "s_20K.dat").unlink()
    said = cli("verify", results)
    assert said.code == 1
    assert "raw/s_20K.dat: sha256: was " in said.out
    assert "is no input" in said.out


@pytest.mark.parametrize("command", ["check", "verify"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "No such file"),
        ("", "no strict JSON"),
        ('{"schema": 1, "results": NaN}', "no strict JSON"),
        ("[" * 100_000, "no strict JSON"),
        ("[]", "no results of this suite"),
        ('{"schema": 2, "results": []}', "no results of this suite"),
        ('{"schema": 1, "results": []}', "not whole"),
        ('{"schema": 1, "results": [3], "study": 3}', "not whole"),
    ],
)
def test_what_are_no_results_is_told(cli, tmp_path, command, text, words):
    if text is not None:
        (tmp_path / "results.json").write_text(text, encoding="utf-8")
    said = cli(command, tmp_path)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
