"""File names that every system accepts, and files that are whole or absent."""

from __future__ import annotations

import errno
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SpectrafitError
from spectrafit.files import safe_name, safe_names, write_whole


@pytest.mark.parametrize("name", ["herfd-008K", "scan_0117", "a.b", "Fe3+x"])
def test_a_good_name_stays_as_it_is(name):
    assert safe_name(name) == name


@pytest.mark.parametrize("name", ["", "nul", "CON", "com1.dat", "a:b", "../x", "a/b", "a.", "=1"])
def test_a_bad_name_is_changed(name):
    assert safe_name(name) != name


@given(st.text(max_size=200))
def test_a_name_is_one_portable_part_of_a_path(text):
    name = safe_name(text)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+=-]{0,79}", name)
    assert not name.endswith(".")
    assert name.split(".")[0].lower() not in {"con", "prn", "aux", "nul", "com1", "lpt1"}


def test_different_texts_never_share_a_name():
    assert safe_name("a:b") != safe_name("a/b")


@given(st.lists(st.sampled_from(["a", "A", "b", "a:b", "a/b", ""]), max_size=12))
def test_names_differ_even_where_case_does_not_count(texts):
    names = [name.lower() for name in safe_names(texts)]
    assert len(set(names)) == len(texts)


def test_text_is_written_as_utf8_with_line_feeds(tmp_path):
    path = write_whole(tmp_path / "deep" / "a.txt", "µ\n\udcff")
    assert path.read_bytes() == b"\xc2\xb5\n\\udcff"


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = write_whole(tmp_path / "a.txt", "old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SpectrafitError, match="No space left") as caught:
        write_whole(path, "new")
    assert caught.value.do
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_file_held_by_another_program_is_named(tmp_path, monkeypatch):
    def held(source, target):
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(os, "replace", held)
    with pytest.raises(SpectrafitError, match=r"a\.txt"):
        write_whole(tmp_path / "a.txt", "new")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "x").write_text("", encoding="utf-8")
    with pytest.raises(SpectrafitError, match="cannot be written"):
        write_whole(tmp_path / "x" / "a.txt", "new")
