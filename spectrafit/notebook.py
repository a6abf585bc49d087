"""How values show themselves in a notebook: small HTML, and tables of pandas that keep units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spectrafit.text import one_line

if TYPE_CHECKING:
    import pandas

__all__ = ["SIGMA_NOTE", "data_frame", "html_lines", "html_table", "unit_text"]

MOST_ROWS = 20
LONGEST = 160
SIGMA_NOTE = "σ is one standard uncertainty (k = 1)."


def html_lines(title: str, lines: Sequence[str] = (), *, simulated: bool = False) -> str:
    """Return a bold title and lines below it, every text escaped.

    Parameters
    ----------
    title : str
        What is shown.
    lines : sequence of str
        Empty ones are left out.
    simulated : bool
        Whether it is said that the data are simulated.

    Returns
    -------
    str
        HTML.
    """
    mark = " <em>(simulated data)</em>" if simulated else ""
    rest = "".join(f"<br>{_escaped(line)}" for line in lines if line)
    return f"<p><strong>{_escaped(title)}</strong>{mark}{rest}</p>"


def html_table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, note: str = "", most: int = MOST_ROWS
) -> str:
    """Return a table, every text escaped; of a long one the first and the last rows.

    Parameters
    ----------
    heads : sequence of str
        With units.
    rows : sequence of sequence of str
        As long as the heads.
    note : str
        Printed below, such as what ± means.
    most : int
        Rows that are shown.

    Returns
    -------
    str
        HTML; empty without rows.
    """
    if not rows:
        return ""
    shown = [list(row) for row in rows]
    if len(rows) > most:
        ends = (most // 2, most - most // 2)
        blank = ["…", *[""] * (len(heads) - 1)]
        shown = [*shown[: ends[0]], blank, *shown[-ends[1] :]]
        note = f"{most} of {len(rows)} rows. {note}".rstrip()
    body = "".join(f"<tr>{_cells('td', row)}</tr>" for row in shown)
    below = f"<p><small>{_escaped(note)}</small></p>" if note else ""
    return (
        f"<table><thead><tr>{_cells('th', heads)}</tr></thead><tbody>{body}</tbody></table>{below}"
    )


def unit_text(unit: str) -> str:
    """Return a unit as it is printed: nothing for a plain number.

    Parameters
    ----------
    unit : str
        Of the table.

    Returns
    -------
    str
    """
    return "" if unit == "1" else unit


def data_frame(
    columns: Mapping[str, Any], units: Mapping[str, str], **about: Any
) -> pandas.DataFrame:
    """Return a table of pandas that says what it holds.

    Parameters
    ----------
    columns : mapping of str to sequence
        Equally long.
    units : mapping of str to str
        Unit of each column that has one.
    **about
        Further entries of ``frame.attrs``, plain JSON values; empty texts are left out.

    Returns
    -------
    pandas.DataFrame
        ``frame.attrs["units"]`` holds the units by column.
    """
    import pandas as pd

    frame = pd.DataFrame(dict(columns))
    frame.attrs.update({"units": dict(units), **{k: v for k, v in about.items() if v != ""}})
    return frame


def _cells(tag: str, texts: Sequence[str]) -> str:
    return "".join(f"<{tag}>{_escaped(text)}</{tag}>" for text in texts)


def _escaped(text: str) -> str:
    from html import escape

    return escape(one_line(text, LONGEST))
