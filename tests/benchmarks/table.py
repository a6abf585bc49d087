"""Tables in Markdown, and the blocks of a page that a command writes anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from statistics import median


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Return the median and the ends."""
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def with_block(page: str, name: str, text: str) -> str:
    """Return a page with other text between the marks of a block.

    Raises
    ------
    ValueError
        When the page has no such block, or two.
    """
    found = list(_block(name).finditer(page))
    if len(found) != 1:
        raise ValueError(f"the page has {len(found)} blocks {name!r}")
    begin, end = found[0].span("text")
    return f"{page[:begin]}\n{text.strip()}\n\n{page[end:]}"


def block(page: str, name: str) -> str:
    """Return the text between the marks of a block."""
    found = _block(name).search(page)
    if found is None:
        raise ValueError(f"the page has no block {name!r}")
    return found["text"].strip()


def _block(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"^% measured: {re.escape(name)}\n(?P<text>.*?)^% end: {re.escape(name)}$",
        re.MULTILINE | re.DOTALL,
    )
