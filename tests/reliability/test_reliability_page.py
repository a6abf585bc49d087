"""The page "Reliability" holds what is kept of the runs, and every section has been run."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.table import block
from reliability import __main__ as command
from reliability.promise import Promise, Section
from reliability.sections import NAMES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "reliability.md"


def _section(kept: bool = True) -> Section:
    return Section((Promise("a | b", "none", "1 of 2", 2000, kept, "why"),), "## Own\n\ntext")


def test_the_page_is_that_of_what_is_kept() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert command.page_of(page, command.kept_beside(PAGE)) == page


def test_a_section_is_kept_and_the_page_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    empty = "% measured: {0}\n% end: {0}\n"
    page.write_text(f"# A\n\n{empty.format('promises')}\n{empty.format('details')}", "utf-8")
    monkeypatch.setattr(command, "measured", lambda name: _section())
    assert command.main(["--write", str(page), NAMES[1]]) == 0
    assert command.main(["--write", str(page), NAMES[0]]) == 0
    text = page.read_text(encoding="utf-8")
    assert block(text, "promises").count("| a \\| b | none | 1 of 2; why | 2,000 | yes |") == 2
    assert block(text, "details").count("## Own") == 2
    assert list(command.kept_beside(page)) == [NAMES[0], NAMES[1]]
    assert command.page_of(text, command.kept_beside(page)) == text
    assert "2,000" in capsys.readouterr().out


def test_a_broken_promise_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "measured", lambda name: _section(kept=False))
    assert command.main([NAMES[0]]) == 1


def test_a_section_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["fuzzz"])
    assert "there are: mutations" in capsys.readouterr().err
