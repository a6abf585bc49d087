"""The pages of the documentation, and the blocks of code in them."""

from __future__ import annotations

import importlib.util
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
MADE = ("_build", "_templates", "gallery", "changes", "generated")

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One block of code in a page."""

    page: str
    line: int
    language: str
    text: str

    @property
    def commands(self) -> list[tuple[list[str], str]]:
        """Commands of a console block as words, each with the output shown below it."""
        found: list[tuple[list[str], list[str]]] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append((shlex.split(line[2:], comments=True), []))
            elif found:
                found[-1][1].append(line)
        return [(words, "\n".join(shown)) for words, shown in found]


def pages() -> list[Path]:
    """Return the pages that are written by hand."""
    every = sorted(DOCS.rglob("*.md"))
    return [page for page in every if not set(page.relative_to(DOCS).parts) & set(MADE)]


def blocks(language: str) -> list[Block]:
    """Return every block of a language."""
    found = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(DOCS).as_posix()
        for match in _BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(name, line, match[1], match[2]))
    return [block for block in found if block.language == language]


def each(language: str) -> pytest.MarkDecorator:
    """Return the parametrisation over every block of a language."""
    found = blocks(language)
    return pytest.mark.parametrize("block", found, ids=[f"{b.page}-{b.line}" for b in found])


def declarations() -> ModuleType:
    """Return the module that makes parts of pages of what the code declares."""
    spec = importlib.util.spec_from_file_location("docs_declarations", DOCS / "declarations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
