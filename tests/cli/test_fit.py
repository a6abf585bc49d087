"""`spectrafit fit`: one technique on files, as a table or as JSON."""

from __future__ import annotations

import json

import pytest
from cli.conftest import spawned
from line_study import line_text

from spectrafit.observable import Observable
from spectrafit.reference import root
from spectrafit.study import tasks
from spectrafit.study.load import load_study

CONTRACT = {
    "file": str,
    "technique": str,
    "status": str,
    "engine": str,
    "ndata": int,
    "nfree": int,
    "chi2": float,
    "redchi": float,
    "aic": float,
    "bic": float,
    "parameters": dict,
    "observables": list,
    "alerts": list,
}


def strict(text):
    def refuse(name):
        raise ValueError(name)

    return json.loads(text, parse_constant=refuse)


def test_a_table_is_printed(cli, study):
    said = cli("fit", "epr", "raw/s_8K.dat")
    assert (said.code, said.err) == (
        0,
        "T is read from the file names: _{}K\n"
        "for the report with its figures: the same line with --out FOLDER\n",
    )
    assert "s_8K" in said.out
    assert "position / mT" in said.out


def test_json_is_strict_and_alone_on_stdout(cli, study):
    said = cli("fit", "epr", "raw/s_8K.dat", "raw/s_20K.dat", "--json")
    assert (said.code, said.err) == (0, "T is read from the file names: _{}K\n")
    found = strict(said.out)
    assert list(found) == ["schema", "results"]
    assert found["schema"] == 1
    for result in found["results"]:
        for key, kind in CONTRACT.items():
            assert isinstance(result[key], kind), key
        for parameter in result["parameters"].values():
            assert set(parameter) == {
                "value",
                "sigma",
                "sigma_reason",
                "unit",
                "at_bound",
                "fixed",
            }
        for item in result["observables"]:
            assert set(item) == set(Observable.__dataclass_fields__)
        for alert in result["alerts"]:
            assert {"code", "level", "text", "do"} <= set(alert)


def test_what_a_plugin_prints_is_not_part_of_the_json(cli, study, monkeypatch):
    real = tasks._result_of

    def chatting(task, recording):
        print("the chatter of a plugin")
        return real(task, recording)

    monkeypatch.setattr(tasks, "_result_of", chatting)
    said = cli("fit", "epr", "raw/s_8K.dat", "--json")
    assert strict(said.out)["results"][0]["status"] == "done"
    assert "chatter" in said.err


def test_a_refused_file_is_part_of_the_json(cli, study):
    (study.parent / "raw" / "bad.dat").write_text("torn", encoding="utf-8")
    said = cli("fit", "epr", "raw/s_8K.dat", "raw/bad.dat", "--json")
    assert said.code == 1
    status = {row["file"]: row["status"] for row in strict(said.out)["results"]}
    assert status == {"raw/bad.dat": "refused", "raw/s_8K.dat": "done"}
    assert cli("fit", "epr", "raw/bad.dat", "--json").code == 2


def test_json_survives_a_console_that_lacks_letters(tmp_path):
    file = tmp_path / "鉄.dat"
    file.write_text("torn", encoding="utf-8")
    said = spawned("fit", "xanes", file, "--json", folder=tmp_path, PYTHONIOENCODING="cp1252")
    assert said.code == 2
    assert strict(said.out)["results"][0]["file"] == "鉄.dat"


def test_settings_come_from_a_file_and_from_the_line(cli, study):
    settings = study.parent / "my.toml"
    settings.write_text(
        'window_mT = [330.0, 342.0]\n[parameters]\n"line.fwhm" = { start = 4.0, fixed = true }\n',
        encoding="utf-8",
    )
    words = ["fit", "epr", "raw/s_8K.dat", "--json", "--settings", settings]
    (result,) = strict(cli(*words).out)["results"]
    assert result["ndata"] == 121
    assert result["parameters"]["line.fwhm"]["fixed"]
    more = ["--set", "window_mT=[326, 346]", "--set", 'parameters."line.center".max=340']
    (result,) = strict(cli(*words, *more).out)["results"]
    assert result["ndata"] == 201


def test_a_report_is_written_with_the_study_that_repeats_it(cli, study):
    said = cli("fit", "epr", "raw/s_8K.dat", "--set", "degree=2", "--out", "fitted")
    assert (said.code, said.last) == (0, "fitted")
    folder = study.parent / "fitted"
    again = load_study(folder / "study.toml").study
    assert again.measurement[0].settings["degree"] == 2
    first = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert first["study"]["file"] == "study.toml"
    assert cli("verify", "fitted").code == 0


