"""Syntax errors are told with line, column and the usual cause."""

from __future__ import annotations

import pytest

from spectrafit.errors import StudyError
from spectrafit.study.toml_text import document_of, toml_value

# What a user typed, on which line it is found, and what he is told.
CAUSES = (
    ('files = ["C:\\data\\scan.dat"]', 1, "backslash"),
    ('files = ["C:\\Users\\me"]', 1, "backslash"),
    ("x = 7112,3", 1, "decimal point, not a comma"),
    ("p = { start = 7112,3 }", 1, "decimal point, not a comma"),
    ("x = 7112.", 1, "digit after the point"),
    ("x = [7108., 7118.0]", 1, "digit after the point"),
    ("x = .5", 1, "digit before the point"),
    ("x = [1.5, .5]", 1, "digit before the point"),
    ("p = { start = .5 }", 1, "digit before the point"),
    ("[state.Fe3+]", 1, 'state."Fe3+"'),
    ("[state.Fe3+.expect]", 1, 'state."Fe3+".expect'),
    ("[state.Fe(III)]", 1, 'state."Fe(III)"'),
    ("[sample.Fe Co]", 1, 'sample."Fe Co"'),
    ("[sample.Å]", 1, 'sample."Å"'),
    ("Fe3+ = 1", 1, '"Fe3+"'),
    ("ν = 1", 1, '"ν"'),
    ("[a]\nx = 1\n\n[a]\ny = 2", 4, "has the same table: put both under one [a]"),
    ("[measurement]\nx = 1\n[measurement]\ny = 2", 3, "[[measurement]]"),
    ("[[measurement]]\nx = 1\n[measurement]\ny = 2", 3, "[[measurement]]"),
    ("[measurement]\nx = 1\n[[measurement]]\ny = 2", 3, "[[measurement]]"),
    ("[[m]]\n[m.except]\na = 1\n[m.except]", 4, "[[m.except]]"),
    ("a = { b = 1 }\n[a]\nc = 1", 2, "given before"),
    ("x = 1\ny = 2\nx = 3\nz = 4", 3, "gives x too: leave one out"),
    ('name = "feco\ntitle = "x"', 1, "quote is not closed"),
    ("name = 'feco\ntitle = 'x'", 1, "quote is not closed"),
    ('name = feco"', 1, "quote is not closed"),
    ("name = “feco”", 1, "straight quotes"),
    ("name = feco", 1, "needs quotes"),
    ("path = ./raw", 1, "needs quotes"),
    ("files = [raw/a.dat]", 1, "needs quotes"),
    ("use = False", 1, "true or false"),
    ("use = no", 1, "true or false"),
    ("T = None", 1, "leave the key out"),
    ("T = 008", 1, "leading zeros"),
    ("T = 8 K", 1, "stands alone"),
    ("v = 2.0 mm/s", 1, "stands alone"),
    ("t = 20°", 1, "stands alone"),
    ("T: 8", 1, "= between key and value"),
    ("T 8", 1, "key = value"),
    ("T =", 1, "value is missing"),
    ("// a comment", 1, "starts with #"),
    ("T = 8;", 1, "leave the ; out"),
    ("T = - 8", 1, "sign and the number together"),
    ("[study", 1, "closing ]"),
    ("[[study]", 1, "one [ and ]"),
    ("x = [1 2]", 1, "comma between items"),
)


def first_mistake(text: str) -> tuple[str, str]:
    with pytest.raises(StudyError) as caught:
        document_of(text, "study.toml")
    (mistake,) = caught.value.mistakes
    assert caught.value.where == "study.toml"
    return mistake.where, f"{mistake.what}; {mistake.do}"


@pytest.mark.parametrize(("text", "line", "words"), CAUSES)
@pytest.mark.parametrize("around", [("", ""), ("# ä\n\n", "\n"), ("", '\n[other]\na = "b"\n')])
def test_the_usual_cause_is_named(
    text: str, line: int, words: str, around: tuple[str, str]
) -> None:
    before, after = around
    where, told = first_mistake(before + text + after)
    assert words in told
    assert where.startswith(f"line {line + before.count(chr(10))}, column ")


def test_the_line_itself_is_shown() -> None:
    where, told = first_mistake('[study]\nname = "s"\n  T = 8 K  # cold\n')
    assert where == "line 3, column 9"
    assert "T = 8 K  # cold" in told


def test_the_earlier_place_of_a_double_is_named() -> None:
    assert "line 2 has the same table" in first_mistake("\n[a]\nx = 1\n\n[a]")[1]
    assert "line 2 gives x too" in first_mistake("\nx = 1\ny = 2\nx = 3")[1]


def test_a_quote_in_a_comment_is_no_cause() -> None:
    assert "digit after" in first_mistake("x = 7112. # the foil's edge")[1]
    assert "digit after" in first_mistake('x = [7112., 1] # 5" long, "1,5"')[1]


@pytest.mark.parametrize("text", ["x = 1", "x = [\n  1,\n  2,\n]\n", 'x = "a\\nb"\r\ny = 1\r\n'])
def test_right_text_is_read(text: str) -> None:
    assert "x" in document_of(text, "study.toml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("7108.5", 7108.5),
        ("true", True),
        ("[7108.0, 7118]", [7108.0, 7118]),
        ('"a b"', "a b"),
        ("{ x = 'energy' }", {"x": "energy"}),
        ("pearson7", "pearson7"),
        ("7112.", "7112."),
        ("1,5", "1,5"),
        ("", ""),
        ("1\nother = 2", "1\nother = 2"),
        ("1 # c", 1),
    ],
)
def test_a_word_of_the_command_line_is_a_value_or_text(text: str, value: object) -> None:
    assert toml_value(text) == value
    assert type(toml_value(text)) is type(value)


@pytest.mark.parametrize(
    "line", ["{}b = 1", "[{}b]", "[[{}b]]", "x = {{ {}b = 1 }}", "x = [{{ y = {{ {}b = 1 }} }}]"]
)
@pytest.mark.parametrize("part", ["a.", '"".', "'é' . ", '"a b".'])
def test_a_key_of_very_many_parts_is_refused_before_it_is_parsed(line, part):
    """The parser alone would take minutes for the longest of them."""
    with pytest.raises(StudyError, match=r"line 2: a key of more than 100 parts"):
        document_of("y = 1\n" + line.format(part * 100_000), "study.toml")
    few = document_of(line.format(part * 5), "study.toml")
    assert set(few) <= {"x", "a", "", "é", "a b"}


def test_long_texts_and_lists_are_no_keys():
    document = document_of(f"x = [{'1.5, ' * 5000}]\ny = '{'a b. ' * 5000}'", "study.toml")
    assert (len(document["x"]), len(document["y"])) == (5000, 25_000)
