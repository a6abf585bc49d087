"""A drafted study knows whether it was changed; line ends and the last line do not count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spectrafit.study.stamp import Stamp, stamp_of, stamped

FILES = "0123456789ab"


@given(st.text(alphabet=st.characters(exclude_characters="\r"), max_size=40))
def test_an_untouched_text_is_known(text: str) -> None:
    assert stamp_of(stamped(text, FILES, 2)) == Stamp(FILES, 2, False)


def test_other_line_ends_are_no_change() -> None:
    text = stamped('[study]\nname = "a"\n', FILES, 0)
    assert stamp_of(text.replace("\n", "\r\n")) == Stamp(FILES, 0, False)


def test_a_changed_letter_is_one() -> None:
    text = stamped('[study]\nname = "a"\n', FILES, 0)
    assert stamp_of(text.replace('"a"', '"b"')) == Stamp(FILES, 0, True)
    assert stamp_of(f"{text}# more\n") == Stamp(FILES, 0, True)


def test_a_study_of_ones_own_has_none() -> None:
    assert stamp_of('[study]\nname = "a"\n') is None