def test_an_earlier_study_is_kept(cli, study):
    cli("fit", "epr", "raw/s_8K.dat", "--out", "r", "--json")
    mine = study.parent / "r" / "study.toml"
    text = mine.read_text(encoding="utf-8") + "# my remark\n"
    mine.write_text(text, encoding="utf-8")
    cli("fit", "epr", "raw/s_20K.dat", "--out", "r", "--json")
    kept = [path.read_text(encoding="utf-8") for path in mine.parent.glob("history/*/study.toml")]
    assert text in kept


def test_a_forgotten_technique_is_answered_with_the_line_to_type(cli, study):
    said = cli("fit", "raw/s_8K.dat", "raw/s_20K.dat")
    assert said.code == 2
    assert "type: spectrafit fit epr " in said.err
    assert "s_20K.dat" in said.err


def test_the_technique_that_suits_a_shipped_file_is_named(cli):
    file = root() / "feco" / "raw" / "herfd_fe_008K.dat"
    assert f"type: spectrafit fit herfd {file}" in cli("fit", file).err


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["fit"], "type: spectrafit fit TECHNIQUE FILE"),
        (["fit", "eprr", "a.dat"], "no technique 'eprr'; type: spectrafit fit epr a.dat"),
        (["fit", "nmr", "a.dat"], "no technique 'nmr'; the techniques are: "),
        (["fit", "epr"], "no files; type: spectrafit fit epr FILE"),
        (["fit", "epr", "nowhere.dat"], "nowhere.dat: there is no such file"),
        (["fit", "epr", "raw"], "raw: this is a folder; name files in it"),
        (["fit", "epr", "raw/s_8K.dat", "--set", "degre=2"], "did you mean degree?"),
        (["fit", "epr", "raw/s_8K.dat", "--set", "degree"], "write --set key=value"),
        (["fit", "epr", "raw/s_8K.dat", "--set", "degree=2.5"], "a whole number"),
        (["fit", "epr", "raw/s_8K.dat", "--set", "degree=nan"], "nan"),
        (["fit", "epr", "raw/s_8K.dat", "--set", "degree=2020-01-01"], "date"),
        (["fit", "epr", "raw/s_8K.dat", "--set", "parameters=3"], "a table is meant"),
        (["fit", "epr", "raw/s_8K.dat", "--set", "a b=3"], "'a b' is no key"),
        (["fit", "epr", "raw/s_8K.dat", "--set", "degre=2", "--out", "new"], "degree?"),
        (["fit", "epr", "raw/s_8K.dat", "--input", "foil"], "write --input NAME=FILE"),
        (["fit", "epr", "raw/s_8K.dat", "--input", "foil=raw/s_8K.dat"], 'no input "foil"'),
        (["fit", "epr", "raw/s_8K.dat", "--reader", "nexus"], "no reader"),
        (["fit", "epr", "raw/s_8K.dat", "--settings", "no.toml"], "no.toml: No such file"),
        (["fit", "epr", "raw/s_8K.dat", "--out", "study.toml"], "this is no folder"),
    ],
)
def test_wrong_words_are_answered(cli, study, words, line):
    said = cli(*words)
    assert (said.code, said.out) == (2, "")
    assert line in said.err
    assert not (study.parent / "new").exists()


def test_a_number_of_a_setting_may_hold_a_decimal_comma_only_as_an_error(cli, study):
    said = cli("fit", "epr", "raw/s_8K.dat", "--set", "window_mT=[330,5, 342,5]")
    assert said.code == 2
    assert "decimal point" in said.err


def test_a_file_may_have_an_odd_name(cli, study):
    (study.parent / "a b [1].dat").write_text(line_text(), encoding="utf-8")
    (result,) = strict(cli("fit", "epr", "a b [1].dat", "--json").out)["results"]
    assert result["file"] == "a b [1].dat"


def test_a_folder_with_a_study_of_its_own_is_no_results_folder(cli, study):
    before = study.read_bytes()
    said = cli("fit", "epr", "raw/s_8K.dat", "--out", str(study.parent))
    assert said.code == 2
    assert "holds a study already" in said.err
    assert study.read_bytes() == before
    assert not (study.parent / "history").exists()
