"""A folder sorted into measurements: every file once, with the reason; no plugin stops it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from data import shared_data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from line_study import installed, line_text
from raw_folder import foil_text, mixed_folder, scan_text, without, write_folder

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit.study import examine
from spectrafit.study.grouping import Group
from spectrafit.study.listing import fingerprint, listing
from spectrafit.study.survey import Survey, survey


def kinds(found: Survey) -> list[tuple[str, str, str, int]]:
    return [(g.technique, g.role, g.subject, len(g.files)) for g in found.groups]


def reasons(found: Survey) -> dict[str, str]:
    return {one.file: one.why for one in found.left_out}


def everywhere(found: Survey) -> list[str]:
    """Return every file of a survey as often as it is in it."""
    return [name for group in found.groups for name in group.files] + list(reasons(found))


def group_of(found: Survey, name: str) -> Group:
    (group,) = (group for group in found.groups if name in group.files)
    return group


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> Survey:
    return survey(mixed_folder(tmp_path_factory.mktemp("mixed")))


def test_files_are_grouped_by_technique_element_role_and_folder(mixed: Survey) -> None:
    assert kinds(mixed) == [
        ("herfd", "sample", "Fe", 3),
        ("xanes", "sample", "Co", 2),
        ("xanes", "sample", "Fe", 2),
        ("herfd", "calibration", "Fe", 1),
        ("xanes", "calibration", "Fe", 1),
    ]
    assert mixed.groups[0].files == ("herfd/8K.dat", "herfd/20K.dat", "herfd/100K.dat")
    assert group_of(mixed, "foils/Fe.dat").role == "calibration"
    assert not mixed.faults


def test_every_file_is_in_one_group_or_left_out_with_the_reason(mixed: Survey) -> None:
    assert sorted(everywhere(mixed)) == sorted(mixed.listed.files)
    assert reasons(mixed) == {
        "empty.dat": "the file is empty",
        "notes.md": "no reader knows this file",
        "xanes/FeCo_20K_1.dat": reasons(mixed)["xanes/FeCo_20K_1.dat"],
    }
    assert "K edge" in reasons(mixed)["xanes/FeCo_20K_1.dat"]
    assert [one.file for one in mixed.left_out if one.refused] == ["empty.dat"]


def test_what_is_passed_over_is_named(mixed: Survey) -> None:
    assert [(one.name, one.why) for one in mixed.passed] == [
        (".hidden/", "hidden"),
        ("old-results/", "results"),
    ]


def test_the_words_of_the_techniques_are_kept(mixed: Survey) -> None:
    assert mixed.groups[0].whys == {"energies hold the K edge of Fe; signal IF/I0": 3}
    assert mixed.groups[0].sample == ("Fe sample", "")
    assert group_of(mixed, "xanes/FeCo_8K_1.dat").sample == ("", "")


def test_heating_and_cooling_are_two_groups(tmp_path: Path) -> None:
    names = ("heating/8K.dat", "heating/20K.dat", "x_cooling_8K.dat", "Cool_down_20K.dat")
    found = survey(write_folder(tmp_path, dict.fromkeys(names, scan_text())))
    branches = {name: group.branch for group in found.groups for name in group.files}
    assert branches == dict(zip(names, ("heating", "heating", "cooling", "cooling"), strict=True))


def test_folders_that_differ_in_temperature_alone_are_one_series(tmp_path: Path) -> None:
    names = ("run/8K/s1.dat", "run/20K/s1.dat", "other/8K/s1.dat")
    found = survey(write_folder(tmp_path, dict.fromkeys(names, scan_text())))
    assert [group.files for group in found.groups] == [(names[2],), names[:2]]
    assert found.groups[1].folder == "run/{}K"


def test_samples_are_two_groups_where_the_headers_say_so(tmp_path: Path) -> None:
    texts = {
        f"s{i}.dat": scan_text(label=label) for i, label in enumerate(("A", "A", "B", "B", "A"))
    }
    found = survey(write_folder(tmp_path, texts))
    assert {group.sample[0]: len(group.files) for group in found.groups} == {"A": 3, "B": 2}
    (tmp_path / "s5.dat").write_text(scan_text(label="C"), encoding="utf-8")
    (only,) = survey(tmp_path).groups
    assert (only.sample, only.samples) == (("", ""), ("A", "B", "C"))


def test_names_that_a_study_cannot_write_and_second_names_are_left_out(tmp_path: Path) -> None:
    write_folder(tmp_path, {"a.dat": scan_text(), "b.dat": scan_text(seed=2)})
    odd = ["a\\b.dat", "a\nb.dat"] if os.name == "posix" else []
    for name in odd:
        (tmp_path / name).write_text(scan_text(), encoding="utf-8")
    (tmp_path / "c.dat").symlink_to(tmp_path / "b.dat")
    (tmp_path / "gone.dat").symlink_to(tmp_path / "nothing.dat")
    found = survey(tmp_path)
    assert found.groups[0].files == ("a.dat", "b.dat")
    assert reasons(found)["c.dat"] == "a link to b.dat"
    assert all("rename" in reasons(found)[name] for name in odd)
    assert not any(one.nameable for one in found.left_out)
    assert [one.name for one in found.passed] == ["gone.dat"]


def test_copies_are_named(tmp_path: Path) -> None:
    texts = {"a.dat": scan_text(), "b.dat": scan_text(), "c.dat": scan_text(seed=2)}
    assert survey(write_folder(tmp_path, texts)).copies == (("a.dat", "b.dat"),)


def test_processes_change_nothing(mixed: Survey, monkeypatch) -> None:
    monkeypatch.setattr(examine, "PARALLEL_BYTES", 0)
    again = survey(mixed.folder, jobs=2)
    assert kinds(again) == kinds(mixed)
    assert again.left_out == mixed.left_out
    assert [g.settings for g in again.groups] == [g.settings for g in mixed.groups]


def test_progress_counts_the_files(mixed: Survey) -> None:
    seen: list[tuple[int, int, str]] = []
    survey(mixed.folder, progress=lambda *each: seen.append(each))
    assert [done for done, _, _ in seen] == list(range(1, len(mixed.listed.files) + 1))


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for name, words in (("file", "a file"), ("nothing", "no such folder")):
        with pytest.raises(SettingsError, match=words):
            survey(tmp_path / name)


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    found = survey(tmp_path)
    assert (found.groups, found.left_out) == ((), ())


SUITS = "        roles = _roles(recording, self.x_unit)\n        if not"
FAULTS = {
    "raises": ('        raise ZeroDivisionError("a fault")\n', "ZeroDivisionError: a fault"),
    "no answer": ("        return True\n", "TypeError: suits() gives bool"),
    "unknown role": (
        '        return Suitability(True, "mine", role="mirror")\n',
        "ValueError: suits() says role 'mirror'",
    ),
    "unknown setting": (
        '        return Suitability(True, "mine", settings={"nothing": 1})\n',
        "StudyError",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_technique_is_named_and_stops_nothing(name: str, tmp_path: Path) -> None:
    line, words = FAULTS[name]
    with installed(tmp_path, {SUITS: line + SUITS}):
        folder = write_folder(tmp_path / "raw", {"a.dat": scan_text(), "b.dat": line_text()})
        found = survey(folder)
    assert kinds(found) == [("xanes", "sample", "Fe", 1)]
    assert words in found.faults["epr"]
    (left,) = found.left_out
    assert left.refused
    assert "epr: failed" in left.why


def test_two_techniques_that_want_a_file_alike_leave_it_to_the_user(tmp_path: Path) -> None:
    greedy = '        return Suitability(True, "everything is mine")\n'
    with installed(tmp_path, {SUITS: greedy + SUITS}):
        found = survey(write_folder(tmp_path / "raw", {"a.dat": scan_text()}))
    assert reasons(found) == {"a.dat": "epr and xanes want it alike: name the technique"}


def test_a_technique_is_shown_the_folders_below(tmp_path: Path) -> None:
    found = survey(
        write_folder(tmp_path / "foil", {"raw/foil/1.dat": without(foil_text(), "Samp")})
    )
    assert found.groups[0].role == "calibration"
    # the folder that is surveyed says nothing: all files are in it
    found = survey(write_folder(tmp_path / "foil2" / "foil", {"1.dat": scan_text()}))
    assert found.groups[0].role == "sample"


def test_recordings_come_without_their_columns(mixed: Survey) -> None:
    for group in mixed.groups:
        for recordings in group.recordings.values():
            assert all(isinstance(one, Recording) and not one.columns for one in recordings)


def test_a_fingerprint_changes_with_names_and_sizes_alone(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"a.dat": "12", "x/b.dat": "12", ".c": "1"})
    first = fingerprint(listing(folder))
    os.utime(folder / "a.dat", (1, 1))
    (folder / ".c").write_text("more", encoding="utf-8")
    (folder / "results").mkdir()
    (folder / "results" / "results.json").write_text("{}", encoding="utf-8")
    assert fingerprint(listing(folder)) == first
    (folder / "a.dat").write_text("123", encoding="utf-8")
    longer = fingerprint(listing(folder))
    (folder / "d.dat").write_text("", encoding="utf-8")
    assert len({first, longer, fingerprint(listing(folder))}) == 3


FILES = st.dictionaries(
    st.sampled_from(["a", "b1", "b2", "x/a", "x/y/b", "foil", "8K", "20K", "h e", "é"]),
    st.sampled_from(["scan", "sharp", "foil", "words", "empty", "numbers", "cut"]),
    max_size=6,
)


@given(files=FILES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_it_every_file_is_there_once(files, tmp_path_factory) -> None:
    texts = {
        "scan": scan_text(),
        "sharp": scan_text("herfd"),
        "foil": foil_text(),
        "words": "no numbers here\n",
        "empty": "",
        "numbers": "1 2\n3 4\n5 6\n",
        "cut": scan_text()[:1500],
    }
    folder = tmp_path_factory.mktemp("any")
    write_folder(folder, {f"{name}.dat": texts[kind] for name, kind in files.items()})
    found = survey(folder)
    assert sorted(everywhere(found)) == sorted(f"{name}.dat" for name in files)


def test_real_files_are_sorted_as_their_authors_describe_them() -> None:
    found = survey(shared_data("xas"))
    assert sorted(everywhere(found)) == sorted(found.listed.files)
    subjects = {(group.subject, group.role) for group in found.groups}
    assert {("Fe", "sample"), ("Mn", "sample"), ("V", "sample")} <= subjects
    assert {("Fe", "calibration"), ("Co", "calibration"), ("V", "calibration")} <= subjects
    minerals = group_of(found, "soleil_lucia/Andradite_pt1_01.dat")
    assert len(minerals.files) == 18
    assert minerals.settings["signal"] == "fluorescence"
    why = reasons(found)
    assert "too short" in why["soleil_lucia/GFL_PL_780_11_07_test100prct2_01.dat"]
    assert why["parseq/Fe-foil_EXAFS_23147.dat"].startswith("which columns make mu? ")
    assert not found.faults
