"""A report as Markdown: CommonMark with pipe tables; hostile texts stay text."""

from __future__ import annotations

import re
from urllib.parse import quote

from spectrafit.reporting.document import (
    Block,
    Document,
    Items,
    Links,
    Listing,
    Paragraph,
    Picture,
    Section,
)
from spectrafit.reporting.markdown_line import escaped
from spectrafit.reporting.table_markdown import markdown_table
from spectrafit.reporting.tables import Table
from spectrafit.text import printable

__all__ = ["markdown_text"]


def markdown_text(document: Document) -> str:
    """Return a report as Markdown.

    Parameters
    ----------
    document : Document
        What to write.

    Returns
    -------
    str
        Ends with a line feed.
    """
    parts = [f"# {escaped(document.title)}", *(_block(block) for block in document.lead)]
    for section in document.sections:
        parts += _section(section, 2)
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(section: Section, depth: int) -> list[str]:
    parts = [f"{'#' * depth} {escaped(section.title)}"]
    parts += [_block(block) for block in section.blocks]
    for below in section.sections:
        parts += _section(below, depth + 1)
    return parts


def _block(block: Block) -> str:
    match block:
        case Paragraph(text, "banner"):
            return f"> **{escaped(text)}**"
        case Paragraph(text, _):
            return "\n\n".join(escaped(part) for part in re.split(r"\n\s*\n", text) if part.strip())
        case Items(texts):
            return "\n".join(f"- {escaped(text)}" for text in texts)
        case Links(items):
            return "\n".join(
                f"- [{escaped(one.text)}]({quote(one.file)})"
                + (f": {escaped(one.note)}" if one.note else "")
                for one in items
            )
        case Listing(text, language):
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
            return f"{fence}{language}\n{printable(text).strip()}\n{fence}"
        case Table():
            title = f"**{escaped(block.title)}**\n\n" if block.title else ""
            return title + markdown_table(block)
        case Picture():
            chart = block.chart
            image = f"![{escaped(chart.title)}]({quote(block.file)})\n\n" if block.file else ""
            mark = " Simulated data." if chart.simulated else ""
            return image + f"{escaped(chart.title)}. {escaped(chart.caption)}".strip() + mark
