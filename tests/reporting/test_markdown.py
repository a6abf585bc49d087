"""A report as Markdown."""

from __future__ import annotations

import os
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from spectrafit.reporting.document import Document, Items, Listing, Paragraph, Section
from spectrafit.reporting.markdown import markdown_text
from spectrafit.reporting.markdown_line import escaped
from spectrafit.text import one_line

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "report.md"
COMMONMARK = MarkdownIt("commonmark", {"html": True}).enable("table")


def test_the_report_is_the_one_that_was_looked_at(report):
    """To renew it: SPECTRAFIT_RENEW_GOLDEN=1 pytest tests/reporting/test_markdown.py; look at it."""
    text = (report / "report.md").read_text(encoding="utf-8")
    if os.environ.get("SPECTRAFIT_RENEW_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8", newline="\n")
        pytest.fail("report.md was renewed: look at the difference, then run without the variable")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_every_picture_is_beside_the_report(report):
    class Pictures(HTMLParser):
        found: list[str] = []  # noqa: RUF012

        def handle_starttag(self, tag, attributes):
            if tag == "img":
                self.found.append(unquote(dict(attributes)["src"]))

    parser = Pictures()
    parser.feed(COMMONMARK.render((report / "report.md").read_text(encoding="utf-8")))
    assert len(parser.found) == 7
    assert all((report / source).is_file() for source in parser.found)


@given(st.text(max_size=60))
def test_escaped_text_reads_back_letter_by_letter(text):
    line = one_line(text)
    shown = COMMONMARK.render(f"{escaped(text)}\n")
    if line:
        assert shown == f"<p>{shown[3:-5]}</p>\n"
        assert "<" not in shown[3:-5]
        assert unescape(shown[3:-5]) == line


@pytest.mark.parametrize(
    "text", ["1. a", "8) b", "- c", "+ d", "=== e", "# f", "> g", "    h", "a_b_c", "_i_", "&lt;"]
)
def test_text_never_becomes_structure(text):
    assert unescape(COMMONMARK.render(escaped(text))) == f"<p>{text.strip()}</p>\n"


def test_a_listing_cannot_end_itself():
    document = Document("t", (), (Section("s", (Listing("a\n```\n<script>\n````", "toml"),)),))
    shown = COMMONMARK.render(markdown_text(document))
    assert shown.count("<pre>") == 1
    assert "<script" not in shown


def test_a_hostile_report_renders_without_foreign_markup(hostile):
    shown = COMMONMARK.render((hostile / "report.md").read_text(encoding="utf-8"))
    assert "<script" not in shown
    assert "onerror=" not in shown.replace("onerror=&quot;", "")
    assert 'href="javascript' not in shown


def test_paragraphs_and_items_come_in_order():
    document = Document(
        "title",
        (Paragraph("mark", "banner"),),
        (
            Section(
                "s",
                (Paragraph("a\n\nb"), Items(("c",))),
            ),
        ),
    )
    assert markdown_text(document) == "# title\n\n> **mark**\n\n## s\n\na\n\nb\n\n- c\n"
