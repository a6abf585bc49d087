"""Results computed again agree within stated tolerances, and what differs is named."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting.outcomes import synthetic_outcome

from spectrafit.reporting.results import results_dict
from spectrafit.reporting.verify import IN_SIGMA, differences
from spectrafit.strict_json import json_text, json_value

RESULTS = json_value(json_text(results_dict(synthetic_outcome(), "2025-01-01")))


def changed(change):
    new = copy.deepcopy(RESULTS)
    change(new)
    return differences(RESULTS, new)


def area(results):
    return results["results"][0]["observables"][0]


def test_equal_results_are_the_same():
    found = changed(lambda new: None)
    assert not found.differ
    assert found.compared > 200
    assert found.lines[-1] == f"verdict: the same; {found.compared} numbers and words compared"
    assert "0.01 of their standard uncertainty" in found.lines[-2]


def test_time_and_versions_are_no_difference_but_versions_are_noted():
    def change(new):
        new["written"] = "2026-01-01"
        new["versions"]["numpy"] = "3.x"

    found = changed(change)
    assert not found.differ
    assert "computed then with numpy 2.x, now with 3.x" in found.lines


@given(st.floats(-3, 3))
def test_a_value_may_move_by_a_hundredth_of_its_error(steps):
    def change(new):
        area(new)["value"] += steps * IN_SIGMA * area(new)["sigma"]

    found = changed(change)
    if abs(abs(steps) - 1) > 1e-6:
        assert found.differ is (abs(steps) > 1)


def test_a_difference_names_file_key_old_and_new():
    def change(new):
        area(new)["value"] = 9.0

    (difference,) = changed(change).differences
    assert difference.file == "raw/008K.dat"
    assert difference.key == "herfd.fe.preedge.area, value"
    assert str(difference) == "raw/008K.dat: herfd.fe.preedge.area, value: was 5.1, is 9"


def set_observable(index, key, value):
    def change(new):
        new["results"][0]["observables"][index][key] = value

    return change


def set_parameter(name, key, value):
    def change(new):
        new["results"][0]["parameters"][name][key] = value

    return change


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (set_observable(0, "sigma", 0.2), "herfd.fe.preedge.area, sigma"),
        (set_observable(0, "sigma", None), "herfd.fe.preedge.area, sigma"),
        (set_observable(2, "value", 1.50001), "herfd.fe.preedge.fwhm, value"),
        (set_observable(2, "sigma_reason", "tied"), "herfd.fe.preedge.fwhm, sigma_reason"),
        (set_observable(3, "low", 0.25), "herfd.fe.preedge.ratio, low"),
        (set_observable(4, "value", "3"), "herfd.fe.preedge.count_best, value"),
        (set_observable(4, "verdict", "three peaks"), "herfd.fe.preedge.count_best, verdict"),
        (set_observable(5, "kind", "lower_limit"), "herfd.fe.preedge.shift, kind"),
        (set_parameter("peak1.center", "value", 7112.4), "parameter peak1.center, value"),
        (set_parameter("peak1.center", "fixed", True), "parameter peak1.center, fixed"),
        (set_parameter("peak2.fwhm", "at_bound", False), "parameter peak2.fwhm, at_bound"),
        (lambda new: new["results"][0].update(status="refused"), "status"),
        (lambda new: new["results"][0].update(ndata=120), "ndata"),
        (lambda new: new["results"][0].update(chi2=150.0), "chi2"),
        (lambda new: new["results"][0]["conditions"].update(T=9.0), "condition T"),
        (lambda new: new["results"][0].update(alerts=[]), "alerts"),
        (lambda new: new["results"][0].update(covariance=None), "covariance"),
        (lambda new: new["results"].pop(0), "result of herfd"),
        (lambda new: new["results"][0]["observables"].pop(0), "herfd.fe.preedge.area"),
        (lambda new: new["results"][0]["parameters"].pop("peak1.fwhm"), "parameter peak1.fwhm"),
        (lambda new: new["truth"][0].update(truth=5.5), "truth of herfd.fe.preedge.area of "),
        (lambda new: new.update(silent_keys=[]), "silent_keys"),
    ],
)
def test_every_kind_of_difference_is_found(change, key):
    found = changed(change)
    assert found.differ
    assert any(one.key.startswith(key) for one in found.differences)
    assert found.lines[-1].startswith("verdict: not the same")


def test_small_changes_of_shares_and_intervals_are_none():
    def change(new):
        items = new["results"][0]["observables"]
        items[3]["low"] += 0.001
        items[4]["shares"]["2"] += 5e-4
        items[4]["verdict"] = items[4]["verdict"].replace("two", "two")
        new["results"][0]["chi2"] *= 1 + 1e-7

    assert not changed(change).differ


def test_a_changed_raw_file_is_named_first():
    def change(new):
        area(new)["value"] = 9.0
        new["inputs"][0]["sha256"] = "f" * 64

    found = changed(change)
    assert found.lines[0] == f"raw/008K.dat: sha256: was {'0' * 64}, is {'f' * 64}"
    assert found.lines[-1].startswith("verdict: not the same; 1 input changed, 1 of")


def test_a_file_that_is_gone_or_new_is_a_changed_input():
    assert "is no input" in changed(lambda new: new["inputs"].pop(0)).lines[0]
    extra = {"file": "raw/9.dat", "measurement": "m", "sha256": "", "simulated": False}
    assert changed(lambda new: new["inputs"].append(extra)).lines[0] == (
        "raw/9.dat: sha256: was no input, is not read"
    )


def test_a_changed_study_is_told():
    found = changed(lambda new: new["study"].update(text="another"))
    assert found.lines[0].startswith("sha256 of the study's text: was ")


def test_many_differences_of_one_file_are_cut_short():
    def change(new):
        for item in new["results"][0]["observables"]:
            item["unit"] = "mT"
            item["verdict"] += " or more"

    lines = changed(change).lines
    assert any(line.startswith("raw/008K.dat: and ") for line in lines)
    assert len(lines) < 14


def test_a_digit_that_was_altered_on_file_is_named_however_small():
    old = copy.deepcopy(RESULTS)
    old["results"][0]["aic"] *= 1 + 1e-12
    found = differences(old, RESULTS)
    assert not found.differences
    assert found.differ
    assert any(line.startswith("in its digits: $.results[0].aic: was ") for line in found.lines)
    assert "the file was altered" in found.lines[-1]


def test_results_without_a_checksum_say_so():
    old = {name: value for name, value in RESULTS.items() if name != "content_sha256"}
    found = differences(old, RESULTS)
    assert not found.differ
    assert any("written without a checksum" in line for line in found.lines)


def test_a_changed_setting_is_named():
    def change(new):
        new["study"]["text"] += "# more"
        new["study"]["measurement"][0]["settings"] = {"peaks": 7}

    found = changed(change)
    assert any(one.key.startswith("setting settings.peaks of ") for one in found.changed)
