"""Short globs match exactly the files that are meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spectrafit.study.files import study_files
from spectrafit.study.globs import covering_globs, numbered_names
from spectrafit.study.schema import Measurement


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def matched(globs: tuple[str, ...], folder: Path) -> set[str]:
    """Return what a study with these globs would take."""
    found = study_files(Measurement("m", "any", globs), folder)
    return {path.relative_to(folder).as_posix() for path in found}


@pytest.mark.parametrize(
    ("files", "others", "globs"),
    [
        (["a.dat"], [], ["a.dat"]),
        (["a.dat", "b.dat"], [], ["*.dat"]),
        (["s_1.dat", "s_2.dat"], ["foil.dat"], ["s_*.dat"]),
        (["a_8K.dat", "b_20K.dat"], ["c.dat"], ["*K.dat"]),
        (["a.dat", "b.txt"], ["c.csv"], ["a.dat", "b.txt"]),
        (["x/a.dat", "x/b.dat"], ["y/a.dat"], ["x/*.dat"]),
        (["x/a.dat", "y/a.dat"], ["a.dat"], ["*/*.dat"]),
        (["8K/raw/a.dat", "20K/raw/a.dat"], ["8K/old/a.dat"], ["*/raw/*.dat"]),
        (["a.dat", "x/y/b.dat"], ["c.txt"], ["**/*.dat"]),
        (["f1.dat", "f2.dat", "g1.dat"], ["g.dat"], ["f*.dat", "g1.dat"]),
        (["a [1].dat", "a [2].dat"], ["b.dat"], ["a [[]*.dat"]),
        (["é 1.dat", "é 2.dat"], ["e.dat"], ["é *.dat"]),
        (["run2024_01.dat", "run2024_02.dat"], ["run2023_01.dat"], ["run2024_*.dat"]),
    ],
)
def test_the_shortest_glob_that_is_exact(files, others, globs, tmp_path: Path) -> None:
    write(tmp_path, *files, *others)
    cover = covering_globs(files, [], tmp_path)
    assert list(cover.globs) == globs
    assert not cover.strays
    assert matched(cover.globs, tmp_path) == set(files)


def test_a_few_that_are_allowed_spare_a_long_list(tmp_path: Path) -> None:
    scans = [f"scan_{i:03d}.dat" for i in range(60)]
    write(tmp_path, *scans, "foil.dat", "readme.md")
    broken = [scans.pop(17), scans.pop(40)]
    cover = covering_globs(scans, [*broken, "readme.md"], tmp_path)
    assert cover.globs == ("scan_*.dat",)
    assert cover.strays == tuple(broken)
    exact = covering_globs(scans, [], tmp_path)
    assert matched(exact.globs, tmp_path) == set(scans)


def test_more_strays_than_files_are_not_worth_it(tmp_path: Path) -> None:
    write(tmp_path, *(f"s_{i}.dat" for i in range(12)))
    others = [f"s_{i}.dat" for i in range(2, 12)]
    cover = covering_globs(["s_0.dat", "s_1.dat"], others, tmp_path)
    assert (cover.globs, cover.strays) == (("s_0.dat", "s_1.dat"), ())


def test_no_file_is_matched_by_two_globs(tmp_path: Path) -> None:
    oxides = ["Fe2O3_rt_01.xdi", "Fe3O4_rt_01.xdi", "FeO_rt_01.xdi"]
    write(tmp_path, *oxides, "FeS2_rt_01.xdi", "Fe_foil_rt_01.xdi", "Co_rt_01.xdi")
    assert covering_globs(oxides, [], tmp_path).globs == tuple(oxides)


def test_names_are_listed_where_a_few_globs_do_not_do(tmp_path: Path) -> None:
    names = [f"{letter}{i}.dat" for letter in "abcdefg" for i in (1, 2)]
    write(tmp_path, *names, "h1.dat")
    assert covering_globs(names, [], tmp_path).globs == tuple(names)


def test_names_for_reading_keep_the_numbers_that_are_equal() -> None:
    names = ["p65_1.dat", "p65_2.dat", "a.txt", "T8.5K.dat", "T10K.dat"]
    assert numbered_names(names) == (("p65_*.dat", 2), ("a.txt", 1), ("T*K.dat", 2))


STEMS = st.lists(
    st.sampled_from([*"ab", "a1", "a2", "b10", "a_8K", "a_20K", "b [x]", "x/a1", "x/b", "y/a1"]),
    min_size=1,
    max_size=8,
    unique=True,
)


@given(files=STEMS, allowed=STEMS, others=STEMS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_names_the_globs_match_the_files_and_the_strays_alone(
    files, allowed, others, tmp_path_factory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    mine = [f"{name}.dat" for name in files]
    mine_or = [f"{name}.dat" for name in allowed if name not in files]
    write(folder, *mine, *mine_or, *(f"{name}.dat" for name in others))
    cover = covering_globs(mine, mine_or, folder)
    assert set(cover.strays) <= set(mine_or)
    assert matched(cover.globs, folder) == {*mine, *cover.strays}
    assert sum(len(matched((one,), folder)) for one in cover.globs) == len(mine) + len(cover.strays)
