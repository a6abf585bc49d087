"""Bibliographic data: strict, escaped, complete."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.bibliography import BODY, CORE_CITATIONS, PROGRAM_TITLE, program_citation
from spectrafit.citation import Citation
from spectrafit.errors import SpectrafitError
from spectrafit.text import one_line

ARTICLE = {
    "author": "Mössbauer, R. L. and Wiedemann, W. H.",
    "title": "Kernresonanzabsorption nicht Doppler-verbreiterter Gammastrahlung in Re¹⁸⁷",
    "journal": "Z. Phys. & Co_100 %",
    "volume": "159",
    "pages": "33–48",
    "year": "1960",
    "doi": "10.1007/978-1-4899-0319-8_6",
}


def test_a_bibtex_entry_is_escaped():
    assert Citation("m1960", "article", ARTICLE).bibtex() == (
        "@article{m1960,\n"
        '  author    = {M{\\"{o}}ssbauer, R. L. and Wiedemann, W. H.},\n'
        "  title     = {{Kernresonanzabsorption nicht Doppler-verbreiterter Gammastrahlung in "
        "Re\\ensuremath{^{187}}}},\n"
        "  journal   = {Z. Phys. \\& Co\\_100~\\%},\n"
        "  volume    = {159},\n"
        "  pages     = {33--48},\n"
        "  year      = {1960},\n"
        "  doi       = {10.1007/978-1-4899-0319-8_6},\n"
        "}"
    )


def test_a_body_is_one_name_and_others_are_not_one():
    fields = {"author": "The developers and others", "title": "a program"}
    assert "author    = {{The developers} and others}" in Citation("p", "misc", fields).bibtex()


def test_one_line_for_a_list_of_references():
    citation = Citation(
        "m1960", "article", {**ARTICLE, "author": "Wong, A. and Lee, B. and others"}
    )
    assert citation.text.startswith("A. Wong, B. Lee et al., Kernresonanz")
    assert citation.text.endswith("Co_100 % 159, 33–48 (1960), doi:10.1007/978-1-4899-0319-8_6")
    book = {"author": "Wong, A.", "title": "Lines", "publisher": "House", "year": "2001"}
    assert Citation("w", "book", book).text == "A. Wong, Lines, House, 2001"


@pytest.mark.parametrize(
    ("key", "kind", "changes", "words"),
    [
        ("", "article", {}, "no bibliography key"),
        ("two words", "article", {}, "no bibliography key"),
        ("a,b", "article", {}, "no bibliography key"),
        ("a", "artcle", {}, "did you mean article"),
        ("a", "article", {"titel": "x"}, "did you mean title"),
        ("a", "article", {"title": ""}, "one line"),
        ("a", "article", {"title": "two\nlines"}, "one line"),
        ("a", "article", {"title": 1960}, "one line"),
        ("a", "article", {"year": "60"}, "no year"),
        ("a", "article", {"doi": "https://doi.org/10.1/x"}, "no doi"),
        ("a", "article", {"url": "javascript:alert(1)"}, "no url"),
        ("a", "article", {"url": "https://x/}\\end"}, "no url"),
        ("a", "incollection", {}, "without booktitle, publisher"),
    ],
)
def test_bad_data_are_refused(key, kind, changes, words):
    with pytest.raises(SpectrafitError, match=words):
        Citation(key, kind, {**ARTICLE, **changes})


@given(st.text(min_size=1, max_size=40).map(one_line).filter(bool))
def test_no_field_ends_its_entry(text):
    citation = Citation("k", "misc", {"author": text, "title": text, "note": text})
    entry = citation.bibtex()
    assert entry.isascii()
    plain = entry.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")
    assert len(entry.splitlines()) == 5


def test_it_travels_and_cannot_be_changed():
    citation = Citation("m1960", "article", ARTICLE)
    assert pickle.loads(pickle.dumps(citation)) == citation
    with pytest.raises(TypeError):
        citation.fields["year"] = "1961"


def test_core_keys_are_different_and_end_with_their_year():
    keys = [one.key for one in CORE_CITATIONS]
    assert len(set(keys)) == len(keys)
    for one in CORE_CITATIONS:
        assert one.key.endswith(one.fields["year"])
        assert "doi" in one.fields


def test_the_program_is_cited_as_its_citation_file_says():
    text = Path(__file__).parents[1].joinpath("CITATION.cff").read_text(encoding="utf-8")
    assert f'title: "{PROGRAM_TITLE}"' in text
    assert f'name: "{BODY}"' in text
    assert program_citation("0.1.0").text.endswith("version 0.1.0")
    assert "note" not in program_citation().fields
