"""Crafted archives are refused quickly and within little memory, and write nowhere."""

from __future__ import annotations

import pytest
from faults.crafted_archives import MARK
from reliability.archives import (
    Met,
    commands_over,
    every_meeting,
    leaks,
    tree,
)

from spectrafit.recording import Column, Recording

FILES = 39  # each kind once; all 200 in `nox -s reliability`


def test_no_crafted_archive_gets_through_and_none_leaves_its_folder(tmp_path):
    pytest.importorskip("h5py")
    pytest.importorskip("openpyxl")
    meetings = list(every_meeting(FILES, tmp_path, all_readers=False))
    assert [one for one in meetings if one.gets_through] == []
    refused = sum(one.outcome == "refused" for one in meetings)
    assert refused > 0.75 * len(meetings)
    assert len(meetings) > 1.8 * FILES  # by the reader of the format, and by the surest
    before = tree(tmp_path, without=tmp_path / "target")
    assert [name.rpartition("/")[2] for name in before] == ["secret.h5"]
    ((code, text),) = commands_over(tmp_path / "target", ["init"])
    assert code == 1, text  # files are left out, which may have been scans
    assert tree(tmp_path, without=tmp_path / "target") == before


def test_what_gets_through_is_seen():
    """A number from outside, another error, too long, too much."""
    own = Recording("a.h5", (Column("energy", [1.0, 2.0]), Column("mu", [1.0, 2.0])))
    other = Recording("a.h5", (Column("energy", [1.0, 2.0]), Column("mu", [1.0, MARK])))
    assert not leaks([own])
    assert leaks([other])
    assert not Met("", "refused", 0.1, 0).gets_through
    for found in (Met("", "OSError", 0, 0), Met("", "read", 2.0, 0), Met("", "read", 0, 10**9)):
        assert found.gets_through
