"""A journal keeps what was put, whatever becomes of the process, the file or the disk."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SpectrafitError
from spectrafit.fit import journal as module
from spectrafit.fit.journal import Journal


def key(text):
    return hashlib.sha256(str(text).encode()).hexdigest()


def filled(folder, count=3):
    """Return the one file of a journal of some values."""
    journal = Journal(folder)
    for number in range(count):
        journal.put(key(number), {"number": number, "text": 'ä\n"}'})
    journal.close()
    (file,) = folder.glob("*.jsonl")
    return file


def held(folder, count=3):
    """Return the numbers of a journal whose values are there."""
    journal = Journal(folder)
    return [n for n in range(count) if journal.get(key(n)) == {"number": n, "text": 'ä\n"}'}]


def test_what_was_put_is_there_at_once_and_in_the_next_run(tmp_path):
    journal = Journal(tmp_path / "j")
    assert journal.get(key(1)) is None
    journal.put(key(1), [1, 0.1, "a"])
    assert journal.get(key(1)) == [1, 0.1, "a"]
    # another run, while this one still writes
    assert Journal(tmp_path / "j").get(key(1)) == [1, 0.1, "a"]
    journal.close()
    assert len(Journal(tmp_path / "j")) == 1


def test_nothing_is_made_before_something_is_put(tmp_path):
    journal = Journal(tmp_path / "j")
    journal.close()
    journal.tidy()
    assert not (tmp_path / "j").exists()


def test_each_line_is_strict_json(tmp_path):
    lines = filled(tmp_path).read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {"spectrafit journal": 1}
    rows = [json.loads(line) for line in lines[1:]]
    assert [row["value"]["number"] for row in rows] == [0, 1, 2]
    with pytest.raises(ValueError, match="JSON compliant"):
        Journal(tmp_path).put(key("x"), float("nan"))


def test_the_last_value_of_a_key_holds(tmp_path):
    for value in (1, 2, 3):
        journal = Journal(tmp_path)
        journal.put(key("a"), value)
        journal.close()
    assert Journal(tmp_path).get(key("a")) == 3


def test_a_fresh_journal_gives_nothing_of_earlier_runs(tmp_path):
    filled(tmp_path)
    journal = Journal(tmp_path, fresh=True)
    assert journal.get(key(0)) is None
    journal.put(key(0), "new")
    journal.close()
    assert Journal(tmp_path).get(key(0)) == "new"
    assert held(tmp_path) == [1, 2]


@given(st.data())
def test_a_file_cut_anywhere_keeps_every_line_before(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("cut")
    file = filled(folder)
    raw = file.read_bytes()
    cut = data.draw(st.integers(0, len(raw)))
    file.write_bytes(raw[:cut])
    whole = max(0, raw[:cut].count(b"\n") - 1)
    assert held(folder) == list(range(whole))
    # and the next run goes on in a file of its own
    journal = Journal(folder)
    journal.put(key("next"), 1)
    journal.close()
    assert Journal(folder).get(key("next")) == 1


@given(st.data())
def test_a_changed_byte_never_gives_a_changed_value(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("changed")
    file = filled(folder)
    raw = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[place]))
    file.write_bytes(raw)
    journal = Journal(folder)
    for number in range(3):
        assert journal.get(key(number)) in (None, {"number": number, "text": 'ä\n"}'})
    assert len(held(folder)) >= (0 if place < 25 else 1)


def test_what_is_damaged_or_foreign_is_said_and_mended(tmp_path):
    file = filled(tmp_path)
    lines = file.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"number":1', b'"number":7')
    file.write_bytes(b"".join(lines) + b"torn")
    (tmp_path / "notes.jsonl").write_text("mine\n", encoding="utf-8")
    journal = Journal(tmp_path)
    assert [journal.get(key(n)) is None for n in range(3)] == [False, True, False]
    told = "\n".join(journal.faults)
    assert "line 5: damaged" in told
    assert "checksum does not agree" in told
    assert "notes.jsonl: no journal of this version" in told
    journal.put(key(1), {"number": 1, "text": 'ä\n"}'})
    journal.tidy()
    assert held(tmp_path) == [0, 1, 2]
    assert Journal(tmp_path).faults == ("notes.jsonl: no journal of this version; it is ignored",)
    assert (tmp_path / "notes.jsonl").read_text(encoding="utf-8") == "mine\n"


def test_a_rejected_value_is_forgotten_and_said(tmp_path):
    filled(tmp_path)
    journal = Journal(tmp_path)
    journal.reject(key(1), "of another shape")
    assert journal.get(key(1)) is None
    assert "of another shape" in journal.faults[0]


def test_tidying_keeps_values_of_other_settings_until_they_are_too_many(tmp_path, monkeypatch):
    filled(tmp_path)
    journal = Journal(tmp_path)
    journal.get(key(2))
    journal.tidy()
    assert held(tmp_path) == [0, 1, 2]
    monkeypatch.setattr(module, "_SPARE_BYTES", 10)
    journal.tidy()
    assert held(tmp_path) == [2]
    assert journal.get(key(2)) is not None


def test_many_files_become_one(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MOST_FILES", 2)
    for number in range(4):
        journal = Journal(tmp_path)
        journal.put(key(number), number)
        journal.tidy()
    journal = Journal(tmp_path)
    assert [journal.get(key(number)) for number in range(4)] == [0, 1, 2, 3]
    assert len(list(tmp_path.iterdir())) <= 2


def test_tidying_leaves_the_file_of_another_run_that_still_writes(tmp_path, monkeypatch):
    other = Journal(tmp_path)
    other.put(key("theirs"), 1)
    mine = Journal(tmp_path)
    mine.put(key("mine"), 2)
    other.put(key("more"), 3)
    monkeypatch.setattr(module, "_MOST_FILES", 0)
    mine.tidy()
    other.close()
    journal = Journal(tmp_path)
    assert [journal.get(key(name)) for name in ("theirs", "mine", "more")] == [1, 2, 3]


def test_two_runs_at_once_do_not_disturb_each_other(tmp_path):
    runs = [Journal(tmp_path), Journal(tmp_path)]
    for number in range(6):
        runs[number % 2].put(key(number), number)
    for run in runs:
        run.close()
    assert len(Journal(tmp_path)) == 6


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path, monkeypatch):
    filled(tmp_path)
    journal = Journal(tmp_path)
    journal.put(key(9), 9)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr(module, "_SYNC_SECONDS", -1.0)
    with pytest.raises(SpectrafitError, match="the journal cannot be written: No space left"):
        journal.put(key(10), 10)
    journal.close()
    assert held(tmp_path) == [0, 1, 2]


def test_a_file_in_its_place_is_told(tmp_path):
    (tmp_path / "j").write_text("mine", encoding="utf-8")
    with pytest.raises(SpectrafitError, match="this is no folder"):
        Journal(tmp_path / "j")
    assert (tmp_path / "j").read_text(encoding="utf-8") == "mine"


DYING = """
import os, sys
from pathlib import Path
from spectrafit.fit.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(5):
    journal.put(f"{number:064x}", number)
os._exit(9)
"""


def test_what_was_put_survives_a_process_that_ends_at_once(tmp_path):
    done = subprocess.run([sys.executable, "-c", DYING, str(tmp_path)], check=False)
    assert done.returncode == 9
    journal = Journal(tmp_path)
    assert [journal.get(f"{number:064x}") for number in range(5)] == [0, 1, 2, 3, 4]
