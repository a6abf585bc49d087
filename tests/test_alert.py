"""Alerts: stable codes, words with numbers in them, equal ones counted."""

from __future__ import annotations

import re

import pytest

from spectrafit.alert import CORE_ALERTS, Alert, AlertSpec, Level, alert_spec, counted

SPEC = AlertSpec("XAS-012", Level.B, "{n} peaks fit as well", "say that {n} were tried")


def test_fields_are_filled_in_text_and_advice():
    alert = SPEC.alert(where="a.dat", n=3)
    assert alert == Alert(
        "XAS-012", Level.B, "3 peaks fit as well", "say that 3 were tried", "a.dat"
    )
    assert str(alert) == (
        "XAS-012 B (quote with this sentence) a.dat: 3 peaks fit as well; say that 3 were tried"
    )


def test_braces_in_a_field_stay_as_they_are():
    spec = AlertSpec("READ-001", Level.G, "{text}")
    assert spec.alert(text="a {strange} header").text == "a {strange} header"


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (Level.A, "do not quote"),
        (Level.B, "quote with this sentence"),
        (Level.C, "look"),
        (Level.G, "note"),
    ],
)
def test_levels_are_printed_as_words(level, words):
    assert level.words == words
    assert words in str(Alert("X-001", level, "text"))


def test_equal_alerts_are_one_line_with_a_count_gravest_first():
    a, b, c = (
        Alert(code, level, "text", where="a.dat")
        for code, level in (("Z-001", Level.A), ("A-001", Level.G), ("B-001", Level.G))
    )
    elsewhere = Alert("A-001", Level.G, "text", where="b.dat")
    other_text = Alert("A-001", Level.G, "another text")
    rows = counted([b, c, elsewhere, other_text, a, b])
    assert [(alert.code, alert.text, n) for alert, n in rows] == [
        ("Z-001", "text", 1),
        ("A-001", "text", 3),
        ("A-001", "another text", 1),
        ("B-001", "text", 1),
    ]
    assert rows[1][0] is b
    assert counted([]) == ()


def test_core_codes_are_unique_and_named_alike():
    codes = [spec.code for spec in CORE_ALERTS]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[A-Z]+-\d{3}", code) for code in codes)


def test_a_code_is_found_or_refused():
    assert alert_spec("FIT-001").code == "FIT-001"
    assert alert_spec("XAS-012", (SPEC,)) is SPEC
    with pytest.raises(KeyError):
        alert_spec("XAS-012")
