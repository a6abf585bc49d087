"""Globs find files below the study only, in natural order, each once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import StudyError
from spectrafit.study.files import exceptions_of, natural_key, relative_name, study_files
from spectrafit.study.schema import Measurement, MeasurementException


def measurement(*files: str, **more: Any) -> Measurement:
    return Measurement("m", "xanes", files, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = tmp_path / "study"
    for name in ("raw/scan_10.dat", "raw/scan_2.dat", "raw/scan_1.xdi", "raw/deep/a.dat", "T.csv"):
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        (study / name).touch()
    (study / "raw" / "._scan_2.dat").touch()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.dat").touch()
    return study


def names(folder: Path, *globs: str, allow: bool = False) -> list[str]:
    return [relative_name(p, folder) for p in study_files(measurement(*globs), folder, allow)]


def refusal(folder: Path, *globs: str) -> str:
    with pytest.raises(StudyError) as caught:
        study_files(measurement(*globs), folder)
    return str(caught.value)


def test_files_come_in_natural_order(folder: Path) -> None:
    assert names(folder, "raw/*.dat") == ["raw/scan_2.dat", "raw/scan_10.dat"]


def test_a_file_in_two_globs_comes_once(folder: Path) -> None:
    found = names(folder, "raw/scan_10.dat", "raw/*.dat", "raw/../raw/scan_2.dat", allow=True)
    assert len(found) == 2
    assert names(folder, "raw/*.dat", "raw/scan*") == [
        "raw/scan_1.xdi",
        "raw/scan_2.dat",
        "raw/scan_10.dat",
    ]


def test_a_glob_may_reach_every_depth_and_be_written_with_backslashes(folder: Path) -> None:
    assert names(folder, "raw/**/*.dat")[0] == "raw/deep/a.dat"
    assert names(folder, "raw\\scan_*.dat") == names(folder, "raw/scan_*.dat")


def test_hidden_files_are_left_out(folder: Path) -> None:
    assert not any("._" in name for name in names(folder, "raw/*"))


@pytest.mark.parametrize(
    ("glob", "words"),
    [
        ("raw/*.spc", "matches no file; in raw/ are: deep, scan_1.xdi, scan_2.dat"),
        ("rww/*.dat", "matches no file; did you mean raw?"),
        ("raw/scan_3.dat", "did you mean scan_2.dat"),
        ("nothing-like-it", "in the study's folder are: raw, T.csv"),
        ("raw", 'matches folders only; write "raw/*"'),
        ("raw/", 'matches folders only; write "raw/*"'),
    ],
)
def test_a_glob_without_match_names_what_is_there(folder: Path, glob: str, words: str) -> None:
    text = refusal(folder, glob)
    assert words in text
    assert "$.measurement[m].files[0]" in text


def test_every_wrong_glob_is_told_at_once(folder: Path) -> None:
    with pytest.raises(StudyError) as caught:
        study_files(measurement("a*", "raw/*.dat", "/b", "../c"), folder)
    assert [m.where[-3:] for m in caught.value.mistakes] == ["[0]", "[2]", "[3]"]


@pytest.mark.parametrize(
    "escape",
    [
        "../outside/*.dat",
        "raw/../../outside/*.dat",
        "..\\outside\\*.dat",
        "{root}/outside/*.dat",
        "C:/outside/*.dat",
        "c:outside.dat",
        "//server/share/*.dat",
        "\\\\server\\share\\a.dat",
        "/etc/passwd",
        "..",
    ],
)
def test_no_path_leaves_the_folder(folder: Path, escape: str) -> None:
    text = refusal(folder, escape.format(root=folder.parent.as_posix()))
    assert "allow_outside" in text
    assert "secret" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_symbolic_link_out_is_refused_and_one_inside_is_one_file(folder: Path) -> None:
    (folder / "raw" / "out.dat").symlink_to(folder.parent / "outside" / "secret.dat")
    (folder / "far").symlink_to(folder.parent / "outside")
    for glob in ("raw/*.dat", "far/*", "**/secret.dat"):
        assert "symbolic link" in refusal(folder, glob)
        assert names(folder, glob, allow=True)
    (folder / "raw" / "out.dat").unlink()
    (folder / "raw" / "same.dat").symlink_to(folder / "raw" / "scan_2.dat")
    assert len(names(folder, "raw/*.dat")) == 2


def test_outside_is_read_when_allowed(folder: Path) -> None:
    assert names(folder, "../outside/*.dat", allow=True) == ["../outside/secret.dat"]
    absolute = f"{folder.parent.as_posix()}/outside/*.dat"
    assert names(folder, absolute, allow=True) == ["secret.dat"]


def test_each_file_has_the_exception_that_names_it(folder: Path) -> None:
    bad = MeasurementException(("raw/scan_2.dat",), "beam dump", use=False)
    found = exceptions_of(measurement("raw/*.dat", exceptions=(bad,)), folder)
    assert {relative_name(p, folder): e for p, e in found.items()} == {"raw/scan_2.dat": bad}
    assert set(found) <= set(study_files(measurement("raw/*.dat"), folder))


@pytest.mark.parametrize(
    ("globs", "words"),
    [
        ((("raw/scan_3.dat",),), 'except[0].files[0]: "raw/scan_3.dat" matches no file'),
        ((("raw/*.xdi",),), "except[0].files: none of these files belongs to the measurement"),
        ((("raw/scan_2.dat",), ("raw/*",)), "except[1].files: scan_2.dat has another exception"),
    ],
)
def test_an_exception_without_effect_or_twice_is_refused(
    folder: Path, globs: tuple[tuple[str, ...], ...], words: str
) -> None:
    exceptions = tuple(MeasurementException(each, "why", use=False) for each in globs)
    with pytest.raises(StudyError) as caught:
        exceptions_of(measurement("raw/*.dat", exceptions=exceptions), folder)
    assert words in str(caught.value)


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=8))
def test_natural_order_is_the_order_of_the_numbers(numbers: list[int]) -> None:
    texts = [f"scan_{n}_008K.dat" for n in numbers]
    assert sorted(texts, key=natural_key) == [f"scan_{n}_008K.dat" for n in sorted(numbers)]


@given(st.lists(st.text(max_size=8), max_size=6))
def test_natural_order_takes_any_names(texts: list[str]) -> None:
    once = sorted(texts, key=natural_key)
    assert sorted(reversed(once), key=natural_key) == once
