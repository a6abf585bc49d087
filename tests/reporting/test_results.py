"""Strict JSON of an outcome."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import jsonschema
import pytest
from reporting.outcomes import hostile_outcome, synthetic_outcome

from spectrafit.observable import Observable
from spectrafit.reporting.results import fit_json, result_dict, results_dict, results_schema
from spectrafit.strict_json import json_text, json_value

CONTRACT = (
    "file",
    "technique",
    "status",
    "engine",
    "ndata",
    "nfree",
    "chi2",
    "redchi",
    "parameters",
    "observables",
    "alerts",
)


@pytest.fixture(scope="module")
def outcome():
    return synthetic_outcome()


@pytest.mark.parametrize("make", [synthetic_outcome, hostile_outcome])
def test_results_follow_the_published_schema(make):
    schema = results_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    found = json_value(json_text(results_dict(make(), "2025-01-01")))
    jsonschema.validate(found, schema)


def test_the_schema_refuses_an_error_without_a_reason(outcome):
    found = results_dict(outcome)
    parameter = found["results"][0]["parameters"]["peak2.fwhm"]
    assert parameter["sigma"] is None
    parameter["sigma_reason"] = ""
    with pytest.raises(jsonschema.ValidationError, match=r"non-empty|too short"):
        jsonschema.validate(found, results_schema())


def test_a_result_begins_with_the_contract(outcome):
    found = result_dict(outcome.results[0])
    assert tuple(found)[: len(CONTRACT)] == CONTRACT
    assert found["parameters"]["peak1.exponent"] == {
        "value": 2.0,
        "sigma": None,
        "sigma_reason": "fixed",
        "unit": "1",
        "at_bound": False,
        "fixed": True,
    }
    assert found["parameters"]["peak1.center"]["sigma"] == pytest.approx(0.02)
    assert (found["ndata"], found["nfree"], found["engine"]) == (121, 118, "least_squares")
    assert found["redchi"] == pytest.approx(found["chi2"] / 118)


def test_every_field_of_an_observable_is_there(outcome):
    for item in result_dict(outcome.results[0])["observables"]:
        assert list(item) == [field.name for field in fields(Observable)]


def test_covariance_and_shared_history_come_with_a_result(outcome):
    found = result_dict(outcome.results[0])
    assert found["covariance"]["keys"] == ["herfd.fe.preedge.area", "herfd.fe.preedge.centroid"]
    assert found["covariance"]["matrix"][0][1] == 1e-4
    assert found["parameter_covariance"]["names"][0] == "peak1.center"
    assert [entry["step"] for entry in found["history"]] == ["read", "normalise"]


def test_history_is_what_all_observables_share(outcome):
    result = outcome.results[0]
    items = result.observables.items
    longer = replace(items[0], history=(*items[0].history, items[0].history[0]))
    other = replace(items[1], history=items[1].history[:1])
    both = replace(result, observables=replace(result.observables, items=(longer, other)))
    assert [entry["step"] for entry in result_dict(both)["history"]] == ["read"]


def test_a_refused_file_has_a_reason_and_nulls(outcome):
    found = result_dict(outcome.results[3])
    assert found["status"] == "refused"
    assert "3 columns" in found["why"]
    assert found["chi2"] is None
    assert found["parameters"] == {}
    assert found["alerts"][0]["code"] == "RUN-002"


def test_an_alert_of_file_and_fit_is_listed_once(outcome):
    result = outcome.results[0]
    twice = replace(result, alerts=(*result.alerts, *result.observables.alerts))
    codes = [alert["code"] for alert in result_dict(twice)["alerts"]]
    assert sorted(codes) == ["FIT-001", "RUN-003", "XAS-100"]


def test_the_command_line_prints_the_same_results(outcome):
    printed = json.loads(fit_json(outcome))
    assert printed["schema"] == 1
    assert printed["results"] == json_value(json_text(results_dict(outcome)["results"]))


def test_results_are_equal_but_for_time_and_versions(outcome):
    first, second = results_dict(outcome, "1"), results_dict(synthetic_outcome(), "2")
    differ = {key for key in first if json_text(first[key]) != json_text(second[key])}
    assert differ == {"written"}


def test_waivers_and_study_alerts_are_kept(outcome):
    alerts = results_dict(outcome)["alerts"]
    assert [alert["code"] for alert in alerts][:2] == ["STA-001", "XAS-100"]
    assert {alert["waived"] for alert in alerts if alert["code"] == "XAS-100"} == {
        "relative energies only"
    }
