"""A study written for files named on a command line repeats what was asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from spectrafit.errors import SettingsError, StudyError
from spectrafit.fit.problem import ParameterChange
from spectrafit.study import tasks
from spectrafit.study.adhoc import adhoc_study
from spectrafit.study.files import study_files
from spectrafit.study.load import load_study, study_of_text


@pytest.fixture
def files(tmp_path):
    """Return two files below a folder."""
    made = [tmp_path / "raw" / name for name in ("scan10.dat", "scan2.dat")]
    made[0].parent.mkdir()
    for path in made:
        path.write_text("1 2\n", encoding="utf-8")
    return made


def found_files(loaded, number=-1):
    m = loaded.study.measurement[number]
    return [
        path.resolve() for path in study_files(m, loaded.folder, loaded.study.study.allow_outside)
    ]


def test_the_text_repeats_what_was_asked(files, tmp_path):
    loaded = adhoc_study(
        "xanes",
        files,
        settings={"peaks": 2, "window_eV": [7106.0, 7118.0], "columns": {"i0": "Io"}},
        parameters={"peak1.center": {"start": 7112.3, "min": 7112.2, "max": 7112.4}},
        inputs={"calibration": [files[0]]},
        reader="columns",
        folder=tmp_path,
    )
    again = study_of_text(loaded.text, folder=tmp_path)
    assert again.study == loaded.study
    foil, m = loaded.study.measurement
    assert (foil.role, foil.files) == ("calibration", ("raw/scan10.dat",))
    assert m.files == ("raw/scan2.dat",)  # the other is its calibration
    assert m.uses == {"calibration": ("calibration input",)}
    assert m.settings["window_eV"] == (7106.0, 7118.0)
    assert m.parameters["peak1.center"] == ParameterChange(start=7112.3, min=7112.2, max=7112.4)
    assert m.reader == "columns"
    assert not loaded.study.study.allow_outside


def test_the_written_study_finds_the_same_files(files, tmp_path):
    out = tmp_path / "results" / "deep"
    loaded = adhoc_study("xanes", files, folder=out)
    assert loaded.file == out / "study.toml"
    out.mkdir(parents=True)
    loaded.file.write_text(loaded.text, encoding="utf-8")
    assert found_files(load_study(loaded.file)) == [path.resolve() for path in reversed(files)]
    assert load_study(loaded.file).study.study.allow_outside


def test_files_are_relative_to_the_current_folder_without_another(files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    loaded = adhoc_study("xanes", [Path("raw/scan2.dat")])
    assert loaded.study.measurement[0].files == ("raw/scan2.dat",)
    assert loaded.file is None
    assert found_files(loaded) == [files[1].resolve()]


@pytest.mark.parametrize(
    "name", ["a b.dat", "[x].dat", "it's.dat", "#1.dat", "µ=½.dat", "{}.dat", "a,b.dat"]
)
def test_odd_names_are_found_again(tmp_path, name):
    path = tmp_path / name
    path.write_text("1 2\n", encoding="utf-8")
    (tmp_path / "x.dat").write_text("1 2\n", encoding="utf-8")
    assert found_files(adhoc_study("xanes", [path], folder=tmp_path)) == [path.resolve()]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize(("name", "words"), [(b"caf\xe9.dat", "no Unicode"), (b"a\nb.dat", "line")])
def test_names_that_cannot_be_written_are_refused(tmp_path, name, words):
    path = tmp_path / os.fsdecode(name)
    try:
        path.write_text("1 2\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    with pytest.raises((SettingsError, StudyError), match=words):
        adhoc_study("xanes", [path], folder=tmp_path)


def test_a_linked_file_keeps_the_name_it_was_given(files, tmp_path):
    link = tmp_path / "008K.dat"
    try:
        link.symlink_to(files[0])
    except OSError:
        pytest.skip("no symbolic links here")
    assert adhoc_study("xanes", [link], folder=tmp_path).study.measurement[0].files == ("008K.dat",)


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere.dat", "no such file"), ("raw", "this is a folder; name files in it")],
)
def test_what_is_no_file_is_refused(files, tmp_path, name, words):
    with pytest.raises(SettingsError, match=words):
        adhoc_study("xanes", [tmp_path / name])


def test_no_file_at_all_is_answered_with_the_line_to_type():
    with pytest.raises(SettingsError, match="type: spectrafit fit xanes FILE"):
        adhoc_study("xanes", [])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"settings": {"peak": 2}}, "did you mean peaks"),
        ({"settings": {"peaks": float("nan")}}, "nan"),
        ({"parameters": {"peak1.center": {"begin": 1.0}}}, "begin"),
        ({"inputs": {"foil": True}}, 'no input "foil"'),
        ({"reader": "nexus"}, "no reader"),
    ],
)
def test_wrong_settings_are_told_with_their_place(files, options, words):
    if "inputs" in options:
        options = {"inputs": {"foil": [files[0]]}}
    with pytest.raises(StudyError, match=words) as caught:
        adhoc_study("xanes", files, **options)
    assert caught.value.where == "fit xanes"


@pytest.mark.parametrize(
    ("names", "head", "condition"),
    [
        (("a_8K.dat", "a_100K.dat"), "", {"pattern": "_{}K", "unit": "K"}),
        (("a.dat", "b.dat"), "# Temperature: 8.0 K\n", {"header": "Temperature", "unit": "K"}),
        (("a_8K.dat", "b.dat"), "", None),
        (("a8.dat", "a100.dat"), "", None),
    ],
)
def test_a_temperature_is_taken_only_where_every_file_gives_it(tmp_path, names, head, condition):
    rows = "".join(f"{x} {x * x}\n" for x in range(1, 12))
    for name in names:
        (tmp_path / name).write_text(f"{head}# x y\n{rows}", encoding="utf-8")
    loaded = adhoc_study("xanes", [tmp_path / name for name in names], folder=tmp_path)
    found = loaded.study.measurement[-1].conditions
    if condition is None:
        assert "T" not in found
    else:
        assert {key: getattr(found["T"], key) for key in condition} == condition
    assert study_of_text(loaded.text, folder=tmp_path).study == loaded.study


def test_a_file_that_is_refused_does_not_hide_the_temperature_of_the_others(tmp_path):
    rows = "".join(f"{x} {x * x}\n" for x in range(1, 12))
    (tmp_path / "a_8K.dat").write_text(f"# x y\n{rows}", encoding="utf-8")
    (tmp_path / "b.dat").write_bytes(b"\x00\x01\x02 no table")
    loaded = adhoc_study("xanes", [tmp_path / "a_8K.dat", tmp_path / "b.dat"], folder=tmp_path)
    assert loaded.study.measurement[-1].conditions["T"].pattern == "_{}K"


def test_a_fault_of_a_reader_on_one_file_does_not_hide_it_either(tmp_path, monkeypatch):
    rows = "".join(f"{x} {x * x}\n" for x in range(1, 12))
    for name in ("a_8K.dat", "b_20K.dat"):
        (tmp_path / name).write_text(f"# x y\n{rows}", encoding="utf-8")
    read = tasks.read

    def broken(path, *, reader=""):
        if path.name.startswith("b"):
            raise ZeroDivisionError("a fault of the reader")
        return read(path, reader=reader)

    monkeypatch.setattr(tasks, "read", broken)
    loaded = adhoc_study("xanes", sorted(tmp_path.glob("*.dat")), folder=tmp_path)
    assert loaded.study.measurement[-1].conditions["T"].pattern == "_{}K"


def test_a_file_that_is_the_calibration_is_no_sample(files, tmp_path):
    loaded = adhoc_study("xanes", files, inputs={"calibration": [files[0]]}, folder=tmp_path)
    assert found_files(loaded) == [files[1].resolve()]
    assert found_files(loaded, 0) == [files[0].resolve()]
    alone = adhoc_study("xanes", files[:1], inputs={"calibration": [files[0]]}, folder=tmp_path)
    assert found_files(alone) == [files[0].resolve()]
