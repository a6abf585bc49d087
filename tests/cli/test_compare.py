"""`spectrafit compare`: the results of two runs, and what made the difference."""

from __future__ import annotations

import json

import pytest
from line_study import STUDY


@pytest.fixture
def results(cli, study):
    """Return the results folder of a study that was run with two settings."""
    text = f'{STUDY}\n[report]\nfigures = "none"\n'
    study.write_text(text, encoding="utf-8")
    cli("run", study)
    text = text.replace(
        "[measurement.conditions]", "settings = { degree = 2 }\n\n[measurement.conditions]"
    )
    study.write_text(text, encoding="utf-8")
    cli("run", study)
    return study.parent / "lines-results"


def test_an_earlier_result_is_compared_with_the_last(cli, results):
    (earlier,) = (results / "history").iterdir()
    said = cli("compare", earlier, results)
    assert (said.code, said.err) == (1, "")
    assert said.out.startswith(f"A: {earlier.as_posix()}, written 2")
    rows = [line.split() for line in said.out.splitlines()]
    assert ["field", "settings.degree", "default", "(1)", "2"] in rows
    assert any(row[:3] == ["field", "raw/s_8K.dat", "epr.area"] for row in rows)
    assert "same data" in said.out
    assert said.last.startswith("verdict: the results differ; ")
    assert cli("compare", earlier, results, "--tolerance", "50").code == 0


def test_equal_results_are_0(cli, results):
    said = cli("compare", results, results / "results.json")
    assert said.code == 0
    assert said.last.startswith("verdict: the results agree; 6 values, all within 0.01 ")


def test_json_is_alone_on_stdout(cli, results):
    (earlier,) = (results / "history").iterdir()
    said = cli("compare", earlier, results, "--json", "--out", "c.md")
    found = json.loads(said.out, parse_constant=lambda name: pytest.fail(name))
    assert (said.code, found["schema"], found["agree"]) == (1, 1, False)
    assert found["after"]["study"] == "lines"
    assert (results.parent / "c.md").is_file()


def test_a_file_is_the_last_line(cli, results):
    said = cli("compare", results, results, "--out", "c.html")
    assert (said.code, said.last) == (0, "c.html")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["nowhere", "lines-results"], "nowhere: No such file"),
        (["study.toml", "lines-results"], "study.toml: no strict JSON"),
        (["lines-results", "bad.json"], "bad.json: these results are not whole"),
        (["lines-results"], "Missing argument 'B'"),
        (["lines-results", "lines-results", "--out", "c.pdf"], "end the name with .csv"),
        (["lines-results", "lines-results", "--tolerance", "-1"], "tolerance"),
    ],
)
def test_wrong_words_are_answered(cli, results, words, line):
    bad = results.parent / "bad.json"
    bad.write_text('{"schema": 1, "results": [{}], "versions": {}}', encoding="utf-8")
    said = cli("compare", *words)
    assert (said.code, said.out) == (2, "")
    assert line in said.err
