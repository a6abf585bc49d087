"""A first study loads and runs as it stands, names its files exactly, and says what is missing."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from data import shared_data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from line_study import installed, line_text
from raw_folder import cobalt_text, foil_text, mixed_folder, scan_text, without, write_folder

from spectrafit.errors import SettingsError
from spectrafit.study.draft_text import Draft, lost_scans, study_draft
from spectrafit.study.files import exceptions_of, study_files
from spectrafit.study.load import LoadedStudy, study_of_text
from spectrafit.study.run import run_study
from spectrafit.study.settings import setting_rows
from spectrafit.study.stamp import stamp_of
from spectrafit.study.survey import survey


def drafted(folder: Path, file: Path | None = None) -> Draft:
    place = file or folder / "study.toml"
    place.parent.mkdir(exist_ok=True)
    return study_draft(survey(folder), place, "spectrafit run study.toml")


def loaded(made: Draft) -> LoadedStudy:
    return study_of_text(made.text, folder=made.file.parent)


def taken(made: Draft) -> dict[str, set[str]]:
    """Return the files of each measurement that a run would take, below the surveyed folder."""
    study, root = loaded(made), made.survey.folder.resolve()
    found = {}
    for m in study.study.measurement:
        outside = study.study.study.allow_outside
        excepted = exceptions_of(m, study.folder, outside)
        used = [p for p in study_files(m, study.folder, outside) if p not in excepted]
        found[m.name] = {path.resolve().relative_to(root).as_posix() for path in used}
    return found


def block(made: Draft, name: str) -> str:
    """Return the text of one measurement."""
    start = made.text.index(f'name = "{name}"')
    end = made.text.find("[[measurement]]", start)
    return made.text[start : end if end > 0 else len(made.text)]


def without_marks(text: str) -> str:
    """Return a study as its user leaves it: every value that is missing is given as shown."""
    return text.replace("# missing: ", "")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> Draft:
    return drafted(mixed_folder(tmp_path_factory.mktemp("mixed")))


def test_each_group_is_a_measurement_with_exactly_its_files(mixed: Draft) -> None:
    expected = {each.name: set(each.group.files) for each in mixed.measurements}
    assert taken(mixed) == expected
    assert list(expected) == [
        "herfd-Fe",
        "xanes-Co",
        "xanes-Fe",
        "herfd-Fe-calibration",
        "xanes-Fe-calibration",
    ]


def test_globs_are_short(mixed: Draft) -> None:
    globs = {m.name: m.files for m in loaded(mixed).study.measurement}
    assert globs["herfd-Fe"] == ("herfd/*K.dat",)
    assert globs["xanes-Co"] == ("xanes/Co/*.dat",)
    assert globs["xanes-Fe"] == ("xanes/*.dat",)


def test_temperatures_come_from_where_they_stand(mixed: Draft) -> None:
    ways = {m.name: m.conditions for m in loaded(mixed).study.measurement}
    assert ways["herfd-Fe"]["T"].header == "Temperature"
    assert ways["xanes-Fe"]["T"].pattern == "_{}K"
    assert ways["xanes-Co"]["T"].pattern == "[{}K"
    assert not ways["xanes-Fe-calibration"]


def test_a_broken_scan_among_good_ones_is_an_exception_with_its_reason(mixed: Draft) -> None:
    (xanes,) = (m for m in loaded(mixed).study.measurement if m.name == "xanes-Fe")
    (exception,) = xanes.exceptions
    assert exception.files == ("xanes/FeCo_20K_1.dat",)
    assert not exception.use
    assert "K edge" in exception.reason
    assert "# left out: empty.dat: the file is empty" in mixed.text
    assert "# left out: notes.md: no reader knows this file" in mixed.text
    assert "# passed over (hidden): .hidden/" in mixed.text
    lost = [one.file for one in lost_scans(mixed.survey, mixed.measurements)]
    assert lost == ["empty.dat", "xanes/FeCo_20K_1.dat"]
    stamp = stamp_of(mixed.text)
    assert stamp is not None
    assert (stamp.lost, stamp.edited) == (2, False)


def test_a_foil_waits_for_its_energy(mixed: Draft) -> None:
    study = loaded(mixed)
    assert all(not m.uses and "foil_eV" not in m.settings for m in study.study.measurement)
    assert {m.name: m.role for m in study.study.measurement}["xanes-Fe-calibration"] == (
        "calibration"
    )
    complete = study_of_text(without_marks(mixed.text), folder=study.folder).study
    by_name = {m.name: m for m in complete.measurement}
    assert by_name["herfd-Fe"].uses == {"calibration": ("herfd-Fe-calibration",)}
    assert by_name["herfd-Fe"].settings["foil_eV"] == 7112.0
    assert by_name["xanes-Fe"].uses == {"calibration": ("xanes-Fe-calibration",)}
    assert "of another folder: foils" in block(mixed, "xanes-Fe")
    assert not by_name["xanes-Co"].uses  # a foil of iron says nothing of cobalt


def test_a_foil_and_its_energy_each_name_the_other(mixed: Draft) -> None:
    lines = [line for line in mixed.text.splitlines() if line.startswith("# missing: ")]
    uses = [line for line in lines if line.startswith("# missing: uses")]
    energies = [line for line in lines if line.startswith("# missing: foil_eV")]
    assert len(uses) == len(energies) == 2
    assert all("needs foil_eV below as well" in line for line in uses)
    assert all("needs uses above as well" in line for line in energies)


def test_how_a_file_is_left_out_is_shown_once(mixed: Draft, tmp_path: Path) -> None:
    assert "# [[measurement.except]]" not in mixed.text  # it holds a real one
    texts = {f"{way}_8K.dat": scan_text() for way in ("heating", "cooling")}
    made = drafted(write_folder(tmp_path, texts))
    lines = made.text.splitlines()
    assert lines.count("# [[measurement.except]]") == 1
    start = lines.index("# [[measurement.except]]")
    example = [line.removeprefix("# ") for line in lines[start : start + 4]]
    file = "heating_8K.dat" if "heating_8K.dat" in "".join(lines[:start]) else "cooling_8K.dat"
    text = "\n".join([*lines[:start], *example, *lines[start + 4 :]]).replace("...", file, 1)
    first, second = study_of_text(text, folder=tmp_path).study.measurement
    assert [(one.files, one.use) for one in first.exceptions] == [((file,), False)]
    assert not second.exceptions


def test_a_draft_runs_with_the_axis_as_recorded_and_with_the_foil_once_it_is_given(
    tmp_path: Path,
) -> None:
    texts = {"a_8K.dat": scan_text(), "foil.dat": foil_text()}
    made = drafted(write_folder(tmp_path, texts))
    quick = "[measurement.settings]\nmax_peaks = 1\nmethod_spread = false"
    text = made.text.replace("[measurement.settings]", quick)
    as_recorded, calibrated = (
        run_study(study_of_text(each, folder=tmp_path)).results[0]
        for each in (text, without_marks(text))
    )
    assert as_recorded.status == calibrated.status == "done"
    assert as_recorded.conditions["T"] == 8.0
    assert "XAS-100" in {alert.code for alert in as_recorded.alerts}
    assert "XAS-100" not in {alert.code for alert in calibrated.alerts}


def test_what_is_missing_is_listed(mixed: Draft) -> None:
    asks = {each.name: each.asks for each in mixed.measurements}
    assert asks["herfd-Fe"] == ("foil_eV",)
    assert asks["xanes-Co"] == ()
    assert asks["xanes-Fe-calibration"] == ()


def test_settings_of_the_files_are_set_and_defaults_that_matter_are_comments(mixed: Draft) -> None:
    study = loaded(mixed)
    settings = {m.name: m.settings for m in study.study.measurement}
    assert settings["herfd-Fe"] == {"element": "Fe"}
    assert settings["xanes-Co"] == {"element": "Co", "signal": "fluorescence"}
    text = block(mixed, "herfd-Fe")
    assert '# background = "line+lorentzian"  # form of the rising edge below the peaks\n' in text
    assert "# window_eV = [LOW, HIGH]  # window of the pre-edge fit" in text
    assert "max_peaks" not in text
    assert "# other defaults: as above" in block(mixed, "xanes-Fe")


def test_every_line_of_defaults_is_a_setting(mixed: Draft) -> None:
    """Taking away the mark of a default with a value leaves a study that loads."""
    pattern = re.compile(r"^# (\w+ = (?!.*(?:LOW|NUMBER|true or false)).*)$", re.MULTILINE)
    text = pattern.sub(lambda line: line[1], mixed.text)
    text = text.replace('merge_by = ["T"]', '# merge_by = ["T"]')
    assert text != mixed.text
    assert study_of_text(text, folder=mixed.file.parent)


def test_a_sample_of_the_headers_has_its_table(mixed: Draft) -> None:
    study = loaded(mixed).study
    assert study.sample["Fe_sample"].label == "Fe sample"
    assert {m.name: m.sample for m in study.measurement}["herfd-Fe"] == "Fe_sample"
    assert {m.name: m.sample for m in study.measurement}["xanes-Fe"] == ""


def test_the_last_lines_say_what_to_type(mixed: Draft) -> None:
    *_, next_, run, more, stamp = mixed.text.splitlines()
    assert next_ == "# next:"
    assert run == "#   spectrafit run study.toml"
    assert more == "#   spectrafit techniques herfd"
    assert stamp.startswith("# drafted from files ")


def test_a_study_elsewhere_names_the_same_files(mixed: Draft, tmp_path: Path) -> None:
    made = drafted(mixed.survey.folder, tmp_path / "results" / "study.toml")
    assert loaded(made).study.study.allow_outside
    assert taken(made) == taken(mixed)
    assert [each.temperature and each.temperature.values for each in made.measurements] == [
        each.temperature and each.temperature.values for each in mixed.measurements
    ]


def test_scans_of_one_temperature_may_be_merged(tmp_path: Path) -> None:
    texts = {f"a_{T}K_{i}.dat": scan_text(seed=T + i) for T in (8, 20) for i in (1, 2)}
    made = drafted(write_folder(tmp_path, texts))
    assert '# merge_by = ["T"]  # 4 scans at 2 temperatures' in made.text
    merged = made.text.replace("# merge_by", "merge_by")
    assert study_of_text(merged, folder=tmp_path).study.measurement[0].merge_by == ("T",)


def test_no_temperature_is_asked_for(tmp_path: Path) -> None:
    texts = {"a.dat": scan_text(), "b.dat": scan_text(seed=2)}
    made = drafted(write_folder(tmp_path, texts))
    (measurement,) = made.measurements
    assert measurement.asks == ("T",)
    assert not loaded(made).study.measurement[0].conditions
    given_T = study_of_text(without_marks(made.text), folder=tmp_path)
    assert given_T.study.measurement[0].conditions["T"].value == 300


def test_a_branch_is_a_condition(tmp_path: Path) -> None:
    texts = {f"{way}_8K.dat": scan_text() for way in ("heating", "cooling")}
    made = drafted(write_folder(tmp_path, texts))
    found = {m.name: m.conditions["branch"].value for m in loaded(made).study.measurement}
    assert found == {"xanes-Fe-heating": "heating", "xanes-Fe-cooling": "cooling"}


def test_equal_names_in_several_folders_are_told_apart(tmp_path: Path) -> None:
    texts = {f"{place}/scan.dat": scan_text() for place in ("a", "b", "b/a", "c d", "é")}
    made = drafted(write_folder(tmp_path, texts))
    names = [each.name for each in made.measurements]
    assert len(set(names)) == 5
    assert {"xanes-Fe-b", "xanes-Fe-c_d", "xanes-Fe-é"} <= set(names)
    assert set().union(*taken(made).values()) == set(texts)


def test_of_two_foils_as_near_the_user_says_which(tmp_path: Path) -> None:
    texts = {"s/a.dat": scan_text(), "f1/foil.dat": foil_text(), "f2/foil.dat": foil_text()}
    made = drafted(write_folder(tmp_path, texts))
    names = "xanes-Fe-calibration-f1, xanes-Fe-calibration-f2"
    assert f"uses = {{ calibration = ... }}  # which of {names}?" in made.text
    assert loaded(made)


def test_foils_alone_are_fitted_as_samples(tmp_path: Path) -> None:
    made = drafted(write_folder(tmp_path, {"foil.dat": foil_text()}))
    (measurement,) = loaded(made).study.measurement
    assert measurement.role == "sample"
    assert '# role = "calibration"  # no sample here would use it' in made.text


def test_files_that_lack_something_wait_as_comments(tmp_path: Path) -> None:
    text = scan_text().replace("I0 (counts)", "ch1 (counts)").replace("IF (counts)", "ch2 (counts)")
    folder = write_folder(tmp_path, {"a.dat": scan_text(), "odd/b.dat": text, "odd/c.dat": text})
    made = drafted(folder)
    assert "# left out: odd/b.dat, odd/c.dat: which columns make mu?" in made.text
    columns = 'columns = { i0 = "ch1", fluorescence = "ch2" }'
    complete = without_marks(made.text).replace("columns = { ... }", columns)
    last = study_of_text(complete, folder=folder).study.measurement[-1]
    assert last.files == ("odd/*.dat",)
    assert last.settings == {"columns": {"i0": "ch1", "fluorescence": "ch2"}}


def test_nothing_that_suits_is_answered_with_the_reasons(tmp_path: Path) -> None:
    write_folder(tmp_path, {"notes.md": "words\n", "a.dat": ""})
    with pytest.raises(SettingsError, match="no technique wants a file of this folder") as caught:
        drafted(tmp_path)
    assert "notes.md: no reader knows this file" in caught.value.do
    (tmp_path / "none").mkdir()
    with pytest.raises(SettingsError, match="there are no files"):
        drafted(tmp_path / "none")


def test_settings_that_matter_are_listed_and_all_where_none_is_marked(tmp_path: Path) -> None:
    with installed(tmp_path):
        made = drafted(write_folder(tmp_path / "raw", {"a_8K.dat": line_text()}))
    assert "# window_mT = [LOW, HIGH]  # range that is fitted" in made.text
    assert "degree" not in made.text

    @dataclass(frozen=True)
    class Plain:
        degree: int = field(default=1, metadata={"meaning": "of the line", "unit": "1"})
        window_mT: tuple[float, float] | None = field(default=None, metadata={"unit": "mT"})
        shape: Literal["a", "b"] | None = field(default=None, metadata={})

    rows = setting_rows(Plain)
    assert all(row.matters for row in rows)
    assert [row.shape for row in rows] == ["NUMBER", "[LOW, HIGH]", '"..."']
    assert rows[2].choices == ("a", "b")


NAMES = st.sampled_from(
    ["a", "b1", "b2", "x/a", "x/a_8K", "x/a_20K", "y/foil", "foil", "8K", "a [1]", "h e", "ü", '"q']
)
FILES = st.dictionaries(
    NAMES, st.sampled_from(["scan", "sharp", "foil", "co", "words", "cut"]), min_size=1, max_size=7
)


@given(files=FILES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_folder_the_draft_loads_and_takes_its_files(files, tmp_path_factory) -> None:
    texts = {
        "scan": scan_text(),
        "sharp": scan_text("herfd", T_K=8.0),
        "foil": foil_text(),
        "co": cobalt_text(),
        "words": "no numbers here\n",
        "cut": scan_text()[:1500],
    }
    folder = tmp_path_factory.mktemp("any")
    write_folder(folder, {f"{name}.dat": texts[kind] for name, kind in files.items()})
    found = survey(folder)
    if not found.groups:
        return
    (folder / "beside").mkdir()
    for file in (folder / "study.toml", folder / "beside" / "study.toml"):
        made = study_draft(found, file, "spectrafit run study.toml")
        tomllib.loads(made.text)
        assert taken(made) == {each.name: set(each.group.files) for each in made.measurements}


def test_a_hostile_header_is_words_and_no_table(tmp_path: Path) -> None:
    label = 'x"\\] [study] = # missing:'
    text = without(scan_text(), "Sample").replace("# Element", f"# Sample: {label}\n# Element")
    made = drafted(write_folder(tmp_path, {"a.dat": text, "b.dat": text}))
    (sample,) = loaded(made).study.sample.values()
    assert sample.label == 'x"\\] [study] = # missing:'


def test_the_real_folder_makes_a_study(tmp_path: Path) -> None:
    made = drafted(shared_data("xas"), tmp_path / "study.toml")
    assert taken(made) == {each.name: set(each.group.files) for each in made.measurements}
    assert "# same content: soleil_lucia/PyNa17R_pt1_01.dat" in made.text
