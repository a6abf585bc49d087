"""The page "How fast" holds what the command prints, section by section."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import __main__ as command
from benchmarks.machine import machine, quiet
from benchmarks.sections import SECTIONS
from benchmarks.table import block, spread, table, with_block

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "how-fast.md"


def test_every_section_has_its_block_with_a_table_and_a_machine() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("% measured: ") == len(SECTIONS)
    for name in SECTIONS:
        text = block(page, name)
        assert text.startswith("| ")
        assert "Python 3" in text.splitlines()[-1]
        assert "load" in text.splitlines()[-1]


def test_the_machine_is_described_and_not_named() -> None:
    words = machine()
    assert "cores" in words
    assert "numpy 2" in words
    assert "load" in quiet()


def test_a_section_is_written_into_its_block_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    empty = "% measured: {0}\n% end: {0}\n"
    page.write_text(f"# A\n\n{empty.format('one')}\n{empty.format('two')}", encoding="utf-8")
    made = {"one": lambda: table(("a", "b"), [("1", "2")]), "two": lambda: "| other |\n"}
    monkeypatch.setattr(command, "SECTIONS", made)
    command.main(["--write", str(page), "one"])
    first = page.read_text(encoding="utf-8")
    assert "| 1 | 2 |" in block(first, "one")
    assert block(first, "two") == ""
    assert block(first, "one") in capsys.readouterr().out
    command.main(["--write", str(page)])
    second = page.read_text(encoding="utf-8")
    assert block(second, "two").startswith("| other |")
    assert with_block(second, "two", "") == with_block(first, "two", "")


def test_a_section_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["sped"])
    assert "there are: speed" in capsys.readouterr().err
    with pytest.raises(ValueError, match="0 blocks"):
        with_block("# A page\n", "speed", "")


def test_a_spread_has_median_and_ends() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2 (1-3)"
    assert spread([0.25, 0.5], 2) == "0.38 (0.25-0.50)"
