"""The methods section of a study: only what was done, once, with its references."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from reporting.outcomes import hostile_outcome, synthetic_outcome

from spectrafit.citation import Citation
from spectrafit.errors import PluginError
from spectrafit.history import HistoryEntry
from spectrafit.methods import MethodsRule, MethodsSentence
from spectrafit.reporting import methods
from spectrafit.reporting.methods import COMMON, COMPUTATION, methods_of
from spectrafit.reporting.written_methods import (
    methods_markdown,
    methods_tex,
    references_bib,
    written_methods,
)
from spectrafit.study.schema import ExpectedValue, Measurement

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "methods.md"
OUTCOME = synthetic_outcome()
VERSIONS = {"spectrafit-suite": "0.1.0", "python": "3.x", "numpy": "2.x", "scipy": "1.x"}


class Plain:
    """A technique that says nothing of its methods."""

    title = "a plain technique"


class Telling(Plain):
    """A technique that has a sentence for a step, a convention and a source of error."""

    citations = (Citation("wong2001", "misc", {"author": "Wong, A.", "title": "Lines"}),)
    methods = (
        MethodsRule(lambda facts: MethodsSentence("Errors hold the noise."), budget=("noise",)),
        MethodsRule(
            lambda facts: MethodsSentence(
                "The step is {step} at {T}.",
                {"step": facts.steps["normalise"]["edge_step"], "T": facts.conditions["T"]},
                ("wong2001",),
            ),
            steps=("normalise",),
        ),
        MethodsRule(
            lambda facts: MethodsSentence("The shape is {v}.", {"v": facts.conventions["shape"]}),
            conventions=("shape",),
        ),
    )


def with_technique(monkeypatch, found):
    def technique(name):
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(methods, "technique", technique)


def changed_items(outcome, change):
    """Return an outcome each of whose observables is changed."""
    results = tuple(
        one
        if one.observables is None
        else replace(
            one,
            observables=replace(one.observables, items=tuple(map(change, one.observables.items))),
        )
        for one in outcome.results
    )
    return replace(outcome, results=results)


def texts(outcome):
    return [one.text for section in methods_of(outcome).sections for one in section.sentences]


@pytest.mark.xdist_group("feco")
def test_the_methods_of_the_shipped_study_are_those_that_were_read(feco_outcome):
    """To renew: SPECTRAFIT_RENEW_GOLDEN=1 pytest tests/reporting/test_methods.py; read it."""
    text = methods_markdown(methods_of(replace(feco_outcome, versions=VERSIONS)))
    if os.environ.get("SPECTRAFIT_RENEW_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8", newline="\n")
        pytest.fail("methods.md was renewed: read the difference, then run without the variable")
    assert text == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.xdist_group("feco")
def test_every_step_and_convention_of_the_shipped_study_has_a_sentence(feco_outcome):
    found = methods_of(feco_outcome)
    assert found.unsaid == ()
    assert found.not_given == ()
    titles = [section.title for section in found.sections]
    assert titles == [
        COMMON,
        "xanes-fe (xanes)",
        "herfd-fe (herfd)",
        "xanes-co (xanes)",
        "mossbauer (mossbauer)",
        "ir (ir)",
        "squid (magnetism)",
        "pyro (pyro)",
        "structure (structure)",
        COMPUTATION,
    ]
    first = found.sections[0].sentences[0].text
    assert first == "Simulated data test the program; they are no measurement."


def test_the_first_sentence_says_what_was_evaluated_and_that_it_is_simulated(monkeypatch):
    with_technique(monkeypatch, Plain())
    assert texts(OUTCOME)[:2] == [
        "3 simulated scans of [FeCo] at T = 8, 100 and 250 K (measurement herfd) were evaluated "
        "with the technique herfd (a plain technique); 1 was refused and 1 was left out.",
        "Simulated data test the program; they are no measurement.",
    ]


def test_rules_speak_of_what_is_on_record_model_before_errors(monkeypatch):
    with_technique(monkeypatch, Telling())
    found = methods_of(OUTCOME)
    own = [one.text for one in found.sections[0].sentences[2:]]
    assert own == [
        "The step is 1 at 8 to 250.",
        "The shape is Pearson VII, exponent 2.",
        "Parameters were found by least squares (engine least_squares), weighted with the errors "
        "of the points; the covariance was not scaled.",
        "Errors hold the noise.",
    ]
    assert found.citations[0].key == "wong2001"
    assert found.references[0] == "A. Wong, Lines"
    assert "The step is 1 at 8 to 250 [1]." in found.paragraphs[0][1]
    assert found.unsaid == (
        "step read (herfd)",
        "convention window_eV (herfd)",
        "convention calibration (herfd)",
        "convention area_convention (herfd)",
    )
    assert "Without a sentence: step read (herfd), convention window_eV" in methods_markdown(found)


def test_what_did_not_happen_is_not_said(monkeypatch):
    with_technique(monkeypatch, Telling())
    bare = changed_items(OUTCOME, lambda item: replace(item, history=item.history[:1], budget={}))
    said = " ".join(texts(bare))
    assert "The step" not in said
    assert "Errors hold" not in said
    assert "wong2001" not in references_bib(methods_of(bare))


def test_the_text_of_a_step_speaks_where_no_rule_does(monkeypatch):
    with_technique(monkeypatch, Plain())
    entry = HistoryEntry("deglitch", {}, "spikes {were} removed", ("hall1977", "nobody1999"))
    found = methods_of(changed_items(OUTCOME, lambda item: replace(item, history=(entry,))))
    (sentence,) = (one for one in found.sections[0].sentences if "spikes" in one.text.lower())
    assert sentence.text == "Spikes {were} removed."
    assert sentence.cites == ("hall1977", "nobody1999")
    assert found.not_given == ("nobody1999",)
    assert "% not given in the study: nobody1999" in references_bib(found)
    assert found.references[-1] == "nobody1999: not given in the study"


def test_steps_of_the_core_have_sentences_of_the_core(monkeypatch):
    with_technique(monkeypatch, Plain())
    steps = (
        HistoryEntry("roles", {"x": "field", "y": "signal", "y_made_from": ""}),
        HistoryEntry("window", {"low": 326, "high": 346, "points": 3}),
    )
    found = methods_of(changed_items(OUTCOME, lambda item: replace(item, history=steps)))
    said = [one.text for one in found.sections[0].sentences]
    assert "The column signal was evaluated against field." in said
    assert "The points from 326 on, up to 346, were used." in said
    assert not any(what.startswith("step") for what in found.unsaid)


def test_a_rule_that_fails_costs_its_sentence_only(monkeypatch):
    class Failing(Telling):
        methods = (MethodsRule(lambda facts: 1 / 0, conventions=("shape",)), *Telling.methods[:2])

    with_technique(monkeypatch, Failing())
    found = methods_of(OUTCOME)
    assert "shape: ZeroDivisionError (herfd)" in found.unsaid
    assert "The step is 1 at 8 to 250." in texts(OUTCOME)


def test_a_technique_that_is_not_installed_costs_its_sentences_only(monkeypatch):
    with_technique(monkeypatch, PluginError("no technique 'herfd'"))
    found = methods_of(OUTCOME)
    assert "with the technique herfd (herfd)" in found.sections[0].sentences[0].text
    assert "convention shape (herfd)" in found.unsaid


def test_one_key_for_two_works_becomes_two_keys(monkeypatch):
    class Clashing(Telling):
        citations = (Citation("hall1977", "misc", {"author": "Hall, B.", "title": "Halls"}),)
        methods = (MethodsRule(lambda facts: MethodsSentence("As in a hall.", {}, ("hall1977",))),)

    with_technique(monkeypatch, Clashing())
    found = methods_of(OUTCOME)
    assert found.citations[0].key == "hall1977-herfd"
    assert found.citations[0].fields["title"] == "Halls"
    assert r"\cite{hall1977-herfd}" in methods_tex(found)


def test_sources_of_the_study_are_in_the_bibliography_or_said_to_be_missing():
    area = "herfd.fe.preedge.area"
    state = OUTCOME.study.state["HT"]
    for source in ("elam2002", "floquet2005"):
        expect = {area: ExpectedValue(source, value=8.8, sigma=0.4)}
        study = replace(OUTCOME.study, state={"HT": replace(state, expect=expect)})
        bib = references_bib(methods_of(replace(OUTCOME, study=study)))
        if source == "elam2002":
            assert "@article{elam2002," in bib
        else:
            assert bib.endswith("% not given in the study: floquet2005\n")
            assert "{floquet2005" not in bib


def test_what_all_measurements_share_is_said_once(monkeypatch):
    with_technique(monkeypatch, Telling())
    twin = tuple(replace(one, measurement="second") for one in OUTCOME.results[:1])
    study = replace(
        OUTCOME.study,
        measurement=(
            *OUTCOME.study.measurement,
            Measurement("second", "herfd", ("b.dat",), uses={"calibration": ("Fe foil",)}),
        ),
    )
    found = methods_of(replace(OUTCOME, study=study, results=(*OUTCOME.results, *twin)))
    assert [section.title for section in found.sections] == [
        COMMON,
        "herfd (herfd)",
        "second (herfd)",
        COMPUTATION,
    ]
    every = [one.text for section in found.sections for one in section.sentences]
    assert every.count("The shape is Pearson VII, exponent 2.") == 1
    assert found.sections[0].sentences[0].text.startswith("Simulated data")
    second = [one.text for one in found.sections[2].sentences]
    assert second == [
        "1 simulated scan at T = 8 K (measurement second) was evaluated with the technique herfd "
        "(a plain technique).",
        "The calibration comes from the measurement Fe foil.",
        "The step is 1 at 8.",
    ]


def test_merged_scans_are_spoken_of(monkeypatch):
    with_technique(monkeypatch, Plain())
    merged = replace(OUTCOME.results[0], scans=10, label="merged")
    said = texts(replace(OUTCOME, results=(*OUTCOME.results, merged)))
    assert "Scans of equal conditions were also merged, into 1 spectrum, and evaluated so." in said
    assert said[0].startswith("3 simulated scans")


def test_programs_are_named_with_their_versions():
    found = methods_of(replace(OUTCOME, versions={**VERSIONS, "spectrafit-epr": "0.2.0"}))
    last = found.paragraphs[-1][1]
    assert (
        "spectrafit-suite 0.1.0, with NumPy 2.x, SciPy 1.x, Python 3.x, spectrafit-epr 0.2.0"
        in last
    )
    assert "± is one standard uncertainty (k = 1)" in last
    keys = [one.key for one in found.citations]
    assert {"spectrafit-suite", "harris2020", "virtanen2020"} <= set(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("make", [synthetic_outcome, hostile_outcome])
def test_numbers_and_keys_lead_to_the_references(make):
    found = methods_of(make())
    markdown, tex, bib = methods_markdown(found), methods_tex(found), references_bib(found)
    numbers = {
        int(number)
        for one in re.findall(r"(?<!\\)\[([\d, ]+)\]\.", markdown)
        for number in one.split(",")
    }
    assert numbers == set(range(1, len(found.references) + 1))
    cited = {key for one in re.findall(r"\\cite\{([^}]*)\}", tex) for key in one.split(",")}
    assert cited == set(re.findall(r"^@\w+\{([^,]+),", bib, re.MULTILINE))
    assert tex.isascii()
    assert bib.isascii()


def test_hostile_texts_are_text():
    shown = MarkdownIt("commonmark", {"html": True}).render(
        methods_markdown(methods_of(hostile_outcome()))
    )
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<a " not in shown


def test_nothing_is_written_where_nothing_was_evaluated(tmp_path):
    empty = replace(OUTCOME, results=OUTCOME.results[3:])
    assert methods_of(empty).sections == ()
    assert written_methods(methods_of(empty), tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_files_are_written_and_equal_every_time(tmp_path):
    first = [path.read_bytes() for path in written_methods(methods_of(OUTCOME), tmp_path / "a")]
    second = [path.read_bytes() for path in written_methods(methods_of(OUTCOME), tmp_path / "b")]
    assert len(first) == 3
    assert first == second
