"""Tables for a paper: rules, notes, escaping."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting.outcomes import HOSTILE

from spectrafit.reporting.table_latex import latex_table
from spectrafit.reporting.tables import Column, Measured, Table

TABLE = Table(
    "summary-µ test",
    (
        Column("label", "file"),
        Column("T", "T", "K"),
        Column("area", measured=True),
        Column("centroid", "preedge.centroid", "eV", measured=True),
        Column("flags"),
    ),
    (
        ("a_1", 8.0, Measured(5.1, 0.123), Measured(7113.5012, 0.034), "C FIT-001"),
        ("b%", -1.5, Measured(-1.5, None, "at bound"), Measured(1.0, None, "held fixed"), ""),
        ("[c]", None, None, Measured(2.0, None, "at bound"), "refused: " + "χ² too large; " * 5),
    ),
    title="Areas × 100",
    note="Edge step 1.",
)


def braces_balance(tex: str) -> bool:
    plain = re.sub(r"\\.", "", tex)
    return plain.count("{") == plain.count("}")


def test_a_table_of_a_paper():
    assert latex_table(TABLE).splitlines() == [
        r"\begin{table}",
        r"\centering",
        r"\caption{Areas \ensuremath{\times} 100}\label{tab:summary-test}\par\smallskip",
        r"\small",
        r"\begin{tabular}{@{}lrrrp{0.47\linewidth}@{}}",
        r"\toprule",
        r"file & \begin{tabular}[b]{@{}r@{}}T \\ / K\end{tabular} & area & "
        r"\begin{tabular}[b]{@{}r@{}}preedge. \\ centroid \\ / eV\end{tabular} & flags \tabularnewline",
        r"\midrule",
        r"a\_1 & 8 & 5.10(12) & 7113.501(34) & \raggedright C FIT-001 \tabularnewline",
        r"b\% & \ensuremath{-}1.5 & \ensuremath{-}1.5\textsuperscript{a} & "
        r"1\textsuperscript{b} &  \tabularnewline",
        r"{[}c{]} &  &  & 2\textsuperscript{a} & \raggedright refused: "
        + r"\ensuremath{\chi}\ensuremath{^{2}} too large; " * 4
        + r"\ensuremath{\chi}\ensuremath{^{2}} too large; \tabularnewline",
        r"\bottomrule",
        r"\end{tabular}",
        r"\par\smallskip\parbox{\linewidth}{\footnotesize "
        r"\textsuperscript{a}\,No uncertainty: at bound. "
        r"\textsuperscript{b}\,No uncertainty: held fixed. Edge step 1. "
        r"5.10(12) is 5.10 \ensuremath{\pm} 0.12; \ensuremath{\pm} is one standard uncertainty (k = 1).}",
        r"\end{table}",
    ]


def test_a_wide_table_has_smaller_letters_and_then_broken_words():
    numbers = tuple(Column(f"n{i}") for i in range(8))
    rows = (tuple(1234567.0 for _ in numbers),)
    assert r"\scriptsize" in latex_table(Table("t", numbers, rows))
    words = (Column("w"), *numbers)
    tex = latex_table(Table("t", words, (("twenty-five letters here.", *rows[0]),)))
    assert r"\begin{tabular}{@{}p{" in tex


def test_a_column_without_a_cell_is_left_out():
    tex = latex_table(Table("t", (Column("a"), Column("flags")), (("x", ""), ("y", None))))
    assert "flags" not in tex


def test_a_long_table_runs_over_pages_and_repeats_its_head():
    tex = latex_table(
        Table("t", (Column("i", "number"),), tuple((i,) for i in range(41)), note="n")
    )
    assert tex.startswith("\\begingroup\\small\n\\begin{longtable}")
    assert tex.count("number \\tabularnewline") == 2
    assert r"\multicolumn{1}{@{}p{0.95\linewidth}@{}}{\footnotesize n}" in tex
    assert r"\begin{table}" not in tex


def test_a_row_never_ends_in_an_argument_of_the_line_break():
    rows = (("x",), ("[1cm]",), ("*",))
    for line in latex_table(Table("t", (Column("a"),), rows)).splitlines():
        assert not line.startswith(("[", "*"))


def test_many_reasons_have_a_letter_each():
    rows = tuple((Measured(1.0, None, f"reason {i}"),) for i in range(30))
    tex = latex_table(Table("t", (Column("a", measured=True),), rows))
    letters = re.findall(r"1\\textsuperscript\{(\w+)\}", tex)
    assert letters[:2] + letters[25:28] == ["a", "b", "z", "aa", "ab"]
    assert len(set(letters)) == 30


@given(st.text(max_size=50))
def test_any_cell_survives(text):
    columns = (Column("a", text, text), Column("b", measured=True))
    table = Table(text, columns, ((f"x{text}", Measured(1.0, None, text)),), title=text, note=text)
    tex = latex_table(table)
    assert tex.isascii()
    assert braces_balance(tex)
    assert tex.count(r"\tabularnewline") == 2
    assert len(tex.splitlines()) == 13


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_says_so(value):
    table = Table("t", (Column("a", measured=True),), ((Measured(value, 1.0),),))
    assert r"not a number\textsuperscript{a}" in latex_table(table)


def test_hostile_texts_are_text():
    tex = latex_table(Table("t", tuple(Column("c", text) for text in HOSTILE), (HOSTILE,)))
    assert tex.isascii()
    assert braces_balance(tex)
