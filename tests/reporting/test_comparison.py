"""Two results side by side: causes, values in standard uncertainties, alerts, and a verdict."""

from __future__ import annotations

import copy
import csv
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting.outcomes import synthetic_outcome

from spectrafit.errors import SettingsError
from spectrafit.reporting.comparison import compared
from spectrafit.reporting.comparison_files import comparison_json, write_comparison
from spectrafit.reporting.comparison_tables import comparison_tables, keys_table, verdict
from spectrafit.reporting.results import results_dict
from spectrafit.reporting.table_plain import plain_table
from spectrafit.strict_json import json_text, json_value

RESULTS = json_value(json_text(results_dict(synthetic_outcome(), "2025-01-01")))
AREA = "herfd.fe.preedge.area"
SIGMA = 0.123
DONE = 3 * 6


def changed(change, tolerance=0.01):
    new = copy.deepcopy(RESULTS)
    change(new)
    return compared(RESULTS, new, tolerance)


def area(results, scan=0):
    return results["results"][scan]["observables"][0]


def the_value(comparison):
    (value,) = comparison.differing
    return value


def test_equal_results_agree():
    found = changed(lambda new: None)
    assert found.agree
    assert (found.settings, found.files, found.versions, found.flags) == ((), (), (), ())
    assert len(found.values) == DONE
    assert comparison_tables(found) == ()
    assert verdict(found).startswith(f"verdict: the results agree; {DONE} values, all within 0.01")


@given(st.floats(-5, 5), st.floats(0.01, 1.0))
def test_the_same_data_fitted_again_differ_in_units_of_the_larger_uncertainty(step, sigma):
    def change(new):
        area(new).update(value=5.1 + step, sigma=sigma)

    value = next(one for one in changed(change).values if one.key == AREA)
    assert value.basis == "same data"
    assert value.in_sigma == pytest.approx(step / max(sigma, SIGMA), abs=1e-9)


@given(st.floats(-5, 5), st.floats(0.01, 1.0))
def test_other_data_are_independent_and_their_variances_add(step, sigma):
    def change(new):
        area(new).update(value=5.1 + step, sigma=sigma)
        new["results"][0]["source"]["sha256"] = "f" * 64

    value = next(one for one in changed(change).values if one.key == AREA)
    assert value.basis == "independent data"
    assert value.in_sigma == pytest.approx(step / math.sqrt(sigma**2 + SIGMA**2), abs=1e-9)


def test_where_the_data_are_not_known_to_differ_they_are_not_taken_as_independent():
    def change(new):
        area(new)["value"] = 6.0
        new["results"][0]["source"]["sha256"] = ""

    assert the_value(changed(change)).basis == "same data"


@given(st.floats(-3, 3), st.floats(0.001, 2.0))
def test_values_agree_within_the_tolerance(steps, tolerance):
    def change(new):
        area(new)["value"] += steps * SIGMA

    if abs(abs(steps) - tolerance) > 1e-6:
        assert changed(change, tolerance).agree is (abs(steps) <= tolerance)


@pytest.mark.parametrize(
    ("index", "change", "difference", "reason"),
    [
        (2, {"value": 1.6}, 0.1, "no standard uncertainty; at bound"),
        (2, {"value": 1.5, "sigma": 0.2, "sigma_reason": ""}, 0.0, "before: at bound"),
        (0, {"sigma": None, "sigma_reason": "singular"}, 0.0, "after: singular"),
        (3, {"low": 0.25}, None, "interval: no number with a standard uncertainty"),
        (4, {"value": "3"}, None, "category: no number"),
        (4, {"shares": {"3": 1.0}}, None, "category: no number"),
        (5, {"high": 0.06}, None, "upper limit: no number"),
        (0, {"unit": "eV"}, None, "value in 1 against value in eV"),
        (2, {"kind": "lower_limit", "value": None, "low": 1.0}, None, "against lower_limit"),
    ],
)
def test_without_two_uncertainties_the_difference_and_the_reason_are_given(
    index, change, difference, reason
):
    value = the_value(changed(lambda new: new["results"][0]["observables"][index].update(change)))
    assert value.in_sigma is None
    assert value.basis == ""
    assert value.difference == (difference if difference is None else pytest.approx(difference))
    assert reason in value.reason


