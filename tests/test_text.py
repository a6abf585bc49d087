"""Text from outside, made fit to be shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spectrafit.text import one_line, printable


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
