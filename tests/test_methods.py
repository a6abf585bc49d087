"""Sentences of a methods section: templates, merging, rules."""

from __future__ import annotations

import pickle

import pytest

from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry
from spectrafit.methods import MethodsRule, MethodsSentence, facts_of, merged_text
from spectrafit.observable import Observable


def merged(template, *values):
    return merged_text([MethodsSentence(template, {"v": value}) for value in values])


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((1.5,), "1.5"),
        ((1.5, 1.5), "1.5"),
        ((-124.8123456, -123.91), "−124.812 to −123.910"),
        ((3.0, 1.0, 2.0), "1 to 3"),
        ((2, 1, 2), "1 and 2"),
        ((1, 2, 3, 4, 5), "1 to 5"),
        (("Fe", "Co", "Fe"), "Fe and Co"),
        (("a", "b", "c", "d", "e", "f"), "a, b, c and 3 others"),
        (((0.33537, 0.0079),), "0.3354(79)"),
        (((0.5, 0.1), (0.25, 0.1)), "0.25(10) to 0.50(10)"),
        (((0.5, None),), "0.5"),
    ],
)
def test_values_of_several_files_become_one(values, text):
    assert merged("It was {v} eV.", *values) == f"It was {text} eV."


def test_digits_are_those_of_the_template_and_decide_what_differs():
    assert merged("It was {v:3} eV.", -124.82, -125.4) == "It was −125 eV."


def test_braces_of_a_formula_stand():
    assert merged_text([MethodsSentence("The set {{1, 2}}.")]) == "The set {1, 2}."


@pytest.mark.parametrize(
    ("text", "values", "words"),
    [
        ("no end", {}, "full stop"),
        ("", {}, "full stop"),
        ("It was {v}.", {}, "differ in v"),
        ("It was.", {"v": 1}, "differ in v"),
        ("It was {}.", {}, "no name"),
        ("It was {v.real}.", {"v": 1}, "no name"),
        ("It was {v!r}.", {"v": 1}, "no name"),
        ("It was {v:d}.", {"v": 1}, "no template"),
        ("It was {v.", {"v": 1}, "no template"),
        ("It was {v}.", {"v": None}, "no number and no text"),
        ("It was {v}.", {"v": [1.0, 2.0]}, "no number and no text"),
    ],
)
def test_a_faulty_sentence_is_refused(text, values, words):
    with pytest.raises(SpectrafitError, match=words):
        MethodsSentence(text, values)


def test_a_key_that_is_none_is_refused():
    with pytest.raises(SpectrafitError, match="no bibliography key"):
        MethodsSentence("It was.", {}, ("two words",))


def test_a_sentence_travels_and_cannot_be_changed():
    sentence = MethodsSentence("It was {v}.", {"v": (1.0, 0.1)}, ("key1999",))
    assert pickle.loads(pickle.dumps(sentence)) == sentence
    with pytest.raises(TypeError):
        sentence.values["v"] = 2.0


def observable(**more):
    return Observable("epr.g", "1", value=2.0, sigma=0.1, **more)


def test_a_rule_is_asked_where_what_it_speaks_of_is_on_record():
    asked = []

    def sentence(facts):
        asked.append(facts)
        return MethodsSentence("It was so.")

    step = observable(history=(HistoryEntry("shift", {"by": 1.0}),))
    shape = observable(conventions={"shape": "Gaussian"}, conditions={"T": 8.0})
    noise = observable(budget={"noise": 0.1})
    for rule, wanted in (
        (MethodsRule(sentence, steps=("shift",)), step),
        (MethodsRule(sentence, conventions=("shape", "width")), shape),
        (MethodsRule(sentence, budget=("noise",)), noise),
    ):
        said = [one for one in (step, shape, noise) if rule.said(facts_of(one)) is not None]
        assert said == [wanted]
    assert all(MethodsRule(sentence).said(facts_of(one)) for one in (step, shape, noise))
    assert asked[0].steps["shift"]["by"] == 1.0
    assert asked[1].conditions == {"T": 8.0}
