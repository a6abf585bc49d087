"""Errors say what, where and what to do, also on the other side of a process."""

from __future__ import annotations

import copy
import pickle

import pytest

from spectrafit import errors

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, errors.SpectrafitError)
    and kind is not errors.StudyError
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_pickling(kind):
    error = kind("it is wrong", where="a.dat:3", do="mend it", code="X-1")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is kind
        assert (twin.what, twin.where, twin.do, twin.code) == (
            "it is wrong",
            "a.dat:3",
            "mend it",
            "X-1",
        )
        assert str(twin) == str(error)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, "wrong"),
        ({"where": "a:1"}, "a:1: wrong"),
        ({"do": "mend"}, "wrong; mend"),
        ({"where": "a:1", "do": "mend"}, "a:1: wrong; mend"),
    ],
)
def test_text(given, text):
    assert str(errors.SpectrafitError("wrong", **given)) == text


def test_every_kind_has_its_own_code():
    codes = [kind.default_code for kind in (*KINDS, errors.StudyError)]
    assert len(set(codes)) == len(codes)
    assert errors.ReadError("wrong").code == errors.ReadError.default_code


def test_all_mistakes_of_a_study_are_listed_and_survive_pickling():
    mistakes = (errors.Mistake("$.a", "bad", "mend"), errors.Mistake("$.b", "worse"))
    error = errors.StudyError(mistakes, where="study.toml")
    twin = pickle.loads(pickle.dumps(error))
    assert twin.mistakes == mistakes
    assert str(twin) == str(error)
    assert "2 mistakes" in str(error)
    assert "$.a: bad; mend" in str(error)
    assert "1 mistake in" in str(errors.StudyError(mistakes[:1]))


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("mosbauer", "did you mean mossbauer?"),
        ("XANES", "did you mean xanes?"),
        ("zzz", "the techniques are: ir, mossbauer, xanes"),
    ],
)
def test_nearest(name, advice):
    known = ["ir", "mossbauer", "xanes"]
    assert errors.nearest(name, known, noun="the techniques") == advice


def test_nearest_of_many_and_of_none():
    assert errors.nearest("zzz", [f"name{i}" for i in range(30)], limit=2).endswith("and 28 more")
    assert errors.nearest("zzz", []) == "the names: there are none"
