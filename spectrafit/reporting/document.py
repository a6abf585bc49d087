"""The parts of a report, without a format: Markdown and HTML are made from the same value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spectrafit.panel import Chart
from spectrafit.reporting.tables import Table

__all__ = [
    "Block",
    "Document",
    "Items",
    "Link",
    "Links",
    "Listing",
    "Paragraph",
    "Picture",
    "Section",
]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph.

    Parameters
    ----------
    text : str
        Plain text.
    kind : str
        ``text``, ``preface`` (large), ``banner`` (boxed) or ``note`` (small).
    """

    text: str
    kind: Literal["text", "preface", "banner", "note"] = "text"


@dataclass(frozen=True)
class Items:
    """A list of sentences.

    Parameters
    ----------
    texts : tuple of str
        Plain text.
    """

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """A text that is shown letter by letter.

    Parameters
    ----------
    text : str
        With its own line breaks.
    language : str
        Like ``"toml"``.
    """

    text: str
    language: str = ""


@dataclass(frozen=True, eq=False)
class Picture:
    """A chart.

    Parameters
    ----------
    chart : Chart
        Its curves.
    stem : str
        Stem of its files in the folder ``figures``.
    file : str
        Relative path of the drawn file to show; empty where none is written.
    small : bool
        Whether two may stand side by side.
    """

    chart: Chart
    stem: str
    file: str = ""
    small: bool = False


@dataclass(frozen=True)
class Link:
    """A place to go to.

    Parameters
    ----------
    text : str
        Plain text.
    file : str
        Relative path, with forward slashes.
    note : str
        What is found there, after the link.
    """

    text: str
    file: str
    note: str = ""


@dataclass(frozen=True)
class Links:
    """A list of places to go to.

    Parameters
    ----------
    items : tuple of Link
        In order.
    """

    items: tuple[Link, ...]


Block = Paragraph | Items | Links | Listing | Picture | Table


@dataclass(frozen=True, eq=False)
class Section:
    """A heading and what stands below it.

    Parameters
    ----------
    title : str
        Plain text.
    blocks : tuple of Block
        In order.
    sections : tuple of Section
        One level deeper, after the blocks.
    folded : bool
        Whether a page may show only its heading at first.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    folded: bool = False


@dataclass(frozen=True, eq=False)
class Document:
    """A whole report.

    Parameters
    ----------
    title : str
        Plain text.
    lead : tuple of Block
        Before the first heading.
    sections : tuple of Section
        In order.
    """

    title: str
    lead: tuple[Block, ...]
    sections: tuple[Section, ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every chart, in order."""
        found: list[Picture] = [block for block in self.lead if isinstance(block, Picture)]

        def walk(section: Section) -> None:
            found.extend(block for block in section.blocks if isinstance(block, Picture))
            for below in section.sections:
                walk(below)

        for section in self.sections:
            walk(section)
        return tuple(found)