def test_a_wider_error_is_a_difference_though_the_value_stays():
    value = the_value(changed(lambda new: area(new).update(sigma=0.2)))
    assert (value.difference, value.in_sigma) == (0.0, 0.0)


def test_small_changes_of_ends_and_shares_are_none():
    def change(new):
        items = new["results"][0]["observables"]
        items[3]["low"] += 0.001
        items[4]["shares"] = {key: one + 5e-4 for key, one in items[4]["shares"].items()}

    assert changed(change).agree


def test_an_observable_on_one_side_only_is_told():
    value = the_value(changed(lambda new: new["results"][0]["observables"].pop(0)))
    assert (value.key, value.after, value.reason) == (AREA, None, "only before")
    before = compared(
        *(changed_results(lambda new: new["results"][0]["observables"].pop(0)), RESULTS)
    )
    assert the_value(before).reason == "only after"


def changed_results(change):
    new = copy.deepcopy(RESULTS)
    change(new)
    return new


def test_settings_are_told_by_measurement_with_both_values():
    def change(new):
        (m,) = new["study"]["measurement"]
        m["settings"] = {"peaks": 2, "window_eV": [7106.0, 7118.0]}
        m["parameters"] = {"peak1.center": {"start": 7112.0, "fixed": False}}
        m["conditions"] = {"T": {"value": 8, "unit": "K"}}
        new["study"]["text"] = "another text"
        new["study"]["study"]["title"] = "another"

    found = changed(change)
    rows = {(one.measurement, one.setting): (one.before, one.after) for one in found.settings}
    assert rows.pop(("herfd", "settings.peaks")) == ("default (null)", "2")
    assert rows.pop(("herfd", "settings.window_eV"))[1] == "[7106.0, 7118.0]"
    assert rows.pop(("herfd", "parameters.peak1.center.start")) == ("", "7112.0")
    assert rows.pop(("herfd", "parameters.peak1.center.fixed")) == ("", "false")
    assert rows.pop(("herfd", "conditions.T.value")) == ("", "8")
    assert rows.pop(("herfd", "conditions.T.unit")) == ("", '"K"')
    assert rows.pop(("", "study.title"))[1] == '"another"'
    assert rows == {}
    # settings are a cause: the results are the same
    assert found.agree


def test_files_are_told_by_their_checksums():
    def change(new):
        new["results"][0]["source"]["sha256"] = "f" * 64
        new["results"][1].update(file="raw/new/100K.dat")
        new["results"][3].update(status="done", why="")
        new["results"].pop(4)
        extra = copy.deepcopy(new["results"][2])
        extra.update(file="raw/9K.dat")
        extra["source"]["sha256"] = "9" * 64
        new["results"].append(extra)

    found = changed(change)
    told = {one.file: (one.change, one.before, one.after) for one in found.files}
    assert told == {
        "raw/008K.dat": ("changed", "0" * 64, "f" * 64),
        "raw/new/100K.dat": ("renamed", "raw/100K.dat", "raw/new/100K.dat"),
        "raw/300K.dat": ("status", "refused", "done"),
        "raw/9K.dat": ("added", "", "9" * 64),
        "raw/120K.dat": ("removed", "b" * 64, ""),
    }
    # a renamed file is compared, a changed one too
    assert len(found.values) == DONE
    assert not found.agree


def test_the_same_names_in_another_folder_are_counterparts():
    def change(new):
        for number, row in enumerate(new["results"]):
            row["file"] = row["file"].replace("raw/", "second/")
            row["source"]["sha256"] = f"{number:x}" * 64
        new["results"][0]["source"]["sha256"] = "e" * 64

    found = changed(change)
    assert {one.change for one in found.files} == {"changed", "renamed"}
    assert len(found.values) == DONE
    assert found.values[0].basis == "independent data"


