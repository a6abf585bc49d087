"""A temperature comes from where the study says, in K, or is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import StudyError
from spectrafit.recording import Column, Recording
from spectrafit.study.conditions import base_value, conditions_of
from spectrafit.study.schema import Condition, Measurement


def condition_of(
    condition: Condition,
    name: str = "FeCo_8K.dat",
    folder: Path = Path("study"),
    *,
    header: dict[str, str] | None = None,
    key: str = "T",
    columns: tuple[Column, ...] = (),
    **own: Any,
) -> float | str:
    measurement = Measurement("m", "xanes", ("*",), conditions={key: condition})
    recording = Recording(name, columns, header=header or {}, conditions=own)
    return conditions_of(measurement, recording, folder / name, folder)[key]


def refusal(condition: Condition, name: str = "FeCo_8K.dat", **more: Any) -> str:
    with pytest.raises(StudyError) as caught:
        condition_of(condition, name, **more)
    return str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "name", "unit", "expected"),
    [
        ("_{}K", "FeCo_8K.dat", "K", 8.0),
        ("_{}K", "FeCo_008K.dat", "K", 8.0),
        ("_{}K", "FeCo_8.5K_2.dat", "K", 8.5),
        ("{}K", "FeCo-8K.dat", "K", 8.0),
        ("-{}K", "FeCo-8K.dat", "K", 8.0),
        ("{}K", "300K.dat", "K", 300.0),
        ("_{}C", "FeCo_-10C.dat", "degC", 263.15),
        ("_{}C", "FeCo_25C.dat", "degC", 298.15),
        ("T{}_", "T1e2_a.dat", "K", 100.0),
        ("_{}", "scan_12.dat", "K", 12.0),
        ("_{}", "scan_12.5.dat", "K", 12.5),
        ("scan({})", "scan(7).dat", "K", 7.0),
        ("_{}K", "8K_8K_8K.dat", "K", 8.0),
        ("{}K/", "60K/scan_1.dat", "K", 60.0),
    ],
)
def test_a_number_is_found_in_the_name(pattern: str, name: str, unit: str, expected: float) -> None:
    assert condition_of(Condition(pattern=pattern, unit=unit), name) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("pattern", "name", "words"),
    [
        ("_{}K", "FeCo.dat", "is not in the name FeCo.dat"),
        ("_{}K", "FeCo_8k.dat", "is not in the name"),
        ("_{}K", "FeCo_x8K.dat", "is not in the name"),
        ("_{}", "a_8_300.dat", "finds 8 and 300"),
        ("{}K", "8K_to_300K.dat", "finds 8 and 300"),
        ("_{}K", "FeCo_-8K.dat", "below absolute zero"),
        ("_{}C", "FeCo_-300C.dat", "below absolute zero"),
    ],
)
def test_a_name_without_one_number_is_refused(pattern: str, name: str, words: str) -> None:
    unit = "degC" if "C" in pattern else "K"
    text = refusal(Condition(pattern=pattern, unit=unit), name)
    assert words in text
    assert name in text
    assert "$.measurement[m].conditions.T" in text


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("8", "K", 8.0),
        ("8.0", "K", 8.0),
        ("8 K", "K", 8.0),
        (" 8.5K ", "K", 8.5),
        ("20 degC", "K", 293.15),
        ("20", "degC", 293.15),
        ("300 K", "degC", 300.0),
        ("8.", "K", 8.0),
        (".5", "K", 0.5),
        ("1e1 Kelvin", "K", 10.0),
        ("90 deg", "deg", 90.0),
        ("0.5", "%", 0.005),
    ],
)
def test_a_header_gives_a_number_with_or_without_unit(
    text: str, unit: str, expected: float
) -> None:
    condition = Condition(header="Sample.temperature", unit=unit)
    found = condition_of(condition, header={"Sample.temperature": text})
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8,0", "no number in K"),
        ("8 eV", "is a photon energy, the study says K"),
        ("8 (setpoint)", "no number in K"),
        ("cold", "no number in K"),
        ("", "no entry"),
        ("nan", "no number in K"),
        ("-5", "below absolute zero"),
        ("8 K or so", "no number in K"),
    ],
)
def test_a_header_that_gives_no_number_is_refused(text: str, words: str) -> None:
    assert words in refusal(Condition(header="T", unit="K"), header={"T": text})


def test_a_missing_header_names_the_nearest() -> None:
    condition = Condition(header="Sample.temperatur", unit="K")
    text = refusal(condition, header={"Sample.temperature": "8", "Beamline.name": "x"})
    assert "did you mean Sample.temperature?" in text
    assert condition_of(Condition(header="temp", unit="K"), header={"TEMP": "8"}) == 8.0
    assert "has no" in refusal(
        Condition(header="temp", unit="K"), header={"TEMP": "8", "Temp": "9"}
    )


def test_a_word_is_a_condition_without_unit() -> None:
    assert condition_of(Condition(header="branch"), header={"branch": "heating"}) == "heating"
    assert condition_of(Condition(value="cooling")) == "cooling"
    assert "no number" in refusal(Condition(header="n"), header={"n": "8 apples"})


@pytest.mark.parametrize(
    "table",
    [
        "file,T_K,branch\nFeCo_8K.dat,8.5,up\nother.dat,9,down\n",
        "T_K; file; branch\n8,5; FeCo_8K.dat; up\n9; other.dat; down\n",
        "# written by hand\nfile\tbranch\tT_K\n\nFeCo_8K.dat\tup\t8,5\nother.dat\tdown\t9\n",
        '\ufefffile,T_K,branch\r\n"FeCo_8K.dat","8.5 K",up\r\n',
    ],
)
def test_a_table_gives_each_file_its_row(tmp_path: Path, table: str) -> None:
    (tmp_path / "T.csv").write_bytes(table.encode())
    condition = Condition(table="T.csv", column="T_K", unit="K")
    assert condition_of(condition, folder=tmp_path) == 8.5
    assert condition_of(Condition(table="T.csv", column="branch"), folder=tmp_path) == "up"


def test_a_table_may_have_a_row_for_each_scan_of_a_file(tmp_path: Path) -> None:
    text = (
        "file,T,branch\nseries.spg#1,80,heating\nseries.spg#2,90,heating\nseries.spg,300,cooling\n"
    )
    (tmp_path / "T.csv").write_text(text, encoding="utf-8")
    conditions = {
        "T": Condition(table="T.csv", column="T", unit="K"),
        "branch": Condition(table="T.csv", column="branch"),
    }
    measurement = Measurement("m", "ir", ("*",), conditions=conditions)

    def of(name: str) -> dict[str, float | str]:
        return dict(
            conditions_of(measurement, Recording(name, ()), tmp_path / "series.spg", tmp_path)
        )

    assert of("series.spg#2") == {"T": 90.0, "branch": "heating"}
    assert of("series.spg#3") == {"T": 300.0, "branch": "cooling"}  # that of the whole file


def test_a_table_may_name_files_by_their_path_and_may_change(tmp_path: Path) -> None:
    table = tmp_path / "T.csv"
    condition = Condition(table="T.csv", column="T", unit="K")
    table.write_text("file,T\nraw/a.dat,8\nraw2/a.dat,90\n", encoding="utf-8")
    assert condition_of(condition, "raw2/a.dat", tmp_path) == 90.0
    table.write_text("file,T\nraw/a.dat,8\nraw2/a.dat,125\n", encoding="utf-8")
    assert condition_of(condition, "raw2/a.dat", tmp_path) == 125.0


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("name,T\nFeCo_8K.dat,8\n", 'no column "file"'),
        ("file,Temp\nFeCo_8K.dat,8\n", 'no column "T"'),
        ("file,T\nFeCo_9K.dat,8\n", "no rows for FeCo_8K.dat; did you mean FeCo_9K.dat?"),
        ("file,T\nFeCo_8K.dat,8\nFeCo_8K.dat,9\n", "2 rows for FeCo_8K.dat"),
        ("file,T\nFeCo_8K.dat,\n", "no entry"),
        ("file,T\nFeCo_8K.dat,x\n", "no number in K"),
        ("file,T\nFeCo_8K.dat,8,5\n", "row 2 of T.csv has 3 cells"),
        ("\n", "T.csv: the file is empty"),
    ],
)
def test_a_table_without_one_row_for_the_file_is_refused(
    tmp_path: Path, table: str, words: str
) -> None:
    (tmp_path / "T.csv").write_text(table, encoding="utf-8")
    condition = Condition(table="T.csv", column="T", unit="K")
    assert words in refusal(condition, folder=tmp_path)


def test_a_table_that_is_not_there_or_outside_is_refused(tmp_path: Path) -> None:
    study = tmp_path / "study"
    study.mkdir()
    (tmp_path / "T.csv").write_text("file,T\nFeCo_8K.dat,8\n", encoding="utf-8")
    (study / "temps.csv").touch()
    text = refusal(Condition(table="temp.csv", column="T", unit="K"), folder=study)
    assert "did you mean temps.csv?" in text
    outside = Condition(table="../T.csv", column="T", unit="K")
    assert "allow_outside" in refusal(outside, folder=study)
    measurement = Measurement("m", "xanes", ("*",), conditions={"T": outside})
    recording = Recording("FeCo_8K.dat", ())
    found = conditions_of(measurement, recording, study / "FeCo_8K.dat", study, True)
    assert found == {"T": 8.0}


def test_the_study_overrules_the_file_and_keeps_the_rest() -> None:
    measurement = Measurement("m", "xanes", ("*",), conditions={"T": Condition(value=8, unit="K")})
    recording = Recording("a", (), conditions={"T": 7.0, "branch": "up"})
    found = conditions_of(measurement, recording, Path("a"), Path())
    assert found == {"T": 8.0, "branch": "up"}


def test_without_a_word_of_the_study_nothing_is_guessed() -> None:
    recording = Recording("FeCo_8K.dat", (), header={"temperature": "8 K"})
    plain = Measurement("m", "xanes", ("*",))
    assert conditions_of(plain, recording, Path("FeCo_8K.dat"), Path()) == {}


def test_every_missing_condition_is_told_at_once() -> None:
    conditions = {"T": Condition(pattern="_{}K", unit="K"), "H": Condition(header="H", unit="Oe")}
    measurement = Measurement("m", "xanes", ("*",), conditions=conditions)
    with pytest.raises(StudyError) as caught:
        conditions_of(measurement, Recording("a.dat", ()), Path("a.dat"), Path())
    assert len(caught.value.mistakes) == 2
    assert caught.value.where == "a.dat"


@given(st.integers(0, 2000), st.sampled_from(["", "0", "00"]), st.sampled_from(["_", "-", " T="]))
def test_any_whole_temperature_comes_back(number: int, zeros: str, before: str) -> None:
    name = f"FeCo{before}{zeros}{number}K.dat"
    assert condition_of(Condition(pattern=before + "{}K", unit="K"), name) == number


@pytest.mark.parametrize(
    ("number", "unit", "expected"), [(25, "degC", 298.15), (2, "min", 120), (5, "%", 0.05)]
)
def test_base_units(number: float, unit: str, expected: float) -> None:
    assert base_value(number, unit) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "unit", "said", "expected"),
    [
        ([51.98, 52.0, 52.02], "1", "K", 52.0),
        ([20.0, np.nan, 20.2], "degC", "K", 293.25),
        ([20.0, 20.2], "1", "degC", 293.25),
    ],
)
def test_a_column_of_the_file_gives_its_mean(
    values: list[float], unit: str, said: str, expected: float
) -> None:
    column = Column("T2", np.array(values), unit)
    found = condition_of(Condition(column="T2", unit=said), columns=(column,))
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "unit", "words"),
    [
        ([200.0, 300.0], "K", "runs from 200 to 300"),
        ([np.nan, np.nan], "K", "holds no number"),
        ([7000.0, 7001.0], "eV", "the study says K"),
        ([-1.0, -1.0], "K", "below absolute zero"),
    ],
)
def test_a_column_that_is_no_temperature_of_the_scan_is_refused(
    values: list[float], unit: str, words: str
) -> None:
    column = Column("T2", np.array(values), unit)
    assert words in refusal(Condition(column="T2", unit="K"), columns=(column,))


def test_a_column_that_the_file_lacks_is_refused() -> None:
    column = Column("T2", np.array([8.0, 8.0]), "K")
    assert "T2" in refusal(Condition(column="T1", unit="K"), columns=(column,))
