"""Any text as one line of Markdown."""

from __future__ import annotations

import re

from spectrafit.text import one_line

__all__ = ["escaped"]

_SPECIAL = re.compile(r"[\\`*<>\[\]|~&$#]|(?<![^\W_])_|_(?![^\W_])|!(?=\[)")
_LINE_START = re.compile(r"^()([-+=])|^(\d+)([.)](?=\s|$))")


def escaped(text: str) -> str:
    """Return a text as one line that Markdown shows letter by letter.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
    """
    line = _SPECIAL.sub(lambda match: "\\" + match.group(), one_line(text))
    return _LINE_START.sub(
        lambda match: "\\".join(part for part in match.groups() if part is not None), line
    )
