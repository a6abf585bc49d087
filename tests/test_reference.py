"""The reference spectra: each is there, says what it is, and can be written again."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from spectrafit import registry
from spectrafit.errors import SpectrafitError
from spectrafit.reader import read
from spectrafit.reference import entries, root
from spectrafit.strict_json import json_text
from spectrafit.study.json_schema import study_schema
from spectrafit.study.settings import settings_of

PROJECT = Path(__file__).parents[1]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OWN = DECLARED["entry-points"]["spectrafit.techniques"]
EVERY = pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.path)


def require_declared(entry):
    """Skip a file whose technique is not yet among the suite's own."""
    if entry.technique not in OWN:
        pytest.skip(f"pyproject.toml declares no technique {entry.technique}")


def simulated_again(entry):
    require_declared(entry)
    technique = registry.technique(entry.technique)
    settings = tomllib.loads((root() / entry.settings).read_text(encoding="utf-8"))
    chosen = settings_of(technique.simulation, {**settings, **entry.values}, entry.path)
    return technique.simulated_text(chosen, entry.seed)


def words_and_numbers(text):
    """Return the lines that are no numbers, and the rows of numbers."""
    words, rows = [], []
    for line in text.splitlines():
        try:
            rows.append([float(cell) for cell in line.split()])
        except ValueError:
            words.append(line)
    return words, rows


@EVERY
def test_the_file_is_there_with_its_checksum(entry):
    content = (root() / entry.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry.sha256
    assert b"\r" not in content
    assert entry.what


@EVERY
def test_the_file_itself_says_that_it_is_simulated(entry):
    assert entry.simulated
    # the first line of some instruments' files is fixed
    first = (root() / entry.path).read_text(encoding="utf-8").splitlines()[:3]
    assert "SIMULATED" in " ".join(first).upper()
    require_declared(entry)
    assert all(recording.source.simulated for recording in read(root() / entry.path))


@EVERY
def test_the_recorded_settings_and_seed_write_it_again(entry):
    before = (root() / entry.path).read_text(encoding="utf-8")
    now = simulated_again(entry)
    if now == before:
        return
    (old_words, old), (new_words, new) = words_and_numbers(before), words_and_numbers(now)
    assert old_words == new_words
    assert [len(row) for row in old] == [len(row) for row in new]
    first = [(a[0], b[0]) for a, b in zip(old, new, strict=True) if len(a) > 1]
    assert all(a == b for a, b in first)  # the axis is no drawn number
    old, new = np.concatenate(old), np.concatenate(new)
    moved = int((old != new).sum())
    pytest.fail(
        f"numpy {np.__version__} draws other numbers for seed {entry.seed}: {moved} of {old.size} "
        f"differ, at most by {np.abs(old - new).max():g}; the file itself is untouched"
    )


def test_every_raw_file_is_in_the_index():
    folders = ("raw", "mossbauer", "ir", "magnetism", "pyro", "structure")
    raw = [path for folder in folders for path in root().glob(f"*/{folder}/*")]
    found = {path.relative_to(root()).as_posix() for path in raw}
    assert found == {entry.path for entry in entries()}


def test_no_two_files_have_one_seed():
    seeds = [entry.seed for entry in entries()]
    assert len(set(seeds)) == len(seeds)


def test_a_folder_of_ones_own_is_used_where_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SPECTRAFIT_REFERENCE", str(tmp_path))
    with pytest.raises(SpectrafitError, match="not there") as caught:
        root()
    assert str(tmp_path) in caught.value.where
    (tmp_path / "index.toml").write_text("file = []\n", encoding="utf-8")
    assert root() == tmp_path
    assert entries() == ()


@pytest.mark.parametrize("text", ["no TOML", "other = 1\n", "[[file]]\npath = 'x'\nsize = 3\n"])
def test_an_index_that_cannot_be_read_is_told(tmp_path, monkeypatch, text):
    (tmp_path / "index.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SPECTRAFIT_REFERENCE", str(tmp_path))
    with pytest.raises(SpectrafitError, match=r"index\.toml") as caught:
        entries()
    assert caught.value.do


def test_the_shipped_study_and_its_schema_belong_together():
    study = (root() / "feco" / "study.toml").read_text(encoding="utf-8")
    assert study.splitlines()[0] == "#:schema study.schema.json"
    schema = json.loads((root() / "feco" / "study.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(tomllib.loads(study), schema)


def test_the_shipped_schema_is_what_the_declarations_say():
    now = study_schema({name: registry.technique(name) for name in OWN})
    shipped = json.loads((root() / "feco" / "study.schema.json").read_text(encoding="utf-8"))
    assert shipped == json.loads(json_text(now)), (
        "stale; type: spectrafit techniques --schema > reference_spectra/feco/study.schema.json"
    )
