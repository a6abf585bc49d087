"""When a scan began, as headers write it."""

from __future__ import annotations

import pytest
from data import shared_data

from spectrafit.reader import read
from spectrafit.start_time import start_time


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ({"Scan.start_time": "2001-06-26T22:27:31"}, "2001-06-26T22:27:31"),
        ({"Scan.start_time": "2001-08-10 11:10"}, "2001-08-10T11:10:00"),
        ({"date": "2020-09-16 17:06:54.25"}, "2020-09-16T17:06:54"),
        ({"Start time": "2020-09-16T17:06:54+02:00"}, "2020-09-16T17:06:54+02:00"),
        ({"Acquisition started at": "Sat Feb 25 12:31:10 2023"}, "2023-02-25T12:31:10"),
        ({"D": "Tue May 04 02:05:01 CEST 2021"}, "2021-05-04T02:05:01"),
        ({"comment": "Scan started at 22-11-2020 01:52:59, finished at 22-11-2020 01:58:02"},)
        + ("2020-11-22T01:52:59",),
        ({"Date": "03.04.2020 9:05"}, "2020-04-03T09:05:00"),
    ],
)
def test_the_start_is_read_as_the_header_writes_it(header, found):
    assert start_time(header) == found


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2020 10:00",
        "jeu. 27 mai 2021",
        "09:14:03",
        "2001-26-6T22:27:31",
        "31-31-2020 10:00",
        "",
    ],
)
def test_what_gives_no_day_and_hour_or_can_be_read_in_two_ways_is_left_open(text):
    assert start_time({"Date": text}) == ""


def test_the_end_of_a_scan_is_not_its_start():
    assert start_time({"Scan.end_time": "2001-12-20 19:24:23"}) == ""


def test_real_headers_give_their_time():
    folder = shared_data("xas/xdi")
    found = [start_time(read(path)[0].header) for path in sorted(folder.glob("*.xdi"))[:12]]
    assert sum(bool(text) for text in found) >= 6
