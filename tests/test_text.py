"""Text from outside, made fit to be shown."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.text import one_line, printable, spreadsheet_text


@given(st.text(st.characters(), max_size=60))
def test_what_is_shown_steers_no_display(text):
    shown = printable(text)
    shown.encode("utf-8")
    assert all(sign.isprintable() or sign in "\n\t" for sign in shown)


def test_marks_of_direction_and_control_become_blanks():
    assert printable("a\u202eb\x1b[31m\x00") == "a b [31m "


def test_half_a_surrogate_pair_becomes_its_escape():
    assert printable("a\udcff") == "a\\udcff"


def test_a_line_is_cut_with_an_ellipsis():
    assert one_line("  one\n two\tthree ", 8) == "one two…"
    assert one_line("one two", 7) == "one two"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(
    words=st.lists(
        st.sampled_from(["=cmd()", "-1", "+a", "@S", ";", "\t", "\n", " ", "x", '"', ","])
    )
)
def test_no_cell_is_a_formula_whatever_stands_between_cells(words, delimiter):
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(["a", spreadsheet_text("".join(words)), "b"])
    for row in csv.reader(io.StringIO(stream.getvalue()), delimiter=delimiter):
        for cell in row:
            plain = cell.strip()
            assert plain[:1] not in tuple("=+-@"), row


@pytest.mark.parametrize("text", ["energy / eV", "a; b", "1 to -2", "a, -2", "a - b; c + d"])
def test_a_harmless_cell_stays_as_it_is(text):
    assert spreadsheet_text(text) == text
