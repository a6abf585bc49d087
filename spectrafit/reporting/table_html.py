"""A table as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from spectrafit.reporting.tables import Table, cell_text, number_columns
from spectrafit.text import one_line

__all__ = ["html_table"]

_SHORT = 18  # letters of a cell that is not broken into lines
_TALL = 40  # rows from which a table scrolls in a window of its own
_LONG = 40  # letters of a cell that a narrow screen may not squeeze


def html_table(table: Table) -> str:
    """Return a table as HTML, every text escaped.

    Parameters
    ----------
    table : Table
        What to write.

    Returns
    -------
    str
    """
    numbers = number_columns(table)

    def line(tag: str, texts: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{_html_class(text, number)}>{escape(one_line(text))}</{tag}>"
            for text, number in zip(texts, numbers, strict=True)
        )

    head = line("th", [column.head for column in table.columns])
    body = "\n".join(f"<tr>{line('td', [cell_text(c) for c in row])}</tr>" for row in table.rows)
    caption = f"<caption>{escape(one_line(table.title))}</caption>" if table.title else ""
    notes = f'<p class="note">{escape(one_line(table.notes))}</p>' if table.notes else ""
    tall = " tall" if len(table.rows) > _TALL else ""
    return (
        f'<div class="table{tall}"><table>{caption}<thead><tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>{notes}"
    )


def _html_class(text: str, number: bool) -> str:
    if number:
        return ' class="number"'
    if len(text) > _LONG:
        return ' class="long"'
    return ' class="short"' if 0 < len(text) <= _SHORT else ""
