"""The JSON Schema says of a study what the loader says."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from study_corpus import BAD, EXAMPLE, GOOD, HEAD, TECHNIQUES, Bad

from spectrafit.strict_json import json_text
from spectrafit.study.json_schema import settings_schema, study_schema

VALIDATOR = Draft202012Validator(study_schema(TECHNIQUES))


def test_it_is_a_schema_of_draft_2020_12_in_strict_json() -> None:
    for schema in (study_schema(), study_schema(TECHNIQUES), settings_schema(TECHNIQUES["xanes"])):
        Draft202012Validator.check_schema(schema)
        assert json.loads(json_text(schema)) == schema


@pytest.mark.parametrize("text", GOOD.values(), ids=list(GOOD))
def test_it_accepts_what_the_loader_reads(text: str) -> None:
    assert not list(VALIDATOR.iter_errors(tomllib.loads(text)))


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_it_refuses_what_the_loader_refuses_within_one_table(bad: Bad) -> None:
    names = "technique" if bad.name == "technique" else ""  # its names are in the schema too
    refused = not VALIDATOR.is_valid(tomllib.loads(bad.text))
    assert refused == (bad.seen_by_schema or bool(names))


def walked(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, dict):
        return [schema, *(found for value in schema.values() for found in walked(value))]
    if isinstance(schema, list):
        return [found for value in schema for found in walked(value)]
    return []


def test_every_key_is_described_and_none_is_free() -> None:
    tables = [t for t in walked(study_schema()) if isinstance(t.get("properties"), dict)]
    assert len(tables) >= 10
    for table in tables:
        assert table["additionalProperties"] is False
    definitions = study_schema()["$defs"]
    for name in ("Measurement", "Condition", "ExpectedValue", "StudyHead", "Waiver"):
        for key, schema in definitions[name]["properties"].items():
            assert schema.get("description"), f"{name}.{key}"


def test_settings_of_a_technique_belong_to_its_measurements() -> None:
    schema = study_schema(TECHNIQUES)
    settings = schema["$defs"]["herfd settings"]["properties"]
    assert settings["window_eV"]["description"] == "fit window, in eV"
    assert settings["shape"]["enum"] == ["pearson7", "voigt"]
    assert settings["peaks"] == {"description": "number of peaks", "type": "integer", "default": 2}
    without = study_schema()
    assert "allOf" not in without["$defs"]["Measurement"]
    wrong = tomllib.loads(HEAD + "[measurement.settings]\npeeks = 3\n")
    assert Draft202012Validator(without).is_valid(wrong)
    assert not VALIDATOR.is_valid(wrong)


def test_the_comment_that_names_the_schema_is_allowed() -> None:
    assert EXAMPLE.startswith("#:schema")
