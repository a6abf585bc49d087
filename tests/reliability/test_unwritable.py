"""Full disks and places that cannot be written: a few of the cases of the page "Reliability"."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("drives and rights are those of Linux", allow_module_level=True)

from reliability import unwritable
from reliability.full_disk import can_mount
from reliability.line_runs import Lines, lines

pytestmark = pytest.mark.xdist_group("killed")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lines]:
    with lines(tmp_path_factory.mktemp("few") / "lines", 2) as of:
        yield of


def test_a_call_that_finds_no_room_leaves_earlier_results(few: Lines, tmp_path: Path) -> None:
    found = unwritable.failing_calls(few, tmp_path, 79)
    assert (found.cases > 1, found.faults) == (True, ())


def test_commands_are_refused_where_they_cannot_write(few: Lines, tmp_path: Path) -> None:
    found = unwritable.refusing_places(few, tmp_path, 13)
    assert (found.cases > 2, found.faults) == (True, ())


def test_a_read_only_study_is_run_elsewhere(few: Lines, tmp_path: Path) -> None:
    assert unwritable.read_only_study(few, tmp_path).faults == ()


def test_files_that_may_not_grow_are_told(few: Lines, tmp_path: Path) -> None:
    assert unwritable.limited_files(few, tmp_path, 2).faults == ()


@pytest.mark.skipif(not can_mount(), reason="this process may not mount a small drive")
def test_a_full_drive_is_told_and_gone_on_with(few: Lines, tmp_path: Path) -> None:
    found = unwritable.full_drives(few, tmp_path, 2)
    assert (found.cases > 0, found.faults) == (True, ())


def test_nothing_is_kept_in_files_that_are_locked() -> None:
    found = unwritable.locking_files()
    assert (found.cases > 200, found.faults) == (True, ())
