"""The page: one file, no request, no script but its own."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from reporting.outcomes import PREFACE, STUDY_TEXT, preedge_chart, synthetic_outcome

from spectrafit.reporting import html as page_module
from spectrafit.reporting.content import report_document
from spectrafit.reporting.curves import curves_data, script_json
from spectrafit.reporting.html import html_text
from spectrafit.strict_json import json_text


class Page(HTMLParser):
    """Tags with their attributes, and the raw text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.words: list[str] = []
        self._open: tuple[str, dict[str, str | None]] | None = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._open = (tag, dict(attributes)) if tag in ("script", "style") else None

    def handle_data(self, data):
        if self._open is not None:
            self.raw.append((*self._open, data))
        elif data.strip():
            self.words.append(data.strip())

    def handle_endtag(self, tag):
        self._open = None


@pytest.fixture(scope="session")
def text(report):
    return (report / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def page(text):
    return Page(text)


@pytest.fixture(scope="session")
def hostile_page(hostile):
    return Page((hostile / "report.html").read_text(encoding="utf-8"))


def policy(page: Page) -> dict[str, str]:
    meta = next(a for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    return dict(part.strip().split(" ", 1) for part in meta["content"].split(";"))


def digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


@pytest.mark.parametrize("which", ["page", "hostile_page"])
def test_the_policy_admits_the_projects_own_script_and_style_only(which, request):
    page = request.getfixturevalue(which)
    found = policy(page)
    script = [raw for tag, a, raw in page.raw if tag == "script" and "type" not in a]
    style = [raw for tag, a, raw in page.raw if tag == "style"]
    assert found["default-src"] == "'none'"
    assert found["script-src"] == digest("".join(script))
    assert found["style-src"] == digest("".join(style))
    assert found["img-src"] == "data:"
    assert [tag for tag, _ in page.tags].count("script") == 2


@pytest.mark.parametrize("which", ["page", "hostile_page"])
def test_nothing_points_outside_and_nothing_runs_by_attribute(which, request):
    for tag, attributes in request.getfixturevalue(which).tags:
        assert tag not in {"iframe", "object", "embed", "link", "base", "form", "video", "audio"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"style", "srcset", "srcdoc", "action", "formaction", "ping"}
            if name == "src":
                assert value.startswith("data:image/svg+xml;base64,")
            if name == "href":
                assert re.fullmatch(r"#s\d+|(figures|fits)/[\w.+=-]+", value)


def test_the_page_names_no_address(text):
    assert "http" not in text.replace('http-equiv="Content-Security-Policy"', "")


def test_the_order_of_the_report(page):
    words = " ".join(page.words)
    order = (
        "[FeCo] dinuclear complex: three states",
        "Simulated data: at least one",
        PREFACE,
        "herfd.fe.preedge.area: 5.10(12) at T = 8 K, 8.20(12) at T = 100 K, 8.80(12) at T = 250 K",
        "window 7106 to 7118 eV, x 100, edge step 1",
        "± is one standard uncertainty",
        "5 files: 3 done, 1 refused, 1 left out.",
        "x3(300 K) is not determined",
        "relative energies only",
        "FIT-001",
        "count_best",
        "recovered − paper",
        "beam dump at 7130 eV",
        "Fe K pre-edge, HERFD, 8 K",
        "121 points, 3 free parameters",
        "Error budget",
        "Conventions and calibration",
        "peak1.exponent",
        "a" * 64,
        "spectrafit-suite 0.1.0",
        'name = "feco"',
        "coverage of the window ensemble",
        "HT herfd.fe.preedge.area = 8.8: as printed",
        "herfd.fe.preedge.shift",
    )
    place = words.index(order[0])
    for part in order:
        assert part in words[place:], part
        place = words.index(part, place)


def test_every_chart_has_its_curves_and_a_drawing_where_there_is_one(page, report):
    stems = [a["data-stem"] for tag, a in page.tags if tag == "figure"]
    curves = json.loads(next(raw for _, a, raw in page.raw if a.get("id") == "curves"))
    assert stems[0] == "overview"
    assert len(stems) == 8
    assert list(curves) == stems
    sources = [a["src"] for tag, a in page.tags if tag == "img"]
    drawn = [stem for stem in stems if stem != "herfd-fe.preedge.fwhm"]
    for stem, source in zip(drawn, sources, strict=True):
        drawing = base64.b64decode(source.partition(",")[2])
        assert drawing == (report / "figures" / f"{stem}.svg").read_bytes()


def test_curves_keep_what_a_screen_shows():
    data = curves_data(preedge_chart())
    chart = preedge_chart()
    trace, shown = chart.panels[0].traces[0], data["panels"][0]["traces"][0]
    spread = trace.y.max() - trace.y.min()
    assert max(abs(a - b) for a, b in zip(trace.y, shown["values"], strict=True)) < 1e-5 * spread
    assert len(data["xs"]) == 2  # the curves of a panel share one list of x
    assert len(json_text(data)) < 30_000


def test_json_in_the_page_cannot_end_its_element():
    text = script_json(json_text({"a": "</script><!--\u2028&"}))
    assert "<" not in text
    assert json.loads(text) == {"a": "</script><!--\u2028&"}


def test_a_page_that_grows_too_large_points_to_the_files(monkeypatch):
    monkeypatch.setattr(page_module, "CURVES_BYTES", 30_000)
    document = report_document(synthetic_outcome())
    page = Page(html_text(document))
    links = [a["href"] for tag, a in page.tags if tag == "a" and a["href"].startswith("figures/")]
    assert "figures/herfd-250K-preedge.svg" in links
    assert any("Left out of this page for its size" in word for word in page.words)


def test_trends_of_lesser_observables_are_folded():
    base = synthetic_outcome()
    results = []
    for result in base.results[:3]:
        items = result.observables.items
        more = tuple(replace(items[0], key=f"herfd.fe.extra{i}") for i in range(4))
        found = replace(result.observables, items=(*items[:2], *more), charts=())
        results.append(replace(result, observables=found))
    document = report_document(replace(base, results=tuple(results)))
    results = next(section for section in document.sections if section.title == "Results")
    trends = next(section for section in results.sections if section.title == "Trends")
    (others,) = trends.sections
    assert others.folded
    assert [picture.chart.title for picture in others.blocks] == ["herfd: herfd.fe.extra3"]
    assert "<details" in html_text(document)


def test_a_study_text_is_shown_letter_by_letter(text):
    assert STUDY_TEXT.replace('"', "&#34;") in text
