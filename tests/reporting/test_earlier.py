"""Earlier results are moved, never overwritten."""

from __future__ import annotations

import os

import pytest

from spectrafit.errors import SpectrafitError
from spectrafit.reporting.earlier import keep_earlier
from spectrafit.strict_json import json_text


def test_nothing_there_is_nothing_kept(tmp_path):
    assert keep_earlier(tmp_path / "results.json") is None
    assert not list(tmp_path.iterdir())


def test_results_move_with_the_text_of_their_study(tmp_path):
    results, report = tmp_path / "results.json", tmp_path / "report.md"
    results.write_text(json_text({"study": {"text": "[study]\n"}}), encoding="utf-8")
    report.write_text("a report", encoding="utf-8")
    os.utime(results, (1_700_000_000, 1_700_000_000))
    folder = keep_earlier(results, report)
    assert folder == tmp_path / "history" / "20231114T221320Z"
    assert {path.name for path in folder.iterdir()} == {"results.json", "report.md", "study.toml"}
    assert (folder / "study.toml").read_text(encoding="utf-8") == "[study]\n"
    assert [path.name for path in tmp_path.iterdir()] == ["history"]


def test_two_of_one_second_are_both_kept(tmp_path):
    for text in ("one", "two"):
        path = tmp_path / "study.toml"
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))
        keep_earlier(path)
    kept = sorted((tmp_path / "history").glob("*/study.toml"))
    assert [path.read_text(encoding="utf-8") for path in kept] == ["one", "two"]


@pytest.mark.parametrize("text", ["no JSON", "[1]", '{"study": 3}', '{"study": {"text": 3}}'])
def test_results_that_cannot_be_read_are_kept_all_the_same(tmp_path, text):
    path = tmp_path / "results.json"
    path.write_text(text, encoding="utf-8")
    folder = keep_earlier(path)
    assert (folder / "results.json").read_text(encoding="utf-8") == text
    assert not (folder / "study.toml").exists()


def test_a_file_in_the_way_is_told(tmp_path):
    (tmp_path / "history").write_text("a file", encoding="utf-8")
    (tmp_path / "results.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SpectrafitError, match="cannot be moved to history"):
        keep_earlier(tmp_path / "results.json")
    assert (tmp_path / "results.json").exists()
