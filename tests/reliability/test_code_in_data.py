"""Nothing that is read is run: the source has no call that could, and a hostile corpus proves it."""

from __future__ import annotations

import pickle

import pytest
from faults.code_as_data import packed_codes
from reliability.code_in_data import (
    ROOT,
    Tried,
    study_with,
    text_places,
    tried,
    tried_expressions,
    tried_files,
    tried_planted,
    tried_studies,
    tried_tampered,
)
from reliability.running_calls import EXCEPTIONS, calls_of_source, running_calls, unexplained

from spectrafit.study.schema import Study
from spectrafit.study.toml_text import document_of


def kept(found: list[Tried]) -> bool:
    assert [one for one in found if not one.is_kept] == []
    return bool(found)


def test_no_source_can_run_what_it_reads():
    found = calls_of_source(ROOT)
    assert unexplained(found) == []
    assert set(EXCEPTIONS) == {(one.file, one.what) for one in found}


def test_every_caller_of_larch_names_a_module_of_its_own():
    folder = ROOT / "techniques" / "spectrafit_xas"
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    calls = text.count("larch_module(") - text.count("def larch_module(")
    assert calls == text.count('larch_module("larch') > 3


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from pickle import loads",
        "import joblib as j",
        "from yaml import load",
        "import sympy.parsing",
        "eval(text)",
        "run = exec",
        "compile(text, 'f', 'exec')",
        "__import__(name)",
        "importlib.import_module(name)",
        "import_module(f'{name}.x')",
        "import_module(f'spectrafit{name}')",
        "os.system(line)",
        "from os import popen",
        "os.execvp(name, words)",
        "subprocess.run(line)\nimport subprocess",
        "run(line, shell=True)",
        "np.load(path)",
        "numpy.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=flag)",
        "frame.eval(text)",
        "frame.query(text)",
        "pd.read_pickle(path)",
        "lmfit.model.load_model(path)",
        "lmfit.Parameters.loads(text)",
        "parameters.add('a', expr=text)",
        "archive.extractall(folder)",
        "environment.from_string(text)",
    ],
)
def test_such_a_call_is_seen(text):
    assert [one.what for one in running_calls(text, "f.py")]


@pytest.mark.parametrize(
    "text",
    ["re.compile(text)", "np.load(path, allow_pickle=False)", "import_module('numpy')"]
    + ["import_module(f'spectrafit.fit.{name}')", "import os\nos.replace(a, b)", "x = 'eval(1)'"],
)
def test_a_harmless_call_is_not(text):
    assert [one.what for one in running_calls(text, "f.py")] == []


def test_the_canary_sings(tmp_path):
    """What is unpickled runs, and is seen; so is another error than ours."""
    canary = tmp_path / "ran"
    content = packed_codes(canary)["pickle4"]
    assert tried("", canary, lambda: pickle.loads(content).close()).fault == "ran"
    assert not canary.exists()
    assert tried("", canary, lambda: 1 / 0).fault.startswith("ZeroDivisionError")


def test_every_text_of_a_study_is_reached():
    places = list(text_places(Study))
    assert len(places) > 90
    for place in places:
        assert "the mark" in str(document_of(study_with(place, "the mark"), "study.toml")), place


def test_hostile_texts_in_a_study_and_its_arithmetic_run_nothing(tmp_path):
    assert kept(list(tried_studies(tmp_path, texts=1)))
    assert kept(list(tried_expressions(tmp_path)))


def test_hostile_files_run_nothing(tmp_path):
    assert kept(list(tried_files(tmp_path, every=12)))


def test_a_tampered_journal_and_tampered_results_run_nothing(tmp_path):
    assert kept(list(tried_tampered(tmp_path, journals=3, results=3)))


def test_code_beside_the_data_is_not_loaded(tmp_path):
    assert kept(list(tried_planted(tmp_path)))
