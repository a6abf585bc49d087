"""A study reads below its own folder only, in every field that names a file."""

from __future__ import annotations

import pytest
from reliability.study_paths import (
    FILES,
    NO_FILES,
    SETTINGS_OF_FILES,
    fields_of_files,
    fields_that_speak_of_files,
    reads_when_allowed,
    settings_that_speak_of_files,
    strays,
)

from spectrafit.errors import StudyError
from spectrafit.study.load import study_of_text


def test_every_field_that_names_a_file_is_led_astray_here():
    """A new field that names a file has the pattern of a path, and is added to this test."""
    assert fields_of_files() == set(FILES)
    assert fields_that_speak_of_files() - set(FILES) == NO_FILES
    assert settings_that_speak_of_files() == SETTINGS_OF_FILES


def test_no_field_leads_out_and_the_same_file_is_read_where_it_may_be(tmp_path):
    found = list(strays(tmp_path, every=2))
    assert [one for one in found if not one.is_kept] == []
    assert len(found) > 50
    assert reads_when_allowed(tmp_path)


@pytest.mark.parametrize("name", ["../x", "/x", "a/b", "C:x", "a\\b", "a\0b", "a\nb", 'a"b', "a*b"])
def test_no_name_leads_the_results_elsewhere(name, tmp_path):
    from spectrafit.study.toml_writer import value_text

    text = f'[study]\nname = {value_text(name)}\n[[typed]]\nkey = "k"\nsource = "s"\nvalue = 1.0\n'
    with pytest.raises(StudyError, match="becomes a file name"):
        study_of_text(text, folder=tmp_path)