def test_scans_of_one_file_are_paired_in_their_order():
    def twice(results):
        results["results"].insert(1, copy.deepcopy(results["results"][0]))
        area(results, 1)["value"] = 7.0

    old, new = changed_results(twice), changed_results(twice)
    assert compared(old, new).agree
    new["results"].pop(1)
    found = compared(old, new)
    assert [one.change for one in found.files] == ["removed"]
    assert found.differing == ()


def test_versions_are_a_cause_and_no_difference():
    found = changed(lambda new: new.update(versions={"numpy": "3.x", "python": "3.13"}))
    assert {(one.name, one.before, one.after) for one in found.versions} == {
        ("numpy", "2.x", "3.x"),
        ("spectrafit-suite", "0.1.0", ""),
        ("python", "", "3.13"),
    }
    assert found.agree


def test_alerts_newly_raised_and_gone_are_told_and_notes_are_not():
    def change(new):
        alerts = new["results"][0]["alerts"]
        alerts[:] = [one for one in alerts if one["code"] == "XAS-100"]
        alerts.append({"code": "FIT-003", "level": "B", "text": "t", "do": ""})
        alerts.append({"code": "READ-001", "level": "G", "text": "t", "do": ""})

    found = changed(change)
    assert [(one.code, one.level, one.change) for one in found.flags] == [
        ("FIT-001", "C", "gone"),
        ("FIT-003", "B", "raised"),
    ]
    assert not found.agree
    assert verdict(found).endswith("2 alerts raised or gone")


def moved(new):
    """Change every area by another number of standard uncertainties."""
    for number, row in enumerate(new["results"][:3], 1):
        row["observables"][0]["value"] += number * SIGMA
    new["study"]["measurement"][0]["settings"] = {"peaks": 2}


def test_the_largest_differences_come_first_and_the_rest_is_counted():
    found = changed(moved)
    assert [round(one.in_sigma) for one in found.differing] == [3, 2, 1]
    tables = {table.name: table for table in comparison_tables(found, 2)}
    assert list(tables) == ["settings", "keys", "values"]
    assert len(tables["values"].rows) == 2
    text = plain_table(tables["values"])
    assert "1 smaller differences are not shown" in text
    assert "larger standard uncertainty" in text
    assert "5.47(12)" not in text
    assert "9.17(12)" in text
    (row,) = keys_table(found.values).rows
    assert row == ("herfd", AREA, "1", 3, 3, pytest.approx(2 * SIGMA), 3.0)


def test_json_is_strict_and_holds_every_value():
    text = json_text(comparison_json(changed(moved), {"path": "a"}, {"path": "b"}))
    found = json_value(text)
    assert (found["schema"], found["agree"], found["before"]) == (1, False, {"path": "a"})
    assert len(found["values"]) == DONE
    first = found["values"][0]
    assert (first["key"], first["basis"], first["differs"]) == (AREA, "same data", True)
    assert first["before"]["sigma"] == SIGMA
    assert first["in_sigma"] == pytest.approx(1.0)
    assert found["values"][2]["reason"] == "no standard uncertainty; at bound"


@pytest.mark.parametrize("suffix", ["md", "html", "csv"])
def test_a_file_is_written_as_its_name_ends(tmp_path, suffix):
    file = write_comparison(changed(moved), "b compared with a", tmp_path / f"c.{suffix}")
    text = file.read_text(encoding="utf-8")
    assert AREA in text
    if suffix == "csv":
        rows = list(csv.DictReader(text.splitlines()))
        assert len(rows) == DONE
        assert float(rows[0]["before_standard_uncertainty"]) == SIGMA
    else:
        assert "settings.peaks" in text
        assert "verdict: the results differ; 3 of 18 values differ" in text


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"end the name with \.csv, \.html, \.md"):
        write_comparison(changed(moved), "t", tmp_path / "c.pdf")
    assert not list(tmp_path.iterdir())
