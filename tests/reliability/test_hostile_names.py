"""Names that are attacks stay text: in the browser, in spreadsheets, in TeX and in a study."""

from __future__ import annotations

import pytest
from line_study import installed
from reliability.browser import browser, listening, requests_of, without_policy
from reliability.hostile_names import (
    Markup,
    drafted,
    foreign_markup,
    formulas,
    looked_at,
    tex_commands,
)

POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'


def test_no_text_of_a_report_runs_or_asks_for_anything(tmp_path):
    found = looked_at(tmp_path, real=False, every=6)
    assert found.markup == ()
    assert found.formulas == ()
    assert found.tex == ()
    assert found.requests in ((), None)
    assert found.requests is None or found.pages > 10
    if found.requests is None:
        pytest.skip("all but the browser was looked at: no Chromium here")


def test_a_study_of_hostile_file_names_is_drafted_whole_and_runs(tmp_path):
    pytest.importorskip("markdown_it")
    (tmp_path / "plugin").mkdir()
    with installed(tmp_path / "plugin"):
        found = drafted(tmp_path / "real", "http://127.0.0.1:9", every=6)
    assert found.is_whole, found
    assert found.listed > 5
    assert "internal error" not in found.words
    report = tmp_path / "real" / "results"
    assert foreign_markup(report) == formulas(report) == tex_commands(report) == []


@pytest.mark.skipif(not browser(), reason="no Chromium here")
def test_what_runs_or_is_asked_for_is_seen(tmp_path):
    """A script, a picture, a drawing, an address elsewhere; a policy stops all but a refresh."""
    with listening() as listener:
        place = listener.place
        body = f"<script>new Image().src='{place}/ran'</script><img src='{place}/image'>"
        pages = {
            "bare.html": body,
            "drawn.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("{place}/drawn")'
            "</script></svg>",
            "elsewhere.html": "<img src='https://example.org/x'>",
            "shielded.html": f"{POLICY}<p>{body.replace('ran', 'no').replace('image', 'no')}",
            "led.html": f"{POLICY}<meta http-equiv=refresh content='0;url={place}/led'>",
        }
        for name, text in pages.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / "browser").mkdir()
        asked = requests_of([tmp_path / name for name in pages], listener, tmp_path / "browser")
    expected = {f"{place}/{name}" for name in ("ran", "image", "drawn", "led")}
    assert set(asked) == {*expected, "https://example.org/x"}


@pytest.mark.parametrize(
    "text",
    ["<p onclick=x>", "<script>x</script>", "<a href=' java\tscript:x'>", "<iframe>"]
    + ["<img src=http://x>", "<meta http-equiv=Refresh content=0>", "<base href=/>"],
)
def test_foreign_markup_is_seen(text):
    assert Markup(text).found
    assert Markup("<p>x</p><a href='https://doi.example/1'>y</a>").found == []


def test_formulas_and_commands_of_tex_are_seen(tmp_path):
    (tmp_path / "a.csv").write_text("x,1\n-1.5,=cmd\na;@b,2\n", encoding="utf-8")
    (tmp_path / "b.tex").write_text("\\textbackslash{}input \\input{/etc/passwd}", encoding="utf-8")
    assert len(formulas(tmp_path)) == 2
    assert len(tex_commands(tmp_path)) == 1
    assert without_policy(f"{POLICY}x") == "x"
