"""A report as one self-contained page: no request, no script but the project's own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from spectrafit.reporting.curves import curves_text, script_json
from spectrafit.reporting.document import Document
from spectrafit.reporting.table_html import html_table
from spectrafit.strict_json import json_text
from spectrafit.text import printable

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["content_security_policy", "html_text"]

# A page above this size is slow to open; the charts beyond it stay in the folder "figures".
CURVES_BYTES = 12_000_000
DRAWINGS_BYTES = 3_000_000


def html_text(document: Document, drawings: Mapping[str, str] | None = None) -> str:
    """Return a report as one HTML page.

    Parameters
    ----------
    document : Document
        What to write.
    drawings : mapping of str to str, optional
        SVG text by stem of the figure, shown where scripts do not run.

    Returns
    -------
    str
        It opens without a network. Its content security policy admits the project's own script
        and style by their hashes, and nothing else.
    """
    from markupsafe import Markup

    style, script = _template("report.css"), _template("report.js")
    curves, drawn = _within_budget(document, drawings or {})
    return (
        _environment()
        .get_template("report.html")
        .render(
            document=document,
            policy=content_security_policy(style, script),
            style=Markup(style),
            script=Markup(script),
            curves=Markup(script_json(_object(curves))),
            stems=curves,
            drawings=drawn,
            kind=lambda block: type(block).__name__,
            table=lambda block: Markup(html_table(block)),
            paragraphs=lambda text: [part for part in text.split("\n\n") if part.strip()],
        )
    )


@cache
def _environment() -> Environment:
    from jinja2 import DictLoader, Environment, StrictUndefined

    environment = Environment(
        loader=DictLoader({"report.html": _template("report.html")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    environment.filters["address"] = quote
    return environment


def content_security_policy(style: str, script: str) -> str:
    """Return the policy that admits one style and one script by hash.

    Parameters
    ----------
    style, script : str
        Text between the tags, letter by letter.

    Returns
    -------
    str
    """
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _shown(value: object) -> object:
    """Return what a template prints: plain text without steering characters, markup as it is."""
    return printable(value) if type(value) is str else value


def _object(members: Mapping[str, str]) -> str:
    """Return a JSON object whose members are JSON already."""
    return "{" + ",".join(f"{json_text(key)}:{text}" for key, text in members.items()) + "}"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@cache
def _template(name: str) -> str:
    text = (files("spectrafit.reporting") / "templates" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def _within_budget(
    document: Document, drawings: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the curves as JSON by stem and the drawings as data addresses that fit into a page."""
    curves: dict[str, str] = {}
    drawn: dict[str, str] = {}
    room, drawing_room = CURVES_BYTES, DRAWINGS_BYTES
    for picture in document.pictures:
        data = curves_text(picture.chart)
        room -= len(data)
        if room < 0:
            break
        curves[picture.stem] = data
        svg = drawings.get(picture.stem)
        if svg is not None:
            address = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
            drawing_room -= len(address)
            if drawing_room >= 0:
                drawn[picture.stem] = address
    return curves, drawn
