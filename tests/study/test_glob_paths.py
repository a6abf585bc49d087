"""Globs match what `glob` matches, end, and stay below their folder."""

from __future__ import annotations

import glob
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.study.glob_paths import glob_paths
from spectrafit.study.globs import covering_globs

linked = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
NAME = st.text("ab.[1", min_size=1, max_size=3).filter(lambda name: name.strip("."))
PLACES = st.lists(st.lists(NAME, min_size=1, max_size=4), max_size=12)
PART = st.sampled_from(("**", "*", "a*", "?", ".*", "[ab]*", "[[]", "b", "a", "1", "..", "*.*"))


def files(folder: Path, names) -> set[str]:
    return {str(Path(name)) for name in names if (folder / name).is_file()}


@settings(max_examples=50, deadline=None)
@given(PLACES, st.lists(PART, min_size=1, max_size=5))
def test_it_matches_what_glob_does(places, parts):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "study"
        folder.mkdir()
        for place in places:
            path = folder.joinpath(*place)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            except (NotADirectoryError, FileExistsError):
                continue  # a file stands where a folder was to be
        pattern = "/".join(parts)
        found = glob_paths(pattern, folder, follow=True)
        expected = glob.glob(pattern, root_dir=folder, recursive=True)
        real = {(folder / each).resolve() for each in files(folder, expected)}
        assert {(folder / each).resolve() for each in files(folder, found.paths)} == real
        if ".." not in parts:
            assert files(folder, found.paths) == files(folder, expected)
            assert found.left == ()


def test_an_absolute_glob_begins_where_it_says(tmp_path):
    (tmp_path / "a.dat").touch()
    found = glob_paths(f"{tmp_path.as_posix()}/*.dat", tmp_path / "other", follow=True)
    assert found.paths == (f"{tmp_path.as_posix()}/a.dat",)


@linked
@pytest.mark.parametrize(
    "pattern", ["**/*.dat", "*/" * 30 + "*.dat", "**/**/x/**/**/*.dat", "**/*/**/*/**/*/*.dat"]
)
def test_links_in_circles_do_not_make_it_endless(tmp_path, pattern):
    """Two links to their own folder make 2^30 names of one file."""
    folder = tmp_path / "study"
    (folder / "x" / "y").mkdir(parents=True)
    (folder / "x" / "y" / "s.dat").touch()
    for place in (folder, folder / "x", folder / "x" / "y"):
        for name in ("one", "two", "three"):
            (place / name).symlink_to(folder)
    found = glob_paths(pattern, folder)
    assert 1 <= len(found.paths) < 50
    assert {(folder / path).name for path in found.paths} == {"s.dat"}
    assert found.left == ()


@linked
@pytest.mark.parametrize("pattern", ["far/*", "**/*", "*/*.dat", "**/far/**/*.dat", "raw/../far/*"])
def test_a_link_out_is_named_and_not_followed(tmp_path, pattern):
    folder, outside = tmp_path / "study", tmp_path / "study-2"
    (outside / "deep").mkdir(parents=True)
    (folder / "raw").mkdir(parents=True)
    for place in (outside / "deep" / "s.dat", outside / "t.dat", folder / "raw" / "u.dat"):
        place.touch()
    (folder / "far").symlink_to(outside)
    found = glob_paths(pattern, folder)
    assert [Path(one).name for one in found.left] == ["far"]
    assert not any("s.dat" in path or "t.dat" in path for path in found.paths)
    followed = glob_paths(pattern, folder, follow=True)
    assert followed.left == ()
    assert any("t.dat" in path or "s.dat" in path for path in followed.paths)
    # a draft does not use a glob that a run would refuse
    (folder / "raw" / "v.dat").touch()
    cover = covering_globs(["raw/u.dat", "raw/v.dat"], [], folder)
    assert not any(glob_paths(each, folder).left for each in cover.globs)
