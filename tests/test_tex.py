"""Any text as TeX."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.tex import tex_text

COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)")


def unescaped_braces(tex: str) -> list[str]:
    return re.findall(r"[{}]", re.sub(r"\\.", "", tex))


def is_balanced(tex: str) -> bool:
    depth = 0
    for brace in unescaped_braces(tex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


@given(st.text(max_size=60))
def test_any_text_is_ascii_with_balanced_braces_and_no_live_sign(text):
    tex = tex_text(text)
    assert tex.isascii()
    assert is_balanced(tex)
    assert "\n" not in tex
    without_commands = COMMAND.sub(
        "", tex.replace(r"\ensuremath{^", "").replace(r"\ensuremath{_", "")
    )
    assert not set(without_commands) & set('$%&#_"')


@given(st.text("ab \\{}$%&#_^~[]*<>|`'\"-,", max_size=40))
def test_commands_come_from_the_list_only(text):
    known = {"textbackslash", "textasciicircum", "textasciitilde", "ensuremath"}
    for command in COMMAND.findall(tex_text(text)):
        assert command[1:] in known or command[1] in "{}$%&#_"


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("5.10(12)", "5.10(12)"),
        ("−0.57", r"\ensuremath{-}0.57"),
        ("± 0.12", r"\ensuremath{\pm} 0.12"),
        ("χ²", r"\ensuremath{\chi}\ensuremath{^{2}}"),
        ("µ", r"\ensuremath{\mu}"),
        ("μ", r"\ensuremath{\mu}"),
        ("Å", r"{\r{A}}"),
        ("\u212b", r"{\r{A}}"),
        ("20 °C", r"20 \ensuremath{^{\circ}}C"),
        ("eV⁻²", r"eV\ensuremath{^{-2}}"),
        ("H₂O", r"H\ensuremath{_{2}}O"),
        ("Mössbauer", r"M{\"{o}}ssbauer"),
        ("8 to 300 K", "8 to 300 K"),
        ("7–9", "7--9"),
        ("a_b", r"a\_b"),
        ("50 %", r"50~\%"),
        ("[FeCo]", "{[}FeCo{]}"),
        ("鉄", "{[}U+9244{]}"),
        ("＝", "="),
        ("--", "-{}-"),
        ("''", "'{}'"),
        ("a\nb\x00c", "a b c"),
    ],
)
def test_the_signs_of_the_field(text, tex):
    assert tex_text(text) == tex


def test_what_runs_in_tex_is_shown():
    assert tex_text(r"\input{/etc/passwd}") == r"\textbackslash{}input\{/etc/passwd\}"
    assert tex_text("$\\frac{") == r"\$\textbackslash{}frac\{"
