"""The page on states says what its study gives, without its anchor and with it."""

from __future__ import annotations

import re

import pytest
from docs_pages import DOCS, blocks

from spectrafit.states.assignment import Assignment
from spectrafit.study.load import study_of_text
from spectrafit.study.run import run_study

PAGE = "howto/states.md"


def answer(text: str, folder) -> Assignment:
    found = run_study(study_of_text(text, folder=folder)).assignment
    assert found is not None
    return found


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Return the answers of the page's study, and of that with the lines its page adds."""
    (study,) = (block.text for block in blocks("toml") if block.page == PAGE)
    (more,) = (block.text for block in blocks("diff") if block.page == PAGE)
    anchor = "\n".join(line.removeprefix("+") for line in more.splitlines())
    folder = tmp_path_factory.mktemp("crossover")
    return answer(study, folder), answer(f"{study}\n{anchor}\n", folder)


def at_300(found: Assignment, story: str):
    (row,) = (
        one for one in found.populations if (one.story, one.state, one.T) == (story, "HS", 300.0)
    )
    return row


def shown(row: str) -> tuple[list[float], list[float]]:
    """Return the numbers of a row of the page's table: without the anchor, and with it."""
    text = (DOCS / PAGE).read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith(f"| {row}"))
    cells = line.strip("| ").split("|")[1:]
    first, second = ([float(n) for n in re.findall(r"\d+\.?\d*", cell)] for cell in cells)
    return first, second


def test_populations_and_how_they_are_known(answers):
    before, after = (at_300(found, "ideal") for found in answers)
    (value, low, high), (anchored, sigma) = shown("high-spin at 300 K, *ideal*")
    assert (before.value, before.low, before.high) == pytest.approx((value, low, high), abs=5e-3)
    assert (after.value, after.sigma) == pytest.approx((anchored, 1e-3 * sigma), abs=5e-4)
    assert at_300(answers[0], "cooperative").verdict == "not determined"
    _, (anchored, sigma) = shown("high-spin at 300 K, *cooperative*")
    row = at_300(answers[1], "cooperative")
    assert (row.value, row.sigma) == pytest.approx((anchored, 1e-3 * sigma), abs=5e-4)


def test_what_fits_without_the_law(answers):
    for found, ends in zip(answers, shown("without the law"), strict=True):
        (check,) = (one for one in found.axis if not one.left_out)
        assert check.x[-1][1:] == pytest.approx(ends, abs=6e-3)


def test_verdicts(answers):
    assert [found.verdict for found in answers] == ["decided", "decided"]
    assert [found.claims[0].verdict for found in answers] == ["cannot tell", "supported"]
    left_out = [{one.technique: one.verdict for one in found.left_out} for found in answers]
    assert [one["magnetism"] for one in left_out] == ["shape predicted", "predicted"]
    for found in answers:
        accepted = {one.name for one in found.stories if one.verdict == "accepted"}
        assert accepted == {"ideal", "cooperative"}
