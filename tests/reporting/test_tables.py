"""One table, four forms."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from reporting.outcomes import HOSTILE

from spectrafit.reporting.table_csv import csv_text
from spectrafit.reporting.table_html import html_table
from spectrafit.reporting.table_markdown import markdown_table
from spectrafit.reporting.table_plain import plain_table
from spectrafit.reporting.tables import Column, Measured, Table

TABLE = Table(
    "t",
    (Column("file"), Column("T", "T", "K"), Column("area", measured=True), Column("fixed")),
    (
        ("a", 8.0, Measured(5.1, 0.123), True),
        ("b", -1.5, Measured(-1.5, None, "at bound"), False),
        ("c", None, None, None),
    ),
    title="Areas",
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_csv_keeps_every_digit_and_the_reason():
    assert rows(csv_text(TABLE)) == [
        ["file", "T", "area", "area_standard_uncertainty", "area_uncertainty_reason", "fixed"],
        ["a", "8.0", "5.1", "0.123", "", "true"],
        ["b", "-1.5", "-1.5", "", "at bound", "false"],
        ["c", "", "", "", "", ""],
    ]


@given(st.text(max_size=30))
def test_no_text_of_a_csv_file_is_a_formula(text):
    table = Table(
        "t", (Column("a"), Column("b", measured=True)), ((text, Measured(1.0, None, text)),)
    )
    for cell in rows(csv_text(table))[1]:
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\t=1"])
def test_a_formula_becomes_text_and_stays_readable(text):
    (cell,) = rows(csv_text(Table("t", (Column("a"),), ((text,),))))[1]
    assert cell.startswith("'")
    assert cell.replace("'", "") == text


def test_a_name_of_a_column_is_no_formula_either():
    assert csv_text(Table("t", (Column("=x", measured=True),), ())).startswith("'=x,'=x_st")


@pytest.mark.parametrize("render", [markdown_table, html_table, plain_table])
def test_printed_tables_round_and_say_what_the_uncertainty_is(render):
    text = render(TABLE)
    assert "5.10(12)" in text
    assert "no uncertainty: at bound" in text
    assert "± is one standard uncertainty (k = 1)" in text
    assert "T / K" in text


def test_a_table_without_uncertainties_says_nothing_of_them():
    assert "±" not in markdown_table(Table("t", (Column("a"),), (("x",),)))


def test_a_console_that_knows_latin_only_can_print_a_table():
    text = plain_table(TABLE)
    assert text.encode("cp1252").decode("cp1252") == text


def test_columns_of_numbers_are_flush_right():
    lines = plain_table(TABLE).splitlines()
    assert lines[0] == "Areas"
    assert lines[2].index("8") + 1 == lines[3].index("-1.5") + 4


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="2 cells under 1 heads"):
        Table("t", (Column("a"),), (("x", "y"),))


def test_hostile_cells_are_text_in_html_and_markdown():
    table = Table("t", tuple(Column(text or "-") for text in HOSTILE), (HOSTILE,), title=HOSTILE[0])
    markup = html_table(table)
    assert "<script" not in markup
    assert "<img" not in markup
    rendered = (
        MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown_table(table))
    )
    assert rendered.count("<td") == len(HOSTILE)
    for tag in ("<script", "<img", "<a ", "<code", "<em"):
        assert tag not in rendered
