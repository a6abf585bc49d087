"""Files that are too large are refused at once by a declared limit, which a user can raise."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from faults.every_reader import SEEDS, missing_library, seeds_of
from faults.huge_files import ROWS, packed_projects, rows, sparse
from reliability import huge
from reliability.huge import met

from spectrafit.cli import main
from spectrafit.errors import ReadError, SettingsError
from spectrafit.reader import read
from spectrafit.size_limits import ROW_LIMIT, SIZE, SIZE_LIMIT
from spectrafit.size_limits import ROWS as ROW_VARIABLE

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "fit-my-own-file.md"


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return sparse(tmp_path_factory.mktemp("large") / "huge.dat")


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return rows(tmp_path_factory.mktemp("many") / "many.dat", ROWS, b"1 2\n")


@pytest.mark.parametrize("name", ["", *SEEDS])
def test_two_gigabytes_are_refused_by_every_reader(name, large):
    found = met(name, large)
    assert found.kept, found
    assert found.rise < 1_000_000
    assert SIZE in found.words


def test_ten_million_lines_are_refused(many):
    for name in ("", "columns", "pyro-log", "spectrum"):
        found = met(name, many)
        assert found.kept, found
        assert f"{ROWS} lines, the limit is {ROW_LIMIT}" in found.words
        assert ROW_VARIABLE in found.words


def test_each_reader_of_text_refuses_too_many_lines(tmp_path, monkeypatch):
    monkeypatch.setenv(ROW_VARIABLE, "1000")
    for found in huge.lines_met(tmp_path, 1001):
        assert "lines, the limit is 1000" in found.words, found


@pytest.mark.parametrize("name", SEEDS)
def test_both_limits_hold_for_every_reader_and_can_be_raised(name, tmp_path, monkeypatch):
    if missing_library(name):
        pytest.skip(f"{missing_library(name)} is not installed")
    for file, content in seeds_of(name).items():
        path = tmp_path / file
        path.write_bytes(content)
        for variable, low in ((SIZE, len(content) - 1), (ROW_VARIABLE, 2)):
            monkeypatch.setenv(variable, str(low))
            with pytest.raises(ReadError, match=rf"the limit is {low};.*{variable}"):
                read(path, reader=name)
            monkeypatch.setenv(variable, str(len(content)))
            assert read(path, reader=name)
            monkeypatch.delenv(variable)


def test_formats_that_are_no_lines_have_the_limit_too(tmp_path, monkeypatch):
    """The files of the full size, made smaller like the limit."""
    monkeypatch.setenv(ROW_VARIABLE, "1000")
    for found in huge.formats_met(tmp_path, 5000):
        assert "the limit is 1000" in found.words, found


def test_a_packed_project_is_refused_by_what_it_unpacks_to(tmp_path):
    (packed, content), _ = packed_projects(500_000)
    (tmp_path / packed).write_bytes(content)
    found = met("athena", tmp_path / packed)
    assert "unpacks" in found.words
    assert found.kept, found


def said(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    captured = capsys.readouterr()
    return ended.value.code, captured.out + captured.err


def test_commands_refuse_it(large, tmp_path, capsys, monkeypatch):
    (tmp_path / "huge.dat").hardlink_to(large)
    (tmp_path / "study.toml").write_text(huge.STUDY.format("huge.dat"), encoding="utf-8")
    digested = []
    monkeypatch.setattr("spectrafit.study.task_key.file_digest", digested.append)
    for words in (
        ("read", large),
        ("plot", large, "--out", tmp_path / "chart.svg"),
        ("fit", "xanes", large),
        ("run", tmp_path / "study.toml", "--out", tmp_path / "out", "--jobs", "1"),
        ("check", large),
    ):
        code, text = said(capsys, *words)
        assert code != 0, words
        assert f"has 2000000000 bytes, the limit is {SIZE_LIMIT}" in text, words
    assert not digested


def test_a_raised_limit_holds_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(huge, "ROW_LIMIT", 3000)
    monkeypatch.setenv(ROW_VARIABLE, "3000")
    refused, count = huge.raised(tmp_path, 3001)
    assert "3001 lines, the limit is 3000" in refused.words
    assert count == 3001
    assert os.environ[ROW_VARIABLE] == "3000"


@pytest.mark.parametrize("text", ["much", "-5", "0", "1e9", "2.5"])
def test_a_limit_that_is_no_number_is_refused(text, tmp_path, monkeypatch):
    path = rows(tmp_path / "few.dat", 20)
    monkeypatch.setenv(SIZE, text)
    with pytest.raises(SettingsError, match="no whole number above 0"):
        read(path)


@pytest.mark.skipif(sys.platform == "win32", reason="no such files")
def test_devices_and_pipes_are_not_read_without_end(tmp_path):
    pipe = tmp_path / "pipe.dat"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        for name in ("", "columns"):
            with pytest.raises(ReadError, match="a device or a pipe"):
                read(path, reader=name)


def test_the_page_says_how_limits_are_raised():
    text = PAGE.read_text(encoding="utf-8")
    assert f"{SIZE}=" in text
    assert f"{ROW_VARIABLE}=" in text
    assert (SIZE_LIMIT, ROW_LIMIT) == (256_000_000, 2_000_000)
    assert "256 MB, or of more than two million rows" in text


def test_the_promises_are_made_of_what_was_found(large, many, tmp_path):
    sizes, lines = [met("columns", large)], [met("columns", many)]
    promises = list(huge._promises(sizes, lines, sizes, (sizes[0], ROW_LIMIT + 1)))
    assert all(one.kept for one in promises)
    read_whole = huge.Met("columns", "few.dat", "", 0.1)
    late = huge.Met("columns", "huge.dat", "the limit is 1", 1.5)
    for bad in (read_whole, late):
        first, *_ = huge._promises([bad], lines, sizes, (sizes[0], 0))
        assert not first.kept
        assert bad.file in first.note
