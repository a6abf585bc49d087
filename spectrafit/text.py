"""Text from outside made fit to be shown: no control, no direction and no half characters."""

from __future__ import annotations

__all__ = ["one_line", "printable"]


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
