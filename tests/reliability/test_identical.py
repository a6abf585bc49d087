"""The same bytes in any way: a few of the ways of the page "Reliability"."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("processes are split off as Linux does it", allow_module_level=True)

from reliability.altered import altered_values
from reliability.identical import compared, in_one_process, inputs_found
from reliability.line_runs import Lines, lines
from reliability.ways import by_command, ways

pytestmark = pytest.mark.xdist_group("killed")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lines]:
    with lines(tmp_path_factory.mktemp("few") / "lines", 3) as of:
        yield of


def test_processes_seeds_and_places_change_no_byte(few: Lines, tmp_path: Path) -> None:
    every = {one.name: one for one in ways((2,))}
    threads, place = every["2 BLAS threads"], every["another working directory"]
    together = replace(every["hash seed 0"], words=(), moved=True)  # as many processes as there are
    found = compared(by_command(few, tmp_path, [threads, place, together]))
    assert (len(found.ways), found.other) == (3, ())


def test_the_order_in_which_fits_are_done_changes_no_byte(few: Lines) -> None:
    assert compared(in_one_process(few.study, 2)).other == ()


def test_an_altered_digit_is_found_and_named(few: Lines) -> None:
    told = altered_values(few.study, 150)
    assert (told.found, told.named) == (150, 150), told.missed


def test_a_changed_file_or_setting_is_named(few: Lines, tmp_path: Path) -> None:
    told = inputs_found(few, tmp_path)
    assert (told.cases, told.found, told.named) == (5, 5, 5), told.missed
