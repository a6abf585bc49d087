"""The temperature is found where it stands in every file, or nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectrafit.recording import Recording
from spectrafit.study.schema import Condition
from spectrafit.study.temperature import TemperatureSource, temperature_source

FOLDER = Path("scans")


def source(
    *names: str,
    headers: tuple[dict[str, str], ...] = (),
    folder: Path = FOLDER,
    study: Path | None = None,
    **own: float,
) -> TemperatureSource:
    given = headers or ({},) * len(names)
    files = {
        name: (Recording(name, (), header, conditions=own),)
        for name, header in zip(names, given, strict=True)
    }
    return temperature_source(files, folder, study or folder)


def in_kelvin(**way: object) -> Condition:
    return Condition(**way, unit="K")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "pattern", "values"),
    [
        (["a_8K.dat", "a_250K.dat"], "_{}K", (8, 250)),
        (["a_8.5K_1.dat", "a_0.05K_2.dat"], "_{}K", (8.5, 0.05)),
        (["FeCo-8K.dat", "FeCo-20K.dat"], "-{}K", (8, 20)),
        (["8K.dat", "020K.dat"], "{}K", (8, 20)),
        (["a 8 K.dat", "b 20 K.dat"], " {} K", (8, 20)),
        (["T=8.dat", "T=9.5.dat"], "T={}", (8, 9.5)),
        (["temp8_1.dat", "temp9_1.dat"], "temp{}", (8, 9)),
        (["a_7112KeV_8K.dat", "a_7112KeV_9K.dat"], "_{}K.", (8, 9)),
        (["8K/scan.dat", "20K/scan.dat"], "{}K/", (8, 20)),
        (["Fe_8K_b/scan.dat", "Fe_20K_b/scan.dat"], "_{}K_b/", (8, 20)),
        (["x/a8K.dat"], "a{}K", (8,)),
        (["a_8K_8K.dat"], "_{}K", (8,)),
    ],
)
def test_a_pattern_that_fits_every_name(names, pattern, values) -> None:
    found = source(*names)
    assert found.condition == in_kelvin(pattern=pattern)
    assert found.values == values


@pytest.mark.parametrize(
    "names",
    [
        ["scan_1.dat", "scan_2.dat"],
        ["a_8K.dat", "a_9.dat"],
        ["a_8K_20K.dat"],
        ["Fe_K-edge.dat"],
        ["3K-edge.dat"],
        ["a_5000K.dat"],
        ["a_0K.dat"],
        ["T1.dat", "T2.dat"],
        ["C60Kr.dat"],
    ],
)
def test_nothing_is_guessed(names) -> None:
    found = source(*names)
    assert (found.condition, found.values) == (None, ())


def test_what_the_reader_gives_needs_no_condition() -> None:
    found = source("a_8K.dat", "b_8K.dat", T=11.0)
    assert (found.condition, found.values, found.words) == (None, (11.0, 11.0), "told by the files")


@pytest.mark.parametrize(
    ("key", "text", "kelvin"),
    [
        ("Temperature", "8.0 K", 8.0),
        ("Sample temp", "25 degC", 298.15),
        ("T (K)", "8", 8.0),
        ("temperature [K]", "8", 8.0),
    ],
)
def test_a_header_with_a_unit_counts_before_the_name(key, text, kelvin) -> None:
    found = source("a_300K.dat", headers=({key: text},))
    assert found.condition == in_kelvin(header=key)
    assert found.values == pytest.approx((kelvin,))


@pytest.mark.parametrize(
    "header", [{"Temperature": "8"}, {"Temperature": "room"}, {"Temporary": "8 K"}, {"T": "ab"}]
)
def test_a_header_without_a_unit_does_not(header) -> None:
    assert source("a.dat", headers=(header,)).values == ()


def test_of_two_thermometers_that_of_the_sample_or_none() -> None:
    two = {"Stage temperature": "20 K", "Cold finger temperature": "10 K"}
    assert source("a.dat", headers=(two,)).values == ()
    found = source("a.dat", headers=({**two, "Sample temperature": "25 K"},))
    assert found.values == (25.0,)
    same = {"Stage temperature": "20 K", "Cold finger temperature": "20 K"}
    assert source("a.dat", headers=(same,)).values == (20.0,)


def test_a_key_that_one_file_lacks_is_no_way() -> None:
    found = source("a_8K.dat", "a_9K.dat", headers=({"Temperature": "7 K"}, {}))
    assert found.condition == in_kelvin(pattern="_{}K")


def test_the_folder_itself_may_say_it() -> None:
    found = source("a.dat", "b.dat", folder=Path("run at 20K"))
    assert found.condition == in_kelvin(value=20)
    assert found.words == "in the folder's name"


def test_a_study_elsewhere_finds_the_same() -> None:
    found = source("8K/a.dat", "20K/a.dat", study=Path("results"))
    assert found.values == (8.0, 20.0)
    assert found.condition == in_kelvin(pattern="/{}K/")


@pytest.mark.parametrize(
    ("names", "pattern", "values"),
    [
        (["T50C.csv", "T100C.csv"], "T{}C", (323.15, 373.15)),
        (["-20C.0", "20C.0"], "{}C", (253.15, 293.15)),
        (["a 25 degC.txt", "a 30 degC.txt"], " {} degC", (298.15, 303.15)),
    ],
)
def test_degrees_celsius_in_every_name(names, pattern, values) -> None:
    found = source(*names)
    assert found.condition == Condition(pattern=pattern, unit="degC")
    assert found.values == pytest.approx(values)


@pytest.mark.parametrize(
    "names", [["a_80K.csv", "b_20C.csv"], ["a-20C.csv", "a-30C.csv"], ["13C.csv"], ["T120F.csv"]]
)
def test_no_temperature_from_two_units_a_hyphen_an_isotope_or_fahrenheit(names) -> None:
    assert source(*names).values == ()
