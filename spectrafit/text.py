"""Text from outside made fit to be shown: no control, no direction and no half characters."""

from __future__ import annotations

import re

__all__ = ["one_line", "printable", "spreadsheet_text"]

_SIGN = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(rf"\s*{_SIGN}")
# where a spreadsheet takes another sign than the comma between cells, a cell may begin inside
_INNER_FORMULA = re.compile(rf'([;\t\n])(?=[\s"]*{_SIGN})')


def printable(text: str) -> str:
    """Return a text without characters that steer a display; line breaks and tabs stay.

    Control characters and marks that turn the reading direction become blanks; half a surrogate
    pair (from a file name that is no Unicode) becomes its escape.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
    """
    if text.isprintable():
        return text  # half a surrogate pair is not printable
    whole = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in whole)


def one_line(text: str, longest: int = 0) -> str:
    """Return a text as one line, blanks run together, cut where too long.

    Parameters
    ----------
    text : str
        Anything.
    longest : int
        Number of characters; 0 for no limit.

    Returns
    -------
    str
    """
    line = " ".join(printable(text).split())
    return line if not longest or len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def spreadsheet_text(text: str) -> str:
    """Return a text as a cell of a CSV file that no spreadsheet takes for a formula.

    What begins with ``=``, ``+``, ``-`` or ``@`` gets an apostrophe in front, also behind a
    semicolon, tab or line break in the text, where some countries' spreadsheets begin a new cell.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
    """
    shown = printable(text)
    mark = "'" if _FORMULA.match(shown) else ""
    return mark + _INNER_FORMULA.sub(r"\1'", shown)
